"""`upstander backup`: a whole copy that can take the original's place."""

from __future__ import annotations

import sqlite3
import stat
from pathlib import Path

from tests.cli.command import upstander
from tests.cli.conftest import Made


def test_the_copy_is_whole_private_and_passes_the_doctor(made: Made, tmp_path: Path) -> None:
    to = tmp_path / "copy"
    ran = upstander("backup", "--data", made.data, "--to", to)
    assert ran.code == 0, ran.errors
    assert stat.S_IMODE(to.stat().st_mode) == 0o700
    assert (to / "keys/signing").read_bytes() == (made.data / "keys/signing").read_bytes()
    assert (to / "settings.env").read_text() == (made.data / "settings.env").read_text()
    assert (to / "roster.json").exists() == (made.data / "roster.json").exists()
    with sqlite3.connect(to / "db.sqlite3") as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert database.execute("SELECT slug FROM institutions_institution").fetchall() == [("marlshire",)]
    assert upstander("doctor", "--data", to, "--no-site").code == 0


def test_it_writes_over_nothing(made: Made, tmp_path: Path) -> None:
    (tmp_path / "there").write_text("mine")
    ran = upstander("backup", "--data", made.data, "--to", tmp_path)
    assert ran.code == 1
    assert "is not empty; nothing was copied" in ran.errors
    assert [path.name for path in tmp_path.iterdir()] == ["there"]
