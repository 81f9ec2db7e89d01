"""Both stores keep the same promises."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from upstander.server.blobs import Blobs, FolderBlobs, MemoryBlobs

NAME = "a" * 26
TODAY = datetime.datetime.now(datetime.UTC).date()


@pytest.fixture(params=["folder", "memory"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Blobs:
    """One after the other."""
    return FolderBlobs(tmp_path / "blobs") if request.param == "folder" else MemoryBlobs()


def test_the_first_announcement_stands(store: Blobs) -> None:
    assert store.about(NAME) is None
    assert store.announce(NAME, b"first") == b"first"
    assert store.announce(NAME, b"second") == b"first"
    assert store.about(NAME) == b"first"


def test_parts_are_read_in_order_and_replaced_whole(store: Blobs) -> None:
    for number, data in ((1, b"cd"), (0, b"xx"), (10, b"k"), (0, b"ab")):
        store.put(NAME, number, data)
    assert store.have(NAME) == {0: 2, 1: 2, 10: 1}
    assert b"".join(store.read(NAME, 2)) == b"abcd"
    with pytest.raises(FileNotFoundError):
        list(store.read(NAME, 3))


def test_deleting_forgets_everything_and_may_be_repeated(store: Blobs) -> None:
    store.announce(NAME, b"about")
    store.put(NAME, 0, b"ab")
    store.delete(NAME)
    store.delete(NAME)
    assert store.have(NAME) == {} and store.about(NAME) is None


def test_what_came_when_is_known_by_day(store: Blobs) -> None:
    store.put(NAME, 0, b"abc")
    assert store.since(TODAY) == {NAME: (TODAY, 3)}
    assert store.since(TODAY + datetime.timedelta(days=1)) == {}
    assert list(store.before(TODAY)) == []
    assert list(store.before(TODAY + datetime.timedelta(days=1))) == [NAME]


def test_a_half_written_part_is_not_a_part(tmp_path: Path) -> None:
    store = FolderBlobs(tmp_path)
    store.put(NAME, 0, b"ab")
    (tmp_path / "aa" / NAME / "1.999-1.new").write_bytes(b"half")
    assert store.have(NAME) == {0: 2}
