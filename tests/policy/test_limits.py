"""Time limits against an oracle that counts day by day, and the values of the pack with their sources."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.policy.packs import PATIENT, change, copy_of_pack
from upstander.policy.limits import Run, Taken, runs
from upstander.policy.load import PackError, bundled, load_pack
from upstander.policy.model import Limit
from upstander.policy.working_days import (
    Calendar,
    end_of_days,
    end_of_months,
    end_of_working_days,
    working_days_between,
)

PACK = bundled("uk-police")
CALENDAR = PACK.calendar
DAYS = st.dates(date(2020, 1, 1), date(2028, 6, 30))


def counted(after: date, count: int, unit: str, stops: list[tuple[date, date]], calendar: Calendar) -> date:
    """The oracle: walks one day at a time and counts those that count."""
    day = after
    while count:
        day += timedelta(days=1)
        stood_still = any(stop < day <= again for stop, again in stops)
        if not stood_still and (unit == "days" or calendar.is_working(day)):
            count -= 1
    return day


def limit(unit: str = "days", count: int = 10, **more: tuple[str, ...]) -> Limit:
    named: dict[str, Any] = {
        "starts": ("begun",),
        "ends": ("done",),
        "pauses": ("paused",),
        "resumes": ("resumed",),
        **more,
    }
    return Limit("some", "Something", "law", "A source", unit, count, **named)


@PATIENT
@given(DAYS, st.integers(1, 120))
def test_working_days_are_counted_as_by_hand(after: date, count: int) -> None:
    end = end_of_working_days(after, count, CALENDAR)
    assert end == counted(after, count, "working days", [], CALENDAR)
    assert CALENDAR.is_working(end)
    assert working_days_between(after, end, CALENDAR) == count


@PATIENT
@given(
    DAYS,
    st.sampled_from(["days", "working days"]),
    st.integers(1, 60),
    st.lists(st.tuples(st.integers(0, 20), st.integers(0, 40)), max_size=3),
)
def test_days_in_which_a_limit_stands_still_do_not_count(
    begun: date, unit: str, count: int, waits: list[tuple[int, int]]
) -> None:
    steps, stops, day = [Taken("begun", begun)], [], begun
    for running, stopped in waits:
        stop = day + timedelta(days=running)
        day = stop + timedelta(days=stopped)
        steps += [Taken("paused", stop), Taken("resumed", day)]
        stops.append((stop, day))
    (run,) = runs([limit(unit, count)], steps)
    assert run.due(CALENDAR) == counted(begun, count, unit, stops, CALENDAR)


def test_a_limit_that_stands_still_has_no_last_day_and_is_not_late() -> None:
    begun = date(2026, 3, 2)
    (run,) = runs([limit()], [Taken("begun", begun), Taken("paused", begun + timedelta(days=3))])
    assert run.due(CALENDAR) is None
    assert not run.late(begun + timedelta(days=400), CALENDAR)


def test_each_update_starts_the_next_four_weeks() -> None:
    """SI 2020/2 reg 34(2): the first within four weeks, then at least every four weeks."""
    days = [date(2026, 1, 5), date(2026, 1, 26), date(2026, 3, 2), date(2026, 3, 9)]
    kinds = ["received", "replied", "replied", "closed"]
    update = [one for one in PACK.limits if one.id == "update"]
    found = runs(update, [Taken(kind, day) for kind, day in zip(kinds, days, strict=True)])
    assert [(run.since, run.met, run.due(CALENDAR)) for run in found] == [
        (days[0], days[1], date(2026, 2, 2)),
        (days[1], days[2], date(2026, 2, 23)),
        (days[2], days[3], date(2026, 3, 30)),
    ]
    assert [run.late(days[-1], CALENDAR) for run in found] == [False, True, False]


def test_a_closed_case_has_no_running_limit_and_a_reopened_one_has_again() -> None:
    steps = [Taken("received", date(2026, 1, 5)), Taken("closed", date(2026, 1, 6))]
    assert [run for run in runs(PACK.limits, steps) if run.limit.id == "update" and run.met is None] == []
    again = [*steps, Taken("reopened", date(2026, 2, 2))]
    (run,) = [run for run in runs(PACK.limits, again) if run.limit.id == "update" and run.met is None]
    assert run.due(CALENDAR) == date(2026, 3, 2)


def test_the_last_day_itself_is_in_time() -> None:
    run = Run(limit(count=7), date(2026, 3, 2))
    assert run.due(CALENDAR) == date(2026, 3, 9)
    assert not run.late(date(2026, 3, 9), CALENDAR)
    assert run.late(date(2026, 3, 10), CALENDAR)


@pytest.mark.parametrize(
    ("after", "count", "end"),
    [
        (date(2026, 12, 24), 1, date(2026, 12, 29)),  # Christmas, a weekend, Boxing Day's substitute
        (date(2026, 4, 2), 1, date(2026, 4, 7)),  # Good Friday to Easter Monday
        (date(2022, 9, 16), 1, date(2022, 9, 20)),  # the day of the state funeral
        (date(2024, 2, 28), 2, date(2024, 3, 1)),  # leap day counts
        (date(2026, 11, 27), 15, date(2026, 12, 18)),  # officer's answer, SI 2020/4 reg 31(1)
    ],
)
def test_periods_of_working_days_known_by_hand(after: date, count: int, end: date) -> None:
    assert end_of_working_days(after, count, CALENDAR) == end


@pytest.mark.parametrize(
    ("after", "months", "end"),
    [
        (date(2025, 11, 25), 12, date(2026, 11, 25)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2027, 8, 31), 6, date(2028, 2, 29)),
        (date(2026, 12, 31), 2, date(2027, 2, 28)),
    ],
)
def test_months_end_on_the_corresponding_day(after: date, months: int, end: date) -> None:
    assert end_of_months(after, months) == end


def test_four_weeks_are_twenty_eight_days() -> None:
    assert end_of_days(date(2026, 2, 1), 28) == date(2026, 3, 1)


def test_bank_holidays_that_were_never_weekdays_stay_out() -> None:
    assert all(day.weekday() < 5 for day in CALENDAR.holidays)
    years = {day.year for day in CALENDAR.holidays}
    assert years == set(range(min(years), CALENDAR.known_until.year + 1))
    for year in years:
        extra = {2022: 2, 2023: 1}.get(year, 0)  # jubilee and state funeral; coronation
        assert sum(day.year == year for day in CALENDAR.holidays) == 8 + extra


def test_past_the_known_bank_holidays_a_last_day_is_not_sure() -> None:
    begun = CALENDAR.known_until - timedelta(days=3)
    assert not Run(limit("working days", 10), begun).sure(CALENDAR)
    assert Run(limit("days", 10), begun).sure(CALENDAR)
    assert Run(limit("working days", 10), begun - timedelta(days=60)).sure(CALENDAR)


def test_every_limit_of_the_pack_says_where_it_comes_from() -> None:
    assert PACK.limits
    for one in PACK.limits:
        assert one.source
        assert one.basis == "house" or "reg" in one.source or "s." in one.source


@pytest.mark.parametrize(
    ("file", "old", "new", "expected"),
    [
        ("limits.toml", 'starts = ["received"]', 'starts = ["recieved"]', "the id of a step"),
        ("limits.toml", 'unit = "days"', 'unit = "weeks"', "one of days, working days, months"),
        ("limits.toml", "count = 28", "count = 0", "a number from 1"),
        ("limits.toml", 'id = "update"', 'id = "open"', "an id that no other limit has"),
        ("limits.toml", 'again = ["replied"]', 'pauses = ["replied"]', '"pauses" and "resumes" together'),
        ("limits.toml", 'nation = "england-and-wales"', 'nation = "atlantis"', "a nation of"),
        ("limits.toml", 'per = "subject"', 'per = "galaxy"', "one of case, allegation, track, subject"),
        ("limits.toml", 'binds = "reporter"', 'binds = "nobody"', "one of team, reporter, subject, public"),
        ("limits.toml", 'given = "review-date"', 'given = "reasons"', "a need of kind day"),
        ("limits.toml", 'tracks = ["staff"]', 'tracks = ["stuff"]', "a track"),
        ("limits.toml", "unless = { route", "unless = { root", "a fact or a choice"),
        ("bank_holidays.toml", '"2026-04-03"', '"2026-04-33"', 'a day such as "2026-12-25"'),
        ("bank_holidays.toml", 'known_until = "2028-12-31"', 'known_until = ""', 'a day such as "2028'),
    ],
)
def test_a_broken_list_of_limits_says_where(
    tmp_path: Path, file: str, old: str, new: str, expected: str
) -> None:
    pack = copy_of_pack(tmp_path)
    line = change(pack, file, old, new)
    with pytest.raises(PackError) as caught:
        load_pack(pack)
    assert caught.value.place.file == file
    assert expected in caught.value.expected
    if old.startswith(("count", "id", "nation", "known")):
        assert caught.value.place.line == line
