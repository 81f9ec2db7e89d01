"""The clocks of both packs, each value under its source, and against an oracle that goes day by day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.policy.packs import PATIENT, pack_of
from upstander.policy.limits import LimitError, Run, Taken, extend, groups, running, runs, told
from upstander.policy.load import pack_ids
from upstander.policy.model import Limit

UK = pack_of("uk-police")
WORK = pack_of("workplace")
CALENDAR = UK.calendar
DAYS = st.dates(date(2020, 2, 1), date(2027, 12, 31))
ONE = timedelta(days=1)


def limit_of(pack_id: str, limit: str) -> Limit:
    return next(one for one in pack_of(pack_id).limits if one.id == limit)


def due(pack_id: str, limit: str, *steps: tuple[str, date]) -> date | None:
    (run,) = running([limit_of(pack_id, limit)], [Taken(*step) for step in steps])
    return run.due(CALENDAR)


MONDAY = date(2026, 3, 30)  # Good Friday and Easter Monday lie on 3 and 6 April


@pytest.mark.parametrize(
    ("pack_id", "limit", "steps", "last"),
    [
        pytest.param("uk-police", "update", [("received", MONDAY)], date(2026, 4, 27), id="SI 2020/2 reg 34(2)(a)"),
        pytest.param(
            "uk-police", "tell-outcome", [("outcome-decided", MONDAY)], date(2026, 4, 8),
            id="SI 2020/2 reg 34(2)(b): 5 working days",
        ),
        pytest.param(
            "uk-police", "tell-subject", [("outcome-decided", MONDAY)], date(2026, 4, 8),
            id="SI 2020/4 regs 43, 63: 5 working days",
        ),
        pytest.param(
            "uk-police", "overrun", [("received", date(2026, 3, 2)), ("investigator-appointed", MONDAY)],
            date(2027, 3, 1), id="SI 2020/2 reg 13(3)(a), SI 2020/4 reg 19(2)(a): 12 months beginning with the day",
        ),
        pytest.param("uk-police", "review", [("outcome-told", MONDAY)], date(2026, 4, 27), id="SI 2020/2 reg 29"),
        pytest.param(
            "uk-police", "answer", [("proceedings-notified", MONDAY)], date(2026, 4, 22), id="SI 2020/4 reg 31(1)"
        ),
        pytest.param("uk-police", "witnesses", [("answered", MONDAY)], date(2026, 4, 2), id="SI 2020/4 reg 31(4)"),
        pytest.param(
            "uk-police", "pre-hearing", [("papers-to-chair", MONDAY)], date(2026, 4, 22), id="SI 2020/4 reg 33(1)(a)"
        ),
        pytest.param(
            "uk-police", "accelerated", [("accelerated-notified", MONDAY)], date(2026, 4, 22),
            id="SI 2020/4 reg 52(1)",
        ),
        pytest.param(
            "uk-police", "resume", [("resumption-asked", MONDAY)], date(2026, 4, 27), id="SI 2020/2 reg 41(4)(b)"
        ),
        pytest.param(
            "uk-police", "appeal", [("to-meeting", MONDAY - ONE), ("subject-told", MONDAY)], date(2026, 4, 10),
            id="SI 2020/4 reg 45(3)(a)",
        ),
        pytest.param(
            "workplace", "acknowledge", [("received", MONDAY)], date(2026, 4, 6), id="2019/1937 Art 9(1)(b)"
        ),
        pytest.param(
            "workplace", "feedback", [("received", MONDAY), ("acknowledged", date(2026, 3, 31))],
            date(2026, 6, 30), id="2019/1937 Art 9(1)(f)",
        ),
    ],
)  # fmt: skip
def test_a_legal_clock_counts_as_its_source_says(
    pack_id: str, limit: str, steps: Sequence[tuple[str, date]], last: date
) -> None:
    assert limit_of(pack_id, limit).basis == "law"
    assert due(pack_id, limit, *steps) == last


def test_an_accelerated_hearing_has_a_first_day_too_si_2020_4_reg_52_1() -> None:
    (run,) = running([limit_of("uk-police", "accelerated")], [Taken("accelerated-notified", MONDAY)])
    assert run.earliest(CALENDAR) == date(2026, 4, 15)
    assert Run(limit_of("uk-police", "answer"), MONDAY).earliest(CALENDAR) is None


def test_an_appeal_from_a_hearing_is_not_counted_as_one_from_a_meeting() -> None:
    steps = [Taken("to-hearing", MONDAY - ONE), Taken("subject-told", MONDAY)]
    assert running([limit_of("uk-police", "appeal")], steps) == []


def test_what_could_not_be_read_is_an_aim_of_the_house_and_is_listed() -> None:
    assert limit_of("uk-police", "refer").basis == "house"
    assert limit_of("uk-police", "suspension").basis == "house"
    left_out = {one.id for one in UK.law.left_out}
    assert {"refer-by", "meeting-date", "hearing-date", "suspension-review"} <= left_out
    assert all(one.help for one in UK.law.left_out)
    counts = {(one.unit, one.count) for one in UK.limits if one.basis == "law"}
    assert ("working days", 100) not in counts
    assert ("working days", 20) not in counts


@PATIENT
@given(DAYS, st.integers(0, 400), st.lists(st.integers(1, 500), max_size=4))
def test_the_delay_report_is_due_at_twelve_months_and_every_six_whatever_day_it_was_sent(
    came: date, until_appointed: int, reports: list[int]
) -> None:
    """SI 2020/2 reg 13(3): each next period starts with the day after the end of the previous one."""
    day = came + timedelta(days=until_appointed)
    steps = [Taken("received", came), Taken("investigator-appointed", day)]
    for gap in reports:
        day += timedelta(days=gap)
        steps.append(Taken("overrun-reported", day))
    found = runs([limit_of("uk-police", "overrun")], steps)
    assert len(found) == len(reports) + 1
    for number, run in enumerate(found):
        assert run.due(CALENDAR) == months_on(came, 12 + 6 * number) - ONE


def months_on(day: date, months: int) -> date:
    """The oracle: forward day by day to the month that corresponds, then to the day or the month's last."""
    year, month = day.year + (day.month - 1 + months) // 12, (day.month - 1 + months) % 12 + 1
    at = day
    while (at.year, at.month) != (year, month):
        at += ONE
    while at.day != day.day and (at + ONE).month == month:
        at += ONE
    return at


