"""Files of a held report: small ones open for whoever it is released to, without a server; large ones are left out, said before."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.journeys.test_held import HOLD, OUTSIDE, is_held, keepers, names, three, world
from tests.browser.keepers import Keepers, Reader
from tests.browser.reporter import File, Reporter, attach, button, pick, write
from tests.leaks import files_under, read
from tests.world import World

__all__ = ["keepers", "three", "world"]  # the demonstration of this journey alone, and its keepers
pytestmark = pytest.mark.browser
SMALL = File("what he wrote.txt", "text/plain", b"what he wrote in the group, word for word\n" * 20)
LARGE = File("minutes.txt", "text/plain", b"minutes of a whole year\n" * 5_000)


def holds_with(one: Reporter, file: File, said: str) -> None:
    """Holds a report with a file; `said` of it on the page before she does."""
    answers = {
        "danger": pick("No"),
        "Which is nearest": pick("I saw it or heard it"),
        "Tell us": write("with a file"),
        "Add a file": attach("Notes, a letter", file),
        "Who should get it": pick(OUTSIDE),
        "What should happen": pick(HOLD),
        "Whom is it about": names(warrant="PW 01234"),
    }
    one.begin()
    one.answer(answers)
    expect(one.page.locator("main")).to_contain_text(said)
    button(one.page, "Seal and hold").click()
    is_held(one)


def test_small_files_open_without_the_server_and_large_ones_are_left_out(
    three: Keepers, world: World, reporter: Callable[..., Reporter], tmp_path: Path
) -> None:
    maya, rae = reporter("maya, with a page of notes"), reporter("rae, with a year of minutes")
    holds_with(maya, SMALL, "Your files go with it, sealed.")
    expect(maya.page.get_by_text("Your files did not fit")).to_have_count(0)
    holds_with(rae, LARGE, "That is too much to be held, so they are left out.")
    expect(rae.page.get_by_text("Your files did not fit, and are not held with it.")).to_be_visible()
    rae.visitor.look("held without files that were too large")
    # Who changes what is held has her files again, and they go along.
    maya.come_back(to="It is held for you")
    button(maya.page, "Read it and go on with it").click()
    expect(maya.page.locator("main")).to_contain_text(SMALL.name)
    maya.visitor.look("a held report that is changed, with its files")
    button(maya.page, "Seal and hold").click()
    is_held(maya)
    three.beat()
    roster = (world.data / "roster.json").read_text("utf-8")
    held = b"".join(read(path) for path in files_under(world.data))
    stores = b"".join(path.read_bytes() for path in three.folder.rglob("*.sqlite3*"))
    assert SMALL.content not in held + stores
    world.kill()
    told = Reader.of(world, "aled").command(tmp_path / "aled", roster)
    assert "1 files came with the reports" in told
    found = list((tmp_path / "aled" / "released").rglob("files/*"))
    assert [(path.name, path.read_bytes()) for path in found] == [("1.txt", SMALL.content)]
    assert "minutes of a whole year" not in told
