"""Somebody leaves the team: no new key for him, the old case gets a new key, and he finds nothing there any more."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.handler import Handler, number_of
from tests.browser.reporter import Reporter, button, pick, write
from tests.world import World
from upstander.formats import ids

pytestmark = pytest.mark.browser

TEAM = "Professional Standards: reporting team"
TOLD = "The rota was changed so that she was alone with him."
AFTER = "He is no longer on the team. What you write now, only Devi and I can read."


@pytest.fixture
def world(own_world: World) -> World:
    """Somebody leaves here."""
    return own_world


def test_leaves_and_the_lock_is_changed(
    reporter: Callable[..., Reporter], handler: Callable[..., Handler]
) -> None:
    zoe = reporter("zoe")
    zoe.begin(quick=True)
    zoe.answer({"danger": pick("No"), "Tell us": write(TOLD)}, until="You could send now")
    button(zoe.page, "Finish here and check").click()
    zoe.answer({"Who should get it": pick("Professional Standards")})
    expect(zoe.page.locator("main")).to_contain_text("Inspector Holt")
    zoe.send()

    holt = handler("holt")
    holt.sign_in()
    holt.open_case(zoe.case, first=True)
    expect(holt.part("report")).to_contain_text(TOLD)

    retire(handler("admin"))
    marian = handler("marian")
    marian.sign_in()
    expect(marian.page.locator("main")).to_contain_text("Inspector Holt has no part here any more")
    marian.visitor.look("cases of somebody who left")
    marian.open_case(zoe.case)
    marian.part("holders").get_by_text("Take a key away").click()
    marian.visitor.look("take a key away")
    marian.open_case(zoe.case)
    marian.take_away()
    marian.write(AFTER)
    marian.visitor.go("/desk/")
    expect(marian.page.locator(f'section.band a[href*="{zoe.case}"]')).to_have_count(0)

    answer = holt.page.request.get(f"{holt.visitor.origin}/api/v1/desk/cases/{zoe.case}")
    none = holt.page.request.get(f"{holt.visitor.origin}/api/v1/desk/cases/{ids.new_id()}")
    assert (answer.status, answer.text()) == (none.status, none.text()) and answer.status == 404
    holt.visitor.go("/desk/")
    expect(holt.page.locator("main")).not_to_contain_text(number_of(zoe.case))

    devi = handler("devi")
    devi.sign_in()
    devi.open_case(zoe.case)
    expect(devi.part("report")).to_contain_text(TOLD)
    expect(devi.part("talk")).to_contain_text(AFTER)

    back = reporter("zoe later")
    back.come_back(zoe.words)
    main = back.page.locator("main")
    expect(main).to_contain_text(AFTER)
    expect(main).to_contain_text("A person can no longer open it")
    expect(main).not_to_contain_text("Something is not right")
    back.reply("Thank you. Then I will say more.")
    devi.open_case(zoe.case)
    expect(devi.part("talk")).to_contain_text("Then I will say more.")

    # What comes in from now on was never sealed to him.
    next_one = reporter("zoe's friend")
    next_one.begin(quick=True)
    next_one.answer({"danger": pick("No"), "Tell us": write("It is true.")}, until="You could send now")
    button(next_one.page, "Finish here and check").click()
    next_one.answer({"Who should get it": pick("Professional Standards")})
    expect(next_one.page.locator("main")).not_to_contain_text("Holt")


def retire(admin: Handler) -> None:
    """The administrator says that Holt has left the team."""
    page = admin.page
    admin.sign_in()
    admin.visitor.go("/desk/people/")
    page.get_by_role("link", name=TEAM).click()
    expect(page.get_by_role("heading", name=TEAM)).to_be_visible()
    admin.visitor.look("channel")
    page.get_by_role("row").filter(has_text="Inspector Holt").get_by_role("link", name="Leaves").click()
    expect(button(page, "End this place")).to_be_visible()
    admin.visitor.look("somebody leaves")
    button(page, "End this place").click()
    expect(page.get_by_text("Earlier members and keys")).to_be_visible()
