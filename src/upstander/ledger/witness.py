"""What a witness decides: whether a tree head continues the last one it signed (C2SP tlog-witness).

No state and no clock in here; who keeps the last head and signs the next is the room `witness`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from upstander.ledger.checkpoint import Checkpoint, number, open_checkpoint
from upstander.ledger.errors import LedgerError
from upstander.ledger.merkle import EMPTY_ROOT, LONGEST, verify_consistency
from upstander.ledger.notes import LARGEST as LARGEST_NOTE
from upstander.ledger.notes import Note, VerifierKey, b64std, parse_note, unb64std

LARGEST = LARGEST_NOTE + 4096  # bytes in a request


class Refusal(LedgerError):  # noqa: N818  (the specification's word is a status, this says why)
    """The witness does not sign. `status` is HTTP's; `size` is what it has seen, for status 409.

    `fork`: the log signed two different trees of one size. Other heads that do not continue the last one
    prove nothing, since anybody can send a signed head with a wrong proof.
    """

    def __init__(self, status: int, why: str, size: int = 0, *, fork: bool = False) -> None:
        super().__init__(why)
        self.status = status
        self.size = size
        self.fork = fork


@dataclass(frozen=True, slots=True)
class Request:
    """What add-checkpoint carries: the size the sender thinks the witness has seen, a proof, and a note."""

    old: int
    path: tuple[bytes, ...]
    note: str

    def __str__(self) -> str:
        """The body of the request (tlog-witness, "add-checkpoint")."""
        return "\n".join((f"old {self.old}", *map(b64std, self.path), "", self.note))


def parse_request(text: str) -> Request:
    """The request in a body. Raises Refusal with status 400 for any other form."""
    try:
        head, found, note = text.partition("\n\n")
        if len(text) > LARGEST or not found:
            raise LedgerError("Expected the old size, a proof, an empty line and a checkpoint.")
        first, *lines = head.split("\n")
        if not first.startswith("old "):
            raise LedgerError("The request does not begin with the old size.")
        if len(lines) > LONGEST:
            raise LedgerError(f"A proof is at most {LONGEST} hashes long.")
        old = number(first.removeprefix("old "), "The old size")
        path = [unb64std(line, 32, f"Hash {place} of the proof") for place, line in enumerate(lines, start=1)]
        Checkpoint.parse(parse_note(note).text, check_root=False)
    except LedgerError as error:
        raise Refusal(400, str(error)) from None
    return Request(old, tuple(path), note)


def origin_in(request: Request) -> str:
    """The origin of the log that the request says it is about; nothing of it is verified."""
    return Checkpoint.parse(parse_note(request.note).text, check_root=False).origin


def decide(request: Request, keys: Sequence[VerifierKey], last: Checkpoint | None) -> tuple[Checkpoint, Note]:
    """The head to sign, and the note with the log's signatures verified; raises Refusal where it must not be.

    `keys` are those trusted for the request's origin, `last` is the head this witness signed last for it. The
    checks come in the order of the specification, so that the status is the one it asks for.
    """
    if not keys:
        raise Refusal(404, "This witness does not watch that log.")
    try:
        head, note = open_checkpoint(request.note, *keys, check_root=False)
    except LedgerError as error:
        raise Refusal(403, str(error)) from None
    seen = last.size if last is not None else 0
    if request.old > head.size:
        raise Refusal(400, f"A tree of {head.size} cannot continue one of {request.old}.")
    if request.old != seen:
        raise Refusal(409, f"This witness has seen {seen} entries of {head.origin[:80]}.", seen)
    if last is not None and head.size == seen and head.root != last.root:
        raise Refusal(422, f"There are two different trees of size {seen}.", fork=True)
    try:
        verify_consistency(
            old=seen,
            old_root=last.root if last is not None else EMPTY_ROOT,
            new=head.size,
            new_root=head.root,
            path=request.path,
        )
    except LedgerError as error:
        raise Refusal(422, str(error)) from None
    return head, note
