"""The roster: who the keepers are, with the key they share, signed by every one of them (section 3).

What keepers sign besides: their transport key of the month, and receipts.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from upstander.formats import b64, canonical, hashes, shape, statements
from upstander.formats.errors import FormatError
from upstander.keepers import threshold
from upstander.keepers.errors import WrongEpochError
from upstander.keepers.pledges import Pledge, check_name
from upstander.sealing import age


@dataclass(frozen=True, slots=True)
class Keeper:
    """One keeper: where it answers, its place, its part of the key, and what it signs with (b64)."""

    name: str
    address: str
    place: int
    part: bytes
    sign: str


@dataclass(frozen=True, slots=True)
class Roster:
    """All keepers of one epoch, by name.

    `sha256` is what a page pins: the hash of its body without the keepers' parts of the key. Those follow
    from the key and are renewed under it each month.
    """

    epoch: str
    needs: int
    key: bytes
    keepers: Mapping[str, Keeper]
    sha256: str

    @property
    def public(self) -> threshold.PublicKey:
        """The shared key, as `threshold` takes it."""
        places = {name: one.place for name, one in self.keepers.items()}
        parts = {name: one.part for name, one in self.keepers.items()}
        return threshold.PublicKey(self.key, self.needs, places, parts)


def roster_body(
    epoch: str, public: threshold.PublicKey, addresses: Mapping[str, str], signs: Mapping[str, str]
) -> dict[str, Any]:
    """What every keeper signs; addresses and signing keys by keeper's name."""
    keepers = [
        {
            "address": addresses[name],
            "name": name,
            "part": b64.encode(public.parts[name]),
            "place": place,
            "sign": signs[name],
        }
        for name, place in sorted(public.places.items())
    ]
    return {"epoch": epoch, "keepers": keepers, "key": b64.encode(public.key), "needs": public.needs}


def read_roster(texts: Sequence[str]) -> Roster:
    """The roster, if every keeper on it signed it: one statement each, in the order in which it names them.

    Raises FormatError, and GroupError where the keepers' parts are not those of the key.
    """
    body = statements.peek(texts[0], "roster") if texts else {}
    shape.exactly(body, "epoch", "keepers", "key", "needs")
    keepers = [_keeper(one) for one in shape.items(body["keepers"])]
    names = [one.name for one in keepers]
    if names != sorted(set(names)) or len(texts) != len(names):
        raise FormatError("The roster is not signed by every keeper on it.")
    for keeper, text in zip(keepers, texts, strict=True):
        if statements.verify(text, "roster", keeper.sign) != body:
            raise FormatError("The keepers did not sign the same roster.")
    if len({one.sign for one in keepers}) != len(keepers):
        raise FormatError("Two keepers have one key.")
    roster = Roster(
        epoch=check_name(body["epoch"]),
        needs=shape.count(body["needs"], 2),
        key=b64.decode(shape.text(body["key"]), 32),
        keepers=dict(zip(names, keepers, strict=True)),
        sha256=_lasting(body),
    )
    threshold.check_public(roster.public)
    return roster


def check_roster(pledge: Pledge, roster: Roster) -> None:
    """Raises WrongEpochError unless the pledge was made for exactly these keepers and their key."""
    made_for = (pledge.epoch, pledge.needs, set(pledge.shares))
    if made_for != (roster.epoch, roster.needs, set(roster.keepers)):
        raise WrongEpochError


def make_transport(keeper: str, month: str, recipient: str, by: Ed25519PrivateKey) -> str:
    """A **transport** statement: the age recipient that a keeper opens notes with in a month (`YYYY-MM`)."""
    body = {"keeper": keeper, "month": check_month(month), "recipient": age.check_recipient(recipient)}
    return statements.sign("transport", body, by)


def read_transport(text: str, keeper: Keeper, month: str) -> str:
    """The recipient of this keeper in this month. Raises FormatError, SealingError."""
    body = shape.exactly(statements.verify(text, "transport", keeper.sign), "keeper", "month", "recipient")
    if (body["keeper"], body["month"]) != (keeper.name, month):
        raise FormatError("This key is another keeper's, or of another month.")
    return age.check_recipient(shape.text(body["recipient"]))


def make_receipt(kind: str, keeper: str, note: bytes, day: str, by: Ed25519PrivateKey) -> str:
    """A receipt: **held** for a deposit or an entry that was taken, **asked** for a stop or a withdrawal."""
    shape.one_of(kind, ("held", "asked"))
    return statements.sign(kind, {"day": day, "keeper": keeper, "note": hashes.hash_of(note)}, by)


def check_receipt(text: str, kind: str, keeper: Keeper, note: bytes) -> None:
    """Raises FormatError unless this keeper signed a receipt of this kind for this sealed note."""
    body = shape.exactly(statements.verify(text, kind, keeper.sign), "day", "keeper", "note")
    shape.day(body["day"])
    if (body["keeper"], body["note"]) != (keeper.name, hashes.hash_of(note)):
        raise FormatError("This receipt is for something else.")


def _lasting(body: dict[str, Any]) -> str:
    keepers = [{name: value for name, value in one.items() if name != "part"} for one in body["keepers"]]
    return hashes.hash_of(canonical.encode({**body, "keepers": keepers}))


def _keeper(value: object) -> Keeper:
    body = shape.exactly(value, "address", "name", "part", "place", "sign")
    b64.decode(shape.text(body["sign"]), 32)
    return Keeper(
        name=check_name(body["name"]),
        address=shape.text(body["address"]),
        place=shape.count(body["place"], 1),
        part=b64.decode(shape.text(body["part"]), 32),
        sign=body["sign"],
    )


def check_month(text: object) -> str:
    """Returns a month (`YYYY-MM`), or raises FormatError for what is not one."""
    if not isinstance(text, str) or not re.fullmatch(r"[0-9]{4}-(0[1-9]|1[0-2])", text):
        raise FormatError("Expected a month: YYYY-MM.")
    return text
