"""`upstander roster`: an installation is given its keepers; what is no roster changes nothing."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.command import upstander
from tests.keepers import scene


def installed(folder: Path) -> Path:
    """A folder that holds an installation, as far as this command looks."""
    made = upstander(
        *("init", "--data", str(folder), "--name", "Marlshire Police", "--slug", "marlshire"),
        *(
            "--channel",
            "Standards",
            "--origin",
            "http://127.0.0.1:8000",
            "--shares-dir",
            str(folder.parent / "slips"),
        ),
    )
    assert made.code == 0, made.errors
    return folder


def test_it_is_taken_shown_and_never_half(tmp_path: Path) -> None:
    data = installed(tmp_path / "data")
    assert "has no keepers" in upstander("roster", "--data", str(data)).output
    file = tmp_path / "roster.json"
    file.write_text(json.dumps(scene.ROSTER_TEXTS), "utf-8")
    taken = upstander("roster", "--data", str(data), str(file))
    assert taken.code == 0, taken.errors
    assert scene.ROSTER.sha256 in taken.output and "2 of 3 keepers, epoch 2026" in taken.output
    for wrong, says in (
        (scene.ROSTER_TEXTS[:2], "is not a roster that all its keepers signed"),
        ({"a": 1}, "is not a roster"),
        ([text.replace("2026", "2027", 1) for text in scene.ROSTER_TEXTS], "is not a roster"),
    ):
        file.write_text(json.dumps(wrong), "utf-8")
        refused = upstander("roster", "--data", str(data), str(file))
        assert refused.code == 1 and says in refused.errors
    assert "cannot be read" in upstander("roster", "--data", str(data), str(tmp_path / "nowhere")).errors
    assert scene.ROSTER.sha256 in upstander("roster", "--data", str(data)).output
    (data / "roster.json").write_text("[]", "utf-8")
    assert "cannot be used" in upstander("roster", "--data", str(data)).errors


def test_there_has_to_be_an_installation(tmp_path: Path) -> None:
    assert "there is no installation" in upstander("roster", "--data", str(tmp_path)).errors