@PATIENT
@given(DAYS, st.integers(1, 30), st.sampled_from(["days", "working days"]))
def test_a_period_that_begins_with_the_day_itself_ends_a_counted_day_earlier(
    since: date, count: int, unit: str
) -> None:
    limit = Limit("x", "X", "law", "reg", unit, count, ("begun",), ("done",), first="same day")
    end = Run(limit, since).due(CALENDAR)
    counted = 0
    day = since - ONE
    while counted < count:
        day += ONE
        counted += unit == "days" or CALENDAR.is_working(day)
    assert end == day


@PATIENT
@given(DAYS, st.integers(0, 60), st.integers(0, 60))
def test_standing_still_does_not_stop_the_updates_or_the_delay_report(
    came: date, until_paused: int, paused_for: int
) -> None:
    """SI 2020/2 regs 13 and 34 name no suspension that stops them."""
    paused = came + timedelta(days=until_paused)
    steps = [Taken("received", came), Taken("investigator-appointed", came), Taken("paused", paused)]
    steps.append(Taken("taken-up", paused + timedelta(days=paused_for)))
    for limit in ("update", "overrun"):
        alone = running([limit_of("uk-police", limit)], steps[:2])
        assert running([limit_of("uk-police", limit)], steps)[0].due(CALENDAR) == alone[0].due(CALENDAR)


@pytest.mark.parametrize(
    ("today", "met", "state"),
    [
        (date(2026, 4, 1), None, "running"),
        (date(2026, 4, 8), None, "today"),
        (date(2026, 4, 9), None, "overdue"),
        (date(2026, 5, 1), date(2026, 4, 8), "met"),
        (date(2026, 5, 1), date(2026, 4, 9), "met-late"),
    ],
)
def test_overdue_is_a_state_and_met_too_late_stays_so(today: date, met: date | None, state: str) -> None:
    run = Run(limit_of("uk-police", "tell-outcome"), MONDAY, met)
    assert run.state(today, CALENDAR) == state


def test_what_stands_still_says_so() -> None:
    stopping = replace(limit_of("uk-police", "answer"), pauses=("paused",), resumes=("taken-up",))
    (run,) = runs([stopping], [Taken("proceedings-notified", MONDAY), Taken("paused", MONDAY + ONE)])
    assert run.state(date(2027, 1, 1), CALENDAR) == "still"


