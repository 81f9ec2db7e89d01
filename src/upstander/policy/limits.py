"""Time limits: what has to be done by when, counted from the steps of a case. Pure: from values to values.

A limit runs from one of its `starts`, afresh from each of its `again`, and is met by one of its `ends`. From
one of its `pauses` to the next of its `resumes` the days do not count. Legal clocks (`basis` law or guidance)
are kept apart from the house's own.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from upstander.formats.days import words
from upstander.policy.model import Limit
from upstander.policy.working_days import (
    Calendar,
    end_of_days,
    end_of_months,
    end_of_working_days,
    working_days_between,
)

STATES = ("running", "today", "overdue", "still", "met", "met-late", "theirs", "lapsed")
TEAM = "team"
_DAY = timedelta(days=1)


class LimitError(ValueError):
    """An extension that does not count. The message is for the person at the desk."""


@dataclass(frozen=True)
class Taken:
    """A step that was taken, and on which day.

    `of` and `track`: the allegation and the track it is about, where it is about one. `values` came with it.
    """

    kind: str
    day: date
    of: str = ""
    track: str = ""
    values: Mapping[str, str | bool] = field(default_factory=dict)


@dataclass(frozen=True)
class Run:
    """One run of a limit: since when, and the day of the step that met it.

    `stops` are the days from which to which it stood still, `stopped` the day since when it stands still now.
    `repeat`: which period it is (0: the first). `extended`: the last day it was extended to. `given`: the
    last day that its first step named itself, which counts where it is earlier.
    """

    limit: Limit
    since: date
    met: date | None = None
    stops: tuple[tuple[date, date], ...] = ()
    stopped: date | None = None
    repeat: int = 0
    extended: date | None = None
    given: date | None = None

    @property
    def right(self) -> bool:
        """Whether it is somebody else's to use: nobody at the desk is late with it."""
        return self.limit.binds != TEAM

    @property
    def legal(self) -> bool:
        """Whether law or guidance asks for it, and not only the house."""
        return self.limit.basis != "house"

    def due(self, calendar: Calendar) -> date | None:
        """Its last day; None while it stands still."""
        if self.stopped is not None:
            return None
        limit = self.limit
        same_day = limit.first == "same day"
        left = limit.then if self.repeat and limit.then else limit.count
        if limit.anchored:
            left = limit.count + self.repeat * (limit.then or limit.count)
        if limit.unit == "months":
            end = end_of_months(self.since, left)
            return self._later(end - _DAY if same_day else end)
        start = self.since - _DAY if same_day else self.since
        for stop, again in self.stops:
            used = _used(limit, start, stop, calendar)
            if used >= left:  # it had run out before it stopped
                break
            left, start = left - used, again
        return self._later(_end(limit, start, left, calendar))

    def earliest(self, calendar: Calendar) -> date | None:
        """The first day on which it may be met, where the limit has one."""
        if not self.limit.least:
            return None
        return _end(self.limit, self.since, self.limit.least, calendar)

    def late(self, today: date, calendar: Calendar) -> bool:
        """Whether it was met after its last day, or was not met and that day is past. A right never is."""
        due = None if self.right else self.due(calendar)
        return due is not None and (self.met or today) > due

    def sure(self, calendar: Calendar) -> bool:
        """Whether all bank holidays that count for its last day are known."""
        due = self.due(calendar)
        return due is None or self.limit.unit != "working days" or calendar.is_known(due)

    def state(self, today: date, calendar: Calendar) -> str:
        """One of STATES. Overdue is a state of its own, and met too late stays so.

        A right is theirs until its last day has passed; then it lapsed.
        """
        late = self.late(today, calendar)
        if self.met is not None:
            return "met-late" if late else "met"
        due = self.due(calendar)
        if due is None:
            return "still"
        if self.right:
            return "lapsed" if today > due else "theirs"
        return "overdue" if late else "today" if due == today else "running"

    def _later(self, end: date) -> date:
        end = min(end, self.given) if self.given else end
        return max(end, self.extended) if self.extended else end


def runs(limits: Iterable[Limit], steps: Sequence[Taken]) -> list[Run]:
    """Every run of every limit: in the order of the limits, then as the steps were taken."""
    return [run for limit in limits for run in _of(limit, steps)]


def running(limits: Iterable[Limit], steps: Sequence[Taken]) -> list[Run]:
    """The runs that nothing met yet."""
    return [run for run in runs(limits, steps) if run.met is None]


