"""Somebody collects a pass from the issuing body, answers the survey, and nothing of it leads back to her."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import PATIENCE
from tests.browser.pages import WIDE, Visitor
from tests.browser.reporter import button, pick
from tests.world import World, command
from upstander.cli import demo_figures
from upstander.formats import statements
from upstander.surveying.notice import key_letters, read_notice

pytestmark = pytest.mark.browser

ITEMS = 7
FIGURES = 300  # seconds to be patient on a busy machine


class Survey:
    """The wave that a demonstration has open, and the body that issues passes beside its server."""

    def __init__(self, world: World) -> None:
        self.world, self.folder = world, world.data / "survey" / "open"
        self.codes: list[str] = world.demonstration["codes"]
        self.notice = read_notice(json.loads(world.get("/api/v1/i/marlshire/survey"))["notice"])
        self.origin = self.notice.address

    def answers(self) -> list[dict[str, Any]]:
        """All rows of answers of the open wave, as an administrator sees them."""
        database = sqlite3.connect(self.world.data / "db.sqlite3")
        database.row_factory = sqlite3.Row
        asked = "SELECT a.* FROM surveys_answer a JOIN surveys_wave w ON w.id = a.wave_id WHERE NOT w.closed"
        return [dict(one) for one in database.execute(asked)]


@pytest.fixture
def world(own_world: World) -> World:
    return own_world


@pytest.fixture
def survey(world: World) -> Survey:
    return Survey(world)


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
    on(page, "Marl Quay")
    on(page, "Female")
    # Marl Quay is large enough for sex, not for sex and ethnic group of every kind: that is never asked
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
    installation = [
        path
        for path in survey.world.data.rglob("*")
        if path.is_file() and "survey" not in path.parts and not path.name.startswith("demonstration.")
    ]  # not the sheet with the codes, nor the body's own folder
    kept = b"".join(path.read_bytes() for path in installation)
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


def test_another_body_s_questions_are_not_shown(
    survey: Survey, applicant: Visitor, visitor: Callable[..., Visitor]
) -> None:
    """Somebody puts her own notice in the body's place, word for word, so as to ask more or to tell people apart."""
    real = statements.peek(survey.notice.text, "survey-wave")
    signing = Ed25519PrivateKey.generate()
    issuer = {"name": real["issuer"]["name"], "sign": statements.public_of(signing)}
    false = statements.sign("survey-wave", real | {"issuer": issuer}, signing)
    read_notice(false)  # by itself nothing is wrong with it
    person = visitor("respondent")
    person.page.route(
        "**/api/v1/i/marlshire/survey",
        lambda route: route.fulfill(json={"notice": false, "state": "open"}),
    )
    person.go("/marlshire/survey/")
    expect(person.page.locator("h1")).to_have_text("Do not answer this survey")
    person.look("survey untrusted")
    assert button(person.page, "Start").count() == 0
    applicant.page.route(
        "**/v1/wave", lambda route: route.fulfill(json={"notice": false, "survey": survey.world.origin})
    )
    applicant.go("/")
    expect(applicant.page.locator("h1")).to_have_text("Do not answer this survey")


def test_both_pages_show_the_letters_that_the_body_printed(
    survey: Survey, applicant: Visitor, visitor: Callable[..., Visitor]
) -> None:
    printed = key_letters(survey.notice.sign)
    applicant.go("/")
    expect(applicant.page.locator("#letters")).to_have_text(printed)
    person = visitor("respondent")
    person.go("/marlshire/survey/")
    expect(person.page.locator("#letters")).to_have_text(printed)


def test_what_the_last_survey_says_is_public(world: World, visitor: Callable[..., Visitor]) -> None:
    """As `make run` has it: measured, held against the log, signed for by somebody outside, published."""
    world.stop()
    demo_figures.want(world.data)
    world.start()
    deadline = time.monotonic() + FIGURES
    while not (world.data / "figures/done").exists():
        said = (world.data / "figures/output.txt").read_text() if time.monotonic() > deadline else ""
        assert not said, said
        time.sleep(1)
    person = visitor("public")
    person.go("/public/i/marlshire/staff/")
    page = person.page
    expect(page.locator("h1")).to_have_text("What staff say")
    expect(page.locator("main")).to_contain_text("of 3,405 people answered")
    expect(page.locator("main")).to_contain_text("in 100 staff say they met sexism. Among women it is about")
    person.look("survey figures")
    manifest = json.loads(world.get("/public/publication.json"))
    assert manifest["checked"]["differing"] == 0
    again = (world.data / "figures/public/publication.json").stat().st_mtime_ns
    world.stop()
    world.start()  # made once
    assert (world.data / "figures/public/publication.json").stat().st_mtime_ns == again


def test_a_closed_survey_says_so(survey: Survey, visitor: Callable[..., Visitor]) -> None:
    closing = command("survey", "close", "marlshire", "this-year", "--data", str(survey.world.data))
    done = subprocess.run(closing, env=survey.world.environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    person = visitor("late")
    person.go("/marlshire/survey/")
    expect(person.page.locator("h1")).to_have_text("The survey is closed")
    person.look("survey closed")


def test_it_is_answered_in_welsh_and_no_word_of_it_is_english(
    survey: Survey, applicant: Visitor, visitor: Callable[..., Visitor]
) -> None:
    """A browser that reads Welsh gets Welsh; the way to English, and back, is on each page and loses nothing."""
    address = collect(applicant, survey.codes[4])
    person = visitor("respondent in Welsh", locale="cy-GB")
    page = person.page
    page.goto(address)
    expect(page.locator("h1")).to_have_text("Sut beth yw gweithio yma?")
    assert page.evaluate("document.documentElement.lang") == "cy"
    expect(page.locator("#foot")).to_contain_text("Nid yw siaradwr Cymraeg wedi gwirio")
    person.look("survey start in Welsh")
    page.get_by_role("link", name="English").or_(button(page, "English")).click()
    expect(page.locator("h1")).to_have_text("How is it to work here?")
    assert page.evaluate("document.documentElement.lang") == "en-GB"
    page.get_by_role("link", name="Cymraeg").or_(button(page, "Cymraeg")).click()
    button(page, "Dechrau").click()
    button(page, "Ymlaen").click()
    expect(page.locator("h1")).to_have_text("Ble rydych chi'n gweithio?")
    while heading(page) != "Am eich gwaith":
        before = heading(page)
        pick("Mae'n well gen i beidio â dweud")(page)
        button(page, "Ymlaen").click()
        expect(page.locator("h1").first).not_to_have_text(before)
    button(page, "Ymlaen").click()
    person.look("survey question in Welsh")
    for n in range(ITEMS):
        before = heading(page)
        pick(("Ie", "Na")[n % 2])(page)
        button(page, "Ymlaen").click()
        expect(page.locator("h1").first).not_to_have_text(before)
    expect(page.locator("h1")).to_have_text("Gwirio'r hyn sy'n cael ei anfon")
    said = page.locator("main").inner_text()
    assert [one for one in ("Not said", "Change", "Where", "the ", " you", "Yes") if one in said] == []
    person.look("survey check in Welsh")
    button(page, "Anfon fy atebion").click()
    expect(page.locator("h1")).to_have_text("Diolch. Dyna'r cyfan.")
    (row,) = survey.answers()
    assert (row["sexism"], row["racism"], row["sex"]) == ("yes", "no", "not_stated")
