"""The bank: fingerprints from opened reports, sealed for one scan (formats, "Fingerprints").

It is an age file to a key that exists nowhere: the seed is split at once, one share sealed to each approver,
and two are needed. Inside, the bank names the hash of its authority: neither can be exchanged for another.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from upstander.fingerprints import pdq
from upstander.fingerprints.authority import NEEDED, Authority
from upstander.fingerprints.errors import FingerprintError
from upstander.formats import canonical, ids, shape
from upstander.formats.errors import FormatError
from upstander.formats.hashes import check_hash
from upstander.sealing import age, shares
from upstander.sealing.errors import SealingError

PICTURES = 100_000  # of one bank
LARGEST = 256 * 1024 * 1024  # bytes of a report or a bank that is read
LEAST_ONES = 96  # bits: a median splits 256 coefficients in half, unless most of them are alike


@dataclass(frozen=True, slots=True)
class BankPrint:
    """One fingerprint: hash, quality, per cent cropped, and the colour layout (16 bytes, or none)."""

    hash: bytes = field(repr=False)
    quality: int
    crop: int
    colour: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of one case: SHA-256 of the reporter's file (or empty) and its fingerprints."""

    case: str
    sha256: str = field(repr=False)
    prints: tuple[BankPrint, ...]


@dataclass(frozen=True, slots=True)
class Bank:
    """An opened bank: exists in memory only. `authority` is the hash of the authority it was made under."""

    authority: str
    pictures: tuple[Picture, ...]


@dataclass(frozen=True, slots=True)
class Export:
    """What an export makes: the sealed bank, a sealed share for each approver, what was left out and why."""

    sealed: bytes
    shares: tuple[bytes, ...]
    pictures: int
    dropped: tuple[str, ...]


def export(pictures: Sequence[Picture], authority: Authority, day: str) -> Export:
    """Seals the pictures of the authority's cases. Raises FingerprintError where nothing is left."""
    kept, dropped = [], []
    for picture in pictures:
        if picture.case not in authority.cases:
            dropped.append(f"A picture of case {picture.case}: the authority does not name that case.")
            continue
        good = tuple(one for one in picture.prints if not _useless(one))
        if len(good) < len(picture.prints):
            left = len(picture.prints) - len(good)
            dropped.append(
                f"{left} fingerprints of a picture of case {picture.case}: too plain, would hit too much."
            )
        if good:
            kept.append(Picture(picture.case, picture.sha256, good))
    if not kept:
        raise FingerprintError(
            "No fingerprint is left for this bank: " + " ".join(dropped or ["none was given."])
        )
    if len(kept) > PICTURES:
        raise FingerprintError(f"A bank holds at most {PICTURES} pictures.")
    identity = age.new_identity()
    body: dict[str, Any] = {
        "authority": authority.sha256,
        "day": day,
        "format": "upstander/bank/v1",
        "pictures": [_written(one) for one in kept],
    }
    sealed = age.seal(canonical.encode(body), [age.recipient_of(identity)])
    parts = shares.split(age.seed_of(identity), len(authority.approvers), NEEDED)
    slips = tuple(
        age.seal(_slip(authority, one.name, part), [one.recipient])
        for one, part in zip(authority.approvers, parts, strict=True)
    )
    return Export(sealed, slips, len(kept), tuple(dropped))


def open_bank(sealed: bytes, authority: Authority, typed: Sequence[str]) -> Bank:
    """Opens a bank with two approvers' shares (`us1-...`). Raises FingerprintError, and says which it was."""
    try:
        seed = shares.combine([shares.from_text(one) for one in typed])
        data = age.open_(sealed, [age.identity_from_seed(seed)])
    except FormatError as error:
        raise FingerprintError(f"The bank needs the shares of {NEEDED} approvers. {error}") from None
    except SealingError as error:
        raise FingerprintError(f"These shares do not open this bank: {error}") from None
    bank = read_bank(data)
    if bank.authority != authority.sha256:
        raise FingerprintError(
            "This bank was made under another authority, or the authority was changed since."
        )
    return bank


def read_bank(data: bytes) -> Bank:
    """The bank in its plain form. Raises FingerprintError."""
    try:
        body = shape.exactly(canonical.decode_object(data), "authority", "day", "format", "pictures")
        if body["format"] != "upstander/bank/v1":
            raise FormatError("Expected a bank.")
        shape.day(body["day"])
        listed = shape.items(body["pictures"])
        if not 1 <= len(listed) <= PICTURES:
            raise FormatError("Expected some pictures, and not too many.")
        return Bank(check_hash(body["authority"]), tuple(read_picture(one) for one in listed))
    except FormatError as error:
        raise FingerprintError(f"This is not a bank: {error}") from None


def without(bank: Bank, cases: Collection[str]) -> Bank:
    """The bank without the fingerprints of some cases. Numbers of pictures stay: journals name them.

    Raises FingerprintError where nothing is left.
    """
    kept = tuple(Picture(one.case, "", ()) if one.case in cases else one for one in bank.pictures)
    if not any(one.prints for one in kept):
        raise FingerprintError(
            "All fingerprints of this bank were taken back or stopped. Destroy bank, shares and journals."
        )
    return Bank(bank.authority, kept)


def share_in(text: str) -> str:
    """The share on an approver's slip, opened or typed: what begins with us1-. Raises FingerprintError."""
    start = text.find("us1-")
    if start < 0:
        raise FingerprintError("There is no share in this file. A share begins with us1-.")
    return re.split(r'"|\n\n', text[start:], maxsplit=1)[0]


def read_picture(value: Any) -> Picture:
    """A picture with its case, as a bank and a report list it. Raises FormatError."""
    fields = shape.exactly(value, "case", "prints", "sha256")
    prints = tuple(_print(one) for one in shape.items(fields["prints"]))
    if not 1 <= len(prints) <= len(pdq.CROPS) or len({one.crop for one in prints}) != len(prints):
        raise FormatError("Expected one to seven fingerprints of a picture, each crop once.")
    return Picture(ids.check_id(fields["case"]), check_hash(fields["sha256"]), prints)


def _print(value: Any) -> BankPrint:
    fields = shape.exactly(value, "colour", "crop", "hash", "quality")
    quality, crop = shape.count(fields["quality"]), shape.count(fields["crop"])
    colour = shape.text(fields["colour"])
    if quality > 100 or crop not in pdq.CROPS:
        raise FormatError("A quality is 0 to 100, and a crop one of those we make.")
    if colour and (len(colour) != 32 or colour.strip("0123456789abcdef")):
        raise FormatError("A colour layout has 32 hexadecimal digits, or none.")
    return BankPrint(bytes.fromhex(check_hash(fields["hash"])), quality, crop, bytes.fromhex(colour))


def _written(picture: Picture) -> dict[str, Any]:
    prints = [
        {"colour": one.colour.hex(), "crop": one.crop, "hash": one.hash.hex(), "quality": one.quality}
        for one in picture.prints
    ]
    return {"case": picture.case, "prints": prints, "sha256": picture.sha256}


def _useless(one: BankPrint) -> bool:
    ones = int.from_bytes(one.hash).bit_count()
    return one.quality < pdq.LEAST_QUALITY or not LEAST_ONES <= ones <= 256 - LEAST_ONES


def _slip(authority: Authority, approver: str, share: bytes) -> bytes:
    return canonical.encode(
        {
            "approver": approver,
            "authority": authority.sha256,
            "format": "upstander/bank-share/v1",
            "job": authority.job,
            "share": shares.to_text(share),
        }
    )
