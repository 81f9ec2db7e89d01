"""From the start page to the receipt with Tab, Enter, Space and the arrows. Each new page starts at its heading."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.reporter import Reporter

pytestmark = pytest.mark.browser

FOCUSED = """() => {
  const one = document.activeElement;
  const label = one.labels?.[0]?.querySelector('.name') ?? one.labels?.[0] ?? one;
  return { tag: one.tagName, type: one.type ?? '', says: label.innerText ?? '', seen: one.matches(':focus-visible') };
}"""


def tab_to(page: Page, says: str = "", tag: str = "") -> None:
    """Tab until the focus is on what says this, or on an element of this kind; every stop on the way must show."""
    for _ in range(40):
        page.keyboard.press("Tab")
        focused = page.evaluate(FOCUSED)
        away = focused["tag"] in {
            "BODY",
            "HTML",
        }  # round the end of the page, by way of the browser's own bar
        assert away or focused["seen"], f"the focus does not show on {focused}"
        if (says and focused["says"].startswith(says)) or (tag and focused["tag"] == tag):
            return
    raise AssertionError(f"Tab never came to {says or tag!r}")


def arrived(page: Page, title: str) -> None:
    """A new page: its heading is there and has the focus."""
    heading = page.locator("h1").first
    expect(heading).to_contain_text(title)
    expect(heading).to_be_focused()


def test_from_start_to_receipt_without_a_mouse(reporter: Callable[..., Reporter]) -> None:
    kit = reporter("kit")
    page, keys = kit.page, kit.page.keyboard
    kit.open()
    tab_to(page, "I only have a few minutes")
    keys.press("Enter")
    arrived(page, "Three things first")
    tab_to(page, "I am ready")
    keys.press("Enter")
    arrived(page, "Is anyone in danger right now?")
    tab_to(page, "Yes")
    keys.press("ArrowDown")
    keys.press("ArrowDown")
    tab_to(page, "Continue")
    keys.press("Enter")
    arrived(page, "Who else can see this phone")
    for title in ["Which police force", "Tell us what happened"]:
        tab_to(page, "Skip this question")
        keys.press("Space")
        arrived(page, title)
    tab_to(page, tag="TEXTAREA")
    keys.type("Typed, Tabbed and sent without a mouse.")
    tab_to(page, "Continue")
    keys.press("Enter")
    arrived(page, "You could send now")
    tab_to(page, "Finish here and check")
    keys.press("Enter")
    arrived(page, "Do you want to give your name?")
    tab_to(page, "No name")
    keys.press("Space")
    keys.press("Enter")
    arrived(page, "Who should get it?")
    tab_to(page, "Professional Standards")
    keys.press("Space")
    tab_to(page, "Continue")
    keys.press("Enter")
    arrived(page, "Check your answers")
    expect(page.locator("main")).to_contain_text("without a mouse")
    tab_to(page, "Seal and send")
    keys.press("Enter")
    arrived(page, "Your report is in.")
    kit.take_words()
    tab_to(page, "Type word")
    number = int(page.get_by_text("Type word").first.inner_text().split()[2].rstrip(","))
    keys.type(kit.words.split()[number - 1])
    keys.press("Enter")
    expect(page.get_by_role("status").filter(has_text="That is right.")).to_be_visible()


def test_the_error_summary_leads_to_the_field(reporter: Callable[..., Reporter]) -> None:
    kit = reporter("kit")
    page, keys = kit.page, kit.page.keyboard
    kit.way_back()
    tab_to(page, tag="TEXTAREA")
    keys.type("acorn acorn")
    tab_to(page, "Open")
    keys.press("Enter")
    expect(page.get_by_role("alert")).to_be_focused()
    tab_to(page, "There should be seven words")
    keys.press("Enter")
    expect(page.locator("main textarea")).to_be_focused()
