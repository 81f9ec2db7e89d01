"""What happens to people's keys and places has leaves, and the installation can show what they meant."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests import people
from upstander.formats.hashes import sha256
from upstander.ledger import leaf as ledger
from upstander.server.accounts import actions, cards
from upstander.server.institutions import packs
from upstander.server.log.models import Leaf, Opening

pytestmark = [pytest.mark.django_db, pytest.mark.db]


def since(pk: int) -> list[tuple[str, Any]]:
    """Kind and content of every leaf after this one, each checked against what was kept of it."""
    found = []
    for leaf in Leaf.objects.filter(pk__gt=pk).order_by("pk"):
        kept = Opening.objects.get(act=leaf.act)
        assert leaf.commitment == ledger.commitment(bytes(kept.salt), sha256(kept.body.encode()))
        said = json.loads(kept.body)
        assert said.pop("kind") == leaf.kind
        found.append((leaf.kind, said))
    return found


def newest() -> int:
    return Leaf.objects.latest("pk").pk


def test_a_key_is_added_retired_and_lost(force: people.Force) -> None:
    who, slug, before = force.colleague, force.slug, newest()
    keyring = people.Keyring.new()
    new = actions.register_key(
        who.person,
        seal=keyring.seal,
        sign=keyring.sign,
        wrapped=[people.wrap_with_words(keyring, who.unlock)],
        words_key=who.unlock.sign,
    )
    assert since(before) == [
        ("key", {"institution": slug, "key": new.id, "change": "added"}),
        ("key", {"institution": slug, "key": who.key.id, "change": "retired"}),
    ]
    before = newest()
    actions.revoke_key(who.person)
    kinds = since(before)
    assert [kind for kind, _ in kinds] == ["card", "admin", "key", "key"]
    assert kinds[1][1] == {"act": "lost-key", "institution": slug, "subject": who.person.username}
    assert {said["key"] for _, said in kinds[2:]} == {who.key.id, new.id}
    assert {said["change"] for _, said in kinds[2:]} == {"lost"}


def test_what_an_administrator_does_to_places_is_in_the_log(force: people.Force) -> None:
    person = actions.create_person(force.institution, username="new", name="New", label="New")
    before = newest()
    actions.propose(person, force.inside)
    actions.invite(person)
    actions.deactivate(person)
    assert [(kind, said.get("act")) for kind, said in since(before)] == [
        ("admin", "propose"),
        ("admin", "invite"),
        ("card", None),
        ("admin", "deactivate"),
    ]


def test_another_pack_has_its_leaf_and_the_same_has_none(
    force: people.Force, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert Leaf.objects.filter(kind="policy").count() == 1
    before = newest()
    cards.publish(force.institution)
    real = packs.keep("uk-police")
    monkeypatch.setattr(packs, "keep", lambda _: {**real, "sha256": "ab" * 32})
    cards.publish(force.institution)
    assert [kind for kind, _ in since(before)] == ["card", "card", "policy"]
    assert since(before)[2][1] == {"institution": force.slug, "pack": "ab" * 32}
