"""Seven words: a typo is caught before anything is asked of the server; an unknown mailbox says only that."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.reporter import Reporter, button
from upstander.sealing.words import generate

pytestmark = pytest.mark.browser


def test_a_wrong_word_is_caught_before_any_request(reporter: Callable[..., Reporter]) -> None:
    tom = reporter("tom")
    tom.way_back()
    tom.visitor.look("come back")
    asked: list[str] = []
    tom.page.on("request", lambda request: asked.append(request.url))
    words = str(generate()).split()
    wrong = [
        ([*words[:2], "zzyzx", *words[3:]], "Word 3 is not one of ours: zzyzx."),
        (words[:5], "There should be seven words. There are 5."),
        ([words[1], words[0], *words[2:]], "These seven words do not belong together."),
    ]
    for typed, told in wrong:
        tom.enter(" ".join(typed))
        expect(tom.page.get_by_role("alert")).to_contain_text(told)
    tom.visitor.look("come back with a wrong word")
    assert asked == [], f"asked of the server: {asked}"


def test_an_unknown_mailbox_says_only_that(reporter: Callable[..., Reporter]) -> None:
    tom = reporter("tom")
    tom.way_back()
    tom.enter(str(generate()))
    expect(tom.page.get_by_role("alert")).to_contain_text("We found nothing for these words.")
    bodies = [line for line in tom.visitor.posted if "mailbox" in line]
    assert [line.split()[0].rsplit("/", 1)[1] for line in bodies] == ["challenge", "open"]


def test_a_word_can_be_finished(reporter: Callable[..., Reporter]) -> None:
    tom = reporter("tom")
    tom.way_back()
    box = tom.page.get_by_label("Your seven words")
    box.press_sequentially("zoolog")
    button(tom.page, "zoologist").click()
    expect(box).to_have_value("zoologist ")
    expect(box).to_be_focused()
