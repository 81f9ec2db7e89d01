"""Notes: what goes to one keeper, sealed to its key of the month; and parcels, which go to all (section 5).

A note holds the pledge, the keeper's share (in a deposit), one statement, and, where a deposit came with a
pass, that one too. Every note has the same size,
so that nobody on the way sees whether it is a deposit, a new version, a stop or a withdrawal.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from upstander.formats import b64, canonical, hashes, shape
from upstander.formats.errors import FormatError
from upstander.keepers.errors import ClosedError, OtherKeeperError, ParcelError, ShareError
from upstander.keepers.pledges import Pledge, check_name, read_pledge
from upstander.sealing import age, padding
from upstander.sealing.errors import SealingError

SIZE = 16 * 1024  # bytes of a note before it is sealed
LARGEST = 256 * 1024  # bytes of a parcel
ROOMS = tuple(size * 1024 * 3 // 4 - 4096 for size in (16, 64, 256))  # bytes, before sealing and writing
SHARE = 33  # bytes
_HEAD = b"upstander/keeper-note/v1\n"
_PARCEL = b"upstander/parcel/v1\n"


@dataclass(frozen=True, slots=True)
class Note:
    """What one keeper is told. `share` is empty in anything but a deposit, `passed` without a pass."""

    pledge: Pledge
    statement: str
    to: str
    share: bytes = field(default=b"", repr=False)
    passed: str = ""


def share_hash(share: bytes) -> str:
    """The hash of a share as a pledge carries it."""
    return hashes.hash_of(b"upstander/pledge-share/v1\n" + share)


def seal_note(note: Note, recipient: str) -> bytes:
    """The note sealed to a keeper's age recipient of the month. Raises FormatError where it is too long."""
    body: dict[str, Any] = {
        "pledge": note.pledge.body(),
        "share": b64.encode(note.share),
        "statement": note.statement,
        "to": note.to,
        **({"passed": note.passed} if note.passed else {}),
    }
    plain = _HEAD + canonical.encode(body) + b"\n"
    if len(plain) > SIZE:
        raise FormatError("This is too long for a note.")
    return age.seal(plain.ljust(SIZE, b"\0"), [recipient])


def open_note(sealed: bytes, identities: Sequence[str], keeper: str) -> Note:
    """A note for this keeper, its share compared with the pledge.

    Raises ClosedError where no identity opens it, OtherKeeperError, ShareError, and FormatError.
    """
    try:
        plain = age.open_(sealed, identities)
    except SealingError:
        raise ClosedError from None
    read = {"passed": "", **_read(plain, _HEAD, SIZE)}
    body = shape.exactly(read, "passed", "pledge", "share", "statement", "to")
    if check_name(body["to"]) != keeper:
        raise OtherKeeperError
    pledge, share = read_pledge(body["pledge"]), b64.decode(shape.text(body["share"]))
    if share and (len(share) != SHARE or share_hash(share) != pledge.shares.get(keeper)):
        raise ShareError
    return Note(pledge, shape.text(body["statement"]), keeper, share, shape.text(body["passed"]))


def make_parcel(report: Mapping[str, Any], grants: Sequence[Mapping[str, Any]], lock: str) -> bytes:
    """Sealed report (as a report is sent) and grants, all of it sealed once more to the recipient `lock`.

    Inside it lies in one of ROOMS, so that a parcel fills its bucket. Raises FormatError above 256 KiB.
    """
    inside = canonical.encode({"grants": list(grants), "report": dict(report)}) + b"\n"
    room = next((one for one in ROOMS if one >= len(inside)), None)
    if room is None:
        raise FormatError("This is too long to be held: 256 KiB at most, files not counted.")
    locked = age.seal(inside.ljust(room, b"\0"), [lock])
    body: dict[str, Any] = {"locked": b64.encode(locked), "report": {}}
    return padding.pad(_PARCEL + canonical.encode(body) + b"\n")


def check_parcel(parcel: bytes) -> str:
    """The hash of what looks like a parcel from outside. Raises ParcelError for anything else."""
    try:
        _locked(parcel)
    except (FormatError, SealingError):
        raise ParcelError from None
    return hashes.hash_of(parcel)


def open_parcel(parcel: bytes, lock: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Report and grants, opened with the lock's identity. Raises SealingError, FormatError, ParcelError."""
    report, locked = _locked(parcel)
    plain = age.open_(locked, [lock]).rstrip(b"\0")
    body = canonical.decode_object(plain.removesuffix(b"\n"))
    if report:  # parcels of the first demonstrations had it outside, where it named the channel
        return report, shape.items(shape.exactly(body, "grants")["grants"])
    inside = shape.exactly(body, "grants", "report")
    if not isinstance(inside["report"], dict):
        raise FormatError("This is not a parcel.")
    return inside["report"], shape.items(inside["grants"])


def _locked(parcel: bytes) -> tuple[dict[str, Any], bytes]:
    body = shape.exactly(_read(parcel, _PARCEL, 0), "locked", "report")
    locked = b64.decode(shape.text(body["locked"]))
    if not isinstance(body["report"], dict) or age.inspect(locked).stanzas != 1:
        raise FormatError("This is not a parcel.")
    return body["report"], locked


def _read(padded: bytes, head: bytes, size: int) -> dict[str, Any]:
    """The object in padded bytes of exactly `size` (0: of their bucket, at most LARGEST)."""
    if len(padded) > LARGEST or (size and len(padded) != size):
        raise FormatError("This has the wrong size.")
    data, _, rest = padded.partition(b"\0")
    if rest.strip(b"\0") or (not size and padding.bucket(len(data)) != len(padded)):
        raise FormatError("The padding is wrong.")
    if not data.startswith(head) or not data.endswith(b"\n"):
        raise FormatError("This is of another kind.")
    return canonical.decode_object(data[len(head) : -1])
