"""An authority, approvers and a bank, for tests."""

from __future__ import annotations

import json
from collections.abc import Sequence

import numpy as np
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.fingerprints.pictures import Pixels
from tests.vectors import log_scene
from tests.vectors import scene as vectors
from upstander.fingerprints import authority as authorities
from upstander.fingerprints import bank, colour, pdq
from upstander.fingerprints.given import OWN, read_given
from upstander.fingerprints.standing import make_standing
from upstander.formats import statements
from upstander.formats.hashes import hash_of, hkdf
from upstander.ledger import leaf as leaves
from upstander.ledger.checkpoint import Checkpoint
from upstander.ledger.promise import make_promise
from upstander.ledger.proofs import Proof
from upstander.sealing import age

CASE = "aaaaaaaaaaaaaaaaaaaaaaaaaa"
OTHER_CASE = "abababababababababababaaaa"
DAY = "2026-11-23"
DEVICE = "Force phone 4711"
APPROVERS = {
    name: age.identity_from_seed(hkdf(name.encode(), "upstander/test")) for name in ("Ada", "Ben", "Cleo")
}
SHEET_KEY = Ed25519PrivateKey.from_private_bytes(hkdf(b"lead sheet", "upstander/test"))


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
        "sign": f'"{statements.public_of(SHEET_KEY)}"',
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


def opened_report(
    pictures: Sequence[dict[str, object]], case: str = CASE, answers: dict[str, str] = OWN
) -> bytes:
    """A report as `upstander open` writes it; its answers say that the pictures are her own."""
    said = [{"id": question, "value": value} for question, value in answers.items()]
    body = {"format": "upstander/report/v1", "answers": said, "fingerprints": list(pictures)}
    return json.dumps({"case": case, "body": body}, indent=2).encode()


def pictures_of(report: bytes) -> list[bank.Picture]:
    """The pictures of an opened report, or of a file from the desk."""
    return list(read_given(report).pictures)


def bank_of(pictures: Sequence[Pixels]) -> bank.Bank:
    """An opened bank of these pictures."""
    report = opened_report([fingerprints(one) for one in pictures])
    return bank.Bank(authority().sha256, tuple(pictures_of(report)))


def slips(made: bank.Export) -> list[str]:
    """The approvers' shares, each opened with that approver's own identity."""
    opened = zip(made.shares, APPROVERS.values(), strict=True)
    return [bank.share_in(age.open_(sealed, [identity]).decode()) for sealed, identity in opened]


def proof(
    made: authorities.Authority, case: str = CASE, *, use: str = "authorised", placed: bool = True
) -> bytes:
    """A saved proof that the authority was recorded in a case, by the installation of the vectors."""
    fields = {
        "authority": made.sha256,
        "case": case,
        "document": made.sha256,
        "envelopes": ["0" * 64],
        "use": use,
    }
    label, salt = leaves.label_and_salt(hkdf(case.encode(), "log"), 2)
    leaf = leaves.Leaf(
        "restricted", vectors.DAY, label, leaves.commitment(salt, leaves.digest("bank", **fields))
    )
    promise = make_promise(
        vectors.id_("act"),
        vectors.DAY,
        "marlshire",
        leaf.hash.hex(),
        *(vectors.INSTALLATION, vectors.INSTALLATION_KEY),
    )
    tree = log_scene.Tree([*log_scene.tree(5).hashes, leaf.hash])
    head = Checkpoint(log_scene.ORIGINS[1], tree.size, tree.root)
    note = log_scene.note(head, log_scene.WITNESSES["w1"], log_scene.WITNESSES["w3"])
    place = str(Proof(5, tree.path(5), note)) if placed else ""
    return log_scene.receipt(
        fields={**fields, "kind": "bank"}, salt=salt, leaf=leaf, promise=promise, proof=place
    )


def standing(day: str, case: str = CASE, state: str = "usable") -> str:
    """What the same installation signs about a case's fingerprints."""
    return make_standing(case, day, state, vectors.INSTALLATION_KEY)
