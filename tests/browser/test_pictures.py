"""The README's pictures, taken of the demonstration. `make pictures` puts them where the README shows them.

Every other run takes them too, into test-output, so that a page that cannot be pictured any more is noticed.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.handler import Handler
from tests.browser.reporter import Reporter, pick

pytestmark = pytest.mark.browser
ROOT = Path(__file__).parents[2]
FOLDER = ROOT / os.environ.get("PICTURES", "test-output/pictures")
SIZE = {"width": 900, "height": 1000}


def take(page: Page, name: str) -> None:
    """A picture of what fits in the window, so that both are the same size."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=FOLDER / f"{name}.png", animations="disabled")
    assert (FOLDER / f"{name}.png").stat().st_size > 10_000


def test_the_reporter_s_page(reporter: Callable[..., Reporter]) -> None:
    witness = reporter("a witness for the picture")
    witness.page.set_viewport_size(SIZE)
    witness.begin()
    witness.answer({"Which is nearest": pick("I saw it")}, until="part of it")
    pick("Sexual or private pictures", "Bullying")(witness.page)
    take(witness.page, "reporter")


def test_the_desk(handler: Callable[..., Handler]) -> None:
    marian = handler("marian")
    marian.page.set_viewport_size(SIZE)
    marian.sign_in()
    rows = marian.page.get_by_role("row").filter(has_text="Read and answer the reporter").all()
    hrefs = [row.get_by_role("link").first.get_attribute("href") or "" for row in rows]
    for href in hrefs:  # other journeys may have left cases that wait as well
        marian.open_case(href.split("/")[3])
        expect(marian.part("talk")).to_contain_text("The reporter")
        if "on a late shift" in marian.part("talk").inner_text():
            break
    expect(marian.part("talk")).to_contain_text("on a late shift")
    take(marian.page, "desk")
