"""Retaliation watch: when the reporter is asked how she is, which acts get a second look, and claims.

Pure.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from upstander.policy.law import Law
from upstander.policy.law_duties import TimeLimit
from upstander.policy.working_days import end_of_months


@dataclass(frozen=True)
class Asked:
    """A check-in that is due on a day. `id` is the pack's, with the move it follows where it follows one."""

    id: str
    day: date


def check_ins(law: Law, reported: date, moves: Iterable[tuple[str, date]]) -> list[Asked]:
    """All check-ins of a case, by day: after the report, and after each move that the pack names."""
    rows = list(moves)
    found = [
        Asked(one.id, day + timedelta(days=one.days))
        for one in law.check_ins
        for move, day in ([("", reported)] if not one.after else rows)
        if move == one.after
    ]
    return sorted(found, key=lambda asked: (asked.day, asked.id))


def due_check_ins(asked: Iterable[Asked], answered: Collection[Asked], today: date) -> list[Asked]:
    """Those whose day has come and that nobody answered yet. Silence stays silence, and is recorded so."""
    return [one for one in asked if one.day <= today and one not in answered]


def second_look(reported: date, act: date, months: int = 12) -> bool:
    """Whether an adverse act against a known reporter, on this day, is looked at by a second person."""
    return reported <= act <= end_of_months(reported, months)


def claim_limits(law: Law, act: date) -> list[tuple[TimeLimit, date]]:
    """Time limits for claims about an act on this day, each with the last day: so many months less one day.

    Which value holds goes by the day of the act, or where the pack notes it, by the day the claim would be
    late.
    """
    found = []
    for limit in law.claims:
        if limit.since <= act and (limit.until is None or act <= limit.until):
            found.append((limit, end_of_months(act, limit.months) - timedelta(days=1)))
    return found
