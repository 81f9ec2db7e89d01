"""Reports that go wrong most often: position used for sex, a picture of a child, hearsay, who owns up, pressure, agency."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.handler import Handler
from tests.browser.journeys.test_file import add_allegation, add_subject, sent, step, take_up
from tests.browser.reporter import Act, Reporter, button, pick, write
from tests.reporters import Reporter as Sender
from tests.reporters import card_of
from tests.world import World

pytestmark = pytest.mark.browser

Reporters = Callable[..., Reporter]
Handlers = Callable[..., Handler]
END: dict[str, Act] = {
    "give your name": pick("No name"),
    "Who should get it": pick("Professional Standards"),
    "What should happen": pick("Send it now"),
}


def reported(reporter: Reporters, name: str, answers: dict[str, Act]) -> tuple[Reporter, list[str]]:
    """Somebody who answered these questions and skipped the rest, sent it, and the headings on the way."""
    one = reporter(name)
    one.begin()
    way = one.answer({"danger": pick("No"), **answers, **END})
    one.send()
    return one, way


def devi_takes(handler: Handlers, case: str) -> Handler:
    """The decider of the team inside, at the file of a case she took up."""
    devi = handler("devi")
    devi.sign_in()
    take_up(devi, case)
    return devi


def press(devi: Handler, label: str) -> Locator:
    """Fills in a step of the first allegation and presses; answers its form, which a refusal leaves open."""
    article = devi.page.get_by_role("article", name="Allegation 1")
    article.get_by_text(label, exact=True).first.click()
    form = article.locator('form[data-fact="move"]').filter(has=button(devi.page, f"Record: {label}"))
    for box in form.locator("textarea").all():
        box.fill("What it rests on.")
    for box in form.locator('input[name="confirmed"], input[name^="values."][type=checkbox]').all():
        box.check()
    button(form, f"Record: {label}").click()
    return form


def test_position_used_for_sex_goes_to_the_outside_body(
    reporter: Reporters, handler: Handlers, world: World
) -> None:
    """The category says by itself that it has to be referred; nothing leads past that, and the reporter hears of it."""
    tess, way = reported(
        reporter,
        "tess",
        {
            "Which is nearest": pick("I saw it or heard it"),
            "Tell us what you saw": write(
                "He met her on a job. Now he texts the victim at night, with kisses."
            ),
            "part of it": pick("Sex, flirting or messages with someone met through police work"),
            "Who was hurt": pick("No"),
        },
    )
    assert any("Does this person have power" in one for one in way)
    assert any("Who must not see this" in one for one in way)
    devi = devi_takes(handler, tess.case)
    page = devi.page
    add_subject(devi, "PC Invented")
    page.get_by_text("Add an allegation").click()
    form = page.locator('form[data-fact="allegation"]').last
    button(form, "Abuse of position for a sexual purpose: “met her on a job”").click()
    fact = form.get_by_label("Position used for a sexual purpose")
    expect(fact).to_be_checked()  # the category says it
    fact.uncheck()
    button(form, "Record the allegation").click()
    expect(form.get_by_role("alert")).to_contain_text("means that this is alleged")
    fact.check()
    devi.record(form, "Record the allegation")

    due = page.locator("#referral-due")
    expect(due).to_contain_text("This has to be referred.")
    expect(due).to_contain_text("abuse of position for a sexual purpose")
    expect(due).to_contain_text("SI 2020/2, regs 4(1)(a)(iii)")
    devi.visitor.look("has to be referred")
    small = press(devi, "It is handled without an investigation")
    expect(small.get_by_role("alert")).to_contain_text("First refer it")
    page.reload()
    expect(page.locator("form > fieldset").first).to_be_enabled()
    closing = page.locator("form[data-closing]")
    page.get_by_text("Close it", exact=True).click()
    closing.get_by_label("It was looked at, and no rule was broken").check()
    for box in closing.locator("[data-met]:visible").all():
        box.fill("What there is to say.")
    closing.get_by_label("Reasons, for the reporter").fill("Nothing to see.")
    button(closing, "Seal the reasons and close").click()
    expect(closing.get_by_role("alert")).to_contain_text("First refer it")

    page.reload()
    expect(page.locator("form > fieldset").first).to_be_enabled()
    step(devi, "It was referred to the outside body")
    expect(due).to_have_count(0)
    expect(page.get_by_role("region", name="Referral")).to_contain_text("It was referred.")
    tess.come_back()
    expect(tess.page.locator("main")).to_contain_text("It was referred to the outside body")


def test_a_picture_of_somebody_under_18_is_never_taken(reporter: Reporters, handler: Handlers) -> None:
    """Words only, and a stop for both sides; crime runs beside, at once."""
    ines, way = reported(
        reporter,
        "ines",
        {
            "Tell us": write(
                "A sergeant shows pictures of a girl from the youth group. They are nude pictures."
            ),
            "part of it": pick("Sexual or private pictures"),
            "could anyone in them be under 18": pick("I am not sure"),
            "Stop here with the picture": write("On his own phone, in the parade room, in March."),
        },
    )
    assert "Stop here with the picture" in way
    assert not any("Should we search for copies" in one for one in way)
    devi = devi_takes(handler, ines.case)
    page = devi.page
    warning = page.locator('[data-part="cautions"]')
    expect(warning).to_contain_text("Somebody in a picture may be under 18.")
    expect(warning).to_contain_text("Do not ask for the picture")
    add_subject(devi, "Sgt Invented")
    article = add_allegation(
        devi, "Other sexual conduct, including pictures", "A sexual picture or video in which somebody may be"
    )
    expect(article.get_by_text("This has to run beside it.")).to_be_visible()
    expect(article).to_contain_text("a matter for those who record crime, at once")
    devi.visitor.look("a picture of somebody under 18")
    article.get_by_role("link", name="Begin it").click()
    expect(page.locator("form > fieldset").first).to_be_enabled()
    step(devi, "A crime was recorded")
    expect(article).to_contain_text("Crime: Recorded as a crime")
    expect(article.get_by_text("This has to run beside it.")).to_have_count(0)
    devi.open_case(ines.case)
    expect(devi.part("report")).to_contain_text("Somebody in a picture may be under 18.")
    expect(devi.part("report")).to_contain_text("On his own phone, in the parade room")


def test_hearsay_without_a_name_is_worked_on(reporter: Reporters, handler: Handlers) -> None:
    """Who told her is asked, nothing is made of her giving no name, and it ends with reasons that she reads."""
    hana, way = reported(
        reporter,
        "hana",
        {
            "Which is nearest": pick("Someone told me, or I found out later"),
            "What were you told": write("A friend on the team told me that he shouts at the new ones."),
            "Who told you": pick("No"),
        },
    )
    assert any("Do they know you are telling us" in one for one in way)
    assert not any(one.startswith("Who else was there") for one in way)  # she was not
    devi = handler("devi")
    devi.sign_in()
    devi.open_case(hana.case, first=True)
    part = devi.part("evidence")
    part.get_by_text("Note a source").click()
    expect(part.get_by_label("Source", exact=True).last).to_have_value("2")  # untested, as with a name
    expect(part.get_by_label("Information", exact=True)).to_have_value("C")  # she was told
    devi.acknowledge()
    devi.open_file()
    add_subject(devi, "Somebody on the late shift")
    article = add_allegation(devi, "Overbearing or harassing behaviour, bullying")
    expect(article).to_contain_text("the reporter was told: hearsay")  # filled in from her own answer
    devi.visitor.look("hearsay")
    devi.open_case(hana.case)
    devi.close(
        "There was not enough to go on", "We asked on the team. Whoever told you may also write to us."
    )
    hana.come_back()
    expect(hana.page.locator("main")).to_contain_text("Whoever told you may also write to us.")
    expect(hana.page.locator("main")).to_contain_text("There was not enough to go on")


def test_who_took_part_is_told_to_get_advice_first(reporter: Reporters, handler: Handlers) -> None:
    """Before she writes a word; the desk sees it before it acts, and she may be harmed, reporter and reported at once."""
    otis, way = reported(
        reporter,
        "otis",
        {
            "Which is nearest": pick("I was part of it"),
            "Tell us": write("I passed the sexist jokes on in the group. I want it to stop, with me too."),
        },
    )
    advice = way.index("Please get advice first")
    assert advice < next(place for place, one in enumerate(way) if one.startswith("Tell us"))
    devi = devi_takes(handler, otis.case)
    page = devi.page
    warning = page.locator('[data-part="cautions"]')
    expect(warning).to_contain_text("The reporter says that she was part of it.")
    expect(warning).to_contain_text("told to get advice first")
    page.get_by_text("Add a person").click()
    form = page.locator('form[data-fact="party"]')
    form.get_by_label("This is the reporter").check()
    form.get_by_label("What I answered about connections").check()
    devi.record(form, "Seal and add")
    people = page.get_by_role("region", name="People", exact=True)
    expect(people).to_contain_text("Person reported 1 the reporter")
    devi.visitor.look("who took part")
    add_allegation(devi, "Sexual harassment")
    page.get_by_text("Write a decision down").click()
    form = page.locator('form[data-fact="decision"]')
    form.get_by_label("In one word").fill("came-forward")
    form.get_by_label("What was decided").fill("It counts for her that she came forward by herself.")
    form.get_by_label("Why", exact=True).fill("It is in the record from the day it arrived.")
    devi.record(form, "Seal the decision")
    expect(page.get_by_role("region", name="Decisions")).to_contain_text("1. Came forward")


def test_a_wish_made_under_pressure_stops_nothing(handler: Handlers, world: World) -> None:
    """Only a signed wish counts, and not one that somebody pressed for: then it goes on without her."""
    card, _ = card_of(world)
    vera = Sender(card)
    status, answer = world.send(
        "POST", "/api/v1/i/marlshire/reports", vera.report("He touched me in the locker room.", outside=False)
    )
    assert status == 200, answer
    token = vera.sign_in(world)
    wish = vera.message("I want to stop. My inspector told me to drop it.")
    status, answer = world.send("POST", "/api/v1/i/marlshire/mailbox/messages", wish, token)
    assert status == 200, answer
    case = str(vera.case.id)
    devi = devi_takes(handler, case)
    page = devi.page
    add_subject(devi, "Sgt Invented")
    article = add_allegation(devi, "Sexual assault", "If it happened, it might be a crime")
    page.get_by_text("Close it", exact=True).click()
    closing = page.locator("form[data-closing]")
    closing.get_by_label("The reporter asked to stop").check()
    for box in closing.locator("[data-met]:visible").all():
        box.fill("What there is to say.")
    closing.get_by_label("Reasons, for the reporter").fill("As you asked.")
    button(closing, "Seal the reasons and close").click()
    expect(closing.get_by_role("alert")).to_contain_text("It was stopped, as the reporter asked")
    page.reload()
    expect(page.locator("form > fieldset").first).to_be_enabled()
    asked = press(devi, "The reporter asked to stop")
    expect(asked.get_by_role("alert")).to_contain_text("Say whether anybody pressed the reporter to stop.")
    devi.visitor.look("a wish to stop")
    asked.get_by_label("Did anybody press for it?").select_option(label="Yes")
    devi.record(asked, "Record: The reporter asked to stop", "shown")
    barred = article.locator("dt", has_text="It was stopped, as the reporter asked")
    expect(barred.locator("xpath=following-sibling::dd[1]")).to_contain_text(
        "made under pressure stops nothing"
    )
    step(devi, "It goes on without the reporter")
    expect(article).to_contain_text("It goes on without the reporter")
    shown = world.get("/api/v1/i/marlshire/mailbox", token).decode()
    assert '"goes-on"' in shown and '"withdrawal"' in shown


def test_an_agency_worker_is_under_the_contract(handler: Handlers, world: World) -> None:
    """No notice, hearing or severity of the Conduct Regulations; what has to be referred still has to be."""
    case = sent(world, "The agency guard looked up my car on the system. He comes by my house.")
    devi = devi_takes(handler, case)
    page = devi.page
    page.get_by_text("Add a person").click()
    form = page.locator('form[data-fact="party"]')
    form.get_by_label("When it happened").select_option(label="Contractor or agency worker")
    form.get_by_label("Now", exact=True).select_option(label="Contractor or agency worker")
    form.get_by_label("What I answered about connections").check()
    devi.record(form, "Seal and add")
    expect(page.get_by_role("region", name="People", exact=True)).to_contain_text("nothing about the source")
    article = add_allegation(
        devi,
        "Access to information on police systems",
        "Other serious corruption",
        "If it happened, it might be a crime",
    )
    expect(article).to_contain_text("Staff discipline: To be assessed")
    for conduct in ("It goes to a hearing", "How grave it would be was assessed"):
        expect(article.get_by_text(conduct, exact=True)).to_have_count(0)
    expect(page.locator("#referral-due")).to_contain_text("Serious corruption", ignore_case=True)
    devi.visitor.look("an agency worker")
    step(devi, "It was referred to the outside body")
    step(devi, "It is now a formal matter")
    expect(article).to_contain_text("Staff discipline: Recorded")
    page.get_by_text("Not now, and why").click()
    expect(article).to_contain_text("The investigation is finished")
