"""Time limits: what has to be done by when, counted from the steps of a case. Pure: from values to values.

A limit runs from one of its `starts`, afresh from each of its `again`, and is met by one of its `ends`. From
one of its `pauses` to the next of its `resumes` the days do not count.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from upstander.policy.model import Limit
from upstander.policy.working_days import (
    Calendar,
    end_of_days,
    end_of_months,
    end_of_working_days,
    working_days_between,
)


@dataclass(frozen=True)
class Taken:
    """A step that was taken, and on which day."""

    kind: str
    day: date


@dataclass(frozen=True)
class Run:
    """One run of a limit: since when, and the day of the step that met it.

    `stops` are the days from which to which it stood still, `stopped` the day since when it stands still now.
    """

    limit: Limit
    since: date
    met: date | None = None
    stops: tuple[tuple[date, date], ...] = ()
    stopped: date | None = None

    def due(self, calendar: Calendar) -> date | None:
        """Its last day; None while it stands still."""
        if self.stopped is not None:
            return None
        left, start = self.limit.count, self.since
        for stop, again in self.stops:
            used = _used(self.limit, start, stop, calendar)
            if used >= left:  # it had run out before it stopped
                break
            left, start = left - used, again
        return _end(self.limit, start, left, calendar)

    def late(self, today: date, calendar: Calendar) -> bool:
        """Whether it was met after its last day, or was not met and that day is past."""
        due = self.due(calendar)
        return due is not None and (self.met or today) > due

    def sure(self, calendar: Calendar) -> bool:
        """Whether all bank holidays that count for its last day are known."""
        due = self.due(calendar)
        return due is None or self.limit.unit != "working days" or calendar.is_known(due)


def runs(limits: Iterable[Limit], steps: Sequence[Taken]) -> list[Run]:
    """Every run of every limit: in the order of the limits, then as the steps were taken."""
    return [run for limit in limits for run in _of(limit, steps)]


def _of(limit: Limit, steps: Sequence[Taken]) -> list[Run]:
    done: list[Run] = []
    now: Run | None = None
    for step in steps:
        if now is None:
            now = Run(limit, step.day) if step.kind in limit.starts else None
        elif step.kind in limit.again:
            done.append(replace(now, met=step.day))
            now = Run(limit, step.day)
        elif step.kind in limit.ends:
            done.append(replace(now, met=step.day))
            now = None
        elif now.stopped is None and step.kind in limit.pauses:
            now = replace(now, stopped=step.day)
        elif now.stopped is not None and step.kind in limit.resumes:
            now = replace(now, stops=(*now.stops, (now.stopped, step.day)), stopped=None)
    return done if now is None else [*done, now]


def _end(limit: Limit, after: date, count: int, calendar: Calendar) -> date:
    if limit.unit == "months":
        return end_of_months(after, count)
    if limit.unit == "days":
        return end_of_days(after, count)
    return end_of_working_days(after, count, calendar)


def _used(limit: Limit, after: date, until: date, calendar: Calendar) -> int:
    """Days used between; a limit in months never stops (the loader sees to it)."""
    if limit.unit == "days":
        return (until - after).days
    return working_days_between(after, until, calendar)