def test_an_extension_needs_a_role_a_reason_and_a_later_day() -> None:
    run = Run(limit_of("uk-police", "pre-hearing"), MONDAY)
    later = date(2026, 5, 6)
    longer = extend(run, later, "decider", "The representative is in hospital.", CALENDAR)
    assert longer.due(CALENDAR) == later
    assert longer.state(date(2026, 5, 7), CALENDAR) == "overdue"
    for until, role, reasons, says in [
        (later, "handler", "x", "can't be extended here"),
        (later, "decider", " ", "Write the reasons"),
        (date(2026, 4, 22), "decider", "x", "Give a day after (2026-04-22|22 April 2026)"),
    ]:
        with pytest.raises(LimitError, match=says):
            extend(run, until, role, reasons, CALENDAR)
    with pytest.raises(LimitError, match="not running"):
        extend(replace(run, met=MONDAY), later, "decider", "x", CALENDAR)


def test_what_the_law_lets_nobody_extend_cannot_be() -> None:
    for limit in ("update", "tell-outcome", "overrun", "review"):
        with pytest.raises(LimitError, match="shows as late"):
            extend(Run(limit_of("uk-police", limit), MONDAY), date(2030, 1, 1), "decider", "x", CALENDAR)


def test_house_clocks_are_kept_apart_from_legal_ones_and_both_say_so() -> None:
    for pack_id in pack_ids():
        for one in pack_of(pack_id).limits:
            assert Run(one, MONDAY).legal is (one.basis != "house")
            if one.basis == "house":
                assert "SI 20" not in one.source.split(":")[0]
    assert limit_of("uk-police", "open").basis == "house"


def test_each_role_sees_the_days_the_pack_says() -> None:
    steps = [
        Taken("received", MONDAY),
        Taken("outcome-decided", MONDAY),
        Taken("proceedings-notified", MONDAY),
    ]
    found = running(UK.limits, steps)
    seen = {role: {run.limit.id for run in told(found, role)} for role in ("handler", "reporter", "subject")}
    assert "answer" not in seen["reporter"]
    assert seen["subject"] == {"tell-subject", "answer"}
    assert seen["reporter"] == {"tell-outcome"}
    assert seen["handler"] >= seen["reporter"]


@PATIENT
@given(st.data(), st.sampled_from(pack_ids()))
def test_every_clock_of_every_pack_counts_as_by_hand(data: st.DataObject, pack_id: str) -> None:
    pack = pack_of(pack_id)
    limit = data.draw(st.sampled_from(pack.limits))
    since = data.draw(DAYS)
    before = [Taken(limit.after[0], since)] if limit.after else []
    (run,) = running([limit], [*before, Taken(limit.starts[0], since)])
    if limit.unit == "months":
        end = months_on(since, limit.count) - (ONE if limit.first == "same day" else timedelta())
    else:
        end, left = since, limit.count
        while left:
            end += ONE
            left -= limit.unit == "days" or pack.calendar.is_working(end)
    assert run.due(pack.calendar) == end
    assert run.sure(pack.calendar) is (limit.unit != "working days" or end <= pack.calendar.known_until)


@pytest.mark.parametrize(
    ("limit", "start", "whose"),
    [
        ("review", "outcome-told", "reporter"),  # SI 2020/2 reg 29
        ("resume", "resumption-asked", "reporter"),  # SI 2020/2 reg 41(4)(b)
        ("answer", "proceedings-notified", "subject"),  # SI 2020/4 reg 31(1)
        ("appeal", "subject-told", "subject"),  # SI 2020/4 reg 45(3)(a)
        ("publish", "published", "public"),
    ],
)
def test_what_binds_somebody_else_is_a_right_that_ends_and_never_the_team_s_lateness(
    limit: str, start: str, whose: str
) -> None:
    steps = [Taken("to-meeting", MONDAY - ONE), Taken(start, MONDAY)]
    (run,) = running([limit_of("uk-police", limit)], steps)
    last = run.due(CALENDAR)
    assert run.right and run.limit.binds == whose and last is not None
    assert run.state(last, CALENDAR) == "theirs"
    assert run.state(last + ONE, CALENDAR) == "lapsed"
    assert not run.late(last + timedelta(days=400), CALENDAR)


SUBJECTS = {"one": "sergeant", "two": "sergeant", "three": "inspector"}


