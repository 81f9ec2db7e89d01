"""A handler as she uses the desk: what she clicks and types, by the words on the screen."""

from __future__ import annotations

import re
from datetime import datetime
from zoneinfo import ZoneInfo

from playwright.sync_api import Locator, Page, expect

from tests.browser.pages import Visitor
from tests.browser.reporter import button

OPEN = "Open on this computer only"


def today() -> str:
    """Today as the pages write it: 23 November 2026, where the institution is."""
    now = datetime.now(ZoneInfo("Europe/London"))
    return f"{now.day} {now:%B} {now.year}"


def number_of(case: str) -> str:
    """The short name of a case at the desk."""
    return f"{case[:3]}-{case[3:6]}".upper()


class Handler:
    """Somebody on a receiving team, or an administrator."""

    def __init__(self, visitor: Visitor, username: str, words: str = "") -> None:
        self.visitor = visitor
        self.page = visitor.page
        self.username = username
        self.words = words

    # Coming in

    def sign_in(self, look: bool = False) -> None:
        """With user name and words, which open the key as well."""
        self.visitor.go("/desk/sign-in/")
        if look:
            self.visitor.look("desk sign in")
        self.page.get_by_label("User name").fill(self.username)
        self.page.get_by_label("Your seven words").fill(self.words)
        button(self.page, "Sign in with words").click()
        self.page.wait_for_url(re.compile(r"/desk/(people/|oversight/)?$"))
        expect(self.page.get_by_text("Your key is open until").first).to_be_visible()

    def unlock(self, page: Page | None = None) -> None:
        """Opens the key with the words, where the page asks for it."""
        box = (page or self.page).locator("upstander-unlock")
        box.get_by_label("Your seven words").fill(self.words)
        button(box, "Open my key").click()
        expect((page or self.page).get_by_text("Your key is open until").first).to_be_visible()

    def sign_out(self) -> None:
        """By the button at the foot of every page."""
        button(self.page, "Sign out").click()
        self.page.wait_for_url("**/desk/sign-in/**")

    def make_key(self, link: str, look: bool = False) -> None:
        """From a sign-in link to a key that seven words open, typed back from paper."""
        self.page.goto(link)
        if look:
            self.visitor.look("welcome")
        button(self.page, "Start").click()
        words = self.page.locator("ol.words li")
        expect(words).to_have_count(7)
        if look:
            self.visitor.look("unlock words")
        self.words = " ".join(word.strip() for word in words.all_inner_texts())
        button(self.page, "I have them on paper").click()
        self.page.get_by_label("All seven words, from your paper").fill(self.words)
        button(self.page, "Go on").click()
        expect(self.page.get_by_role("heading", name="Your key is made")).to_be_visible()
        if look:
            self.visitor.look("key made")

    # Cases

    def part(self, name: str) -> Locator:
        """A part of the case page: report, sheet, files, talk, notes, steps, holders."""
        return self.page.locator(f'[data-part="{name}"]')

    def open_case(self, case: str, first: bool = False, whole: bool = True) -> None:
        """Goes to a case and waits until it has opened. `first`: nobody opened it before, so the step is taken.
        `whole`: the record warns of nothing."""
        self.visitor.go(f"/desk/cases/{case}/")
        self.declare()
        if first:
            self.page.wait_for_url("**/?done=opened")
        expect(self.part("report").locator("[data-seal]")).to_contain_text(OPEN)
        if whole:
            self.whole()

    def whole(self) -> None:
        """The browser has checked the case against the record, and warns of nothing."""
        record = self.part("record").locator("[data-body]")
        expect(record).not_to_contain_text("once your key is open")
        expect(record.get_by_role("alert")).to_have_count(0)

    def _press(self, button: Locator, what: str) -> None:
        """Presses, and waits for the page that says it is done and has opened again."""
        with self.page.expect_navigation(url=f"**/?done={what}"):
            button.click()
        expect(self.part("report").locator("[data-seal]")).to_contain_text(OPEN)

    def write(self, text: str) -> None:
        """To the reporter."""
        self.page.get_by_label("Write to the reporter").fill(text)
        self._press(button(self.part("talk"), "Seal and send"), "message")
        expect(self.part("talk")).to_contain_text(text)

    def note(self, text: str) -> None:
        """For handlers only."""
        self.part("notes").get_by_text("Write a note").click()
        self.part("notes").get_by_label("Note").fill(text)
        self._press(button(self.part("notes"), "Seal the note"), "note")
        expect(self.part("notes")).to_contain_text(text)

    def declare(self) -> None:
        """Answers that there is no connection, where that is asked before a case opens."""
        before = self.page.get_by_role("region", name="Before you work on this case")
        form = before.locator('form[data-fact="declaration"]')
        if form.count() == 0:
            return
        expect(form.locator("fieldset").first).to_be_enabled()
        for question in form.get_by_label("No", exact=True).all():
            question.check()
        button(form, "Sign and go on").click()
        self.page.wait_for_url(re.compile(r"/desk/cases/\w+/(file/)?\?done=(facts|opened)$"))
        if "/file/" in self.page.url:
            expect(self.page.locator("form > fieldset").first).to_be_enabled()

    def open_sheet(self) -> None:
        """Who the reporter may be: by its own button, and the reporter sees that."""
        button(self.part("sheet"), "Open it").click()
        expect(self.part("sheet").locator("[data-seal]")).to_contain_text(OPEN)

    def let_in(self, label: str, sheet: bool = False) -> None:
        """Seals the case to a colleague."""
        holders = self.part("holders")
        holders.get_by_text("Give someone a key").click()
        holders.get_by_label(label).check()
        if sheet:
            holders.get_by_label("Also who the reporter may be").check()
        self._press(button(holders, "Seal a key to this person"), "let-in")

    def take_away(self, label: str = "") -> None:
        """Takes a key away: of whoever left, and of `label`."""
        holders = self.part("holders")
        holders.get_by_text("Take a key away").click()
        if label:
            holders.get_by_label(label).check()
        self._press(button(holders, "Take the key away"), "left")

    def acknowledge(self) -> None:
        """Says that it was read."""
        self._press(button(self.part("steps"), "Tell the reporter that it was read"), "step")

    def close(self, outcome: str, reasons: str) -> None:
        """Closes the case with an outcome and reasons."""
        closing = self.begin_to_close(outcome)
        closing.get_by_label("Reasons, for the reporter").fill(reasons)
        with self.page.expect_navigation(url="**/?done=closed"):
            button(closing, "Seal the reasons and close").click()
        expect(self.page.locator("#done")).to_contain_text("The case is closed.")
        self.page.get_by_role("link", name=re.compile(r"^Case [A-Z0-9]{3}-")).click()
        expect(self.part("report").locator("[data-seal]")).to_contain_text(OPEN)

    def begin_to_close(self, outcome: str) -> Locator:
        """The closing form of the file, with everything written but the reasons."""
        self.open_file()
        closing = self.page.locator("form[data-closing]")
        self.page.get_by_text("Close it", exact=True).click()
        closing.get_by_label(outcome).check()
        for box in closing.locator("[data-met]:visible").all():
            box.fill("What there is to say about this.")
        return closing

    # The file of a case

    def open_file(self, declare: bool = True) -> None:
        """From the case to its file; says that there is no connection, where the page asks."""
        self.page.get_by_role("link", name="the file").click()
        expect(self.page.get_by_role("heading", name=re.compile("^File of case"))).to_be_visible()
        if declare:
            self.declare()

    def record(self, form: Locator, name: str, what: str = "facts") -> None:
        """Presses a button of the file, and waits for the page that says it is done and open again."""
        with self.page.expect_navigation(url=f"**/?done={what}"):
            button(form, name).click()
        expect(self.page.locator("form > fieldset").first).to_be_enabled()

    # People

    def enrol(self, channel: str, name: str, sheet: bool = False, look: bool = False) -> None:
        """Lets a waiting key into a channel, as after comparing its groups aloud."""
        self.visitor.go("/desk/")
        self.page.get_by_role("navigation").get_by_role("link", name=channel).click()
        waiting = self.page.get_by_role("article").filter(has=self.page.get_by_role("heading", name=name))
        if look:
            self.visitor.look("channel with somebody waiting")
        waiting.get_by_label("I heard these groups").check()
        if sheet:
            waiting.get_by_label("Also give source sheets").check()
        button(waiting, "Let this key in").click()
        expect(waiting).to_have_count(0)
