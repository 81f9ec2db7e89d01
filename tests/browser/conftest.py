"""One demonstration and one Chromium for all journeys of a worker; a context for each person of a journey.

Chromium is Debian's. Where it is missing the journeys are skipped, loudly.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.pages import Visitor
from tests.world import World, demonstration

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The browser."""
    if not shutil.which(CHROMIUM):
        pytest.skip("!! Chromium is not installed, so no page was driven. As root: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A served demonstration."""
    with demonstration(tmp_path_factory.mktemp("world")) as served:
        yield served


@pytest.fixture
def visitor(chromium: Browser, world: World) -> Iterator[Callable[..., Visitor]]:
    """Makes people, each in a browser context of their own, and holds each to what every page is held to."""
    made: list[Visitor] = []

    def make(name: str, **options: object) -> Visitor:
        context = chromium.new_context(
            viewport={"width": 1280, "height": 900}, locale="en-GB", reduced_motion="reduce", **options
        )
        context.set_default_timeout(15_000)
        one = Visitor.arrive(name, context, world.origin)
        made.append(one)
        return one

    yield make
    for one in made:
        one.leave()
