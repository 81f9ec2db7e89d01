"""Many coded cases at once, written as rows: for pages that must stay quick, and say so by their queries.

Nothing in them opens: what is sealed is as long as it is, and means nothing; no leaf is written. What pages of codes
and days ask for is all there, and dockets are what `docket.refresh` would make of it.
"""

from __future__ import annotations

import datetime
import random

from tests import people
from upstander.formats import ids
from upstander.policy.load import bundled
from upstander.server.cases.models import Case, Envelope, Grant, Step
from upstander.server.casework.models import Docket, Fact
from upstander.server.institutions.packs import law_in_force

BATCH = 1000
SEALED = 4096  # bytes of a report


def many_cases(force: people.Force, count: int, seed: int = 1) -> list[str]:
    """So many cases over the last two years, each with a subject, an allegation and a few moves. Answers ids.

    The handler holds all of them, her colleague every third; of every third somebody outside has the brief.
    """
    dice = random.Random(seed)
    categories = [one.id for one in bundled("uk-police").categories]
    made: list[str] = []
    while len(made) < count:
        made += _batch(force, min(BATCH, count - len(made)), dice, categories)
    return made


def _batch(force: people.Force, count: int, dice: random.Random, categories: list[str]) -> list[str]:
    today, key, colleague = force.today(), force.handler.key, force.colleague.key
    investigator = force.overseer.key
    cases, steps, facts, dockets, grants, sealed = [], [], [], [], [], []
    known = [ids.new_id() for _ in range(count // 3 + 1)]
    for n in range(count):
        day = today - datetime.timedelta(days=dice.randrange(730))
        over, told = dice.random() < 0.4, day if dice.random() < 0.8 else None
        opened = day if told or over or dice.random() < 0.5 else None
        case = Case(
            id=ids.new_id(), institution=force.institution, day=day, mailbox=f"{dice.getrandbits(256):064x}",
            state="closed" if over else "open", urgent=dice.random() < 0.02,
        )  # fmt: skip
        cases.append(case)
        grants += [
            Grant(case=case, scope="case", epoch=1, key=one, sealed=b"", day=day)
            for one in (key, colleague)[: 2 if n % 3 == 0 else 1]
        ]
        if n % 3 == 1:
            grants.append(Grant(case=case, scope="brief", epoch=1, key=investigator, sealed=b"", day=day))
        letters = [("report", "to-desk", None)] + ([("message", "to-reporter", key)] if told else [])
        letters += [("message", "to-desk", None)] if dice.random() < 0.3 else []
        sealed += [
            Envelope(
                id=ids.new_id(), case=case, order=order, kind=kind, direction=direction, epoch=1, author=by,
                day=day, sha256=f"{dice.getrandbits(256):064x}", sealed=dice.randbytes(SEALED),
            )
            for order, (kind, direction, by) in enumerate(letters, start=1)
        ]  # fmt: skip
        kinds = ["received", *(["opened"] if opened else []), *(["acknowledged"] if told else [])]
        kinds += ["closed"] if over else []
        outcome = dice.choice(["found", "no-case", "not-found"]) if over else ""
        for order, kind in enumerate(kinds, start=1):
            said_with = outcome if kind == "closed" else ""
            steps.append(Step(case=case, order=order, kind=kind, day=day, by=key, outcome=said_with))
        subject, allegation = ids.new_id(), ids.new_id()
        abuse = dice.random() < 0.05
        said = [
            {"kind": "declaration", "item": ids.new_id(), "declared": {"interest": False,
             "prior-connection": False}, "outcome": "stays"},
            {"kind": "party", "item": subject, "role": "subject", "known": True, "answers_hold": True,
             "who": dice.choice(known), "type_then": "officer", "type_now": "officer", "grade": "", "unit": "east",
             "account": "", "reporter": False, "under_18": "not-known", "told": True, "state": "in"},
            {"kind": "allegation", "item": allegation, "subject": subject, "harmed": [],
             "category": dice.choice(categories), "since": "", "until": "", "source": "saw",
             "incident": ids.new_id(), "coded": {"domestic-abuse": True} if abuse else {}, "withdrawn": False},
            {"kind": "move", "item": ids.new_id(), "track": "conduct", "of": allegation, "move": "recorded",
             "on": day.isoformat(), "values": {}, "confirmed": [], "bypass": ""},
        ]  # fmt: skip
        for number, one in enumerate(said, start=2):
            facts.append(
                Fact(
                    case=case, item=one["item"], kind=one["kind"], number=number, by=key, day=day,
                    data={"base": 0, "words": "", **one}, who=one.get("who", ""),
                )
            )  # fmt: skip
        due = None if over else today + datetime.timedelta(days=dice.randrange(-20, 28))
        dockets.append(
            Docket(
                case=case, due=due, due_limit=("update" if opened else "open") if due else "", told=told,
                opened=opened, closed=day if over else None, outcome=outcome, coded=["domestic-abuse"] if abuse else [],
                referral=dice.choice(["none", "none", "none", "due", "referred"]), law=law_in_force("uk-police"),
                assigned=dice.choice([None, force.handler.person, force.colleague.person]),
            )
        )  # fmt: skip
    channel = [Case.channels.through(case_id=case.id, channel_id=force.inside.id) for case in cases]
    for rows in (cases, channel, grants, sealed, steps, facts, dockets):
        type(rows[0]).objects.bulk_create(rows)
    return [case.id for case in cases]
