"""Before and after, and what follows low-level reports: simulation, placebo dates, escalation by hand."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from upstander.measure import change, escalation
from upstander.measure.errors import MeasureError
from upstander.measure.estimate import Estimate, NotEstimable


def months(step: float, n: int = 72, rate: float = 40, spread: float = 30, seed: int = 1) -> np.ndarray:
    """Counts with season, trend and over-dispersion, and a step in the middle."""
    rng = np.random.default_rng(seed)
    month = np.arange(n)
    mean = (
        rate * np.exp(0.004 * month + 0.15 * np.sin(month / 6 * np.pi)) * np.where(month >= n // 2, step, 1)
    )
    return rng.poisson(rng.gamma(spread, mean / spread))


def test_a_step_is_found_and_covered() -> None:
    covered = 0
    for seed in range(200):
        found = change.interrupted(months(1.3, seed=seed), np.ones(72), 36, placebo=False)
        assert isinstance(found.step, Estimate)
        covered += found.step.lo <= 1.3 <= found.step.hi
    assert 0.91 <= covered / 200 <= 0.985


def test_where_nothing_happened_little_is_found() -> None:
    found = 0
    for seed in range(300):
        one = change.interrupted(months(1.0, seed=seed), np.ones(72), 36, placebo=False).step
        assert isinstance(one, Estimate)
        found += not one.lo <= 1 <= one.hi
    assert found / 300 <= 0.07


def test_placebo_dates_and_what_would_have_been() -> None:
    series = change.interrupted(months(1.5, seed=3), np.ones(72), 36)
    assert isinstance(series.step, Estimate)
    assert isinstance(series.newey_west, Estimate)
    assert series.step.lo > 1
    assert series.placebo_share is not None
    assert series.placebo_share <= 0.3
    assert series.without[:36] == pytest.approx(series.fitted[:36])
    assert (series.without[36:] < series.fitted[36:]).mean() > 0.9
    assert series.phi > 1


def test_twice_the_exposure_is_not_a_change() -> None:
    exposure = np.where(np.arange(72) >= 36, 2.0, 1.0)
    rng = np.random.default_rng(4)
    found = change.interrupted(rng.poisson(40 * exposure), exposure, 36, placebo=False)
    assert isinstance(found.step, Estimate)
    assert found.step.lo < 1 < found.step.hi


def test_a_change_point_is_looked_for_and_not_always_found() -> None:
    rng = np.random.default_rng(5)
    counts = np.concatenate([rng.poisson(20, 30), rng.poisson(32, 30)])
    found = change.change_point(counts, np.ones(60))
    assert isinstance(found, change.ChangePoint)
    assert abs(found.month - 30) <= 3
    assert found.p <= 0.01
    p = []
    for seed in range(200):
        rng = np.random.default_rng(seed)
        one = change.change_point(rng.poisson(20, 60), np.ones(60), draws=99, rng=rng)
        assert isinstance(one, change.ChangePoint)
        p.append(one.p)
    assert np.mean(np.array(p) <= 0.05) <= 0.09


def test_what_cannot_be_told_is_said() -> None:
    few = change.interrupted(np.array([3, 4, 5]), np.ones(3), 1)
    assert isinstance(few.step, NotEstimable)
    assert isinstance(change.interrupted(np.zeros(48, dtype=np.int64), np.ones(48), 24).step, NotEstimable)
    assert isinstance(change.change_point(np.zeros(48, dtype=np.int64), np.ones(48)), NotEstimable)
    with pytest.raises(MeasureError, match="exposure above nought"):
        change.interrupted(np.ones(48, dtype=np.int64), np.zeros(48), 24)
    with pytest.raises(MeasureError, match="whole count"):
        change.interrupted(np.full(48, 0.5), np.ones(48), 24)  # type: ignore[arg-type]


def people(ratio: float, n: int = 6000, seed: int = 6) -> tuple[np.ndarray, ...]:
    """People over 2,000 days whose hazard of a serious report is multiplied by `ratio` for each low-level
    one, up to 3.
    """
    rng = np.random.default_rng(seed)
    person, day, serious = [], [], []
    for one in range(n):
        times = np.sort(rng.uniform(1, 2000, rng.poisson(0.8)))
        edges = np.concatenate([[0.0], times, [2000.0]])
        for number, (start, stop) in enumerate(pairwise(edges)):
            if number:
                person.append(one)
                day.append(int(start))
                serious.append(False)
            wait = rng.exponential(1 / (0.00003 * ratio ** min(number, 3)))
            if start + wait < stop:
                person.append(one)
                day.append(int(start + wait) + 1)
                serious.append(True)
                break
    entry = np.zeros(n, dtype=np.int64)
    return entry, entry + 2000, np.array(person), np.array(day), np.array(serious)


def test_escalation_is_found_where_it_is() -> None:
    found = escalation.escalation(*people(2.0))
    for one, truth in zip(found.after, (2, 4, 8), strict=True):
        assert isinstance(one, Estimate)
        assert one.lo <= truth <= one.hi
        assert escalation.DETECTION in one.notes
    logs = []
    for seed in range(6):
        none = escalation.escalation(*people(1.0, seed=seed)).after[0]
        assert isinstance(none, Estimate)
        logs.append(np.log(none.value))
    assert abs(np.mean(logs)) < 0.15
    account = found.accounts[0]
    assert account.given == account.used + sum(account.reasons.values())


def test_service_before_anything_was_recorded_is_not_service_without_a_report() -> None:
    """Half of them had served 2,000 days before reports were kept: in the data they look as if nothing had happened."""
    entry, leave, person, day, serious = people(1.0, n=12_000, seed=1)
    veteran = np.arange(len(entry)) % 2 == 0
    entry = entry - np.where(veteran, 2000, 0)
    since = np.zeros(len(entry), dtype=np.int64)
    # those who joined later are at risk at the lengths of service at which nobody could be reported before
    blind = escalation.escalation(entry, leave, person, day, serious).after[0]
    seeing = escalation.escalation(entry, leave, person, day, serious, since=since).after[0]
    assert isinstance(blind, Estimate)
    assert isinstance(seeing, Estimate)
    assert blind.lo > 1, "it says that one report foretells another, which is not so"
    assert seeing.lo < 1 < seeing.hi
    with pytest.raises(MeasureError):
        escalation.escalation(entry, leave, person, day, serious, since=leave)


def test_reports_outside_the_time_in_service_are_counted_out() -> None:
    found = escalation.escalation(
        np.array([10, 10]),
        np.array([100, 100]),
        np.array([0, 0, 0, 1, 1, 1]),
        np.array([5, 50, 60, 20, 20, 101]),
        np.array([False, True, False, False, False, True]),
    )
    assert dict(found.accounts[0].reasons) == {
        "outside the time in service": 2,
        "low-level, on or after the first serious one": 1,
        "serious, after the first one": 0,
    }
    assert found.serious == 1
    assert all(isinstance(one, NotEstimable) for one in found.after)
    with pytest.raises(MeasureError):
        escalation.escalation(*(np.array([1]),) * 2, np.array([0]), np.array([1]), np.array([True]))


def test_months_that_vary_by_more_than_chance_seldom_look_like_a_change() -> None:
    """Over-dispersed counts without any change: a Poisson search would find one nearly always."""
    found = []
    for seed in range(60):
        rng = np.random.default_rng(seed)
        one = change.change_point(rng.negative_binomial(5, 5 / 45, 60), np.ones(60), draws=99, rng=rng)
        assert isinstance(one, change.ChangePoint)
        assert isinstance(one.ratio, Estimate)
        assert one.ratio.lo < one.ratio.value < one.ratio.hi
        found.append(one.p <= 0.05)
    assert np.mean(found) <= 0.12
