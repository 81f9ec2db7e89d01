"""A reporter as she uses the page: what she clicks and types, by the words on the screen."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.browser.pages import Visitor

Act = Callable[[Page], None]


@dataclass(frozen=True)
class File:
    """Something she could pick from her device."""

    name: str
    type: str
    content: bytes

    @property
    def payload(self) -> dict[str, Any]:
        """As the browser's file picker is given it."""
        return {"name": self.name, "mimeType": self.type, "buffer": self.content}


def button(page: Page | Locator, name: str, exact: bool = True) -> Locator:
    """A button by what it says."""
    return page.get_by_role("button", name=name, exact=exact)


def pick(*labels: str) -> Act:
    """Choose options by how their labels begin."""

    def act(page: Page) -> None:
        for label in labels:
            page.locator("main label").filter(has_text=re.compile(f"^{re.escape(label)}")).first.click()

    return act


def write(text: str, field: str = "") -> Act:
    """Type into the page's first box, or the one so labelled."""

    def act(page: Page) -> None:
        box = page.get_by_label(field).first if field else page.locator("main").get_by_role("textbox").first
        box.fill(text)

    return act


def both(*acts: Act) -> Act:
    """One act after another."""

    def act(page: Page) -> None:
        for one in acts:
            one(page)

    return act


def attach(what: str, *files: File, keep: bool = False) -> Act:
    """Say what the file is, go on, and pick it. `keep`: leave place and time in."""

    def act(page: Page) -> None:
        pick(what)(page)
        expect(page.locator("input[type=file]")).to_have_count(0)
        button(page, "Continue").click()
        if keep:
            pick("Leave it in")(page)
        page.locator("input[type=file]").set_input_files([one.payload for one in files])
        for one in files:
            expect(page.locator("ul.picked")).to_contain_text(one.name)

    return act


class Reporter:
    """Somebody who saw something."""

    def __init__(self, visitor: Visitor) -> None:
        self.visitor = visitor
        self.page = visitor.page
        self.words = ""
        self.case = ""

    @property
    def title(self) -> Locator:
        """The heading of the page she is at."""
        return self.page.locator("h1").first

    def open(self) -> None:
        """The start page."""
        self.visitor.go("/marlshire/")
        expect(button(self.page, "Start")).to_be_visible()

    def begin(self, quick: bool = False, look: bool = False) -> None:
        """From the start page through the one that comes before the first exit button."""
        self.open()
        if look:
            self.visitor.look("start")
        expect(button(self.page, "Leave this page")).to_have_count(0)
        button(self.page, "I only have a few minutes" if quick else "Start").click()
        expect(self.title).to_have_text("Three things first")
        if look:
            self.visitor.look("before you start")
        button(self.page, "I am ready").click()
        expect(self.title).to_contain_text("Is anyone in danger")

    def answer(
        self, answers: Mapping[str, Act], until: str = "Check your answers", look: bool = False
    ) -> list[str]:
        """Goes on from page to page until the heading holds `until`: answers the questions named, skips the rest.

        Answers the headings on the way.
        """
        way: list[str] = []
        for _ in range(60):
            expect(self.title).not_to_have_text("One moment")  # files of what is held are brought back
            heading = self.title.inner_text()
            if look:
                self.visitor.look(f"question {heading[:50]}")
            if until in heading:
                return way
            way.append(heading)
            act = next((act for words, act in answers.items() if words in heading), None)
            if act is not None:
                act(self.page)
            self.on(answered=act is not None)
            expect(self.title).not_to_have_text(heading)
        raise AssertionError(f"never came to {until!r}, but to {way}")

    def on(self, answered: bool = True) -> None:
        """Presses what leads on."""
        ways = ["Continue", "Go on"] if answered else ["Skip this question", "Go on", "Continue"]
        for name in ways:
            if button(self.page, name).count():
                button(self.page, name).click()
                return
        raise AssertionError(f"no way on from {self.title.inner_text()!r}")

    def send(self) -> None:
        """Seals, sends, and takes down the words."""
        with self.page.expect_request(re.compile("/reports$|/mailbox/send$")) as sent:
            button(self.page, "Seal and send").click()
        self.case = sent.value.post_data_json["case"]
        expect(self.title).to_have_text("Your report is in.")
        self.take_words()

    def take_words(self) -> None:
        """Writes down the seven words on the page."""
        words = self.page.locator("ol.words li")
        expect(words).to_have_count(7)
        self.words = " ".join(word.strip() for word in words.all_inner_texts())

    def way_back(self) -> None:
        """To the page that asks for the seven words."""
        self.open()
        button(self.page, "Come back with my seven words").click()
        button(self.page, "I am ready").click()
        expect(self.title).to_have_text("Come back with your seven words")

    def enter(self, words: str) -> None:
        """Types words and presses Open."""
        self.page.get_by_label("Your seven words").fill(words)
        button(self.page, "Open").click()

    def come_back(self, words: str = "", to: str = "", whole: bool = True) -> None:
        """Opens the mailbox with the seven words. `to` is part of the heading to expect; `whole`: nothing is warned of."""
        self.way_back()
        self.enter(words or self.words)
        expect(
            self.page.locator("h1", has_text=to) if to else self.page.locator("main textarea")
        ).to_be_visible()
        if whole:
            expect(self.page.get_by_role("alert")).to_have_count(0)

    def again(self) -> None:
        """Looks for news, until the page is drawn anew."""
        drawn = self.title.element_handle()
        with self.page.expect_response(re.compile("/mailbox$")):
            button(self.page, "Look again for news").click()
        drawn.wait_for_element_state("hidden")

    def reply(self, text: str) -> None:
        """Writes back, and sees it there."""
        self.page.get_by_label("Write back").fill(text)
        button(self.page, "Seal and send").click()
        expect(self.page.locator("main")).to_contain_text("Your message is in, sealed.")
        expect(self.page.locator(".msgs article").first).to_contain_text(text)
