"""When somebody who reported is asked how she is, what silence is, which acts get a second look. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from upstander.policy.model_desk import Watch
from upstander.policy.working_days import end_of_months

State = Literal["later", "due", "answered", "silent"]


@dataclass(frozen=True, order=True)
class CheckIn:
    """One time of asking. `id` is `w2` two weeks after the report, `closed-1` after the first such step."""

    day: date
    id: str


def schedule(received: date, steps: Iterable[tuple[str, date]], watch: Watch) -> list[CheckIn]:
    """Every check-in, the earliest first. `steps` are kinds and days of the steps taken so far, in order.

    One that follows a step soon after another still counts: what happened since is the question.
    """
    found = [CheckIn(received + timedelta(weeks=weeks), f"w{weeks}") for weeks in watch.weeks]
    days = {after.step: after.days for after in watch.after}
    taken: dict[str, int] = {}
    for kind, day in steps:
        if kind in days:
            taken[kind] = taken.get(kind, 0) + 1
            found.append(CheckIn(day + timedelta(days=days[kind]), f"{kind}-{taken[kind]}"))
    return sorted(found)


def state_of(one: CheckIn, answered: Collection[str], today: date, watch: Watch) -> State:
    """Where a check-in stands. `answered` are ids; an answer counts whenever it came."""
    if one.id in answered:
        return "answered"
    if today < one.day:
        return "later"
    return "due" if today <= one.day + timedelta(days=watch.quiet_days) else "silent"


def asked(
    check_ins: Sequence[CheckIn], answered: Collection[str], today: date, watch: Watch
) -> list[CheckIn]:
    """What is asked today: the latest one that is due, alone. Nobody answers the same question twice."""
    due = [one for one in check_ins if state_of(one, answered, today, watch) == "due"]
    return due[-1:]


def needs_second_look(reported: date, act: date, watch: Watch) -> bool:
    """Whether an act against who reported gets a second look: from the report on, for so many months."""
    return reported <= act <= end_of_months(reported, watch.second_look_months)


def last_day_to_claim(act: date, months: int) -> date:
    """The last day for a claim within so many months less a day from the act."""
    return end_of_months(act, months) - timedelta(days=1)
