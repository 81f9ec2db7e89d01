"""Nothing readable: known words are written wherever a person can type or upload, and are then found nowhere.

Searched: the database file, its write-ahead log, sealed files, keys, packs, all else in the data folder, everything
the server printed, and a backup; while it serves and after it has stopped. Left out by name: demonstration.json and
demonstration.txt, which hold the words of the demonstration's made-up people so that they can be printed.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.handler import Handler
from tests.browser.reporter import Act, File, Reporter, attach, both, button, pick
from tests.browser.stories import picture
from tests.leaks import Leak, files_under, search
from tests.world import World, command
from upstander.formats import b64, statements
from upstander.sealing import age
from upstander.sealing.words import Words, receipt_keys, unlock_keys
from upstander.sealing.wrapped import unwrap_with_words
from upstander.server import installation

pytestmark = pytest.mark.browser

PRINTED = ["demonstration.json", "demonstration.txt"]


@pytest.fixture
def world(own_world: World) -> World:
    """Searched when the journey is over."""
    return own_world


class Markers:
    """Makes words that stand nowhere else, and remembers where they were written."""

    def __init__(self) -> None:
        self.written: dict[str, str | bytes] = {}

    def new(self, where: str) -> str:
        """One more, to be written there."""
        core = f"wexel-{len(self.written):03d}-żółw"
        self.written[where] = core
        return f"{core} ذكرى 🔏 \u202eabc\u202c e\u0301"

    def file(self, where: str, ending: str = "txt", kind: str = "text/plain") -> File:
        """A file with one in its name and one in its content."""
        name, content = self.new(f"{where}, name"), self.new(f"{where}, content")
        whole = picture().content + content.encode() if ending == "png" else f"{content}\n".encode() * 50
        return File(f"{name.split()[0]}.{ending}", kind, whole)

    def fill(self, page: Page) -> None:
        """Writes one into every box of the page."""
        heading = page.locator("h1").first.inner_text()
        boxes = page.locator("main").get_by_role("textbox")
        for index in range(boxes.count()):
            if boxes.nth(index).get_attribute("inputmode") != "numeric":
                boxes.nth(index).fill(self.new(f"{heading} ({index})"))


def test_nothing_readable_anywhere(
    world: World, reporter: Callable[..., Reporter], handler: Callable[..., Handler], tmp_path: Path
) -> None:
    markers = Markers()
    rae = report_everything(reporter("rae"), markers)
    asked = [where for where in markers.written if not where.startswith(("a document", "a photo"))]
    record = keep_a_record(reporter("noa"), markers)
    marian = handle(handler("marian"), rae.case, markers)
    answer(reporter("rae later"), rae.words, markers)
    marian.open_case(rae.case)
    marian.open_sheet()
    everything = marian.page.locator("main").inner_text()
    unread = [where for where in asked if str(markers.written[where]) not in everything]
    assert len(asked) > 15 and not unread, f"never came to the desk, so proves nothing: {unread}"

    secrets = markers.written | keys(world, rae, marian) | {"words of the record": record}
    assert looked_for(world, secrets) == []
    backup = tmp_path / "backup"
    copied = subprocess.run(
        command("backup", "--data", str(world.data), "--to", str(backup)),
        env=world.environment, capture_output=True, check=True,
    )  # fmt: skip
    (tmp_path / "said").write_bytes(copied.stdout + copied.stderr)
    assert (backup / "db.sqlite3").stat().st_size > 100_000 and any((backup / "blobs").rglob("*"))
    assert search(secrets, files_under(backup, tmp_path / "said", leave_out=PRINTED)) == []
    world.stop()
    assert looked_for(world, secrets) == []

    # The search looked at the right places: the same words are found as soon as they lie in one of them.
    (world.data / "blobs" / "planted").write_text(str(markers.written["a note"]), "utf-16-le")
    assert {leak.where for leak in looked_for(world, secrets)} == {"planted"}


def report_everything(rae: Reporter, markers: Markers) -> Reporter:
    """Every box of the longest way through the questions, and two files."""
    files: list[Act] = [
        attach("Notes, a letter", markers.file("a document")),
        attach("Some other photo", markers.file("a photo", "png", "image/png"), keep=True),
    ]

    def add_both(page: Page) -> None:
        files[0](page)
        page.go_back()
        files[1](page)

    def ticked(*labels: str) -> Act:
        return both(pick(*labels), markers.fill)

    rae.begin()
    rae.answer(
        {
            "danger": pick("No"),
            "which ones": markers.fill,
            "Which police force": pick("More than one"),
            "Which is nearest": pick("I saw it"),
            "How do you know": pick("I am a police officer"),
            "part of it": pick("Sexual or private", "A partner or family"),
            "Where did it happen": pick("Somewhere else"),
            "How sure": pick("It is mixed"),
            "could anyone in them": pick("I am not sure"),
            "Add a file": add_both,
            "told anyone": pick("A manager"),
            "treated you badly": pick("Yes"),
            "Who must not see": ticked("Inspector Holt"),
            "give your name": pick("Yes"),
            "Who should get it": pick("Professional Standards"),
            "": markers.fill,
        }
    )
    rae.send()
    return rae


def keep_a_record(noa: Reporter, markers: Markers) -> str:
    """A private record. Answers its words."""
    noa.begin(quick=True)
    noa.answer({"danger": pick("No")}, until="Tell us what happened")
    markers.fill(noa.page)
    button(noa.page, "Keep this and come back later").click()
    button(noa.page, "Keep what I have written").click()
    expect(noa.title).to_have_text("It is kept for you.")
    noa.take_words()
    return noa.words


def handle(marian: Handler, case: str, markers: Markers) -> Handler:
    """A message, a note, reasons."""
    marian.sign_in()
    marian.open_case(case, first=True)
    marian.open_sheet()
    marian.write(markers.new("a message of the desk"))
    marian.note(markers.new("a note"))
    marian.let_in("Aled", sheet=True)
    marian.acknowledge()
    marian.close("It could not be shown", markers.new("reasons"))
    return marian


def answer(rae: Reporter, words: str, markers: Markers) -> None:
    """A message of the reporter with a file."""
    rae.come_back(words)
    sent = markers.file("a file of a message")
    button(rae.page, "Add a file").click()
    attach("A sound recording", sent)(rae.page)
    button(rae.page, "Continue").click()
    rae.reply(markers.new("a message of the reporter"))


def keys(world: World, rae: Reporter, marian: Handler) -> dict[str, str | bytes]:
    """What opens things: words, the keys behind them, the handler's key and the case's, as texts and as bytes."""
    installed = installation.load(world.data)
    receipt = receipt_keys(Words.parse(rae.words), installed.id)
    unlock = unlock_keys(Words.parse(marian.words), installed.id, "marian")
    path = f"{marian.visitor.origin}/api/v1/desk"
    me = marian.page.request.get(f"{path}/me").json()
    blob = next(one for one in me["wrapped"] if one["method"] == "words" and one["key"] == me["key"])
    ring = unwrap_with_words(blob, unlock)
    grants = marian.page.request.get(f"{path}/cases/{rae.case}").json()["grants"]
    mine = [one["sealed"] for one in grants if one["key"] == me["key"]]
    opened = [
        statements.peek(age.open_(b64.decode(one), [ring.identity]).decode(), "grant")["identity"]
        for one in mine
    ]
    assert len(opened) == 2, "marian holds the case and the source sheet"
    identities = {
        "the reporter's key": receipt.identity,
        "marian's key": ring.identity,
        "the case's key": opened[0],
        "the sheet's key": opened[1],
    }
    raw: dict[str, str | bytes] = {f"{name}, bytes": age.seed_of(one) for name, one in identities.items()}
    signing = {
        "the reporter's signing key": receipt.signing.private_bytes_raw(),
        "marian's signing key": ring.signing.private_bytes_raw(),
        "what marian's key is wrapped with": unlock.wrap,
        "the log secret": receipt.log,
        "the mailbox id": receipt.mailbox_id,
    }
    seven = {"the reporter's words": rae.words, "marian's words": marian.words}
    apart = {f"{name}, {by!r}": re.sub(" ", by, one) for name, one in seven.items() for by in ("-", "")}
    return {**identities, **raw, **signing, **seven, **apart}


def looked_for(world: World, secrets: dict[str, str | bytes]) -> list[Leak]:
    """What lies in the data folder and in what the server printed."""
    files = files_under(world.data, world.output, leave_out=PRINTED)
    names = {file.name for file in files}
    assert {"db.sqlite3", "signing", world.output.name} <= names and any(
        "blobs" in one.parts for one in files
    )
    return search(secrets, files)
