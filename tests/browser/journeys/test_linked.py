"""A handler looks at reports that keepers released together, and keeps her key for a day without a server."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.handler import Handler
from tests.browser.reporter import button
from upstander.formats import ids
from upstander.keepers.linked import Common, Group, encode
from upstander.sealing import age
from upstander.sealing.saved import open_key
from upstander.sealing.words import Words

pytestmark = pytest.mark.browser
REPORTS = ("a1" * 32, "b2" * 32, "c3" * 32)


def linked_file(folder: Path, recipient: str, *readers: str) -> Path:
    """What `upstander open --keepers` writes for her. `readers`: keys that every report is sealed to."""
    group = Group(
        ids.fingerprint("\n".join(REPORTS)),
        REPORTS,
        (
            Common(ids.fingerprint("one"), ("warrant",), REPORTS),
            Common(ids.fingerprint("two"), ("email", "handle"), REPORTS[:2]),
        ),
        tuple(sorted(readers)),
    )
    path = folder / "linked.age"
    path.write_bytes(age.seal(encode([group], {REPORTS[0]: ids.new_id()}), [recipient]))
    return path


def test_the_first_task_comes_first_and_a_colleague_reads_the_reasons(
    handler: Callable[..., Handler], tmp_path: Path
) -> None:
    marian = handler("marian")
    marian.sign_in()
    page = marian.page

    marian.visitor.go("/desk/keys/")
    marian.visitor.look("your key, to be saved")
    with page.expect_download() as saving:
        button(page, "Save your key").click()
    saved = Path(saving.value.path()).read_text("utf-8")
    assert saving.value.suggested_filename == "upstander-key.json"
    keyring = open_key(saved, Words.parse(marian.words))

    page.get_by_role("link", name="Professional Standards").first.click()
    page.get_by_role("link", name="Open what keepers released").click()
    marian.visitor.look("linked reports, before the file")
    other = linked_file(tmp_path, age.recipient_of(age.new_identity()))
    page.get_by_label("The file linked.age").set_input_files(other)
    button(page, "Open it here").click()
    expect(page.get_by_text("This file does not open with your key.").first).to_be_visible()
    page.get_by_label("The file linked.age").set_input_files(linked_file(tmp_path, keyring.seal))
    button(page, "Open it here").click()
    expect(page.get_by_text("3 of 3 have in common: a warrant number.")).to_be_visible()
    expect(page.get_by_text("an e-mail address and a name on a network")).to_be_visible()
    expect(page.get_by_label("These are by the same reporter.")).to_have_count(0)
    marian.visitor.look("linked reports, first questions")

    button(page, "Say it").click()
    expect(page.get_by_text("Choose an answer.").first).to_be_visible()
    page.get_by_label("Nothing says that one of these is the subject or a friend.").check()
    page.get_by_label("Which of them, and why").fill("I spoke to all three reporters.")
    button(page, "Say it").click()
    expect(page.get_by_text("I spoke to all three reporters.")).to_be_visible()
    expect(page.get_by_label("Nothing says that one of these is the subject or a friend.")).to_have_count(0)
    page.get_by_label("These do not go back to one source.").check()
    page.get_by_label("Which of them, and why").fill("Three shifts, three places.")
    button(page, "Say it").click()
    page.get_by_label("These are by the same reporter.").check()
    page.get_by_label("Which of them, and why").fill("The first and the third.")
    button(page, "Say it").click()
    expect(page.get_by_text("The first and the third.")).to_be_visible()
    marian.visitor.look("linked reports, marked")
    sent = json.dumps(marian.visitor.posted)
    for word in ("three reporters", REPORTS[0], "warrant"):
        assert word not in sent
