"""What has to be referred, each rule of the facts under its source, and how a referral can be overruled."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.policy.packs import PATIENT, pack_of
from upstander.policy import predicates
from upstander.policy.load import pack_ids
from upstander.policy.predicates import Coding, CodingError
from upstander.policy.referral import (
    Allegation,
    Ground,
    Overrule,
    ReferralError,
    by_allegation,
    check_overrule,
    grounds,
    recording,
    standing,
)

LAW = pack_of("uk-police").law
DAY = date(2026, 3, 2)
ASSAULT = {"serious-assault": True}
OVERRULE = Overrule(
    "Ann Decider", "decider", "The medical report shows no injury.", DAY, [("a", "serious-assault")]
)


def criteria(coded: Coding) -> list[str]:
    return [ground.criterion for ground in grounds(LAW, [Allegation("a", coded)])]


@pytest.mark.parametrize(
    ("coded", "criterion"),
    [
        pytest.param(ASSAULT, "serious-assault", id="SI 2020/2 reg 4(1)(a)(i)"),
        pytest.param(
            {"serious-sexual-offence": True}, "serious-sexual-offence", id="SI 2020/2 reg 4(1)(a)(ii)"
        ),
        pytest.param(
            {"other-serious-corruption": True}, "serious-corruption", id="SI 2020/2 reg 4(1)(a)(iii)"
        ),
        pytest.param({"sexual-purpose": True}, "serious-corruption", id="reg 4(1)(a)(iii) sexual purpose"),
        pytest.param(
            {"improper-emotional-relationship": True},
            "serious-corruption",
            id="reg 4(1)(a)(iii) improper emotional relationship",
        ),
        pytest.param(
            {"might-be-crime-or-discipline": True, "because-of": ["sex"]},
            "discrimination",
            id="SI 2020/2 reg 4(1)(a)(iv)",
        ),
        pytest.param({"relevant-offence": True}, "relevant-offence", id="SI 2020/2 reg 4(1)(a)(v)"),
        pytest.param(
            {"death-or-serious-injury": True}, "death-or-serious-injury", id="PRA 2002 Sch 3 para 4(1)(a)"
        ),
        pytest.param({"route": "dsi"}, "death-or-serious-injury", id="PRA 2002: every DSI matter"),
        pytest.param(
            {"chief-officer": True, "cannot-rule-out": True}, "chief-officer", id="SI 2020/2 reg 4(1)(c)"
        ),
        pytest.param({"chief-officer": True, "route": "conduct"}, "chief-officer", id="SI 2020/2 reg 7"),
        pytest.param(
            {"grave-or-exceptional": True, "route": "conduct"}, "gravity", id="SI 2020/2 reg 7 gravity"
        ),
    ],
)
def test_a_mandatory_criterion_is_met(coded: Coding, criterion: str) -> None:
    assert criteria(coded) == [criterion]


@pytest.mark.parametrize(
    "coded",
    [
        {},
        {"serious-assault": False},
        {"because-of": ["race"]},
        {"might-be-crime-or-discipline": True, "because-of": []},
        {"chief-officer": True, "route": "complaint"},
        {"grave-or-exceptional": True, "route": "complaint"},
        {"senior": True, "cannot-rule-out": True},
        {"domestic-abuse": True},
    ],
)
def test_no_criterion_is_met(coded: Coding) -> None:
    assert criteria(coded) == []


def test_the_reason_and_its_source_are_quoted() -> None:
    (ground,) = grounds(LAW, [Allegation("a", {"sexual-purpose": True})])
    assert ground.reason.startswith(
        "Has to be referred: serious corruption, abuse of position for a sexual purpose"
    )
    assert "reg" in ground.source
    for pack_id in pack_ids():
        law = pack_of(pack_id).law
        for criterion in law.criteria:
            assert predicates.source_of(law, criterion.rule)


def test_minor_matters_of_the_same_incident_are_pulled_along_si_2020_2_reg_4_1_b() -> None:
    rows = [
        Allegation("minor", {}, incident="night"),
        Allegation("grave", ASSAULT, incident="night"),
        Allegation("elsewhere", {}, incident="day"),
        Allegation("alone", {}),
    ]
    found = grounds(LAW, rows)
    assert [(ground.allegation, ground.of) for ground in found] == [("grave", ""), ("minor", "grave")]
    assert found[1].source == "SI 2020/2, regs 4(1)(b) and 7"


def test_a_chief_officer_s_matter_pulls_nothing_along_si_2020_2_reg_4_1_c() -> None:
    chief = {"chief-officer": True, "cannot-rule-out": True}
    found = grounds(LAW, [Allegation("a", chief, "night"), Allegation("b", {}, "night")])
    assert [ground.allegation for ground in found] == ["a"]


@pytest.mark.parametrize(
    ("coded", "says"),
    [
        ({"serious-asault": True}, "no fact"),
        ({"serious-assault": "yes"}, "yes or no"),
        ({"because-of": "sex"}, "takes a list"),
        ({"because-of": ["height"]}, "not on the list"),
        ({"route": "letter"}, "not on the list"),
    ],
)
def test_facts_the_pack_does_not_know_are_refused(coded: Coding, says: str) -> None:
    with pytest.raises(CodingError, match=says):
        grounds(LAW, [Allegation("a", coded)])


@pytest.mark.parametrize(
    ("overrule", "says"),
    [
        (replace(OVERRULE, role="handler"), "named decider"),
        (replace(OVERRULE, by=" "), "named decider"),
        (replace(OVERRULE, reasons=" "), "Write the reasons"),
        (replace(OVERRULE, of=[]), "which of the grounds"),
        (replace(OVERRULE, of=[("a", "gravity")]), "which of the grounds"),
    ],
)
def test_only_a_named_decider_overrules_with_reasons(overrule: Overrule, says: str) -> None:
    found = grounds(LAW, [Allegation("a", ASSAULT)])
    check_overrule(LAW, found, OVERRULE)
    with pytest.raises(ReferralError, match=says):
        check_overrule(LAW, found, overrule)


def test_an_overruling_covers_only_the_grounds_that_were_seen() -> None:
    now = grounds(LAW, [Allegation("a", ASSAULT)])
    assert standing(now, [], []) == ("due", now)
    assert standing(now, [], [OVERRULE]) == ("overruled", [])
    later = grounds(LAW, [Allegation("a", {**ASSAULT, "sexual-purpose": True})])
    state, open_ = standing(later, [], [OVERRULE])
    assert state == "due"
    assert [ground.criterion for ground in open_] == ["serious-corruption"]
    assert standing(later, ["a"], [OVERRULE]) == ("referred", [])


def test_what_was_pulled_along_falls_with_what_pulled_it() -> None:
    found = grounds(LAW, [Allegation("a", ASSAULT, "night"), Allegation("b", {}, "night")])
    assert standing(found, [], [OVERRULE]) == ("overruled", [])
    assert standing(found, ["a"], [])[0] == "due", "the minor one goes along"
    assert standing(found, ["a", "b"], [])[0] == "referred"


YES = [fact.id for fact in LAW.facts if fact.kind == "yes"]
CODINGS = st.dictionaries(st.sampled_from(YES), st.booleans(), max_size=5)


@PATIENT
@given(st.lists(st.tuples(CODINGS, st.sampled_from(["", "x", "y"])), max_size=5), CODINGS)
def test_coding_more_never_takes_a_ground_away(rows: list[tuple[Coding, str]], more: Coding) -> None:
    before = [Allegation(str(number), coded, incident) for number, (coded, incident) in enumerate(rows)]
    yes = {key: value for key, value in more.items() if value}
    after = [replace(row, coded={**row.coded, **yes}) for row in before]
    had = {ground.allegation for ground in grounds(LAW, before)}
    assert had <= set(by_allegation(grounds(LAW, after)))


@PATIENT
@given(st.lists(st.tuples(CODINGS, st.sampled_from(["", "x", "y"])), max_size=5))
def test_a_due_referral_stays_due_until_it_was_made_or_overruled(rows: list[tuple[Coding, str]]) -> None:
    found = grounds(LAW, [Allegation(str(number), *row) for number, row in enumerate(rows)])
    state, open_ = standing(found, [], [])
    assert (state, open_) == (("due", found) if found else ("none", []))
    everything = Overrule("Ann", "decider", "Reasons", DAY, [ground.key for ground in found])
    assert standing(found, [], [everything])[0] in ("none", "overruled")
    assert standing(found, [ground.allegation for ground in found], [])[0] in ("none", "referred")


def test_a_ground_names_itself() -> None:
    assert Ground("a", "gravity", "", "").key == ("a", "gravity")


@pytest.mark.parametrize(
    ("coded", "criterion"),
    [
        pytest.param({"wishes-recording": True}, "wish", id="PRA 2002 Sch 3 para 2(6A)"),
        pytest.param({"death-or-serious-injury": True}, "injury", id="PRA 2002 Sch 3 para 2(6B) injury"),
        pytest.param(
            {"might-be-crime-or-discipline": True}, "conduct", id="PRA 2002 Sch 3 para 2(6B) conduct"
        ),
        pytest.param({"articles-2-or-3": True}, "articles", id="PRA 2002 Sch 3 para 2(6B) Articles 2, 3"),
        pytest.param(ASSAULT, "referral", id="PRA 2002 Sch 3 para 2(6B) on the referral list"),
    ],
)
def test_what_has_to_be_recorded_is_not_handled_outside(coded: Coding, criterion: str) -> None:
    (ground,) = recording(LAW, [Allegation("a", coded)])
    assert ground.criterion == criterion
    assert ground.reason.startswith("Has to be recorded")


@PATIENT
@given(CODINGS)
def test_whatever_has_to_be_referred_has_to_be_recorded_too(coded: Coding) -> None:
    row = [Allegation("a", {**coded, "route": "complaint"})]
    if grounds(LAW, row):
        assert recording(LAW, row)


def test_a_service_complaint_may_be_handled_outside() -> None:
    assert recording(LAW, [Allegation("a", {"wishes-recording": False, "route": "complaint"})]) == []
