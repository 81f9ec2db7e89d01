"""The tree over the leaves that have a place, as tiles in the database.

A tile's row grows until it is full, and never changes after that. Growing costs a few rows a tile, reading a
proof a few rows a proof, whatever the size of the tree.
"""

from __future__ import annotations

from collections.abc import Sequence

from upstander.ledger import growing
from upstander.ledger.errors import LedgerError
from upstander.ledger.merkle import root_at
from upstander.ledger.tiles import HASH, WIDTH, TileReader
from upstander.server.log.models import Log, Tile


def reader(log: Log, size: int) -> TileReader:
    """Reads hashes of subtrees of the log's first `size` leaves."""

    def fetch(level: int, index: int, width: int) -> bytes:
        return tile(log, level, index)[: width * HASH]

    return TileReader(fetch, size)


def tile(log: Log, level: int, index: int) -> bytes:
    """The hashes of a tile, as far as it is filled; none where there is no such tile."""
    row = Tile.objects.filter(log=log, level=level, index=index).values_list("data", flat=True).first()
    return bytes(row) if row is not None else b""


def root(log: Log, size: int) -> bytes:
    """The root of the log's first `size` leaves. Raises LedgerError where tiles are missing."""
    return root_at(size, reader(log, size))


def grow(log: Log, hashes: Sequence[bytes]) -> None:
    """Appends leaves, given as their hashes, and remembers size and root; only while the log is locked."""
    made = growing.grow(log.size, hashes, lambda level, index, width: tile(log, level, index)[: width * HASH])
    Tile.objects.bulk_create(
        [Tile(log=log, level=level, index=index, data=data) for (level, index, _), data in made.items()],
        update_conflicts=True,
        unique_fields=["log", "level", "index"],
        update_fields=["data"],
    )
    log.size += len(hashes)
    log.root = root(log, log.size).hex()
    log.save(update_fields=["size", "root"])


def cut(log: Log, size: int) -> None:
    """Forgets everything after the first `size` leaves; only while the log is locked."""
    if size > log.size:
        raise LedgerError("A tree cannot be cut to more than it has.")
    level = 0
    while log.size >> 8 * level:
        full, rest = divmod(size >> 8 * level, WIDTH)
        rows = Tile.objects.filter(log=log, level=level)
        rows.filter(index__gte=full + bool(rest)).delete()
        if rest:
            row = rows.get(index=full)
            row.data = bytes(row.data)[: rest * HASH]
            row.save(update_fields=["data"])
        level += 1
    log.size, log.root = size, root(log, size).hex() if size else ""
    log.save(update_fields=["size", "root"])
