"""A private record: kept only because she asked, brought back with seven words, changed, sent, or deleted for good."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.handler import Handler, number_of
from tests.browser.reporter import Reporter, button, pick, write

pytestmark = pytest.mark.browser

FIRST = "I am not sure yet. He waits at the door of the changing room."
LATER = "He waits at the door of the changing room, every late shift since June."


def keep(reporter: Reporter, look: bool = False) -> None:
    """Writes a few lines and has them kept."""
    reporter.begin(quick=True)
    reporter.answer({"danger": pick("No")}, until="Tell us what happened")
    write(FIRST)(reporter.page)
    button(reporter.page, "Keep this and come back later").click()
    expect(reporter.title).to_have_text("Stop here and come back later")
    if look:
        reporter.visitor.look("keep and come back later")
    button(reporter.page, "Keep what I have written").click()
    expect(reporter.title).to_have_text("It is kept for you.")
    if look:
        reporter.visitor.look("kept")
    reporter.take_words()


def test_kept_changed_and_sent(reporter: Callable[..., Reporter], handler: Callable[..., Handler]) -> None:
    vee = reporter("vee")
    keep(vee, look=True)

    second = reporter("vee on another device")
    second.words = vee.words
    second.come_back(to="Only you can open this")
    second.visitor.look("a private record")
    button(second.page, "Read it and go on with it").click()
    expect(second.title).to_have_text("Check your answers")
    main = second.page.locator("main")
    expect(main).to_contain_text(FIRST)
    main.locator(".row-a").filter(has_text=FIRST).get_by_role("button").click()
    write(LATER)(second.page)
    button(second.page, "Continue").click()
    expect(second.title).to_have_text("Check your answers")
    expect(main).to_contain_text(LATER)
    button(second.page, "Seal and keep").click()
    expect(second.title).to_have_text("It is kept for you.")
    second.take_words()
    assert second.words == vee.words, "the same words still open it"

    third = reporter("vee once more")
    third.come_back(vee.words, to="Only you can open this")
    button(third.page, "Check it and send it").click()
    expect(button(third.page, "Skip this question").or_(button(third.page, "Go on")).first).to_be_visible()
    third.answer({"Who should get it": pick("Professional Standards")})
    expect(third.page.locator("main")).to_contain_text(LATER)
    third.visitor.look("check what was kept")
    third.send()
    assert third.words == vee.words, "a record that is sent keeps its words"

    marian = handler("marian")
    marian.sign_in()
    expect(marian.page.locator("main")).to_contain_text(number_of(third.case))
    marian.open_case(third.case, first=True)
    expect(marian.part("report")).to_contain_text(LATER)
    expect(marian.part("report")).not_to_contain_text("I am not sure yet")


def test_kept_and_deleted(reporter: Callable[..., Reporter]) -> None:
    vee = reporter("vee")
    keep(vee)
    again = reporter("vee again")
    again.come_back(vee.words, to="Only you can open this")
    button(again.page, "Delete it").click()
    expect(again.title).to_have_text("Delete what we keep for you")
    again.visitor.look("delete what is kept")
    button(again.page, "Delete it for good").click()
    expect(again.title).to_have_text("It is deleted")
    again.visitor.look("deleted")
    last = reporter("vee at last")
    last.way_back()
    last.enter(vee.words)
    expect(last.page.get_by_role("alert")).to_contain_text("We found nothing for these words.")
