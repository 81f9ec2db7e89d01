"""Disproportionality against the Berkeley figures, and what swapping the groups must do."""

from __future__ import annotations

import math

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.measure.reference import BERKELEY
from upstander.measure import gaps
from upstander.measure.errors import MeasureError
from upstander.measure.estimate import Estimate, NotEstimable, inverted, mirrored
from upstander.measure.gaps import Group

MEN = [Group(int(d[0, 0]), int(d[0].sum())) for d in BERKELEY]
WOMEN = [Group(int(d[1, 0]), int(d[1].sum())) for d in BERKELEY]
ALL_MEN = Group(sum(g.events for g in MEN), sum(g.n for g in MEN))
ALL_WOMEN = Group(sum(g.events for g in WOMEN), sum(g.n for g in WOMEN))


def test_berkeley_as_printed() -> None:
    # R, UCBAdmissions: crude odds ratio (Woolf), mantelhaen.test, and the Breslow-Day test of DescTools.
    crude = gaps.crude_odds_ratio(ALL_MEN, ALL_WOMEN)
    assert isinstance(crude, Estimate)
    assert (round(crude.value, 5), round(crude.lo, 5), round(crude.hi, 5)) == (1.84108, 1.62438, 2.08669)
    within = gaps.mantel_haenszel(list(zip(MEN, WOMEN, strict=True)))
    assert not isinstance(within, NotEstimable)
    odds = within.odds_ratio
    assert isinstance(odds, Estimate)
    assert (round(odds.value, 7), round(odds.lo, 7), round(odds.hi, 7)) == (0.9046968, 0.7719074, 1.0603298)
    assert (round(within.cmh, 6), round(within.p, 6)) == (1.426946, 0.232263)
    assert (round(within.breslow_day, 4), round(within.p_homogeneous, 5)) == (18.8255, 0.00207)


def test_the_direction_turns_when_departments_are_compared() -> None:
    crude = gaps.risk_ratio(ALL_MEN, ALL_WOMEN)
    within = gaps.mantel_haenszel(list(zip(MEN, WOMEN, strict=True)))
    assert isinstance(crude, Estimate)
    assert not isinstance(within, NotEstimable)
    assert isinstance(within.risk_ratio, Estimate)
    assert crude.lo > 1
    assert within.risk_ratio.value < 1


def test_newcombe_as_printed() -> None:
    # Newcombe, Statistics in Medicine 17 (1998), table II, method 10: 56/70 less 48/80 and 9/10 less 3/10.
    first = gaps.newcombe(Group(56, 70), Group(48, 80))
    second = gaps.newcombe(Group(9, 10), Group(3, 10))
    assert isinstance(first, Estimate)
    assert isinstance(second, Estimate)
    assert (round(first.lo, 4), round(first.hi, 4)) == (0.0524, 0.3339)
    assert (round(second.lo, 4), round(second.hi, 4)) == (0.1705, 0.8090)


def test_miettinen_nurminen_as_printed() -> None:
    # The same table, method 6 (Miettinen-Nurminen): 56/70 less 48/80, 0.0528 to 0.3382.
    found = gaps.risk_difference(Group(56, 70), Group(48, 80))
    assert isinstance(found, Estimate)
    assert (round(found.lo, 4), round(found.hi, 4)) == (0.0528, 0.3382)


def test_koopman_as_printed() -> None:
    # Koopman, Biometrics 40 (1984), page 517, the example 36/40 against 16/80: 2.94 to 7.15 about 4.5.
    found = gaps.risk_ratio(Group(36, 40), Group(16, 80))
    assert isinstance(found, Estimate)
    assert (round(found.value, 2), round(found.lo, 2), round(found.hi, 2)) == (4.5, 2.94, 7.15)


groups = (
    st.integers(0, 300).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))).map(lambda g: Group(*g))
)


