"""The search for what should be nowhere finds it when it is somewhere: else "nothing found" says nothing."""

from __future__ import annotations

import gzip
import json
import sqlite3
import zlib
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.leaks import files_under, search

MARKER = "wexel-007-Żubrówka-ذكرى-🔏"
KEY = bytes(range(7, 39))

WAYS: dict[str, Callable[[bytes], bytes]] = {
    "as it is": lambda raw: raw,
    "utf-16 little": lambda raw: raw.decode("utf-8", "replace").encode("utf-16-le"),
    "utf-16 big": lambda raw: raw.decode("utf-8", "replace").encode("utf-16-be"),
    "json": lambda raw: json.dumps({"text": raw.decode("utf-8", "replace")}).encode(),
    "hex": lambda raw: raw.hex().encode(),
    "base64": lambda raw: b64encode(b"xyz" + raw),
    "base64, one on": lambda raw: b64encode(b"x" + raw),
    "base64url, two on": lambda raw: urlsafe_b64encode(b"xy" + raw + b"zz"),
    "gzip": lambda raw: b"before" + gzip.compress(raw) + b"after",
    "zlib": lambda raw: b"before" + zlib.compress(raw, 9),
    "deflate": lambda raw: zlib.compress(raw)[2:-4],
    "gzip of base64": lambda raw: gzip.compress(b64encode(b"{" + raw)),
    "gzip in gzip": lambda raw: gzip.compress(b"outer" + gzip.compress(raw)),
    "gzip cut short": lambda raw: gzip.compress(raw * 400 + bytes(9000))[:-20],
}


@pytest.mark.parametrize("way", WAYS)
def test_a_planted_marker_is_found(tmp_path: Path, way: str) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "blob").write_bytes(bytes(99) + WAYS[way](MARKER.encode()) + bytes(9))
    if way == "deflate":
        (tmp_path / "deep" / "blob").write_bytes(WAYS[way](MARKER.encode()))
    leaks = search({"the marker": MARKER, "another": "wexel-008-somewhere else"}, files_under(tmp_path))
    assert {leak.what for leak in leaks} == {"the marker"}, way
    assert leaks[0].where == "blob"


@pytest.mark.parametrize("way", ["as it is", "hex", "base64, one on", "base64url, two on", "gzip"])
def test_a_planted_key_is_found(tmp_path: Path, way: str) -> None:
    (tmp_path / "blob").write_bytes(WAYS[way](KEY))
    assert search({"a key": KEY}, files_under(tmp_path))


def test_it_looks_into_a_database_its_log_and_names(tmp_path: Path) -> None:
    held = sqlite3.connect(tmp_path / "db.sqlite3")
    held.execute("PRAGMA journal_mode=WAL")
    held.execute("CREATE TABLE note (text TEXT)")
    held.commit()
    held.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    held.execute("INSERT INTO note VALUES (?)", [MARKER])
    held.commit()
    found = search({"the marker": MARKER}, files_under(tmp_path))
    assert [leak.where for leak in found] == ["db.sqlite3-wal"]
    held.close()
    assert {leak.where for leak in search({"the marker": MARKER}, files_under(tmp_path))} == {"db.sqlite3"}
    (tmp_path / "wexel-009-in-a-name").write_bytes(b"")
    assert search({"a name": "wexel-009-in-a-name"}, files_under(tmp_path))


def test_what_is_left_out_is_left_out_by_name(tmp_path: Path) -> None:
    (tmp_path / "sheet.txt").write_text(MARKER)
    (tmp_path / "other.txt").write_text("nothing")
    assert search({"the marker": MARKER}, files_under(tmp_path, leave_out=["sheet.txt"])) == []
    assert search({"the marker": MARKER}, files_under(tmp_path))
