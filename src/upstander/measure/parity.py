"""Parity: are two kinds of case handled as fast and as fully, within a margin that was fixed beforehand?

"No difference was found" is not parity. Parity is shown when the whole interval of the difference lies
inside the margin (two one-sided tests, Schuirmann 1987); else it is better, worse, or cannot be told.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from upstander.measure.errors import MeasureError
from upstander.measure.estimate import LEVEL, Estimate, NotEstimable, Result, Unit
from upstander.measure.times import Area, Ints, Z, aalen_johansen, area, mean_open

Verdict = Literal["same", "better", "worse", "not the same", "cannot tell"]
Better = Literal["lower", "higher"]
Side: TypeAlias = tuple[float, float, int, int]
"""What is compared in one group, its standard error, how many cases, and how many ended so."""
LEFT_OUT = "Severity bands in which the two cannot be compared are left out."


@dataclass(frozen=True, slots=True)
class Parity:
    """A difference (first group less second), the margin it was held against, and what follows."""

    difference: Result
    margin: float
    verdict: Verdict


def restricted_mean_difference(
    duration: Ints, ended: NDArray[np.bool_], first: NDArray[np.bool_], horizon: int
) -> Result:
    """Days by which the first group's cases are open longer, within the horizon, than the others'."""
    method = f"difference of restricted means to {horizon} days"
    parts = [area(duration[group], ended[group], horizon) for group in (first, ~first)]
    for part in parts:
        if isinstance(part, NotEstimable):
            return NotEstimable(part.reason, part.n, method, "extra days")
    one, other = (part for part in parts if isinstance(part, Area))
    events = min(one.events, other.events)
    spread = float(np.hypot(one.se, other.se))
    return _around(one.days - other.days, spread, min(one.n, other.n), method, "extra days", events=events)


def restricted_mean_within(
    duration: Ints, ended: NDArray[np.bool_], first: NDArray[np.bool_], strata: Ints, horizon: int
) -> Result:
    """As `restricted_mean_difference`, with like compared with like: a mean of the strata's differences."""

    def side(inside: NDArray[np.bool_]) -> Side | NotEstimable:
        found = mean_open(duration[inside], ended[inside], horizon)
        return found if isinstance(found, NotEstimable) else (found.days, found.se, found.n, found.events)

    nothing = NotEstimable(
        "No case ended within the horizon.",
        min(int(first.sum()), int((~first).sum())),
        f"difference of restricted means to {horizon} days, within strata",
        "extra days",
    )
    return _within(side, first, strata, nothing)


def closure_within(
    duration: Ints,
    way: Ints,
    first: NDArray[np.bool_],
    strata: Ints,
    *,
    ways: int,
    wanted: int,
    horizon: int,
) -> Result:
    """As `closure_difference`, with like compared with like: a mean of the strata's differences."""
    nothing = NotEstimable(
        "None had ended in this way by then.",
        min(int(first.sum()), int((~first).sum())),
        f"difference of Aalen-Johansen shares at {horizon} days, within strata",
        "difference",
    )

    def side(inside: NDArray[np.bool_]) -> Side | NotEstimable:
        found = aalen_johansen(duration[inside], way[inside], ways)
        if found.n == 0:
            return replace(nothing, reason="There are no cases.")
        at = int(np.searchsorted(found.days, horizon, side="right"))
        if at == 0:
            return 0.0, 0.0, found.n, 0
        events = int(found.counts[wanted, :at].sum())
        return float(found.share[wanted, at - 1]), float(found.se[wanted, at - 1]), found.n, events

    return _within(side, first, strata, nothing)


def _within(
    side: Callable[[NDArray[np.bool_]], Side | NotEstimable],
    first: NDArray[np.bool_],
    strata: Ints,
    nothing: NotEstimable,
) -> Result:
    """Differences weighted by n m / (n + m), as Mantel and Haenszel weigh strata: swapping the groups only
    turns the sign. A stratum that cannot be compared is left out, with a note.
    """
    gaps, weights, variances, sizes = [], [], [], []
    reason = "There are no cases."
    method, unit = nothing.method, nothing.unit
    for stratum in np.unique(strata):
        one, other = (side((strata == stratum) & group) for group in (first, ~first))
        if isinstance(one, NotEstimable) or isinstance(other, NotEstimable):
            reason = next(part.reason for part in (one, other) if isinstance(part, NotEstimable))
            continue
        gaps.append(one[0] - other[0])
        variances.append(one[1] ** 2 + other[1] ** 2)
        weights.append(one[2] * other[2] / (one[2] + other[2]))
        sizes.append((one[2], other[2], one[3], other[3]))
    if not gaps or not sum(variances):
        return nothing if gaps else replace(nothing, reason=reason)
    share = np.array(weights) / sum(weights)
    se = float(np.sqrt(share**2 @ np.array(variances)))
    n, m, events, others = (int(sum(column)) for column in zip(*sizes, strict=True))
    found = _around(float(share @ np.array(gaps)), se, min(n, m), method, unit, events=min(events, others))
    return found if len(gaps) == len(np.unique(strata)) else found.noting(LEFT_OUT)


def closure_difference(
    duration: Ints, way: Ints, first: NDArray[np.bool_], *, ways: int, wanted: int, horizon: int
) -> Result:
    """How much larger the share of the first group's cases is that ended in the wanted way by the horizon."""
    method = f"difference of Aalen-Johansen shares at {horizon} days"
    parts = [aalen_johansen(duration[group], way[group], ways) for group in (first, ~first)]
    found = [part.by(horizon, wanted) for part in parts]
    for part in found:
        if isinstance(part, NotEstimable):
            return NotEstimable(part.reason, part.n, method, "difference")
    at = [int(np.searchsorted(part.days, horizon, side="right")) - 1 for part in parts]
    se = float(np.hypot(parts[0].se[wanted, at[0]], parts[1].se[wanted, at[1]]))
    one, other = (part for part in found if isinstance(part, Estimate))
    events = min(one.events or 0, other.events or 0)
    return _around(one.value - other.value, se, min(one.n, other.n), method, "difference", events=events)


def _around(value: float, se: float, n: int, method: str, unit: Unit, *, events: int) -> Estimate:
    return Estimate(value, value - Z * se, value + Z * se, n, n, method, unit, events=events)


def judge(difference: Result, margin: float, better: Better) -> Parity:
    """Holds a difference against a margin: `better` says which direction would be good for the first group.

    The interval for "same" is the 90 % one, as two one-sided tests at 5 % ask; the printed one stays at 95 %.
    """
    if not margin > 0 or not np.isfinite(margin):
        raise MeasureError("A margin is a number above nought, fixed in the plan.")
    if isinstance(difference, NotEstimable):
        return Parity(difference, margin, "cannot tell")
    shrink = float(stats.norm.ppf(0.95)) / float(stats.norm.ppf((1 + LEVEL) / 2))
    low = difference.value - (difference.value - difference.lo) * shrink
    high = difference.value + (difference.hi - difference.value) * shrink
    verdict: Verdict = "cannot tell"
    if -margin < low and high < margin:
        verdict = "same"
    elif difference.lo > 0:
        verdict = "better" if better == "higher" else "worse"
    elif difference.hi < 0:
        verdict = "better" if better == "lower" else "worse"
    return Parity(difference, margin, verdict)
