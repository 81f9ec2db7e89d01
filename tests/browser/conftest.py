"""One demonstration and one Chromium for all journeys of a worker; a context for each person of a journey.

Chromium is Debian's. Where it is missing the journeys are skipped, loudly.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.browser.handler import Handler
from tests.browser.pages import WIDE, Visitor
from tests.browser.reporter import Reporter
from tests.world import World, copy_of, made_once

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
PATIENCE = 20_000  # milliseconds: a busy machine is slow, and a page that hangs is found all the same

expect.set_options(timeout=PATIENCE)


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
def run_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One folder for all workers of this run."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


@pytest.fixture(scope="session", autouse=True)
def looked(run_folder: Path) -> None:
    """Where pages that were looked at are marked."""
    (run_folder / "looked").mkdir(exist_ok=True)
    os.environ["UPSTANDER_LOOKED"] = str(run_folder / "looked")


@pytest.fixture(scope="session")
def made(run_folder: Path) -> Path:
    """A demonstration nobody serves: made once for all workers, copied for each that wants one."""
    return made_once(run_folder)


@pytest.fixture(scope="session")
def shared_world(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A served demonstration for journeys that leave its people as they are."""
    with copy_of(made, tmp_path_factory.mktemp("world")) as served:
        yield served


@pytest.fixture
def own_world(made: Path, tmp_path: Path) -> Iterator[World]:
    """A served demonstration for one journey alone: keys are lost in it, people leave."""
    with copy_of(made, tmp_path) as served:
        yield served


@pytest.fixture
def world(shared_world: World) -> World:
    """The demonstration a journey takes place in. Modules that need their own say so with a fixture of this name."""
    return shared_world


@pytest.fixture
def visitor(chromium: Browser, world: World) -> Iterator[Callable[..., Visitor]]:
    """Makes people, each in a browser context of their own, and holds each to what every page is held to."""
    made: list[Visitor] = []

    def make(name: str, **options: Any) -> Visitor:
        named = {"viewport": WIDE, "locale": "en-GB", "reduced_motion": "reduce"} | options
        context = chromium.new_context(**named)  # type: ignore[arg-type]
        context.set_default_timeout(PATIENCE)
        one = Visitor.arrive(name, context, world.origin)
        made.append(one)
        return one

    yield make
    for one in made:
        one.leave()


@pytest.fixture
def reporter(visitor: Callable[..., Visitor]) -> Callable[..., Reporter]:
    """Makes reporters, each on a device of their own."""
    return lambda name, **options: Reporter(visitor(name, **options))


@pytest.fixture
def handler(visitor: Callable[..., Visitor], world: World) -> Callable[..., Handler]:
    """Makes handlers of the demonstration by user name, each on a device of their own."""

    def make(username: str) -> Handler:
        people = [*world.demonstration["doors"], world.demonstration["administrator"]]
        words = next(one["words"] for one in people if one["username"] == username)
        return Handler(visitor(username), username, words)

    return make
