"""Many coded cases at once, written as rows: for pages that must stay quick, and say so by their queries.

Nothing in them opens: no report is sealed, no leaf written. What pages of codes and days ask for is all there.
"""

from __future__ import annotations

import datetime
import random

from tests import people
from upstander.formats import ids
from upstander.policy.load import bundled
from upstander.server.cases.models import Case, Grant, Step
from upstander.server.casework.models import Docket, Fact

BATCH = 1000


def many_cases(force: people.Force, count: int, seed: int = 1) -> list[str]:
    """So many cases over the last two years, each with a subject, an allegation and a few moves. Answers ids."""
    dice = random.Random(seed)
    categories = [one.id for one in bundled("uk-police").categories]
    made: list[str] = []
    while len(made) < count:
        made += _batch(force, min(BATCH, count - len(made)), dice, categories)
    return made


def _batch(force: people.Force, count: int, dice: random.Random, categories: list[str]) -> list[str]:
    today, key = force.today(), force.handler.key
    cases, steps, facts, dockets, grants = [], [], [], [], []
    known = [ids.new_id() for _ in range(count // 3 + 1)]
    for _ in range(count):
        day = today - datetime.timedelta(days=dice.randrange(730))
        case = Case(
            id=ids.new_id(), institution=force.institution, day=day, mailbox=f"{dice.getrandbits(256):064x}",
            state="closed" if dice.random() < 0.4 else "open",
        )  # fmt: skip
        cases.append(case)
        grants.append(Grant(case=case, scope="case", epoch=1, key=key, sealed=b"", day=day))
        kinds = ["received", "opened", "acknowledged", *(["closed"] if case.state == "closed" else [])]
        for order, kind in enumerate(kinds, start=1):
            outcome = dice.choice(["found", "no-case", "not-found"]) if kind == "closed" else ""
            steps.append(Step(case=case, order=order, kind=kind, day=day, by=key, outcome=outcome))
        subject, allegation = ids.new_id(), ids.new_id()
        said = [
            {"kind": "declaration", "item": ids.new_id(), "declared": {"interest": False,
             "prior-connection": False}, "outcome": "stays"},
            {"kind": "party", "item": subject, "role": "subject", "known": True,
             "who": dice.choice(known), "type_then": "officer", "type_now": "officer", "grade": "", "unit": "east",
             "account": "", "reporter": False, "under_18": "not-known", "told": True, "state": "in"},
            {"kind": "allegation", "item": allegation, "subject": subject, "harmed": [],
             "category": dice.choice(categories), "since": "", "until": "", "source": "saw",
             "incident": ids.new_id(), "coded": {}, "withdrawn": False},
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
        due = None if case.state == "closed" else today + datetime.timedelta(days=dice.randrange(-20, 28))
        dockets.append(Docket(case=case, due=due, due_limit="update" if due else "", told=day))
    for model, rows in ((Case, cases), (Grant, grants), (Step, steps), (Fact, facts), (Docket, dockets)):
        model.objects.bulk_create(rows)  # type: ignore[attr-defined]
    return [case.id for case in cases]
