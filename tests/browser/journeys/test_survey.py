"""Somebody collects a pass from the issuing body, answers the survey, and nothing of it leads back to her."""

from __future__ import annotations

import csv
import json
import signal
import socket
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import PATIENCE
from tests.browser.pages import WIDE, Visitor
from tests.browser.reporter import button, pick
from tests.surveying.force import totals
from tests.world import World, command, free_port

pytestmark = pytest.mark.browser

ITEMS = 7


class Survey:
    """The issuing body's process, beside a served installation."""

    def __init__(self, folder: Path, world: World) -> None:
        self.folder, self.world, self.port = folder / "issuer", world, free_port()
        self.origin = f"http://localhost:{self.port}"
        self.totals = folder / "staff.csv"
        with self.totals.open("w", newline="") as file:
            rows = csv.writer(file)
            rows.writerow(["stratum", "sex", "ethnicity5", "age_band", "n", "invited"])
            rows.writerows((t.stratum, t.sex, t.ethnicity5, t.age_band, t.n, t.invited) for t in totals())
        (folder / "shares.json").write_text('{"disability": {"yes": 0.1, "no": 0.9}}')
        today = date.today()
        at = ["--folder", str(self.folder)]
        self.run("init", *at, "--name", "Fellmoor University", "--address", self.origin)
        self.run(
            *("notice", *at, "--totals", str(self.totals), "--shares", str(folder / "shares.json")),
            *("--institution", "marlshire", "--wave", "2026", "--opens", today.isoformat()),
            *("--closes", (today + timedelta(9)).isoformat(), "--out", str(folder / "notice.txt")),
        )
        self.run("codes", *at, "--count", "5", "--out", str(folder / "codes.csv"))
        self.codes = (folder / "codes.csv").read_text().split()[1:]
        data = ["--data", str(world.data)]
        self.run("open", "marlshire", str(folder / "notice.txt"), "--totals", str(self.totals), *data)
        survey = f"{world.origin}/marlshire/survey/"
        self.process = subprocess.Popen(
            command("survey", "serve", *at, "--survey", survey, "--port", str(self.port)),
            env=world.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._wait()

    def run(self, *words: str) -> str:
        """One step of the command."""
        done = subprocess.run(
            command("survey", *words), env=self.world.environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def _wait(self) -> None:
        deadline = time.monotonic() + 40
        while time.monotonic() < deadline:
            with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
                return
            time.sleep(0.1)
        raise RuntimeError("the issuing body does not answer")

    def answers(self) -> list[dict[str, Any]]:
        """All rows of answers, as an administrator sees them."""
        database = sqlite3.connect(self.world.data / "db.sqlite3")
        database.row_factory = sqlite3.Row
        return [dict(one) for one in database.execute("SELECT * FROM surveys_answer")]


@pytest.fixture
def world(own_world: World) -> World:
    return own_world


@pytest.fixture
def survey(tmp_path: Path, world: World) -> Iterator[Survey]:
    made = Survey(tmp_path, world)
    yield made
    made.process.send_signal(signal.SIGTERM)
    made.process.wait(20)


@pytest.fixture
def applicant(chromium: Browser, survey: Survey) -> Iterator[Visitor]:
    """Somebody at the issuing body's page, which is a host of its own."""
    context = chromium.new_context(viewport=WIDE, locale="en-GB", reduced_motion="reduce")
    context.set_default_timeout(PATIENCE)
    one = Visitor.arrive("applicant", context, survey.origin)
    yield one
    one.leave()


def heading(page: Page) -> str:
    return page.locator("h1").first.inner_text()


def on(page: Page, choice: str) -> None:
    """Answers the question on the page."""
    before = heading(page)
    pick(choice)(page)
    button(page, "Continue").click()
    expect(page.locator("h1").first).not_to_have_text(before)


def collect(applicant: Visitor, code: str, look: bool = False) -> str:
    """A pass for a code; answers the address of the survey that carries it."""
    page = applicant.page
    applicant.go("/")
    expect(page.locator("h1")).to_have_text("Get your pass for the staff survey")
    if look:
        applicant.look("survey code")
    page.get_by_label("Your code").fill(code.upper())
    button(page, "Get my pass").click()
    expect(page.locator("h1")).to_have_text("Your pass")
    if look:
        applicant.look("survey pass made")
    return str(page.get_by_role("link", name="Go on to the survey").get_attribute("href"))


def test_a_pass_is_collected_and_spent(
    survey: Survey, applicant: Visitor, visitor: Callable[..., Visitor]
) -> None:
    address = collect(applicant, survey.codes[0], look=True)
    carried = address.split("#")[1]
    person = visitor("respondent")
    page = person.page
    page.goto(address)
    expect(page.locator("h1")).to_have_text("How is it to work here?")
    assert "#" not in page.url  # the pass is in no history
    person.look("survey start")
    button(page, "Start").click()
    expect(page.locator("h1")).to_have_text("About you")
    person.look("survey about you")
    button(page, "Continue").click()
    expect(page.locator("h1")).to_have_text("Where do you work?")
    button(page, "Continue").click()  # an answer is asked for, "prefer not to say" is one
    expect(page.get_by_role("alert")).to_contain_text("Choose an answer")
    person.look("survey question with an error")
    on(page, "South")
    on(page, "Female")
    # South is large enough for sex, not for sex and ethnic group of every kind: that is never asked
    asked = []
    while heading(page) != "About your work":
        asked.append(heading(page))
        on(page, "I prefer not to say")
    assert "What is your ethnic group?" not in asked
    person.look("survey about your work")
    button(page, "Continue").click()
    for n in range(ITEMS):
        if n == 0:
            person.look("survey question")
        on(page, ("Yes", "No", "I prefer not to say")[n % 3])
    expect(page.locator("h1")).to_have_text("Check what is sent")
    person.look("survey check")
    button(page, "Send my answers").click()
    expect(page.locator("h1")).to_have_text("Thank you. That is all.")
    person.look("survey answered")
    (row,) = survey.answers()
    assert (row["sex"], row["ethnicity5"], row["sexism"], row["racism"]) == (
        "female",
        "not_stated",
        "yes",
        "no",
    )
    (sent,) = [one for one in person.posted if "/survey/answers" in one]
    assert sorted(json.loads(sent.split(" b'", 1)[1][:-1])) == ["answers", "carried", "work"]
    assert survey.codes[0] not in sent
    page.go_back()  # nothing of the answers is left
    expect(page.locator("h1")).to_have_text("Thank you. That is all.")
    # what the installation printed and stored holds neither pass nor code
    survey.world.stop()
    kept = b"".join(path.read_bytes() for path in survey.world.data.rglob("*") if path.is_file())
    for marker in (carried, survey.codes[0], survey.codes[0].replace("-", "")):
        assert marker.encode() not in kept + survey.world.output.read_bytes()
    issued = b"".join(path.read_bytes() for path in survey.folder.iterdir())
    assert carried.encode() not in issued


def test_a_pass_cannot_be_used_twice_nor_a_code(
    survey: Survey, applicant: Visitor, visitor: Callable[..., Visitor]
) -> None:
    address = collect(applicant, survey.codes[1])
    applicant.go("/")
    applicant.page.get_by_label("Your code").fill(survey.codes[1])
    button(applicant.page, "Get my pass").click()
    expect(applicant.page.get_by_role("alert")).to_contain_text("a pass was made for it already")
    applicant.page.get_by_label("Your code").fill("nonsense")
    button(applicant.page, "Get my pass").click()
    expect(applicant.page.get_by_role("alert")).to_contain_text("13 letters and digits")
    person = visitor("twice")
    for attempt in range(2):
        page = person.page
        page.goto("about:blank")
        person.go("/marlshire/survey/")
        button(page, "Start").click()
        expect(page.locator("h1")).to_have_text("Your pass")
        if attempt == 0:
            person.look("survey type your pass")
            page.get_by_label("Your pass").fill("abc")
            button(page, "Continue").click()
            expect(page.get_by_role("alert")).to_contain_text("58 letters and digits")
        page.get_by_label("Your pass").fill(address.split("#")[1].upper())
        button(page, "Continue").click()
        expect(page.locator("h1")).to_have_text("About you")
        button(page, "Continue").click()
        while heading(page) != "Check what is sent":
            if button(page, "Continue").count() and not page.locator("input[type=radio]").count():
                before = heading(page)
                button(page, "Continue").click()
                expect(page.locator("h1").first).not_to_have_text(before)
                continue
            on(page, "I prefer not to say")
        button(page, "Send my answers").click()
        expect(page.locator("h1")).to_have_text(
            ("Thank you. That is all.", "This pass has been used")[attempt]
        )
    person.look("survey pass used")
    assert len(survey.answers()) == 1


def test_without_a_survey_the_page_says_so(world: World, visitor: Callable[..., Visitor]) -> None:
    person = visitor("nobody asked")
    person.go("/marlshire/survey/")
    expect(person.page.locator("h1")).to_have_text("No survey")
    person.look("survey none")
