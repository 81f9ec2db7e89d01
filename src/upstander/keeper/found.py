"""Keepers make their key together: files that each writes for the others, in three rounds.

1. A plan: who takes part, how many are needed. All compare its hash by telephone before they go on.
2. Each writes its opening, signed, and carries it to the others.
3. Each reads all openings and writes its signature under what it saw, and under the roster that follows.
4. Each reads all signatures; only then its share counts.

Whoever carries the files can stop it, and nothing else: every fault names the keeper whose file is wrong.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from upstander.formats import b64, canonical, hashes, shape, statements
from upstander.formats.errors import FormatError
from upstander.keeper import home
from upstander.keepers import cocktail, group, threshold
from upstander.keepers.pledges import check_name
from upstander.keepers.roster import read_roster, roster_body

PENDING = "keys/share.pending.json"


@dataclass(frozen=True, slots=True)
class Applicant:
    """A keeper that takes part: `sign` its identity key, `static` its key for ceremonies (both b64)."""

    name: str
    address: str
    sign: str
    static: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What all agree on before they begin. `sha256` is what they compare."""

    epoch: str
    needs: int
    keepers: tuple[Applicant, ...]
    sha256: str

    @property
    def session(self) -> cocktail.Session:
        """The ceremony's session: another plan is another session."""
        publics = [b64.decode(one.static, 32) for one in self.keepers]
        return cocktail.new_session(bytes.fromhex(self.sha256), publics, self.needs)

    def place(self, name: str) -> int:
        """The place of a keeper, from 1. Raises FormatError for a stranger."""
        names = [one.name for one in self.keepers]
        if name not in names:
            raise FormatError("This keeper is not in the plan.")
        return names.index(name) + 1


def applicant(folder: Path, address: str) -> dict[str, str]:
    """What a keeper gives the others: public halves only."""
    return {
        "address": address,
        "name": home.name_of(folder),
        "sign": statements.public_of(home.signing_key(folder)),
        "static": b64.encode(group.base_times(home.static_key(folder)).encode()),
    }


def make_plan(applicants: Sequence[dict[str, str]], epoch: str, needs: int) -> str:
    """The text of a plan. Raises FormatError, CeremonyError."""
    keepers = sorted(applicants, key=lambda one: one.get("name", ""))
    text = canonical.encode({"epoch": epoch, "keepers": list(keepers), "needs": needs}).decode() + "\n"
    read_plan(text)
    return text


def read_plan(text: str) -> Plan:
    """A plan. Raises FormatError, CeremonyError for one that cannot be."""
    body = shape.exactly(
        canonical.decode_object(text.removesuffix("\n").encode()), "epoch", "keepers", "needs"
    )
    plan = Plan(
        epoch=check_name(body["epoch"]),
        needs=shape.count(body["needs"], 2),
        keepers=tuple(_applicant(one) for one in shape.items(body["keepers"])),
        sha256=hashes.hash_of(text.removesuffix("\n").encode()),
    )
    names = [one.name for one in plan.keepers]
    if names != sorted(set(names)) or len({one.sign for one in plan.keepers}) != len(names):
        raise FormatError("Two keepers have one name or key, or they are out of order.")
    plan.session  # noqa: B018 (checks keys and numbers)
    return plan


def open_round(folder: Path, plan: Plan) -> str:
    """First round: this keeper's opening, an **opening** statement."""
    name = home.name_of(folder)
    made = cocktail.open_round(plan.session, plan.place(name), home.static_key(folder))
    body = {"keeper": name, "opening": b64.encode(made.encode()), "plan": plan.sha256}
    return statements.sign("opening", body, home.signing_key(folder))


def receive(folder: Path, plan: Plan, openings: Sequence[str]) -> str:
    """Second round: checks every opening, keeps the share aside, signs what it saw. Raises CeremonyError."""
    home.check_no_share(folder)
    name, static = home.name_of(folder), home.static_key(folder)
    read = _openings(plan, openings)
    dealt = cocktail.receive(plan.session, plan.place(name), static, read)
    secret = {"place": dealt.share.place, "secret": b64.encode(dealt.share.secret)}
    (folder / PENDING).unlink(missing_ok=True)
    home.write(folder / PENDING, json.dumps(secret) + "\n")
    text = cocktail.transcript(plan.session, read)
    signed = {
        "certificate": b64.encode(cocktail.sign(static, text)),
        "roster": statements.sign("roster", _roster(plan, dealt), home.signing_key(folder)),
    }
    return json.dumps(signed, indent=1) + "\n"


def finish(folder: Path, plan: Plan, openings: Sequence[str], signed: Sequence[str]) -> tuple[str, str]:
    """Third round: all signed the same, so the share counts. Returns hashes of roster and transcript.

    `signed` in the order of the plan. Raises CeremonyError, FormatError; nothing is changed then.
    """
    home.check_no_share(folder)
    files = [shape.exactly(_json(one), "certificate", "roster") for one in signed]
    text = cocktail.transcript(plan.session, _openings(plan, openings))
    certificates = [b64.decode(shape.text(one["certificate"]), 64) for one in files]
    cocktail.check_certificate(plan.session, text, certificates)
    roster = read_roster([shape.text(one["roster"]) for one in files])
    secret = _json((folder / PENDING).read_text("utf-8"))
    share = threshold.KeyShare(secret["place"], group.decode_scalar(b64.decode(secret["secret"], 32)))
    mine = roster.keepers.get(home.name_of(folder))
    if mine is None or mine.part != share.public:
        raise FormatError("The roster does not name this keeper with the share it has.")
    statics = {one.name: one.static for one in plan.keepers}
    home.admit(folder, share, [one["roster"] for one in files], statics)
    (folder / PENDING).unlink()
    return roster.sha256, hashes.hash_of(text)


def _openings(plan: Plan, texts: Sequence[str]) -> list[cocktail.Opening]:
    """The openings in the order of the plan, each signed by its keeper for this plan."""
    if len(texts) != len(plan.keepers):
        raise cocktail.CeremonyError(0, "An opening is missing.")
    found = []
    for place, (keeper, text) in enumerate(zip(plan.keepers, texts, strict=True), 1):
        try:
            body = shape.exactly(statements.verify(text, "opening", keeper.sign), "keeper", "opening", "plan")
            data = b64.decode(shape.text(body["opening"]))
        except FormatError as error:
            raise cocktail.CeremonyError(place, str(error)) from None
        if (body["keeper"], body["plan"]) != (keeper.name, plan.sha256):
            raise cocktail.CeremonyError(place, "Its opening is of another plan.")
        found.append(cocktail.parse_opening(plan.session, place, data))
    return found


def _roster(plan: Plan, dealt: cocktail.Dealt) -> dict[str, Any]:
    names = [one.name for one in plan.keepers]
    return roster_body(
        plan.epoch,
        dealt.public(plan.session, names),
        {one.name: one.address for one in plan.keepers},
        {one.name: one.sign for one in plan.keepers},
    )


def _applicant(value: object) -> Applicant:
    body = shape.exactly(value, "address", "name", "sign", "static")
    b64.decode(shape.text(body["sign"]), 32)
    return Applicant(
        check_name(body["name"]), shape.text(body["address"]), body["sign"], shape.text(body["static"])
    )


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        raise FormatError("This file is not JSON.") from None
