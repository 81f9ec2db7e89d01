"""In Welsh from the first page to the seven words and back; the team reads the questions in its own language."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.handler import Handler
from tests.browser.reporter import Reporter, button, pick

pytestmark = pytest.mark.browser


def _on_to(nia: Reporter, until: str) -> None:
    """Skips what can be skipped until the heading holds `until`."""
    for _ in range(40):
        heading = nia.title.inner_text()
        if until in heading:
            return
        ways = [button(nia.page, name) for name in ("Hepgor y cwestiwn hwn", "Mynd ymlaen", "Parhau")]
        next(way for way in ways if way.count()).click()
        expect(nia.title).not_to_have_text(heading)
    raise AssertionError(f"never came to {until!r}")


def test_a_report_in_welsh(reporter: Callable[..., Reporter], handler: Callable[..., Handler]) -> None:
    nia = reporter("nia")
    page, main = nia.page, nia.page.locator("main")
    nia.open()
    button(page, "Cymraeg").first.click()
    expect(nia.title).to_have_text("Gallwch ddweud beth welsoch chi.")
    assert page.evaluate("document.documentElement.lang") == "cy"
    nia.visitor.look("welsh start")
    button(page, "Dim ond ychydig funudau sydd gen i").click()
    nia.visitor.look("welsh before you start")
    button(page, "Rwy'n barod").click()
    pick("Na")(page)
    button(page, "Parhau").click()
    _on_to(nia, "Dywedwch wrthym")
    main.get_by_role("textbox").first.fill("Clywais jôc am fenywod.")

    # Halfway to English and back: what she typed stays.
    button(page, "English").last.click()
    expect(main.get_by_role("textbox").first).to_have_value("Clywais jôc am fenywod.")
    expect(button(page, "Continue")).to_be_visible()
    button(page, "Cymraeg").last.click()
    button(page, "Parhau").click()
    button(page, "Gorffen yma a gwirio").or_(button(page, "Mynd ymlaen")).first.click()
    _on_to(nia, "Pwy ddylai ei gael?")
    pick("Professional Standards")(page)
    button(page, "Parhau").click()
    _on_to(nia, "Gwirio eich atebion")
    nia.visitor.look("welsh check")
    with page.expect_request("**/reports") as sent:
        button(page, "Selio ac anfon").click()
    nia.case = sent.value.post_data_json["case"]
    assert "cy" not in (sent.value.headers.get("accept-language") or ""), (
        "the test's browser asks for English"
    )
    expect(nia.title).to_have_text("Mae eich adroddiad i mewn.")
    nia.visitor.look("welsh receipt")
    nia.take_words()

    marian = handler("marian")
    marian.sign_in()
    marian.open_case(nia.case, first=True)
    report = marian.part("report")
    expect(report).to_contain_text("Tell us what happened.")
    expect(report).to_contain_text("As she read it: Dywedwch wrthym beth ddigwyddodd.")
    expect(report).to_contain_text("Clywais jôc am fenywod.")

    nia.way_back()
    button(page, "Cymraeg").last.click()
    page.get_by_label("Eich saith gair").fill(nia.words)
    button(page, "Agor").click()
    expect(main).to_contain_text("Agorodd rhywun ef")
    nia.visitor.look("welsh mailbox")
