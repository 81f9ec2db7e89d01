"""Units, concentration: shrinkage, limits and false discovery, by simulation and by published examples."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from upstander.measure import concentration, funnel, watch
from upstander.measure.errors import MeasureError
from upstander.measure.estimate import Estimate, NotEstimable
from upstander.measure.watch import Prior


def test_benjamini_and_hochberg_s_own_example() -> None:
    # Benjamini and Hochberg, JRSS B 57 (1995), their example: fifteen p values, four are rejected at q = 0.05.
    p = [
        0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0,
    ]  # fmt: skip
    assert watch.false_discovery(p).tolist() == [True] * 4 + [False] * 11
    assert watch.false_discovery([]).tolist() == []


def test_false_discovery_stays_below_q() -> None:
    rng = np.random.default_rng(7)
    shares = []
    for _ in range(300):
        real = rng.random(200) < 0.1
        p = np.where(real, rng.beta(0.05, 5, 200), rng.random(200))
        found = watch.false_discovery(p, 0.1)
        shares.append((found & ~real).sum() / max(found.sum(), 1))
    assert np.mean(shares) <= 0.1
    assert np.mean(shares) > 0.05  # not by finding nothing


def test_the_prior_is_found_again() -> None:
    rng = np.random.default_rng(8)
    exposure = rng.uniform(0.5, 4, 6000)
    counts = rng.poisson(rng.gamma(0.7, 0.4 / 0.7, 6000) * exposure)
    prior = watch.fit_prior(counts, exposure)
    assert isinstance(prior, Prior)
    assert prior.shape == pytest.approx(0.7, rel=0.12)
    assert prior.mean == pytest.approx(0.4, rel=0.06)


subjects = st.integers(10, 60).flatmap(
    lambda n: st.tuples(
        st.lists(st.integers(0, 30), min_size=n, max_size=n),
        st.lists(st.floats(0.01, 50), min_size=n, max_size=n),
    )
)


@settings(max_examples=40, deadline=None)
@given(subjects)
def test_a_shrunken_rate_lies_between_its_own_and_the_mean(drawn: tuple[list[int], list[float]]) -> None:
    counts, exposure = np.array(drawn[0]), np.array(drawn[1])
    prior = watch.fit_prior(counts, exposure)
    if isinstance(prior, NotEstimable):
        assert counts.sum() == 0
        return
    for own, one in zip(counts / exposure, watch.shrunken(counts, exposure, prior), strict=True):
        low, high = sorted((own, prior.mean))
        assert low * (1 - 1e-9) <= one.value <= high * (1 + 1e-9)
        assert one.lo <= one.value <= one.hi
    chances = watch.above(counts, exposure, prior, 3)
    assert ((chances >= 0) & (chances <= 1)).all()


def test_shrunken_intervals_cover_and_are_calibrated() -> None:
    rng = np.random.default_rng(9)
    exposure = rng.uniform(0.5, 3, 5000)
    rates = rng.gamma(0.8, 0.3 / 0.8, 5000)
    counts, later = rng.poisson(rates * exposure), rng.poisson(rates * exposure)
    prior = watch.fit_prior(counts, exposure)
    assert isinstance(prior, Prior)
    inside = [
        one.lo <= rate <= one.hi
        for one, rate in zip(watch.shrunken(counts, exposure, prior), rates, strict=True)
    ]
    assert 0.93 <= np.mean(inside) <= 0.97
    raw, shrunk, after = watch.calibration(counts, exposure, later, prior)[-1]
    assert raw > 1.5 * after
    assert shrunk == pytest.approx(after, rel=0.15)


def test_poisson_tails_would_accuse_the_lawful() -> None:
    """Rates differ for harmless reasons: negative binomial tails flag hardly anybody, Poisson tails many."""
    from scipy import stats

    rng = np.random.default_rng(10)
    exposure = np.full(4000, 2.0)
    counts = rng.poisson(rng.gamma(0.7, 0.5 / 0.7, 4000) * exposure)
    prior = watch.fit_prior(counts, exposure)
    assert isinstance(prior, Prior)
    assert watch.false_discovery(watch.tail(counts, exposure, prior)).sum() <= 1
    poisson = stats.poisson.sf(counts - 1, prior.mean * exposure)
    assert watch.false_discovery(poisson).sum() > 50


def test_a_funnel_that_knows_the_usual_spread_accuses_few() -> None:
    rng = np.random.default_rng(11)
    accused = []
    for _ in range(100):
        expected = rng.uniform(20, 400, 40)
        observed = rng.poisson(expected * np.exp(rng.normal(0, 0.25, 40)))
        found = funnel.funnel(observed, expected)
        assert not isinstance(found, NotEstimable)
        accused.append(found.outside.any())
        assert found.phi > 2
    assert np.mean(accused) <= 0.12


def test_a_funnel_finds_what_stands_out_and_widens_with_less_data() -> None:
    rng = np.random.default_rng(12)
    expected = np.linspace(20, 400, 40)
    observed = rng.poisson(expected)
    observed[30] = int(expected[30] * 2.2)
    found = funnel.funnel(observed, expected)
    assert not isinstance(found, NotEstimable)
    assert np.flatnonzero(found.outside).tolist() == [30]
    low, high = found.limits[0.998]
    assert (np.diff(high) < 0).all()
    assert (low <= found.limits[0.95][0]).all()
    assert isinstance(funnel.funnel(observed[:4], expected[:4]), NotEstimable)
    with pytest.raises(MeasureError):
        funnel.funnel(observed, expected * 0)
    assert funnel.expected_counts(np.array([1, 3]), np.array([1.0, 1.0])).tolist() == [2, 2]


def test_what_looks_concentrated_can_be_chance() -> None:
    rng = np.random.default_rng(13)
    exposure = np.ones(5000)
    same = rng.poisson(0.3, 5000)
    found = concentration.concentration(same, exposure, later=rng.poisson(0.3, 5000))
    for one in (found.seen, found.chance, found.underlying, found.next_period):
        assert isinstance(one, Estimate)
    assert found.seen.value > 0.35  # type: ignore[union-attr]  (a tenth of the subjects!)
    assert found.seen.value == pytest.approx(found.chance.value, abs=0.02)  # type: ignore[union-attr]
    assert found.underlying.value < 0.2  # type: ignore[union-attr]
    assert found.next_period.value == pytest.approx(0.1, abs=0.03)  # type: ignore[union-attr]


def test_real_concentration_lies_between_chance_and_what_is_seen() -> None:
    rng = np.random.default_rng(14)
    rates = rng.gamma(0.5, 0.6, 5000)
    found = concentration.concentration(rng.poisson(rates), np.ones(5000), later=rng.poisson(rates))
    truth = concentration.top_share((rates * 1e6).astype(np.int64), 0.1)
    assert found.chance.value < found.seen.value  # type: ignore[union-attr]
    assert 0.15 < found.next_period.value < 0.8 * found.seen.value  # type: ignore[union-attr]
    assert found.underlying.value == pytest.approx(truth, abs=0.03)  # type: ignore[union-attr]


def test_top_shares_of_small_sets() -> None:
    assert concentration.top_share(np.array([1, 1, 1, 1]), 0.25) == 0.25
    assert concentration.top_share(np.array([4, 0, 0, 0]), 0.125) == 0.5
    assert concentration.top_share(np.array([0, 0]), 0.5) == 0
    assert concentration.tenths(np.arange(12)) == [1, 5, 4, 5, 6, 7, 8, 9, 10, 11]
    few = concentration.concentration(np.array([1, 0, 0]), np.ones(3))
    assert isinstance(few.seen, NotEstimable)
    with pytest.raises(MeasureError, match="Exposure"):
        concentration.concentration(np.array([1, 0, 0]), np.array([1.0, 0.0, 1.0]))
