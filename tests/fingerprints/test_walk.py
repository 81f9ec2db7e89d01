"""Walking evidence: the same order every time, no link followed, odd files named and not opened."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from upstander.fingerprints.errors import FingerprintError
from upstander.fingerprints.walk import File, Passed, shown, walk


def test_order_links_and_what_is_no_file(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / "b/z.jpg").write_bytes(b"123")
    (tmp_path / "a.jpg").write_bytes(b"1")
    (tmp_path / "up").symlink_to(tmp_path)
    (tmp_path / "gone").symlink_to("nowhere")
    os.mkfifo(tmp_path / "pipe")
    with socket.socket(socket.AF_UNIX) as door:
        door.bind(str(tmp_path / "s"))
    found = list(walk([str(tmp_path)]))
    assert [Path(one.path).name for one in found] == ["a.jpg", "z.jpg", "gone", "pipe", "s", "up"]
    assert [one.size for one in found if isinstance(one, File)] == [1, 3]
    reasons = [one.reason for one in found if isinstance(one, Passed)]
    assert [reason.split(":")[0] for reason in reasons] == ["a link", "not a file", "not a file", "a link"]
    assert list(walk([str(tmp_path)])) == found


def test_a_very_deep_folder_is_walked_to_its_end(tmp_path: Path) -> None:
    here = os.open(tmp_path, os.O_RDONLY)
    for _ in range(300):
        os.mkdir("d", dir_fd=here)
        deeper = os.open("d", os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = deeper
    os.close(os.open("end.jpg", os.O_CREAT | os.O_WRONLY, dir_fd=here))
    os.close(here)
    (found,) = walk([str(tmp_path)])
    assert found.path.endswith("/d/end.jpg")


def test_a_folder_that_cannot_be_entered_is_said(tmp_path: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("root can enter every folder")
    shut = tmp_path / "shut"
    shut.mkdir(mode=0)
    (found,) = walk([str(tmp_path)])
    assert isinstance(found, Passed)
    assert "cannot be opened" in found.reason


def test_a_folder_whose_path_is_too_long_is_said_and_the_walk_goes_on(tmp_path: Path) -> None:
    here = os.open(tmp_path, os.O_RDONLY)
    for _ in range(20):
        os.mkdir("x" * 250, dir_fd=here)
        deeper = os.open("x" * 250, os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = deeper
    os.close(here)
    (tmp_path / "y.jpg").write_bytes(b"1")
    found = list(walk([str(tmp_path)]))
    assert [type(one) for one in found] == [Passed, File]


def test_a_root_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FingerprintError, match="cannot be read"):
        list(walk([str(tmp_path / "absent")]))


def test_names_are_shown_without_harm() -> None:
    assert shown(os.fsdecode(b"caf\xe9\x1b[2J.jpg")) == "caf\\xe9\\x1b[2J.jpg"
    assert shown("\u202eabc") == "\\u202eabc"
    assert shown("caf\u00e9 \u5199") == "caf\u00e9 \u5199"
