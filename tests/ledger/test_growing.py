"""A growing log: the same files however it grew, on a disk that may fail, through a port."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.ledger.trees import hashes, leaves, root_by_definition, tiles_of
from upstander.ledger.errors import LedgerError
from upstander.ledger.growing import append, grow
from upstander.ledger.store import FolderStore, MemoryStore, tile_of
from upstander.ledger.tiles import ENTRIES, bundles_between, tile_path, tiles_between, unpack_entries


@given(st.lists(st.integers(1, 400), max_size=5))
@settings(max_examples=40)
def test_it_is_the_same_log_in_whatever_steps_it_grew(steps):
    store, size = MemoryStore(), 0
    entries = leaves(sum(steps))
    for step in steps:
        head = append(store, "log", size, entries[size : size + step])
        size += step
        assert (head.size, head.root) == (size, root_by_definition(hashes(size)))
    for tile, data in tiles_of(hashes(size)).items():
        assert store.read(tile_path(*tile)) == data
    for _, index, width in bundles_between(0, size):
        bundle = store.read(tile_path(ENTRIES, index, width))
        assert unpack_entries(bundle, width) == entries[index * 256 : index * 256 + width]


def test_a_full_tile_is_made_once():
    row, made = hashes(1200), []
    store = MemoryStore()
    for size in range(0, 1200, 40):
        grown = grow(size, row[size : size + 40], tile_of(store))
        for tile, data in grown.items():
            store.write(tile_path(*tile), data)
        made += [tile for tile in grown if tile[2] == 256]
    assert sorted(made) == [tile for tile in sorted(tiles_between(0, 1200)) if tile[2] == 256]


def test_an_append_that_was_cut_off_is_repeated(tmp_path):
    entries = leaves(600)

    class Full(FolderStore):
        left = 3

        def write(self, path, data):
            if not self.left:
                raise OSError("no space")
            self.left -= 1
            super().write(path, data)

    whole, cut = FolderStore(tmp_path / "whole"), Full(tmp_path / "cut")
    append(whole, "log", 0, entries[:300])
    wanted = append(whole, "log", 300, entries[300:])
    append(FolderStore(cut.folder), "log", 0, entries[:300])
    with pytest.raises(OSError, match="no space"):
        append(cut, "log", 300, entries[300:])
    assert append(FolderStore(cut.folder), "log", 300, entries[300:]) == wanted


def test_a_folder_keeps_files_whole(tmp_path):
    store = FolderStore(tmp_path)
    assert store.read("a/b") is None
    assert list(store.names("a")) == []
    store.write("a/b", b"one")
    store.write("a/b", b"two")
    store.write("a/c/d", b"three")
    assert store.read("a/b") == b"two"
    assert store.read("a") is None
    assert sorted(store.names("a")) == ["b", "c"]
    assert sorted(path.name for path in tmp_path.rglob("*") if path.is_file()) == ["b", "d"]
    store.remove("a/b")
    store.remove("a/b")
    assert store.read("a/b") is None
    memory = MemoryStore()
    memory.write("a/c/d", b"")
    assert list(memory.names("a")) == ["c"]


def test_a_lost_tile_is_named():
    with pytest.raises(LedgerError, match=r"tile/0/000\.p/7 is not there"):
        tile_of(MemoryStore())(0, 0, 7)
