"""Tiles: how a log's hashes and entries are cut into files that never change (C2SP tlog-tiles).

A full tile is 256 hashes wide. The n-th tile of level l holds the hashes of the complete subtrees over
256^l leaves each, from subtree 256 * n on. At the right edge tiles are partial, until they are full.
"""

import re
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Sequence
from hashlib import sha256
from typing import TypeAlias

from upstander.ledger.errors import LedgerError

HEIGHT = 8
WIDTH = 1 << HEIGHT  # hashes in a full tile
HASH = 32  # bytes
ENTRIES = "entries"
HIGHEST = 63  # level
LONGEST_ENTRY = 0xFFFF  # bytes: an entry's length has two of them
LARGEST_BUNDLE = WIDTH * (LONGEST_ENTRY + 2)  # bytes

_PATH = re.compile(r"tile/(0|[1-9][0-9]?|entries)/((?:x[0-9]{3}/){0,6}[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?")


Tile: TypeAlias = tuple[int, int, int]
"""A tile's level, its index in the level, and its width: 256 when it is full."""

FetchTile = Callable[[int, int, int], bytes]
"""Answers the bytes of the tile of this level, index and width."""


def tile_path(level: int | str, index: int, width: int = WIDTH) -> str:
    """The path of a tile below a log's prefix; `level` is `entries` for a bundle of entries.

    tlog-tiles, "Merkle Tree": the index in groups of three digits, all but the last beginning with an x.
    """
    digits = str(index)
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    groups = [digits[at : at + 3] for at in range(0, len(digits), 3)]
    path = "/".join([*(f"x{group}" for group in groups[:-1]), groups[-1]])
    return f"tile/{level}/{path}" + (f".p/{width}" if width != WIDTH else "")


def parse_tile_path(text: str) -> tuple[int | str, int, int]:
    """Level (or `entries`), index and width of a tile's path. Raises LedgerError for any other spelling."""
    match = _PATH.fullmatch(text)
    if match is None:
        raise LedgerError("This is not the path of a tile.")
    level: int | str = match[1] if match[1] == ENTRIES else int(match[1])
    index = int(match[2].replace("x", "").replace("/", ""))
    width = int(match[3] or WIDTH)
    too_high = isinstance(level, int) and level > HIGHEST
    if too_high or width > WIDTH or tile_path(level, index, width) != text:
        raise LedgerError("This is not the path of a tile.")
    return level, index, width


def pack_entries(entries: Iterable[bytes]) -> bytes:
    """A bundle of entries, each after its length in two bytes (tlog-tiles, "Log entries")."""
    parts = []
    for entry in entries:
        if len(entry) > LONGEST_ENTRY:
            raise LedgerError(f"An entry has at most {LONGEST_ENTRY} bytes.")
        parts += [len(entry).to_bytes(2, "big"), entry]
    return b"".join(parts)


def unpack_entries(data: bytes, width: int) -> list[bytes]:
    """The entries of a bundle of this many. Raises LedgerError for a bundle that is cut short or too long."""
    entries = []
    at = 0
    for place in range(width):
        end = at + 2 + int.from_bytes(data[at : at + 2], "big")
        if at + 2 > len(data) or end > len(data):
            raise LedgerError(f"The bundle ends inside entry {place} of its {width}.")
        entries.append(data[at + 2 : end])
        at = end
    if at != len(data):
        raise LedgerError(f"The bundle has more than its {width} entries.")
    return entries


def split_tile(data: bytes, width: int) -> list[bytes]:
    """The hashes of a tile of this width. Raises LedgerError for a tile of another size."""
    if len(data) != width * HASH:
        raise LedgerError(f"A tile of {width} hashes has {width * HASH} bytes, not {len(data)}.")
    return [data[at : at + HASH] for at in range(0, len(data), HASH)]


def width_of(level: int, index: int, size: int) -> int:
    """The width of this tile in a tree of this size; 0 when there is none."""
    return max(0, min(WIDTH, (size >> HEIGHT * level) - index * WIDTH))


def tiles_between(old: int, new: int) -> Iterator[Tile]:
    """The tiles of hashes to write when a tree grows from `old` to `new`, the lower levels first.

    Full ones that were not full before, and at each level the partial one at the right edge, if it changed.
    """
    level = 0
    while new >> HEIGHT * level:
        before, after = old >> HEIGHT * level, new >> HEIGHT * level
        if before != after:
            for index in range(before // WIDTH, -(-after // WIDTH)):
                yield level, index, width_of(level, index, new)
        level += 1


def bundles_between(old: int, new: int) -> Iterator[Tile]:
    """The bundles of entries to write when a tree grows from `old` to `new`: those of level 0."""
    return (tile for tile in tiles_between(old, new) if tile[0] == 0)


def rows_of(hashes: Sequence[bytes]) -> list[list[bytes]]:
    """The hashes of a tile, then those over complete pairs of them, and so on, as far as there are any."""
    rows = [list(hashes)]
    while len(rows[-1]) > 1:
        # merkle's `node_hash` written out: this is where proofs and audits spend their time
        below = b"".join(rows[-1])
        rows.append([sha256(b"\1" + below[at : at + 64]).digest() for at in range(0, len(below) - 32, 64)])
    return rows


class TileReader:
    """Reads hashes of complete subtrees out of tiles of a tree of `size`, and keeps the tiles it used last.

    Call it as merkle's `read(level, index)`. What `fetch` answers is checked for its length only: what is
    read here proves something when the path or root made from it is checked against a checkpoint.
    """

    def __init__(self, fetch: FetchTile, size: int, keep: int = 64) -> None:
        self.size = size
        self._fetch = fetch
        self._keep = keep  # tiles
        self._kept: OrderedDict[tuple[int, int], list[list[bytes]]] = OrderedDict()

    def __call__(self, level: int, index: int) -> bytes:
        """The hash of the complete subtree of 2^level leaves. Raises LedgerError beyond the tree's edge."""
        if index < 0 or (index + 1) << level > self.size:
            raise LedgerError("There is no such complete subtree in this tree.")
        tile, height = divmod(level, HEIGHT)
        place = index & (WIDTH >> height) - 1
        return self._rows(tile, index >> HEIGHT - height)[height][place]

    def tile(self, level: int, index: int) -> list[bytes]:
        """The hashes of one tile, as wide as the tree's size makes it."""
        return self._rows(level, index)[0]

    def _rows(self, level: int, index: int) -> list[list[bytes]]:
        kept = self._kept.get((level, index))
        if kept is not None:
            self._kept.move_to_end((level, index))
            return kept
        width = width_of(level, index, self.size)
        if not width:
            raise LedgerError(f"There is no {tile_path(level, index)} in a tree of {self.size}.")
        kept = rows_of(split_tile(self._fetch(level, index, width), width))
        self._kept[level, index] = kept
        if len(self._kept) > self._keep:
            self._kept.popitem(last=False)
        return kept
