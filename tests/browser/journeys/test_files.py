"""What may be attached and what may not: what a file is comes before any picker opens."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.reporter import File, Reporter, button, pick
from tests.browser.stories import NOTES, picture

pytestmark = pytest.mark.browser

PICKERS = "input[type=file], [type=file], iframe, object, embed"


@pytest.fixture
def ida(reporter: Callable[..., Reporter]) -> Reporter:
    """A reporter at the file step."""
    ida = reporter("ida")
    ida.begin()
    ida.answer({"danger": pick("No")}, until="Add a file")
    return ida


def test_no_picker_for_sexual_pictures(ida: Reporter) -> None:
    pickers: Locator = ida.page.locator(PICKERS)
    expect(pickers).to_have_count(0)
    pick("A sexual picture or video of an adult")(ida.page)
    expect(pickers).to_have_count(0)
    ida.on()
    expect(ida.title).to_have_text("We can't take that file")
    expect(ida.page.locator("main")).to_contain_text("Each new copy can hurt the person in it again.")
    expect(ida.page.locator("main")).to_contain_text("Revenge Porn Helpline")
    expect(pickers).to_have_count(0)
    ida.visitor.look("file: a sexual picture is refused")

    ida.page.go_back()
    pick("A sexual picture or video, and someone could be under 18")(ida.page)
    ida.on()
    stopped(ida)
    ida.visitor.look("file: stop, under 18")
    ida.on(answered=False)
    expect(ida.title).not_to_contain_text("Stop here")
    expect(pickers).to_have_count(0)
    assert not ida.visitor.posted


def stopped(reporter: Reporter) -> None:
    """The page that ends it: words only."""
    expect(reporter.title).to_have_text("Stop here with the picture")
    expect(reporter.page.locator(PICKERS)).to_have_count(0)
    expect(reporter.page.locator("main")).to_contain_text("You can't add the picture here")
    reporter.page.get_by_text("People who can help with this").click()
    expect(reporter.page.locator("main")).to_contain_text("Childline")
    expect(reporter.page.locator("main")).to_contain_text("Report Remove")


def test_pictures_in_the_story_lead_to_the_same_stop(reporter: Callable[..., Reporter]) -> None:
    una = reporter("una")
    una.begin()
    told = {"danger": pick("No"), "part of it": pick("Sexual or private pictures")}
    una.answer(told, until="could anyone in them be under 18")
    una.visitor.look("question about pictures")
    pick("I am not sure")(una.page)
    una.on()
    stopped(una)


def test_a_file_is_named_first_and_bad_ones_are_told(ida: Reporter) -> None:
    page = ida.page
    button(page, "Continue").click()
    expect(page.get_by_role("alert")).to_contain_text("Tell us what the file is first.")
    ida.visitor.look("error summary")
    pick("Some other photo")(page)
    button(page, "Continue").click()
    ida.visitor.look("choose a file")
    odd = File("photo\u202egnp.exe", "application/x-msdownload", b"MZ")
    empty = File("nothing.txt", "text/plain", b"")
    fine = File("\u0645\u0644\u0641 \U0001f512 2.png", "image/png", picture().content)
    page.locator("input[type=file]").set_input_files([one.payload for one in (odd, empty, fine, NOTES)])
    told = page.get_by_role("status").filter(has_text="Files added: 2.")
    expect(told).to_contain_text("We can't take this kind of file: photognp.exe.")
    expect(told).to_contain_text("nothing.txt has nothing in it.")
    expect(page.locator("ul.picked")).to_contain_text(fine.name)
    expect(page.locator("ul.picked")).to_contain_text("Time and place are taken out.")
    expect(page.locator("main img, main canvas")).to_have_count(0)
    page.get_by_role("button", name=f"Remove {NOTES.name}").click()
    expect(page.locator("ul.picked li")).to_have_count(1)
