"""The list and the case page: what they show, in which order, and what they never show."""

from __future__ import annotations

import ast
from datetime import date, timedelta
from pathlib import Path

import pytest

import upstander.server.casework
from tests import people
from tests.server.casework.desk import Desk, report
from upstander.policy.model import Clocks
from upstander.sealing.words import ReceiptKeys
from upstander.server.accounts import actions as accounts
from upstander.server.cases.models import Case, Envelope, Grant
from upstander.server.casework import access, board, docket, words
from upstander.server.log import actions as log

CLOCKS = Clocks(open_days=5, write_days=28, look_back_days=7)
db = pytest.mark.django_db


def bare_cases(force: people.Force, count: int, received: date) -> list[Case]:
    """Cases with a grant to the handler and nothing else in them."""
    made = [
        Case(
            id=f"{'abcdefghij'[n // 10]}{'abcdefghij'[n % 10]}" + "a" * 24,
            institution=force.institution,
            state="open",
            day=received,
            mailbox=f"{n:064x}",
            reporter_seal="",
            reporter_sign="",
            reporter_key="",
        )
        for n in range(count)
    ]
    Case.objects.bulk_create(made)
    Grant.objects.bulk_create(
        Grant(case=case, scope="case", epoch=1, key=force.handler.key, sealed=b"", day=received)
        for case in made
    )
    return made


@db
def test_the_trail_says_what_is_in_the_record(
    folder: Path, force: people.Force, receipt: ReceiptKeys
) -> None:
    desk = Desk.of(force, force.handler, report(force, receipt))
    page = f"/desk/cases/{desk.case}/"
    assert "waits to be entered" in force.handler.client().get(page).content.decode()
    log.beat()
    log.beat()
    assert desk.post("envelopes", desk.writing("A note.", "note")).status_code == 200
    desk.load()
    text = force.handler.client().get(page).content.decode()
    assert "1 of 2 acts wait to be entered" in text and "Note for handlers" in text
    [proof] = desk.answer["record"]["proofs"]
    assert f"entry {proof['index']} of 1, shown to the public as received" in text


def groups(force: people.Force, today: date) -> list[tuple[str, int]]:
    return [
        (case.id, case.rank) for case in access.listed(force.handler.person, CLOCKS, today).order_by("id")
    ]


def late_promises(force: people.Force, today: date) -> int:
    return access.counted(access.listed(force.handler.person, CLOCKS, today), CLOCKS, today)[1]


def letter(case: Case, order: int, direction: str, day: date) -> None:
    Envelope.objects.create(
        id=f"{case.id[:2]}{'abcdefg'[order]}" + "a" * 23,
        case=case,
        order=order,
        kind="message",
        direction=direction,
        epoch=1,
        day=day,
        sha256="",
        sealed=b"",
    )
    Case.objects.filter(id=case.id).update(wrote=day if direction == "to-desk" else None)


@db
def test_each_case_is_in_the_group_it_belongs_to(force: people.Force) -> None:
    today = force.today()
    _fresh, read, late, answered, waiting, closed = bare_cases(force, 6, today - timedelta(days=3))
    for case in (read, late, answered, waiting, closed):
        case.steps.create(order=1, kind="opened", day=today)
    Case.objects.filter(id=late.id).update(day=today - timedelta(days=28))
    Case.objects.filter(id=closed.id).update(state="closed")
    closed.steps.create(order=2, kind="closed", outcome="found", day=today)

    for case in (answered, waiting):
        letter(case, 1, "to-reporter", today)
    letter(answered, 2, "to-desk", today)
    docket.complete()
    needs, later, wait, end = access.NEEDS, access.LATER, access.WAITING, access.CLOSED
    assert [rank for _, rank in groups(force, today)] == [needs, later, needs, needs, wait, end]
    text = force.handler.client().get("/desk/").content.decode()
    assert "Three cases need you." in text
    assert "You hold 6 cases." in text
    assert text.index("Needs you") < text.index("Later") < text.index("Waiting for someone else")


@db
@pytest.mark.parametrize(("days", "group"), [(27, access.WAITING), (28, access.NEEDS), (40, access.NEEDS)])
def test_four_weeks_after_a_letter_the_next_one_is_due(force: people.Force, days: int, group: int) -> None:
    """SI 2020/2 reg 34(2): an update at least every four weeks, not only the first."""
    today = force.today()
    (case,) = bare_cases(force, 1, today - timedelta(days=100))
    case.steps.create(order=1, kind="opened", day=today)
    letter(case, 1, "to-reporter", today - timedelta(days=days))
    docket.complete()
    (row,) = access.listed(force.handler.person, CLOCKS, today)
    assert row.rank == group
    step, due, _ = board.next_step(row, CLOCKS, today)
    assert (step, due) == ("Write to the reporter again", today + timedelta(days=28 - days))
    assert late_promises(force, today) == (1 if days > 28 else 0)


