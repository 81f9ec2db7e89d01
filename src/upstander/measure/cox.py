"""Cox regression on counting-process intervals (start, stop], also for events that recur in a person.

Written here because the two main Python libraries get the robust errors of recurrent events wrong (facts
are kept beside the tests). Ties by Breslow's or Efron's method; the robust variance sums score residuals by
person (Lin and Wei 1989).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from upstander.measure.errors import MeasureError
from upstander.measure.estimate import LEVEL, Estimate, NotEstimable, Result

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Ties = Literal["efron", "breslow"]
ROUNDS = 30
MOST_PATTERNS = 64  # different rows of covariates up to which counting them is quicker than summing


@dataclass(frozen=True, slots=True)
class Intervals:
    """Rows at risk: each from `start` (not included) to `stop` (included), with an event at `stop` or not.

    `x` has one row an interval and one column a covariate; `person` groups the intervals of one person;
    events are compared within `strata`.
    """

    start: Floats
    stop: Floats
    event: NDArray[np.bool_]
    x: Floats
    person: Ints
    strata: Ints | None = None

    def __post_init__(self) -> None:
        rows = len(self.stop)
        if any(len(one) != rows for one in (self.start, self.event, self.x, self.person)) or self.x.ndim != 2:
            raise MeasureError("Every interval needs start, stop, event, covariates and person.")
        if not (self.start < self.stop).all():
            raise MeasureError("An interval must end after it starts.")
        if not np.isfinite(self.x).all():
            raise MeasureError("A covariate is missing or not a number.")


@dataclass(frozen=True, slots=True)
class Fit:
    """Log hazard ratios, their model-based and robust standard errors, and the log-likelihood reached."""

    beta: Floats
    se: Floats
    robust_se: Floats
    loglik: float
    events: int
    persons: int
    ties: Ties

    def hazard_ratio(self, column: int, *, robust: bool = True) -> Estimate:
        """One covariate's hazard ratio with its interval."""
        z = float(stats.norm.ppf((1 + LEVEL) / 2))
        spread = float((self.robust_se if robust else self.se)[column])
        value = float(np.exp(self.beta[column]))
        low, high = (float(np.exp(self.beta[column] + sign * z * spread)) for sign in (-1, 1))
        method = f"Cox regression, {self.ties.capitalize()} ties, {'robust' if robust else 'model'} error"
        return Estimate(value, low, high, self.persons, self.persons, method, "ratio", events=self.events)


def fit(rows: Intervals, ties: Ties = "efron") -> Fit | NotEstimable:
    """Fits by Newton's method. Says why where the data cannot tell a hazard ratio."""
    persons, events = len(np.unique(rows.person)), int(rows.event.sum())
    if events == 0:
        return NotEstimable("There were no events.", persons, "Cox regression", "ratio")
    parts = [_Part(rows, inside, ties) for inside in _strata(rows)]
    beta = np.zeros(rows.x.shape[1])
    loglik, gradient, information = _add(parts, beta)
    for _ in range(ROUNDS):
        if np.linalg.matrix_rank(information, tol=1e-9 * max(1.0, float(np.abs(information).max()))) < len(
            beta
        ):
            return NotEstimable(
                "A covariate does not vary among those at risk, or follows from the others.",
                persons,
                "Cox regression",
                "ratio",
            )
        step = np.linalg.solve(information, gradient)
        while True:
            trial = _add(parts, beta + step)
            if trial[0] >= loglik - 1e-9 * abs(loglik) or np.abs(step).max() < 1e-12:
                break
            step = step / 2
        beta, change = beta + step, abs(trial[0] - loglik)
        loglik, gradient, information = trial
        if np.abs(beta).max() > 15:
            return NotEstimable(
                "All events fell on one side, so the ratio has no end.", persons, "Cox regression", "ratio"
            )
        if change <= 1e-10 * (1 + abs(loglik)) and np.abs(step).max() < 1e-8:
            break
    else:
        return NotEstimable("The fit did not settle.", persons, "Cox regression", "ratio")
    variance = np.linalg.inv(information)
    scores = np.concatenate([part.scores(beta) for part in parts])
    people = np.concatenate([part.person for part in parts])
    _, at = np.unique(people, return_inverse=True)
    influence = np.zeros((persons, len(beta)))
    np.add.at(influence, at.ravel(), scores @ variance)
    robust = influence.T @ influence
    return Fit(
        beta, np.sqrt(np.diag(variance)), np.sqrt(np.diag(robust)), float(loglik), events, persons, ties
    )


