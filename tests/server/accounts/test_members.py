"""A key enters a channel only by a member's signature; whoever leaves is on no later card as active."""

from datetime import date, timedelta
from typing import Any

import pytest

from tests.server.accounts.staff import Staff, channel, institution, staff, with_key
from upstander.formats import ids, statements
from upstander.sealing.cards import Card as ReadCard
from upstander.sealing.cards import read_card
from upstander.server.accounts import access, actions, cards
from upstander.server.accounts.members import enrol_body
from upstander.server.accounts.models import Key, Membership
from upstander.server.errors import Refusal
from upstander.server.installation import load
from upstander.server.institutions.models import Card, Channel, Institution
from upstander.server.log.models import Leaf

pytestmark = pytest.mark.django_db(transaction=True)


class Desk:
    """An inside channel with a first member, and somebody who waits."""

    def __init__(self) -> None:
        self.institution: Institution = institution()
        self.team: Channel = channel(self.institution)
        self.first = staff(self.institution, "marian", self.team)
        actions.enrol_first(self.team, self.first.key)
        self.waiting = staff(self.institution, "devi", self.team)

    def let_in(self, who: Staff) -> Membership:
        return actions.enrol(self.team, who.key, self.first.enrol(self.team, who), sheet=False)

    def card(self) -> ReadCard:
        return read_card(Card.objects.latest("version").text, load().sign)

    def states(self) -> dict[str, str]:
        team = next(one for one in self.card().channels if one.id == self.team.id)
        return {member.key: member.state for member in team.members}


@pytest.fixture
def desk() -> Desk:
    return Desk()


def refused(status: int, act: Any, *arguments: Any, **named: Any) -> None:
    cards_before = Card.objects.count()
    with pytest.raises(Refusal) as caught:
        act(*arguments, **named)
    assert caught.value.status == status
    assert Card.objects.count() == cards_before


def test_a_member_lets_a_key_in_and_the_card_says_so(desk: Desk) -> None:
    assert [key for key, _ in access.waiting_keys(desk.team)] == [desk.waiting.key]
    place = desk.let_in(desk.waiting)
    assert place.order == 1
    assert place.let_in_by == "Marian"
    assert desk.states() == {desk.first.key.id: "active", desk.waiting.key.id: "active"}
    assert access.waiting_keys(desk.team) == []


def test_who_is_not_on_the_channel_lets_nobody_in(desk: Desk) -> None:
    stranger = staff(desk.institution, "stranger")
    for signer in (stranger, desk.waiting):
        statement = signer.enrol(desk.team, desk.waiting)
        refused(422, actions.enrol, desk.team, desk.waiting.key, statement, sheet=False)


def test_the_installation_lets_in_the_first_and_nobody_else(desk: Desk) -> None:
    refused(409, actions.enrol_first, desk.team, desk.waiting.key)
    body = enrol_body(desk.team, desk.waiting.key, "installation")
    statement = statements.sign("enrol", body, load().signing)
    refused(422, actions.enrol, desk.team, desk.waiting.key, statement, sheet=False)


@pytest.mark.parametrize(
    "change",
    [
        {"channel": "a" * 26},
        {"institution": "elsewhere"},
        {"key": "a" * 26},
        {"seal": ids.fingerprint("another")},
        {"sign": "A" * 43},
        {"day": "2020-01-01"},
        {"more": "x"},
    ],
)
def test_a_signature_about_something_else_is_refused(desk: Desk, change: dict[str, str]) -> None:
    statement = desk.first.enrol(desk.team, desk.waiting, **change)
    refused(422, actions.enrol, desk.team, desk.waiting.key, statement, sheet=False)


def test_a_forged_signature_is_refused(desk: Desk) -> None:
    forger = Staff(desk.first.person, desk.first.key, desk.waiting.signing, desk.first.words)
    statement = forger.enrol(desk.team, desk.waiting)
    refused(422, actions.enrol, desk.team, desk.waiting.key, statement, sheet=False)


def test_nobody_enters_without_being_proposed(desk: Desk) -> None:
    stranger = staff(desk.institution, "stranger")
    refused(409, desk.let_in, stranger)


def test_an_administrator_cannot_be_proposed_or_enter(desk: Desk) -> None:
    administrator = staff(desk.institution, "sam", administrator=True)
    refused(409, actions.propose, administrator.person, desk.team)
    refused(409, desk.let_in, administrator)


