"""The reporter's page from a keeper: the same bytes, a report that reaches the institution, and words that open there too."""

from __future__ import annotations

import shutil
import subprocess
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.journeys.test_held import OUTSIDE, hold, is_held, names
from tests.browser.keepers import Keepers, Reader
from tests.browser.pages import WIDE, Visitor
from tests.browser.reporter import Reporter, button, pick, write
from tests.world import World, _served, _world, command
from upstander.formats.hashes import hash_of
from upstander.server import installation

pytestmark = pytest.mark.browser
HOST = "law-clinic"


@pytest.fixture
def keepers(made: Path, tmp_path: Path) -> Iterator[tuple[World, Keepers]]:
    """A demonstration whose keepers are processes of their own; one of them hands out the page."""
    world = _world(tmp_path)
    shutil.copytree(made, world.data)
    three = Keepers.of(world.data, tmp_path / "keepers")
    try:
        with _served(world):
            page = ("--page", f"http://localhost:{world.port}/marlshire/")
            key = ("--installation", installation.load(world.data).sign)
            done = subprocess.run(
                command("keeper", "host", "--folder", str(three.folder / HOST), *page, *key),
                capture_output=True,
                text=True,
                check=False,
            )
            assert done.returncode == 0, done.stdout + done.stderr
            three.start()
            yield world, three
    finally:
        three.stop()


@pytest.fixture
def world(keepers: tuple[World, Keepers]) -> World:
    """The demonstration of this journey alone."""
    return keepers[0]


@pytest.fixture
def three(keepers: tuple[World, Keepers]) -> Keepers:
    """Its keepers."""
    return keepers[1]


@pytest.fixture
def stranger(chromium: Browser, three: Keepers) -> Iterator[Callable[[str], Reporter]]:
    """Makes reporters who open the keeper's address and never see the institution's."""
    made: list[Visitor] = []

    def make(name: str) -> Reporter:
        context = chromium.new_context(viewport=WIDE, locale="en-GB", reduced_motion="reduce")
        context.set_default_timeout(20_000)
        one = Visitor.arrive(name, context, three.roster.keepers[HOST].address.rstrip("/"))
        made.append(one)
        return Reporter(one)

    yield make
    for one in made:
        one.leave()


def test_the_bytes_are_the_institution_s(three: Keepers, world: World) -> None:
    address = three.roster.keepers[HOST].address.rstrip("/")
    for path in ("/marlshire/", "/marlshire/pass/", "/assets/report.js", "/assets/pledge.worker.js"):
        with urllib.request.urlopen(f"{address}{path}", timeout=20) as answer:
            assert hash_of(answer.read()) == hash_of(world.get(path))
    done = subprocess.run(
        command("compare", f"{address}/marlshire/"), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "The server sent what is built here." in done.stdout


def test_a_report_from_a_keeper_s_page_arrives_and_its_words_open_at_both(
    three: Keepers, world: World, reporter: Callable[..., Reporter], stranger: Callable[[str], Reporter]
) -> None:
    maya = stranger("maya, at the keeper's")
    maya.open()
    host = three.roster.keepers[HOST].address.split("//")[1].rstrip("/")
    expect(maya.page.locator("#foot")).to_contain_text(f"This page came from {host}.")
    button(maya.page, "Who runs this, and who can read it").first.click()
    expect(maya.page.locator("main")).to_contain_text(f"This page came from {HOST}.")
    maya.visitor.look("who can read it, from a keeper")
    maya.begin()
    answers = {
        "danger": pick("No"),
        "Which is nearest": pick("I saw it or heard it"),
        "Tell us": write("seen from the keeper's page"),
        "Who should get it": pick(OUTSIDE),
        "What should happen": pick("Send it now"),
    }
    maya.answer(answers)
    maya.send()
    assert maya.visitor.context.cookies() == []
    there = reporter("maya, at the institution's")
    there.come_back(maya.words)
    back = stranger("maya, at the keeper's again")
    back.come_back(maya.words)
    assert three.rows(HOST, "SELECT count(*) FROM pledges") == [(1,)]


def test_what_is_held_from_there_opens_like_any_other(
    three: Keepers, world: World, reporter: Callable[..., Reporter], stranger: Callable[[str], Reporter]
) -> None:
    maya, rae = stranger("maya, who holds at the keeper's"), reporter("rae, who holds at the institution's")
    hold(maya, "held from the keeper's page", names(warrant="PW 01234"))
    is_held(maya)
    hold(rae, "held from the institution's page", names(warrant="pw1234"))
    is_held(rae)
    three.beat()
    assert len(Reader.of(world, "aled").opens(three)) == 2
