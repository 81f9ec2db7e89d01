"""Evidence: sources graded from how they know, rough dates in one picture, a thing and its way. The server sees none of it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.handler import Handler
from tests.browser.reporter import Reporter, button, pick, write

pytestmark = pytest.mark.browser

TOLD = {
    "danger": pick("No"),
    "Which is nearest": pick("I saw it or heard it"),
    "Tell us what you saw": write("He wrote to her for months."),
    "Who should get it": pick("Professional Standards"),
}


def test_sources_incidents_and_things(
    reporter: Callable[..., Reporter], handler: Callable[..., Handler]
) -> None:
    eve = reporter("eve")
    eve.begin()
    eve.answer(TOLD)
    eve.send()
    marian = handler("marian")
    marian.sign_in()
    marian.open_case(eve.case, first=True)
    part = marian.part("evidence")
    posted = len(marian.visitor.posted)

    def keep(form: Locator, name: str) -> None:
        with marian.page.expect_navigation(url="**/?done=note"):
            button(form, name).click()
        expect(part.locator("form").first).to_be_attached()

    def unfold(summary: str) -> Locator:
        part.locator("summary", has_text=summary).click()
        return part.locator("details", has=marian.page.locator("summary", has_text=summary))

    form = unfold("Note a source")
    expect(form.get_by_label("Information")).to_have_value("A")  # she said that she saw it
    expect(form.get_by_label("Source", exact=True).last).to_have_value("2")  # untested, name or not
    form.get_by_label("Source", exact=True).first.fill("the reporter")
    keep(form, "Seal this source")
    form = unfold("Note a source")
    form.get_by_label("Source", exact=True).first.fill("a friend")
    form.get_by_label("From whom it has this").select_option(label="the reporter")
    form.get_by_label("Information").select_option("C")
    keep(form, "Seal this source")
    expect(part.get_by_text("has it from the reporter")).to_be_visible()
    expect(part.get_by_text("Hearsay.")).to_be_visible()

    for words, when in (("Messages at night", "2026-02"), ("He came to her door", "2026-05-03")):
        form = unfold("Note an incident")
        form.get_by_label("What is said to have happened").fill(words)
        form.get_by_label("When").fill("soon")
        button(form, "Seal this incident").click()
        expect(form.get_by_role("alert")).to_contain_text("winter 2025")
        form.get_by_label("When").fill(when)
        form.get_by_label("Course of conduct").fill("contact after the case")
        form.get_by_label("the reporter").check()
        form.get_by_label("a friend").check()
        keep(form, "Seal this incident")
    expect(part.get_by_text("2 incidents from 1 February 2026 to 3 May 2026")).to_be_visible()
    expect(part.get_by_text("contact after the case: one course of conduct")).to_be_visible()
    expect(part.get_by_text("1 source, 1 at first hand; hearsay: 1")).to_have_count(2)
    expect(part.get_by_role("img")).to_have_count(1)

    form = unfold("Put a thing into the register")
    form.get_by_label("Thing").fill("Phone, bag 0441")
    form.get_by_label("Who has it").fill("Marian Hale")
    keep(form, "Seal this thing")
    form = unfold("Note that a thing changed hands")
    form.get_by_label("To whom").fill("The laboratory")
    form.get_by_label("What for").fill("a copy")
    keep(form, "Seal this step")
    expect(part.get_by_text("With The laboratory.")).to_be_visible()
    marian.visitor.look("evidence")
    sent = "\n".join(marian.visitor.posted[posted:])
    for secret in ("reporter", "Messages at night", "2026-02", "laboratory", "contact after"):
        assert secret not in sent.replace("to-reporter", "")
