"""Reporters and handlers as they use the pages: what they click and type, by the words on the screen."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from playwright.sync_api import Locator, Page, expect

from tests.browser.pages import Visitor

Act = Callable[[Page], None]


def button(page: Page, name: str, exact: bool = True) -> Locator:
    """A button of the page by what it says."""
    return page.get_by_role("button", name=name, exact=exact)


def pick(*labels: str) -> Act:
    """Choose options by their labels."""

    def act(page: Page) -> None:
        for label in labels:
            role = page.locator("main label").filter(has_text=re.compile(f"^{re.escape(label)}")).first
            role.click()

    return act


def write(text: str, field: str = "") -> Act:
    """Type into the page's one field, or the one so labelled."""

    def act(page: Page) -> None:
        box = (
            page.get_by_label(field).first
            if field
            else page.locator("main textarea, main input[type=text]").first
        )
        box.fill(text)

    return act


class Reporter:
    """Somebody who saw something."""

    def __init__(self, visitor: Visitor) -> None:
        self.visitor = visitor
        self.page = visitor.page
        self.words = ""

    @property
    def heading(self) -> str:
        return self.page.locator("h1").first.inner_text()

    def open(self, slug: str = "marlshire") -> None:
        self.visitor.go(f"/{slug}/")
        expect(button(self.page, "Start")).to_be_visible()

    def begin(self, quick: bool = False, look: bool = False) -> None:
        """From the start page through the interruption page."""
        self.open()
        if look:
            self.visitor.look("start")
        button(self.page, "I only have a few minutes" if quick else "Start").click()
        if look:
            self.visitor.look("before you start")
        button(self.page, "I am ready").click()
        expect(self.page.locator("h1")).to_contain_text("Is anyone in danger")

    def answer(
        self, answers: Mapping[str, Act], until: str = "Check your answers", look: bool = False
    ) -> None:
        """Goes on from page to page until the heading `until`: answers the questions named, skips the rest."""
        for _ in range(60):
            heading = self.heading
            if look:
                self.visitor.look(f"q {heading[:40]}")
            if until in heading:
                return
            act = next((act for words, act in answers.items() if words in heading), None)
            if act is not None:
                act(self.page)
            self._on(answered=act is not None)
            expect(self.page.locator("h1").first).not_to_have_text(heading)
        raise AssertionError(f"never came to {until!r}, but to {self.heading!r}")

    def _on(self, answered: bool) -> None:
        for name in ["Continue", "Go on"] if answered else ["Skip this question", "Go on", "Continue"]:
            if button(self.page, name).count():
                button(self.page, name).click()
                return
        raise AssertionError(f"no way on from {self.heading!r}")

    def send(self) -> None:
        """Seals, sends, and takes down the words."""
        button(self.page, "Seal and send").click()
        expect(self.page.locator("h1")).to_contain_text("Your report is in", timeout=30_000)
        self.take_words()

    def take_words(self) -> None:
        words = self.page.locator("ol.words li")
        expect(words).to_have_count(7)
        self.words = " ".join(word.strip() for word in words.all_inner_texts())

    def come_back(self, words: str = "") -> None:
        """Opens the mailbox with the seven words."""
        self.open()
        button(self.page, "Come back with my seven words").click()
        self.page.locator("main textarea, main input[type=text]").first.fill(words or self.words)
        button(self.page, "Open").click()


class Handler:
    """Somebody on a receiving team."""

    def __init__(self, visitor: Visitor, username: str, words: str) -> None:
        self.visitor = visitor
        self.page = visitor.page
        self.username = username
        self.words = words

    def sign_in(self, look: bool = False) -> None:
        self.visitor.go("/desk/sign-in/")
        if look:
            self.visitor.look("sign in")
        self.page.get_by_label("User name").fill(self.username)
        self.page.get_by_label("seven words").first.fill(self.words)
        button(self.page, "Sign in with words", exact=False).click()
        self.page.wait_for_url("**/desk/")

    def unlock(self) -> None:
        """Opens the key with the words, where the page asks for it."""
        field = self.page.locator("upstander-unlock input[type=text], upstander-unlock textarea").first
        field.fill(self.words)
        button(self.page, "Open my key", exact=False).click()
