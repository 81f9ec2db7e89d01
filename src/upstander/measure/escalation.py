"""Escalation: in the institution as a whole, do serious reports follow low-level ones?

The hazard of a first serious report after one, two, three and more low-level ones, on the clock of time in
service, by Cox regression with time-dependent covariates. It answers whether low-level conduct foreshadows
worse; it says nothing of any person, and people who were reported once are also looked at harder, which the
note says every time.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from upstander.measure import cox
from upstander.measure.account import Account
from upstander.measure.errors import MeasureError
from upstander.measure.estimate import NotEstimable, Result

Ints = NDArray[np.int64]
MOST = 3
DETECTION = (
    "People who have been reported before may be watched more closely, so part of this is how things "
    "come to light, "
    "not what is done."
)


@dataclass(frozen=True, slots=True)
class Escalation:
    """Hazard ratios after exactly 1 and 2, and after 3 or more, low-level reports, against none before."""

    after: tuple[Result, ...]
    persons: int
    serious: int
    accounts: tuple[Account, ...] = field(default_factory=tuple)


def escalation(
    entry: Ints,
    leave: Ints,
    person: Ints,
    day: Ints,
    serious: NDArray[np.bool_],
    *,
    since: Ints | None = None,
) -> Escalation:
    """`entry` and `leave` are days (whole numbers) for each person; the others one entry a report about a
    person.

    A person is at risk from entry, or from the day `since` when reports about her would be in the data, to
    her first serious report or to leaving: years of service nobody could be reported in are no years without
    a report. Reports outside that time are left out and counted. Low-level reports count from the day after
    they came in. Raises MeasureError for impossible days.
    """
    begin = entry if since is None else np.maximum(entry, since)
    if len(entry) != len(leave) or not (begin < leave).all():
        raise MeasureError("Everybody must leave after she came.")
    if not (len(person) == len(day) == len(serious)) or (
        len(person) and not 0 <= person.min() <= person.max() < len(entry)
    ):
        raise MeasureError("Every report needs a person, a day and its tier.")
    inside = (day > begin[person]) & (day <= leave[person])
    outside = int((~inside).sum())
    first = np.full(len(entry), np.iinfo(np.int64).max)
    np.minimum.at(first, person[inside & serious], day[inside & serious])
    stop_all = np.minimum(leave, first)
    low = inside & ~serious & (day < stop_all[person])
    late = int((inside & ~serious & ~low).sum())
    again = int((inside & serious).sum()) - int((first <= leave).sum())
    used = int(low.sum() + (first <= leave).sum())
    account = Account(
        "reports about a person",
        len(person),
        used,
        {
            "outside the time in service": outside,
            "low-level, on or after the first serious one": late,
            "serious, after the first one": again,
        },
    )
    who, when = person[low], day[low]
    order = np.lexsort((when, who))
    who, when = who[order], when[order]
    starts = np.concatenate([begin, when])
    people = np.concatenate([np.arange(len(entry)), who])
    order = np.lexsort((starts, people))
    starts, people = starts[order], people[order]
    first_row = np.concatenate([[True], people[1:] != people[:-1]])
    before = np.arange(len(people)) - np.maximum.accumulate(np.where(first_row, np.arange(len(people)), 0))
    ends = np.concatenate([np.where(people[1:] == people[:-1], starts[1:], 0), [0]])
    last = np.concatenate([people[1:] != people[:-1], [True]])
    ends[last] = stop_all[people[last]]
    events = last & (first[people] <= leave[people])
    keep = ends > starts
    columns = np.stack([before == 1, before == 2, before >= MOST], axis=1).astype(float)
    served = starts - entry[people], ends - entry[people]
    return Escalation(
        _fit(served[0][keep], served[1][keep], events[keep], columns[keep], people[keep]),
        len(entry),
        int(events.sum()),
        (account,),
    )


def _fit(
    start: Ints, stop: Ints, event: NDArray[np.bool_], columns: NDArray[np.float64], person: Ints
) -> tuple[Result, ...]:
    """Fits what can be told.

    A level nobody reached is not estimable by itself, and does not spoil the others.
    """
    method = "Cox regression, time-dependent, robust error"
    seen = [
        bool((columns[:, at] * event).sum() > 0 and columns[:, at].sum() > 0)
        for at in range(columns.shape[1])
    ]
    missing = NotEstimable(
        "No serious report followed so many low-level ones.", 0, method, "ratio", (DETECTION,)
    )
    if not any(seen) or not event.any():
        return tuple(missing for _ in seen)
    # Time at an unseen level would count as time with none before: it is left out instead.
    kept = ~columns[:, [not one for one in seen]].any(axis=1)
    rows = cox.Intervals(
        start[kept].astype(float), stop[kept].astype(float), event[kept], columns[kept][:, seen], person[kept]
    )
    fit = cox.fit(rows)
    if isinstance(fit, NotEstimable):
        return tuple(fit.noting(DETECTION) if one else missing for one in seen)
    results: list[Result] = []
    for at, one in enumerate(seen):
        count = int((columns[kept][:, at] * event[kept]).sum())
        found = fit.hazard_ratio(sum(seen[:at])) if one else missing
        results.append(_of_level(found, count) if one else missing)
    return tuple(results)


def _of_level(found: Result, events: int) -> Result:
    return found if isinstance(found, NotEstimable) else replace(found, events=events).noting(DETECTION)
