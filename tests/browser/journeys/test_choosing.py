"""Who gets it and who must not: a typed name locks nobody out, and the page says so."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.reporter import Reporter, button, pick, write

pytestmark = pytest.mark.browser


@pytest.fixture
def gwen(reporter: Callable[..., Reporter]) -> Reporter:
    """A reporter at the question who must not see it."""
    gwen = reporter("gwen")
    gwen.begin()
    told = {"danger": pick("No"), "Tell us": write("He reads the reports himself.")}
    gwen.answer(told | {"have power over": pick("They work where reports")}, until="Who must not see")
    return gwen


def test_a_typed_name_locks_nobody_out(gwen: Reporter) -> None:
    main = gwen.page.locator("main")
    expect(main).to_contain_text("A body outside the force is safer.")
    expect(main).to_contain_text("That does not lock them out.")
    write("Superintendent Elsewhere", "Someone else who must not see it")(gwen.page)
    gwen.on()
    expect(gwen.title).to_have_text("This does not lock them out")
    expect(main).to_contain_text("Superintendent Elsewhere is not one of the people who hold a key here")
    gwen.visitor.look("a typed name locks nobody out")
    button(gwen.page, "Send it to Fellmoor Oversight").click()
    gwen.answer({})
    expect(main).to_contain_text("Asked to keep away: Superintendent Elsewhere")
    expect(main).to_contain_text("Aled, Fellmoor Oversight (Fellmoor Oversight)")
    expect(main).not_to_contain_text("Marian")


def test_a_typed_name_that_holds_a_key_is_left_out(gwen: Reporter) -> None:
    write("inspector holt", "Someone else who must not see it")(gwen.page)
    gwen.on()
    expect(gwen.title).to_have_text("They are left out")
    gwen.visitor.look("a typed name is left out")
    gwen.on()
    gwen.answer({"Who should get it": pick("Professional Standards")})
    readers = gwen.page.locator("ul.dots")
    expect(readers).to_contain_text("Marian")
    expect(readers).not_to_contain_text("Holt")
    expect(gwen.page.locator("main")).to_contain_text("You left out 1.")


def test_nobody_left_is_told_before_sending(gwen: Reporter) -> None:
    page = gwen.page
    pick("Marian", "Devi", "Inspector Holt")(page)
    gwen.on()
    gwen.answer({"Who should get it": pick("Professional Standards")})
    button(page, "Seal and send").click()
    expect(page.get_by_role("alert")).to_contain_text("You left out everyone in Professional Standards")
    page.get_by_role("button", name="Leave someone out").or_(page.locator("[data-for=bodies]")).first.click()
    expect(gwen.title).to_contain_text("Who ")
    page.go_back()
    assert not gwen.visitor.posted
