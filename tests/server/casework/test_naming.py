"""Naming a colleague shuts her out at once, and cannot be used to be left alone; a pseudonym is not guessed."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests import people
from tests.server.casework import coded
from tests.server.casework.desk import Desk, report
from tests.server.oversight.seers import overseer_of
from upstander.formats import ids
from upstander.sealing.words import ReceiptKeys
from upstander.server.casework.models import Fact, ShutOut
from upstander.server.log.models import Opening

pytestmark = [pytest.mark.django_db, pytest.mark.db]


@pytest.fixture
def team(force: people.Force) -> list[people.Colleague]:
    """Everybody of the inside channel but its first handler: four people."""
    more = [people.join(force.inside, f"more-{n}", f"More {n}", force.handler) for n in (1, 2)]
    return [force.colleague, force.excluded, *more]


@pytest.fixture
def desk(force: people.Force, team: list[people.Colleague], receipt: ReceiptKeys) -> Desk:
    """A case that all of them hold, and a handler who declared."""
    desk = Desk.of(force, force.handler, report(force, receipt, channels=[force.inside]))
    desk.work(coded.declaration())
    return desk


def name(desk: Desk, *who: people.Colleague, role: str = "subject", **said: Any) -> Any:
    answer = desk.post(
        "facts", desk.working(*(coded.party(role, account=one.person.username, **said) for one in who))
    )
    if answer.status_code == 200:
        desk.load()
    return answer


def told() -> list[dict[str, str]]:
    said = map(json.loads, Opening.objects.values_list("body", flat=True))
    return [one for one in said if one.get("act") == "named"]


@pytest.mark.parametrize("role", ["subject", "witness", "harmed"])
def test_nobody_shuts_out_a_team_alone(desk: Desk, team: list[people.Colleague], role: str) -> None:
    assert name(desk, *team[:3], role=role).status_code == 409  # not in one act
    assert name(desk, team[0], role=role).status_code == 200
    assert name(desk, team[1], role=role).status_code == 200
    refused = name(desk, team[2], role=role)
    assert refused.status_code == 409
    assert "Nobody shuts out a team alone" in refused.json()["title"]
    assert team[2].client().get(f"/api/v1/desk/cases/{desk.case}").status_code == 200
    if role == "subject":
        assert ShutOut.objects.count() == 2


def test_nor_over_several_cases_nor_with_another_key(
    force: people.Force, desk: Desk, team: list[people.Colleague]
) -> None:
    assert name(desk, team[0]).status_code == 200
    other = Desk.of(force, force.handler, report(force, people.reporter(), channels=[force.inside]))
    other.work(coded.declaration())
    assert name(other, team[1]).status_code == 200
    assert name(other, team[2]).status_code == 409


def test_another_holder_names_the_next(force: people.Force, desk: Desk, team: list[people.Colleague]) -> None:
    assert name(desk, team[0], team[1]).status_code == 200
    second = Desk.of(force, team[2], desk.case)
    second.work(coded.declaration())
    assert name(second, team[3]).status_code == 200
    for one in (team[0], team[1], team[3]):
        assert one.client().get(f"/api/v1/desk/cases/{desk.case}").status_code == 404


def test_the_last_other_one_is_named_once_somebody_else_is_in(
    force: people.Force, receipt: ReceiptKeys
) -> None:
    shut = [force.excluded]
    desk = Desk.of(force, force.handler, report(force, receipt, channels=[force.inside], excluded=shut))
    desk.work(coded.declaration())
    refused = name(desk, force.colleague)
    assert refused.status_code == 409
    assert "Let somebody else in first" in refused.json()["title"]
    assert desk.post("grants", desk.letting_in(force.overseer)).status_code == 200
    desk.load()
    assert name(desk, force.colleague).status_code == 200
    assert force.colleague.client().get(f"/api/v1/desk/cases/{desk.case}").status_code == 404
    assert name(desk, force.overseer).status_code == 409


def test_overseers_are_told_at_once(force: people.Force, desk: Desk, team: list[people.Colleague]) -> None:
    overseer = overseer_of(force)
    number = f"{desk.case[:3]}-{desk.case[3:6]}".upper()
    desk.work(coded.party())  # somebody who does not work here
    assert told() == []
    assert name(desk, team[0]).status_code == 200
    assert [one["subject"] for one in told()] == [desk.case]
    text = overseer.get("/desk/oversight/").content.decode()
    assert number in text.split("Somebody on a team was named")[1].split("</section>")[0]


def test_a_pseudonym_of_a_case_that_one_cannot_open_is_nobody(
    force: people.Force, desk: Desk, receipt: ReceiptKeys
) -> None:
    """Else a warning that somebody else got counts against whoever is reported here."""
    far = people.reporter()
    elsewhere = Desk.of(force, force.overseer, report(force, far, channels=[force.outside]))
    elsewhere.work(coded.declaration())
    him = coded.party()
    elsewhere.work(him)
    refused = desk.post("facts", desk.working(coded.party(who=him["who"])))
    assert refused.status_code == 409
    assert "in no case that you can open" in refused.json()["title"]
    assert Fact.objects.filter(who=him["who"]).count() == 1
    mine = Desk.of(force, force.handler, report(force, people.reporter(), channels=[force.inside]))
    mine.work(coded.declaration())
    known = coded.party()
    mine.work(known)
    desk.work(coded.party(who=known["who"]))


def test_one_person_is_in_a_case_once_in_one_part(desk: Desk) -> None:
    first = coded.party()
    desk.work(first)
    again = coded.party(who=first["who"])
    assert desk.post("facts", desk.working(again)).status_code == 409
    desk.work(coded.party("harmed", who=first["who"]))  # a counter-allegation
    number = Fact.objects.get(item=first["item"]).number
    desk.work({**first, "base": number, "state": "out"})
    desk.work(again)


def test_one_user_name_is_one_person(force: people.Force, desk: Desk) -> None:
    account = force.administrator.username
    first = coded.party(account=account)
    desk.work(first)
    other = Desk.of(force, force.handler, report(force, people.reporter(), channels=[force.inside]))
    other.work(coded.declaration())
    refused = other.post("facts", other.working(coded.party(account=account, who=ids.new_id())))
    assert refused.status_code == 409
    assert "Choose the same person" in refused.json()["title"]
    other.work(coded.party(account=account, who=first["who"]))
