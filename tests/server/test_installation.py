"""Keys are made once, readable by nobody else, and one purpose's mark never passes for another's."""

from __future__ import annotations

from pathlib import Path

import pytest

from upstander.formats import ids
from upstander.formats.errors import FormatError
from upstander.server import tokens
from upstander.server.installation import NoInstallation, create, load


def test_keys_are_made_once_for_their_owner_alone(tmp_path: Path) -> None:
    with pytest.raises(NoInstallation):
        load(tmp_path)
    first = create(tmp_path)
    assert ids.check_id(first.id)
    assert (tmp_path / "keys").stat().st_mode & 0o777 == 0o700
    files = sorted((tmp_path / "keys").iterdir())
    assert [path.name for path in files] == ["installation", "log", "secret", "signing"]
    assert {path.stat().st_mode & 0o777 for path in files} == {0o600}
    again = create(tmp_path)
    assert (again.id, again.sign) == (first.id, first.sign)
    assert load(tmp_path).sign == first.sign


def test_two_installations_have_nothing_in_common(tmp_path: Path) -> None:
    one, two = create(tmp_path / "1"), create(tmp_path / "2")
    assert one.id != two.id and one.sign != two.sign and one.mac("x", b"") != two.mac("x", b"")


def test_what_is_shown_of_an_installation_holds_no_secret(tmp_path: Path) -> None:
    made = create(tmp_path)
    shown = repr(made)
    assert made.id in shown and "secret" not in shown and "Private" not in shown


def test_tokens_hold_for_one_purpose_and_a_while() -> None:
    token = tokens.issue("one", b"content", 60)
    assert tokens.read("one", token) == b"content"
    for purpose, text in (
        ("two", token),
        ("one", token[:-1]),
        ("one", "B" + token[1:]),
        ("one", ""),
        ("one", "!"),
    ):
        with pytest.raises(FormatError):
            tokens.read(purpose, text)
    with pytest.raises(FormatError):
        tokens.read("one", tokens.issue("one", b"content", -1))
