"""A member of staff turns a code from paper into a pass, and next month counts as one of the staff: three keeper processes."""

from __future__ import annotations

import datetime
import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.journeys.test_held import HOLD, OUTSIDE, hold, is_held, names
from tests.browser.keepers import Keepers, Reader
from tests.browser.reporter import Reporter, button, pick, write
from tests.leaks import files_under, read
from tests.world import World, _served, _world, command
from upstander.cli import demo_keepers

pytestmark = pytest.mark.browser
AGO = 35  # days: always another month
STAFF = "Only staff with a pass"
OFFICER = names(warrant="PW 01234")


@pytest.fixture
def keepers(made: Path, tmp_path: Path) -> Iterator[tuple[World, Keepers]]:
    """A demonstration whose keepers are processes of their own, where it is a month ago."""
    world = _world(tmp_path)
    shutil.copytree(made, world.data)
    three = Keepers.of(world.data, tmp_path / "keepers")
    three.start(ago=AGO)
    try:
        with _served(world):
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
def codes(three: Keepers, tmp_path: Path) -> list[str]:
    """Codes as a staff association makes them and every keeper takes them, by the commands."""

    def run(*words: str) -> None:
        done = subprocess.run(command("keeper", "codes", *words), capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr

    to, roster = tmp_path / "codes", three.folder / demo_keepers.NAMES[0] / "roster.json"
    run("make", "--keepers", str(roster), "--name", "marlshire", "--count", "3", "--to", str(to))
    for name in demo_keepers.NAMES:
        run("take", "--folder", str(three.folder / name), "--count", "3", str(to / "keepers.json"))
    return [line.split("\t")[1] for line in (to / "slips.txt").read_text().splitlines()]


def collect(one: Reporter, code: str, look: bool = False) -> None:
    """Last month: opens the page for staff, types the code, takes down seven words."""
    then = datetime.datetime.now(datetime.UTC) - datetime.timedelta(AGO)
    one.page.clock.set_fixed_time(then)
    one.visitor.go("/marlshire/pass/")
    expect(one.title).to_have_text("Get a staff pass")
    if look:
        one.visitor.look("get a staff pass")
        one.page.get_by_label("Your code").fill("not a code")
        button(one.page, "Get my pass").click()
        expect(one.page.get_by_role("alert")).to_contain_text("This is not a code")
        one.visitor.look("a code that is none")
    one.page.get_by_label("Your code").fill(code)
    button(one.page, "Get my pass").click()
    expect(one.title).to_have_text("You have a pass")
    if look:
        one.visitor.look("a staff pass")
    one.take_words()


def come_back_and_hold(one: Reporter, story: str, look: bool = False) -> None:
    """This month: the seven words bring the pass back; what she writes then is held among staff."""
    one.come_back(to="Only you can open this")
    expect(one.page.locator("main")).to_contain_text("Your staff pass lies here too.")
    if look:
        one.visitor.look("a record with a staff pass")
    button(one.page, "Read it and go on with it").click()
    answers = {
        "danger": pick("No"),
        "Which is nearest": pick("I saw it or heard it"),
        "Tell us": write(story),
        "Who should get it": pick(OUTSIDE),
        "What should happen": pick(HOLD),
        "Whom is it about": OFFICER,
        "What if nobody acts": pick(STAFF),
    }
    one.answer(answers)
    button(one.page, "Seal and hold").click()
    expect(one.title).to_have_text("It is held.")
    expect(one.page.locator("main")).to_contain_text("Only staff with a pass count.")
    if look:
        one.visitor.look("held among staff")


def test_two_of_the_staff_open_and_a_stranger_does_not_count(
    three: Keepers, world: World, reporter: Callable[..., Reporter], codes: list[str]
) -> None:
    anna, bela = reporter("anna"), reporter("bela")
    collect(anna, codes[0].upper(), look=True)
    collect(bela, codes[1])
    again = reporter("who has anna's code too")
    again.page.clock.set_fixed_time(datetime.datetime.now(datetime.UTC) - datetime.timedelta(AGO))
    again.visitor.go("/marlshire/pass/")
    again.page.get_by_label("Your code").fill(codes[0])
    button(again.page, "Get my pass").click()
    expect(again.page.get_by_role("alert")).to_contain_text("it was used already")
    assert anna.page.evaluate("JSON.stringify({...localStorage, ...sessionStorage})") == "{}"
    assert anna.visitor.context.cookies() == []
    shown = json.loads(_get(three, "/v1/passes"))
    assert [(one["codes"], one["claims"]) for one in shown["batches"]] == [(3, 2)]
    three.stop()
    three.start()

    now = {"anna": reporter("anna, next month"), "bela": reporter("bela, next month")}
    for name, one in (("anna", anna), ("bela", bela)):
        now[name].words = one.words
    come_back_and_hold(now["anna"], "one of the staff", look=True)
    stranger = reporter("somebody without a pass")
    hold(stranger, "not of the staff", OFFICER, unless=pick("3 people in all"))
    is_held(stranger)
    three.beat()
    aled = Reader.of(world, "aled")
    assert aled.opens(three) == [], "two named him, and one of them has no pass"

    come_back_and_hold(now["bela"], "another of the staff")
    three.beat()
    texts = aled.opens(three)
    assert len(texts) == 3 and "one of the staff" in "".join(texts)
    passed = three.rows("trade-union", "SELECT passed FROM pledges WHERE passed != ''")
    assert len({one for (one,) in passed}) == 2
    counts = dict(three.rows("trade-union", "SELECT what, sum(number) FROM counts GROUP BY what"))
    assert counts["evaluations-passed"] >= 2, "asked about from the pool of those with a pass"
    held = b"".join(read(path) for path in files_under(world.data))
    for code in codes:
        for typed in (code, code.replace(" ", "").replace("-", "")):
            assert typed.encode() not in held
    assert all(one.encode() not in held for (one,) in passed), "the server knows no pass"


def _get(three: Keepers, path: str) -> bytes:
    import urllib.request

    address = three.roster.keepers["trade-union"].address
    with urllib.request.urlopen(f"{address}{path}", timeout=20) as answer:
        return bytes(answer.read())
