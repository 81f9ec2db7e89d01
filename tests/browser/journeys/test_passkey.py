"""A new handler: link, words, key, passkey; let in by a colleague; then signs in and opens a case with a touch."""

from __future__ import annotations

import re
import time
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.authenticator import add_authenticator, prf_outputs, watch_prf
from tests.browser.handler import Handler
from tests.browser.pages import Visitor
from tests.browser.reporter import button
from tests.reporters import Reporter, card_of
from tests.world import World
from upstander.sealing.cards import Card

pytestmark = pytest.mark.browser

TEAM = "Professional Standards: reporting team"
SAID = "A locker was opened and a diary read aloud."


@pytest.fixture
def world(own_world: World) -> World:
    """People come and go here."""
    return own_world


def invite(admin: Handler, username: str, name: str, look: bool = False) -> str:
    """The administrator adds somebody to the inside team. Answers the sign-in link."""
    admin.visitor.go("/desk/people/")
    if look:
        admin.visitor.look("people")
    page = admin.page
    page.get_by_label("User name").fill(username)
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("What reporters see").fill(f"{name}, reporting team")
    page.get_by_label(TEAM).check()
    button(page, "Make a sign-in link").click()
    if look:
        admin.visitor.look("a sign-in link")
    return page.locator("code.address").inner_text()


@pytest.mark.parametrize("prf", [True, False], ids=["with-prf", "without-prf"])
def test_from_link_to_case(
    world: World, handler: Callable[..., Handler], visitor: Callable[..., Visitor], prf: bool
) -> None:
    admin = handler("admin")
    admin.sign_in()
    link = invite(admin, "rhys", "Rhys Newman", look=prf)

    rhys = Handler(visitor("rhys"), "rhys")
    page = rhys.page
    add_authenticator(page, prf)
    watch_prf(rhys.visitor.context)
    rhys.make_key(link, look=prf)
    page.get_by_label("What you call it").fill("work laptop")
    button(page, "Add a passkey").click()
    page.wait_for_url("**/desk/keys/*")
    does = "signs in and opens your key" if prf else "signs in; your words open the key"
    expect(page.get_by_role("row").filter(has_text="work laptop")).to_contain_text(does)
    expect(page.locator("main")).to_contain_text("waits for a colleague to let your key in")
    groups = page.locator("p.groups").inner_text()

    marian = handler("marian")
    marian.sign_in()
    marian.visitor.go("/desk/")
    marian.page.get_by_role("navigation").get_by_role("link", name=TEAM).click()
    expect(marian.page.get_by_role("article").filter(has_text="Rhys Newman")).to_contain_text(groups)
    marian.enrol(TEAM, "Rhys Newman", look=prf)

    report = Reporter(card_with(world, "Rhys Newman"))
    status, answer = world.send("POST", "/api/v1/i/marlshire/reports", report.report(SAID, outside=False))
    assert status == 200, answer

    page.reload()
    rhys.sign_out()
    button(page, "Sign in with a passkey").click()
    page.wait_for_url(re.compile(r"/desk/$"))
    rhys.visitor.go(f"/desk/cases/{report.case.id}/")
    if not prf:
        expect(page.locator("upstander-unlock")).to_contain_text("Your key is closed")
        button(page, "Use my passkey").click()
        expect(page.get_by_role("alert")).to_contain_text("Type your words.")
        rhys.unlock()
    rhys.declare()
    expect(rhys.part("report")).to_contain_text(SAID)

    button(page, "Close it now").click()
    if prf:
        button(page, "Use my passkey").click()
        expect(rhys.part("report")).to_contain_text(SAID)
        never_sent(rhys)


def card_with(world: World, label: str) -> Card:
    """The card once keepers have seen somebody new on it: until then reporters are given the one before."""
    for _ in range(180):
        card, _ = card_of(world)
        if any(label in member.label for channel in card.channels for member in channel.members):
            return card
        time.sleep(0.5)
    raise AssertionError(f"{label} is still on no card")


def never_sent(rhys: Handler) -> None:
    """What the passkey unwraps the key with stays in the browser: no request carries it in any form."""
    outputs = prf_outputs(rhys.page)
    assert outputs and all(len(one) == 32 for one in outputs)
    sent = "\n".join(rhys.visitor.posted)
    assert "webauthn/login" in sent and "clientExtensionResults" in sent, "the requests were not noted"
    for one in outputs:
        for form in (
            one.hex(),
            b64encode(one).decode()[:40],
            urlsafe_b64encode(one).decode()[:40],
            repr(one)[2:-1],
        ):
            assert form not in sent, "a PRF result was sent"
