"""The file of a case, as handlers fill it: the short way, and a pattern that nobody would have seen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.handler import Handler
from tests.browser.reporter import button
from tests.reporters import Reporter as Sender
from tests.reporters import card_of
from tests.world import World

pytestmark = pytest.mark.browser

Handlers = Callable[..., Handler]


def sent(world: World, text: str) -> str:
    """A report to the team inside; answers the case id."""
    card, _ = card_of(world)
    sender = Sender(card)
    status, answer = world.send("POST", "/api/v1/i/marlshire/reports", sender.report(text, outside=False))
    assert status == 200, answer
    return str(sender.case.id)


def take_up(handler: Handler, case: str, first: bool = True) -> None:
    """Opens the case, says so, and declares in its file that there is no connection."""
    handler.open_case(case, first=first)
    if first:
        handler.acknowledge()
    handler.open_file()


def add_subject(handler: Handler, name: str, same: str = "") -> None:
    """The person reported, by a name that is sealed; with `same` the one who is in most cases."""
    page = handler.page
    page.get_by_text("Add a person").click()
    form = page.locator('form[data-fact="party"]')
    form.get_by_label("Name, or how the person is described").fill(name)
    form.get_by_label("Known by name").check()
    form.get_by_label("What I answered about connections").check()
    if same:
        box = form.get_by_label("Is this somebody you met")
        box.select_option(label=max(box.locator("option").all_inner_texts(), key=len))  # of most cases
    handler.record(form, "Seal and add")
    expect(page.get_by_role("region", name="People", exact=True)).to_contain_text(name)


def add_allegation(handler: Handler, category: str, *facts: str) -> Locator:
    """An allegation against the first person reported. Answers its article."""
    page = handler.page
    page.get_by_text("Add an allegation").click()
    form = page.locator('form[data-fact="allegation"]').last
    form.get_by_label("Category").select_option(label=category)
    for fact in facts:
        form.get_by_label(fact).check()
    handler.record(form, "Record the allegation")
    return page.get_by_role("article", name="Allegation 1")


def step(handler: Handler, label: str, shown: bool = True, **values: Any) -> None:
    """Records a step on the track of the first allegation: texts all filled, choices by their label."""
    article = handler.page.get_by_role("article", name="Allegation 1")
    article.get_by_text(label, exact=True).first.click()
    form = article.locator('form[data-fact="move"]').filter(has=button(handler.page, f"Record: {label}"))
    for box in form.locator("textarea").all():
        box.fill(f"What {label.lower()} rests on.")
    for choice, value in values.items():
        form.get_by_label(choice.replace("_", " ").capitalize(), exact=True).select_option(label=value)
    for box in form.locator('input[name="confirmed"], input[name^="values."][type=checkbox]').all():
        box.check()
    handler.record(form, f"Record: {label}", "shown" if shown else "facts")


def test_a_sergeant_with_two_earlier_findings(handler: Handlers, world: World) -> None:
    """Sexist comments, each time seen alone: the file finds the earlier findings and opens the ladder."""
    devi = handler("devi")
    devi.sign_in()
    for same in ("", "reported in"):  # first nobody she knows, then the sergeant of two other cases
        case = sent(world, "Our sergeant makes sexist jokes at every briefing. Banter, he says.")
        take_up(devi, case)
        add_subject(devi, "Sgt Invented", same)
        page = devi.page
        page.get_by_text("Add an allegation").click()
        expect(page.locator("[data-suggestion]").last).to_contain_text("“sexist”")
        page.get_by_text("Add an allegation").click()
        article = add_allegation(devi, "Sexual harassment")
        expect(article).to_contain_text("Violence against women and girls")
        step(devi, "It is now a formal matter")
        step(devi, "An investigator was appointed")
        step(devi, "The investigation is finished")
        step(devi, "It was decided whether there is a case to answer", Case_to_answer="Yes")
        step(devi, "It goes to a hearing")
        step(devi, "A finding was made", Finding="Misconduct was shown")
        expect(article).to_contain_text("A finding was made")
        if not same:
            dismissal(devi, "more than one incident")
    earlier = devi.page.locator("#earlier")
    expect(earlier.get_by_text("Misconduct was shown")).to_have_count(2)
    expect(earlier).to_contain_text("SI 2020/4, reg 42")
    devi.visitor.look("file of a case")
    step(devi, "The outcome was decided", Outcome="Dismissal without notice")


def dismissal(handler: Handler, why: str) -> None:
    """An outcome above its ladder is refused with the rule, and nothing that was typed is lost."""
    article = handler.page.get_by_role("article", name="Allegation 1")
    article.get_by_text("The outcome was decided", exact=True).first.click()
    form = article.locator('form[data-fact="move"]').filter(
        has=button(handler.page, "Record: The outcome was decided")
    )
    form.get_by_label("Outcome", exact=True).select_option(label="Dismissal without notice")
    form.locator("textarea").first.fill("He has to go.")
    for box in form.locator('input[name="confirmed"]').all():
        box.check()
    button(form, "Record: The outcome was decided").click()
    expect(form.get_by_role("alert")).to_contain_text(why)
    expect(form.get_by_role("alert")).to_contain_text("reg 42")
    expect(form.locator("textarea").first).to_have_value("He has to go.")
