"""Leaving quickly, and the pages that come before anything is asked about what happened."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.reporter import Reporter, button, pick, write

pytestmark = pytest.mark.browser

SECRET = "A sentence nobody else may find"


@pytest.mark.parametrize("way", ["button", "shift", "escape"])
def test_leaving_covers_wipes_and_goes(reporter: Callable[..., Reporter], way: str) -> None:
    lee = reporter(f"lee {way}")
    page: Page = lee.page
    page.context.route("**/weather*", lambda route: route.fulfill(body="weather"))
    lee.begin()
    lee.answer({"danger": pick("No"), "nearest": pick("I saw it")}, until="Tell us what you saw")
    write(SECRET)(page)
    if way == "button":
        button(page, "Leave this page").click()
    elif way == "shift":
        page.locator("h1").focus()
        for _ in range(3):
            page.keyboard.press("Shift")
    else:
        page.keyboard.press("Escape")
    page.wait_for_url("**/weather*")
    page.go_back()
    page.wait_for_timeout(300)
    assert SECRET not in page.content(), "the page came back with what it held"
    assert "Tell us" not in page.locator("body").inner_text()
    page.go_forward()
    assert SECRET not in page.content()
    stored = page.evaluate("JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie])")
    assert stored == '[{},{},""]', f"left behind in the browser: {stored}"
    assert not lee.visitor.posted


def test_shift_in_a_capital_letter_does_not_leave(reporter: Callable[..., Reporter]) -> None:
    lee = reporter("lee writing")
    lee.begin(quick=True)
    lee.answer({"danger": pick("No")}, until="Tell us what happened")
    box = lee.page.locator("main textarea")
    box.press_sequentially("ABC DEF GHI")
    expect(box).to_have_value("ABC DEF GHI")


def test_danger_and_a_device_that_gives_away(reporter: Callable[..., Reporter]) -> None:
    dee = reporter("dee")
    dee.begin()
    pick("Yes")(dee.page)
    dee.on()
    expect(dee.title).to_have_text("Get help first")
    main = dee.page.locator("main")
    expect(main).to_contain_text("Call 999")
    expect(button(main, "Leave this page")).to_be_visible()
    dee.visitor.look("danger: get help first")
    dee.on()
    expect(dee.title).to_contain_text("Who else can see this phone")
    pick("It belongs to work")(dee.page)
    dee.on()
    expect(dee.title).to_have_text("This device may give you away")
    expect(button(main, "Leave this page")).to_be_visible()
    dee.visitor.look("device that gives away")
    dee.on()
    dee.answer({"Tell us": write("He has a key to her flat.")}, until="What should happen to it?")
    expect(main).to_contain_text("You said someone may be in danger.")
    dee.visitor.look("fate when someone is in danger")
    dee.on(answered=False)
    expect(dee.title).to_have_text("Check your answers")
    expect(main).to_contain_text(
        "What you said about danger and about this device stays here. It is not sent."
    )
    expect(main).not_to_contain_text("Is anyone in danger right now?")


def test_help_is_near_and_loses_nothing(reporter: Callable[..., Reporter]) -> None:
    ben = reporter("ben")
    ben.begin(quick=True)
    ben.answer({"danger": pick("No")}, until="Tell us what happened")
    write("Half a sentence")(ben.page)
    button(ben.page, "Get help now").click()
    expect(ben.title).to_have_text("People you can talk to")
    ben.visitor.look("get help now")
    for label, title in [
        ("Staying safe on this site", "Staying safe on this site"),
        ("What we can see, and what we can't", "What we can see, and what we can't"),
        ("Who runs this, and who can read it", "Who runs this, and who can read it"),
        ("What is kept about you", "What is kept about you"),
    ]:
        button(ben.page.locator("#foot"), label).click()
        expect(ben.title).to_have_text(title)
        ben.visitor.look(f"about {label}")
    for _ in range(5):
        ben.page.go_back()
    expect(ben.page.locator("main textarea")).to_have_value("Half a sentence")
