"""A handler who lost words and passkeys: her key is ended, she makes a new one, and the custodians bring back her cases.

The rehearsal of the custodians' recovery: one case is open to nobody but her, so that nothing else can bring it back.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.handler import Handler, number_of
from tests.browser.pages import Visitor
from tests.browser.reporter import button
from tests.reporters import Reporter, card_of
from tests.world import World

pytestmark = pytest.mark.browser

TEAM = "Professional Standards: reporting team"
ONLY_HERS = "Only one of you may read this: the others drink with him."


@pytest.fixture
def world(own_world: World) -> World:
    """A key is lost here."""
    return own_world


@pytest.fixture
def case(world: World) -> str:
    """A case that only Devi can open."""
    sent = Reporter(card_of(world)[0])
    shut_out = ["Marian, reporting team", "Inspector Holt, reporting team"]
    body = sent.report(ONLY_HERS, outside=False, excluded=shut_out)
    status, answer = world.send("POST", "/api/v1/i/marlshire/reports", body)
    assert status == 200, answer
    return sent.case.id


def test_lost_new_and_recovered(
    case: str, world: World, handler: Callable[..., Handler], visitor: Callable[..., Visitor]
) -> None:
    before = handler("devi")
    before.sign_in()
    before.open_case(case, first=True)
    expect(before.page.locator("main")).to_contain_text("If that key is lost")
    before.visitor.look("case with one key")

    link = lost(handler("admin"))
    before.visitor.go("/desk/")
    expect(before.page.get_by_role("heading", name="Sign in to the desk")).to_be_visible()
    expect_words_refused(before)

    devi = Handler(visitor("devi with a new key"), "devi")
    devi.make_key(link)
    devi.page.get_by_role("link", name="Not now").click()
    expect(devi.page.locator("main")).to_contain_text("waits for a colleague to let your key in")
    marian = handler("marian")
    marian.sign_in()
    marian.enrol(TEAM, "Devi Ranasinghe")
    marian.visitor.go("/desk/")
    expect(marian.page.locator("main")).not_to_contain_text(number_of(case))

    devi.visitor.go("/desk/")
    expect(devi.page.locator("main")).not_to_contain_text(number_of(case))
    recover(devi, world.demonstration["shares"][TEAM])
    devi.open_case(case)
    expect(devi.part("report")).to_contain_text(ONLY_HERS)


def lost(admin: Handler) -> str:
    """The administrator marks Devi's key as lost. Answers her new link."""
    admin.sign_in()
    admin.visitor.go("/desk/people/")
    admin.page.get_by_role("row").filter(has_text="Devi").get_by_role("link", name="Key lost").click()
    admin.visitor.look("key lost")
    button(admin.page, "Mark the key as lost").click()
    return admin.page.locator("code.address").inner_text()


def expect_words_refused(devi: Handler) -> None:
    """The words of the lost key sign nobody in."""
    devi.page.get_by_label("User name").fill(devi.username)
    devi.page.get_by_label("Your seven words").fill(devi.words)
    button(devi.page, "Sign in with words").click()
    expect(devi.page.get_by_role("alert")).to_be_visible()


def recover(devi: Handler, shares: list[str]) -> None:
    """Two custodians type their shares at Devi's computer; a wrong or repeated one is told apart first."""
    page = devi.page
    devi.visitor.go("/desk/recover/")
    devi.visitor.look("bring cases back")
    page.get_by_role("link", name=TEAM).last.click()
    page.get_by_label("Devi Ranasinghe (you)").check()
    page.get_by_label("Why the cases are opened").select_option("key-lost")
    first, second = page.get_by_label("Share 1 of 2"), page.get_by_label("Share 2 of 2")
    devi.visitor.look("shares")
    sent = len(devi.visitor.posted)
    for one, other, told in [
        (shares[0], shares[0], "The same share was typed twice."),
        (shares[0], shares[1][:-1] + ("b" if shares[1][-1] != "b" else "c"), ""),
    ]:
        first.fill(one)
        second.fill(other)
        button(page, "Bring the cases back").click()
        expect(page.get_by_role("alert")).to_contain_text(told)
    assert len(devi.visitor.posted) == sent, "something was sent before the shares were right"
    first.fill(shares[2].upper())
    second.fill(shares[1].replace("-", " "))
    button(page, "Bring the cases back").click()
    expect(page.get_by_role("heading", name="The cases are back")).to_be_visible()
    devi.visitor.look("cases are back")
    everything = "\n".join(devi.visitor.posted)
    assert not any(share in everything or share.replace("-", "") in everything for share in shares)
