"""Severity and the ladder of outcomes, each threshold under its source."""

from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.policy.packs import PATIENT, pack_of
from upstander.policy.law import Sanction
from upstander.policy.outcomes import (
    OutcomeError,
    Shown,
    Standing,
    Warned,
    check_outcome,
    check_severity,
    ladder,
    live_until,
    openings_of,
    severity_of,
    unconnected,
)

LAW = pack_of("uk-police").law
ON = date(2026, 3, 2)
BARE = Standing(ON)
FINAL = Standing(ON, warnings=[Warned("final-warning", date(2025, 1, 10), date(2027, 1, 9))])
PATTERN = Standing(ON, shown=[Shown("a", "may"), Shown("b", "june")])


def open_(forum: str, finding: str, standing: Standing, marks: Sequence[str] = ()) -> list[str]:
    return [rung.sanction.kind for rung in ladder(LAW, forum, finding, standing, marks) if rung.open]


def decide(
    sanction: str,
    standing: Standing = BARE,
    forum: str = "hearing",
    finding: str = "misconduct",
    *,
    marks: Sequence[str] = (),
    reasons: bool = True,
    special: bool = False,
) -> Sanction:
    return check_outcome(
        LAW, forum, finding, sanction, standing, marks=marks, reasons=reasons, special=special
    )


@pytest.mark.parametrize(
    ("forum", "finding", "standing", "kinds"),
    [
        pytest.param("meeting", "misconduct", BARE, ["warning", "final-warning"], id="SI 2020/4 reg 42(2)"),
        pytest.param("meeting", "misconduct", PATTERN, ["warning", "final-warning"], id="reg 42(2) pattern or not"),
        pytest.param("meeting", "neither", BARE, ["reflection", "none"], id="SI 2020/4 reg 42(1)(b) meeting"),
        pytest.param("hearing", "misconduct", BARE, ["warning", "final-warning"], id="SI 2020/4 reg 42(3)(a)"),
        pytest.param(
            "hearing", "misconduct", FINAL, ["warning", "final-warning", "rank", "dismissal"],
            id="SI 2020/4 reg 42(5)",
        ),
        pytest.param(
            "hearing", "misconduct", PATTERN, ["warning", "final-warning", "rank", "dismissal"],
            id="SI 2020/4 reg 42(6)",
        ),
        pytest.param(
            "hearing", "gross-misconduct", BARE, ["final-warning", "rank", "dismissal"],
            id="SI 2020/4 reg 42(3)(b)",
        ),
        pytest.param(
            "hearing", "neither", BARE, ["reflection", "none"],
            id="SI 2020/4 reg 42(1)(b) hearing: a referral may be made and need not be",
        ),
        pytest.param(
            "staff-meeting", "gross-misconduct", BARE, ["warning", "final-warning", "dismissal"],
            id="staff: contract and local policy, not SI 2020/4",
        ),
        pytest.param("staff-meeting", "neither", BARE, ["none"], id="staff: nothing was shown"),
        pytest.param(
            "accelerated", "gross-misconduct", BARE, ["final-warning", "rank", "dismissal"],
            id="SI 2020/4 reg 62(1)",
        ),
        pytest.param("accelerated", "gross-misconduct", FINAL, ["rank", "dismissal"], id="SI 2020/4 reg 62(3)"),
    ],
)  # fmt: skip
def test_the_ladder_opens_what_the_regulation_opens(
    forum: str, finding: str, standing: Standing, kinds: list[str]
) -> None:
    assert open_(forum, finding, standing) == kinds


def test_a_rank_is_not_reduced_twice_si_2020_4_reg_62_7() -> None:
    reduced = Standing(ON, warnings=[Warned("rank", date(2025, 1, 10), date.max)])
    assert open_("accelerated", "gross-misconduct", reduced) == ["final-warning", "dismissal"]


def test_dismissal_for_misconduct_alone_is_refused_with_the_rule_and_the_way_forward() -> None:
    with pytest.raises(OutcomeError) as refused:
        decide("hearing-dismissal")
    words = str(refused.value)
    assert "reg 42(3)(a)(iv)" in words
    assert "final written warning was in force on the date of the severity assessment" in words
    assert "more than one incident" in words
    assert "Open are: Written warning, Final written warning" in words
    assert decide("hearing-dismissal", PATTERN).kind == "dismissal"


def test_the_pattern_is_found_among_unconnected_incidents_alone_si_2020_4_reg_42_6() -> None:
    """The sergeant with two earlier unconnected findings, and twelve remarks of one evening."""
    evening = Standing(ON, shown=[Shown(str(number), "evening") for number in range(12)])
    assert openings_of(LAW, evening) == []
    two = Standing(ON, shown=[*evening.shown, Shown("earlier")])
    assert [opening.id for opening in openings_of(LAW, two)] == ["several"]
    assert unconnected(two.shown)[-1] == ["earlier"]