def hazard_ratio(rows: Intervals, column: int = 0, ties: Ties = "efron") -> Result:
    """The hazard ratio of one covariate, adjusted for the others, with a robust interval."""
    found = fit(rows, ties)
    return found if isinstance(found, NotEstimable) else found.hazard_ratio(column)


def _strata(rows: Intervals) -> list[NDArray[np.bool_]]:
    strata = np.zeros(len(rows.stop), dtype=np.int64) if rows.strata is None else rows.strata
    return [strata == one for one in np.unique(strata)]


def _add(parts: list[_Part], beta: Floats) -> tuple[float, Floats, Floats]:
    found = [part.likelihood(beta) for part in parts]
    loglik = sum(one[0] for one in found)
    gradient: Floats = np.sum([one[1] for one in found], axis=0)
    information: Floats = np.sum([one[2] for one in found], axis=0)
    return float(loglik), gradient, information


class _Part:
    """One stratum, sorted once; sums over the risk set are differences of cumulated sums."""

    def __init__(self, rows: Intervals, inside: NDArray[np.bool_], ties: Ties) -> None:
        self.x, self.event = rows.x[inside], rows.event[inside]
        self.start, self.stop, self.person = rows.start[inside], rows.stop[inside], rows.person[inside]
        self.by_stop, self.by_start = np.argsort(self.stop), np.argsort(self.start)
        self.days, self.deaths_at = np.unique(self.stop[self.event], return_inverse=True)
        self.deaths_at = self.deaths_at.ravel()
        self.stops_before = np.searchsorted(self.stop[self.by_stop], self.days, side="left")
        self.starts_before = np.searchsorted(self.start[self.by_start], self.days, side="left")
        count = np.bincount(self.deaths_at, minlength=len(self.days))
        # One line an event: which day, and what share of the day's deaths counts as gone before it (Efron).
        self.day_of = np.repeat(np.arange(len(self.days)), count)
        place = np.arange(len(self.day_of)) - np.repeat(np.cumsum(count) - count, count)
        self.gone = place / count[self.day_of] if ties == "efron" else np.zeros(len(self.day_of))
        self.patterns = self._few_patterns()

    def _few_patterns(self) -> tuple[Floats, Floats, Floats] | None:
        """The different rows of covariates, how many of each are at risk on each event day, and how many end.

        None where there are many. Where there are few, all sums over the risk set follow from these counts.
        """
        columns = [np.unique(column, return_inverse=True) for column in self.x.T]
        sizes = [len(values) for values, _ in columns]
        if np.prod(sizes, dtype=float) > MOST_PATTERNS:
            return None
        code = np.zeros(len(self.x), dtype=np.int64)
        for (values, at), size in zip(columns, sizes, strict=True):
            code = code * size + at.ravel() if len(values) else code
        codes, first, which = np.unique(code, return_index=True, return_inverse=True)
        at_risk, ends = np.zeros((len(self.days), len(codes))), np.zeros((len(self.days), len(codes)))
        for one in range(len(codes)):
            inside = which.ravel() == one
            begun = np.searchsorted(np.sort(self.start[inside]), self.days, side="left")
            at_risk[:, one] = begun - np.searchsorted(np.sort(self.stop[inside]), self.days, side="left")
        np.add.at(ends, (self.deaths_at, which.ravel()[self.event]), 1)
        return self.x[first], at_risk, ends

    def _at_risk(self, values: Floats) -> Floats:
        """Sum over those at risk on each event day: started before it, not stopped before it."""
        flat = values.reshape(len(values), -1)
        pad = np.zeros((1, flat.shape[1]))
        stopped = np.concatenate([pad, np.cumsum(flat[self.by_stop], axis=0)])[self.stops_before]
        started = np.concatenate([pad, np.cumsum(flat[self.by_start], axis=0)])[self.starts_before]
        found: Floats = (started - stopped).reshape(len(self.days), *values.shape[1:])
        return found

    def _of_deaths(self, values: Floats) -> Floats:
        out = np.zeros((len(self.days), *values.shape[1:]))
        np.add.at(out, self.deaths_at, values[self.event])
        return out

    def _sums(self, beta: Floats) -> tuple[Floats, Floats, Floats, Floats]:
        """Relative risks, and the zeroth to second moments of the covariates at each event."""
        risk = np.exp(self.x @ beta - float((self.x @ beta).max(initial=0.0)))
        if self.patterns is not None:
            return risk, *self._moments_of_patterns(beta)
        first = risk[:, None] * self.x
        second = first[:, :, None] * self.x[:, None, :]
        gone = self.gone
        moments = []
        for values in (risk, first, second):
            whole, dead = self._at_risk(values)[self.day_of], self._of_deaths(values)[self.day_of]
            moments.append(whole - gone.reshape(-1, *[1] * (values.ndim - 1)) * dead)
        return risk, moments[0], moments[1], moments[2]

    def _moments_of_patterns(self, beta: Floats) -> tuple[Floats, Floats, Floats]:
        assert self.patterns is not None
        x, at_risk, ends = self.patterns
        weight = (at_risk[self.day_of] - self.gone[:, None] * ends[self.day_of]) * np.exp(
            x @ beta - float((x @ beta).max(initial=0.0))
        )
        return weight.sum(axis=1), weight @ x, np.einsum("ek,kp,kq->epq", weight, x, x, optimize=True)

    def likelihood(self, beta: Floats) -> tuple[float, Floats, Floats]:
        """Log partial likelihood, gradient, information."""
        if not len(self.days):
            return 0.0, np.zeros(len(beta)), np.zeros((len(beta), len(beta)))
        _, zeroth, first, second = self._sums(beta)
        shift = float((self.x @ beta).max(initial=0.0))
        middle = first / zeroth[:, None]
        loglik = float((self.x[self.event] @ beta - shift).sum() - np.log(zeroth).sum())
        gradient = self.x[self.event].sum(axis=0) - middle.sum(axis=0)
        spread = second / zeroth[:, None, None] - middle[:, :, None] * middle[:, None, :]
        return loglik, gradient, spread.sum(axis=0)

    def scores(self, beta: Floats) -> Floats:
        """Each interval's contribution to the score."""
        if not len(self.days):
            return np.zeros_like(self.x)
        risk, zeroth, first, _ = self._sums(beta)
        middle = first / zeroth[:, None]
        hazard = np.bincount(self.day_of, weights=1 / zeroth, minlength=len(self.days))
        pulled = np.zeros((len(self.days), self.x.shape[1]))
        np.add.at(pulled, self.day_of, middle / zeroth[:, None])
        upto, pulled_upto = (
            np.concatenate(
                [
                    np.zeros((1, one.reshape(len(self.days), -1).shape[1])),
                    np.cumsum(one.reshape(len(self.days), -1), axis=0),
                ]
            )
            for one in (hazard, pulled)
        )
        begin = np.searchsorted(self.days, self.start, side="right")
        end = np.searchsorted(self.days, self.stop, side="right")
        out: Floats = -risk[:, None] * (
            self.x * (upto[end] - upto[begin]) - (pulled_upto[end] - pulled_upto[begin])
        )
        count = np.bincount(self.day_of, minlength=len(self.days))
        mean_middle = np.zeros((len(self.days), self.x.shape[1]))
        np.add.at(mean_middle, self.day_of, middle)
        mean_middle /= count[:, None]
        own = self.x[self.event] - mean_middle[self.deaths_at]
        gone_hazard = np.bincount(self.day_of, weights=self.gone / zeroth, minlength=len(self.days))
        gone_pulled = np.zeros_like(pulled)
        np.add.at(gone_pulled, self.day_of, self.gone[:, None] * middle / zeroth[:, None])
        back = risk[self.event][:, None] * (
            self.x[self.event] * gone_hazard[self.deaths_at][:, None] - gone_pulled[self.deaths_at]
        )
        out[self.event] += own + back
        return out