def groups(
    limit: Limit,
    steps: Sequence[Taken],
    subjects: Mapping[str, str],
    harmed: Mapping[str, Collection[str]] | None = None,
) -> list[tuple[str, list[Taken]]]:
    """The steps that a limit is counted over, for each thing it is counted for, with the id of that.

    `subjects`: allegation -> the person it is against. Steps about no allegation count for every one; what is
    about an allegation that is not there (it was withdrawn) counts for none. `harmed`: each person harmed,
    with the allegations that are about her; what was said to her is a step of her id.
    """
    ours = [one for one in steps if not one.track or not limit.tracks or one.track in limit.tracks]
    if limit.per == "case":
        return [("", ours)]
    if limit.per == "harmed":
        return [
            (person, [one for one in ours if not one.of or one.of == person or one.of in about])
            for person, about in (harmed or {}).items()
        ]
    found: dict[tuple[str, str], list[Taken]] = {}
    for step in ours:
        if step.of in subjects:
            found.setdefault(_key(limit, step, subjects), [])
    for key, mine in found.items():
        mine += [one for one in ours if not one.of or _of_key(limit, one, key, subjects)]
    return [(about, mine) for (about, _), mine in found.items()]


def _key(limit: Limit, step: Taken, subjects: Mapping[str, str]) -> tuple[str, str]:
    if limit.per == "subject":
        return subjects[step.of], ""
    return step.of, step.track if limit.per == "track" else ""


def _of_key(limit: Limit, step: Taken, key: tuple[str, str], subjects: Mapping[str, str]) -> bool:
    return step.of in subjects and _key(limit, step, subjects) == key


def told(found: Iterable[Run], role: str) -> list[Run]:
    """The runs whose last day this role may see."""
    return [run for run in found if role in run.limit.tells]


def extend(run: Run, until: date, role: str, reasons: str, calendar: Calendar) -> Run:
    """The run with a later last day. Raises LimitError for one that this role cannot extend so.

    What the law does not let anybody extend has no role in `extends`.
    """
    due = run.due(calendar)
    if role not in run.limit.extends:
        who = ", ".join(run.limit.extends)
        way = f"Only these can: {who}." if who else "Record it when it is done: it shows as late."
        raise LimitError(f"“{run.limit.label}” can't be extended here. {way}")
    if not reasons.strip():
        raise LimitError("Write the reasons. An extension without reasons does not count.")
    if run.met is not None or due is None:
        raise LimitError("This limit is not running.")
    if until <= due:
        raise LimitError(f"Give a day after {words(due)}.")
    return replace(run, extended=until)


def _of(limit: Limit, steps: Sequence[Taken]) -> list[Run]:
    done: list[Run] = []
    now: Run | None = None
    seen: set[str] = set()
    for place, step in enumerate(steps):
        seen.add(step.kind)
        if now is None:
            if step.kind in limit.starts and (not limit.after or seen.intersection(limit.after)):
                now = Run(limit, _since(limit, steps, step), given=_given(limit, step))
                if early := _ahead(limit, steps[:place], step):
                    done.append(replace(now, met=early))
                    now = None
        elif step.kind in limit.again:
            done.append(replace(now, met=step.day))
            since = now.since if limit.anchored else step.day
            now = Run(limit, since, repeat=now.repeat + 1, given=_given(limit, step))
        elif step.kind in limit.ends:
            done.append(replace(now, met=step.day))
            now = None
        elif now.stopped is None and step.kind in limit.pauses:
            now = replace(now, stopped=step.day)
        elif now.stopped is not None and step.kind in limit.resumes:
            now = replace(now, stops=(*now.stops, (now.stopped, step.day)), stopped=None)
    return done if now is None else [*done, now]


def _since(limit: Limit, steps: Sequence[Taken], start: Taken) -> date:
    """The day a run counts from: that of its start, or of an earlier step the limit names."""
    return next((step.day for step in steps if step.kind in limit.since and step.day <= start.day), start.day)


def _ahead(limit: Limit, before: Iterable[Taken], start: Taken) -> date | None:
    """The day on which it was met ahead of its start, where the limit allows that."""
    if limit.ahead < 0:
        return None
    first = start.day - limit.ahead * _DAY
    return max((one.day for one in before if one.kind in limit.ends and one.day >= first), default=None)


def _given(limit: Limit, step: Taken) -> date | None:
    """The last day that a step named for what it began."""
    value = step.values.get(limit.given) if limit.given else None
    return date.fromisoformat(value) if isinstance(value, str) else None


def _end(limit: Limit, after: date, count: int, calendar: Calendar) -> date:
    if limit.unit == "days":
        return end_of_days(after, count)
    return end_of_working_days(after, count, calendar)


def _used(limit: Limit, after: date, until: date, calendar: Calendar) -> int:
    """Days used between; a limit in months never stops (the loader sees to it)."""
    if limit.unit == "days":
        return (until - after).days
    return working_days_between(after, until, calendar)
