"""The list of people who receive reports, as keepers have seen it: the page takes no other, and says what to do."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Route, expect

from tests.browser.pages import Visitor
from tests.browser.reporter import Reporter, button, pick
from tests.world import World
from upstander.formats import b64, statements
from upstander.keepers.cosigning import check_seen
from upstander.keepers.roster import read_roster
from upstander.sealing.cards import make_enrol, read_card
from upstander.sealing.signers import Signer
from upstander.sealing.wrapped import Keyring
from upstander.server import installation

pytestmark = pytest.mark.browser
CARD = "/api/v1/i/marlshire/card"
REFUSED = "Don't send anything from here now"


def shown(world: World) -> dict[str, Any]:
    return dict(json.loads(world.get(CARD)))


def hands_out(one: Visitor, said: dict[str, Any]) -> None:
    """From now on this person's server shows her this."""

    def fulfil(route: Route) -> None:
        route.fulfill(json=said)

    one.context.unroute(f"**{CARD}")
    one.context.route(f"**{CARD}", fulfil)


def ghost(world: World) -> str:
    """The card with a stranger as the only handler of the outside team, signed by the installation as any card is."""
    here, said = installation.load(world.data), shown(world)["card"]
    body = statements.peek(said, "card")
    channel, stranger = body["channels"][-1], Keyring.new()
    enrol = make_enrol(
        channel=channel["id"],
        institution="marlshire",
        sign=stranger.sign,
        seal=stranger.seal,
        by=Signer("installation", here.signing),
        day=body["day"],
    )
    keys = {"key": stranger.key, "seal": stranger.seal, "sign": stranger.sign}
    channel["members"] = [{**channel["members"][0], **keys, "enrol": enrol}]
    body["version"] += 1
    text = statements.sign("card", body, here.signing)
    assert read_card(text, here.sign).channels[-1].members[0].key == stranger.key
    return text


def test_a_list_that_keepers_have_seen_is_taken_and_says_so(
    world: World, reporter: Callable[..., Reporter]
) -> None:
    said = shown(world)
    card = read_card(said["card"], installation.load(world.data).sign)
    assert len(check_seen(said["seen"], card, read_roster(said["roster"]), _today())) == 3
    maya = reporter("maya")
    maya.open()
    maya.page.get_by_role("button", name="Who can read it").first.click()
    expect(maya.page.locator("main")).to_contain_text("advice-centre, law-clinic, trade-union.")
    maya.visitor.look("who has seen the list")


@pytest.mark.parametrize("what", ["unsigned", "one keeper", "expired", "old", "ghost", "other keeper"])
def test_any_other_list_is_refused_in_plain_words(
    world: World, reporter: Callable[..., Reporter], what: str
) -> None:
    now, here = shown(world), installation.load(world.data)
    with sqlite3.connect(world.data / "db.sqlite3") as database:
        [(old,)] = database.execute(
            "SELECT text FROM institutions_card ORDER BY version DESC LIMIT 1 OFFSET 1"
        ).fetchall()
    ended = []
    for text in now["seen"]:
        body = statements.peek(text, "card-seen")
        key = _keeper(world, body["keeper"])
        ended.append(statements.sign("card-seen", {**body, "until": "2026-01-01"}, key))
    roster = statements.peek(now["roster"][0], "roster")
    roster["keepers"][0]["sign"] = statements.public_of(here.signing)
    substituted = [statements.sign("roster", roster, here.signing), *now["roster"][1:]]
    hostile = {
        "unsigned": {**now, "seen": []},
        "one keeper": {**now, "seen": now["seen"][:1] * 3},
        "expired": {**now, "seen": ended},
        "old": {**now, "card": old},
        "ghost": {**now, "card": ghost(world)},
        "other keeper": {**now, "roster": substituted},
    }[what]
    maya = reporter(f"maya, {what}")
    hands_out(maya.visitor, hostile)
    maya.visitor.go("/marlshire/")
    expect(maya.title).to_have_text(REFUSED)
    expect(maya.page.locator("main")).to_contain_text("So this page sends nothing, and nothing was sent.")
    expect(button(maya.page, "Start")).to_have_count(0)
    if what == "ghost":
        maya.visitor.look("a list that too few keepers have seen")
    maya.page.locator("main").get_by_role("button", name="support line").click()
    expect(maya.title).to_have_text("People you can talk to")
    hands_out(maya.visitor, now)
    maya.open()
    expect(maya.title).not_to_have_text(REFUSED)


def test_a_ghost_that_comes_while_she_writes_gets_nothing(
    world: World, reporter: Callable[..., Reporter]
) -> None:
    """The server lets her begin, refuses her report as sealed for an old list, and shows one with a stranger on it."""
    maya = reporter("maya, who has begun")
    maya.begin()
    told = {"type": "card-changed", "title": "x", "status": 409, **shown(world), "card": ghost(world)}
    posted: list[str] = []

    def refuse(route: Route) -> None:
        posted.append(route.request.post_data or "")
        route.fulfill(status=409, content_type="application/problem+json", body=json.dumps(told))

    maya.visitor.context.route("**/api/v1/i/marlshire/reports", refuse)
    answers = {
        "danger": pick("No"),
        "Which is nearest": pick("I saw it or heard it"),
        "Who should get it": pick("Fellmoor Oversight"),
        "What should happen": pick("Send it now"),
    }
    maya.answer(answers)
    button(maya.page, "Seal and send").click()
    expect(maya.title).to_have_text(REFUSED)
    assert len(posted) == 1, "nothing was sealed to the stranger"


def _today() -> Any:
    from upstander.formats import days

    return days.today("Europe/London")


def _keeper(world: World, name: str) -> Any:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    text = (world.data / "keepers" / name / "keys/sign.key").read_text().strip()
    return Ed25519PrivateKey.from_private_bytes(b64.decode(text, 32))
