"""An overseer of the named body: a covert case, a sample that nobody chose, and a redacted copy lent to her."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from tests.browser.handler import Handler, number_of
from tests.browser.journeys.test_file import sent, take_up
from tests.browser.reporter import button
from tests.world import World
from upstander.formats.days import today

pytestmark = pytest.mark.browser

CAREFUL = "In the winter a phone with intimate pictures went round among more than ten officers of a shift."


def appoint(admin: Handler, aled: Handler) -> None:
    """The administrator says that Carys is of the body that the pack names for covert cases; Aled confirms it."""
    admin.sign_in()
    admin.visitor.go("/desk/people/carys/duties/")
    page = admin.page
    button(page, "End: Overseer").click()
    page.get_by_label("Of which body").select_option(
        label="The Independent Office for Police Conduct (also sees covert cases)"
    )
    admin.visitor.look("duties")
    button(page, "Give: Overseer").click()
    link = page.locator("code.address").inner_text()
    aled.sign_in()
    aled.page.goto(link)
    expect(aled.page.locator("main")).to_contain_text("which also sees that covert cases exist")
    button(aled.page, "I heard these groups: confirm").click()
    expect(aled.page.locator("main")).to_contain_text("Carys Lloyd is an overseer now")


def test_covert_drawn_and_lent(handler: Callable[..., Handler], world: World) -> None:
    case = sent(world, "On nights a phone went round in the parade room. I saw it with Sergeant Brook.")
    devi = handler("devi")
    devi.sign_in()
    take_up(devi, case)
    page = devi.page
    page.get_by_text("Make it covert").first.click()
    form = page.locator('form[data-fact="covert"]')
    button(form, "Make it covert").click()
    expect(form.get_by_role("alert")).to_contain_text("Write the reasons")
    form.get_by_label("Looked at again by").fill((today("Europe/London") + timedelta(days=30)).isoformat())
    form.get_by_label("Why nobody else may know of it").fill("He would destroy his phone.")
    carys = handler("carys")
    carys.sign_in()
    appoint(handler("admin"), handler("aled"))
    devi.record(form, "Make it covert")
    expect(page.locator("#covert")).to_contain_text("This case is covert until it is looked at again by")
    expect(page.locator("#covert")).to_contain_text("He would destroy his phone.")
    devi.visitor.look("covert case")

    carys.visitor.go("/desk/oversight/")
    expect(carys.page.get_by_role("region", name="Covert cases")).to_contain_text(number_of(case))
    carys.page.get_by_label("How many cases").fill("50")
    button(carys.page, "Draw the sample").click()
    expect(carys.page.get_by_role("heading", name="A sample that nobody chose")).to_be_visible()
    row = carys.page.get_by_role("row").filter(has_text=number_of(case))
    for _ in range(30):  # the first head after it draws
        if row.count():
            break
        carys.page.wait_for_timeout(1000)
        carys.page.reload()
    expect(row).to_contain_text("waits for those who hold the case")

    devi.open_case(case)
    copies = devi.part("copies")
    expect(copies).to_contain_text("Write the investigator’s version above first.")
    part = devi.part("brief")
    with page.expect_navigation(url="**/?done=brief"):
        button(part, "Begin the investigator's version").click()
    part.get_by_text("Write a version", exact=True).click()
    part.get_by_label("What is to be investigated").fill(CAREFUL)
    with page.expect_navigation(url="**/?done=brief-written"):
        button(part, "Check it and seal it").click()
    expect(copies).to_contain_text("Carys Lloyd drew this case by lot.")
    button(copies, "Seal the copy to her").click()
    expect(copies.get_by_role("alert")).to_contain_text("Compare the groups with her first")
    devi.visitor.look("a copy for the overseer")
    copies.get_by_label("I heard these groups from Carys Lloyd").check()
    with page.expect_navigation(url="**/?done=copy"):
        button(copies, "Seal the copy to her").click()
    expect(copies).to_have_count(0)

    carys.page.reload()
    button(row, f"Open the copy of case {number_of(case)}").click()
    expect(carys.page.get_by_role("article")).to_contain_text(CAREFUL)
    expect(carys.page.get_by_role("article")).to_contain_text("Written for you by Devi, reporting team")
    carys.visitor.look("a sample with a copy")
    absent = carys.page.request.get(f"{carys.visitor.origin}/desk/cases/{case}/")
    assert absent.status == 404
    carys.visitor.go(f"/desk/oversight/cases/{case}/")
    expect(carys.page.locator("main")).to_contain_text("This case is covert")
    carys.visitor.look("oversight of a covert case")
    carys.visitor.go("/desk/oversight/")
    carys.visitor.look("oversight")
