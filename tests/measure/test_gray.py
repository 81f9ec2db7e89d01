"""Gray's test against what R's cmprsk prints, and what must hold for any data."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from upstander.measure import times
from upstander.measure.errors import MeasureError
from upstander.measure.estimate import NotEstimable
from upstander.measure.gray import Gray, gray_test

# Bone marrow transplants (Klein and Moeschberger, Survival Analysis, 1997; SAS/STAT's example data): days to relapse
# (1), to death without one (2), or still in remission (0), for three groups of patients.
BMT = (
    "2081:0 1602:0 1496:0 1462:0 1433:0 1377:0 1330:0 996:0 226:0 1199:0 1111:0 530:0 1182:0 1167:0 418:2 383:1 276:2 "
    "104:1 609:1 172:2 487:2 662:1 194:2 230:1 526:2 122:2 129:1 74:1 122:1 86:2 466:2 192:1 109:1 55:1 1:2 107:2 110:1 "
    "332:2",
    "2569:0 2506:0 2409:0 2218:0 1857:0 1829:0 1562:0 1470:0 1363:0 1030:0 860:0 1258:0 2246:0 1870:0 1799:0 1709:0 "
    "1674:0 1568:0 1527:0 1324:0 957:0 932:0 847:0 848:0 1850:0 1843:0 1535:0 1447:0 1384:0 414:2 2204:2 1063:2 481:2 "
    "105:2 641:2 390:2 288:2 421:1 79:2 748:1 486:1 48:2 272:1 1074:2 381:1 10:2 53:2 80:2 35:2 248:1 704:2 211:1 219:1 "
    "606:1",
    "2640:0 2430:0 2252:0 2140:0 2133:0 1238:0 1631:0 2024:0 1345:0 1136:0 845:0 422:1 162:2 84:1 100:1 2:2 47:1 242:1 "
    "456:1 268:1 318:2 32:1 467:1 47:1 390:1 183:2 105:2 115:1 164:2 93:1 120:1 80:2 677:2 64:1 168:2 74:2 16:2 157:1 "
    "625:1 48:1 273:1 63:2 76:1 113:1 363:2",
)


def r_uniform(seed: int) -> Iterator[float]:
    """R's random numbers as they were in version 1.6.2 (Marsaglia-Multicarry), which cmprsk's test asks for."""
    for _ in range(50):
        seed = (69069 * seed + 1) % 2**32
    one = (69069 * seed + 1) % 2**32
    two = (69069 * one + 1) % 2**32
    while True:
        one = (36969 * (one & 0xFFFF) + (one >> 16)) % 2**32
        two = (18000 * (two & 0xFFFF) + (two >> 16)) % 2**32
        yield ((one << 16 & 0xFFFFFFFF) ^ (two & 0xFFFF)) * 2.328306437080797e-10


def r_exponential(uniform: Iterator[float]) -> float:
    """R's exponential numbers (Ahrens and Dieter 1972)."""
    steps = np.cumsum([math.log(2) ** k / math.factorial(k) for k in range(1, 17)])
    whole, u = 0.0, 2 * next(uniform)
    while u <= 1:
        whole, u = whole + steps[0], 2 * u
    u -= 1
    if u <= steps[0]:
        return whole + u
    least, at = next(uniform), 0
    while True:
        least, at = min(least, next(uniform)), at + 1
        if u <= steps[at]:
            return float(whole + least * steps[0])


@pytest.fixture(scope="module")
def cmprsk() -> tuple[np.ndarray, ...]:
    """The data of cmprsk's own test (tests/test.R): times by rank, endings, groups, strata."""
    uniform = r_uniform(2)
    seconds = np.array([r_exponential(uniform) for _ in range(100)])
    group = np.array([math.floor(3 * next(uniform)) for _ in range(100)])
    status = np.array([math.floor(3 * next(uniform)) for _ in range(100)])
    strata = np.array([math.floor(2 * next(uniform)) for _ in range(100)])
    return np.unique(seconds, return_inverse=True)[1].ravel(), status - 1, group, strata


def printed(found: Gray | NotEstimable) -> tuple[str, str, int]:
    assert isinstance(found, Gray)
    return f"{found.chi2:.7g}", f"{found.p:.7g}", found.degrees


def test_cmprsk_as_printed(cmprsk: tuple[np.ndarray, ...]) -> None:
    # R package cmprsk 2.2-12, tests/test.Rout.save: cuminc(ss,cc,gg,strt), within strata
    time, way, group, strata = cmprsk
    assert printed(gray_test(time, way, 0, group, strata)) == ("3.393977", "0.1832345", 2)
    assert printed(gray_test(time, way, 1, group, strata)) == ("1.989511", "0.3698139", 2)


def test_cmprsk_s_subsets_as_printed(cmprsk: tuple[np.ndarray, ...]) -> None:
    known = np.ones(100, dtype=bool)
    known[[4, 9, 49]] = False  # gg2[c(5,10,50)] <- NA
    first = known & (np.arange(100) < 80)  # subset=X == 1
    time, way, group, strata = (values[first] for values in cmprsk)
    assert printed(gray_test(time, way, 0, group, strata)) == ("4.716769", "0.0945729", 2)
    assert printed(gray_test(time, way, 1, group, strata)) == ("2.696396", "0.2597078", 2)
    two = known & (cmprsk[2] != 1)  # subset=gg != 'b'
    time, way, group, strata = (values[two] for values in cmprsk)
    found = [gray_test(time, way, wanted, group, strata) for wanted in (0, 1)]
    assert [(f"{one.chi2:.7f}", f"{one.p:.8f}") for one in found if isinstance(one, Gray)] == [
        ("3.5151549", "0.06080997"),
        ("0.1400145", "0.70826655"),
    ]


