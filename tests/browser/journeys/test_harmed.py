"""Three people harmed: each is told from the pack's letter or has a reason, and a body outside is written to."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.handler import Handler
from tests.browser.journeys.test_file import add_allegation, add_subject, sent, take_up
from tests.browser.reporter import button
from tests.world import World

pytestmark = pytest.mark.browser

Handlers = Callable[..., Handler]


def add_harmed(devi: Handler, name: str, reporter: bool = False) -> None:
    devi.page.get_by_text("Add a person").click()
    form = devi.page.locator('form[data-fact="party"]')
    form.get_by_label("In this case").select_option(label="Person harmed")
    form.get_by_label("Name, or how the person is described").fill(name)
    if reporter:
        form.get_by_label("This is the reporter").check()
    devi.record(form, "Seal and add")


def person(devi: Handler, number: int) -> Locator:
    return devi.page.locator("[data-told]").nth(number - 1)


def test_three_people_harmed_are_told_the_same(handler: Handlers, world: World) -> None:
    devi = handler("devi")
    devi.sign_in()
    case = sent(world, "He sends pictures of all of us to the shift. I am one of three.")
    take_up(devi, case)
    add_subject(devi, "Sgt Invented")
    add_allegation(devi, "Sexual harassment")
    add_harmed(devi, "The one who wrote", reporter=True)
    add_harmed(devi, "Ana Made-Up")
    add_harmed(devi, "A woman on the night shift, name not known")
    page = devi.page
    ana = person(devi, 2)
    expect(ana).to_contain_text("Ana Made-Up")
    expect(ana).to_contain_text("Tell this person where it stands")
    told_by_letter(devi, ana)
    expect(person(devi, 3)).to_contain_text("Tell this person what another was told")
    cannot_be_told(devi, person(devi, 3))
    devi.visitor.look("who was told")
    devi.open_case(case)
    band = page.locator("#untold")
    expect(band).to_contain_text("Person harmed 1: tell them what another was told")
    devi.visitor.look("somebody harmed waits")
    update_to_the_reporter(devi)
    expect(page.locator("#untold")).to_have_count(0)
    devi.open_file()
    expect(person(devi, 1)).to_contain_text("where it stands (in her mailbox here)")
    page.get_by_text("Everything person harmed 1 was told").click()
    expect(person(devi, 1)).to_contain_text(
        "Since we last wrote we have done this: We asked for the pictures."
    )
    told_the_same(devi)
    to_a_body(devi)
    devi.visitor.go(f"/desk/cases/{case}/file/decisions/")
    expect(page.locator("main")).to_contain_text("It is not safe")
    expect(page.locator("main")).to_contain_text("Ana Made-Up")
    devi.visitor.look("who was told, to print")


def told_by_letter(devi: Handler, ana: Locator) -> None:
    ana.get_by_text("Write down what person harmed 2 was told").click()
    form = ana.locator("form").first
    form.get_by_label("How").select_option(label="By telephone")
    button(form, "Start from the letter").click()
    box = form.get_by_label("What was said, in the words used")
    expect(box).to_have_value(re.compile("^This is where the matter stands on"))
    button(form, "Write it down").click()
    expect(form.get_by_role("alert")).to_contain_text("square brackets")
    box.fill("I rang her. We have the pictures, and we write again in four weeks.")
    devi.record(form, "Write it down")
    expect(person(devi, 2)).to_contain_text("where it stands (by telephone)")


def told_the_same(devi: Handler) -> None:
    """One text for two people: an entry for each, written once."""
    person(devi, 2).get_by_text("Write down what person harmed 2 was told").click()
    form = person(devi, 2).locator('form[data-letters="harmed"]')
    form.get_by_label("What", exact=True).select_option(label="That it takes longer, and why")
    form.get_by_label("What was said, in the words used").fill("The laboratory needs two more weeks.")
    form.get_by_label("Person harmed 3").check()
    devi.record(form, "Write it down")
    for number in (2, 3):
        expect(person(devi, number)).to_contain_text("that it takes longer, and why (in person)")


def cannot_be_told(devi: Handler, her: Locator) -> None:
    her.locator("summary", has_text="cannot be told").click()
    form = her.locator("form").last
    form.get_by_label("Reasons").fill("She lives with him.")
    devi.record(form, "Seal the reasons")
    expect(person(devi, 3)).to_contain_text("It is not safe. Looked at again by")
    expect(person(devi, 3)).to_contain_text("She lives with him.")


def update_to_the_reporter(devi: Handler) -> None:
    talk = devi.part("talk")
    talk.get_by_text("Start from a letter").click()
    talk.get_by_label("Letter", exact=True).select_option(label="Where your report stands")
    talk.get_by_label("What was done since").fill("We asked for the pictures.")
    talk.get_by_label("What is still to do").fill("To look at them.")
    talk.get_by_label("When the next step").fill("the first of May")
    button(talk, "Put it into the message").click()
    with devi.page.expect_navigation(url="**/?done=message"):
        button(talk, "Seal and send").click()


def to_a_body(devi: Handler) -> None:
    """A referral is drafted from what is coded, completed, sealed, and read by the body's own people."""
    page = devi.page
    outside = page.locator("[data-drafts]")
    outside.get_by_text("Referral to the IOPC", exact=True).click()
    outside.get_by_text("The letter so far").click()
    expect(outside).to_contain_text("Allegation 1: Sexual harassment; against person reported 1")
    form = outside.locator("form").first
    button(form, "Seal it in the case").click()
    expect(form.get_by_role("alert")).to_contain_text("Fill this in")
    for box in form.locator("textarea, input[type=text]").all():
        box.fill("As it was found.")
    who = form.get_by_role("checkbox").first
    expect(who).to_be_visible()
    who.check()
    devi.visitor.look("a referral, drafted")
    with page.expect_navigation(url="**/?done=handed"):
        button(form, "Seal it in the case").click()
    expect(page.locator("#done")).to_contain_text("the body has a key")
