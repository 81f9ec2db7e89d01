"""Fine and Gray's regression against R's own worked example, its definition, and what must hold for any data."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize

from upstander.measure import competing, cox, times
from upstander.measure.errors import MeasureError
from upstander.measure.estimate import Estimate, NotEstimable

# R survival, tests/finegray.R: "Test data set 1 for Fine-Gray regression", 14 subjects; 0 is censored.
TIME = np.array([1, 2, 3, 4, 4, 4, 5, 5, 6, 8, 8, 9, 10, 12])
WAY = np.array([1, 2, 0, 1, 0, 0, 2, 1, 0, 0, 2, 0, 1, 0]) - 1
X = np.array([5, 4, 3, 1, 2, 1, 1, 2, 2, 4, 6, 1, 2, 0], dtype=float)[:, None]


def weights(duration: np.ndarray, way: np.ndarray, wanted: int, days: np.ndarray) -> np.ndarray:
    """A case's weight on each day, from the definition: a row a case."""
    sight = competing.in_sight(duration, way)
    out = (duration[:, None] >= days).astype(float)
    for case in np.flatnonzero((way >= 0) & (way != wanted)):
        own = sight.before(duration[case : case + 1])[0]
        out[case] = np.where(days <= duration[case], 1.0, sight.before(days) / own)
    return out


def test_the_weights_are_those_worked_out_in_r() -> None:
    curve = competing.in_sight(TIME, WAY)
    assert curve.days.tolist() == [3, 4, 6, 8, 9, 12]
    assert curve.share[:5] == pytest.approx(np.cumprod([11 / 12, 8 / 10, 5 / 6, 3 / 4, 2 / 3]))
    found = weights(TIME, WAY, 0, np.array([1, 4, 5, 10]))
    # subjects 2, 7 and 11 ended in the other way on days 2, 5 and 8
    assert found[1] == pytest.approx(
        [1, 11 / 12, 11 / 12 * 8 / 10, np.prod([11 / 12, 8 / 10, 5 / 6, 3 / 4, 2 / 3])]
    )
    assert found[6] == pytest.approx([1, 1, 1, 5 / 12])
    assert found[10] == pytest.approx([1, 1, 1, 1 / 2])


def brute(
    duration: np.ndarray, way: np.ndarray, wanted: int, x: np.ndarray, beta: np.ndarray
) -> tuple[float, np.ndarray]:
    """Log-likelihood and score residuals, one event at a time."""
    days = np.unique(duration[way == wanted])
    weight = weights(duration, way, wanted, days)
    loglik, scores = 0.0, np.zeros_like(x)
    risk = np.exp(x @ beta)
    for at, day in enumerate(days):
        own = (way == wanted) & (duration == day)
        whole = (weight[:, at] * risk).sum()
        mean = (weight[:, at] * risk) @ x / whole
        loglik += (x[own] @ beta).sum() - own.sum() * np.log(whole)
        scores[own] += x[own] - mean
        scores -= (weight[:, at] * risk * own.sum() / whole)[:, None] * (x - mean)
    return loglik, scores


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 2))
def test_it_is_what_its_definition_says(seed: int, columns: int) -> None:
    rng = np.random.default_rng(seed)
    n = 60
    x = rng.normal(size=(n, columns))
    duration, way = rng.integers(1, 25, n), rng.integers(-1, 2, n)
    found = competing.subdistribution_ratio(duration, way, 0, x)
    if isinstance(found, NotEstimable):
        return
    best = optimize.minimize(lambda b: -brute(duration, way, 0, x, b)[0], np.zeros(columns), tol=1e-10)
    assert np.log(found.value) == pytest.approx(best.x[0], abs=1e-4)
    cases = competing._Cases(duration, way, 0, x)
    loglik, scores = brute(duration, way, 0, x, best.x)
    assert cases.likelihood(best.x)[0] == pytest.approx(loglik)
    assert cases.scores(best.x) == pytest.approx(scores, abs=1e-9)


def test_r_s_example_is_fitted() -> None:
    found = competing.subdistribution_ratio(TIME, WAY, 0, X)
    best = optimize.minimize_scalar(lambda b: -brute(TIME, WAY, 0, X, np.array([b]))[0])
    assert isinstance(found, Estimate)
    assert np.log(found.value) == pytest.approx(best.x, abs=1e-6)
    assert found.lo < found.value < found.hi and found.events == 4


