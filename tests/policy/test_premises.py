"""What a step rests on: a step that nothing before it supports is refused, with the rule and the way forward."""

from datetime import date

import pytest

from tests.policy.packs import pack_of
from upstander.policy.load import PackError, load_pack
from upstander.policy.stages import StepError
from upstander.policy.tracks import (
    Given,
    Recorded,
    check_move,
    guard_of,
    move_of,
    needs_of,
    track_of,
    why_not,
)

DAY = date(2026, 3, 2)
UK = pack_of("uk-police").law
TO_REPORT = ("recorded", "investigator-appointed", "report-made")


def history(*moves: str, **said: str) -> list[Recorded]:
    """Moves that were recorded, with the codes that `said` names by the move that brought them."""
    values = {key.replace("_", "-"): value for key, value in said.items()}
    brings = {"determined": "answer-case", "severity-assessed": "severity", "form-decided": "form"}
    return [
        Recorded(one, DAY, {brings[one]: values[brings[one]]} if brings.get(one) in values else {})
        for one in moves
    ]


def record(track: str, move: str, before: list[Recorded], **values: str) -> str:
    """Records a move with all it asks for; answers the stage."""
    law, on = UK, track_of(UK, track)
    found = move_of(on, move)
    guard = guard_of(law, found)
    given = Given(
        found.by[-1] if found.by[-1] != "server" else "decider",
        DAY,
        DAY,
        [need.id for need in needs_of(law, found)],
        [one.id for one in guard.confirm] if guard else [],
        values={key.replace("_", "-"): value for key, value in values.items()},
    )
    return check_move(law, on, move, before, given).id


@pytest.mark.parametrize("form", ["to-meeting", "to-hearing"])
def test_no_proceedings_after_no_case_to_answer_si_2020_4_reg_23_1(form: str) -> None:
    none = history(*TO_REPORT, "determined", answer_case="no")
    with pytest.raises(StepError, match=r"only a decision that there is a case to answer.*reg 23\(1\)"):
        record("conduct", form, none)
    assert record("conduct", "no-action", none) == "outcome", "the way forward"
    record("conduct", form, history(*TO_REPORT, "determined", answer_case="yes"))


def test_staff_meet_only_on_a_case_to_answer_and_under_their_own_rule() -> None:
    """Police staff are not under the Conduct Regulations (Home Office guidance, as summarised)."""
    with pytest.raises(StepError, match="own policy for staff") as refused:
        record("staff", "to-meeting", history(*TO_REPORT, "determined", answer_case="no"))
    assert "SI 2020/4" not in str(refused.value)


def test_a_decision_taken_again_counts_and_not_the_first() -> None:
    again = history(*TO_REPORT, "determined", answer_case="no") + history("determined", answer_case="yes")
    assert record("conduct", "to-hearing", again) == "hearing"


def test_an_accelerated_hearing_is_for_gross_misconduct_on_its_conditions_si_2020_4_reg_49() -> None:
    to_here = ("recorded", "severity-assessed", "investigator-appointed")
    with pytest.raises(StepError, match=r"gross misconduct alone.*reg 49"):
        record("conduct", "to-accelerated", history(*to_here, severity="misconduct"))
    with pytest.raises(StepError, match="gross misconduct alone"):
        record("conduct", "to-accelerated", history("recorded", "investigator-appointed"))
    grave = history(*to_here, severity="gross-misconduct")
    assert record("conduct", "to-accelerated", grave) == "accelerated"
    bare = Given("decider", DAY, DAY, ["reasons"])
    with pytest.raises(StepError, match="Choose which of the conditions"):
        check_move(UK, track_of(UK, "conduct"), "to-accelerated", grave, bare)
    none = grave + history("report-made", "determined", answer_case="no")
    with pytest.raises(StepError, match="no case to answer"):
        record("conduct", "to-accelerated", none)


@pytest.mark.parametrize("move", ["no-action", "to-reflection", "to-elsewhere"])
def test_what_may_be_misconduct_is_investigated_si_2020_4_reg_14(move: str) -> None:
    grave = history("recorded", "severity-assessed", severity="misconduct")
    with pytest.raises(StepError, match=r"that is investigated.*reg 14"):
        record("conduct", move, grave)
    record("conduct", move, history("recorded", "severity-assessed", severity="practice"))


