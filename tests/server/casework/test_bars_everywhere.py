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
FIRST: dict[str, tuple[str, Body]] = {
    "opened": ("steps", lambda desk: desk.stepping("opened")),
    "write to the reporter": ("envelopes", lambda desk: desk.writing("We have it.")),
    "write to colleagues": ("envelopes", lambda desk: desk.writing("Look at this.", "note")),
    "take a key away": ("epochs", lambda desk: desk.taking_away(desk.force.excluded)),
}


@pytest.fixture
def desk(force: people.Force, receipt: ReceiptKeys) -> Desk:
    """A case of the inside team that three people hold."""
    return Desk.of(force, force.handler, report(force, receipt, channels=[force.inside]))


@pytest.mark.parametrize("what", DECIDING)
def test_who_has_not_declared_decides_nothing(desk: Desk, what: str) -> None:
    path, body = DECIDING[what]
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


def test_first_contact_waits_for_no_form(desk: Desk) -> None:
    for what, (path, body) in FIRST.items():
        answer = desk.post(path, body(desk))
        assert answer.status_code == 200, (what, answer.content)
        desk.load()


@pytest.mark.parametrize("what", [*DECIDING, *FIRST])
def test_who_is_a_party_does_nothing_in_the_case(force: people.Force, desk: Desk, what: str) -> None:
    desk.work(coded.declaration())
    other = Desk.of(force, force.colleague, desk.case)
    other.work(coded.declaration())
    desk.load()
    desk.work(coded.party("witness", account=force.colleague.person.username))
    other.load()
    path, body = (DECIDING | FIRST)[what]
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
    mine = briefs._as_investigator(desk, force.overseer)
    desk.load()
    desk.work(coded.party("witness", account=force.overseer.person.username))
    url = f"/api/v1/desk/briefs/{desk.case}/envelopes"
    mine = briefs._as_investigator(desk, force.overseer)
    body = json.dumps(mine.writing("Looked into.", "work"))
    answer = mine.browser.post(url, body, content_type="application/json")
    assert answer.status_code == 409, answer.content


def test_the_case_page_says_that_it_waits_for_an_answer(desk: Desk) -> None:
    page = f"/desk/cases/{desk.case}/"
    assert "Answer for yourself" in desk.browser.get(page).content.decode()
    desk.work(coded.declaration())
    assert "Answer for yourself" not in desk.browser.get(page).content.decode()