def test_without_competition_it_is_cox_regression() -> None:
    rng = np.random.default_rng(3)
    duration, way = rng.integers(1, 60, 200), rng.integers(-1, 1, 200)
    x = rng.normal(size=(200, 2))
    rows = cox.Intervals(np.zeros(200), duration.astype(float), way == 0, x, np.arange(200))
    fit = cox.fit(rows, "breslow")
    found = competing.subdistribution_ratio(duration, way, 0, x)
    assert isinstance(fit, cox.Fit) and isinstance(found, Estimate)
    one = fit.hazard_ratio(0)
    assert (found.value, found.lo, found.hi) == pytest.approx((one.value, one.lo, one.hi))


def test_with_nobody_out_of_sight_who_ended_otherwise_stays_for_ever() -> None:
    """Fine and Gray 1999, section 3.1: complete data are Cox's regression with those cases never ending."""
    rng = np.random.default_rng(4)
    duration, way = rng.integers(1, 60, 200), rng.integers(0, 2, 200)
    x = rng.normal(size=(200, 1))
    stop = np.where(way == 0, duration, 1000).astype(float)
    fit = cox.fit(cox.Intervals(np.zeros(200), stop, way == 0, x, np.arange(200)), "breslow")
    found = competing.subdistribution_ratio(duration, way, 0, x)
    assert isinstance(fit, cox.Fit) and isinstance(found, Estimate)
    assert np.log(found.value) == pytest.approx(fit.beta[0])


def test_its_direction_is_that_of_the_curves() -> None:
    """A group whose other ending is faster has a smaller share, at the same cause-specific hazard."""
    rng = np.random.default_rng(5)
    n = 4000
    group = np.arange(n) % 2
    wanted, other = rng.exponential(50, n), rng.exponential(np.where(group == 1, 20, 100))
    duration = np.ceil(np.minimum(wanted, other)).astype(np.int64)
    way = np.where(wanted < other, 0, 1)
    found = competing.subdistribution_ratio(duration, way, 0, group[:, None].astype(float))
    assert isinstance(found, Estimate) and found.hi < 1
    shares = [times.aalen_johansen(duration[group == g], way[group == g], 2).by(100, 0) for g in (0, 1)]
    assert shares[1].value < shares[0].value
    cause = cox.hazard_ratio(
        cox.Intervals(
            np.zeros(n), duration.astype(float), way == 0, group[:, None].astype(float), np.arange(n)
        )
    )
    assert isinstance(cause, Estimate) and cause.lo < 1 < cause.hi


def test_the_interval_covers_where_nothing_differs() -> None:
    rng = np.random.default_rng(6)
    covered, runs = 0, 300
    for _ in range(runs):
        n = 150
        group = rng.integers(0, 2, n)
        ends, sight = rng.exponential(30, n), rng.exponential(60, n)
        duration = np.ceil(np.minimum(ends, sight)).astype(np.int64)
        way = np.where(ends < sight, rng.integers(0, 2, n), -1)
        found = competing.subdistribution_ratio(duration, way, 0, group[:, None].astype(float))
        covered += isinstance(found, Estimate) and found.lo <= 1 <= found.hi
    assert 0.91 < covered / runs < 0.98


def test_what_cannot_be_told_is_said() -> None:
    ones = np.ones(14)[:, None]
    assert isinstance(competing.subdistribution_ratio(TIME, np.full(14, -1), 0, X), NotEstimable)
    assert isinstance(competing.subdistribution_ratio(TIME, WAY, 0, ones), NotEstimable)
    split = (WAY == 0).astype(float)[:, None]
    assert isinstance(competing.subdistribution_ratio(TIME, WAY, 0, split), NotEstimable)
    for wrong in (X[:3], X * np.nan):
        with pytest.raises(MeasureError):
            competing.subdistribution_ratio(TIME, WAY, 0, wrong)
    with pytest.raises(MeasureError):
        competing.subdistribution_ratio(-TIME, WAY, 0, X)


def test_swapping_the_groups_inverts_the_ratio() -> None:
    group = (np.arange(14) % 2).astype(float)[:, None]
    one, other = (competing.subdistribution_ratio(TIME, WAY, 0, g) for g in (group, 1 - group))
    assert isinstance(one, Estimate) and isinstance(other, Estimate)
    assert (one.value, one.lo, one.hi) == pytest.approx((1 / other.value, 1 / other.hi, 1 / other.lo))
