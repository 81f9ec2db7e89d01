"""A slip: what a reporter needs to change her mind about a pledge, signed by her and sealed to herself.

Her page writes it and her seven words open it (formats, section 14). The server that keeps it can neither
read nor write one; it can show an old one or none, which the log shows to her alone. Twin of
`client/lib/slips.ts`; here for tests, and for whoever helps her when no page works any more.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from upstander.formats import b64, canonical, ids, shape, statements
from upstander.formats.errors import FormatError
from upstander.formats.hashes import hkdf
from upstander.keepers.errors import NotSignedError, OtherPledgeError, ShareError
from upstander.keepers.notes import share_hash
from upstander.keepers.pledges import Pledge, check_name, read_pledge
from upstander.sealing import age

SIZES = (16 * 1024, 64 * 1024)  # bytes before sealing
_VERSIONS = 1_000_000  # of one slip, at most


@dataclass(frozen=True, slots=True)
class Slip:
    """`about` as she typed it; `number` of her last stop; `receipts` and `shares` (b64) by keeper's name.

    `id` is its number at the server, `place` (from 1) its place among her slips, `version` counts up from 1.
    """

    about: str = field(repr=False)
    counted: bool
    ended: bool
    entry: str
    id: str
    number: int
    place: int
    pledge: Pledge
    receipts: Mapping[str, str]
    shares: Mapping[str, str] = field(repr=False)
    stopped: bool
    version: int

    def body(self) -> dict[str, canonical.JSON]:
        """As it is written."""
        return {
            "about": self.about,
            "counted": self.counted,
            "ended": self.ended,
            "entry": self.entry,
            "id": self.id,
            "number": self.number,
            "place": self.place,
            "pledge": self.pledge.body(),
            "receipts": dict(self.receipts),
            "shares": dict(self.shares),
            "stopped": self.stopped,
            "version": self.version,
        }


def seal_slip(slip: Slip, recipient: str, by: Ed25519PrivateKey) -> bytes:
    """The slip signed, padded to one of SIZES and sealed to the reporter. Raises FormatError if too long."""
    plain = statements.sign("pledge-slip", slip.body(), by).encode()
    size = next((one for one in SIZES if one >= len(plain)), None)
    if size is None:
        raise FormatError("Too much is written about this person.")
    return age.seal(plain.ljust(size, b"\0"), [recipient])


def open_slip(sealed: bytes, identity: str, sign: str, slip_id: str) -> Slip:
    """The slip under this number, opened with the reporter's identity; `sign` is her signing key (b64).

    Raises SealingError; FormatError for what she did not sign, or signed for another number; NotSignedError,
    OtherPledgeError and ShareError where pledge, entry and shares are not hers or do not belong together.
    """
    padded = age.open_(sealed, [identity])
    if len(padded) not in SIZES:
        raise FormatError("This is not a slip.")
    try:
        text = padded.rstrip(b"\0").decode()
    except UnicodeDecodeError:
        raise FormatError("This is not a slip.") from None
    body = shape.exactly(
        statements.verify(text, "pledge-slip", sign),
        *("about", "counted", "ended", "entry", "id", "number", "place", "pledge"),
        *("receipts", "shares", "stopped", "version"),
    )
    slip = Slip(
        about=shape.text(body["about"]),
        counted=shape.flag(body["counted"]),
        ended=shape.flag(body["ended"]),
        entry=shape.text(body["entry"]),
        id=ids.check_id(body["id"]),
        number=shape.count(body["number"]),
        place=shape.count(body["place"], 1),
        pledge=read_pledge(body["pledge"]),
        receipts=_texts(body["receipts"]),
        shares=_texts(body["shares"]),
        stopped=shape.flag(body["stopped"]),
        version=shape.count(body["version"], 1),
    )
    if slip.id != slip_id:
        raise FormatError("This slip belongs to another number.")
    _check_own(slip, sign)
    return slip


def slip_log(seed: bytes) -> bytes:
    """The secret behind labels and salts of her slips' acts, from the seed of her signing key.

    Not from the case's log secret, which handlers hold: nobody but her can join a pledge to a report.
    """
    return hkdf(seed, "upstander/slip-log/v1")


def slip_number(place: int, version: int) -> int:
    """The number, in her own series, of the act that writes this version."""
    return place * _VERSIONS + version


def _check_own(slip: Slip, sign: str) -> None:
    if slip.pledge.verify != sign:
        raise NotSignedError
    if statements.verify(slip.entry, "entry", sign).get("pledge") != slip.pledge.id:
        raise OtherPledgeError
    for name, share in slip.shares.items():
        if slip.pledge.shares.get(name) != share_hash(b64.decode(share)):
            raise ShareError


def _texts(value: object) -> dict[str, str]:
    if not isinstance(value, dict):
        raise FormatError("Expected an object.")
    return {check_name(name): shape.text(one) for name, one in value.items()}
