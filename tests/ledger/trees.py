"""Trees for tests: leaves that are numbers, roots by the definition, and a tree stored as tiles."""

from collections.abc import Sequence
from hashlib import sha256

from upstander.ledger.merkle import EMPTY_ROOT, leaf_hash
from upstander.ledger.tiles import TileReader, tiles_between


def leaves(count: int, salt: str = "") -> list[bytes]:
    """So many entries, all different."""
    return [f"entry {number}{salt}".encode() for number in range(count)]


def hashes(count: int, salt: str = "") -> list[bytes]:
    """The hashes of those entries."""
    return [leaf_hash(entry) for entry in leaves(count, salt)]


def root_by_definition(row: Sequence[bytes]) -> bytes:
    """MTH of RFC 6962 section 2.1, as it is written there."""
    if not row:
        return EMPTY_ROOT
    if len(row) == 1:
        return row[0]
    split = 1
    while split * 2 < len(row):
        split *= 2
    left, right = root_by_definition(row[:split]), root_by_definition(row[split:])
    return sha256(b"\1" + left + right).digest()


def tiles_of(row: Sequence[bytes]) -> dict[tuple[int, int, int], bytes]:
    """Every tile of the tree over these hashes, made from the definition."""
    return {
        (level, index, width): b"".join(
            root_by_definition(row[(index * 256 + at) << 8 * level :][: 1 << 8 * level])
            for at in range(width)
        )
        for level, index, width in tiles_between(0, len(row))
    }


def reader_of(row: Sequence[bytes]) -> TileReader:
    """Reads the tree over these hashes out of its tiles."""
    tiles = tiles_of(row)
    return TileReader(lambda level, index, width: tiles[level, index, width], len(row))
