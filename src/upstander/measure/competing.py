"""Fine and Gray's regression: how a group's share that ends in one way grows, the other ways counted as such.

A case that has ended in another way stays at risk with a weight that falls as cases of its age go out of
sight: G(t-)/G(s-), where G is the Kaplan-Meier curve of going out of sight and s the day the case ended (Fine
and Gray 1999; ties as Geskus 2011 and R's `survival::finegray` have them). Ties of events: Breslow's method.
The robust variance sums score residuals by case and takes the weights as known. The ratio is one of
*subdistribution* hazards: it says whose curve is higher, and no more.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from upstander.measure.errors import MeasureError
from upstander.measure.estimate import Estimate, NotEstimable, Result
from upstander.measure.times import Z

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
METHOD = "Fine and Gray's regression, robust error"
ROUNDS = 40


@dataclass(frozen=True, slots=True)
class Sight:
    """The share of cases still in sight: `days` on which some went out of it, `share` left after each."""

    days: Ints
    share: Floats

    def before(self, day: Ints) -> Floats:
        """G(t-)."""
        found: Floats = np.concatenate([[1.0], self.share])[np.searchsorted(self.days, day, side="left")]
        return found


def in_sight(duration: Ints, way: Ints) -> Sight:
    """How cases go out of sight: those still open (`way` is -1). Who ends on a day is gone before they go."""
    open_ = way < 0
    days, lost = np.unique(duration[open_], return_counts=True)
    every, own = np.sort(duration), np.sort(duration[open_])
    later = len(every) - np.searchsorted(every, days, side="right")
    at_risk = later + np.searchsorted(own, days, side="right") - np.searchsorted(own, days, side="left")
    return Sight(days, np.cumprod(1 - lost / at_risk))


def subdistribution_ratio(duration: Ints, way: Ints, wanted: int, x: Floats, column: int = 0) -> Result:
    """The ratio for one column of `x` (a row a case), adjusted for the others.

    `way` says how each case ended, -1 while open. Above one: a larger share ends in the wanted way. Raises
    MeasureError.
    """
    if not len(duration) == len(way) == len(x) or x.ndim != 2 or not np.isfinite(x).all():
        raise MeasureError("Every case needs a duration, how it ended, and covariates that are numbers.")
    if len(duration) and duration.min() < 0:
        raise MeasureError("A case cannot be open for fewer than no days.")
    events = int((way == wanted).sum())
    if events == 0:
        return NotEstimable("None ended in this way.", len(duration), METHOD, "share ratio")
    cases = _Cases(duration, way, wanted, x)
    beta = np.zeros(x.shape[1])
    loglik, gradient, information = cases.likelihood(beta)
    for _ in range(ROUNDS):
        if np.linalg.matrix_rank(information, tol=1e-9 * max(1.0, float(np.abs(information).max()))) < len(
            beta
        ):
            reason = "A covariate does not vary among those at risk, or follows from the others."
            return NotEstimable(reason, len(duration), METHOD, "share ratio")
        step = np.linalg.solve(information, gradient)
        while (trial := cases.likelihood(beta + step))[0] < loglik - 1e-9 * abs(loglik):
            step = step / 2
        beta, change = beta + step, abs(trial[0] - loglik)
        loglik, gradient, information = trial
        if np.abs(beta).max() > 15:
            reason = "All that ended in this way fell on one side, so the ratio has no end."
            return NotEstimable(reason, len(duration), METHOD, "share ratio")
        if change <= 1e-11 * (1 + abs(loglik)) and np.abs(step).max() < 1e-8:
            break
    else:
        return NotEstimable("The fit did not settle.", len(duration), METHOD, "share ratio")
    influence = cases.scores(beta) @ np.linalg.inv(information)
    spread = float(np.sqrt((influence[:, column] ** 2).sum()))
    value = float(beta[column])
    low, middle, high = (float(np.exp(value + Z * side * spread)) for side in (-1, 0, 1))
    return Estimate(middle, low, high, len(duration), len(duration), METHOD, "share ratio", events=events)


class _Cases:
    """The cases, sorted once. Sums over the risk set have two parts: not yet ended, and ended otherwise."""

    def __init__(self, duration: Ints, way: Ints, wanted: int, x: Floats) -> None:
        sight = in_sight(duration, way)
        self.x, self.event, self.duration = x, way == wanted, duration
        self.other = (way >= 0) & ~self.event
        self.days, self.of = np.unique(duration[self.event], return_inverse=True)
        self.count = np.bincount(self.of.ravel())
        self.seen = sight.before(self.days)
        self.own = np.where(self.other, 1 / np.maximum(sight.before(duration), 1e-300), 0.0)
        self.order = np.argsort(duration, kind="stable")
        self.begin = np.searchsorted(duration[self.order], self.days, side="left")
        self.upto = np.searchsorted(self.days, duration, side="right")  # events a case was fully at risk for

    def _at_risk(self, values: Floats) -> Floats:
        """Weighted sum over the risk set at each event day."""
        shape = (-1, *[1] * (values.ndim - 1))
        pad = np.zeros((1, *values.shape[1:]))
        sums = np.concatenate([pad, np.cumsum(values[self.order], axis=0)])
        gone = np.concatenate([pad, np.cumsum((values * self.own.reshape(shape))[self.order], axis=0)])
        found: Floats = sums[-1] - sums[self.begin] + self.seen.reshape(shape) * gone[self.begin]
        return found

    def _moments(self, beta: Floats) -> tuple[Floats, Floats, Floats, Floats, float]:
        score = self.x @ beta
        shift = float(score.max(initial=0.0))
        risk = np.exp(score - shift)
        first = risk[:, None] * self.x
        zeroth, one = self._at_risk(risk), self._at_risk(first)
        two = self._at_risk(first[:, :, None] * self.x[:, None, :])
        return risk, zeroth, one / zeroth[:, None], two / zeroth[:, None, None], shift

    def likelihood(self, beta: Floats) -> tuple[float, Floats, Floats]:
        """Log partial likelihood, gradient, information."""
        _, zeroth, mean, square, shift = self._moments(beta)
        own = self.x[self.event]
        loglik = float((own @ beta - shift).sum() - self.count @ np.log(zeroth))
        gradient = own.sum(axis=0) - self.count @ mean
        spread = square - mean[:, :, None] * mean[:, None, :]
        return loglik, gradient, np.tensordot(self.count, spread, axes=1)

    def scores(self, beta: Floats) -> Floats:
        """Each case's contribution to the score."""
        risk, zeroth, mean, _, _ = self._moments(beta)
        hazard = self.count / zeroth
        full, pulled = _cumulated(hazard), _cumulated(hazard[:, None] * mean)
        thin, thin_pulled = _cumulated(hazard * self.seen), _cumulated((hazard * self.seen)[:, None] * mean)
        at = self.upto
        sums = full[at] + self.own * (thin[-1] - thin[at])
        means = pulled[at] + self.own[:, None] * (thin_pulled[-1] - thin_pulled[at])
        out: Floats = -risk[:, None] * (self.x * sums[:, None] - means)
        out[self.event] += self.x[self.event] - mean[self.of.ravel()]
        return out


def _cumulated(values: Floats) -> Floats:
    return np.concatenate([np.zeros((1, *values.shape[1:])), np.cumsum(values, axis=0)])
