"""When a pledge may be released, and each reason why it may not."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.keepers.scene import TODAY, TRANSPORT, Reporter, key, warrant
from upstander.formats import statements
from upstander.keepers import conditions, entries, errors, tags
from upstander.keepers.conditions import Standing, check_release, people
from upstander.keepers.notes import open_note
from upstander.keepers.pledges import After, Match

NAME, OTHER = warrant("PW1234"), warrant("9999")
TAG = statements.public_of(tags.tag_key(NAME))
OVERSEER = statements.public_of(key("overseer"))
ANNA = Reporter("anna", [NAME, warrant("77")])
BELA = Reporter("bela", [NAME])
CORA = Reporter("cora", [NAME], (Match(3),))
DORA = Reporter("dora", [OTHER])
LATE = Reporter("late", [OTHER], (After("2027-01-01", OVERSEER),))
BOTH = Reporter("both", [NAME], (After("2027-01-01"), Match(2)))
COUNTS = Reporter("counts", [NAME], ())


def standing(reporter, **changes):
    note = open_note(reporter.held.notes["union"], [TRANSPORT["union"]], "union")
    carried = frozenset(entries.read(note.statement, reporter.pledge).tags)
    return replace(Standing(reporter.pledge, carried), **changes)


def decide(one, *others, today=TODAY):
    everyone = [one, *others]
    carriers = {tag: [each for each in everyone if tag in each.tags] for tag in one.tags}
    return check_release(one, carriers, today)


def test_two_who_name_one_person_and_a_third_who_names_another():
    anna, bela, dora = standing(ANNA), standing(BELA), standing(DORA)
    assert decide(anna, bela, dora) == conditions.Reason("match", (conditions.link(TAG),))
    assert decide(bela, anna) == decide(anna, bela)
    for alone in (anna, dora):
        with pytest.raises(errors.NoMatchError):
            decide(alone, dora if alone is anna else anna)


def test_each_waits_for_as_many_as_she_asked_for():
    anna, bela, cora = standing(ANNA), standing(BELA), standing(CORA)
    assert decide(anna, cora).kind == "match"
    with pytest.raises(errors.NoMatchError):
        decide(cora, anna)
    assert decide(cora, anna, bela).kind == "match"


def test_who_only_counts_counts_and_is_never_released():
    assert decide(standing(ANNA), standing(COUNTS)).kind == "match"
    with pytest.raises(errors.NothingHeldError):
        decide(standing(COUNTS), standing(ANNA), today=date(2030, 1, 1))


def test_withdrawn_and_expired_pledges_neither_go_nor_count():
    anna, bela = standing(ANNA), standing(BELA)
    with pytest.raises(errors.WithdrawnError):
        decide(replace(anna, withdrawn=True), bela)
    with pytest.raises(errors.NoMatchError):
        decide(anna, replace(bela, withdrawn=True))
    short = Reporter("short", [NAME], expires="2026-12-01")
    assert decide(anna, standing(short), today=date(2026, 12, 1)).kind == "match"
    with pytest.raises(errors.NoMatchError):
        decide(anna, standing(short), today=date(2026, 12, 2))
    with pytest.raises(errors.ExpiredError):
        decide(standing(short), anna, today=date(2026, 12, 2))


def test_the_day_comes_unless_somebody_said_stop():
    late, day = standing(LATE), date(2027, 1, 1)
    with pytest.raises(errors.TooEarlyError):
        decide(late, today=day - timedelta(1))
    assert decide(late, today=day) == conditions.Reason("after")
    for by in (LATE.pledge.verify, OVERSEER):
        with pytest.raises(errors.StoppedError):
            decide(replace(late, stops={by: True}), today=day)
        assert decide(replace(late, stops={by: False}), today=day).kind == "after"
    with pytest.raises(errors.StoppedError):
        decide(replace(late, stops={LATE.pledge.verify: False, OVERSEER: True}), today=day)
    assert decide(replace(late, stops={BELA.pledge.verify: True}), today=day).kind == "after"


def test_a_stop_stops_the_day_and_not_the_match():
    both = standing(BOTH, stops={BOTH.pledge.verify: True})
    with pytest.raises(errors.NoMatchError):
        decide(both, today=date(2027, 1, 2))
    assert decide(both, standing(ANNA)).kind == "match"
    assert decide(standing(BOTH), today=date(2027, 1, 1)).kind == "after"


def test_one_person_counts_once():
    anna = standing(ANNA)
    again = standing(Reporter("anna", [NAME]))
    with pytest.raises(errors.NoMatchError):
        decide(anna, again)
    one_pass = [replace(anna, passed="p"), replace(standing(BELA), passed="p")]
    with pytest.raises(errors.NoMatchError):
        decide(*one_pass)
    chain = [replace(anna, passed="p"), replace(again, passed="q"), replace(standing(BELA), passed="q")]
    assert people(chain, TODAY, passes=False) == 1
    assert people([*chain, standing(CORA)], TODAY, passes=False) == 2


def test_passes_only_counts_passes():
    picky = Reporter("picky", [NAME], (Match(2, "passes"),))
    mine = standing(picky, passed="p")
    for other in (standing(ANNA), standing(ANNA, passed="p")):
        with pytest.raises(errors.NoMatchError):
            decide(mine, other)
    assert decide(mine, standing(ANNA, passed="q")).kind == "match"
    with pytest.raises(errors.NoMatchError):
        decide(replace(mine, passed=""), standing(ANNA, passed="q"), standing(BELA))


@given(
    st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from(["", "p", "q"]), st.booleans()), max_size=8)
)
def test_people_never_outnumber_keys_or_grow_by_repeats(rows):
    standings = [
        Standing(replace(ANNA.pledge, verify=verify), frozenset(), passed, withdrawn)
        for verify, passed, withdrawn in rows
    ]
    live = [one for one in standings if not one.withdrawn]
    found = people(standings, TODAY, passes=False)
    assert found <= len({one.pledge.verify for one in live})
    assert found == people(standings * 2, TODAY, passes=False) == people(standings[::-1], TODAY, passes=False)
    assert people(standings, TODAY, passes=True) <= len({one.passed for one in live} - {""})
    assert (found > 0) == bool(live)


def evidence(*reporters):
    return [
        (one.pledge, open_note(one.held.notes["union"], [TRANSPORT["union"]], "union").statement)
        for one in reporters
    ]


def test_evidence_for_somebody_without_a_store():
    conditions.check_evidence(Match(3), TAG, evidence(ANNA, BELA, CORA))
    for wrong, error in (
        (evidence(ANNA, BELA), errors.ShortEvidenceError),
        (evidence(ANNA, BELA, ANNA), errors.DoubleEvidenceError),
        (evidence(ANNA, Reporter("anna", [NAME]), BELA), errors.ShortEvidenceError),
        (evidence(ANNA, BELA, DORA), errors.OtherPledgeError),
        ([*evidence(ANNA, BELA), (CORA.pledge, evidence(BELA)[0][1])], errors.OtherPledgeError),
        (
            [*evidence(ANNA, BELA), (replace(CORA.pledge, conditions=(Match(2),)), evidence(CORA)[0][1])],
            errors.OtherPledgeError,
        ),
        ([], errors.ShortEvidenceError),
    ):
        with pytest.raises(error):
            conditions.check_evidence(Match(3), TAG, wrong)
