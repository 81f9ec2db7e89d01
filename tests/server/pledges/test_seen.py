"""The server shows its cards to the keepers; a new one is handed out once enough of them have cosigned it."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from tests import people
from tests.keeper.town import Town
from tests.keepers import scene
from tests.server.pledges import village
from upstander.cli import checks_keepers
from upstander.keeper import seen as keeper
from upstander.keeper.home import Policy
from upstander.keepers.cosigning import CardError, check_seen, make_seen
from upstander.keepers.roster import read_roster
from upstander.sealing.cards import read_card
from upstander.server.accounts import actions as accounts
from upstander.server.accounts import cards
from upstander.server.errors import Refusal
from upstander.server.installation import load
from upstander.server.institutions.cards import newest_hash, view_of
from upstander.server.institutions.models import Card
from upstander.server.pledges import seen

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.db]


@pytest.fixture
def town(tmp_path: Path, folder: Path, force: people.Force) -> Iterator[Town]:
    """Three keepers that know the installation and sign whatever follows, unless a test has them do otherwise."""
    (tmp_path / "town").mkdir()
    made = Town(tmp_path / "town", Policy(cards="all"), today=datetime.datetime.now(datetime.UTC).date())
    here = load()
    for store in made.stores.values():
        keeper.trust(store, here.id, here.sign)
    with village.addresses(made) as where:
        village.install(folder, where)
        yield made


def handed(force: people.Force) -> dict[str, Any]:
    return dict(Client().get(f"/api/v1/i/{force.slug}/card").json())


def names(said: dict[str, Any], force: people.Force) -> tuple[str, ...]:
    """Who stands by what is handed out, judged as the page does. Raises CardError."""
    card = read_card(said["card"], load().sign)
    return check_seen(said["seen"], card, read_roster(said["roster"]), force.today())


def test_without_keepers_a_card_counts_as_it_is(force: people.Force) -> None:
    accounts.leave(force.inside, force.colleague.key)
    said = handed(force)
    assert (said["roster"], said["seen"], said["card"]) == ([], [], Card.objects.latest("version").text)
    assert seen.show() == 0
    assert checks_keepers.cards() == []


def test_the_card_is_cosigned_by_the_beat(town: Town, force: people.Force) -> None:
    with pytest.raises(CardError):
        names(handed(force), force)
    assert [one.level for one in checks_keepers.cards()] == ["fail"]
    assert seen.show() == 3
    assert names(handed(force), force) == scene.NAMES
    assert [one.level for one in checks_keepers.cards()] == ["ok"]
    assert seen.show() == 0, "nobody is asked again before it ends soon"


def test_a_new_card_waits_until_enough_keepers_have_seen_it(town: Town, force: people.Force) -> None:
    seen.show()
    before = handed(force)["card"]
    town.off = {"charity", "union"}
    accounts.leave(force.inside, force.colleague.key)
    seen.show()
    assert handed(force)["card"] == before, "one keeper is not enough, and reports still come in"
    assert names(handed(force), force) == scene.NAMES
    assert sorted(one.level for one in checks_keepers.cards()) == ["ok", "warn"]
    desk = people.signed_in(force.handler.person)
    assert b"waits for the keepers" in desk.get(f"/desk/channel/{force.inside.id}/").content
    newest = newest_hash(force.slug)
    assert view_of(force.slug, newest).sha256 == newest
    town.off = {"charity"}
    seen.show()
    assert handed(force)["card"] == Card.objects.latest("version").text != before
    assert names(handed(force), force) == ("college", "union")
    assert b"waits for the keepers" not in desk.get(f"/desk/channel/{force.inside.id}/").content
    with pytest.raises(Refusal) as refused:
        view_of(force.slug, "0" * 64)
    assert refused.value.extra == handed(force), "a page whose card is old gets all it has to check"


def test_keepers_are_asked_again_before_their_word_ends(town: Town, force: people.Force) -> None:
    seen.show()
    card = Card.objects.latest("version")
    whole = dict.fromkeys(scene.NAMES, force.today() + datetime.timedelta(14))
    assert seen.keepers_of(card, scene.ROSTER) == whole
    read, soon = read_card(card.text, load().sign), force.today() + datetime.timedelta(6)
    older = [make_seen(read, name, force.today(), scene.SIGNING[name], 6) for name in scene.NAMES]
    Card.objects.filter(pk=card.pk).update(seen=json.dumps(older))  # as it is a week later
    for store in town.stores.values():
        with store.write():
            store.run("UPDATE seen SET until = ?", soon.isoformat())
    town.off = {"union"}
    assert seen.show() == 2
    card.refresh_from_db()
    assert seen.keepers_of(card, scene.ROSTER) == {**whole, "union": soon}, "what the one away said stays"


def test_what_no_keeper_stands_by_is_not_kept(town: Town, force: people.Force) -> None:
    """A keeper that answers nonsense, another card's statement, or one under another's name."""
    seen.show()
    before = Card.objects.latest("version")
    cards.publish(force.institution)
    newest = Card.objects.latest("version")
    texts = json.loads(before.seen)
    assert seen._newest([*texts, "", "nonsense"], newest, scene.ROSTER) == []
    assert seen._newest([*texts, *texts], before, scene.ROSTER) == texts
