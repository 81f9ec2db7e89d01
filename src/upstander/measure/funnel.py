"""Funnel plots of units with over-dispersed limits (Spiegelhalter 2005, Statistics in Medicine 24).

Units differ for many harmless reasons. Limits that know only chance would accuse too many, so the spread
that units in general show is measured, without the extreme ones, and added.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from upstander.measure.errors import MeasureError
from upstander.measure.estimate import NotEstimable
from upstander.measure.watch import false_discovery

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
LEVELS = (0.95, 0.998)


@dataclass(frozen=True, slots=True)
class Funnel:
    """Units' ratios of observed to expected, limits for each, and which stand out.

    `phi` is the over-dispersion (1: chance alone), `tau` the standard deviation between units on the
    square-root scale; `limits` has for each level a pair of arrays; `outside` is by false-discovery control
    on the over-dispersed scores.
    """

    ratio: Floats
    expected: Floats
    score: Floats
    phi: float
    tau: float
    limits: dict[float, tuple[Floats, Floats]]
    outside: NDArray[np.bool_]


def funnel(observed: Ints, expected: Floats, *, trim: float = 0.1, q: float = 0.05) -> Funnel | NotEstimable:
    """Compares units' counts with what was expected of them. Raises MeasureError for expectations of nought
    or less.

    Scores are of square roots, twice their difference, which chance alone would spread by one.
    """
    observed, expected = np.asarray(observed), np.asarray(expected, dtype=float)
    if len(observed) != len(expected) or not np.isfinite(expected).all() or (expected <= 0).any():
        raise MeasureError("Every unit needs a count and an expectation above nought.")
    if observed.dtype.kind not in "iu" or (observed < 0).any():
        raise MeasureError("Counts are whole numbers that are not negative.")
    if len(observed) < 5:
        return NotEstimable(
            "With fewer than five units there is no telling what spread is usual.",
            len(observed),
            "funnel",
            "ratio",
        )
    raw = 2 * (np.sqrt(observed) - np.sqrt(expected))
    low, high = np.quantile(raw, [trim, 1 - trim])
    edge = float(stats.norm.ppf(1 - trim))  # what clipping takes from scores that chance alone spreads by one
    kept = 1 - 2 * trim - 2 * edge * float(stats.norm.pdf(edge)) + 2 * trim * edge**2
    phi = float((np.clip(raw, low, high) ** 2).mean()) / kept
    weight = 4 * expected  # one over the variance of the square root of observed over expected
    units = len(observed)
    tau2 = 0.0
    if phi > (units - 1) / units:
        tau2 = max(0.0, (units * phi - (units - 1)) / float(weight.sum() - (weight**2).sum() / weight.sum()))
    spread = np.sqrt(1 / weight + tau2)
    score = (np.sqrt(observed / expected) - 1) / spread
    p = 2 * stats.norm.sf(np.abs(score))
    limits = {}
    for level in LEVELS:
        z = float(stats.norm.ppf((1 + level) / 2))
        limits[level] = (np.maximum(0, 1 - z * spread) ** 2, (1 + z * spread) ** 2)
    return Funnel(
        observed / expected, expected, score, phi, float(np.sqrt(tau2)), limits, false_discovery(p, q)
    )


def expected_counts(counts: Ints, exposure: Floats) -> Floats:
    """What each unit would have at the rate of all. Raises MeasureError where nobody was there."""
    if not exposure.sum() > 0:
        raise MeasureError("There is no exposure at all.")
    found: Floats = exposure * counts.sum() / exposure.sum()
    return found
