"""A witness: reads what happens to a report, answers, sends, comes back on another device, writes again."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.reporter import Reporter, attach, button, pick, write
from tests.browser.stories import FULL, NOTES, STORY, picture

pytestmark = pytest.mark.browser


def test_the_whole_way_in_and_back(reporter: Callable[..., Reporter]) -> None:
    maya = reporter("maya")
    maya.begin(look=True)
    files = {"Add a file": attach("Some other photo", picture())}
    way = maya.answer(FULL | files, look=True)
    assert way[0].startswith("Is anyone in danger"), "safety comes first"
    story, ticks = (next(n for n, one in enumerate(way) if part in one) for part in ("Tell us", "part of it"))
    assert story < ticks, "the story comes before the ticks, which would lead it"
    main = maya.page.locator("main")
    expect(main).to_contain_text(STORY)
    expect(main).to_contain_text("You left out 1.")
    expect(main).to_contain_text("Time and place are taken out.")
    assert maya.page.title() == "Form"
    maya.send()
    maya.visitor.look("receipt")
    expect(maya.page.locator("main")).to_contain_text("People you left out: 1")
    type_one_back(maya)

    # Another device: nothing but the words, in her own way of writing them.
    library = reporter("maya at the library")
    library.come_back("  " + maya.words.upper().replace(" ", " - "), to="Not opened yet")
    library.visitor.look("mailbox")
    library.reply("One more thing: it was in March too.")
    expect(library.page.locator("main")).to_contain_text("Marian, reporting team")
    expect(library.page.locator("main")).not_to_contain_text("Holt")
    button(library.page, "Add a file").click()
    library.visitor.look("a file for a message")
    attach("Notes, a letter", NOTES)(library.page)
    button(library.page, "Continue").click()
    library.reply("Here are my notes.")
    expect(library.page.locator(".msgs article").first).to_contain_text(NOTES.name)


def type_one_back(maya: Reporter) -> None:
    """The page asks for one of the words; a wrong one is told apart, and nothing is sent for it."""
    page, sent = maya.page, answers_sent(maya)
    box = page.get_by_label("Type word")
    number = int((page.get_by_text("Type word").first.inner_text()).split()[2].rstrip(","))
    box.fill("zebra")
    expect(page.locator("ol.words")).to_be_hidden()
    button(page, "Check this word").click()
    expect(page.get_by_role("alert")).to_contain_text(f"That is not word {number}.")
    page.get_by_label("Type word").fill(maya.words.split()[number - 1])
    button(page, "Check this word").click()
    expect(page.get_by_role("status").filter(has_text="That is right.")).to_be_visible()
    assert answers_sent(maya) == sent, "the word went somewhere"


def answers_sent(one: Reporter) -> list[str]:
    """What was posted, without what is left with keepers and in the mailbox: that goes on behind the receipt."""
    behind = ("/keepers/", "/mailbox/")
    return [sent for sent in one.visitor.posted if not any(part in sent.split()[0] for part in behind)]


def test_three_answers_are_enough(reporter: Callable[..., Reporter]) -> None:
    sam = reporter("sam")
    sam.begin(quick=True)
    sam.answer({"danger": pick("No"), "Tell us": write("A short account.")}, until="You could send now")
    button(sam.page, "Finish here and check").click()
    sam.answer({"Who should get it": pick("Fellmoor")})
    sam.visitor.look("check after the quick way")
    sam.send()
    assert len(sam.words.split()) == 7


def test_back_and_forward_keep_what_was_typed(reporter: Callable[..., Reporter]) -> None:
    kim = reporter("kim")
    kim.begin()
    told = {"danger": pick("No"), "Which is nearest": pick("I saw it or heard it")}
    kim.answer(told, until="Tell us what you saw")
    write("Typed, and not yet sent on.")(kim.page)
    kim.page.go_back()
    expect(kim.title).to_contain_text("Are you 18 or over?")
    kim.page.go_forward()
    expect(kim.page.locator("main textarea")).to_have_value("Typed, and not yet sent on.")
    button(kim.page, "Back").click()
    expect(kim.title).to_contain_text("Are you 18 or over?")
    assert "Typed" not in kim.page.url and not kim.visitor.posted