def test_what_the_outside_body_investigates_the_force_does_not_pra_sch_3_para_19() -> None:
    theirs = history("recorded", "referred", "form-decided", form="independent")
    with pytest.raises(StepError, match=r"looks into this itself.*para"):
        record("conduct", "investigator-appointed", theirs)
    assert record("conduct", "outside-report", theirs) == "reported"
    ours = history("recorded", "referred", "form-decided", form="local")
    with pytest.raises(StepError, match="No outside body looks into this"):
        record("conduct", "outside-report", ours)
    assert record("conduct", "investigator-appointed", ours) == "investigating"


def test_what_is_refused_is_not_offered_and_says_why() -> None:
    conduct = track_of(UK, "conduct")
    none = history(*TO_REPORT, "determined", answer_case="no")
    assert "reg 23(1)" in why_not(conduct, move_of(conduct, "to-hearing"), none, "decider")
    assert why_not(conduct, move_of(conduct, "no-action"), none, "decider") == ""


def test_a_code_that_comes_with_the_step_itself_is_looked_at_too() -> None:
    law = pack_of("workplace").law
    staff = track_of(law, "staff")
    to_here = [Recorded(one, DAY) for one in TO_REPORT]
    assert why_not(staff, move_of(staff, "to-meeting"), to_here, "decider") == ""
    for answer, passes in (("yes", True), ("no", False)):
        given = Given("decider", DAY, DAY, ["answer-case", "reasons"], values={"answer-case": answer})
        if passes:
            assert check_move(law, staff, "to-meeting", to_here, given).id == "meeting"
        else:
            with pytest.raises(StepError, match="only where there is a case to answer"):
                check_move(law, staff, "to-meeting", to_here, given)


@pytest.mark.parametrize("day", ["2026-03-02", "2026-02-01"])
def test_the_day_of_the_next_look_is_still_to_come(day: str) -> None:
    """A pause is a decision with reason, date and review."""
    with pytest.raises(StepError, match="after the day of the step"):
        record("conduct", "paused", history("recorded"), pause_reason="criminal", review_date=day)
    record("conduct", "paused", history("recorded"), pause_reason="criminal", review_date="2026-03-30")


def test_it_stands_still_only_for_criminal_proceedings_si_2020_4_reg_10_si_2020_2_reg_40() -> None:
    with pytest.raises(StepError, match=r"would prejudice criminal proceedings.*reg 10"):
        record("conduct", "paused", history("recorded"), pause_reason="health", review_date="2026-03-30")
    record("staff", "paused", history("recorded"), pause_reason="health", review_date="2026-03-30")


def test_no_rule_for_officers_is_quoted_to_staff() -> None:
    """SI 2020/4 does not hold for police staff: contract and local policy do."""
    for move in track_of(UK, "staff").moves:
        assert "2020/4" not in move.source, move.id
        assert all("2020/4" not in premise.source for premise in move.premises), move.id
    assert "reg 15" in move_of(track_of(UK, "conduct"), "investigator-appointed").source


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('need = "answer-case"\nhas = ["yes"]', 'need = "answer-case"\nhas = ["maybe"]', "a code"),
        ('need = "answer-case"\nhas = ["yes"]', 'need = "answer-case"', "has"),
        ('moves = ["to-meeting", "to-hearing"]', 'moves = ["to-the-moon"]', "a step of a track"),
        ('at = ["recorded"]', 'at = ["nowhere"]', "stages of the track"),
        ('sources = { staff = "The contract', 'sources = { crime = "The contract', "a track of this step"),
    ],
)
def test_a_broken_premise_says_where(tmp_path, old: str, new: str, expected: str) -> None:  # type: ignore[no-untyped-def]
    from tests.policy.packs import change, copy_of_pack

    pack = copy_of_pack(tmp_path)
    change(pack, "tracks.toml", old, new)
    with pytest.raises(PackError) as caught:
        load_pack(pack)
    assert caught.value.place.file == "tracks.toml"
    assert expected in caught.value.expected
