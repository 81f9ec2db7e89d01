"""Before and after: interrupted time series with placebo dates, and a search for change points as
exploration.

Quasi-Poisson regression of monthly counts on trend, season, a step and a change of slope, with the exposure
as offset (Bernal, Cummins and Gasparrini 2017). One date proves little: the same step is looked for at
dates on which nothing happened, and the page shows how often it is found there.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special, stats

from upstander.measure.errors import MeasureError
from upstander.measure.estimate import LEVEL, Estimate, NotEstimable, Result

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Z = float(stats.norm.ppf((1 + LEVEL) / 2))
EDGE = 8  # months that must lie on each side of a date


@dataclass(frozen=True, slots=True)
class Series:
    """Step at a date as a rate ratio, the change of slope as one a month, and how usual such a step is.

    `placebo_share` is the share of other dates at which a step as sure would have been found (None without
    any); `newey_west` is the step with errors that allow months to depend on each other; `phi` the
    over-dispersion; `without` what the counts would have been after the date by the trend before.
    """

    step: Result
    slope: Result
    newey_west: Result
    phi: float
    placebo_share: float | None
    fitted: Floats
    without: Floats


@dataclass(frozen=True, slots=True)
class _Glm:
    beta: Floats
    covariance: Floats
    robust: Floats
    phi: float
    mean: Floats


def interrupted(
    counts: Ints, exposure: Floats, at: int, *, season: bool = True, placebo: bool = True
) -> Series:
    """Was there a step at month `at` (the first month after the change)? Raises MeasureError for impossible
    input.
    """
    counts, exposure = np.asarray(counts), np.asarray(exposure, dtype=float)
    if len(counts) != len(exposure) or counts.dtype.kind not in "iu" or (counts < 0).any():
        raise MeasureError("Every month needs a whole count and its exposure.")
    if not np.isfinite(exposure).all() or (exposure <= 0).any():
        raise MeasureError("Every month needs exposure above nought.")
    method = "interrupted time series, quasi-Poisson"
    n = len(counts)
    if not EDGE <= at <= n - EDGE or n < 24 or counts[:at].sum() < 10 or counts[at:].sum() < 10:
        reason = f"At least 24 months, {EDGE} of them and ten events on each side of the date are needed."
        nothing = NotEstimable(reason, n, method, "ratio")
        return Series(nothing, nothing, nothing, 1.0, None, exposure * 0, exposure * 0)
    model = _fit(counts, exposure, _columns(n, at, season))
    events = int(min(counts[:at].sum(), counts[at:].sum()))
    degrees = n - len(model.beta)
    reach = float(stats.t.ppf((1 + LEVEL) / 2, degrees))
    results = [
        _ratio(model.beta[column], covariance[column, column], reach, n, events=events, method=name)
        for column, covariance, name in (
            (2, model.covariance, method),
            (3, model.covariance, f"{method}, change of slope a month"),
            (2, model.robust, f"{method}, Newey-West error"),
        )
    ]
    columns = _columns(n, at, season)
    columns[:, 2:4] = 0
    without = exposure * np.exp(columns @ model.beta)
    share = _placebo(counts, exposure, at, season) if placebo else None
    return Series(results[0], results[1], results[2], model.phi, share, model.mean, without)


def _placebo(counts: Ints, exposure: Floats, at: int, season: bool) -> float | None:
    """The share of dates before the change, with only data from before it, whose step is significant."""
    dates = [date for date in range(EDGE, at - EDGE + 1) if at >= 24]
    found = []
    for date in dates:
        model = _fit(counts[:at], exposure[:at], _columns(at, date, season))
        z = model.beta[2] / np.sqrt(model.covariance[2, 2])
        found.append(abs(z) > stats.t.ppf((1 + LEVEL) / 2, at - len(model.beta)))
    return float(np.mean(found)) if found else None


def _columns(n: int, at: int, season: bool) -> Floats:
    month = np.arange(n, dtype=float)
    after = (month >= at).astype(float)
    columns = [np.ones(n), (month - n / 2) / 12, after, after * (month - at)]
    if season:
        angle = 2 * np.pi * month / 12
        columns += [np.sin(angle), np.cos(angle)]
    return np.column_stack(columns)


def _fit(counts: Ints, exposure: Floats, columns: Floats) -> _Glm:
    offset = np.log(exposure)
    beta = np.zeros(columns.shape[1])
    beta[0] = np.log(max(counts.sum(), 0.5) / exposure.sum())
    for _ in range(100):
        mean = np.exp(np.clip(columns @ beta + offset, -30, 30))
        information = columns.T @ (columns * mean[:, None])
        step = np.linalg.solve(information + 1e-10 * np.eye(len(beta)), columns.T @ (counts - mean))
        beta = beta + np.clip(step, -2, 2)
        if np.abs(step).max() < 1e-10:
            break
    mean = np.exp(np.clip(columns @ beta + offset, -30, 30))
    inverse = np.linalg.pinv(columns.T @ (columns * mean[:, None]))
    phi = max(1.0, float(((counts - mean) ** 2 / mean).sum()) / max(len(counts) - len(beta), 1))
    scores = columns * (counts - mean)[:, None]
    lags = int(np.floor(4 * (len(counts) / 100) ** (2 / 9)))
    middle = scores.T @ scores
    for lag in range(1, lags + 1):
        cross = scores[lag:].T @ scores[:-lag]
        middle += (1 - lag / (lags + 1)) * (cross + cross.T)
    small = len(counts) / max(len(counts) - len(beta), 1)
    robust: Floats = small * (inverse @ middle @ inverse)
    return _Glm(beta, np.asarray(phi * inverse, dtype=float), robust, phi, np.asarray(mean, dtype=float))


def _ratio(log: float, variance: float, reach: float, n: int, *, events: int, method: str) -> Result:
    if variance <= 0 or not np.isfinite(log) or abs(log) > 20:
        return NotEstimable("The months on one side leave the ratio without an end.", n, method, "ratio")
    spread = reach * float(np.sqrt(variance))
    low, high = float(np.exp(log - spread)), float(np.exp(log + spread))
    return Estimate(float(np.exp(log)), low, high, n, n, method, "ratio", events=events)


@dataclass(frozen=True, slots=True)
class ChangePoint:
    """The month from which another rate fits best, the ratio of rates, and how often chance alone does as
    well. The ratio's interval does not know that the month was picked.
    """

    month: int
    ratio: Result
    p: float


def change_point(
    counts: Ints, exposure: Floats, *, draws: int = 199, rng: np.random.Generator | None = None
) -> ChangePoint | NotEstimable:
    """Looks for the month at which the rate changed: exploration, never a finding.

    Likelihood ratio of two Poisson rates over all months, its p value from draws in which no month is
    special. Months that vary by more than chance would look like changes: what is found is divided by the
    over-dispersion that is left around the best month.
    """
    counts, exposure = np.asarray(counts), np.asarray(exposure, dtype=float)
    total = int(counts.sum())
    if len(counts) < 2 * EDGE or total < 20:
        return NotEstimable(
            "Too few months or events to look for a change.", len(counts), "change point", "ratio"
        )
    rng = rng or np.random.default_rng(20_260_101)
    scan = _scan(counts[None, :], exposure)[0]
    best = int(np.argmax(scan))
    at = best + EDGE
    ratio, phi = _around(counts, exposure, at)
    drawn = _scan(rng.multinomial(total, exposure / exposure.sum(), size=draws), exposure).max(axis=1)
    p = (1 + int((drawn >= scan[best] / phi - 1e-12).sum())) / (draws + 1)
    return ChangePoint(at, ratio, float(p))


def _around(counts: Ints, exposure: Floats, at: int) -> tuple[Result, float]:
    """The ratio of the rates from a month on and before it, and the over-dispersion around the two."""
    before, after = int(counts[:at].sum()), int(counts[at:].sum())
    method = "ratio of two rates, quasi-Poisson interval"
    n, first, second = len(counts), float(exposure[:at].sum()), float(exposure[at:].sum())
    mean = np.concatenate([exposure[:at] * before / first, exposure[at:] * after / second])
    inside = mean > 0
    away = (counts[inside] - mean[inside]) ** 2 / mean[inside]
    phi = max(1.0, float(away.sum()) / max(n - 2, 1))
    if min(before, after) == 0:
        return NotEstimable("One side of the month has no reports.", n, method, "ratio"), phi
    value = (after / second) / (before / first)
    reach = float(np.exp(Z * np.sqrt(phi * (1 / before + 1 / after))))
    return (
        Estimate(value, value / reach, value * reach, n, n, method, "ratio", events=min(before, after)),
        phi,
    )


def _scan(counts: Ints, exposure: Floats) -> Floats:
    """Twice the log likelihood ratio at every month that leaves enough on both sides; one row a series."""
    upto, out = np.cumsum(counts, axis=1), np.cumsum(exposure)
    at = np.arange(EDGE, counts.shape[1] - EDGE + 1)
    first, e1 = upto[:, at - 1], out[at - 1]
    total, e = upto[:, -1:], out[-1]
    second, e2 = total - first, e - e1
    found: Floats = 2 * (
        special.xlogy(first, first / e1)
        + special.xlogy(second, second / e2)
        - special.xlogy(total, total / e)
    )
    return found
