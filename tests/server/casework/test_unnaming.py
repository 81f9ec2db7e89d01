"""A colleague who was named wrongly is let back by two others, and by nobody alone."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests import people
from tests.server.casework import coded
from tests.server.casework.desk import Desk, report
from tests.server.oversight.seers import overseer_of
from upstander.sealing.words import ReceiptKeys
from upstander.server.casework import conflict
from upstander.server.casework.models import Fact, ShutOut
from upstander.server.log.models import Opening

pytestmark = [pytest.mark.django_db, pytest.mark.db]


@pytest.fixture
def desk(force: people.Force, receipt: ReceiptKeys) -> Desk:
    """A case that three people of the team hold and one of the outside body; the first named the third."""
    desk = Desk.of(force, force.handler, report(force, receipt, channels=[force.inside]))
    assert desk.post("grants", desk.letting_in(force.overseer)).status_code == 200
    desk.load()
    desk.work(coded.party(account=force.excluded.person.username))
    return desk


def asking(desk: Desk) -> dict[str, Any]:
    item = Fact.objects.get(case=desk.case, kind="party").item
    return coded.fact("unnaming", of=item, state="asked")


def deciding(ask: dict[str, Any], state: str = "lifted") -> dict[str, Any]:
    number = Fact.objects.get(item=ask["item"], current=True).number
    return {**ask, "base": number, "state": state}


def send(desk: Desk, one: dict[str, Any], words: str = "Another person of that name.") -> Any:
    desk.load()
    return desk.post("facts", desk.working(one, words={one["item"]: words} if words else None))


def reaches(desk: Desk, who: people.Colleague) -> bool:
    return bool(who.client().get(f"/api/v1/desk/cases/{desk.case}").status_code == 200)


def told() -> list[str]:
    said = map(json.loads, Opening.objects.values_list("body", flat=True))
    return [one["subject"] for one in said if one.get("act") == "unnamed"]


def test_two_who_did_not_name_her_let_her_back(force: people.Force, desk: Desk) -> None:
    wrongly = force.excluded
    assert not reaches(desk, wrongly)
    ask = asking(desk)
    assert send(desk, ask, words="").status_code == 409  # no reason
    assert send(desk, ask).status_code == 200  # who named her may see it herself
    assert send(desk, asking(desk)).status_code == 409  # asked already
    own = send(desk, deciding(ask))
    assert own.status_code == 409
    assert "not who asked, and not who named" in own.json()["title"]
    assert not reaches(desk, wrongly) and told() == []
    other = Desk.of(force, force.colleague, desk.case)
    page = other.browser.get(f"/desk/cases/{desk.case}/file/").content.decode()
    assert "Decide whether the naming is undone" in page
    assert (
        "Decide whether the naming" not in desk.browser.get(f"/desk/cases/{desk.case}/file/").content.decode()
    )
    assert send(other, deciding(ask)).status_code == 200
    assert reaches(desk, wrongly)
    assert not ShutOut.objects.exists()
    assert conflict.reported([wrongly.person.pk]) == {}
    assert told() == [desk.case]
    text = overseer_of(force).get("/desk/oversight/").content.decode()
    assert "Two others found that a name was wrong" in text
    trail = Fact.objects.filter(item=ask["item"]).order_by("number")
    assert [one.data["state"] for one in trail] == ["asked", "lifted"]
    assert all(one.words_id for one in trail)


def test_who_named_does_not_decide_what_another_asked(force: people.Force, desk: Desk) -> None:
    other = Desk.of(force, force.colleague, desk.case)
    ask = asking(desk)
    assert send(other, ask).status_code == 200
    for one in (other, desk):
        assert send(one, deciding(ask)).status_code == 409
        assert send(one, deciding(ask, "kept")).status_code == 409
    third = Desk.of(force, force.overseer, desk.case)
    assert send(third, deciding(ask, "kept")).status_code == 200
    assert not reaches(desk, force.excluded)
    again = asking(desk)
    assert send(other, again).status_code == 200
    assert send(third, deciding(again)).status_code == 200
    assert reaches(desk, force.excluded)


def test_who_stepped_back_stays_out(force: people.Force, receipt: ReceiptKeys) -> None:
    desk = Desk.of(force, force.handler, report(force, receipt, channels=[force.inside]))
    away = Desk.of(force, force.excluded, desk.case)
    away.work_away(coded.fact("declaration", declared={}, outcome="recuses"))
    desk.load()
    desk.work(coded.party(account=force.excluded.person.username))
    ask = asking(desk)
    assert send(desk, ask).status_code == 200
    other = Desk.of(force, force.colleague, desk.case)
    assert send(other, deciding(ask)).status_code == 200
    assert ShutOut.objects.get().why == ShutOut.Why.RECUSED
    assert not reaches(desk, force.excluded)


def test_naming_her_anew_shuts_her_out_anew(force: people.Force, desk: Desk) -> None:
    ask = asking(desk)
    send(desk, ask)
    other = Desk.of(force, force.colleague, desk.case)
    assert send(other, deciding(ask)).status_code == 200
    desk.load()
    party = Fact.objects.get(case=desk.case, kind="party")
    desk.work({**party.data, "base": party.number})
    assert not reaches(desk, force.excluded)
    assert send(desk, deciding(ask)).status_code == 409  # that one was decided
