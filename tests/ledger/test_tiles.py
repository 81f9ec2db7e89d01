"""Tiles: their paths, what is written when, and what is read from them."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.ledger.trees import hashes, leaves, reader_of, tiles_of
from upstander.ledger import tiles
from upstander.ledger.errors import LedgerError
from upstander.ledger.merkle import root_of


def test_the_examples_of_the_specification():
    assert tiles.tile_path(0, 1234067) == "tile/0/x001/x234/067"
    assert tiles.tile_path("entries", 5, 112) == "tile/entries/005.p/112"
    made = list(tiles.tiles_between(0, 70_000))
    assert len([tile for tile in made if tile[0] == 0]) == 274
    assert [tile for tile in made if tile[2] != 256] == [(0, 273, 112), (1, 1, 17), (2, 0, 1)]
    assert list(tiles.tiles_between(0, 256)) == [(0, 0, 256), (1, 0, 1)]


@given(st.sampled_from([0, 7, 63, "entries"]), st.integers(0, 2**55), st.integers(1, 256))
def test_a_path_is_read_as_it_was_written(level, index, width):
    assert tiles.parse_tile_path(tiles.tile_path(level, index, width)) == (level, index, width)


@pytest.mark.parametrize(
    "path",
    [
        "",
        "tile/0/1",
        "tile/00/001",
        "tile/64/001",
        "tile/0/001.p/0",
        "tile/0/001.p/256",
        "tile/0/001.p/01",
        "tile/0/x000/001",
        "tile/0/001/002",
        "tile/0/x001",
        "tile/0/001\n",
        "tile/0/../001",
        "tile/0/٠٠١",
        "tile/entry/001",
        "checkpoint",
    ],
)
def test_no_other_spelling_is_a_path(path):
    with pytest.raises(LedgerError):
        tiles.parse_tile_path(path)


@given(st.text(alphabet="tile/0123456789x.p\n", max_size=40) | st.text(max_size=40))
def test_a_path_of_any_kind_is_read_or_refused(text):
    try:
        parsed = tiles.parse_tile_path(text)
    except LedgerError:
        return
    assert tiles.tile_path(*parsed) == text


@given(st.integers(0, 1500), st.integers(0, 700))
def test_growing_in_steps_writes_what_growing_at_once_does(old, more):
    first = set(tiles.tiles_between(0, old))
    second = set(tiles.tiles_between(old, old + more))
    whole = set(tiles.tiles_between(0, old + more))
    full = {tile for tile in first if tile[2] == tiles.WIDTH}
    assert whole <= first | second
    assert second <= whole
    assert not second & full


def test_the_last_tile_is_never_empty():
    for size in (0, 1, 255, 256, 257, 65_535, 65_536, 65_537):
        made = list(tiles.tiles_between(0, size))
        assert all(1 <= tile[2] <= 256 for tile in made)
        assert sum(tile[2] for tile in made if tile[0] == 0) == size


def test_a_reader_fetches_each_tile_once_and_checks_its_length():
    row = hashes(600)
    stored, asked = tiles_of(row), []

    def fetch(level: int, index: int, width: int) -> bytes:
        asked.append((level, index, width))
        return stored[level, index, width]

    read = tiles.TileReader(fetch, 600)
    assert [read(0, index) for index in range(600)] == row
    assert read(9, 0) == root_of(row[:512])
    assert read(3, 74) == root_of(row[592:600])
    assert sorted(asked) == sorted(set(asked))
    with pytest.raises(LedgerError, match="no such complete subtree"):
        read(9, 1)
    with pytest.raises(LedgerError, match="A tile of 88 hashes has 2816 bytes, not 2815"):
        tiles.TileReader(lambda *tile: stored[tile][:-1], 600)(0, 599)


def test_a_reader_forgets_what_it_has_no_room_for():
    stored, asked = tiles_of(hashes(1024)), []

    def fetch(*tile: int) -> bytes:
        asked.append(tile)
        return stored[tile]

    read = tiles.TileReader(fetch, 1024, keep=2)
    for index in (0, 300, 0, 600, 0, 300):
        read(0, index)
    assert [tile[1] for tile in asked] == [0, 1, 2, 1]


@given(st.lists(st.binary(max_size=300), max_size=40))
def test_a_bundle_is_read_as_it_was_written(entries):
    data = tiles.pack_entries(entries)
    assert tiles.unpack_entries(data, len(entries)) == entries
    with pytest.raises(LedgerError):
        tiles.unpack_entries(data + b"\0", len(entries))
    if data:
        with pytest.raises(LedgerError, match="ends inside entry"):
            tiles.unpack_entries(data[:-1], len(entries))


@given(st.binary(max_size=600), st.integers(0, 256))
def test_a_bundle_of_any_bytes_is_read_or_refused(data, width):
    try:
        entries = tiles.unpack_entries(data, width)
    except LedgerError:
        return
    assert tiles.pack_entries(entries) == data


def test_an_entry_has_a_limit():
    assert len(tiles.pack_entries([bytes(65_535)])) == 65_537
    with pytest.raises(LedgerError):
        tiles.pack_entries([bytes(65_536)])


def test_bundles_are_cut_like_the_lowest_tiles():
    assert list(tiles.bundles_between(250, 300)) == [(0, 0, 256), (0, 1, 44)]
    assert re.fullmatch("entry 599", leaves(600)[-1].decode())
    assert reader_of(hashes(300)).tile(0, 1) == hashes(300)[256:]