@db
def test_the_case_page_says_what_asks_for_each_day(force: people.Force, receipt: ReceiptKeys) -> None:
    case = report(force, receipt)
    Desk.of(force, force.handler, case)
    page = force.handler.client().get(f"/desk/cases/{case}/").content.decode()
    assert "Open the report" in page
    assert "our own aim: " in page
    assert "the law asks for it: Police (Complaints and Misconduct) Regulations 2020" in page


@db
@pytest.mark.parametrize(
    ("age", "late"), [(5, 0), (6, 1), (28, 1), (29, 1)], ids=["last day", "a day late", "4 weeks", "more"]
)
def test_a_promise_is_late_the_day_after(force: people.Force, age: int, late: int) -> None:
    today = force.today()
    bare_cases(force, 1, today - timedelta(days=age))
    assert late_promises(force, today) == late


@db
def test_a_colleague_who_left_is_named_with_her_cases(force: people.Force, receipt: ReceiptKeys) -> None:
    case = report(force, receipt, channels=[force.inside])
    accounts.leave(force.inside, force.colleague.key)
    text = force.handler.client().get("/desk/").content.decode()
    assert "Devi has no part here any more" in text
    assert f"/desk/cases/{case}/#holders" in text
    desk = Desk.of(force, force.handler, case)
    page = force.handler.client().get(f"/desk/cases/{case}/").content.decode()
    assert "Devi has no part here any more and still holds a key" in page
    assert desk.post("epochs", desk.taking_away(force.colleague)).status_code == 200
    assert "no longer works" not in force.handler.client().get("/desk/").content.decode()


@db
def test_one_key_alone_is_a_warning(force: people.Force, receipt: ReceiptKeys) -> None:
    case = report(force, receipt, channels=[force.inside], excluded=[force.excluded])
    client = force.handler.client()
    warning = "One person holds a key to this case."
    assert warning not in client.get(f"/desk/cases/{case}/").content.decode()
    accounts.leave(force.inside, force.colleague.key)
    desk = Desk.of(force, force.handler, case)
    assert desk.post("epochs", desk.taking_away(force.colleague)).status_code == 200
    assert warning in client.get(f"/desk/cases/{case}/").content.decode()


@db
def test_the_case_page_says_what_is_known_and_nothing_more(force: people.Force, receipt: ReceiptKeys) -> None:
    case = report(force, receipt, excluded=[force.excluded], urgent=True)
    Desk.of(force, force.handler, case)
    text = force.handler.client().get(f"/desk/cases/{case}/?done=message").content.decode()
    assert "Inspector Holt" in text
    assert "marked this urgent" in text
    assert "Your message is sealed and sent." in text
    assert "It was said aloud." not in text
    assert "A. Nyone" not in text
    for form in text.split("<form")[1:]:
        assert "/desk/sign-out/" in form.split(">")[0], "a form of the server's could send what is typed"
    assert "<textarea" not in text
    assert "style=" not in text
    assert "<script>" not in text
    nothing = force.handler.client().get(f"/desk/cases/{case}/?done=%3Cscript%3E").content.decode()
    assert 'id="done"' not in nothing


def test_words_for_days_and_counts() -> None:
    today = date(2027, 1, 18)
    assert words.distance(date(2027, 1, 15), today) == "3 days late"
    assert words.distance(date(2027, 1, 17), today) == "1 day late"
    assert words.distance(today, today) == "today"
    assert words.distance(date(2027, 1, 19), today) == "tomorrow"
    assert words.short_day(date(2027, 2, 1), today) == "Mon 1 Feb"
    assert words.short_day(date(2028, 2, 1), today) == "Tue 1 Feb 2028"
    assert words.case_number("tk49qf" + "a" * 20) == "TK4-9QF"
    assert (words.count(4), words.count(12), words.count(0)) == ("Four", "12", "No")


def test_views_reach_rows_only_through_access() -> None:
    folder = Path(upstander.server.casework.__file__).parent
    for name in ("views.py", "api.py", "board.py", "timeline.py"):
        tree = ast.parse((folder / name).read_text())
        direct = [
            node for node in ast.walk(tree) if isinstance(node, ast.Attribute) and node.attr == "objects"
        ]
        assert not direct, f"{name} asks the database past access.py"
