"""An overseer writes to those who hold a case: sealed to them, read in the file, noted, and seen to be noted."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.handler import Handler
from tests.browser.journeys.test_file import sent, take_up
from tests.browser.reporter import button
from tests.world import World

pytestmark = pytest.mark.browser

WORDS = "Three people were harmed. Why has only one of them heard from you?"


def test_an_overseer_writes_and_is_answered(handler: Callable[..., Handler], world: World) -> None:
    case = sent(world, "He says that women cheat. I am one of three whom he says it to.")
    devi = handler("devi")
    devi.sign_in()
    take_up(devi, case)
    carys = handler("carys")
    carys.sign_in()
    carys.visitor.go(f"/desk/oversight/cases/{case}/")
    page = carys.page
    form = page.locator("upstander-comment form")
    expect(form).to_contain_text("The log says that you wrote, and not what")
    button(form, "Seal and send").click()
    expect(form.get_by_role("alert")).to_contain_text("Write something first")
    form.get_by_label("What you write").fill(WORDS)
    carys.visitor.look("an overseer writes")
    with page.expect_navigation():
        button(form, "Seal and send").click()
    expect(page.get_by_role("region", name="Directions")).to_contain_text("not answered, due by")
    expect(page.locator("main")).not_to_contain_text(WORDS)

    devi.open_case(case)
    devi.open_file()
    comment = devi.page.locator("[data-comment]")
    expect(comment).to_contain_text(WORDS)
    expect(comment).to_contain_text("an overseer is on no signed list")
    devi.visitor.look("an overseer wrote")
    devi.page.get_by_text("Answer the overseer").first.click()
    answer = devi.page.locator('form[data-fact="answer"]')
    answer.get_by_label("Answer").select_option(label="It was read, and asks for nothing")
    devi.record(answer, "Seal the answer")
    expect(devi.page.locator("[data-comment]")).to_have_count(0)
    page.reload()
    expect(page.get_by_role("region", name="Directions")).to_contain_text("it was read")
