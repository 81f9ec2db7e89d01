"""An overseer of the named body: a covert case, a sample that nobody chose, and a redacted copy lent to her."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from tests.browser.handler import Handler, number_of
from tests.browser.journeys.test_file import sent, take_up
from tests.browser.pages import Visitor
from tests.browser.reporter import button
from tests.world import World
from upstander.formats.days import today

pytestmark = pytest.mark.browser

CAREFUL = "In the winter a phone with intimate pictures went round among more than ten officers of a shift."


@pytest.fixture
def world(own_world: World) -> World:
    """Somebody new comes here."""
    return own_world


def appointed(handler: Callable[..., Handler], visitor: Callable[..., Visitor], *, look: bool) -> Handler:
    """Carys of the IOPC: the administrator makes her a link and gives her the duty; she makes her key."""
    admin = handler("admin")
    admin.sign_in()
    admin.visitor.go("/desk/people/")
    page = admin.page
    page.get_by_label("User name").fill("carys")
    page.get_by_label("Name", exact=True).fill("Carys Overton")
    page.get_by_label("What reporters see").fill("Carys, overseer")
    button(page, "Make a sign-in link").click()
    link = page.locator(".address").inner_text().strip()
    admin.visitor.go("/desk/people/carys/duties/")
    page.get_by_label("Of which body").select_option(
        label="The Independent Office for Police Conduct (also sees covert cases)"
    )
    if look:
        admin.visitor.look("duties")
    button(page, "Give: Overseer").click()
    expect(page.locator("main")).to_contain_text("which also sees covert cases")
    carys = Handler(visitor("carys"), "carys")
    carys.make_key(link)
    return carys


def test_covert_drawn_and_lent(
    handler: Callable[..., Handler], visitor: Callable[..., Visitor], world: World
) -> None:
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
    devi.record(form, "Make it covert")
    expect(page.locator("#covert")).to_contain_text("This case is covert until it is looked at again by")
    expect(page.locator("#covert")).to_contain_text("He would destroy his phone.")
    devi.visitor.look("covert case")

    carys = appointed(handler, visitor, look=True)
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
    expect(copies).to_contain_text("Carys Overton drew this case by lot.")
    button(copies, "Seal the copy to her").click()
    expect(copies.get_by_role("alert")).to_contain_text("Compare the groups with her first")
    devi.visitor.look("a copy for the overseer")
    copies.get_by_label("I heard these groups from Carys Overton").check()
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
