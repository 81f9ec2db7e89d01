"""A bar of the pack stands in the way wherever a handler touches a case, and not only where she codes it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests import people
from tests.server.casework import coded
from tests.server.casework.desk import Desk, report
from tests.server.matrix import rows
from tests.server.tools import test_briefs as briefs
from upstander.formats import ids
from upstander.sealing.words import ReceiptKeys
from upstander.server.cases.models import Case
from upstander.server.casework import dossier
from upstander.server.casework.models import Fact
from upstander.server.guardians.models import Watched
from upstander.server.log.models import Leaf

pytestmark = [pytest.mark.django_db, pytest.mark.db]
Body = Callable[[Desk], dict[str, Any]]

DECIDING: dict[str, tuple[str, Body]] = {
    "close": ("steps", lambda desk: desk.stepping("closed", outcome="no-case", reasons="We looked.")),
    "show a step": ("steps", lambda desk: desk.stepping("outcome")),
    "open the source sheet": ("steps", lambda desk: desk.stepping("sheet-opened")),
    "hold": ("holds", lambda desk: {**desk.act(), "rule": "claim", "set": True, "reasons": ids.new_id()}),
    "code": ("facts", lambda desk: desk.working(coded.party())),
    "search": ("bank", lambda desk: desk.using("authorised", "a" * 64, "a" * 64)),
    "begin a brief": ("brief", briefs.beginning),
}
READING: dict[str, tuple[str, Body]] = {
    "opened": ("steps", lambda desk: desk.stepping("opened")),
    "write to the reporter": ("envelopes", lambda desk: desk.writing("We have it.")),
    "write to colleagues": ("envelopes", lambda desk: desk.writing("Look at this.", "note")),
}
FREE: dict[str, tuple[str, Body]] = {
    "take a key away": ("epochs", lambda desk: desk.taking_away(desk.force.excluded)),
    "let somebody in": ("grants", lambda desk: desk.letting_in(desk.force.second_overseer)),
}


@pytest.fixture
def desk(force: people.Force, receipt: ReceiptKeys) -> Desk:
    """A case of the inside team that three people hold."""
    case = report(force, receipt, channels=[force.inside])
    return Desk.of(force, force.handler, case, answered=False)


@pytest.mark.parametrize("what", [*DECIDING, *READING])
def test_who_has_not_declared_decides_and_writes_nothing(desk: Desk, what: str) -> None:
    path, body = (DECIDING | READING)[what]
    before = Leaf.objects.count()
    answer = desk.post(path, body(desk))
    assert answer.status_code == 409, (what, answer.content)
    assert "has not said yet whether there is a conflict" in answer.json()["title"]
    assert Leaf.objects.count() == before


def test_who_has_not_declared_takes_nothing_out_and_gets_nothing_signed(desk: Desk) -> None:
    for path in ("/free", "/standing"):
        refused = desk.get(path)
        assert refused.status_code == 409, path
        assert "has not said yet" in refused.json()["title"]
    desk.work(coded.declaration())
    assert desk.get("/free").status_code == 204
    assert desk.get("/standing").status_code == 200


def test_a_guardian_is_told_by_nobody_who_has_not_declared(force: people.Force, desk: Desk) -> None:
    world: Any = type("World", (), {"force": force})
    assert desk.post("guardian", rows._guardian(world)).status_code == 409
    assert not Watched.objects.exists()


def test_who_has_not_declared_can_hand_the_case_over(desk: Desk) -> None:
    for what, (path, body) in FREE.items():
        answer = desk.post(path, body(desk))
        assert answer.status_code == 200, (what, answer.content)
        desk.load()


@pytest.mark.parametrize("what", [*DECIDING, *READING, "take a key away"])
def test_who_is_a_party_does_nothing_in_the_case(force: people.Force, desk: Desk, what: str) -> None:
    desk.work(coded.declaration())
    other = Desk.of(force, force.colleague, desk.case)
    other.work(coded.declaration())
    desk.load()
    desk.work(coded.party("witness", account=force.colleague.person.username))
    other.load()
    path, body = (DECIDING | READING | FREE)[what]
    before = Leaf.objects.count()
    answer = other.post(path, body(other))
    assert answer.status_code == 409, (what, answer.content)
    assert "cannot also work on it" in answer.json()["title"]
    letting = other.letting_in(force.second_overseer)
    assert other.post("grants", letting).status_code == 409  # the others can
    assert Leaf.objects.count() == before


def test_who_is_alone_with_a_case_hands_it_over_whatever_bars_her(
    force: people.Force, receipt: ReceiptKeys
) -> None:
    shut = [force.colleague, force.excluded]
    desk = Desk.of(force, force.handler, report(force, receipt, channels=[force.inside], excluded=shut))
    desk.work(coded.declaration())
    desk.work(coded.party("witness", account=force.handler.person.username))
    assert desk.post("envelopes", desk.writing("x", "note")).status_code == 409
    assert desk.post("grants", desk.letting_in(force.second_overseer)).status_code == 200
    desk.load()
    stepped = coded.fact("declaration", declared={"interest": True}, outcome="recuses")
    assert desk.post("facts", desk.working(stepped)).status_code == 200
    assert desk.get().status_code == 404


def test_an_investigator_who_is_a_party_adds_nothing(force: people.Force, desk: Desk) -> None:
    desk.work(coded.declaration())
    briefs.begin(desk)
    assert briefs.give(desk, force.overseer).status_code == 200
    mine = briefs.investigating(desk, force.overseer)
    desk.load()
    desk.work(coded.party("witness", account=force.overseer.person.username))
    url = f"/api/v1/desk/briefs/{desk.case}/envelopes"
    mine = briefs._as_investigator(desk, force.overseer)
    body = json.dumps(mine.writing("Looked into.", "work"))
    answer = mine.browser.post(url, body, content_type="application/json")
    assert answer.status_code == 409, answer.content


def named(desk: Desk, name: str = "Sgt Invented", **said: Any) -> dict[str, Any]:
    """Somebody reported, by a sealed name."""
    subject = coded.party(**said)
    desk.work(subject, words={subject["item"]: name})
    return subject


def kinds(desk: Desk) -> list[str]:
    return [one["kind"] for one in desk.answer["envelopes"]]


def test_before_she_has_answered_she_is_given_names_and_nothing_that_was_said(
    force: people.Force, desk: Desk
) -> None:
    """Of an untouched case only the report says whom it is about: then it is given, and nothing beside."""
    assert kinds(desk) == ["report"]
    desk.declare()
    assert set(kinds(desk)) == {"report", "sheet"}
    assert desk.post("envelopes", desk.writing("We have it.")).status_code == 200
    desk.load()
    named(desk)
    harmed = coded.party("harmed")
    desk.work(harmed, words={harmed["item"]: "PC Harmed"})
    other = Desk.of(force, force.colleague, desk.case, answered=False)
    assert other.answer["declare"] == ["interest"]
    assert other.texts("note") == ["Sgt Invented"]
    assert kinds(other) == ["note"]
    told = other.answer
    assert (told["steps"], told["uploads"], told["allowed"]) == ([], [], [])
    assert all(one["body"] is None for one in told["acts"])
    other.declare()
    assert {"report", "message", "note"} <= set(kinds(other))


def test_a_question_about_everybody_shows_everybody(force: people.Force, desk: Desk) -> None:
    """A prior connection to any party is asked where domestic abuse is coded."""
    desk.declare()
    subject = named(desk)
    harmed = coded.party("harmed")
    desk.work(harmed, words={harmed["item"]: "PC Harmed"})
    desk.work(coded.allegation(subject, "domestic-abuse", coded={"domestic-abuse": True}))
    other = Desk.of(force, force.colleague, desk.case, answered=False)
    assert other.answer["declare"] == ["interest", "prior-connection"]
    assert sorted(other.texts("note")) == ["PC Harmed", "Sgt Invented"]


def test_pages_ask_first_and_show_nothing_else(force: people.Force, desk: Desk) -> None:
    base = f"/desk/cases/{desk.case}/"
    away = desk.browser.get(base)
    assert (away.status_code, away["Location"]) == (302, f"{base}file/?to=case")
    assert desk.browser.get(f"{base}file/decisions/").status_code == 302
    text = desk.browser.get(away["Location"]).content.decode()
    assert "Before you work on this case" in text
    assert "Allegations" not in text
    assert desk.get("/uploads/x").status_code == 409
    desk.declare()
    assert desk.browser.get(base).status_code == 200
    assert desk.get("/uploads/x").status_code == 404


def test_everybody_is_asked_again_about_somebody_who_is_added(force: people.Force, desk: Desk) -> None:
    desk.declare()
    other = Desk.of(force, force.colleague, desk.case)
    desk.load()
    first = named(desk, answers_hold=True)
    other.load()
    assert other.texts("note") == ["Sgt Invented"]
    assert kinds(other) == ["note"]
    refused = other.post("envelopes", other.writing("x", "note"))
    assert refused.status_code == 409
    assert "Somebody was added to this case since you answered" in refused.json()["title"]
    page = other.browser.get(f"/desk/cases/{desk.case}/file/").content.decode()
    assert "Somebody was added to this case since you answered" in page
    other.declare()
    assert "report" in kinds(other)
    desk.load()
    assert desk.answer["declare"] == []  # she said it with the entry itself
    second = coded.party(answers_hold=False)
    assert desk.post("facts", desk.working(second, words={second["item"]: "PC Second"})).status_code == 200
    desk.load()
    assert desk.answer["declare"] == ["interest"]
    desk.declare()
    number = Fact.objects.get(item=first["item"]).number
    desk.work({**first, "base": number, "unit": "east", "words": words_of(first)})  # no other person
    other.load()
    other.declare()
    assert other.answer["declare"] == []
    now = Fact.objects.get(item=first["item"], current=True).number
    renamed = {**first, "base": now, "unit": "east", "answers_hold": False}
    desk.load()
    desk.work(renamed, words={first["item"]: "Somebody else"})
    assert desk.answer["declare"] == ["interest"]


def words_of(fact: dict[str, Any]) -> str:
    return str(Fact.objects.get(item=fact["item"], current=True).words_id)


def test_a_connection_that_was_declared_is_not_forgotten_when_somebody_is_added(
    force: people.Force, desk: Desk
) -> None:
    """It only bars her from investigating: she stays, and answers the rest again."""
    said = {"interest": False, "management": True}
    desk.work(coded.fact("declaration", declared=said, outcome="stays"))
    other = Desk.of(force, force.colleague, desk.case)
    named(other)
    file = dossier.file_of(Case.objects.get(id=desk.case))
    assert file.answers(force.handler.person.username) == {"management": True}
