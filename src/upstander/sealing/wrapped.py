"""A handler's keys as the server stores them: wrapped by her words or by a passkey (formats, section 9)."""

import secrets
from dataclasses import dataclass, field
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from upstander.formats import b64, canonical, ids, kinds, shape, statements
from upstander.formats.errors import FormatError
from upstander.formats.hashes import hkdf
from upstander.sealing import age
from upstander.sealing.errors import WrongKeyError
from upstander.sealing.signers import KnownKey, Signer
from upstander.sealing.words import UnlockKeys

METHODS = ("words", "prf")
_FIELDS = ("ciphertext", "credential", "iv", "key", "method", "salt", "v")


@dataclass(frozen=True, slots=True)
class Keyring:
    """A handler's two private keys: an age identity and an Ed25519 key."""

    identity: str = field(repr=False)
    signing: Ed25519PrivateKey = field(repr=False)

    @classmethod
    def new(cls) -> "Keyring":
        """Fresh random keys."""
        return cls(age.new_identity(), Ed25519PrivateKey.generate())

    @property
    def seal(self) -> str:
        """The age recipient."""
        return age.recipient_of(self.identity)

    @property
    def sign(self) -> str:
        """The public signing key as b64."""
        return statements.public_of(self.signing)

    @property
    def key(self) -> str:
        """The key id."""
        return ids.key_id(self.sign, self.seal)

    @property
    def signer(self) -> Signer:
        """The handler as a signer."""
        return Signer(self.key, self.signing)

    @property
    def known(self) -> dict[str, KnownKey]:
        """The handler as a known key."""
        return {self.key: KnownKey(self.sign, "handler")}


def wrap_with_words(keyring: Keyring, unlock: UnlockKeys) -> dict[str, str]:
    """The wrapped keys, to be opened by the words behind `unlock`."""
    return _wrap(keyring, "words", unlock.wrap, credential="", salt="")


def unwrap_with_words(blob: dict[str, Any], unlock: UnlockKeys) -> Keyring:
    """The keys. Raises FormatError for another form, WrongKeyError for other words or a changed blob."""
    return _unwrap(blob, "words", unlock.wrap)


def wrap_with_prf(keyring: Keyring, output: bytes, *, credential: str, salt: str) -> dict[str, str]:
    """The wrapped keys, to be opened by a passkey: `output` is its PRF output for the input `salt` (b64)."""
    return _wrap(keyring, "prf", hkdf(output, "upstander/prf-wrap/v1"), credential=credential, salt=salt)


def unwrap_with_prf(blob: dict[str, Any], output: bytes) -> Keyring:
    """As `unwrap_with_words`, with a passkey's PRF output."""
    return _unwrap(blob, "prf", hkdf(output, "upstander/prf-wrap/v1"))


def check_blob(blob: object) -> dict[str, Any]:
    """Returns wrapped keys whose form is right, as far as anyone can see without opening them."""
    fields = shape.exactly(blob, *_FIELDS)
    shape.one_of(fields["v"], kinds.headers("wrapped-key", "document"))
    shape.one_of(fields["method"], METHODS)
    ids.check_id(fields["key"])
    b64.decode(shape.text(fields["iv"]), 12)
    for name in ("ciphertext", "credential", "salt"):
        b64.decode(shape.text(fields[name]))
    return fields


def _wrap(keyring: Keyring, method: str, wrap: bytes, *, credential: str, salt: str) -> dict[str, str]:
    iv = secrets.token_bytes(12)
    content = canonical.encode(
        {"seal": keyring.identity, "sign": b64.encode(keyring.signing.private_bytes_raw())}
    )
    return {
        "ciphertext": b64.encode(AESGCM(wrap).encrypt(iv, content, _context(method, keyring.key))),
        "credential": credential,
        "iv": b64.encode(iv),
        "key": keyring.key,
        "method": method,
        "salt": salt,
        "v": kinds.header("wrapped-key"),
    }


def _unwrap(blob: dict[str, Any], method: str, wrap: bytes) -> Keyring:
    fields = check_blob(blob)
    if fields["method"] != method:
        raise FormatError("These keys are wrapped in another way.")
    try:
        content = AESGCM(wrap).decrypt(
            b64.decode(fields["iv"]), b64.decode(fields["ciphertext"]), _context(method, fields["key"])
        )
    except InvalidTag:
        raise WrongKeyError("These keys do not open with this.") from None
    seeds = shape.exactly(canonical.decode_object(content), "seal", "sign")
    keyring = Keyring(
        shape.text(seeds["seal"]),
        Ed25519PrivateKey.from_private_bytes(b64.decode(shape.text(seeds["sign"]), 32)),
    )
    if keyring.key != fields["key"]:
        raise FormatError("These keys are not the ones they claim to be.")
    return keyring


def _context(method: str, key: str) -> bytes:
    return f"{kinds.header('wrapped-key')}\n{method}\n{key}".encode()
