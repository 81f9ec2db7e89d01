"""Estimates in plain words: frequencies first, and no certainty the interval does not give."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from upstander.measure import words


@pytest.mark.parametrize(
    ("unit", "value", "low", "high", "said"),
    [
        ("proportion", 0.33, 0.29, 0.37, "About 33 in 100, likely between 29 and 37."),
        ("proportion", 0.004, 0.002, 0.008, "About 4 in 1,000, likely between 2 and 8."),
        (
            "proportion",
            0.0,
            0.0,
            0.01,
            "About 0 in 100, likely between 0 and 1.",
        ),  # whole per cents: no digit more
        ("ratio", 123.4, 15.2, 1510, "About 123 times as often, likely 15 times to 1,510 times."),
        ("rate", 12345.6, 9876.5, 23456.7, "12,346 (9,876 to 23,457)."),
        ("proportion", 0.12, 0.12, 0.12, "12 in 100."),
        ("ratio", 1.81, 1.4, 2.3, "About 1.8 times as often, likely 1.4 times to 2.3 times."),
        ("ratio", 3, 1.5, math.inf, "About 3 times as often, likely 1.5 times with no upper limit."),
        ("ratio", 0.5, 0.4, 0.7, "Less often: about 50 for every 100, likely 40 to 70."),
        (
            "share ratio",
            0.72,
            0.6,
            0.85,
            "Less often, over time (ratio 0.72, likely 0.6 to 0.85; it says which, not by how much).",
        ),
        (
            "share ratio",
            1.1,
            0.9,
            1.3,
            "We cannot tell whether it is more or less often over time (ratio from 0.9 to 1.3).",
        ),
        ("days", 356, 309, 393, "About 356 days, likely 309 to 393."),
        ("extra days", 36, 28, 44, "About 36 days longer, likely 28 to 44."),
        ("extra days", -20, -30, -10, "About 20 days less, likely 10 to 30."),
        ("difference", -0.16, -0.2, -0.11, "About 16 fewer in every 100, likely 11 to 20 fewer."),
    ],
)
def test_estimates_are_told(unit: str, value: float, low: float, high: float, said: str) -> None:
    assert words.sentence(unit, value, low, high) == said


@settings(max_examples=200)
@given(st.sampled_from(["ratio", "extra days", "difference"]), st.floats(0.01, 0.9), st.floats(0.01, 0.9))
def test_an_interval_that_holds_no_difference_says_we_cannot_tell(
    unit: str, below: float, above: float
) -> None:
    middle = 1.0 if unit == "ratio" else 0.0
    low, high = (middle / (1 + below), middle * (1 + above)) if unit == "ratio" else (-below, above)
    assert words.sentence(unit, middle, low, high).startswith(words.CANNOT)


@settings(max_examples=200)
@given(
    st.sampled_from(["proportion", "ratio", "share ratio", "days", "extra days", "difference", "rate"]),
    st.lists(st.floats(0, 1), min_size=3, max_size=3),
)
def test_every_estimate_has_a_sentence(unit: str, drawn: list[float]) -> None:
    low, value, high = sorted(drawn)
    said = words.sentence(unit, value, low, high)
    assert said.endswith(".")
    assert "nan" not in said
    assert "inf" not in said


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("proportion", 0.17, 0.29, 0.15, 0.31), "Between 17 and 29 in 100, depending on how sure one must be that two "
         "names are one person; with chance as well, from 15 to 31."),
        (("proportion", 0.64, 0.97, 0.64, 0.97), "Between 64 and 97 in 100, depending on how sure one must be that two "
         "names are one person."),  # counted: there is no chance in it
        (("ratio", 1.5, 1.62, 1.3, math.inf), "Between 1.5 and 1.6 times as often, depending on how sure one must be "
         "that two names are one person; with chance as well, from 1.3 to no upper limit."),
        (("ratio", 1.5, 1.5, 1.04, 2.0), "About 1.5 times as often, depending on how sure one must be that two names "
         "are one person; with chance as well, from 1.04 to 2."),
        (("ratio", 1.1, 1.3, 0.9, 1.6), "We cannot tell whether it is more or less often: anything from 0.9 times to "
         "1.6 times as often fits these data. How sure one must be that two names are one person is part of that."),
        (("difference", 0.05, 0.08, 0.01, 0.1), "Between 5 and 8 more in every 100, depending on how sure one must be "
         "that two names are one person; with chance as well, from 1 to 10."),
    ],
)  # fmt: skip
def test_a_figure_on_links_is_told_as_the_range_it_is(
    given: tuple[str, float, float, float, float], said: str
) -> None:
    assert words.span(*given) == said


def test_what_rounds_to_one_is_not_told_as_one_and_a_count_has_no_chance() -> None:
    assert (
        words.sentence("ratio", 1.2, 1.04, 1.4) == "About 1.2 times as often, likely 1.04 times to 1.4 times."
    )
    assert words.sentence("count", 78, 78, 78) == "78."
