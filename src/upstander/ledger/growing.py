"""Grows a tree of tiles: only what changes is made, and a full tile is made once.

A log's files in a store: `checkpoint`, and the tiles and bundles of entries under their paths. What the
server keeps in its database is the same in rows; this is for logs in memory and in folders.
"""

from collections.abc import Sequence

from upstander.ledger.checkpoint import Checkpoint
from upstander.ledger.merkle import leaf_hash, root_at
from upstander.ledger.store import Store, tile_of
from upstander.ledger.tiles import (
    ENTRIES,
    HEIGHT,
    WIDTH,
    FetchTile,
    Tile,
    TileReader,
    bundles_between,
    pack_entries,
    rows_of,
    split_tile,
    tile_path,
    unpack_entries,
)


def grow(size: int, leaves: Sequence[bytes], fetch: FetchTile) -> dict[Tile, bytes]:
    """The tiles that are new or wider once these leaves (hashes) are appended to a tree of `size`.

    Reads at most one partial tile a level. About one hash is computed for each leaf.
    """
    made: dict[Tile, bytes] = {}
    row, level = list(leaves), 0
    while row:
        index, there = divmod(size >> HEIGHT * level, WIDTH)
        if there:
            row = split_tile(fetch(level, index, there), there) + row
        above = []
        for at in range(0, len(row), WIDTH):
            tile = row[at : at + WIDTH]
            made[level, index, len(tile)] = b"".join(tile)
            if len(tile) == WIDTH:
                above.append(rows_of(tile)[HEIGHT][0])
            index += 1
        row, level = above, level + 1
    return made


def append(store: Store, origin: str, size: int, entries: Sequence[bytes]) -> Checkpoint:
    """Appends entries to the log of `size` in a store, and answers its head, unsigned.

    Writes bundles and tiles; an interrupted append is repeated by calling it again with the same size.
    """
    new = size + len(entries)
    for _, index, width in bundles_between(size, new):
        start = index * WIDTH
        there = b""
        if start < size:
            kept = tile_path(ENTRIES, index, size - start)
            there = pack_entries(unpack_entries(store.read(kept) or b"", size - start))
        store.write(
            tile_path(ENTRIES, index, width),
            there + pack_entries(entries[max(0, start - size) : start + width - size]),
        )
    for tile, data in grow(size, [leaf_hash(entry) for entry in entries], tile_of(store)).items():
        store.write(tile_path(*tile), data)
    return Checkpoint(origin, new, root_at(new, TileReader(tile_of(store), new)))
