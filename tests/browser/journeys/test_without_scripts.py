"""With scripts switched off or broken: an honest page with the other ways, and nothing half-sent."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.pages import Visitor

pytestmark = pytest.mark.browser

CONTROLS = "form, input, textarea, select, button"


def honest(page: Page) -> None:
    """What the page says when it cannot work."""
    expect(page.locator("main")).to_contain_text("Nothing has been sent, and nothing has been kept.")
    for way in ["In danger now: 999", "Independent Office for Police Conduct", "Protect: 020 3117 2520"]:
        expect(page.locator("main")).to_contain_text(way)
    expect(page.locator(CONTROLS)).to_have_count(0)
    assert page.title() == "Form"


def shown(page: Page) -> str:
    """All the text on the page; Playwright's own text assertions leave `noscript` out."""
    return page.locator("body").inner_text()


def test_scripts_switched_off(visitor: Callable[..., Visitor]) -> None:
    off = visitor("without scripts", java_script_enabled=False)
    off.go("/marlshire/")
    honest(off.page)
    assert "scripts are switched off" in shown(off.page)
    off.go("/desk/sign-in/")
    assert "Switch them on and load the page again." in shown(off.page)
    assert not off.posted


def test_the_script_does_not_load(visitor: Callable[..., Visitor]) -> None:
    broken = visitor("with a broken script")
    broken.page.route("**/assets/report.js", lambda route: route.abort())
    broken.go("/marlshire/")
    honest(broken.page)
    broken.look("without its script")
    broken.complaints = [one for one in broken.complaints if "report.js" not in one]
    assert not broken.posted


def test_the_site_stops_answering(visitor: Callable[..., Visitor]) -> None:
    broken = visitor("with a broken site")
    broken.page.route("**/api/v1/packs/**", lambda route: route.abort())
    broken.go("/marlshire/")
    honest(broken.page)
    assert any("packs" in one for one in broken.complaints), "the page noticed nothing"
    broken.complaints.clear()
