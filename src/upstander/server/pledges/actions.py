"""What a reporter's page stores of a pledge. What it means is sealed; the log keeps a hash of it."""

from __future__ import annotations

import json

from django.db.models import Model

from upstander.formats import b64, canonical, days
from upstander.formats.hashes import hash_of, sha256
from upstander.ledger import leaf as ledger
from upstander.server.cases.acts import locked
from upstander.server.cases.models import Case
from upstander.server.errors import conflict
from upstander.server.log.commit import Done, LeafDraft, perform
from upstander.server.pledges.models import Pledge
from upstander.server.pledges.schemas import MOST_PLEDGES, LeafIn, PledgeIn, SlipIn


def store(case: Case, pledge: PledgeIn) -> str:
    """Keeps a new pledge's notes, parcel and slip with its case. Answers the promise."""
    notes = _written(pledge)
    leaf = _leaf(case, pledge, hash_of(pledge.slip + notes + pledge.parcel))

    def change() -> Done:
        now = locked(case.id)
        if Pledge.objects.filter(id=pledge.id).exists():
            raise conflict("Something else is kept under this number.")
        if Pledge.objects.filter(case=now).count() >= MOST_PLEDGES:
            raise conflict(f"At most {MOST_PLEDGES} of these belong to one report.")
        row: Model = Pledge(
            id=pledge.id,
            case_id=now.id,
            day=leaf.day,
            slip=pledge.slip,
            notes=notes.decode(),
            parcel=pledge.parcel,
        )
        return Done([row], leaf)

    return perform(change, known=leaf, size=len(notes) + len(pledge.parcel) + len(pledge.slip))


def rewrite(case: Case, pledge: Pledge, slip: SlipIn) -> str:
    """Puts a slip in the place of the last one, with another pledge where one came. Answers the promise."""
    notes = _written(slip) if slip.notes else b""
    leaf = _leaf(case, slip, hash_of(slip.slip + notes + slip.parcel))
    values: dict[str, object] = {"slip": slip.slip}
    if slip.notes:
        values |= {"notes": notes.decode(), "parcel": slip.parcel, "day": leaf.day}

    def change() -> Done:
        locked(case.id)
        if not Pledge.objects.filter(id=pledge.id, case_id=case.id).update(**values):
            raise conflict("This has been deleted in the meantime.")
        return Done([], leaf)

    return perform(change, known=leaf, size=len(slip.slip) + len(notes) + len(slip.parcel))


def notes_of(pledge: Pledge) -> dict[str, bytes]:
    """The sealed notes that are kept, by keeper."""
    return {name: b64.decode(note) for name, note in json.loads(pledge.notes).items()}


def _written(sent: PledgeIn | SlipIn) -> bytes:
    return canonical.encode({name: b64.encode(note) for name, note in sent.notes.items()})


def _leaf(case: Case, sent: LeafIn, sealed: str) -> LeafDraft:
    """The leaf names no case: nobody, handlers included, can join what is done about a pledge to a report."""
    said = canonical.encode(ledger.body("pledge", sealed=sealed))
    day = days.today(case.institution.time_zone)
    slug = case.institution.slug
    return LeafDraft("pledge", sent.act, slug, day, sent.label, sent.salt, sha256(said), said=said)
