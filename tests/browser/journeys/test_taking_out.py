"""A case is taken out: the whole with its proofs, and a redacted bundle; both open offline, and a change is noticed."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.handler import Handler
from tests.browser.reporter import Reporter, button, pick, write
from upstander.cli.main import main
from upstander.formats import canonical
from upstander.sealing import age
from upstander.sealing.casefile import read_case_file

pytestmark = pytest.mark.browser

ACCOUNT = "It was said in the corridor <script>alert(1)</script>."
NOTE = "PC Example heard it at 02:10. The door log was asked for."
TOLD = {
    "danger": pick("No"),
    "Tell us": write(ACCOUNT),
    "point to you": pick("Ask before using this part"),
    "Who should get it": pick("Professional Standards"),
}


def take_out(marian: Handler, what: str, folder: Path) -> tuple[Path, Path]:
    """The sealed file and the key that was made for it."""
    out = marian.part("out")
    out.get_by_text("Take a sealed copy out").click()
    out.get_by_label(what).check()
    out.get_by_label("A key made for this file").check()
    saved: list[Any] = []
    marian.page.on("download", lambda one: saved.append(one))  # noqa: PLW0108  (a bound method will not do)
    button(out, "Seal a copy and save it").click()
    expect(out.get_by_text("The case says that this copy was made")).to_be_visible()
    while len(saved) < 2:
        marian.page.wait_for_timeout(50)
    paths = []
    for one in saved:
        path = folder / one.suggested_filename
        one.save_as(path)
        paths.append(path)
    sealed = next(path for path in paths if path.suffix == ".age")
    return sealed, next(path for path in paths if path.suffix == ".txt")


def test_taken_out_and_opened_offline(
    reporter: Callable[..., Reporter],
    handler: Callable[..., Handler],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    tam = reporter("tam")
    tam.begin()
    tam.answer(TOLD)
    tam.send()
    marian = handler("marian")
    marian.sign_in()
    marian.open_case(tam.case, first=True)
    marian.note(NOTE)
    out = marian.part("out")
    out.get_by_text("Mark and redact").click()
    item = out.locator("[data-item]")
    expect(item).to_have_count(1)  # the report cannot be marked
    item.locator("summary").click()
    item.get_by_label("What it says").evaluate("box => box.setSelectionRange(0, 10)")
    button(item, "Take out what is selected").click()
    expect(item.locator("[data-preview]")).to_have_text(
        "[removed: could point to the source] heard it at 02:10. The door log was asked for."
    )
    item.get_by_label("It goes into the bundle").check()
    item.get_by_label("Shared today with").fill("The officer's representative")
    marian.visitor.look("disclosure and copies")
    with marian.page.expect_navigation(url="**/?done=note"):
        button(item, "Seal these marks").click()

    bundle, key = take_out(marian, "Disclosure schedule", tmp_path)
    assert main(["open", str(bundle), "--identity", str(key), "--to", str(tmp_path / "bundle")]) == 0
    page = (tmp_path / "bundle" / "case.html").read_text("utf-8")
    everything = page + (tmp_path / "bundle" / "case.json").read_text("utf-8")
    assert "[removed: could point to the source] heard it" in page
    assert "PC Example" not in everything
    assert "corridor" not in everything
    assert tam.case not in everything
    assert "The officer" in page

    marian.open_case(tam.case)
    whole, key = take_out(marian, "The whole case", tmp_path)
    capsys.readouterr()
    assert main(["open", str(whole), "--identity", str(key), "--to", str(tmp_path / "whole")]) == 0
    told = capsys.readouterr().out
    assert "DOES NOT HOLD" not in told
    assert "acts are numbered without a gap" in told
    page = (tmp_path / "whole" / "case.html").read_text("utf-8")
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script" not in page
    assert "It opens for: a key made for this file" in page  # the first copy is on record in the case
    assert main(["open", str(whole), "--identity", str(key), "--to", str(tmp_path / "whole")]) == 1

    content = age.open_(whole.read_bytes(), [key.read_text().split()[-1]])
    for change in (_other_words, _act_gone, _other_day, _item_slipped_in):
        said = json.loads(content)
        change(said)
        assert not read_case_file(canonical.encode(said)).holds, change.__name__


def _other_words(said: dict[str, Any]) -> None:
    note = next(one for one in said["items"] if one["kind"] == "note")
    note["statement"] = note["statement"].replace("door log", "door lock")


def _act_gone(said: dict[str, Any]) -> None:
    del said["acts"][1]


def _other_day(said: dict[str, Any]) -> None:
    said["acts"][0]["day"] = "2020-01-01"


def _item_slipped_in(said: dict[str, Any]) -> None:
    said["items"].append({**said["items"][0], "sha256": "0" * 64, "order": 99})
