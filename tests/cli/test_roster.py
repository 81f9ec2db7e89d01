"""`upstander roster`: an installation takes its keepers, and its log says so; a renewal of shares needs no entry."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.command import upstander
from upstander.keeper import home, renew, trial
from upstander.keeper.store import Store

NAMES = ("charity", "college", "union")
TRANSCRIPT = "ab" * 32


def test_the_log_says_who_the_keepers_are_and_since_when(own: Path, tmp_path: Path) -> None:
    keepers = tmp_path / "keepers"
    trial.deal(keepers, NAMES, 2, epoch="trial", first_port=1, wait=(1, 4))
    file = keepers / "union/roster.json"
    took = upstander("roster", file, "--data", own, "--transcript", TRANSCRIPT)
    assert took.code == 0, took.errors
    assert home.load(keepers / "union").roster.sha256 in took.output
    assert "The log has an entry" in took.output
    again = upstander("roster", file, "--data", own)
    assert "The log has an entry" not in again.output
    renewed(keepers)
    newer = upstander("roster", file, "--data", own)
    assert newer.code == 0, newer.errors
    assert "The log has an entry" not in newer.output
    assert json.loads((own / "roster.json").read_text()) == json.loads(file.read_text())
    healthy = upstander("doctor", "--ledger", "--data", own)
    assert "its act and case are gone" not in healthy.output
    assert "not what the log kept" not in healthy.output


def renewed(folder: Path) -> None:
    """All keepers renew their shares, in this process."""
    stores = {name: Store(folder / name / "keeper.sqlite3") for name in NAMES}
    address = {f"http://127.0.0.1:{i + 1}/v1/renewals": name for i, name in enumerate(NAMES)}
    before = (folder / "union/roster.json").read_text()

    def ask(url: str, body: object) -> object:
        return renew.said(stores[address[url]], body)  # type: ignore[arg-type]

    for name in NAMES:
        renew.begin(stores[name], home.load(folder / name), folder / name)
    for name in (*NAMES, *NAMES):
        renew.go_on(stores[name], home.load(folder / name), folder / name, ask)  # type: ignore[arg-type]
    assert (folder / "union/roster.json").read_text() != before


def test_another_set_of_keepers_is_another_entry_and_nonsense_is_none(own: Path, tmp_path: Path) -> None:
    for number in (1, 2):
        trial.deal(tmp_path / str(number), NAMES, 2, epoch="trial", first_port=number, wait=(1, 4))
        took = upstander("roster", tmp_path / str(number) / "union/roster.json", "--data", own)
        assert "The log has an entry" in took.output, took.errors
    kept = (own / "roster.json").read_text()
    texts = json.loads(kept)
    (tmp_path / "fewer.json").write_text(json.dumps(texts[:2]))
    for words in (
        (tmp_path / "fewer.json",),
        (tmp_path / "absent.json",),
        (tmp_path / "1/union/roster.json", "--transcript", "x"),
    ):
        refused = upstander("roster", *words, "--data", own)
        assert refused.code == 1
        assert refused.errors.startswith("upstander: ")
    assert (own / "roster.json").read_text() == kept
