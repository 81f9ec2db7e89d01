"""First hour, closing, care, oversight, retention and grading: what bad input gets, and each value with its source."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.policy.packs import PATIENT, pack_of
from upstander.policy import care, grading, retention
from upstander.policy.closing import ANSWERS, Answer, Closing, ClosingError, check_closing, requirements
from upstander.policy.firsthour import (
    Decided,
    FirstHourError,
    Wiped,
    check_decision,
    losses,
    still_open,
)
from upstander.policy.grading import GradingError, Piece
from upstander.policy.load import pack_ids
from upstander.policy.retention import Hold, HoldError
from upstander.policy.working_days import end_of_months

UK = pack_of("uk-police")
LAW = UK.law
DAY = date(2026, 3, 2)
GRADES = LAW.grading
assert GRADES is not None


# ---- the first hour


@pytest.mark.parametrize("pack_id", pack_ids())
def test_the_card_has_eight_decisions_and_each_can_be_taken(pack_id: str) -> None:
    law = pack_of(pack_id).law
    assert [one.id for one in law.first_hour] == [
        "danger", "conflict", "source", "crime", "evidence", "referral", "answer", "welfare",
    ]  # fmt: skip
    decided: list[Decided] = []
    for one in law.first_hour:
        assert still_open(law, decided)[0] is one
        for choice in one.choices:
            check_decision(law, Decided(one.id, choice.id, "Ann", DAY, choice.needs))
        decided.append(Decided(one.id, one.choices[0].id, "Ann", DAY, one.choices[0].needs))
    assert still_open(law, decided) == []


def test_a_decision_says_what_it_sets_off_and_what_is_missing() -> None:
    tasks = check_decision(LAW, Decided("danger", "yes", "Ann", DAY, ["danger", "interim"]))
    assert [task.id for task in tasks] == ["safety-plan"]
    for decided, says in [
        (Decided("danger", "yes", "Ann", DAY, ["interim"]), "what the danger is"),
        (Decided("danger", "no", "Ann", DAY), "Write the reasons"),
        (Decided("danger", "no", " ", DAY, ["reasons"]), "who took it"),
        (Decided("danger", "perhaps", "Ann", DAY), "Choose one of the answers"),
        (Decided("lunch", "yes", "Ann", DAY), "no such decision"),
        (Decided("evidence", "some", "Ann", DAY), "the day on which it is wiped"),
    ]:
        with pytest.raises(FirstHourError, match=says):
            check_decision(LAW, decided)


def test_the_evidence_clock_puts_first_what_is_gone_first() -> None:
    rows = [
        Wiped("cctv", DAY + timedelta(days=9)),
        Wiped("chats", DAY + timedelta(days=1)),
        Wiped("radio", DAY),
        Wiped("phone", DAY - timedelta(days=3), secured=DAY - timedelta(days=4)),
        Wiped("vehicle", DAY - timedelta(days=3), secured=DAY - timedelta(days=3)),
    ]
    found = [(loss.of.kind, loss.state, loss.days) for loss in losses(rows, DAY)]
    assert found == [
        ("vehicle", "lost", 0), ("radio", "lost", 0), ("chats", "today", 1), ("cctv", "left", 9),
        ("phone", "secured", 0),
    ]  # fmt: skip


# ---- closing

FULL = Closing("found", [one.id for one in requirements(LAW, "found")], Answer("told"), DAY)


def test_a_full_closing_passes_and_each_missing_part_is_named() -> None:
    check_closing(LAW, FULL)
    for one in requirements(LAW, "found"):
        lacking = replace(FULL, there=[id_ for id_ in FULL.there if id_ != one.id])
        with pytest.raises(ClosingError) as refused:
            check_closing(LAW, lacking)
        assert refused.value.missing == (one.id,)
        assert one.missing in str(refused.value)


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (Answer(""), "what the reporter was told"),
        (Answer("held-back", False, "Bo", DAY + timedelta(days=9)), "held back"),
        (Answer("held-back", True, "", DAY + timedelta(days=9)), "Name who looks again"),
        (Answer("held-back", True, "Bo", None), "a day to come"),
        (Answer("held-back", True, "Bo", DAY), "a day to come"),
    ],
)
def test_nothing_is_closed_in_silence(answer: Answer, says: str) -> None:
    with pytest.raises(ClosingError, match=says):
        check_closing(LAW, replace(FULL, answer=answer))
    check_closing(LAW, replace(FULL, answer=Answer("held-back", True, "Bo", DAY + timedelta(days=1))))
    check_closing(LAW, replace(FULL, answer=Answer("waits")))


@PATIENT
@given(
    st.sampled_from(pack_ids()),
    st.data(),
    st.builds(
        Answer,
        how=st.sampled_from(["", "later", *ANSWERS]),
        reasons=st.booleans(),
        reviewer=st.sampled_from(["", "Bo"]),
        review=st.one_of(st.none(), st.dates(date(2026, 1, 1), date(2026, 6, 1))),
    ),
)
def test_whatever_is_closed_has_reasons_what_was_told_and_an_answer(
    pack_id: str, data: st.DataObject, answer: Answer
) -> None:
    pack = pack_of(pack_id)
    kind = data.draw(st.sampled_from([outcome.id for outcome in pack.outcomes]))
    there = data.draw(st.lists(st.sampled_from([one.id for one in pack.law.closing]), unique=True))
    try:
        check_closing(pack.law, Closing(kind, there, answer, DAY))
    except ClosingError:
        return
    assert {"reasons", "told"} <= set(there)
    assert answer.how in ANSWERS
    if answer.how == "held-back":
        assert answer.reasons
        assert answer.reviewer
        assert answer.review is not None
        assert answer.review > DAY


def test_a_finding_needs_facts_evidence_and_the_subject_s_account_and_a_stop_needs_none() -> None:
    assert {"findings", "evidence", "account", "acknowledgement"} <= {
        one.id for one in requirements(LAW, "found")
    }
    assert {one.id for one in requirements(LAW, "stopped")} == {"reasons", "told", "learning"}


def test_beside_the_apology_stands_what_the_law_says_compensation_act_2006_s_2() -> None:
    assert LAW.apology is not None
    assert "Compensation Act 2006, s.2" in LAW.apology.source
    assert (
        "does not by itself amount to an admission of negligence or of a breach of statutory duty"
        in LAW.apology.help
    )


# ---- care for the reporter


@pytest.mark.parametrize("pack_id", pack_ids())
def test_check_ins_come_at_two_six_thirteen_twenty_six_and_fifty_two_weeks(pack_id: str) -> None:
    asked = care.check_ins(pack_of(pack_id).law, DAY, [])
    assert [(one.day - DAY).days for one in asked] == [7 * weeks for weeks in (2, 6, 13, 26, 52)]


def test_check_ins_follow_notice_finding_and_outcome_and_silence_stays_due() -> None:
    served = DAY + timedelta(days=30)
    asked = care.check_ins(LAW, DAY, [("notice-served", served), ("account-taken", served)])
    (after,) = [one for one in asked if one.id == "after-notice"]
    assert after.day == served + timedelta(days=7)
    due = care.due_check_ins(asked, [], after.day)
    assert [one.id for one in due] == ["two-weeks", "after-notice"]
    assert care.due_check_ins(asked, due, after.day) == []


@pytest.mark.parametrize(
    ("act", "looked_at"),
    [(DAY - timedelta(days=1), False), (DAY, True), (date(2027, 3, 2), True), (date(2027, 3, 3), False)],
)
def test_an_adverse_act_within_twelve_months_gets_a_second_look(act: date, looked_at: bool) -> None:
    assert care.second_look(DAY, act) is looked_at


def test_time_limits_for_claims_are_three_months_less_a_day_era_1996_s_48_3() -> None:
    found = {limit.id: last for limit, last in care.claim_limits(LAW, date(2026, 3, 2))}
    assert found == {"detriment": date(2026, 6, 1), "discrimination": date(2026, 6, 1)}
    assert care.claim_limits(LAW, date(2019, 1, 1)) == []
    assert all("Employment Rights Act 2025" in one.note for one in LAW.claims)


# ---- retention


def test_an_open_case_is_kept_and_a_closed_one_as_long_as_its_rule_says() -> None:
    assert retention.due(LAW, None, "") is None
    assert retention.due(LAW, date(2024, 2, 29), "found") == date(2030, 2, 28)
    work = pack_of("workplace").law
    assert retention.rule_for(work, "no-case").id == "nothing-found"
    assert retention.rule_for(work, "found").id == "two-years"


def test_a_hold_beats_every_rule_until_it_is_lifted() -> None:
    closed, late = date(2020, 3, 2), date(2026, 3, 3)
    assert retention.to_delete(LAW, closed, "found", [], date(2026, 3, 2)) is None
    rule = retention.to_delete(LAW, closed, "found", [], late)
    assert rule is not None
    assert rule.id == "six-years"
    hold = Hold("inquest", True, date(2021, 1, 1))
    assert retention.to_delete(LAW, closed, "found", [hold], late) is None
    two = [hold, Hold("claim", True, date(2022, 1, 1)), Hold("inquest", False, date(2023, 1, 1))]
    assert retention.held(two) == ["claim"]
    assert retention.to_delete(LAW, closed, "found", two, late) is None
    assert retention.to_delete(LAW, closed, "found", [*two, Hold("claim", False, late)], late) == rule


@pytest.mark.parametrize(
    ("holds", "rule", "set_", "reasons", "says"),
    [
        ([], " ", True, True, "what asks for it|what asks for the hold"),
        ([], "claim", True, False, "Write the reasons"),
        ([], "claim", False, True, "no such hold"),
        ([Hold("claim", True, DAY)], "claim", True, True, "stands already"),
        ([Hold("claim", True, DAY)], "claim", False, False, "Write the reasons"),
    ],
)
def test_a_hold_is_set_and_lifted_with_reasons(
    holds: list[Hold], rule: str, set_: bool, reasons: bool, says: str
) -> None:
    with pytest.raises(HoldError, match=says):
        retention.check_hold(holds, rule, set_, reasons)


@PATIENT
@given(
    st.lists(st.builds(Hold, rule=st.sampled_from("ab"), set=st.booleans(), day=st.just(DAY)), max_size=6),
    st.dates(date(2015, 1, 1), date(2030, 1, 1)),
    st.dates(date(2015, 1, 1), date(2040, 1, 1)),
)
def test_nothing_is_deleted_before_its_day_or_while_anything_holds_it(
    holds: list[Hold], closed: date, today: date
) -> None:
    last_word = {hold.rule: hold.set for hold in holds}
    deleted = retention.to_delete(LAW, closed, "found", holds, today)
    assert (deleted is not None) == (not any(last_word.values()) and today > end_of_months(closed, 72))


# ---- grading


@pytest.mark.parametrize("pack_id", pack_ids())
def test_the_grade_to_begin_with_follows_how_near_the_reporter_was(pack_id: str) -> None:
    scale = pack_of(pack_id).law.grading
    assert scale is not None
    short = {near: grading.suggest(scale, near).short for near in ("saw", "happened", "told", "part")}
    assert short == {"saw": "2-A-C", "happened": "2-A-C", "told": "2-C-C", "part": "2-A-C"}
    nearest = pack_of(pack_id).path_by.question
    assert set(scale.nearest) == {option.id for option in pack_of(pack_id).questions[nearest].options}


@pytest.mark.parametrize("pack_id", pack_ids())
def test_the_evidence_tool_grades_on_the_scale_of_the_pack(pack_id: str) -> None:
    """College of Policing, 3x5x2: the browser's list has the pack's grades, and begins where the pack does."""
    scale = pack_of(pack_id).law.grading
    assert scale is not None
    tool = (Path(__file__).parents[2] / "client/tools/grading.ts").read_text("utf-8")

    def ids(name: str) -> list[str]:
        listed = tool.split(f"export const {name} = {{")[1].split("}")[0]
        return sorted(re.findall(r'"?(\w)"?: "', listed))

    assert ids("SOURCES") == sorted(one.id for one in scale.sources)
    assert ids("INFORMATION") == sorted(one.id for one in scale.information)
    assert ids("HANDLING") == sorted(one.id for one in scale.handling)
    begins = {near: grading.suggest(scale, near) for near in ("saw", "told")}
    assert {one.source for one in begins.values()} == set(re.findall(r'source: "(\d)", information', tool))
    assert {one.handling for one in begins.values()} == set(re.findall(r'handling: "(\w)"', tool))
    assert (
        f'"saw" ? "{begins["saw"].information}" : knows === "told" ? "{begins["told"].information}"' in tool
    )


def test_anonymity_is_no_input_and_a_grade_off_the_scale_is_refused() -> None:
    assert GRADES is not None
    assert [len(scale) for scale in (GRADES.sources, GRADES.information, GRADES.handling)] == [3, 5, 2]
    grading.check(GRADES, grading.suggest(GRADES, "told"))
    with pytest.raises(GradingError):
        grading.check(GRADES, grading.Graded("4", "A", "P"))
    with pytest.raises(GradingError):
        grading.suggest(GRADES, "dreamt")


def test_one_source_counts_once_however_often_it_was_passed_on() -> None:
    pieces = [Piece("ann"), Piece("bo", of="ann"), Piece("cat", of="ann"), Piece("di")]
    assert grading.sources_behind(pieces) == {"ann", "di"}
