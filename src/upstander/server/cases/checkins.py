"""The check-ins of a case, as both sides get them: days and questions. Answers are sealed letters."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from upstander.policy.watch import schedule
from upstander.server.cases.models import Case, Step
from upstander.server.institutions.packs import desk_in_force


def watch_out(case: Case, steps: Iterable[Step]) -> dict[str, Any]:
    """What is asked and when, counted from these steps: for the reporter only those she may see."""
    rules = desk_in_force(case.institution.pack).watch
    taken = [(step.kind, step.day) for step in steps]
    check_ins = [] if case.state == Case.State.PRIVATE else schedule(case.day, taken, rules)
    return {
        "title": rules.title,
        "why": rules.why,
        "thanks": rules.thanks,
        "quiet_days": rules.quiet_days,
        "questions": [
            {"id": one.id, "title": one.title, "options": [list(pair) for pair in one.options]}
            for one in rules.questions
        ],
        "check_ins": [{"id": one.id, "day": one.day.isoformat()} for one in check_ins],
    }
