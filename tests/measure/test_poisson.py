"""Modified Poisson regression against printed figures, its definition, and what swapping the groups must do."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from tests.measure.reference import BERKELEY
from upstander.measure import gaps, poisson
from upstander.measure.errors import MeasureError
from upstander.measure.estimate import Estimate, NotEstimable, inverted
from upstander.measure.gaps import Group

# Breast cancer: deaths and women by receptor level and stage (Newman, Biostatistical Methods in Epidemiology, 2001,
# table 5.3; the data of Greenland 2004 and of Spiegelman and Hertzmark 2005).
DEATHS = np.array([5, 17, 9, 2, 9, 12])
WOMEN = np.array([55, 74, 15, 12, 22, 14])
LOW = np.array([False, False, False, True, True, True])
STAGE = np.array([1, 2, 3, 1, 2, 3])


def limits(result: object) -> tuple[float, float, float]:
    assert isinstance(result, Estimate)
    return result.value, result.lo, result.hi


def test_breast_cancer_as_printed() -> None:
    # Spiegelman and Hertzmark, American Journal of Epidemiology 162 (2005) 199, SAS PROC GENMOD, robust Poisson: 1.6308
    # (1.0745, 2.4751) for receptor, 2.5207 (1.1663, 5.4479) for stage 2, 5.9134 (2.7777, ...) for stage 3. Its last
    # limit is printed 17.5890; a limit as far above as 2.7777 lies below is 12.5890.
    x = sparse.csr_array(np.column_stack([np.ones(6), LOW, STAGE == 2, STAGE == 3]).astype(float))
    beta = poisson.fit(x, DEATHS, WOMEN)
    assert beta is not None
    found = poisson.sandwich(x, DEATHS, WOMEN, beta)
    printed = [[f"{one:.4f}" for one in found.ratio(column)] for column in (1, 2, 3)]
    assert printed == [
        ["1.0745", "1.6308", "2.4751"],
        ["1.1663", "2.5207", "5.4479"],
        ["2.7777", "5.9134", "12.5890"],
    ]
    ratio = poisson.adjusted_risk_ratio(LOW, DEATHS, WOMEN, [STAGE])
    assert [f"{one:.4f}" for one in limits(ratio)] == ["1.6308", "1.0745", "2.4751"]


# Damage by waves to cargo ships: five types, built 1960-64 to 1975-79 (1 to 4), sailing 1960-74 or 1975-79, months of
# service and incidents (McCullagh and Nelder, Generalized Linear Models, 1989, table 6.2), where there was any service.
SHIPS = np.array([
    *((1, 1, 0, 127, 0), (1, 1, 1, 63, 0), (1, 2, 0, 1095, 3), (1, 2, 1, 1095, 4), (1, 3, 0, 1512, 6)),
    *((1, 3, 1, 3353, 18), (1, 4, 1, 2244, 11), (2, 1, 0, 44882, 39), (2, 1, 1, 17176, 29), (2, 2, 0, 28609, 58)),
    *((2, 2, 1, 20370, 53), (2, 3, 0, 7064, 12), (2, 3, 1, 13099, 44), (2, 4, 1, 7117, 18), (3, 1, 0, 1179, 1)),
    *((3, 1, 1, 552, 1), (3, 2, 0, 781, 0), (3, 2, 1, 676, 1), (3, 3, 0, 783, 6), (3, 3, 1, 1948, 2)),
    *((3, 4, 1, 274, 1), (4, 1, 0, 251, 0), (4, 1, 1, 105, 0), (4, 2, 0, 288, 0), (4, 2, 1, 192, 0)),
    *((4, 3, 0, 349, 2), (4, 3, 1, 1208, 11), (4, 4, 1, 2051, 4), (5, 1, 0, 45, 0), (5, 2, 0, 789, 7)),
    *((5, 2, 1, 437, 7), (5, 3, 0, 1157, 5), (5, 3, 1, 2161, 12), (5, 4, 1, 542, 1)),
])  # fmt: skip


def test_errors_by_cluster_as_stata_prints_them() -> None:
    # statsmodels, discrete/tests/results/results_count_robust_cluster.py: what Stata printed for `poisson accident yr_con
    # op_75_79, exposure(service) vce(cluster ship)`: coefficients, and their robust standard errors with 5 clusters.
    kind, built, sailed, service, incidents = SHIPS.T
    x = sparse.csr_array(np.column_stack([np.ones(len(SHIPS)), built, sailed]).astype(float))
    beta = poisson.fit(x, incidents, service)
    assert beta is not None
    assert beta == pytest.approx([-6.974712802772, 0.30633819450439, 0.35592229608495], abs=1e-6)
    found = poisson.sandwich(x, incidents, service, beta, kind).covariance
    printed = [0.0968656626603, 0.03817694295902, 0.09213163536669]
    assert np.sqrt(np.diag(found)) == pytest.approx(printed, abs=1e-6)
    assert found[0, 2] == pytest.approx(-0.00469929607507, abs=1e-6)


def test_people_of_a_unit_who_share_its_luck_do_not_count_as_strangers() -> None:
    """Half of the units are of one group. Units differ by chance: intervals that know it hold no difference as often as
    they say, those of single people far less often."""
    rng = np.random.default_rng(1)
    unit = np.arange(60)
    first, people = unit % 2 == 0, np.full(60, 80)
    held = {True: 0, False: 0}
    for _ in range(200):
        events = rng.binomial(people, np.clip(0.2 * np.exp(rng.normal(0, 0.5, 60)), 0, 0.9))
        for by_unit in held:
            found = poisson.adjusted_risk_ratio(first, events, people, [], cluster=unit if by_unit else None)
            _, low, high = limits(found)
            held[by_unit] += low <= 1 <= high
    assert 0.92 <= held[True] / 200 <= 0.98
    assert held[False] / 200 < 0.6
    few = poisson.adjusted_risk_ratio(first[:10], events[:10], people[:10], [], cluster=unit[:10])
    assert isinstance(few, Estimate)
    assert few.method == poisson.METHOD


@settings(max_examples=60)
@given(st.integers(1, 39), st.integers(1, 39))
def test_unadjusted_it_is_the_interval_of_the_logarithm(one: int, other: int) -> None:
    """Zou 2004, section on the 2x2 table: the sandwich is 1/a - 1/n + 1/c - 1/m, as for two binomials."""
    found = poisson.adjusted_risk_ratio(
        np.array([True, False]), np.array([one, other]), np.array([40, 50]), []
    )
    reach = math.exp(poisson.Z * math.sqrt(1 / one - 1 / 40 + 1 / other - 1 / 50))
    value = (one / 40) / (other / 50)
    assert limits(found) == pytest.approx((value, value / reach, value * reach))


def cells(seed: int) -> tuple[np.ndarray, ...]:
    rng = np.random.default_rng(seed)
    rows = int(rng.integers(4, 60))
    people = rng.integers(0, 30, rows)
    events = rng.binomial(people, rng.choice([0.02, 0.2, 0.7]))
    return (
        rng.integers(0, 2, rows).astype(bool),
        events,
        people,
        rng.integers(0, 4, rows),
        rng.integers(0, 3, rows),
    )


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 100_000))
def test_swapping_the_groups_inverts_the_ratio(seed: int) -> None:
    first, events, people, *factors = cells(seed)
    one = poisson.adjusted_risk_ratio(first, events, people, factors)
    other = poisson.adjusted_risk_ratio(~first, events, people, factors)
    if isinstance(one, NotEstimable):
        assert isinstance(other, NotEstimable) and one.reason == other.reason
        return
    assert limits(inverted(other)) == pytest.approx(limits(one), rel=1e-6)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 100_000))
def test_it_solves_its_equations_person_by_person(seed: int) -> None:
    """The same from a row a person: score nought, and the sandwich summed over people (White 1980)."""
    first, events, people, factor, _ = cells(seed)
    found = poisson.adjusted_risk_ratio(first, events, people, [factor])
    if isinstance(found, NotEstimable):
        return
    had = {level for level, count in zip(factor, events, strict=True) if count}
    rows = [
        (
            1.0,
            *(float(factor[at] == level) for level in sorted(had)[1:]),
            float(first[at]),
            float(k < events[at]),
        )
        for at in range(len(first))
        if factor[at] in had
        for k in range(people[at])
    ]
    x, y = np.array(rows)[:, :-1], np.array(rows)[:, -1]
    x = x[:, [True, *(x[:, at].std() > 0 for at in range(1, x.shape[1]))]]
    beta = np.zeros(x.shape[1])
    beta[0] = np.log(y.mean())
    for _ in range(200):
        mean = np.exp(x @ beta)
        beta = beta + np.clip(np.linalg.solve(x.T @ (mean[:, None] * x), x.T @ (y - mean)), -1, 1)
    mean = np.exp(x @ beta)
    bread = np.linalg.inv(x.T @ (mean[:, None] * x))
    score = (y - mean)[:, None] * x
    spread = math.sqrt((bread @ score.T @ score @ bread)[-1, -1])
    assert score.sum(axis=0) == pytest.approx(0, abs=1e-6)
    assert np.log(found.value) == pytest.approx(beta[-1], abs=1e-6)
    assert np.log(found.hi) == pytest.approx(beta[-1] + poisson.Z * spread, abs=1e-6)


def test_berkeley_turns_round_when_departments_are_compared() -> None:
    first = np.tile([True, False], 6)
    admitted, asked = BERKELEY[:, :, 0].ravel(), BERKELEY.sum(axis=2).ravel()
    crude = poisson.adjusted_risk_ratio(first, admitted, asked, [])
    within = poisson.adjusted_risk_ratio(first, admitted, asked, [np.repeat(np.arange(6), 2)])
    held = gaps.mantel_haenszel(
        [(Group(int(m[0]), int(m.sum())), Group(int(w[0]), int(w.sum()))) for m, w in BERKELEY]
    )
    assert isinstance(crude, Estimate) and crude.lo > 1
    assert isinstance(within, Estimate) and within.value < 1
    assert not isinstance(held, NotEstimable) and isinstance(held.risk_ratio, Estimate)
    assert within.value == pytest.approx(
        held.risk_ratio.value, abs=0.03
    )  # two ways to hold departments alike


def test_it_learns_where_mantel_haenszel_cannot() -> None:
    """No cell holds both groups, yet each factor does in some: the ratio of two follows if things multiply."""
    first = np.array([True, False, False])
    role, place = np.array([1, 1, 2]), np.array([1, 2, 1])
    found = poisson.adjusted_risk_ratio(
        first, np.array([40, 10, 10]), np.array([100, 100, 100]), [role, place]
    )
    assert isinstance(found, NotEstimable) and "nowhere together" in found.reason
    first, role, place = np.append(first, [False]), np.append(role, [2]), np.append(place, [2])
    found = poisson.adjusted_risk_ratio(first, np.array([40, 10, 10, 5]), np.full(4, 100), [role, place])
    assert isinstance(found, Estimate) and found.value == pytest.approx(0.4 / (0.1 * 0.1 / 0.05))
    held = gaps.mantel_haenszel(
        [(Group(40, 100), Group(0, 0)), *((Group(0, 0), Group(e, 100)) for e in (10, 10, 5))]
    )
    assert isinstance(held, NotEstimable)


def test_levels_that_only_together_say_nobody_do_not_spoil_the_rest() -> None:
    """The one superintendent, who had it, works at Stores, where nobody else had: each level has an event, and the
    others of Stores have a fitted risk of nought all the same. They tell as much as if they were not there.
    """
    first = np.array([True, False, True, False, True, False])
    role, place = np.array([1, 1, 2, 1, 1, 1]), np.array([1, 1, 9, 9, 9, 2])
    events, people = np.array([20, 10, 1, 0, 0, 5]), np.array([100, 100, 1, 40, 30, 50])
    found = poisson.adjusted_risk_ratio(first, events, people, [role, place])
    without = poisson.adjusted_risk_ratio(first[:2], events[:2], people[:2], [])
    assert limits(found) == pytest.approx(limits(without), rel=1e-6)
    assert isinstance(found, Estimate) and any("70 people" in note for note in found.notes)


def test_the_interval_covers_as_often_as_it_says() -> None:
    rng = np.random.default_rng(7)
    covered, runs = 0, 400
    first, place = np.tile([True, False], 5), np.repeat(np.arange(5), 2)
    people = rng.integers(30, 120, 10)
    risk = np.array([0.05, 0.1, 0.15, 0.2, 0.3])[place] * np.where(first, 1.5, 1.0)
    for _ in range(runs):
        found = poisson.adjusted_risk_ratio(first, rng.binomial(people, risk), people, [place])
        covered += isinstance(found, Estimate) and found.lo <= 1.5 <= found.hi
    assert 0.92 < covered / runs < 0.98


def test_what_cannot_be_told_is_said() -> None:
    first = np.array([True, False])
    for events, people in (
        ([0, 3], [9, 9]),
        ([3, 0], [9, 9]),
        ([0, 0], [9, 9]),
        ([0, 3], [0, 9]),
        ([0, 0], [0, 0]),
    ):
        found = poisson.adjusted_risk_ratio(first, np.array(events), np.array(people), [])
        assert isinstance(found, NotEstimable) and found.reason
    apart = poisson.adjusted_risk_ratio(
        first, np.array([3, 3]), np.array([9, 9]), [np.array(["north", "south"])]
    )
    assert isinstance(apart, NotEstimable)
    for events, factor in (([9, 3], [1, 1]), ([-1, 3], [1, 1]), ([1, 3], [1])):
        with pytest.raises(MeasureError):
            poisson.adjusted_risk_ratio(first, np.array(events), np.array([5, 5]), [np.array(factor)])


def test_people_who_say_nothing_are_counted() -> None:
    first, place = np.tile([True, False], 2), np.array([1, 1, 2, 2])
    found = poisson.adjusted_risk_ratio(first, np.array([4, 2, 0, 0]), np.array([10, 10, 7, 8]), [place])
    assert isinstance(found, Estimate) and any("15 people" in note for note in found.notes)
    assert found.value == pytest.approx(2)
