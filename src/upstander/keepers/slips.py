"""A slip: what a reporter needs to change her mind about a pledge, sealed to herself (formats, section 14).

Her page writes it and her seven words open it. The server that keeps it cannot read it. Twin of
`client/report/slips.ts`; here for tests, and for whoever helps her when no page works any more.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from upstander.formats import canonical, shape
from upstander.formats.errors import FormatError
from upstander.keepers.pledges import Pledge, check_name, read_pledge
from upstander.sealing import age

SIZES = (16 * 1024, 64 * 1024)  # bytes before sealing
_HEAD = b"upstander/pledge-slip/v1\n"


@dataclass(frozen=True, slots=True)
class Slip:
    """`about` as she typed it; `number` of her last stop; `receipts` and `shares` (b64) by keeper's name."""

    about: str = field(repr=False)
    counted: bool
    ended: bool
    entry: str
    number: int
    pledge: Pledge
    receipts: Mapping[str, str]
    shares: Mapping[str, str] = field(repr=False)
    stopped: bool

    def body(self) -> dict[str, canonical.JSON]:
        """As it is written."""
        return {
            "about": self.about,
            "counted": self.counted,
            "ended": self.ended,
            "entry": self.entry,
            "number": self.number,
            "pledge": self.pledge.body(),
            "receipts": dict(self.receipts),
            "shares": dict(self.shares),
            "stopped": self.stopped,
        }


def seal_slip(slip: Slip, recipient: str) -> bytes:
    """The slip padded to one of SIZES and sealed to the reporter. Raises FormatError for one too long."""
    plain = _HEAD + canonical.encode(slip.body()) + b"\n"
    size = next((one for one in SIZES if one >= len(plain)), None)
    if size is None:
        raise FormatError("Too much is written about this person.")
    return age.seal(plain.ljust(size, b"\0"), [recipient])


def open_slip(sealed: bytes, identity: str) -> Slip:
    """A slip, opened with the reporter's identity. Raises SealingError, FormatError."""
    padded = age.open_(sealed, [identity])
    plain = padded.rstrip(b"\0")
    if len(padded) not in SIZES or not plain.startswith(_HEAD) or not plain.endswith(b"\n"):
        raise FormatError("This is not a slip.")
    names = ("about", "counted", "ended", "entry", "number", "pledge", "receipts", "shares", "stopped")
    body = shape.exactly(canonical.decode_object(plain[len(_HEAD) : -1]), *names)
    return Slip(
        about=shape.text(body["about"]),
        counted=shape.flag(body["counted"]),
        ended=shape.flag(body["ended"]),
        entry=shape.text(body["entry"]),
        number=shape.count(body["number"]),
        pledge=read_pledge(body["pledge"]),
        receipts=_texts(body["receipts"]),
        shares=_texts(body["shares"]),
        stopped=shape.flag(body["stopped"]),
    )


def _texts(value: object) -> dict[str, str]:
    if not isinstance(value, dict):
        raise FormatError("Expected an object.")
    return {check_name(name): shape.text(one) for name, one in value.items()}
