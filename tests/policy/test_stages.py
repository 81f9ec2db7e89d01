"""Steps of a case: what may follow what, and what the reporter sees."""

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.policy.packs import PATIENT
from upstander.formats import canonical
from upstander.policy import stages
from upstander.policy.compile import compile_pack
from upstander.policy.load import bundled
from upstander.policy.model import Step
from upstander.policy.stages import StepError, With

PACK = bundled("uk-police")
OUTCOMES = {outcome.id for outcome in PACK.outcomes}
CLOSING = With(outcome="found", reasons=True)
KINDS = [step.id for step in PACK.steps]


@dataclass(frozen=True)
class Taken:
    kind: str
    order: int = 0


def check(kind: str, state: str, history: list[str], given: With = With()) -> str:  # noqa: B008
    return stages.check_step(PACK.steps, kind, state, history, given=given, outcomes=OUTCOMES)


def test_the_pack_has_the_steps_that_the_server_and_the_desk_take() -> None:
    taken = "received opened acknowledged let-in left replied sealed-file closed reopened"
    assert set(taken.split()) <= set(KINDS)


def test_a_case_goes_from_received_to_closed_and_may_be_reopened() -> None:
    assert check("received", "private", []) == "open"
    history = ["received"]
    for kind, given_, state in [
        ("opened", With(), "open"),
        ("acknowledged", With(), "open"),
        ("let-in", With(subject=True), "open"),
        ("replied", With(), "open"),
        ("closed", CLOSING, "closed"),
        ("replied", With(), "closed"),
        ("reopened", With(reasons=True), "open"),
        ("closed", CLOSING, "closed"),
    ]:
        before = "closed" if kind == "reopened" or history[-1] == "closed" else "open"
        assert check(kind, before, history, given_) == state
        history.append(kind)


@pytest.mark.parametrize(
    ("kind", "state", "history", "given", "says"),
    [
        ("closed", "open", ["received", "opened", "acknowledged"], With(reasons=True), "how it ended"),
        (
            "closed",
            "open",
            ["received", "opened", "acknowledged"],
            With(outcome="found"),
            "Write the reasons",
        ),
        ("closed", "open", ["received", "acknowledged"], With(outcome="x", reasons=True), "no such outcome"),
        ("closed", "open", ["received", "opened"], CLOSING, "Another step has to come first"),
        ("closed", "closed", ["received", "acknowledged"], CLOSING, "while the case is closed"),
        ("acknowledged", "open", ["received"], With(), "Another step has to come first"),
        ("acknowledged", "open", ["opened", "acknowledged"], With(), "taken before"),
        ("opened", "private", [], With(), "while the case is private"),
        ("received", "open", ["received"], With(), "while the case is open"),
        ("reopened", "closed", ["closed"], With(), "Write the reasons"),
        ("reopened", "open", ["opened"], With(reasons=True), "while the case is open"),
        ("let-in", "open", [], With(), "whom"),
        ("sealed-file", "open", [], With(), "which file"),
        ("opened", "open", [], With(outcome="found"), "has no outcome"),
        ("forgotten", "open", [], With(), "no such step"),
    ],
)
def test_a_step_out_of_place_is_refused_with_the_reason(
    kind: str, state: str, history: list[str], given: With, says: str
) -> None:
    with pytest.raises(StepError, match=says):
        check(kind, state, history, given)


def test_the_desk_is_offered_only_what_it_may_take() -> None:
    def offered(state: str, history: list[str]) -> list[str]:
        return [step.id for step in stages.allowed(PACK.steps, state, history)]

    assert offered("open", ["received"]) == ["opened", "let-in", "left", "sheet-opened", "sealed-file"]
    assert "closed" in offered("open", ["opened", "acknowledged"])
    assert offered("closed", ["opened", "closed"]) == ["left", "sheet-opened", "sealed-file", "reopened"]
    assert offered("private", []) == []


@PATIENT
@given(st.sampled_from(["private", "open", "closed"]), st.lists(st.sampled_from(KINDS), max_size=6))
def test_what_is_offered_is_what_would_be_taken(state: str, history: list[str]) -> None:
    complete = With(reasons=True, subject=True, upload=True)
    offered = {step.id for step in stages.allowed(PACK.steps, state, history, "desk")}
    offered |= {step.id for step in stages.allowed(PACK.steps, state, history, "server")}
    for step in PACK.steps:
        given_ = CLOSING if "outcome" in step.needs else complete
        try:
            after = check(step.id, state, history, given_)
        except StepError:
            assert step.id not in offered
        else:
            assert step.id in offered
            assert after in ("private", "open", "closed")


def test_a_sealed_file_is_never_shown_and_an_unknown_step_neither() -> None:
    rows = [Taken("received", 1), Taken("sealed-file", 2), Taken("something-else", 3), Taken("opened", 4)]
    assert stages.visible(PACK.steps, rows) == [Taken("received", 1), Taken("opened", 4)]


def test_a_step_shown_after_another_appears_with_it_and_in_its_own_place() -> None:
    steps = (Step("assessed", "Looked at", "after:told"), Step("told", "The person was told", "now"))
    assert stages.visible(steps, [Taken("assessed")]) == []
    assert stages.visible(steps, [Taken("assessed"), Taken("told")]) == [Taken("assessed"), Taken("told")]


def test_rules_read_from_the_compiled_pack_are_the_same() -> None:
    compiled = canonical.decode(compile_pack(PACK))
    assert isinstance(compiled, dict)
    assert stages.steps_of(compiled) == PACK.steps
    assert stages.outcomes_of(compiled) == OUTCOMES


@pytest.mark.parametrize("broken", [{}, {"steps": "x", "outcomes": "x"}, {"steps": [1], "outcomes": 2}])
def test_what_is_not_a_compiled_pack_is_refused(broken: dict[str, canonical.JSON]) -> None:
    with pytest.raises(ValueError, match="not a compiled pack"):
        stages.steps_of(broken)
    with pytest.raises(ValueError, match="not a compiled pack"):
        stages.outcomes_of(broken)
