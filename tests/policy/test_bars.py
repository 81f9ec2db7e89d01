"""Conflicts of interest: whether a person can work on a case at all, with the rule quoted."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.policy.packs import PATIENT, pack_of
from upstander.policy.bars import INVESTIGATE, OPEN, Matter, Worker, barred, line_above, questions

LAW = pack_of("uk-police").law
CAT = Worker(
    "cat", "marlshire", "north", declared={"interest": False, "prior-connection": False}, skilled=True
)
CASE = Matter("case", subjects={"sam": "marlshire"}, units={"sam": "north"})


def rules(worker: Worker, matter: Matter, of: str = INVESTIGATE) -> list[str]:
    return [bar.bar for bar in barred(LAW, worker, matter, of)]


def test_without_a_conflict_a_grant_can_be_made_and_the_person_can_investigate() -> None:
    assert rules(CAT, CASE, OPEN) == []
    assert rules(CAT, CASE) == []


@pytest.mark.parametrize(
    ("worker", "matter", "bar"),
    [
        pytest.param(replace(CAT, skilled=False), CASE, "unskilled", id="SI 2020/4 reg 15(3)(a)"),
        pytest.param(
            replace(CAT, declared={"interest": True}), CASE, "interested", id="SI 2020/4 reg 15(3)(b)"
        ),
        pytest.param(CAT, replace(CASE, parties={"cat"}), "is-party", id="SI 2020/4 reg 15(3)(b) party"),
        pytest.param(
            CAT, replace(CASE, managers={"cat": ["sam"]}), "works-under", id="SI 2020/4 reg 15(3)(c) directly"
        ),
        pytest.param(
            CAT,
            replace(CASE, managers={"cat": ["bo"], "bo": ["di", "sam"]}),
            "works-under",
            id="SI 2020/4 reg 15(3)(c) indirectly",
        ),
        pytest.param(CAT, replace(CASE, coded={"senior"}), "same-force-senior", id="SI 2020/4 reg 15(3)(d)"),
        pytest.param(
            replace(CAT, declared={"interest": False}),
            replace(CASE, coded={"domestic-abuse"}),
            "prior-connection-unasked",
            id="super-complaint 2022: asked before opening",
        ),
        pytest.param(
            replace(CAT, declared={"interest": False, "prior-connection": True}),
            replace(CASE, coded={"domestic-abuse"}),
            "prior-connection",
            id="super-complaint 2022: no prior connection",
        ),
        pytest.param(CAT, replace(CASE, excluded={"cat"}), "left-out", id="the reporter's own choice"),
        pytest.param(
            CAT, replace(CASE, subjects={"cat": "marlshire"}), "is-subject", id="the person reported"
        ),
        pytest.param(
            replace(CAT, subject_of=["other"]), CASE, "is-subject-elsewhere", id="reported in any case"
        ),
        pytest.param(replace(CAT, declared={}), CASE, "undeclared", id="a declaration before opening"),
    ],
)
def test_a_bar_stands_and_quotes_its_rule(worker: Worker, matter: Matter, bar: str) -> None:
    found = {one.bar: one for one in barred(LAW, worker, matter, INVESTIGATE)}
    assert list(found) == [bar]
    assert found[bar].says
    assert found[bar].source


def test_what_bars_an_investigator_alone_does_not_bar_a_colleague_from_reading() -> None:
    under = replace(CASE, managers={"cat": ["sam"]}, coded={"senior"})
    assert rules(CAT, under) == ["works-under", "same-force-senior"]
    assert rules(CAT, under, OPEN) == []


def test_a_person_elsewhere_who_is_reported_is_not_told_where() -> None:
    (bar,) = barred(LAW, replace(CAT, subject_of=["other"]), CASE, OPEN)
    assert "reported" not in bar.says
    assert "other" not in bar.says


def test_another_force_may_investigate_a_senior_officer() -> None:
    assert rules(replace(CAT, organisation="fenshire"), replace(CASE, coded={"senior"})) == []


def test_the_questions_before_opening_follow_from_what_is_coded() -> None:
    assert questions(LAW, CASE) == ["interest"]
    assert questions(LAW, replace(CASE, coded={"domestic-abuse"})) == ["interest", "prior-connection"]


PEOPLE = "abcdefg"
LINES = st.dictionaries(st.sampled_from(PEOPLE), st.lists(st.sampled_from(PEOPLE), max_size=3))


def reached(person: str, managers: Mapping[str, Sequence[str]]) -> set[str]:
    """The oracle: step by step until nothing is added."""
    found: set[str] = set()
    for _ in PEOPLE:
        found |= {above for one in (person, *found) for above in managers.get(one, ())}
    return found - {person}


@PATIENT
@given(st.sampled_from(PEOPLE), LINES)
def test_the_whole_line_is_walked_even_where_it_runs_in_a_circle(
    person: str, managers: Mapping[str, Sequence[str]]
) -> None:
    assert line_above(person, managers) == reached(person, managers)


@PATIENT
@given(
    st.builds(
        Worker,
        person=st.sampled_from(PEOPLE),
        organisation=st.sampled_from(["", "x", "y"]),
        subject_of=st.lists(st.sampled_from("12"), max_size=1),
        declared=st.dictionaries(st.sampled_from(["interest", "prior-connection"]), st.booleans()),
        skilled=st.booleans(),
    ),
    st.builds(
        Matter,
        case=st.just("case"),
        subjects=st.dictionaries(st.sampled_from(PEOPLE), st.sampled_from(["x", "y"]), min_size=1),
        managers=LINES,
        parties=st.frozensets(st.sampled_from(PEOPLE)),
        coded=st.frozensets(st.sampled_from(["senior", "domestic-abuse"])),
        excluded=st.frozensets(st.sampled_from(PEOPLE)),
    ),
)
def test_nobody_with_a_conflict_is_ever_let_through(worker: Worker, matter: Matter) -> None:
    opening = rules(worker, matter, OPEN)
    assert set(opening) <= set(rules(worker, matter))
    if not opening:
        assert worker.person not in {*matter.subjects, *matter.parties, *matter.excluded}
        assert not worker.subject_of
        assert worker.declared.get("interest") is False
        assert "domestic-abuse" not in matter.coded or worker.declared["prior-connection"] is False
    if not rules(worker, matter):
        assert reached(worker.person, matter.managers).isdisjoint(matter.subjects)
