"""Words before signing: a closing text that leans on a myth is held back, written anew in part, and in part left."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.handler import Handler
from tests.browser.reporter import Reporter, button
from tests.browser.stories import SHORT

pytestmark = pytest.mark.browser

WRITTEN = 'The message says "it was banter". She did not fight back. It was an isolated incident. We looked at the log.'
ANEW = 'The message says "it was banter". He did not ask. It was an isolated incident. We looked at the log.'


def test_words_are_looked_at_before_reasons_are_signed(
    reporter: Callable[..., Reporter], handler: Callable[[str], Handler]
) -> None:
    rae = reporter("rae")
    rae.begin()
    rae.answer(SHORT)
    rae.send()
    marian = handler("marian")
    marian.sign_in()
    marian.open_case(rae.case, first=True)
    marian.acknowledge()
    steps = marian.begin_to_close("It was looked at, and no rule was broken")
    steps.get_by_label("Reasons, for the reporter").fill(WRITTEN)
    button(steps, "Seal the reasons and close").click()
    found = steps.locator("upstander-wording")
    expect(found.get_by_role("heading", name="2 places to look at before you sign")).to_be_focused()
    expect(found.locator("[data-hit]")).to_have_count(2)
    expect(found.locator("mark").first).to_have_text("She did not fight back")
    marian.visitor.look("words before signing")
    steps.get_by_label("Reasons, for the reporter").fill(ANEW)
    button(steps, "Seal the reasons and close").click()
    expect(found.get_by_role("heading", name="One place to look at before you sign")).to_be_focused()
    found.get_by_label("Why it stands, if you leave it").fill("His record was looked up: there is no other.")
    posted = len(marian.visitor.posted)
    with marian.page.expect_navigation(url="**/?done=closed"):
        button(steps, "Seal the reasons and close").click()
    sent = "\n".join(marian.visitor.posted[posted:])
    counted = next(
        line for line in marian.visitor.posted[posted:] if line.startswith("/api/v1/desk/word-counts")
    )
    assert '{"rule":"no-resistance","shown":1,"rewritten":1,"stood":0}' in counted
    assert '{"rule":"one-off","shown":1,"rewritten":0,"stood":1}' in counted
    assert "looked up" not in sent and "isolated" not in sent  # neither text nor reason
    marian.open_case(rae.case)
    expect(marian.part("notes")).to_contain_text("Why they stand: His record was looked up")
    marian.visitor.go("/desk/words/")
    marian.visitor.look("words in decisions")
