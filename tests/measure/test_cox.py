"""Cox regression against the worked examples of R's survival package."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize

from tests.measure.reference import AML_EVENT, AML_MAINTAINED, AML_TIME
from upstander.measure import cox
from upstander.measure.errors import MeasureError
from upstander.measure.estimate import NotEstimable

# R survival, vignette "validate": its first and second data sets.
TEST1 = ([9, 1, 1, 6, 6, 8], [1, 1, 0, 1, 1, 0], [0, 1, 1, 1, 0, 0])
TEST2 = (
    [1, 2, 5, 2, 1, 7, 3, 4, 8, 8],
    [2, 3, 6, 7, 8, 9, 9, 9, 14, 17],
    [1, 1, 1, 1, 1, 1, 1, 0, 0, 0],
    [1, 0, 0, 1, 0, 1, 1, 1, 0, 0],
)


def rows(start: object, stop: object, event: object, x: object, person: object = None) -> cox.Intervals:
    stop = np.asarray(stop, dtype=float)
    wide = np.asarray(x, dtype=float).reshape(len(stop), -1)
    people = np.arange(len(stop)) if person is None else np.asarray(person)
    return cox.Intervals(np.asarray(start, dtype=float), stop, np.asarray(event, dtype=bool), wide, people)


def fitted(data: cox.Intervals, ties: cox.Ties) -> cox.Fit:
    found = cox.fit(data, ties)
    assert not isinstance(found, NotEstimable)
    return found


def test_the_first_example_as_worked_out() -> None:
    time, event, x = TEST1
    data = rows(np.zeros(6), time, event, x)
    assert fitted(data, "breslow").beta[0] == pytest.approx(
        np.log((3 + np.sqrt(33)) / 2), abs=1e-8
    )  # 1.475285
    efron = fitted(data, "efron")
    assert round(float(efron.beta[0]), 6) == 1.676857
    r = np.exp(efron.beta[0])  # the vignette's formula; its printed -3.358979 is off by 4 in the sixth digit
    worked_out = 2 * efron.beta[0] - np.log(3 * r + 3) - np.log(r + 3) - np.log(r / 2 + 5 / 2)
    assert efron.loglik == pytest.approx(worked_out, abs=1e-9)
    assert round(1 / float(efron.se[0]) ** 2, 6) == 0.612632


def test_the_second_example_as_worked_out() -> None:
    found = fitted(rows(*TEST2), "breslow")
    assert round(float(found.beta[0]), 9) == -0.084526081

    def loglik(beta: float) -> float:
        r = np.exp(beta)
        return float(4 * beta - np.log(r + 1) - np.log(r + 2) - 3 * np.log(3 * r + 2) - 2 * np.log(3 * r + 1))

    best = optimize.minimize_scalar(lambda beta: -loglik(beta), bounds=(-2, 2), method="bounded")
    assert found.loglik == pytest.approx(-best.fun, abs=1e-8)


def test_the_leukaemia_data_as_printed() -> None:
    # R survival, tests/doaml.Rout.save: coef 0.9042, se 0.5122 (Breslow).
    found = fitted(rows(np.zeros(23), AML_TIME, AML_EVENT, ~AML_MAINTAINED), "breslow")
    assert (round(float(found.beta[0]), 4), round(float(found.se[0]), 4)) == (0.9042, 0.5122)


def test_the_leukaemia_residuals_as_printed() -> None:
    """What the robust error is made of: score residuals by Breslow's method, and the fit by Efron's.

    R survival, tests/doaml.Rout.save: resid(fit, type='score'), first five and last; coxph(method='efron').
    """
    data = rows(np.zeros(23), AML_TIME, AML_EVENT, ~AML_MAINTAINED)
    found = fitted(data, "breslow")
    scores = cox._Part(data, np.ones(23, dtype=bool), "breslow").scores(found.beta)[:, 0]
    printed = [-0.546856248, -0.492501830, 0.141063944, -0.479907930, -0.447416819]
    assert scores[:5] == pytest.approx(printed, abs=5e-9)
    assert scores[22] == pytest.approx(-0.472116894, abs=5e-9)
    efron = fitted(data, "efron")
    assert (round(float(efron.beta[0]), 3), round(float(efron.se[0]), 3)) == (0.916, 0.512)


def brute_scores(data: cox.Intervals, beta: np.ndarray, ties: cox.Ties) -> np.ndarray:
    """Score residuals straight from their definition, one event day at a time."""
    risk = np.exp(data.x @ beta)
    out = np.zeros_like(data.x)
    for day in np.unique(data.stop[data.event]):
        at_risk = (data.start < day) & (data.stop >= day)
        dead = data.event & (data.stop == day)
        count = int(dead.sum())
        for turn in range(count):
            gone = turn / count if ties == "efron" else 0.0
            weight = np.where(at_risk, risk, 0.0) * np.where(dead, 1 - gone, 1.0)
            middle = (weight[:, None] * data.x).sum(axis=0) / weight.sum()
            out[dead] += (data.x[dead] - middle) / count
            out -= (weight / weight.sum())[:, None] * (data.x - middle)
    return out


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from(["efron", "breslow"]))
def test_robust_errors_are_what_their_definition_says(seed: int, ties: cox.Ties) -> None:
    rng = np.random.default_rng(seed)
    n = 40
    start = rng.integers(0, 10, n)
    stop = start + rng.integers(1, 8, n)
    person = rng.integers(0, 12, n)
    data = rows(start, stop, rng.random(n) < 0.6, rng.normal(size=(n, 2)), person)
    found = cox.fit(data, ties)
    if isinstance(found, NotEstimable):
        return
    scores = brute_scores(data, found.beta, ties)
    assert np.abs(scores.sum(axis=0)).max() < 1e-6
    part = cox._Part(data, np.ones(n, dtype=bool), ties)
    variance = np.linalg.inv(part.likelihood(found.beta)[2])
    by_person = np.stack([scores[person == one].sum(axis=0) for one in np.unique(person)]) @ variance
    assert found.robust_se == pytest.approx(np.sqrt(np.diag(by_person.T @ by_person)), rel=1e-6)
    assert found.se == pytest.approx(np.sqrt(np.diag(variance)), rel=1e-6)


def test_a_cut_interval_is_the_same_interval() -> None:
    whole = fitted(rows(np.zeros(23), AML_TIME, AML_EVENT, ~AML_MAINTAINED), "efron")
    half = AML_TIME / 2
    cut = rows(
        np.concatenate([np.zeros(23), half]),
        np.concatenate([half, AML_TIME]),
        np.concatenate([np.zeros(23, dtype=bool), AML_EVENT]),
        np.tile(~AML_MAINTAINED, 2),
        np.tile(np.arange(23), 2),
    )
    again = fitted(cut, "efron")
    assert (again.beta[0], again.se[0], again.robust_se[0]) == pytest.approx(
        (whole.beta[0], whole.se[0], whole.robust_se[0])
    )


def test_swapping_the_groups_inverts_the_ratio() -> None:
    one = cox.hazard_ratio(rows(np.zeros(23), AML_TIME, AML_EVENT, AML_MAINTAINED))
    other = cox.hazard_ratio(rows(np.zeros(23), AML_TIME, AML_EVENT, ~AML_MAINTAINED))
    assert not isinstance(one, NotEstimable)
    assert not isinstance(other, NotEstimable)
    assert (one.value, one.lo, one.hi) == pytest.approx((1 / other.value, 1 / other.hi, 1 / other.lo))


def test_what_cannot_be_told_is_said() -> None:
    assert isinstance(cox.fit(rows([0, 0], [1, 2], [0, 0], [0, 1])), NotEstimable)
    assert isinstance(cox.fit(rows([0, 0], [1, 2], [1, 1], [1, 1])), NotEstimable)
    assert isinstance(cox.fit(rows([0] * 4, [1, 2, 3, 4], [1, 1, 0, 0], [1, 1, 0, 0])), NotEstimable)
    with pytest.raises(MeasureError, match="end after"):
        rows([1], [1], [1], [0])
    with pytest.raises(MeasureError, match="not a number"):
        rows([0], [1], [1], [float("nan")])
