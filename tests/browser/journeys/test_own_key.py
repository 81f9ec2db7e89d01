"""A handler looks after her own key: other words, another key, an app for codes."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Route, expect

from tests.browser.handler import Handler
from tests.browser.reporter import button
from tests.world import World
from upstander.sealing.words import UnlockKeys
from upstander.sealing.wrapped import Keyring, wrap_with_words

pytestmark = pytest.mark.browser


@pytest.fixture
def world(own_world: World) -> World:
    """Words and keys are changed here."""
    return own_world


def test_new_words_and_a_new_key(handler: Callable[..., Handler]) -> None:
    marian = handler("marian")
    marian.sign_in()
    page, old = marian.page, marian.words
    marian.visitor.go("/desk/")
    case = cases(marian)[0]

    marian.visitor.go("/desk/keys/")
    page.get_by_role("link", name="Replace the words").click()
    page.get_by_label("Your present seven words").fill(old)
    marian.visitor.look("replace the words")
    button(page, "Go on").click()
    words = page.locator("ol.words li")
    expect(words).to_have_count(7)
    marian.words = " ".join(word.strip() for word in words.all_inner_texts())
    button(page, "I have them on paper").click()
    page.get_by_label("All seven words").fill(marian.words)
    marian.visitor.look("type the words back")
    button(page, "Go on").click()
    expect(page.get_by_role("heading", name="Your words are replaced")).to_be_visible()

    marian.visitor.go("/desk/keys/")
    groups = page.locator("p.groups").inner_text()
    page.get_by_role("link", name="Change the key").click()
    marian.visitor.look("change the key")
    page.locator("upstander-new-key").get_by_label("Your seven words").fill(marian.words)
    button(page, "Change the key").click()
    expect(page.get_by_role("heading", name="Your key is changed")).to_be_visible()
    page.get_by_role("link", name="Back to your key").click()
    expect(page.locator("p.groups")).not_to_have_text(groups)
    marian.open_case(case, first=True)

    again = Handler(handler("marian").visitor, "marian", old)
    again.visitor.go("/desk/sign-in/")
    again.page.get_by_label("User name").fill("marian")
    again.page.get_by_label("Your seven words").fill(old)
    button(again.page, "Sign in with words").click()
    expect(again.page.get_by_role("alert")).to_be_visible()
    again.words = marian.words
    again.sign_in()
    again.open_case(case)


def test_cases_are_not_sealed_to_a_key_that_the_server_puts_in_the_place_of_hers(
    handler: Callable[..., Handler],
) -> None:
    devi = handler("devi")
    devi.sign_in()
    page, accomplice = devi.page, Keyring.new()
    blob = wrap_with_words(accomplice, UnlockKeys(bytes(32), accomplice.signing))

    def puts_in(route: Route) -> None:
        answer = route.fetch()
        me = answer.json()
        his = {"id": accomplice.key, "seal": accomplice.seal, "sign": accomplice.sign, "state": "active"}
        me["keys"].append({**me["keys"][0], **his})
        me["wrapped"].append(blob)
        route.fulfill(response=answer, json={**me, "key": accomplice.key})

    page.route("**/api/v1/desk/keys", puts_in)
    sealed: list[str] = []
    page.on("request", lambda one: sealed.append(one.url) if one.method == "POST" else None)
    devi.visitor.go("/desk/keys/")
    page.get_by_role("link", name="Change the key").click()
    page.locator("upstander-new-key").get_by_label("Your seven words").fill(devi.words)
    button(page, "Change the key").click()
    expect(page.get_by_role("alert")).to_contain_text("Nothing was sealed to it")
    assert [url.rsplit("/", 1)[1] for url in sealed] == ["keys"], "something was signed or sealed for it"


def cases(handler: Handler) -> list[str]:
    """Ids of the cases in her list, unopened ones first."""
    links = handler.page.locator("tbody a.case-no")
    return [str(one.get_attribute("href")).split("/")[3] for one in links.all()]


def test_pages_of_the_account(handler: Callable[..., Handler]) -> None:
    marian = handler("marian")
    marian.sign_in()
    for path, title in [
        ("/desk/keys/passkey/", "Add a passkey"),
        ("/desk/again/?next=/desk/keys/", "Prove once more that it is you"),
        ("/desk/recover/", "Bring cases back"),
    ]:
        marian.visitor.go(path)
        expect(marian.page.get_by_role("heading", level=1)).to_have_text(title)
        marian.visitor.look(f"account {title}")
    marian.visitor.go("/desk/keys/")
    marian.page.get_by_role("link", name="Set up an authenticator app").click()
    expect(marian.page.get_by_role("heading", level=1)).to_be_visible()
    marian.visitor.look("account authenticator app")
    marian.visitor.go("/desk/nothing-here/")
    marian.visitor.look("desk page that is not there")

    admin = handler("admin")
    admin.sign_in()
    admin.visitor.go("/desk/people/")
    admin.page.get_by_role("row").filter(has_text="Sioned").get_by_role("link", name="end access").click()
    admin.visitor.look("end access")
    button(admin.page, "End the access").click()
    expect(admin.page.get_by_role("row").filter(has_text="Sioned")).to_contain_text("switched off")
    admin.visitor.go("/desk/people/")
    button(admin.page, "Make a sign-in link").click()
    expect(admin.page.get_by_role("alert")).to_contain_text("Type what reporters see.")
    admin.visitor.look("people with errors")


def test_the_door(handler: Callable[..., Handler], world: World) -> None:
    visitor = handler("holt").visitor
    visitor.go("/")
    expect(button(visitor.page, "Start")).to_be_visible()  # one institution: straight there
    visitor.go("/desk/welcome/not-a-link/")
    expect(visitor.page.get_by_role("heading", level=1)).to_have_text("This link does not work any more")
    visitor.look("a link that does not work")
    visitor.go("/nowhere/")
    visitor.look("page that is not there")