def counted(limit: str, *steps: Taken) -> dict[str, list[date | None]]:
    """The last days of what runs, by what it runs for."""
    one = limit_of("uk-police", limit)
    found: dict[str, list[date | None]] = {}
    for about, mine in groups(one, steps, SUBJECTS):
        for run in running([one], mine):
            found.setdefault(about, []).append(run.due(CALENDAR))
    return found


def test_a_limit_runs_for_each_allegation_by_itself_si_2020_2_reg_34_2_b() -> None:
    """Telling the outcome of one allegation does not meet the limit of another."""
    steps = [
        Taken("outcome-decided", MONDAY, "one", "conduct"),
        Taken("outcome-decided", MONDAY + ONE, "two", "conduct"),
        Taken("outcome-told", MONDAY + 2 * ONE, "one", "conduct"),
    ]
    assert counted("tell-outcome", *steps) == {"two": [date(2026, 4, 9)]}
    assert counted("tell-outcome", *steps[:2]) == {"one": [date(2026, 4, 8)], "two": [date(2026, 4, 9)]}


def test_the_day_the_report_came_counts_for_every_allegation_si_2020_2_reg_13() -> None:
    came = Taken("received", MONDAY - 10 * ONE)
    steps = [came] + [Taken("investigator-appointed", MONDAY, of, "conduct") for of in ("one", "three")]
    assert counted("overrun", *steps) == {"one": [date(2027, 3, 19)], "three": [date(2027, 3, 19)]}
    reported = Taken("report-made", MONDAY + ONE, "one", "conduct")
    assert set(counted("overrun", *steps, reported)) == {"three"}


def test_a_suspension_is_of_a_person_and_not_of_an_allegation_si_2020_4_reg_11() -> None:
    steps = [
        Taken("suspended", MONDAY, "one", "conduct"),
        Taken("suspension-reviewed", MONDAY + 20 * ONE, "two", "conduct"),
    ]
    assert counted("suspension", *steps) == {"sergeant": [MONDAY + 48 * ONE]}


def test_one_track_that_stands_still_is_not_taken_up_by_another() -> None:
    steps = [
        Taken("paused", MONDAY, "one", "conduct"),
        Taken("paused", MONDAY, "one", "crime"),
        Taken("taken-up", MONDAY + ONE, "one", "crime"),
    ]
    assert counted("pause-again", *steps) == {"one": [MONDAY + 28 * ONE]}


def test_a_withdrawn_allegation_has_no_clock_and_staff_none_of_the_officers() -> None:
    gone = Taken("outcome-decided", MONDAY, "withdrawn", "conduct")
    assert counted("tell-outcome", gone) == {}
    staff = Taken("outcome-decided", MONDAY, "one", "staff")
    assert counted("tell-subject", staff) == {}, "SI 2020/4, regs 43 and 63 are not about staff"
    assert set(counted("tell-outcome", staff)) == {"one"}


def test_a_pause_is_looked_at_on_the_day_its_decider_gave_and_within_28_days() -> None:
    for given_day, due_day in (
        (MONDAY + 10 * ONE, MONDAY + 10 * ONE),
        (MONDAY + 90 * ONE, MONDAY + 28 * ONE),
    ):
        paused = Taken("paused", MONDAY, "one", "conduct", {"review-date": given_day.isoformat()})
        assert counted("pause-again", paused) == {"one": [due_day]}
    first = Taken("paused", MONDAY, "one", "conduct", {"review-date": (MONDAY + ONE).isoformat()})
    again = {"review-date": (MONDAY + 9 * ONE).isoformat()}
    reviewed = Taken("pause-reviewed", MONDAY + ONE, "one", "conduct", again)
    assert counted("pause-again", first, reviewed) == {"one": [MONDAY + 9 * ONE]}


def test_no_clock_of_staff_quotes_the_regulations_of_officers() -> None:
    """Police staff are not under SI 2020/4: contract and local policy hold."""
    moves = {move.id for track in UK.law.tracks if track.id == "staff" for move in track.moves}
    for one in UK.limits:
        starts = set(one.starts) & moves
        if starts and (not one.tracks or "staff" in one.tracks) and (not one.after or set(one.after) & moves):
            assert "2020/4" not in one.source, one.id
    staff = Taken("suspended", MONDAY, "one", "staff")
    assert counted("suspension", staff) == {} and set(counted("suspension-staff", staff)) == {"sergeant"}
