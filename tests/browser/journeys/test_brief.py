"""The source is walled off: intake writes a version without clues; the investigator gets that and nothing else."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.handler import Handler, number_of
from tests.browser.reporter import Reporter, button, pick, write

pytestmark = pytest.mark.browser

ACCOUNT = "On nights a phone went round in the parade room. I saw it with Sergeant Brook at 02:10."
TOLD = {
    "danger": pick("No"),
    "Tell us": write(ACCOUNT),
    "Who must not see": pick("Inspector Holt"),
    "Who should get it": pick("Professional Standards"),
}
CLUES = "A phone was shown to the shift. I am told by PC Brook that it was on Tuesday night at 02:10."
CAREFUL = "In the winter a phone with intimate pictures went round among more than ten officers of a shift."


def begun(reporter: Reporter, marian: Handler) -> Locator:
    """A report that a handler has opened and begun an investigator's version of: that part of its page."""
    reporter.begin()
    reporter.answer(TOLD)
    reporter.send()
    marian.sign_in()
    marian.open_case(reporter.case, first=True)
    part = marian.part("brief")
    with marian.page.expect_navigation(url="**/?done=brief"):
        button(part, "Begin the investigator's version").click()
    expect(part).to_contain_text("Nothing is written yet")
    return part


def test_an_investigator_gets_the_version_and_nothing_else(
    reporter: Callable[..., Reporter], handler: Callable[..., Handler]
) -> None:
    wren, marian = reporter("wren"), handler("marian")
    part = begun(wren, marian)
    marian.whole()
    part.get_by_text("Write a version", exact=True).click()
    part.get_by_label("What is to be investigated").fill(CLUES)
    button(part, "Check it and seal it").click()
    expect(part.get_by_role("heading", name=re.compile("could point to the source"))).to_be_focused()
    kinds = {one.get_attribute("data-clue") for one in part.locator("[data-clue]").all()}
    assert kinds == {"voice", "name", "time"}
    marian.visitor.look("clues in a version")
    part.get_by_label("What is to be investigated").fill(CAREFUL)
    with marian.page.expect_navigation(url="**/?done=brief-written"):
        button(part, "Check it and seal it").click()
    expect(part).to_contain_text("The version in force")
    part.get_by_text("Say who it is about").click()
    part.get_by_label("Who it is about").fill("Sergeant Brook, response, nights.")
    with marian.page.expect_navigation(url="**/?done=brief-names"):
        button(part, "Seal who it is about").click()
    expect(part).to_contain_text("Sergeant Brook, response, nights.")
    part.get_by_text("Give it to an investigator").click()
    expect(part.locator("form").last).not_to_contain_text("Holt")
    part.get_by_label("Aled").check()
    with marian.page.expect_navigation(url="**/?done=investigator"):
        button(part, "Seal the version to this person").click()
    expect(marian.page.get_by_role("region", name="Who can open this case")).to_contain_text(
        "only the investigator’s version"
    )
    marian.whole()

    aled = handler("aled")
    aled.sign_in()
    expect(aled.page.locator("main")).not_to_contain_text(number_of(wren.case))  # not among his cases
    absent = aled.page.request.get(f"{aled.visitor.origin}/api/v1/desk/cases/{wren.case}")
    assert absent.status == 404
    aled.page.get_by_role("link", name="Investigations").click()
    aled.page.get_by_role("link", name=number_of(wren.case)).click()
    answers_for_himself(aled)
    expect(aled.page.locator("upstander-brief")).to_contain_text(CAREFUL)
    told = aled.page.request.get(f"{aled.visitor.origin}/api/v1/desk/briefs/{wren.case}").json()
    assert {one["kind"] for one in told["envelopes"]} == {"brief", "work"}
    aled.page.get_by_label("Note").fill("Two of the ten were spoken to.")
    with aled.page.expect_navigation(url="**/?done=work"):
        button(aled.page, "Seal the note").click()
    expect(aled.page.locator("upstander-brief")).to_contain_text("Two of the ten were spoken to.")
    aled.visitor.look("investigation")

    marian.open_case(wren.case)
    expect(marian.part("brief")).to_contain_text("Two of the ten were spoken to.")
    holders = marian.part("holders")
    holders.get_by_text("Take a key away").click()
    holders.get_by_role("checkbox", name="Aled").check()
    with marian.page.expect_navigation(url="**/?done=left"):
        button(holders, "Take the key away").click()
    aled.visitor.go(f"/desk/briefs/{wren.case}/")
    expect(aled.page.get_by_text("Two of the ten")).to_have_count(0)
    assert aled.page.request.get(f"{aled.visitor.origin}/api/v1/desk/briefs/{wren.case}").status == 404
    marian.whole()
    wren.come_back()  # her mailbox still judges the record as whole


def answers_for_himself(aled: Handler) -> None:
    """He sees whom it is about and nothing else, answers, and then it opens."""
    box = aled.page.locator("upstander-brief")
    expect(box).to_contain_text("Sergeant Brook, response, nights.")
    expect(box).not_to_contain_text(CAREFUL)
    button(box, "Sign and go on").click()
    expect(box.get_by_role("alert")).to_contain_text("Answer every question.")
    aled.visitor.look("before an investigation")
    for no in box.get_by_label("No", exact=True).all():
        no.check()
    button(box, "Sign and go on").click()


def test_an_investigator_with_a_connection_steps_back_and_says_no_more(
    reporter: Callable[..., Reporter], handler: Callable[..., Handler]
) -> None:
    wren, marian = reporter("lark"), handler("marian")
    part = begun(wren, marian)
    for summary, label, text, press, done in (
        ("Write a version", "What is to be investigated", CAREFUL, "Check it and seal it", "brief-written"),
        ("Say who it is about", "Who it is about", "Sergeant Brook.", "Seal who it is about", "brief-names"),
    ):
        part.get_by_text(summary, exact=True).click()
        part.get_by_label(label).fill(text)
        with marian.page.expect_navigation(url=f"**/?done={done}"):
            button(part, press).click()
        expect(part).to_contain_text(text)
    part.get_by_text("Give it to an investigator").click()
    part.get_by_label("Aled").check()
    with marian.page.expect_navigation(url="**/?done=investigator"):
        button(part, "Seal the version to this person").click()

    aled = handler("aled")
    aled.sign_in()
    aled.visitor.go(f"/desk/briefs/{wren.case}/")
    box = aled.page.locator("upstander-brief")
    expect(box).to_contain_text("Sergeant Brook.")
    for no in box.get_by_label("No", exact=True).all():
        no.check()
    box.get_by_label("Yes").last.check()
    button(box, "Sign and go on").click()
    aled.page.wait_for_url("**/desk/briefs/?done=stepped-back")
    expect(aled.page.locator("main")).to_contain_text("Nobody is asked why")
    expect(aled.page.locator("main")).not_to_contain_text(number_of(wren.case))

    marian.open_case(wren.case)
    expect(marian.page.locator("main")).to_contain_text("Another investigator is needed.")
    marian.visitor.look("another investigator is needed")
