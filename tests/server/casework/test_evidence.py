"""Evidence that will be wiped: a house clock of the case, in every place that says what is due."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.core import mail

from tests import people
from tests.server.casework import coded
from tests.server.casework.desk import Desk
from tests.server.casework.test_lawful import accused, opened, refused
from upstander.server.accounts.models import Person
from upstander.server.cases.models import Case
from upstander.server.casework import docket, evidence, reminders
from upstander.server.casework.dossier import file_of
from upstander.server.casework.models import Docket, Overdue

pytestmark = [pytest.mark.django_db]


@pytest.fixture
def desk(force: people.Force) -> Desk:
    """A case in which nothing is due for the next days, with somebody who can be written to."""
    Person.objects.filter(pk=force.handler.person.pk).update(email="marian@marlshire.example")
    desk = opened(force)
    accused(desk)
    return desk


def day(desk: Desk, days: int) -> str:
    return (desk.force.today() + datetime.timedelta(days=days)).isoformat()


def wiped(desk: Desk, days: int, what: str = "cctv", **said: Any) -> dict[str, Any]:
    return coded.fact("wiped", what=what, gone=day(desk, days), **said)


def again(desk: Desk, one: dict[str, Any], **said: Any) -> None:
    """Says something else of what was written down before."""
    now = file_of(Case.objects.get(id=desk.case)).now(one["item"])
    assert now is not None
    desk.work({**one, "base": now.number, **said})


def due(desk: Desk) -> tuple[str, str]:
    row = Docket.objects.get(case=desk.case)
    return str(row.due), row.due_limit


def page(desk: Desk, path: str) -> str:
    return desk.force.handler.client().get(path).content.decode()


def test_what_is_wiped_first_is_due_the_day_before(desk: Desk) -> None:
    before = due(desk)
    late, soon = wiped(desk, 5), wiped(desk, 2, "body-worn")
    desk.work(late)
    desk.work(soon)
    assert before[0] > day(desk, 1) and due(desk) == (day(desk, 1), evidence.LIMIT)
    again(desk, soon, secured=desk.force.today().isoformat())
    assert due(desk)[0] == min(day(desk, 4), before[0])
    again(desk, late, lost=True)
    assert due(desk) == before


def test_lists_mails_and_the_file_say_it(desk: Desk) -> None:
    desk.work(wiped(desk, 1))
    queue = page(desk, "/desk/queue/?view=soon")
    assert evidence.LABEL in queue and desk.case in queue
    file = page(desk, f"/desk/cases/{desk.case}/file/")
    side = file.split('id="due"')[1].split("</section>")[0]
    legal, house = side.split("Evidence that will be wiped")
    assert "CCTV" not in legal and "CCTV" in house and "House clock" in house
    assert "last day to act" in house and "It was made safe" in file and "It is gone" in file
    assert reminders.send_due(desk.force.today()) == 1
    assert [one.to for one in mail.outbox] == [["marian@marlshire.example"]]


def test_the_day_on_the_card_counts_until_a_piece_is_written_down(desk: Desk) -> None:
    card = coded.fact("first-hour", decision="evidence", choice="some", values={"wiped-on": day(desk, 2)})
    desk.work(card)
    assert due(desk) == (day(desk, 1), evidence.LIMIT)
    assert evidence.ON_THE_CARD.split(":")[1] in page(desk, f"/desk/cases/{desk.case}/file/")
    desk.work(wiped(desk, 3))
    assert due(desk) == (day(desk, 2), evidence.LIMIT)


def test_what_was_missed_stays_late_and_is_no_limit_of_the_law(desk: Desk) -> None:
    desk.work(wiped(desk, -1))
    assert due(desk) == (day(desk, -2), evidence.LIMIT)
    assert "gone since" in page(desk, f"/desk/cases/{desk.case}/file/").split('id="due"')[0]
    docket.write_down_late(desk.force.today())
    assert not Overdue.objects.filter(limit=evidence.LIMIT).exists()


def test_it_is_safe_or_it_is_gone(desk: Desk) -> None:
    both = wiped(desk, 3, secured=desk.force.today().isoformat(), lost=True)
    assert "either" in refused(desk, both)
