"""Units against what chance would give: shrunken rates, over-dispersed limits, false discovery held down.

For units and the institution, never for persons: with few events each, hardly anybody can be shown to be
exceptional, and a list of names would mostly be a list of the unlucky.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, special, stats

from upstander.measure.errors import MeasureError
from upstander.measure.estimate import LEVEL, Estimate, NotEstimable

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Prior:
    """How rates are spread over subjects: gamma with this shape and mean.

    Counts are then negative binomial.
    """

    shape: float
    mean: float

    @property
    def rate(self) -> float:
        """The gamma distribution's rate: how much exposure the prior is worth."""
        return self.shape / self.mean


def _check(counts: Ints, exposure: Floats) -> None:
    if len(counts) != len(exposure) or np.asarray(counts).dtype.kind not in "iu" or (counts < 0).any():
        raise MeasureError("Every subject needs a whole count and its exposure.")
    if not np.isfinite(exposure).all() or (exposure <= 0).any():
        raise MeasureError(
            "Exposure is missing or nought for some. Leave them out and say how many they are."
        )


def fit_prior(counts: Ints, exposure: Floats) -> Prior | NotEstimable:
    """Gamma prior by maximum likelihood of the negative binomial counts (Robbins' empirical Bayes)."""
    _check(counts, exposure)
    method = "Poisson-gamma empirical Bayes"
    if len(counts) < 10 or counts.sum() == 0:
        return NotEstimable("Fewer than ten subjects, or no events.", len(counts), method, "rate")
    start = float(counts.sum() / exposure.sum())
    values, times = np.unique(counts, return_counts=True)  # few different ones among many subjects
    fixed = float(times @ special.gammaln(values + 1.0) - counts @ np.log(exposure))
    total = int(counts.sum())
    served, of = np.unique(exposure, return_inverse=True)  # and few different times on duty
    events, people = np.bincount(of, weights=counts), np.bincount(of)

    def loss(at: Floats) -> float:
        shape, mean = np.exp(at)
        whole = shape + served * mean
        found = float(times @ (special.gammaln(values + shape) - special.gammaln(shape)))
        found += len(counts) * shape * np.log(shape) + total * np.log(mean)
        return float(fixed - found + (events + people * shape) @ np.log(whole))

    found = optimize.minimize(loss, np.log([1.0, start]), method="L-BFGS-B", bounds=[(-7, 9), (-30, 30)])
    shape, mean = np.exp(found.x)
    if not np.isfinite([shape, mean]).all():
        return NotEstimable("The spread of rates could not be fitted.", len(counts), method, "rate")
    return Prior(float(shape), float(mean))


def shrunken(counts: Ints, exposure: Floats, prior: Prior) -> list[Estimate]:
    """Each subject's rate, between its own and the mean of all, with its posterior interval."""
    _check(counts, exposure)
    shape, rate = counts + prior.shape, exposure + prior.rate
    middle = shape / rate
    low, high = (stats.gamma.ppf(q, shape, scale=1 / rate) for q in ((1 - LEVEL) / 2, (1 + LEVEL) / 2))
    method = "Poisson-gamma empirical Bayes"
    found = []
    for value, lo, hi, count in zip(middle, low, high, counts, strict=True):
        n = int(count)
        found.append(Estimate(value, min(lo, value), max(hi, value), n, n, method, "rate", events=n))
    return found


def above(counts: Ints, exposure: Floats, prior: Prior, times: float) -> Floats:
    """Probability that a subject's rate is more than `times` the mean of all."""
    _check(counts, exposure)
    found: Floats = stats.gamma.sf(
        times * prior.mean, counts + prior.shape, scale=1 / (exposure + prior.rate)
    )
    return found


def tail(counts: Ints, exposure: Floats, prior: Prior) -> Floats:
    """Chance of so many or more if the subject were one of all, by the negative binomial.

    Poisson tails would flag nearly everybody as soon as rates differ at all.
    """
    _check(counts, exposure)
    chance = prior.shape / (prior.shape + exposure * prior.mean)
    found: Floats = stats.nbinom.sf(counts - 1, prior.shape, chance)
    return found


def false_discovery(p: Sequence[float] | Floats, q: float = 0.05) -> NDArray[np.bool_]:
    """Which are held to differ, so that on average at most a share `q` of those do not.

    Benjamini and Hochberg (1995).
    """
    values = np.asarray(p, dtype=float)
    if not np.isfinite(values).all() or ((values < 0) | (values > 1)).any():
        raise MeasureError("P values lie between 0 and 1.")
    order = np.argsort(values)
    passed = np.flatnonzero(values[order] <= q * np.arange(1, len(values) + 1) / max(len(values), 1))
    out = np.zeros(len(values), dtype=bool)
    if len(passed):
        out[order[: passed[-1] + 1]] = True
    return out


def calibration(
    counts: Ints, exposure: Floats, later: Ints, prior: Prior, groups: int = 10
) -> list[tuple[float, float, float]]:
    """Raw and shrunken rates beside what followed, by tenth of the shrunken rate: (raw, shrunken, later),
    as rates.

    `later` are the same subjects' counts in a following period with the same exposure.
    """
    rates = np.array([one.value for one in shrunken(counts, exposure, prior)])
    parts = np.array_split(np.argsort(rates, kind="stable"), groups)
    return [
        (
            float(counts[part].sum() / exposure[part].sum()),
            float((rates[part] * exposure[part]).sum() / exposure[part].sum()),
            float(later[part].sum() / exposure[part].sum()),
        )
        for part in parts
        if len(part)
    ]
