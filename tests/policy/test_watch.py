"""The watch for retaliation: when she is asked, what silence is, which acts are looked at again."""

from __future__ import annotations

import shutil
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from upstander.policy import load
from upstander.policy.desk import bundled, load_desk
from upstander.policy.errors import PackError
from upstander.policy.watch import (
    CheckIn,
    asked,
    last_day_to_claim,
    needs_second_look,
    schedule,
    state_of,
)

WATCH = bundled("uk-police").watch
REPORTED = date(2026, 1, 5)
days = st.dates(date(2024, 1, 1), date(2030, 12, 31))


def test_asked_at_2_6_13_26_and_52_weeks_and_after_the_end() -> None:
    found = schedule(REPORTED, [("opened", date(2026, 1, 6)), ("closed", date(2026, 3, 2))], WATCH)
    assert [(one.id, one.day.isoformat()) for one in found] == [
        ("w2", "2026-01-19"),
        ("w6", "2026-02-16"),
        ("closed-1", "2026-03-09"),
        ("w13", "2026-04-06"),
        ("w26", "2026-07-06"),
        ("w52", "2027-01-04"),
    ]


def test_a_case_that_is_opened_again_asks_again() -> None:
    steps = [("closed", date(2026, 3, 2)), ("reopened", date(2026, 4, 1)), ("closed", date(2026, 5, 4))]
    ids = [one.id for one in schedule(REPORTED, steps, WATCH)]
    assert {"closed-1", "closed-2"} <= set(ids)
    assert len(ids) == len(set(ids))


@given(days, st.lists(st.tuples(st.sampled_from(["closed", "opened"]), days), max_size=4), days)
def test_every_check_in_is_later_then_due_then_silent_day_by_day(
    received: date, steps: list[tuple[str, date]], start: date
) -> None:
    for one in schedule(received, steps, WATCH):
        states = [state_of(one, (), one.day + timedelta(days=n), WATCH) for n in range(-3, 20)]
        assert states == ["later"] * 3 + ["due"] * (WATCH.quiet_days + 1) + ["silent"] * (
            19 - WATCH.quiet_days
        )
        assert state_of(one, {one.id}, start, WATCH) == "answered"


@given(days, days)
def test_at_most_one_question_is_asked_and_it_is_the_latest(received: date, today: date) -> None:
    found = schedule(received, [("closed", received + timedelta(days=9))], WATCH)
    due = [one for one in found if one.day <= today <= one.day + timedelta(days=WATCH.quiet_days)]
    assert asked(found, (), today, WATCH) == due[-1:]
    assert asked(found, {one.id for one in due}, today, WATCH) == []


@pytest.mark.parametrize(
    ("act", "looked_at"),
    [("2026-01-04", False), ("2026-01-05", True), ("2027-01-05", True), ("2027-01-06", False)],
)
def test_acts_within_twelve_months_get_a_second_look(act: str, looked_at: bool) -> None:
    assert needs_second_look(REPORTED, date.fromisoformat(act), WATCH) is looked_at


@pytest.mark.parametrize(
    ("act", "last"),
    [("2026-01-05", "2026-04-04"), ("2026-11-30", "2027-02-27"), ("2027-11-30", "2028-02-28")],
)
def test_three_months_less_a_day(act: str, last: str) -> None:
    """Source: Employment Rights Act 1996, section 48(3). From memory: read it before a day is relied on."""
    assert last_day_to_claim(date.fromisoformat(act), 3) == date.fromisoformat(last)


def test_time_limits_nobody_has_read_yet_say_so() -> None:
    assert WATCH.claims
    assert all(claim.unchecked and claim.source for claim in WATCH.claims)


def test_check_ins_sort_by_day() -> None:
    assert CheckIn(date(2026, 1, 1), "z") < CheckIn(date(2026, 1, 2), "a")


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("weeks = [2, 6", "weeks = [6, 2", "weeks in order"),
        ("weeks = [2, 6", "weeks = [0, 6", "a number from 1"),
        ("weeks = [2, 6", 'weeks = ["2", 6', "a number from 1"),
        ('step = "closed"', 'step = "hearing"', "the id of a step"),
        ('"transfer"', '"Transfer"', "small letters"),
        ("months = 3", "months = 0", "a number from 1"),
    ],
)
def test_a_mistake_is_named(tmp_path: Path, old: str, new: str, expected: str) -> None:
    pack = Path(shutil.copytree(load.folder_of("uk-police"), tmp_path / "pack"))
    text = (pack / "watch.toml").read_text("utf-8")
    assert old in text
    (pack / "watch.toml").write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(PackError, match=expected) as caught:
        load_desk(pack)
    assert caught.value.place.file == "watch.toml"
    assert caught.value.place.line > 1


def test_asked_after_the_notice_and_the_outcome_and_never_after_what_she_does_not_see_yet() -> None:
    """Issue 5, part 11: a question after a finding that is told later would tell of it."""
    served, told = date(2026, 2, 3), date(2026, 5, 4)
    steps = [("notice-served", served), ("finding-made", date(2026, 4, 1)), ("outcome-told", told)]
    found = {one.id: one.day for one in schedule(REPORTED, steps, WATCH)}
    assert found["notice-served-1"] == served + timedelta(days=7)
    assert found["outcome-told-1"] == told + timedelta(days=7)
    assert not any(one.startswith("finding-made") for one in found)


def test_a_question_after_a_hidden_step_is_refused(tmp_path: Path) -> None:
    pack = Path(shutil.copytree(load.folder_of("uk-police"), tmp_path / "pack"))
    file = pack / "watch.toml"
    text = file.read_text("utf-8").replace('step = "outcome-told"', 'step = "finding-made"')
    file.write_text(text, "utf-8")
    with pytest.raises(PackError, match="sees at once"):
        load_desk(pack)