@pytest.mark.parametrize(("on", "live"), [(-1, False), (0, True), (729, True), (730, False)])
def test_a_final_warning_opens_dismissal_while_it_is_live_si_2020_4_reg_42_5(on: int, live: bool) -> None:
    given_ = date(2025, 3, 2)
    last = live_until(next(one for one in LAW.sanctions if one.id == "hearing-final"), given_)
    assert last == date(2027, 3, 1)
    standing = Standing(given_ + timedelta(days=on), warnings=[Warned("final-warning", given_, last)])
    assert ("dismissal" in open_("hearing", "misconduct", standing)) is live


@pytest.mark.parametrize(
    ("sanction", "months", "last"),
    [
        ("meeting-warning", 0, date(2027, 9, 1)),  # 18 months beginning with the day: reg 42(9)
        ("meeting-final", 0, date(2028, 3, 1)),  # 2 years beginning with the day: reg 42(9)
        ("gross-final", 60, date(2031, 3, 1)),  # up to 5 years
        ("accelerated-final", 60, date(2031, 3, 1)),  # reg 62(4)(b)
        ("gross-dismissal", 0, None),
    ],
)
def test_how_long_a_warning_is_live(sanction: str, months: int, last: date | None) -> None:
    found = next(one for one in LAW.sanctions if one.id == sanction)
    assert live_until(found, date(2026, 3, 2), months) == last


@pytest.mark.parametrize(
    ("sanction", "months"), [("meeting-final", 60), ("gross-final", 61), ("gross-final", 12)]
)
def test_a_time_out_of_bounds_is_refused(sanction: str, months: int) -> None:
    with pytest.raises(OutcomeError, match="months"):
        live_until(next(one for one in LAW.sanctions if one.id == sanction), ON, months)


def test_since_28_may_2025_dismissal_is_presumed_and_anything_else_says_why_si_2025_558() -> None:
    assert decide("gross-final", finding="gross-misconduct").kind == "final-warning"
    with pytest.raises(OutcomeError, match="Dismissal without notice is presumed"):
        decide("gross-final", finding="gross-misconduct", marks=["presumption"])
    decide("gross-final", finding="gross-misconduct", marks=["presumption"], special=True)
    decide("gross-dismissal", finding="gross-misconduct", marks=["presumption"])
    decide("hearing-warning", marks=["presumption"])


def test_no_outcome_without_reasons_and_none_of_another_forum() -> None:
    with pytest.raises(OutcomeError, match="Write the reasons"):
        decide("hearing-warning", reasons=False)
    with pytest.raises(OutcomeError, match="not on the ladder"):
        decide("hearing-dismissal", forum="meeting")
    with pytest.raises(OutcomeError, match="not on the ladder"):
        decide("gross-dismissal")


def test_severities_are_ranked_and_say_what_they_mean() -> None:
    ranks = {one.id: one.rank for one in LAW.severities}
    assert ranks["gross-misconduct"] > ranks["misconduct"] > ranks["practice"] > ranks["none"]
    assert "justify dismissal" in severity_of(LAW, "gross-misconduct").meaning
    with pytest.raises(OutcomeError):
        severity_of(LAW, "awful")


STANDINGS = st.builds(
    Standing,
    on=st.just(ON),
    warnings=st.lists(
        st.builds(
            Warned,
            kind=st.sampled_from(["warning", "final-warning", "rank"]),
            given=st.dates(date(2024, 1, 1), ON + timedelta(days=30)),
            until=st.dates(date(2024, 1, 1), date(2029, 1, 1)),
        ),
        max_size=3,
    ),
    shown=st.lists(
        st.builds(Shown, allegation=st.sampled_from("abcd"), incident=st.sampled_from(["", "x", "y"])),
        max_size=4,
    ),
)


@PATIENT
@given(STANDINGS, st.sampled_from([one.id for one in LAW.sanctions]))
def test_dismissal_for_misconduct_needs_a_live_final_warning_or_a_pattern(
    standing: Standing, sanction: str
) -> None:
    live = any(
        one.kind == "final-warning" and one.given <= standing.on <= one.until for one in standing.warnings
    )
    incidents = {one.incident or f"alone {one.allegation}" for one in standing.shown}
    try:
        found = decide(sanction, standing)
    except OutcomeError:
        return
    if found.kind in ("rank", "dismissal"):
        assert live or len(incidents) > 1


def test_a_conviction_of_an_indictable_only_offence_is_gross_misconduct_si_2025_558_reg_6() -> None:
    coded = {"convicted-indictable-only": True}
    with pytest.raises(OutcomeError, match="At least: Gross misconduct"):
        check_severity(LAW, "misconduct", coded, ["indictable-only"])
    assert check_severity(LAW, "gross-misconduct", coded, ["indictable-only"]).rank == 3
    assert check_severity(LAW, "misconduct", coded).rank == 2, "not for what came before 28 May 2025"
    assert check_severity(LAW, "practice", {}, ["indictable-only"]).rank == 1
