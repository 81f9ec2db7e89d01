"""Everybody harmed hears the same: what limits count for each of them, against a day-by-day reading by hand."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.policy.packs import PATIENT, change, copy_of_pack
from upstander.policy import informing
from upstander.policy.informing import Harmed, Word
from upstander.policy.limits import Taken, groups, running
from upstander.policy.load import PackError, bundled, load_pack

PACK = bundled("uk-police")
CALENDAR = PACK.calendar
ONE = timedelta(days=1)
MONDAY = date(2026, 3, 2)
WHATS = ["update", "delay", "step", "outcome"]
ANA, BEA, CY = Harmed("ana", MONDAY, reporter=True), Harmed("bea", MONDAY), Harmed("cy", MONDAY + ONE)
EVERYBODY = [ANA, BEA, CY]


def said(to: str, what: str, after: int, number: int = 1) -> Word:
    return Word(to, MONDAY + after * ONE, number, what)


def kept(to: str, after: int, review: int, number: int = 1) -> Word:
    on = MONDAY + after * ONE
    return Word(to, on, number, why="not-safe", review=on + review * ONE)


def due(
    words: list[Word], letters: list[date] | None = None, *taken: Taken
) -> dict[str, dict[str, date | None]]:
    """Last days of what runs for each person, by limit."""
    steps = informing.steps(EVERYBODY, words, letters or [], WHATS)
    rows = [(one.day, number, one) for number, one in steps] + [(one.day, 99, one) for one in taken]
    order = [one for _, _, one in sorted(rows, key=lambda row: row[:2])]
    found: dict[str, dict[str, date | None]] = {one.item: {} for one in EVERYBODY}
    about = {one.item: {"all"} for one in EVERYBODY} | {"cy": {"all", "hers"}}
    for limit in PACK.limits:
        if limit.per == "harmed":
            for person, mine in groups(limit, order, {}, about):
                for run in running([limit], mine):
                    found[person][limit.id] = run.due(CALENDAR)
    return found


def test_each_waits_four_weeks_from_the_day_she_is_known_and_the_reporter_by_her_own_clock() -> None:
    found = due([])
    assert found == {
        "ana": {},
        "bea": {"harmed-update": MONDAY + 28 * ONE},
        "cy": {"harmed-update": MONDAY + 29 * ONE},
    }


def test_an_update_for_one_prompts_the_same_for_the_others() -> None:
    found = due([said("bea", "update", 2)], [MONDAY])
    assert found["bea"] == {"harmed-update": MONDAY + 30 * ONE}
    assert found["cy"]["harmed-same"] == date(2026, 3, 11)  # five working days after Wednesday
    assert "harmed-same" not in found["ana"], "she was written to in these weeks"
    assert "harmed-same" in due([said("bea", "update", 2)])["ana"]
    both = [said("bea", "update", 2), said("cy", "update", 4, 2)]
    assert all("harmed-same" not in one for one in due(both, [MONDAY]).values())


def test_who_heard_the_same_shortly_before_needs_it_no_second_time() -> None:
    words = [said("bea", "update", 0), said("cy", "update", 28, 2)]
    assert "harmed-same" not in due(words)["bea"]
    assert "harmed-same" in due([said("bea", "update", 0), said("cy", "update", 29, 2)])["bea"]


def test_a_decision_about_one_of_them_is_told_to_her_alone() -> None:
    found = due([], [], Taken("outcome-decided", MONDAY + 4 * ONE, "hers", "conduct"))
    assert found["cy"]["harmed-outcome"] == date(2026, 3, 13)
    assert "harmed-outcome" not in found["bea"]
    told = due([said("cy", "outcome", 5)], [], Taken("outcome-decided", MONDAY + 4 * ONE, "hers", "conduct"))
    assert "harmed-outcome" not in told["cy"]


def test_a_word_before_the_notice_counts_and_one_long_before_does_not() -> None:
    served = Taken("notice-served", MONDAY + 20 * ONE, "all", "conduct")
    assert due([], [], served)["bea"]["harmed-step"] == date(2026, 3, 23)
    assert "harmed-step" not in due([said("bea", "step", 6)], [], served)["bea"]
    assert "harmed-step" in due([said("bea", "step", 5)], [], served)["bea"]
    assert "harmed-step" in due([said("cy", "step", 19)], [], served)["bea"], "each is told for herself"


def test_a_reason_not_to_tell_ends_what_is_due_until_it_is_looked_at_again() -> None:
    assert due([kept("bea", 3, 14)])["bea"] == {"harmed-again": MONDAY + 17 * ONE}
    after = due([kept("bea", 3, 14), said("bea", "update", 10, 2)])["bea"]
    assert after == {"harmed-update": MONDAY + 38 * ONE}
    longer = [kept("bea", 3, 14), kept("bea", 15, 20, 2)]
    assert due(longer)["bea"] == {"harmed-again": MONDAY + 35 * ONE}


def test_a_word_to_another_asks_nothing_of_who_cannot_be_told_just_now() -> None:
    words = [kept("bea", 3, 14), said("cy", "update", 5, 2)]
    assert due(words)["bea"] == {"harmed-again": MONDAY + 17 * ONE}
    assert "harmed-same" in due([kept("bea", 3, 14), said("cy", "update", 32, 2)])["bea"]


def test_a_decision_is_not_covered_by_a_reason_from_before_it() -> None:
    decided = Taken("outcome-decided", MONDAY + 4 * ONE, "all", "conduct")
    assert "harmed-outcome" in due([kept("bea", 1, 60)], [], decided)["bea"]
    assert "harmed-outcome" not in due([kept("bea", 5, 60)], [], decided)["bea"]


@PATIENT
@given(
    st.lists(
        st.tuples(st.sampled_from(["ana", "bea", "cy"]), st.sampled_from(WHATS), st.integers(1, 300)),
        max_size=8,
    ),
    st.lists(st.integers(0, 300), max_size=4),
)
def test_nobody_who_can_be_told_is_without_a_day(
    entries: list[tuple[str, str, int]], wrote: list[int]
) -> None:
    words = [said(to, what, after, place) for place, (to, what, after) in enumerate(entries, start=1)]
    letters = [MONDAY + days * ONE for days in wrote]
    found = due(words, letters)
    for one in (BEA, CY):
        last = max((word.on for word in words if word.to == one.item), default=one.since)
        assert found[one.item]["harmed-update"] == last + 28 * ONE
        assert informing.standing(one, words).since == last


def test_the_last_word_to_the_reporter_is_a_letter_or_what_was_said_to_her() -> None:
    letter = MONDAY + 3 * ONE
    assert informing.standing(ANA, [said("ana", "outcome", 2)], [letter]).since == letter
    assert informing.standing(ANA, [said("ana", "outcome", 4)], [letter]).since == MONDAY + 4 * ONE
    assert informing.standing(BEA, [], [letter]) == informing.Standing(None, MONDAY, None)


def test_a_word_after_a_reason_takes_it_away() -> None:
    assert informing.standing(BEA, [kept("bea", 3, 14)]).held == kept("bea", 3, 14)
    assert informing.standing(BEA, [kept("bea", 3, 14), said("bea", "update", 3, 2)]).held is None
    again = [said("bea", "update", 3, 1), kept("bea", 3, 14, 2)]
    assert informing.standing(BEA, again).held == again[1]


@pytest.mark.parametrize("pack", ["uk-police", "workplace"])
def test_every_pack_counts_for_everybody_harmed(pack: str) -> None:
    law = bundled(pack).law
    counted = {limit.id for limit in bundled(pack).limits if limit.per == "harmed"}
    assert counted == {f"harmed-{what}" for what in ("update", "same", "delay", "step", "outcome", "again")}
    assert {one.id for one in (law.codes or {})["tellings"].codes} == set(WHATS)
    starts = {step for limit in bundled(pack).limits if limit.id == "harmed-step" for step in limit.starts}
    guarded = {move.id for track in law.tracks for move in track.moves if move.guard}
    assert guarded - starts <= {"outcome-decided"}, "what wants a guard is told to everybody harmed"


def test_a_limit_over_words_to_a_person_counts_for_people(tmp_path: object) -> None:
    folder = copy_of_pack(tmp_path)  # type: ignore[arg-type]
    change(
        folder,
        "limits.toml",
        'starts = ["another-told-update"]\nends = ["told-update", "told-outcome", "not-told", "closed"]\nper = "harmed"',
        'starts = ["another-told-update"]\nends = ["told-update", "told-outcome", "not-told", "closed"]',
    )
    with pytest.raises(PackError, match="harmed"):
        load_pack(folder)
