"""Reminders: to whom something is due, once a day, and nothing about any case in them."""

from __future__ import annotations

import datetime

import pytest
from django.conf import LazySettings
from django.core import mail

from tests import people
from tests.server.casework import coded
from tests.server.casework.desk import Desk
from tests.server.casework.test_lawful import accused, opened
from upstander.server.accounts.models import Person
from upstander.server.casework import reminders
from upstander.server.casework.models import Docket

pytestmark = [pytest.mark.django_db]


@pytest.fixture
def desk(force: people.Force) -> Desk:
    """A case with something due tomorrow; three of its people can be written to."""
    for one in (force.handler, force.colleague, force.overseer):
        Person.objects.filter(pk=one.person.pk).update(email=f"{one.person.username}@marlshire.example")
    desk = opened(force)
    accused(desk, coded={"serious-assault": True})
    return desk


def told(day: datetime.date) -> list[str]:
    mail.outbox.clear()
    sent = reminders.send_due(day)
    assert sent == len(mail.outbox)
    return sorted(one.to[0].split("@")[0] for one in mail.outbox)


def test_everybody_who_holds_it_is_told_once_a_day(desk: Desk) -> None:
    today = desk.force.today()
    assert told(today) == []
    day = today + datetime.timedelta(days=1)
    assert told(day) == ["devi-marlshire", "marian-marlshire"]
    for one in mail.outbox:
        words = (one.subject + one.body).lower()
        for secret in (desk.case, desk.case[:3], "referral", "assault", "report", "marian", "devi"):
            assert secret.lower() not in words
    assert told(day) == []
    assert told(day + datetime.timedelta(days=1)) == ["devi-marlshire", "marian-marlshire"]


def test_without_a_mail_server_nobody_counts_as_told(
    desk: Desk, settings: LazySettings, capsys: pytest.CaptureFixture[str]
) -> None:
    backend, day = settings.EMAIL_BACKEND, desk.force.today() + datetime.timedelta(days=1)
    settings.EMAIL_BACKEND, settings.DEMO = "django.core.mail.backends.console.EmailBackend", False
    assert told(day) == []
    said = capsys.readouterr()
    assert "marlshire.example" not in said.out + said.err
    settings.EMAIL_BACKEND = backend
    assert told(day) == ["devi-marlshire", "marian-marlshire"]


def test_who_it_is_assigned_to_is_told_alone(desk: Desk) -> None:
    desk.work(coded.fact("assignment", to=desk.force.colleague.person.username))
    assert told(desk.force.today() + datetime.timedelta(days=1)) == ["devi-marlshire"]


def test_what_somebody_who_stepped_back_had_is_with_everybody(desk: Desk) -> None:
    desk.work(coded.fact("assignment", to=desk.force.colleague.person.username))
    other = Desk.of(desk.force, desk.force.colleague, desk.case)
    other.work_away(coded.fact("declaration", declared={"interest": False}, outcome="recuses"))
    assert Docket.objects.get(case=desk.case).assigned is None
    assert told(desk.force.today() + datetime.timedelta(days=1)) == ["marian-marlshire"]


def test_a_subject_is_never_told(desk: Desk) -> None:
    desk.work(coded.party(account=desk.force.colleague.person.username))
    assert told(desk.force.today() + datetime.timedelta(days=1)) == ["marian-marlshire"]


def test_whoever_has_a_task_is_told_on_its_day(desk: Desk) -> None:
    """Also where the case is another's; a task for nobody is everybody's."""
    today = desk.force.today()
    due = (today + datetime.timedelta(days=3)).isoformat()
    Docket.objects.filter(case=desk.case).update(due=None)
    desk.work(
        coded.fact("assignment", to=desk.force.handler.person.username),
        coded.fact("task", what="ask", state="open", due=due, to=desk.force.colleague.person.username),
    )
    Docket.objects.filter(case=desk.case).update(due=None)
    assert told(today + datetime.timedelta(days=2)) == []
    assert told(today + datetime.timedelta(days=3)) == ["devi-marlshire"]
    desk.work(coded.fact("task", what="ask-again", state="open", due=due))
    Docket.objects.filter(case=desk.case).update(due=None)
    assert told(today + datetime.timedelta(days=4)) == ["devi-marlshire", "marian-marlshire"]


def test_work_that_was_set_off_is_told_once_it_has_waited_a_week(desk: Desk) -> None:
    today = desk.force.today()
    danger = coded.fact("first-hour", decision="danger", choice="not-known")
    desk.work(danger, words={danger["item"]: "Somebody is at the door."})
    row = Docket.objects.get(case=desk.case)
    assert row.work == today + datetime.timedelta(days=7)
    Docket.objects.filter(case=desk.case).update(due=None)
    assert told(today + datetime.timedelta(days=6)) == []
    assert told(today + datetime.timedelta(days=7)) == ["devi-marlshire", "marian-marlshire"]
