"""Letters of the pack: filled on the desk, sent as a message, read by the reporter; nothing half filled goes out."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.handler import Handler
from tests.browser.reporter import Reporter, button
from tests.browser.stories import SHORT

pytestmark = pytest.mark.browser


def test_a_letter_is_filled_sent_and_read(
    reporter: Callable[..., Reporter], handler: Callable[..., Handler]
) -> None:
    lena = reporter("lena")
    lena.begin()
    lena.answer(SHORT)
    lena.send()
    marian = handler("marian")
    marian.sign_in()
    marian.open_case(lena.case, first=True)
    talk = marian.part("talk")
    talk.get_by_text("Start from a letter").click()
    decided(marian)
    talk.get_by_label("Letter", exact=True).select_option(label="An apology")
    expect(talk).to_contain_text("Compensation Act 2006, section 2")
    marian.visitor.look("letter to the reporter")
    talk.get_by_label("What you are sorry for, named").fill("Nobody answered you for five months.")
    button(talk, "Put it into the message").click()
    expect(talk.get_by_role("alert")).to_contain_text("Fill this in")
    talk.get_by_label("What should have happened").fill("Somebody should have written within days.")
    talk.get_by_label("What you understand it did to her").fill("You had to see him each day.")
    talk.get_by_label("What has been changed").fill("Each report now has a name beside it.")
    talk.get_by_label("Name and rank").fill("Marian Vale, Detective Superintendent")
    button(talk, "Put it into the message").click()
    message = talk.get_by_label("Write to the reporter")
    expect(message).to_be_focused()
    assert message.input_value().startswith("I am sorry. Nobody answered you for five months.")
    with marian.page.expect_navigation(url="**/?done=message"):
        button(talk, "Seal and send").click()
    lena.come_back()
    expect(lena.page.locator("main")).to_contain_text(
        "Marian Vale, Detective Superintendent, Marlshire Police"
    )


def decided(marian: Handler) -> None:
    """The letter of an outcome speaks of a review only as the handler says that there is one."""
    talk = marian.part("talk")
    talk.get_by_label("Letter", exact=True).select_option(label="What was decided")
    for box in talk.locator("input[data-tool], textarea[data-tool]").all():
        box.fill("What was found.")
    button(talk, "Put it into the message").click()
    expect(talk.get_by_role("alert")).to_contain_text("Fill this in")
    review = talk.get_by_label("Whether she can ask for a review")
    review.select_option(index=3)
    marian.visitor.look("letter of an outcome")
    button(talk, "Put it into the message").click()
    message = talk.get_by_label("Write to the reporter")
    text = message.input_value()
    assert "no right of review" in text and "28 days" not in text and "[" not in text
    message.fill("")