def test_nobody_is_proposed_to_another_institution(desk: Desk) -> None:
    elsewhere = staff(institution("fellmoor"), "aled")
    refused(404, actions.propose, elsewhere.person, desk.team)


def test_who_leaves_is_retired_and_signs_for_nobody(desk: Desk) -> None:
    desk.let_in(desk.waiting)
    actions.leave(desk.team, desk.first.key)
    assert desk.states() == {desk.first.key.id: "retired", desk.waiting.key.id: "active"}
    third = staff(desk.institution, "third", desk.team)
    refused(422, desk.let_in, third)
    refused(404, actions.leave, desk.team, desk.first.key)


def test_who_left_comes_back_only_with_a_new_key_and_a_proposal(desk: Desk) -> None:
    desk.let_in(desk.waiting)
    actions.leave(desk.team, desk.waiting.key)
    refused(409, desk.let_in, desk.waiting)
    actions.propose(desk.waiting.person, desk.team)
    with pytest.raises(Refusal, match="conflict") as caught:
        desk.let_in(desk.waiting)
    assert "makes a new key" in caught.value.title
    again = with_key(desk.waiting.person)
    desk.let_in(again)
    assert desk.states()[again.key.id] == "active"


def test_the_last_member_cannot_leave(desk: Desk) -> None:
    refused(409, actions.leave, desk.team, desk.first.key)
    assert desk.states() == {desk.first.key.id: "active"}


def test_a_change_of_key_is_signed_by_the_old_one_and_retires_it(desk: Desk) -> None:
    new = with_key(desk.first.person)
    statement = desk.first.enrol(desk.team, new)
    actions.enrol(desk.team, new.key, statement, sheet=True)
    assert desk.states() == {desk.first.key.id: "retired", new.key.id: "active"}
    assert Key.objects.get(id=desk.first.key.id).state == Key.State.RETIRED


def test_a_lost_key_signs_nothing_and_its_owner_waits_again(desk: Desk) -> None:
    desk.let_in(desk.waiting)
    statement = desk.first.enrol(desk.team, staff(desk.institution, "third", desk.team))
    actions.revoke_key(desk.first.person)
    third = Key.objects.get(person__username="third")
    refused(422, actions.enrol, desk.team, third, statement, sheet=False)
    again = with_key(desk.first.person)
    waits = [key for key, _ in access.waiting_keys(desk.team)]
    assert again.key in waits
    place = actions.enrol(desk.team, again.key, desk.waiting.enrol(desk.team, again), sheet=True)
    assert place.let_in_by == "Devi"


def test_a_person_who_is_switched_off_is_off_every_card(desk: Desk) -> None:
    desk.let_in(desk.waiting)
    actions.deactivate(desk.waiting.person)
    assert desk.states()[desk.waiting.key.id] == "retired"
    assert not access.memberships_of(desk.waiting.person).exists()


def test_each_change_is_one_card_and_one_leaf(desk: Desk) -> None:
    before = Card.objects.count(), Leaf.objects.filter(kind="card").count()
    desk.let_in(desk.waiting)
    actions.leave(desk.team, desk.waiting.key)
    assert (Card.objects.count(), Leaf.objects.filter(kind="card").count()) == (before[0] + 2, before[1] + 2)
    versions = list(Card.objects.order_by("version").values_list("version", flat=True))
    assert versions == list(range(1, len(versions) + 1))


def test_cards_follow_each_other_by_hash(desk: Desk) -> None:
    desk.let_in(desk.waiting)
    older, newer = Card.objects.order_by("version")
    assert read_card(newer.text, load().sign).previous == older.sha256


def test_a_channel_without_custodian_is_not_on_the_card(desk: Desk) -> None:
    channel(desk.institution, "fellmoor").custodians.update(retired=True)
    cards.publish(desk.institution)
    assert [one.id for one in desk.card().channels] == [desk.team.id]


def test_cards_are_renewed_before_they_run_out(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    assert cards.renew() == 0
    newest = Card.objects.latest("version").day
    later = newest + timedelta(days=cards.LIFE - cards.RENEW)

    def then(time_zone: str) -> date:
        return later

    monkeypatch.setattr(cards, "today", then)
    assert cards.renew() == 1
    assert cards.renew() == 0
    assert desk.card().expires == (later + timedelta(days=cards.LIFE)).isoformat()
