"""A checkpoint: the head of a log's tree, as a note that log and witnesses sign (C2SP tlog-checkpoint)."""

import re
from dataclasses import dataclass

from upstander.ledger.errors import LedgerError
from upstander.ledger.merkle import EMPTY_ROOT, LARGEST
from upstander.ledger.notes import (
    COSIGNATURE,
    ED25519,
    Note,
    SigningKey,
    VerifierKey,
    b64std,
    open_note,
    parse_note,
    sign_note,
    unb64std,
)

_NUMBER = re.compile(r"0|[1-9][0-9]{0,18}")
_ORIGIN = re.compile(r"upstander/([a-z2-7]{26})/([1-9][0-9]{0,8})")


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A tree's head: which log, how many leaves, and the root over them (32 bytes).

    Upstander's logs write no extension lines; those of other logs are kept, since signatures cover them.
    """

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def body(self) -> str:
        """The text of the note (tlog-checkpoint, "Note text")."""
        return "\n".join((self.origin, str(self.size), b64std(self.root), *self.extensions, ""))

    @classmethod
    def parse(cls, text: str, *, check_root: bool = True) -> "Checkpoint":
        """The head in the text of a note. Raises LedgerError for any other form.

        Only a witness leaves the root of an empty tree for later: the specification has a status for it.
        """
        lines = text.split("\n")
        if len(lines) < 4 or lines.pop() or not all(lines):
            raise LedgerError("A checkpoint has three lines: origin, size and root.")
        origin, size, root, *more = lines
        checkpoint = cls(origin, number(size, "The size"), unb64std(root, 32, "The root"), tuple(more))
        if check_root and checkpoint.size == 0 and checkpoint.root != EMPTY_ROOT:
            raise LedgerError("The checkpoint of an empty tree has another root.")
        return checkpoint


def number(text: str, what: str = "This") -> int:
    """A decimal number up to 2^63 - 1 without leading zeros. Raises LedgerError."""
    if not _NUMBER.fullmatch(text) or int(text) > LARGEST:
        raise LedgerError(f"{what} is not a number without leading zeros.")
    return int(text)


def origin_of(installation: str, generation: int) -> str:
    """The origin of an installation's log; after a log that was closed comes the next generation, from 1."""
    origin = f"upstander/{installation}/{generation}"
    split_origin(origin)
    return origin


def split_origin(origin: str) -> tuple[str, int]:
    """Installation and generation of an origin. Raises LedgerError for the origin of another kind of log."""
    match = _ORIGIN.fullmatch(origin)
    if match is None:
        raise LedgerError(f"{origin[:80]} is not the origin of an Upstander log.")
    return match[1], int(match[2])


def sign_checkpoint(checkpoint: Checkpoint, key: SigningKey) -> str:
    """The note with the log's own signature. Raises LedgerError when the key has another name."""
    if key.kind != ED25519 or key.name != checkpoint.origin:
        raise LedgerError("A log signs with the key that has its name.")
    return sign_note(checkpoint.body(), key)


def cosign(note: str, key: SigningKey, timestamp: int) -> str:
    """A witness's signature line over the checkpoint in this note; `timestamp` in seconds since 1970.

    Signs whatever it is given: what a witness checks before is in `witness`.
    """
    if key.kind != COSIGNATURE:
        raise LedgerError("A witness signs with a key for cosignatures.")
    text = parse_note(note).text
    Checkpoint.parse(text)
    return key.sign(text, timestamp)


def open_checkpoint(note: str, *keys: VerifierKey, check_root: bool = True) -> tuple[Checkpoint, Note]:
    """The checkpoint, signed by its log with one of these keys; witnesses' signatures are verified too.

    A key is the log's when it has the log's origin as its name. Raises LedgerError.
    """
    checkpoint = Checkpoint.parse(parse_note(note).text, check_root=check_root)
    own = [key for key in keys if key.kind == ED25519 and key.name == checkpoint.origin]
    if not own:
        raise LedgerError(f"The checkpoint is of {checkpoint.origin[:80]}, a log that is not known here.")
    opened = open_note(note, *own, *(key for key in keys if key.kind == COSIGNATURE))
    if not any(opened.signed_by(key) for key in own):
        raise LedgerError(f"The checkpoint is not signed by its log {checkpoint.origin[:80]}.")
    return checkpoint, opened
