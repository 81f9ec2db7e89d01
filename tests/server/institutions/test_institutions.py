"""Institutions, cards as values, packs kept by hash."""

from __future__ import annotations

import json
from hashlib import sha256

import pytest
from django.conf import settings
from django.test import Client

from tests import people
from upstander.sealing import age
from upstander.server.accounts import actions as accounts
from upstander.server.errors import Refusal
from upstander.server.institutions import access, actions, cards, packs
from upstander.server.institutions.models import Card

pytestmark = [pytest.mark.django_db, pytest.mark.db]


def test_addresses_of_upstander_itself_are_taken() -> None:
    for slug in ("api", "assets", "desk"):
        with pytest.raises(ValueError, match="itself"):
            actions.create_institution(slug=slug, name="x", pack="uk-police")


def test_a_new_custodian_retires_the_old(force: people.Force) -> None:
    seal = age.recipient_of(age.new_identity())
    made = actions.create_custodian(force.inside, seal=seal, needs=2, of=3)
    assert [c.key for c in force.inside.custodians.filter(retired=False)] == [made.key]
    for needs, of in ((1, 3), (4, 3), (2, 256)):
        with pytest.raises(ValueError, match="shares"):
            actions.create_custodian(force.inside, seal=seal, needs=needs, of=of)


def test_the_card_as_a_value_says_what_the_card_says(force: people.Force) -> None:
    view, card = cards.current_view(force.slug), force.card()
    assert (view.sha256, view.slug, view.pack) == (card.sha256, force.slug, card.pack.sha256)
    inside = view.channels[force.inside.id]
    assert [m.key for m in inside.members if m.active] == [
        c.key.id for c in (force.handler, force.colleague, force.excluded)
    ]
    assert inside.on_call and not view.channels[force.outside.id].on_call
    assert view.labels()[force.overseer.key.id] == force.overseer.person.label


def test_the_newest_card_is_served(force: people.Force) -> None:
    before = Client().get(f"/api/v1/i/{force.slug}/card").json()["card"]
    accounts.leave(force.inside, force.colleague.key)
    after = Client().get(f"/api/v1/i/{force.slug}/card").json()["card"]
    assert before != after == Card.objects.latest("version").text
    assert not next(
        m
        for m in cards.current_view(force.slug).channels[force.inside.id].members
        if m.key == force.colleague.key.id
    ).active


def test_an_institution_without_a_card_and_one_that_is_not_there_are_the_same() -> None:
    actions.create_institution(slug="empty", name="x", pack="uk-police")
    first, second = (Client().get(f"/api/v1/i/{slug}/card") for slug in ("empty", "nowhere"))
    assert first.status_code == second.status_code == 404 and first.content == second.content


def test_packs_are_kept_by_hash(force: people.Force) -> None:
    named = packs.keep("uk-police")
    response = Client().get(f"/api/v1/packs/{named['sha256']}")
    assert sha256(response.content).hexdigest() == named["sha256"] == force.card().pack.sha256
    assert json.loads(response.content)["version"] == named["version"]
    (settings.DATA / "packs" / named["sha256"]).unlink()
    assert packs.keep("uk-police") == named and packs.read(named["sha256"])


@pytest.mark.parametrize("name", ["", "0" * 63, "0" * 64, "../keys/secret", "G" * 64])
def test_what_is_no_pack_is_not_there(name: str) -> None:
    with pytest.raises(Refusal) as refused:
        packs.read(name)
    assert refused.value.type == "not-found"


def test_institutions_by_name(force: people.Force, other_force: people.Force) -> None:
    assert [i.slug for i in access.institutions()] == ["marlshire", "wexhollow"]
    assert access.current_card("marlshire").institution == force.institution
    assert len(access.all_cards(force.institution)) == force.card().version
