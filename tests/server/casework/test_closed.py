"""A closed case takes what the pack names, and nothing that goes on with it: first it is opened again, with reasons."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from tests import people
from tests.server.casework import coded
from tests.server.casework import test_lawful as lawful
from tests.server.casework.desk import Desk
from upstander.server.cases.models import Case
from upstander.server.casework.models import Duty
from upstander.server.log.models import Leaf

pytestmark = [pytest.mark.django_db, pytest.mark.db]


@dataclass
class Closed(Desk):
    """A closed case, and its only allegation."""

    allegation: dict[str, Any] = field(default_factory=dict)


@pytest.fixture
def desk(force: people.Force) -> Closed:
    """A case whose handler also decides, put right and closed."""
    Duty.objects.create(person=force.handler.person, kind=Duty.Kind.DECIDER)
    first = lawful.opened(force)
    desk = Closed(force, first.who, first.case, first.browser)
    desk.load()
    desk.allegation = lawful.accused(desk)
    lawful.go(desk, desk.allegation, "handled-outside")
    lawful.go(desk, desk.allegation, "put-right")
    desk.write_up()
    closing = desk.stepping("closed", outcome="found-in-part", reasons="It was put right.")
    assert desk.post("steps", closing).status_code == 200
    desk.load()
    return desk


def reopen(desk: Desk) -> None:
    assert desk.post("steps", desk.stepping("reopened")).status_code == 409  # not without reasons
    leaves = Leaf.objects.count()
    answer = desk.post("steps", desk.stepping("reopened", reasons="There is more to look at."))
    assert answer.status_code == 200, answer.content
    assert Leaf.objects.count() == leaves + 1
    desk.load()


@pytest.mark.parametrize("what", ["recorded", "track-reopened", "other-step", "withdrawal"])
def test_it_is_not_worked_on_before_it_is_opened_again(desk: Closed, what: str) -> None:
    said = lawful.refused(desk, lawful.move(desk, desk.allegation, what), "Why.")
    assert "a rule of this system" in said
    assert "First open it again, with reasons" in said
    reopen(desk)
    assert Case.objects.get(id=desk.case).state == "open"
    for step in ("track-ended", "track-reopened"):
        lawful.go(desk, desk.allegation, step)


def test_what_the_pack_names_is_recorded_late(desk: Closed) -> None:
    lawful.go(desk, desk.allegation, "learnt")
    assert Case.objects.get(id=desk.case).state == "closed"
    page = desk.browser.get(f"/desk/cases/{desk.case}/file/").content.decode()
    assert "Record: Learning was recorded" in page
    assert "Record: It was taken up again" not in page
    assert "open it again" in page


@pytest.mark.parametrize("kind", ["party", "allegation", "assignment", "task"])
def test_nothing_else_that_goes_on_with_it_is_coded(desk: Closed, kind: str) -> None:
    me = desk.who.person.username
    subject = {"item": desk.allegation["subject"]}
    said = {
        "party": coded.party("witness"),
        "allegation": coded.allegation(subject),
        "assignment": coded.fact("assignment", to=me),
        "task": coded.fact("task", what="ask-rota", state="open"),
    }[kind]
    assert "This case is closed" in lawful.refused(desk, said)
    reopen(desk)
    desk.work(said)
