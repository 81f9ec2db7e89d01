"""Kinds of matters in the file: a small one in minutes, domestic abuse by a colleague, a handler who leaves mid-case."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.handler import Handler, number_of
from tests.browser.journeys.test_file import add_allegation, add_subject, sent, step, take_up
from tests.browser.journeys.test_leaver import retire
from tests.browser.reporter import button
from tests.world import World

pytestmark = pytest.mark.browser

Handlers = Callable[..., Handler]


@pytest.fixture
def world(own_world: World) -> World:
    """Somebody leaves here."""
    return own_world


def test_a_small_matter_is_put_right_on_one_page(handler: Handlers, world: World) -> None:
    case = sent(world, "The front desk was rude to me about a lost bag.")
    devi = handler("devi")
    devi.sign_in()
    devi.open_case(case, first=True)
    devi.open_file()
    page = devi.page
    page.get_by_role("link", name="A small matter").click()
    form = page.locator("form[data-short]")
    button(form, "Record, answer and close").click()
    expect(form.get_by_role("alert")).to_contain_text("Write this. A few words are enough.")
    form.get_by_label("Who it is about").fill("The member of staff at the front desk")
    form.get_by_label("What I answered about connections").check()
    form.get_by_label("What the person is").select_option(label="Police staff, PCSO included")
    form.get_by_label("Category").select_option(label="Impolite, unfair or unprofessional manner (H)")
    form.get_by_label("How it came in").select_option(label="Complaint by a member of the public")
    form.get_by_label("What happened, and why").fill("Was short with a visitor. No rule is in question.")
    button(form, "Record, answer and close").click()
    expect(form.get_by_role("alert")).to_contain_text("Choose how it ended.")
    form.get_by_label("It was looked at, and no rule was broken").check()
    expect(form.get_by_label("What was wrong")).to_be_hidden()
    form.get_by_label("Part of it was found to have happened").check()
    form.get_by_label("What was looked at").fill(
        "The visitor's letter. The member of staff says that it is so."
    )
    form.get_by_label("What was put right").fill(
        "The bag was found and brought back. The desk has a second person now."
    )
    form.get_by_label("What was wrong").fill("Nobody should be sent away like that.")
    form.get_by_label("Answer to the reporter").fill("You were right to write. Your bag is at the desk.")
    devi.visitor.look("a small matter")
    with page.expect_navigation(url="**/file/?done=closed"):
        button(form, "Record, answer and close").click()
    expect(page.locator("#done")).to_contain_text("The case is closed.")
    article = page.get_by_role("article", name="Allegation 1")
    expect(article).to_contain_text("The outcome was told")
    expect(article).to_contain_text("How it came in: Complaint by a member of the public")
    devi.open_case(case)
    expect(devi.part("talk")).to_contain_text("Your bag is at the desk.")
    expect(page.get_by_role("region", name="Steps and clocks")).to_contain_text("Part of it was found")
    expect(page.get_by_role("region", name="Steps and clocks")).to_contain_text("It was put right")


def test_domestic_abuse_by_a_colleague_of_the_same_force(handler: Handlers, world: World) -> None:
    """Everybody answers whether there is a prior connection; crime runs beside; no notice without the list."""
    case = sent(
        world, "My husband is a response sergeant here. So am I. He hurts me. Domestic, they would say."
    )
    devi = handler("devi")
    devi.sign_in()
    take_up(devi, case)
    page = devi.page
    add_subject(devi, "Sgt Invented")
    page.get_by_text("Add a person").click()
    form = page.locator('form[data-fact="party"]')
    form.get_by_label("In this case").select_option(label="Person harmed")
    form.get_by_label("Name, or how").fill("PC Alsoinvented")
    form.get_by_label("This is the reporter").check()
    devi.record(form, "Seal and add")
    domestic = "Domestic abuse by a person serving with the police"
    page.get_by_text("Add an allegation").click()
    form = page.locator('form[data-fact="allegation"]').last
    expect(form.locator("[data-suggestion]")).to_contain_text(domestic)
    button(form, f"{domestic}: “Domestic”").click()
    form.get_by_label("Person harmed 1").check()
    form.get_by_label(domestic).check()
    button(form, "Record the allegation").click()
    expect(page.get_by_text("Have you ever met, worked with")).to_be_visible()
    devi.visitor.look("declaration")
    declaration = page.locator('form[data-fact="declaration"]')
    declaration.get_by_label("No", exact=True).check()
    devi.record(declaration, "Sign and go on")

    article = page.get_by_role("article", name="Allegation 1")
    article.get_by_role("link", name="Crime").click()
    expect(page.locator("form > fieldset").first).to_be_enabled()
    step(devi, "A crime was recorded")
    expect(article).to_contain_text("Crime: Recorded as a crime")
    step(devi, "It is now a formal matter")
    step(devi, "An investigator was appointed")

    notice = "The person reported was given notice"
    article.get_by_text(notice, exact=True).first.click()
    form = article.locator('form[data-fact="move"]').filter(has=button(page, f"Record: {notice}"))
    for box in form.locator("textarea").all():
        box.fill("What the notice says.")
    form.get_by_label("The standard that would be breached").select_option(label="Discreditable conduct")
    button(form, f"Record: {notice}").click()
    expect(form.get_by_role("alert")).to_contain_text("There is a safety plan")
    for box in form.locator('input[name="confirmed"]').all():
        box.check()
    devi.visitor.look("before a notice")
    devi.record(form, f"Record: {notice}", "shown")
    expect(article.locator('[data-track="conduct"]').first).to_contain_text(notice)


def test_a_handler_leaves_in_the_middle(handler: Handlers, world: World) -> None:
    """What she coded stays, with her name; who stays takes the key away and goes on."""
    case = sent(world, "He shouts at the probationers until they cry.")
    holt = handler("holt")
    holt.sign_in()
    take_up(holt, case)
    add_subject(holt, "Sgt Third")
    add_allegation(holt, "Overbearing or harassing behaviour, bullying")
    page = holt.page
    page.get_by_text("Add a task").click()
    form = page.locator('form[data-fact="task"]').last
    form.get_by_label("In one word").fill("ask-rota")
    form.get_by_label("What is to be done").fill("Ask for the rota of March.")
    holt.record(form, "Add the task")

    retire(handler("admin"))
    marian = handler("marian")
    marian.sign_in()
    marian.open_case(case)
    marian.take_away()
    marian.open_file()
    main = marian.page.locator("main")
    expect(main).to_contain_text("Overbearing or harassing behaviour, bullying")
    expect(main).to_contain_text("Sgt Third")  # sealed by him, opened by her
    expect(main).to_contain_text("Inspector Holt")
    expect(main).to_contain_text("Ask for the rota of March.")
    done = marian.page.locator('input[name="state"][value="done"]')
    task = marian.page.locator('form[data-fact="task"]').filter(has=done)
    with marian.page.expect_navigation(url="**/?done=facts"):
        button(task, "Done", exact=False).click()
    expect(marian.page.locator("form > fieldset").first).to_be_enabled()
    marian.visitor.go("/desk/queue/")
    expect(marian.page.locator("main")).to_contain_text(number_of(case))
    marian.visitor.look("work")
    holt.visitor.go("/desk/queue/")
    expect(holt.page.locator("main")).not_to_contain_text(number_of(case))
