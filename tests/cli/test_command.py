"""The command itself: help worth reading, settings from the folder, words that are not understood."""

from __future__ import annotations

from pathlib import Path

import pytest

from upstander.cli import serve
from upstander.cli.environment import StopError, read_settings
from upstander.cli.main import COMMANDS, main, parser


def test_every_command_has_help_that_says_more_than_its_name(capsys: pytest.CaptureFixture[str]) -> None:
    text = parser().format_help()
    for command in COMMANDS:
        assert len(command.ABOUT) > 150
        assert len(command.ABOUT.splitlines()[0]) <= 110
    for word in ("init", "doctor", "serve", "live", "open", "make run"):
        assert word in text


def test_a_word_it_does_not_know_is_an_error_of_its_own() -> None:
    with pytest.raises(SystemExit) as ended:
        main(["no-such-command"])
    assert ended.value.code == 2


def test_settings_of_the_folder_are_read_and_a_wrong_line_is_shown(tmp_path: Path) -> None:
    assert read_settings(tmp_path) == {}
    file = tmp_path / "settings.env"
    file.write_text("# the address\nUPSTANDER_ORIGIN=https://a.example\n\nUPSTANDER_MAIL_URL=smtp://a=b@c\n")
    assert read_settings(tmp_path) == {
        "UPSTANDER_ORIGIN": "https://a.example",
        "UPSTANDER_MAIL_URL": "smtp://a=b@c",
    }
    file.write_text("ORIGIN=https://a.example\n")
    with pytest.raises(StopError, match="found 'ORIGIN'"):
        read_settings(tmp_path)


def test_several_workers_are_refused_on_sqlite(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "keys").mkdir()
    monkeypatch.delenv("UPSTANDER_DATABASE_URL", raising=False)
    arguments = parser().parse_args(["serve", "--data", str(tmp_path), "--workers", "2"])
    with pytest.raises(StopError, match="need PostgreSQL"):
        serve.run(arguments)
