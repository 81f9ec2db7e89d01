"""`upstander measure`, as a person would run it."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from upstander.cli.main import main
from upstander.measure.extract import write_extract
from upstander.measure.synthetic import Truth, invent

PLAN = 'kind = "upstander/plan/v1"\nname = "Review"\nday = 2020-05-01\n[survey]\nitems = ["bullied"]\nby = ["sex"]\n'


def prepared(folder: Path) -> Path:
    made = invent(staff=800, units=3, months=26, seed=3, truth=Truth(rate=0.02))
    write_extract(folder / "extract", made.tables, institution="Marlshire", cutoff=made.cutoff)
    (folder / "plan.toml").write_text(PLAN, "utf-8")
    return folder


def test_a_release_is_written_with_its_plan(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    prepared(tmp_path)
    words = ["measure", str(tmp_path / "extract"), "--plan", str(tmp_path / "plan.toml")]
    assert main([*words, "--out", str(tmp_path / "out")]) == 0
    page = (tmp_path / "out/report.md").read_text("utf-8")
    assert "exploratory: nothing shows that the plan" in page
    assert (tmp_path / "release-history.json").is_file()
    told = capsys.readouterr()
    assert "hiding what must be hidden" in told.err
    counted = re.findall(r"^  .+, .+: (.+)$", told.out, re.MULTILINE)  # a screen is a page too
    assert counted
    assert all(one == "[c]" or int(one) % 5 == 0 for one in counted)
    # Made again from the same rows it is the same release; another number under its name is refused elsewhere.
    history = (tmp_path / "release-history.json").read_bytes()
    assert main([*words, "--out", str(tmp_path / "out2")]) == 0
    assert (tmp_path / "out2/report.md").read_text("utf-8") == page
    assert (tmp_path / "release-history.json").read_bytes() == history
    capsys.readouterr()
    assert main([*words, "--out", str(tmp_path / "out")]) == 1
    assert "is not empty" in capsys.readouterr().err


def test_a_folder_that_is_no_extract_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["measure", str(tmp_path), "--out", str(tmp_path / "out")]) == 1
    assert "this is not an extract" in capsys.readouterr().err


def test_without_the_extra_it_says_what_to_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "duckdb", None)
    assert main(["measure", str(tmp_path), "--out", str(tmp_path / "out")]) == 1
    assert "make analytics" in capsys.readouterr().err
