"""A witness: reads what happens to a report, answers, sends, comes back on another device, writes again."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.pages import Visitor
from tests.browser.people import Reporter, button, pick, write

pytestmark = pytest.mark.browser

STORY = "On nights a phone was passed round in the parade room. It had pictures of a colleague's partner."

FULL = {
    "danger": pick("No"),
    "Who else can see this phone": pick("Only me"),
    "Which police force": pick("Marlshire Police"),
    "Which is nearest": pick("I saw it or heard it"),
    "Tell us what you saw": write(STORY),
    "part of it": pick("Sexual talk"),
    "When did it happen": pick("A few times"),
    "Where did it happen": pick("A parade room"),
    "Who did it": write("Sergeant Invented", "Nickname, or what people call them"),
    "How sure": pick("I saw it myself"),
    "Who must not see": pick("Inspector Holt"),
    "point to you": pick("Ask before using this part"),
    "like to happen": pick("Look into it"),
    "give your name": pick("No name"),
    "get it": pick("Professional Standards"),
    "What should happen": pick("Send it now"),
}


def test_the_whole_way_in_and_back(visitor: Callable[..., Visitor]) -> None:
    maya = Reporter(visitor("maya"))
    maya.begin(look=True)
    maya.answer(FULL, look=True)
    expect(maya.page.locator("main")).to_contain_text(STORY)
    maya.send()
    maya.visitor.look("receipt")
    expect(maya.page.locator("main")).to_contain_text("People you left out: 1")

    # Another device: nothing but the words.
    again = Reporter(visitor("maya at the library"))
    again.words = maya.words
    again.open()
    button(again.page, "Come back with my seven words").click()
    again.visitor.look("come back")
    again.come_back()
    expect(again.page.locator("h1")).to_contain_text("Nobody has opened it yet", timeout=20_000)
    again.visitor.look("mailbox")
    again.page.get_by_label("Write", exact=False).fill("One more thing: it was in March too.")
    button(again.page, "Seal and send").click()
    expect(again.page.locator("main")).to_contain_text("One more thing: it was in March too.", timeout=20_000)


def test_three_answers_are_enough(visitor: Callable[..., Visitor]) -> None:
    sam = Reporter(visitor("sam"))
    sam.begin(quick=True)
    sam.answer({"danger": pick("No"), "Tell us": write("A short account.")}, until="You could send now")
    button(sam.page, "Finish here and check").click()
    sam.answer({"get it": pick("Fellmoor"), "What should": pick("Send it now")})
    sam.send()
    assert len(sam.words.split()) == 7


@pytest.mark.parametrize("way", ["button", "shift", "escape"])
def test_leaving_covers_wipes_and_goes(visitor: Callable[..., Visitor], way: str) -> None:
    lee = visitor(f"lee {way}")
    lee.context.route("**/weather*", lambda route: route.fulfill(body="weather"))
    reporter = Reporter(lee)
    reporter.begin()
    page: Page = lee.page
    if way == "button":
        page.get_by_role("link", name="Leave this page").or_(button(page, "Leave this page")).first.click()
    elif way == "shift":
        for _ in range(3):
            page.keyboard.press("Shift")
    else:
        page.keyboard.press("Escape")
    page.wait_for_url("**/weather*")
    page.go_back()
    assert "danger" not in page.locator("body").inner_text(), "the page came back with what it held"