def test_bone_marrow_transplants_as_printed() -> None:
    # CAMIS (PSIAIMS), "Estimating Cumulative Incidence Functions Using R": tidycmprsk::cuminc over three groups; its
    # companion page says that SAS PROC LIFETEST gives the same. Real days, with ties.
    rows = [one.split(":") for group in BMT for one in group.split()]
    time, way = (np.array([int(row[at]) for row in rows]) for at in (0, 1))
    group = np.repeat([0, 1, 2], [len(one.split()) for one in BMT])
    found = [gray_test(time, way - 1, wanted, group) for wanted in (0, 1)]
    assert len(time) == 137
    assert [(f"{one.chi2:.7f}", f"{one.p:.7f}") for one in found if isinstance(one, Gray)] == [
        ("11.9228820", "0.0025762"),
        ("0.1374108", "0.9336017"),
    ]


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000))
def test_swapping_the_groups_turns_the_score_round(seed: int) -> None:
    rng = np.random.default_rng(seed)
    time, way, group = rng.integers(1, 30, 80), rng.integers(-1, 2, 80), rng.integers(0, 2, 80)
    one, other = gray_test(time, way, 0, group), gray_test(time, way, 0, 1 - group)
    if isinstance(one, NotEstimable) or isinstance(other, NotEstimable):
        assert type(one) is type(other)
        return
    assert one.chi2 == pytest.approx(other.chi2)
    assert one.score == pytest.approx(other.score[::-1], abs=1e-9)
    assert one.score.sum() == pytest.approx(0, abs=1e-9)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000))
def test_with_nobody_out_of_sight_who_ended_otherwise_stays_for_ever(seed: int) -> None:
    """Gray 1988, section 2: then the score is the log-rank score of the shares themselves."""
    rng = np.random.default_rng(seed)
    time, way, group = rng.integers(1, 30, 90), rng.integers(0, 2, 90), rng.integers(0, 3, 90)
    time, way = (
        np.append(time, [40, 40, 40]),
        np.append(way, [1, 1, 1]),
    )  # of each group somebody is open to the last
    group = np.append(group, [0, 1, 2])
    found = gray_test(time, way, 0, group)
    for_ever = times.log_rank(np.where(way == 0, time, 1000), way == 0, group)
    assert isinstance(found, Gray) and isinstance(for_ever, times.LogRank)
    assert found.score == pytest.approx(for_ever.observed - for_ever.expected)


def test_the_days_themselves_do_not_matter_only_their_order(cmprsk: tuple[np.ndarray, ...]) -> None:
    time, way, group, _ = cmprsk
    one, other = gray_test(time, way, 0, group), gray_test(time * 7 + 3, way, 0, group)
    assert isinstance(one, Gray) and isinstance(other, Gray)
    assert (one.chi2, one.p) == (other.chi2, other.p)


def test_it_sees_what_the_log_rank_test_does_not_ask() -> None:
    """The same pace towards the wanted ending among those open, and half as many in the end: the other is faster."""
    rng = np.random.default_rng(5)
    group = np.arange(4000) % 2
    wanted, other = rng.exponential(50, 4000), rng.exponential(np.where(group == 1, 20, 100))
    time, way = np.ceil(np.minimum(wanted, other)).astype(np.int64), np.where(wanted < other, 0, 1)
    gray, pace = gray_test(time, way, 0, group), times.log_rank(time, way == 0, group)
    assert isinstance(gray, Gray) and isinstance(pace, times.LogRank)
    assert gray.p < 1e-6 < 0.05 < pace.p
    assert gray.score[0] > 0 > gray.score[1]


@pytest.mark.parametrize("strata", [1, 3])
def test_where_nothing_differs_it_says_so_as_often_as_it_should(strata: int) -> None:
    rng = np.random.default_rng(6)
    found, runs = 0, 600
    for _ in range(runs):
        ends, sight = rng.exponential(30, 150), rng.exponential(60, 150)
        time = np.ceil(np.minimum(ends, sight)).astype(np.int64)
        way = np.where(ends < sight, rng.integers(0, 2, 150), -1)
        test = gray_test(time, way, 0, rng.integers(0, 2, 150), rng.integers(0, strata, 150))
        assert isinstance(test, Gray)
        found += test.p < 0.05
    assert 0.03 < found / runs < 0.07


def test_what_cannot_be_told_is_said() -> None:
    time, way, group = np.array([1, 2, 3, 4]), np.array([0, 0, 1, -1]), np.array([0, 1, 0, 1])
    for found in (
        gray_test(time, way, 0, np.zeros(4, dtype=np.int64)),
        gray_test(time, np.full(4, -1), 0, group),
        gray_test(time, way, 2, group),
        gray_test(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64), 0, np.zeros(0, dtype=np.int64)),
        gray_test(time, way, 0, group, np.array([0, 1, 0, 1])),  # a stratum holds one group only
    ):
        assert isinstance(found, NotEstimable) and found.reason
    with pytest.raises(MeasureError, match="whole days"):
        gray_test(time * 1.5, way, 0, group)
    with pytest.raises(MeasureError, match="no days"):
        gray_test(-time, way, 0, group)
