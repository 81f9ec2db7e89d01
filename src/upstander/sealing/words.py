"""Seven words, and the keys they open (formats, section 2).

Six words are random (77.5 bits), the seventh is a checksum, so that a slip is caught before anything is sent.
"""

import re
import secrets
from dataclasses import dataclass, field
from functools import cached_property
from importlib import resources

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from upstander.formats import ids, statements
from upstander.formats.hashes import hash_of, hkdf, sha256
from upstander.sealing import age
from upstander.sealing.errors import WordsError
from upstander.sealing.signers import ReporterKeys, Signer

COUNT = 7
MEMORY = 64 * 1024  # KiB for Argon2id
PASSES = 3


def check_wordlist(text: str) -> tuple[str, ...]:
    """The words of a list, one per line. Raises ValueError unless it can carry receipts."""
    words = tuple(text.split("\n")[:-1])
    if len(words) != 7776 or len(set(words)) != len(words):
        raise ValueError("The word list must have 7,776 different words.")
    if not all(re.fullmatch(r"[a-z]+(-[a-z]+)?", word) for word in words):
        raise ValueError("The word list must have lower-case ASCII words only.")
    return words


WORDLIST = check_wordlist(
    resources.files("upstander.sealing").joinpath("eff_large_wordlist.txt").read_text("ascii")
)
_KNOWN = frozenset(WORDLIST)
NOT_DRAWN = frozenset(
    resources.files("upstander.sealing").joinpath("words_not_drawn.txt").read_text("ascii").split()
)
"""Words that could hurt whoever has to keep them. They are right when typed; nobody is given one any more."""
_DRAWN = tuple(word for word in WORDLIST if word not in NOT_DRAWN)


@dataclass(frozen=True, slots=True)
class Words:
    """Seven right words. A type of its own, so that no other text can be passed; never shown by `repr`."""

    words: tuple[str, ...] = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.words) != COUNT:
            raise WordsError(f"There are seven words. You have typed {len(self.words)}.")
        for index, word in enumerate(self.words):
            if word not in _KNOWN:
                raise WordsError(
                    f"Word {index + 1} is not one of the words we use. Check its spelling.", index
                )
        if checksum_word(self.words[:-1]) != self.words[-1]:
            raise WordsError("These seven words do not fit together. One may be wrong, or two swapped.")

    def __str__(self) -> str:
        return " ".join(self.words)

    @classmethod
    def parse(cls, text: str) -> "Words":
        """The seven words in what a person typed, whatever the case and whatever stands between them.

        Raises WordsError, with the index of the word to look at where it is one word.
        """
        words = tuple(_split(text))
        for index, word in enumerate(words[:COUNT]):
            if word not in _KNOWN:
                raise WordsError(
                    f"Word {index + 1} is not one of the words we use. Check its spelling.", index
                )
        return cls(words)


def generate() -> Words:
    """Seven fresh words, none of them one that could hurt."""
    while True:
        six = tuple(secrets.choice(_DRAWN) for _ in range(COUNT - 1))
        seventh = checksum_word(six)
        if seventh not in NOT_DRAWN:
            return Words((*six, seventh))


def checksum_word(six: tuple[str, ...]) -> str:
    """The seventh word that belongs to six others."""
    digest = sha256(b"upstander/words/v1\n" + " ".join(six).encode())
    return WORDLIST[int.from_bytes(digest[:4], "big") % len(WORDLIST)]


def _split(text: str) -> list[str]:
    words = []
    for run in re.findall(r"[A-Za-z-]+", text):  # ASCII only: no letter of another script becomes one of ours
        parts = run.lower().split("-")
        while parts:
            joined = "-".join(parts[:2])
            taken = 2 if joined in _KNOWN and len(parts) > 1 else 1
            words.append("-".join(parts[:taken]))
            del parts[:taken]
    return [word for word in words if word]


@dataclass(frozen=True)
class ReceiptKeys:
    """Everything a reporter's words open. `log` is the case's log secret (32 bytes)."""

    mailbox_id: bytes = field(repr=False)
    identity: str = field(repr=False)
    signing: Ed25519PrivateKey = field(repr=False)
    log: bytes = field(repr=False)

    @cached_property
    def mailbox(self) -> str:
        """What the server stores of the mailbox: a hash."""
        return hash_of(b"upstander/mailbox/v1\n" + self.mailbox_id)

    @cached_property
    def seal(self) -> str:
        """The reporter's age recipient."""
        return age.recipient_of(self.identity)

    @cached_property
    def sign(self) -> str:
        """The public signing key as b64."""
        return statements.public_of(self.signing)

    @cached_property
    def key(self) -> str:
        """The reporter's key id."""
        return ids.key_id(self.sign, self.seal)

    @property
    def public(self) -> ReporterKeys:
        """What others know of the reporter."""
        return ReporterKeys(self.seal, self.sign)

    @property
    def signer(self) -> Signer:
        """The reporter as a signer."""
        return Signer(self.key, self.signing)


@dataclass(frozen=True)
class UnlockKeys:
    """What a handler's words open: the key that wraps her keys, and the one that signs her in."""

    wrap: bytes = field(repr=False)
    signing: Ed25519PrivateKey = field(repr=False)

    @cached_property
    def sign(self) -> str:
        """The public half, which the server knows, as b64."""
        return statements.public_of(self.signing)


def receipt_keys(words: Words, installation_id: str) -> ReceiptKeys:
    """The reporter's keys. Takes about 0.1 s and 64 MiB, on purpose."""
    root = _root(words, f"upstander/receipt-salt/v1\n{installation_id}")
    return ReceiptKeys(
        mailbox_id=hkdf(root, "upstander/receipt/v1/mailbox"),
        identity=age.identity_from_seed(hkdf(root, "upstander/receipt/v1/seal")),
        signing=Ed25519PrivateKey.from_private_bytes(hkdf(root, "upstander/receipt/v1/sign")),
        log=hkdf(root, "upstander/receipt/v1/log"),
    )


def unlock_keys(words: Words, installation_id: str, username: str) -> UnlockKeys:
    """A handler's unlock keys. Takes about 0.1 s and 64 MiB, on purpose."""
    root = _root(words, f"upstander/unlock-salt/v1\n{installation_id}\n{username}")
    return UnlockKeys(
        wrap=hkdf(root, "upstander/unlock/v1/wrap"),
        signing=Ed25519PrivateKey.from_private_bytes(hkdf(root, "upstander/unlock/v1/sign-in")),
    )


def _root(words: Words, salt: str) -> bytes:
    kdf = Argon2id(salt=sha256(salt.encode())[:16], length=32, iterations=PASSES, lanes=1, memory_cost=MEMORY)
    return kdf.derive(str(words).encode())
