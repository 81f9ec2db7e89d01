"""Survey estimators against what R's survey package prints, and the sums that must hold."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.measure.reference import columns
from upstander.measure import survey
from upstander.measure.errors import MeasureError
from upstander.measure.estimate import Estimate, NotEstimable
from upstander.measure.survey import Design

E, H, M = 0, 1, 2
TYPES = {E: 4421.0, H: 755.0, M: 1018.0}
SCHOOL_WIDE = {0: 1072.0, 1: 5122.0}


def numbers(values: list[str]) -> np.ndarray:
    return np.array([float(value) for value in values])


def schools(name: str) -> tuple[dict[str, list[str]], np.ndarray]:
    data = columns(f"reference/{name}.csv")
    return data, np.array(["EHM".index(one) for one in data["stype"]])


def stratified() -> tuple[dict[str, list[str]], np.ndarray, Design]:
    data, kind = schools("apistrat")
    return data, kind, Design(numbers(data["pw"]), kind, np.arange(len(kind)), numbers(data["fpc"]))


def clustered() -> tuple[dict[str, list[str]], np.ndarray, Design]:
    data, kind = schools("apiclus1")
    district = np.array([int(one) for one in data["dnum"]])
    return (
        data,
        kind,
        Design(numbers(data["pw"]), np.zeros(len(kind), dtype=np.int64), district, numbers(data["fpc"])),
    )


def test_the_stratified_sample_as_printed() -> None:
    # R survey, help page of svymean/svyratio: dstrat.
    data, _, design = stratified()
    found = survey.mean(numbers(data["api00"]), design)
    assert (round(found.value, 4), round(found.se, 5)) == (662.2874, 9.40894)
    found = survey.total(numbers(data["enroll"]), design)
    assert (round(found.value, 2), round(found.se, 2)) == (3687177.53, 114641.72)
    found = survey.ratio(numbers(data["api.stu"]), numbers(data["enroll"]), design)
    assert (round(found.value, 7), round(found.se, 9)) == (0.8369569, 0.007757103)


def test_the_cluster_sample_as_printed() -> None:
    # R survey, vignette "A survey analysis example" (survey.pdf): dclus1.
    data, kind, design = clustered()
    found = survey.mean(numbers(data["api00"]), design)
    assert (round(found.value, 2), round(found.se, 3), found.degrees) == (644.17, 23.542, 14)
    found = survey.total(numbers(data["enroll"]), design)
    assert (round(found.value), round(found.se)) == (3404940, 932235)
    tested, enrolled = numbers(data["api.stu"]), numbers(data["enroll"])
    found = survey.ratio(tested, enrolled, design)
    assert (round(found.value, 7), round(found.se, 9)) == (0.8497087, 0.008386297)
    high = (kind == H).astype(float)
    found = survey.ratio(tested * high, enrolled * high, design)
    assert (round(found.value, 7), round(found.se, 8)) == (0.8300683, 0.01472607)
    printed = {E: (29.69444, 1.411617), H: (15.0, 5.347065), M: (22.68, 2.952862)}
    for one, (value, se) in printed.items():
        found = survey.mean(numbers(data["ell"]), design, kind == one)
        assert (round(found.value, 5), round(found.se, 6)) == (value, se)


def test_post_stratification_as_printed() -> None:
    # R survey, help page of postStratify: dclus1p.
    data, kind, design = clustered()
    fitted = survey.post_stratify(design, kind, TYPES)
    found = survey.mean(numbers(data["api00"]), fitted)
    assert (round(found.value, 2), round(found.se, 3)) == (642.31, 23.92)
    found = survey.total(numbers(data["enroll"]), fitted)
    assert (round(found.value), round(found.se)) == (3680893, 406293)


def test_raking_as_printed() -> None:
    # R survey, tests/rakecheck.Rout.save: dclus1r.
    data, kind, design = clustered()
    wide = np.array([one == "Yes" for one in data["sch.wide"]]).astype(np.int64)
    fitted = survey.rake(design, [(kind, TYPES), (wide, SCHOOL_WIDE)])
    found = survey.mean(numbers(data["api00"]), fitted)
    assert (round(found.value, 2), round(found.se, 3)) == (641.23, 23.704)
    found = survey.total(numbers(data["enroll"]), fitted)
    assert (round(found.value), round(found.se)) == (3647280, 400603)


def test_what_the_weights_were_fitted_to_is_known_without_error() -> None:
    _, kind, design = clustered()
    fitted = survey.post_stratify(design, kind, TYPES)
    found = survey.total((kind == H).astype(float), fitted)
    assert (round(found.value, 6), round(found.se, 6)) == (755, 0)


def test_the_exact_interval_as_printed() -> None:
    # Clopper and Pearson (1934), Biometrika 26, the case x = 3 of n = 10 (as in every textbook): 0.0667 to
    # 0.6525.
    assert [round(one, 4) for one in survey.clopper_pearson(3, 10)] == [0.0667, 0.6525]


designs = st.integers(2, 60).flatmap(
    lambda n: st.tuples(
        st.lists(st.floats(0.1, 9), min_size=n, max_size=n),
        st.lists(st.integers(0, 2), min_size=n, max_size=n),
        st.lists(st.integers(0, 3), min_size=n, max_size=n),
        st.lists(st.booleans(), min_size=n, max_size=n),
    )
)


@settings(max_examples=100, deadline=None)
@given(designs)
def test_weights_add_up_and_domains_add_to_the_whole(
    drawn: tuple[list[float], list[int], list[int], list[bool]],
) -> None:
    weights, cells, other, yes = (np.array(one) for one in drawn)
    design = Design(weights, np.zeros(len(weights), dtype=np.int64), np.arange(len(weights)))
    totals = {int(cell): 100.0 * (cell + 1) for cell in np.unique(cells)}
    fitted = survey.post_stratify(design, cells, totals)
    for cell, count in totals.items():
        assert fitted.weights[cells == cell].sum() == pytest.approx(count)
    whole = survey.total(yes.astype(float), fitted).value
    parts = [survey.total((yes & (other == one)).astype(float), fitted).value for one in range(4)]
    assert whole == pytest.approx(sum(parts))
    for method in ("korn-graubard", "logit"):
        found = survey.prevalence(yes, fitted, method=method)
        against = survey.prevalence(~yes, fitted, method=method)
        if isinstance(found, NotEstimable):
            assert isinstance(against, NotEstimable)
            continue
        assert isinstance(against, Estimate)
        assert 0 <= found.lo <= found.value <= found.hi <= 1
        assert (against.value, against.lo, against.hi) == pytest.approx(
            (1 - found.value, 1 - found.hi, 1 - found.lo)
        )


@settings(max_examples=60, deadline=None)
@given(designs)
def test_raked_weights_add_up_in_every_margin(
    drawn: tuple[list[float], list[int], list[int], list[bool]],
) -> None:
    weights, one, other, _ = (np.array(part) for part in drawn)
    design = Design(weights, np.zeros(len(weights), dtype=np.int64), np.arange(len(weights)))
    truth = np.linspace(1, 3, len(weights))
    margins = [
        (codes, {int(code): float(truth[codes == code].sum()) for code in np.unique(codes)})
        for codes in (one, other)
    ]
    fitted = survey.rake(design, margins, rounds=5000, close=1e-9)
    for codes, totals in margins:
        for code, count in totals.items():
            assert fitted.weights[codes == code].sum() == pytest.approx(count, rel=1e-5)


@pytest.mark.parametrize("response", [0.9, 0.3])
def test_the_interval_covers_as_often_as_it_says(response: float) -> None:
    rng = np.random.default_rng(4)
    truth, covered, runs = 0.12, 0, 400
    for _ in range(runs):
        cluster = np.repeat(np.arange(40), 10)
        chance = np.clip(truth + rng.normal(0, 0.05, 40), 0.01, 0.99)
        kept = rng.random(400) < response
        yes = rng.random(400) < chance[cluster]
        weights = rng.uniform(0.5, 2, 400)
        design = Design(weights[kept], cluster[kept] % 4, cluster[kept])
        found = survey.prevalence(yes[kept], design)
        assert isinstance(found, Estimate)
        covered += found.lo <= truth <= found.hi
    assert covered / runs >= 0.93


def test_bounds_for_those_who_did_not_answer() -> None:
    low, high = survey.response_bounds(33, 100, 250)
    assert (low.value, high.value) == (0.132, 0.732)
    with pytest.raises(MeasureError):
        survey.response_bounds(33, 30, 250)
    assert survey.representativity([0.5, 0.5], [10, 90]) == 1
    assert survey.representativity([0.9, 0.1], [50, 50]) == pytest.approx(0.2)


def test_what_cannot_be_told_is_said() -> None:
    one = survey.prevalence(np.array([True]), survey.simple(1))
    assert isinstance(one, NotEstimable)
    nobody = survey.prevalence(np.array([True, False]), survey.simple(2), np.array([False, False]))
    assert isinstance(nobody, NotEstimable)
    all_yes = survey.prevalence(np.ones(60, dtype=bool), survey.simple(60))
    assert isinstance(all_yes, Estimate)
    assert (all_yes.value, all_yes.hi) == (1, 1)
    assert all_yes.lo == pytest.approx(0.9404, abs=1e-4)  # Clopper-Pearson: 0.025 ** (1 / 60)
    with pytest.raises(MeasureError, match="no known total"):
        survey.post_stratify(survey.simple(2), np.array([0, 1]), {0: 5})
    with pytest.raises(MeasureError, match="no respondents"):
        survey.post_stratify(survey.simple(2), np.array([0, 0]), {0: 5, 1: 5})
    with pytest.raises(MeasureError, match="different totals"):
        survey.rake(survey.simple(2), [(np.array([0, 1]), {0: 5, 1: 5}), (np.array([0, 1]), {0: 5, 1: 6})])
