"""Search: a handler finds a word in cases she can open, nothing she types leaves, and the index goes with the key."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.handler import Handler, number_of
from tests.browser.reporter import Reporter, button, pick, write

pytestmark = pytest.mark.browser
WORD = "quillwort"


def told(account: str) -> dict[str, Callable[..., None]]:
    return {
        "danger": pick("No"),
        "Tell us": write(account),
        "Who should get it": pick("Professional Standards"),
    }


def test_a_word_is_found_and_never_sent(
    reporter: Callable[..., Reporter], handler: Callable[..., Handler]
) -> None:
    sent = []
    for name, account in (
        ("nest", f"He said {WORD} on the stairs."),
        ("nell", f"Unopened, with {WORD} in it."),
    ):
        one = reporter(name)
        one.begin()
        one.answer(told(account))
        one.send()
        sent.append(one.case)
    marian = handler("marian")
    marian.sign_in()
    marian.open_case(sent[0], first=True)
    marian.page.get_by_role("link", name="Search").click()
    page = marian.page
    expect(page.get_by_text(re.compile("searched"))).to_be_visible()
    expect(page.get_by_text(re.compile("nobody has opened yet"))).to_be_visible()
    posted = len(marian.visitor.posted)
    page.get_by_label("Words").fill(f"{WORD[:6]} stairs")
    button(page, "Search").click()
    expect(page.get_by_role("heading", name="1 place found.")).to_be_focused()
    expect(page.locator("mark").first).to_have_text(WORD)
    expect(page.get_by_role("link", name=number_of(sent[0]))).to_be_visible()
    marian.visitor.look("search")
    page.get_by_label("Words").fill("Unopened")
    button(page, "Search").click()
    expect(page.get_by_role("heading", name="Nothing was found.")).to_be_visible()
    assert marian.visitor.posted[posted:] == []
    assert WORD not in page.url
    stored = page.evaluate("JSON.stringify({...localStorage, ...sessionStorage})")
    assert WORD not in stored
    button(page, "Close it now").click()
    expect(page.get_by_text("What was indexed is gone")).to_be_visible()
    assert WORD not in page.content()
