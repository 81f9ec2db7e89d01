"""A colleague who is let in reads the case; one who is shut out cannot tell that there is one; keys stay in their tab."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.handler import OPEN, Handler, number_of
from tests.browser.reporter import Reporter, pick, write
from tests.browser.stories import STORY
from upstander.formats import ids

pytestmark = pytest.mark.browser

QUIET = {
    "danger": pick("No"),
    "Which is nearest": pick("I saw it or heard it"),
    "How do you know": pick("I am staff"),
    "Tell us what you saw": write(STORY),
    "Who must not see": pick("Inspector Holt"),
    "Who should get it": pick("Professional Standards"),
}


@pytest.fixture
def case(reporter: Callable[..., Reporter]) -> str:
    """A case of the inside team that shuts Inspector Holt out."""
    nia = reporter("nia")
    nia.begin()
    nia.answer(QUIET)
    nia.send()
    return nia.case


def test_let_in_shut_out_and_absent(case: str, handler: Callable[..., Handler]) -> None:
    marian, aled, holt = handler("marian"), handler("aled"), handler("holt")
    aled.sign_in()
    absent = ids.new_id()
    assert answers(aled, case) == answers(aled, absent), "a case of another team can be told from none"

    marian.sign_in()
    marian.open_case(case, first=True)
    marian.part("holders").get_by_text("Give someone a key").click()
    expect(marian.part("holders").get_by_role("radio")).not_to_have_count(0)
    expect(marian.part("holders").locator("form").first).not_to_contain_text("Holt")
    marian.open_case(case)
    marian.let_in("Aled")

    aled.open_case(case)
    expect(aled.part("report")).to_contain_text(STORY)
    sheet = aled.page.get_by_role("region", name="Who the reporter may be")
    expect(sheet).to_contain_text("Sealed")
    expect(sheet.get_by_role("button")).to_have_count(0)

    holt.sign_in()
    expect(holt.page.locator("main")).not_to_contain_text(number_of(case))
    assert case not in holt.page.content()
    assert answers(holt, case) == answers(holt, absent), "somebody shut out can tell the case from none"
    holt.visitor.go(f"/desk/cases/{case}/")
    holt.visitor.look("case that is not there")


def answers(handler: Handler, case: str) -> list[tuple[int, str]]:
    """What page and interface answer for a case, without what differs between any two answers."""
    found = []
    for path in [
        f"/desk/cases/{case}/",
        f"/api/v1/desk/cases/{case}",
        f"/api/v1/desk/cases/{case}/uploads/{case}",
    ]:
        answer = handler.page.request.get(handler.visitor.origin + path)
        found.append((answer.status, re.sub(r'(csrf[^>]*(content|value)=")[^"]*', r"\1", answer.text())))
    assert [status for status, _ in found] == [404, 404, 404] or found[0][0] == 200
    return found


def test_the_key_moves_between_pages_and_closes_with_the_tab(
    case: str, handler: Callable[..., Handler]
) -> None:
    marian = handler("marian")
    marian.sign_in()
    page, context = marian.page, marian.visitor.context
    marian.open_case(case, first=True)
    page.get_by_role("link", name="Your key", exact=True).click()
    expect(page.get_by_text("Your key is open until")).to_be_visible()
    marian.visitor.look("your key")
    page.get_by_role("link", name="Cases").first.click()
    page.get_by_role("link", name=number_of(case)).click()
    expect(marian.part("report").locator("[data-seal]")).to_contain_text(OPEN)

    other = tab(marian, case)
    expect(other.locator("upstander-unlock")).to_contain_text("Your key is closed")
    assert STORY not in other.content(), "another tab opened the case without the key"
    marian.unlock(other)
    expect(other.locator("main")).to_contain_text(STORY)

    page.get_by_role("button", name="Close it now").click()
    for one in (page, other):
        expect(one.locator("upstander-unlock")).to_contain_text("Your key is closed")
        expect(one.locator("main")).not_to_contain_text(STORY)
    marian.visitor.look("case with the key closed")

    marian.unlock()
    expect(page.locator("main")).to_contain_text(STORY)
    other.close()
    page.close()
    assert context.pages == []
    fresh = tab(marian, case)
    expect(fresh.locator("upstander-unlock")).to_contain_text("Your key is closed")
    stored = fresh.evaluate("JSON.stringify([{ ...localStorage }, { ...sessionStorage }])")
    assert stored == "[{},{}]", f"left behind in the browser: {stored}"


def tab(handler: Handler, case: str) -> Page:
    """Another tab of the same browser at the case."""
    page = handler.visitor.context.new_page()
    handler.visitor.watch(page)
    page.goto(f"{handler.visitor.origin}/desk/cases/{case}/")
    return page


def test_the_key_closes_when_nobody_uses_it(case: str, handler: Callable[..., Handler]) -> None:
    marian = handler("marian")
    marian.visitor.context.clock.install()
    marian.sign_in()
    marian.open_case(case, first=True)
    marian.visitor.context.clock.fast_forward(15 * 60 * 1000 + 11_000)
    expect(marian.page.locator("upstander-unlock")).to_contain_text("Your key is closed")
    expect(marian.page.locator("main")).not_to_contain_text(STORY)
