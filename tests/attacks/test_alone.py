"""Somebody who works here wants reports or a case to herself: she ends colleagues' places, or takes their keys away."""

from __future__ import annotations

from typing import Any

import pytest

from tests import people
from tests.server.accounts.staff import post, with_key
from tests.server.casework.desk import Desk, report
from upstander.sealing.words import ReceiptKeys
from upstander.server.accounts import actions
from upstander.server.accounts.models import Membership
from upstander.server.cases.models import Epoch
from upstander.server.errors import Refusal

pytestmark = [pytest.mark.django_db, pytest.mark.db]


def active(force: people.Force) -> set[str]:
    places = Membership.objects.filter(channel=force.inside, state=Membership.State.ACTIVE)
    return set(places.values_list("key_id", flat=True))


def ends(client: Any, force: people.Force, who: people.Colleague, **more: bool) -> Any:
    return post(client, f"/channels/{force.inside.id}/leavers", {"key": who.key.id, **more})


def page(force: people.Force, who: people.Colleague) -> str:
    return f"/desk/channel/{force.inside.id}/leave/{who.key.id}/"


def test_a_member_ends_nobody_elses_place(force: people.Force) -> None:
    client, before = force.excluded.client(), active(force)
    for victim in (force.handler, force.colleague):
        answer = ends(client, force, victim)
        assert (answer.status_code, answer.json()["type"]) == (403, "refused")
        assert client.get(page(force, victim)).status_code == 403
        assert client.post(page(force, victim)).status_code == 403
    assert active(force) == before
    channel = client.get(f"/desk/channel/{force.inside.id}/").content.decode()
    assert page(force, force.excluded) in channel
    assert page(force, force.handler) not in channel


def test_her_own_place_ends_and_the_administrator_ends_anybodys(force: people.Force) -> None:
    assert ends(force.colleague.client(), force, force.colleague).status_code == 204
    with_key(force.administrator)
    administrator = people.signed_in(force.administrator)
    assert (
        page(force, force.excluded) in administrator.get(f"/desk/channel/{force.inside.id}/").content.decode()
    )
    assert administrator.post(page(force, force.excluded)).status_code == 302
    assert active(force) == {force.handler.key.id}


def test_the_last_one_leaves_only_when_she_says_that_custodians_are_what_is_left(force: people.Force) -> None:
    for who in (force.colleague, force.excluded):
        actions.leave(force.inside, who.key)
    client = force.handler.client()
    assert ends(client, force, force.handler).status_code == 409
    asked = client.get(page(force, force.handler)).content.decode()
    assert 'name="custodians_only"' in asked and "shares alone" in asked
    assert client.post(page(force, force.handler)).status_code == 409
    with pytest.raises(Refusal):
        actions.leave(force.inside, force.handler.key)
    assert active(force) == {force.handler.key.id}
    assert ends(client, force, force.handler, custodians_only=True).status_code == 204
    assert active(force) == set()


def test_nobody_is_left_alone_with_a_case(force: people.Force, receipt: ReceiptKeys) -> None:
    case = report(force, receipt, channels=[force.inside], excluded=[force.excluded])
    desk = Desk.of(force, force.handler, case)
    answer = desk.post("epochs", desk.taking_away(force.colleague))
    assert (answer.status_code, answer.json()["type"]) == (409, "conflict")
    assert "Let somebody else in first" in answer.json()["title"]
    assert desk.post("grants", desk.letting_in(force.overseer)).status_code == 200
    desk.load()
    assert desk.post("epochs", desk.taking_away(force.colleague, force.overseer)).status_code == 409
    assert Epoch.objects.filter(case=case, scope="case").count() == 1
    assert desk.post("epochs", desk.taking_away(force.colleague)).status_code == 200


def test_a_key_goes_where_nobody_else_could_be_let_in(force: people.Force, receipt: ReceiptKeys) -> None:
    desk = Desk.of(force, force.overseer, report(force, receipt, channels=[force.outside]))
    assert desk.answer["candidates"] == []
    assert desk.post("epochs", desk.taking_away(force.second_overseer)).status_code == 200
