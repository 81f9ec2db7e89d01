"""An authority, approvers and a bank, for tests."""

from __future__ import annotations

import json
from collections.abc import Sequence

import numpy as np

from tests.fingerprints.pictures import Pixels
from upstander.fingerprints import authority as authorities
from upstander.fingerprints import bank, colour, pdq
from upstander.formats.hashes import hash_of, hkdf
from upstander.sealing import age

CASE = "aaaaaaaaaaaaaaaaaaaaaaaaaa"
OTHER_CASE = "abababababababababababaaaa"
DAY = "2026-11-23"
DEVICE = "Force phone 4711"
APPROVERS = {
    name: age.identity_from_seed(hkdf(name.encode(), "upstander/test")) for name in ("Ada", "Ben", "Cleo")
}


def authority_toml(**changes: str) -> str:
    """An authority as a person writes it; `changes` are TOML values by field."""
    fields = {
        "job": '"OP-2026-014"',
        "legal_basis": '"Force-owned devices; policy 12, 4.3"',
        "operator": '"DC Hale"',
        "collateral_intrusion": '"Private pictures of others on these phones are hashed and not looked at."',
        "devices": f'["{DEVICE}"]',
        "cases": f'["{CASE}"]',
        "from": "2026-11-01",
        "until": "2099-12-31",
        **changes,
    }
    people = "".join(
        f'[[approvers]]\nname = "{name}"\nrecipient = "{age.recipient_of(identity)}"\n'
        for name, identity in APPROVERS.items()
    )
    return "".join(f"{name} = {value}\n" for name, value in fields.items() if value) + people


def authority(**changes: str) -> authorities.Authority:
    return authorities.from_toml(authority_toml(**changes))


def fingerprints(picture: Pixels, file: bytes = b"file") -> dict[str, object]:
    """One picture as a report lists it."""
    listed = []
    for one in pdq.prints(picture):
        top, left = (side * one.crop // 200 for side in picture.shape[:2])
        part = picture[top : picture.shape[0] - top, left : picture.shape[1] - left]
        layout = colour.layout(np.ascontiguousarray(part)).hex()
        listed.append({"colour": layout, "crop": one.crop, "hash": one.hash.hex(), "quality": one.quality})
    return {"prints": listed, "sha256": hash_of(file)}


def opened_report(pictures: Sequence[dict[str, object]], case: str = CASE) -> bytes:
    """A report as `upstander open` writes it."""
    body = {"format": "upstander/report/v1", "answers": [], "fingerprints": list(pictures)}
    return json.dumps({"case": case, "body": body}, indent=2).encode()


def bank_of(pictures: Sequence[Pixels]) -> bank.Bank:
    """An opened bank of these pictures."""
    report = opened_report([fingerprints(one) for one in pictures])
    return bank.Bank(authority().sha256, tuple(bank.pictures_of_report(report)))


def slips(made: bank.Export) -> list[str]:
    """The approvers' shares, each opened with that approver's own identity."""
    opened = zip(made.shares, APPROVERS.values(), strict=True)
    return [bank.share_in(age.open_(sealed, [identity]).decode()) for sealed, identity in opened]
