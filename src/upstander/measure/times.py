"""Times to a step: Kaplan-Meier, Aalen-Johansen, log-rank, restricted mean. Times are whole days.

A case that is still open counts until the cut-off; leaving it out, or taking the mean of closed cases only,
makes slow work look fast. Where a case can end in several ways, Aalen-Johansen is the only curve: one less
Kaplan-Meier overstates, and can turn the order of two groups round.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from upstander.measure.errors import MeasureError
from upstander.measure.estimate import LEVEL, Estimate, NotEstimable, Result

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Z = float(stats.norm.ppf((1 + LEVEL) / 2))


@dataclass(frozen=True, slots=True)
class Curve:
    """A Kaplan-Meier curve: at each day on which something ended, how many were open, how many ended, and
    what share is still open after it, with Greenwood's standard error.
    """

    days: Ints
    at_risk: Ints
    events: Ints
    open: Floats
    se: Floats
    n: int

    def share_open(self, day: int) -> Result:
        """Share still open after so many days; log-log interval."""
        method = "Kaplan-Meier, log-log interval"
        at = int(np.searchsorted(self.days, day, side="right")) - 1
        if self.n == 0:
            return NotEstimable("There are no cases.", 0, method)
        if at < 0:
            return NotEstimable("None had ended by then.", self.n, method)
        value, se = float(self.open[at]), float(self.se[at])
        ended = int(self.events[: at + 1].sum())
        if value in (0.0, 1.0):
            return NotEstimable("All or none had ended by then.", self.n, method)
        reach = Z * se / (value * abs(np.log(value)))
        low, high = float(value ** np.exp(reach)), float(value ** np.exp(-reach))
        return Estimate(value, low, high, self.n, self.n, method, "proportion", events=ended)

    def median(self) -> Result:
        """Days until half have ended (Brookmeyer and Crowley's interval from the log-log limits).

        On the day on which none is left open there is no log-log limit; it bounds nothing, as in R.
        """
        method = "Kaplan-Meier median, log-log interval"
        reached = np.flatnonzero(self.open <= 0.5 + 1e-12)
        if not len(reached):
            return NotEstimable("Fewer than half had ended by the cut-off.", self.n, method, "days")
        inner = (self.open > 0) & (self.open < 1)
        logs = np.log(-np.log(np.where(inner, self.open, 0.5)))
        spread = np.where(inner, self.se / (np.where(inner, self.open, 0.5) * np.exp(logs)), 0.0)
        lower = np.where(inner, np.exp(-np.exp(logs + Z * spread)), self.open)
        upper = np.where(inner, np.exp(-np.exp(logs - Z * spread)), 1.0)
        first = np.flatnonzero(lower <= 0.5)
        last = np.flatnonzero(upper <= 0.5)
        value = float(self.days[reached[0]])
        low = float(self.days[first[0]]) if len(first) else 0.0
        high = float(self.days[last[0]]) if len(last) else float("inf")
        ended = int(self.events.sum())
        return Estimate(
            value, min(low, value), max(high, value), self.n, self.n, method, "days", events=ended
        )


@dataclass(frozen=True, slots=True)
class Incidence:
    """Aalen-Johansen.

    `share[k]` is the share that has ended in way k by each day, `open` what has not ended.
    """

    days: Ints
    at_risk: Ints
    open: Floats
    share: Floats
    se: Floats
    counts: Ints
    n: int

    def by(self, day: int, way: int) -> Result:
        """Share that had ended in this way after so many days; log-log interval, competing endings counted
        as such.
        """
        method = "Aalen-Johansen, log-log interval"
        at = int(np.searchsorted(self.days, day, side="right")) - 1
        if self.n == 0:
            return NotEstimable("There are no cases.", 0, method)
        count = 0 if at < 0 else int(self.counts[way, : at + 1].sum())
        if count == 0:
            return NotEstimable("None had ended in this way by then.", self.n, method)
        value, se = float(self.share[way, at]), float(self.se[way, at])
        if value >= 1 - 1e-12 or se == 0:
            return NotEstimable("All had ended in this way by then.", self.n, method)
        reach = Z * se / (value * abs(np.log(value)))
        low, high = float(value ** np.exp(reach)), float(value ** np.exp(-reach))
        return Estimate(value, low, high, self.n, self.n, method, "proportion", events=count)


@dataclass(frozen=True, slots=True)
class LogRank:
    """The log-rank test: `observed` and `expected` endings of each group."""

    chi2: float
    degrees: int
    p: float
    observed: Floats
    expected: Floats


def kaplan_meier(duration: Ints, ended: NDArray[np.bool_]) -> Curve:
    """The curve of cases that were open so many days and had ended, or are still open.

    Raises MeasureError.
    """
    days, at_risk, counts = endings(duration, np.where(ended, 0, -1), 1)
    events = counts[0]
    kept = events > 0
    days, at_risk, events = days[kept], at_risk[kept], events[kept]
    survived = np.cumprod(1 - events / at_risk) if len(days) else np.zeros(0)
    left = at_risk - events
    terms = np.divide(events, at_risk * left, out=np.zeros(len(days)), where=left > 0)
    return Curve(days, at_risk, events, survived, survived * np.sqrt(np.cumsum(terms)), len(duration))


def aalen_johansen(duration: Ints, way: Ints, ways: int) -> Incidence:
    """The shares of cases that ended in each way: `way` is 0 to `ways` - 1, or -1 while open. Raises
    MeasureError.

    Variance as in Marubini and Valsecchi (1995), equation 10.12.
    """
    days, at_risk, counts = endings(duration, way, ways)
    every = counts.sum(axis=0)
    kept = every > 0
    days, at_risk, counts, every = days[kept], at_risk[kept], counts[:, kept], every[kept]
    after = np.cumprod(1 - every / at_risk) if len(days) else np.zeros(0)
    before = np.concatenate([[1.0], after[:-1]])[: len(days)]
    share = np.cumsum(before * counts / at_risk, axis=1) if len(days) else np.zeros((ways, 0))
    left = at_risk - every
    hazard = np.divide(every, at_risk * left, out=np.zeros(len(days)), where=left > 0)
    own = before**2 * (at_risk - counts) * counts / at_risk.astype(float) ** 3
    mixed = before * counts / at_risk.astype(float) ** 2
    one, two, three = (np.cumsum(x, axis=-1) for x in (hazard, share * hazard, share**2 * hazard))
    variance = share**2 * one - 2 * share * two + three
    variance += np.cumsum(own, axis=1) - 2 * (
        share * np.cumsum(mixed, axis=1) - np.cumsum(share * mixed, axis=1)
    )
    return Incidence(days, at_risk, after, share, np.sqrt(np.maximum(variance, 0)), counts, len(duration))


@dataclass(frozen=True, slots=True)
class Area:
    """The area under a Kaplan-Meier curve up to a horizon, in days, and its standard error."""

    days: float
    se: float
    n: int
    events: int


def area(duration: Ints, ended: NDArray[np.bool_], horizon: int) -> Area | NotEstimable:
    """Mean number of days a case is open within the first `horizon` days.

    Needs somebody still followed at the horizon, or everyone ended before it. Raises MeasureError.
    """
    method = f"restricted mean to {horizon} days, Kaplan-Meier"
    found = mean_open(duration, ended, horizon)
    if isinstance(found, NotEstimable) or found.se > 0:
        return found
    none = "No case ended within the horizon."
    reason = "All that were still open ended on the same day." if found.events else none
    return NotEstimable(reason, found.n, method, "days")


def mean_open(duration: Ints, ended: NDArray[np.bool_], horizon: int) -> Area | NotEstimable:
    """As `area`, also where the error is nought because all cases were open as long as each other."""
    method = f"restricted mean to {horizon} days, Kaplan-Meier"
    if horizon <= 0:
        raise MeasureError("A horizon is a number of days above nought.")
    curve = kaplan_meier(duration, ended)
    if curve.n < 2:
        return NotEstimable("Fewer than two cases.", curve.n, method, "days")
    if int(duration.max()) < horizon and (not len(curve.open) or curve.open[-1] > 0):
        return NotEstimable("No case has been followed as long as the horizon.", curve.n, method, "days")
    inside = curve.days <= horizon
    days, left = curve.days[inside], curve.open[inside]
    edges = np.concatenate([[0], days, [horizon]]).astype(float)
    strips = np.diff(edges) * np.concatenate([[1.0], left])
    beyond = np.cumsum(strips[::-1])[::-1][1:]
    at_risk, events = curve.at_risk[inside], curve.events[inside]
    remaining = at_risk - events
    terms = np.divide(events, at_risk * remaining, out=np.zeros(len(days)), where=remaining > 0)
    se = float(np.sqrt((beyond**2 * terms).sum()))
    return Area(float(strips.sum()), se, curve.n, int(events.sum()))


def restricted_mean(duration: Ints, ended: NDArray[np.bool_], horizon: int) -> Result:
    """As `area`, with a normal interval that stays within nought and the horizon."""
    found = area(duration, ended, horizon)
    if isinstance(found, NotEstimable):
        return found
    low, high = max(0.0, found.days - Z * found.se), min(float(horizon), found.days + Z * found.se)
    method = f"restricted mean to {horizon} days, Kaplan-Meier"
    return Estimate(found.days, low, high, found.n, found.n, method, "days", events=found.events)


def log_rank(
    duration: Ints, ended: NDArray[np.bool_], group: Ints, strata: Ints | None = None
) -> LogRank | NotEstimable:
    """Do the groups' cases end at the same pace? Compared within strata, if given (Mantel's test)."""
    method = "log-rank test" if strata is None else "stratified log-rank test"
    groups, of = np.unique(group, return_inverse=True)
    if len(groups) < 2:
        return NotEstimable("There is one group only.", len(duration), method, "score")
    strata = np.zeros(len(duration), dtype=np.int64) if strata is None else strata
    observed, expected = np.zeros(len(groups)), np.zeros(len(groups))
    variance = np.zeros((len(groups), len(groups)))
    for stratum in np.unique(strata):
        inside = strata == stratum
        days, every, counts = endings(duration[inside], np.where(ended[inside], of[inside], -1), len(groups))
        per_group = np.stack(
            [at_risk_on(duration[inside & (of == one)], days) for one in range(len(groups))]
        ).astype(float)
        total = counts.sum(axis=0)
        share = per_group / every
        observed += counts.sum(axis=1)
        expected += (share * total).sum(axis=1)
        spread = total * np.divide(every - total, every - 1, out=np.zeros(len(days)), where=every > 1)
        variance += np.diag((share * spread).sum(axis=1)) - (share * spread) @ share.T
    if observed.sum() == 0:
        return NotEstimable("No case has ended.", len(duration), method, "score")
    gap = (observed - expected)[:-1]
    inner = variance[:-1, :-1]
    if np.linalg.matrix_rank(inner) < len(gap):
        return NotEstimable("The groups were never open at the same time.", len(duration), method, "score")
    chi2 = float(gap @ np.linalg.solve(inner, gap))
    degrees = len(groups) - 1
    return LogRank(chi2, degrees, float(stats.chi2.sf(chi2, degrees)), observed, expected)


def endings(duration: Ints, way: Ints, ways: int) -> tuple[Ints, Ints, Ints]:
    """Days that occur, how many were open on each, and how many ended in each way. Raises MeasureError."""
    duration = np.asarray(duration)
    if duration.dtype.kind not in "iu" or duration.shape != np.shape(way) or duration.ndim != 1:
        raise MeasureError("Durations are whole days, one a case, with how each case ended.")
    if len(duration) and (duration.min() < 0 or way.min() < -1 or way.max() >= ways):
        raise MeasureError("A case cannot be open for fewer than no days, or end in an unknown way.")
    days, at = np.unique(duration, return_inverse=True)
    ended = way >= 0
    counts = np.zeros((ways, len(days)), dtype=np.int64)
    np.add.at(counts, (way[ended], at[ended]), 1)
    at_risk = (
        len(duration)
        - np.concatenate([[0], np.cumsum(np.bincount(at, minlength=len(days)))[:-1]])[: len(days)]
    )
    return days, at_risk.astype(np.int64), counts


def at_risk_on(duration: Ints, days: Ints) -> Ints:
    """How many were still open when each of the days began."""
    found: Ints = (len(duration) - np.searchsorted(np.sort(duration), days, side="left")).astype(np.int64)
    return found
