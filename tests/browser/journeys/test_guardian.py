"""A guardian outside both lines matches a list from human resources in her browser; no name leaves it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from tests.browser.handler import Handler
from tests.browser.reporter import Reporter, button, pick, write

pytestmark = pytest.mark.browser

TOLD = {
    "danger": pick("No"),
    "Which is nearest": pick("I saw it or heard it"),
    "How do you know": pick("I am staff"),  # sealed apart, so that there is a source sheet
    "Tell us what you saw": write("A short account."),
    "Who should get it": pick("Professional Standards"),
}


def test_a_list_is_matched_and_stays(
    reporter: Callable[..., Reporter], handler: Callable[..., Handler]
) -> None:
    roe = reporter("roe")
    roe.begin()
    roe.answer(TOLD)
    roe.send()
    marian = handler("marian")
    marian.sign_in()
    marian.open_case(roe.case, first=True)
    part = marian.part("watch")
    part.get_by_text("Ask a guardian to look after her").click()
    part.get_by_label("Aled").check()
    part.get_by_label("Her name").fill("Rowena Ashby")
    part.get_by_label("Collar, warrant or payroll numbers").fill("4471")
    button(part, "Seal it to the guardian").click()
    expect(part.get_by_role("alert")).to_contain_text("Ask her first")
    marian.visitor.look("asking a guardian")
    part.get_by_label("She agreed to this").check()
    posted = len(marian.visitor.posted)
    with marian.page.expect_navigation(url="**/?done=guardian"):
        button(part, "Seal it to the guardian").click()
    assert "Ashby" not in "".join(marian.visitor.posted[posted:])

    aled = handler("aled")
    aled.sign_in()
    aled.visitor.go("/desk/guardian/")
    expect(aled.page.get_by_text("Rowena Ashby", exact=True)).to_be_visible()
    day = (datetime.now(UTC) + timedelta(days=20)).strftime("%d/%m/%Y")
    rows = f"Name,Collar No,Date,Action\nASHBY Rowena,,{day},Grievance\nBrook Lee,4472,{day},Transfer\nX,4471,{day},Roster\n"
    posted = len(aled.visitor.posted)
    aled.page.get_by_label("List of acts").set_input_files(
        {"name": "acts.csv", "mimeType": "text/csv", "buffer": rows.encode()}
    )
    expect(aled.page.get_by_role("heading", name="2 of 3 rows need a second look")).to_be_focused()
    expect(aled.page.get_by_text(re.compile("Counter-allegation"))).to_have_count(1)
    expect(aled.page.get_by_role("cell", name="same number")).to_have_count(1)
    aled.visitor.look("guardian")
    assert aled.visitor.posted[posted:] == []
    button(aled.page, "Close it now").click()
    assert "Ashby" not in aled.page.content()