@settings(max_examples=200, deadline=None)
@given(groups, groups)
@example(Group(0, 1), Group(16, 16))
def test_swapping_the_groups_turns_every_gap_round(one: Group, other: Group) -> None:
    for measure in (gaps.risk_difference, gaps.newcombe):
        there, back = measure(one, other), mirrored(measure(other, one))
        if isinstance(there, NotEstimable):
            assert isinstance(back, NotEstimable)
        else:
            assert isinstance(back, Estimate)
            assert (there.value, there.lo, there.hi) == pytest.approx(
                (back.value, back.lo, back.hi), abs=1e-7
            )
            assert -1 <= there.lo <= there.hi <= 1
    there, back = gaps.risk_ratio(one, other), gaps.risk_ratio(other, one)
    if isinstance(there, Estimate) and isinstance(back, Estimate):
        turned = inverted(back)
        assert isinstance(turned, (Estimate if back.value else NotEstimable))
        if isinstance(turned, Estimate):
            assert (there.value, there.lo) == pytest.approx((turned.value, turned.lo), rel=1e-6)
            assert math.isclose(there.hi, turned.hi, rel_tol=1e-6)
    crude = gaps.crude_odds_ratio(one, other)
    if isinstance(crude, Estimate):
        turned = inverted(gaps.crude_odds_ratio(other, one))
        assert isinstance(turned, Estimate)
        assert (crude.lo, crude.hi) == pytest.approx((turned.lo, turned.hi))


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(groups, groups), max_size=6))
def test_strata_turn_round_too(strata: list[tuple[Group, Group]]) -> None:
    there = gaps.mantel_haenszel(strata)
    back = gaps.mantel_haenszel([(other, one) for one, other in strata])
    if isinstance(there, NotEstimable) or isinstance(back, NotEstimable):
        assert type(there) is type(back)
        return
    for a, b in ((there.odds_ratio, back.odds_ratio), (there.risk_ratio, back.risk_ratio)):
        turned = inverted(b)
        if isinstance(a, Estimate):
            assert isinstance(turned, Estimate)
            assert (a.value, a.lo, a.hi) == pytest.approx((turned.value, turned.lo, turned.hi))
    assert there.cmh == pytest.approx(back.cmh)
    assert there.breslow_day == pytest.approx(back.breslow_day, rel=1e-6, abs=1e-9)


def test_intervals_cover_as_often_as_they_say() -> None:
    import numpy as np

    rng = np.random.default_rng(6)
    p, q, m, n = 0.08, 0.05, 250, 900
    runs, covered = 600, np.zeros(3)
    for _ in range(runs):
        one, other = Group(int(rng.binomial(m, p)), m), Group(int(rng.binomial(n, q)), n)
        for at, (measure, truth) in enumerate(
            ((gaps.risk_ratio, p / q), (gaps.risk_difference, p - q), (gaps.newcombe, p - q))
        ):
            found = measure(one, other)
            assert isinstance(found, Estimate)
            covered[at] += found.lo <= truth <= found.hi
    assert ((covered / runs > 0.93) & (covered / runs < 0.98)).all()


def test_a_ladder_tells_at_which_step_the_gap_opens() -> None:
    found = gaps.ladder([("alleged", 60, 200), ("case", 30, 100), ("sanction", 20, 40)], 500, 3000)
    names = [name for name, _, _ in found]
    assert names == ["alleged", "case", "sanction"]
    _, whole, step = found[2]
    assert isinstance(whole, Estimate)
    assert isinstance(step, Estimate)
    assert (round(whole.value, 2), round(step.value, 2)) == (3.0, 1.67)
    with pytest.raises(MeasureError):
        gaps.ladder([("alleged", 60, 200), ("case", 61, 100)], 500, 3000)


def test_what_is_not_stated_is_bounded() -> None:
    least, most = gaps.missing_bounds(Group(60, 500), Group(200, 3000), Group(10, 100))
    middle = gaps.risk_ratio(Group(60, 500), Group(200, 3000))
    assert isinstance(least, Estimate)
    assert isinstance(most, Estimate)
    assert isinstance(middle, Estimate)
    assert least.value < middle.value < most.value
    none = gaps.missing_bounds(Group(60, 500), Group(200, 3000), Group(0, 0))
    assert [round(one.value, 9) for one in none if isinstance(one, Estimate)] == [round(middle.value, 9)] * 2


def test_the_e_value_as_printed() -> None:
    # VanderWeele and Ding, Annals of Internal Medicine 167 (2017): a risk ratio of 3.9 has E-value 7.26.
    assert round(gaps.e_value(3.9), 2) == 7.26
    assert gaps.e_value(1 / 3.9) == pytest.approx(gaps.e_value(3.9))


def test_what_cannot_be_told_is_said() -> None:
    assert isinstance(gaps.risk_ratio(Group(1, 5), Group(0, 5)), NotEstimable)
    assert isinstance(gaps.risk_ratio(Group(0, 0), Group(1, 5)), NotEstimable)
    assert isinstance(gaps.share(Group(0, 0)), NotEstimable)
    assert isinstance(gaps.mantel_haenszel([]), NotEstimable)
    assert isinstance(gaps.mantel_haenszel([(Group(3, 3), Group(5, 5))]), NotEstimable)
    with pytest.raises(MeasureError):
        Group(6, 5)
