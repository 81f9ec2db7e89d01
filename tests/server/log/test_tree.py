"""The tree in the database is the tree over its leaves, however it grew, and proofs lead to its root."""

from __future__ import annotations

import random
from hashlib import sha256

import pytest

from upstander.ledger.errors import LedgerError
from upstander.ledger.merkle import (
    consistency_path,
    inclusion_path,
    root_of,
    verify_consistency,
    verify_inclusion,
)
from upstander.ledger.tiles import WIDTH, tiles_between
from upstander.server.log import tree
from upstander.server.log.models import Log, Tile

pytestmark = [pytest.mark.django_db, pytest.mark.db]


def hashes(start: int, end: int) -> list[bytes]:
    return [sha256(b"%d" % n).digest() for n in range(start, end)]


def grown(*sizes: int) -> Log:
    log = Log.objects.create(generation=1)
    for size in sizes:
        tree.grow(log, hashes(log.size, size))
    return Log.objects.get(generation=1)


@pytest.mark.parametrize(
    "sizes", [(1,), (2, 3, 5), (255, 256, 257), (300, 70_000), tuple(range(100, 1400, 77))]
)
def test_it_is_the_tree_over_its_leaves(sizes: tuple[int, ...]) -> None:
    log = grown(*sizes)
    assert (log.size, log.root) == (sizes[-1], root_of(hashes(0, log.size)).hex())
    assert Tile.objects.count() == len(list(tiles_between(0, log.size)))
    for size in {1, sizes[0], log.size // 2 or 1, log.size}:
        assert tree.root(log, size) == root_of(hashes(0, size))


def test_full_tiles_never_change() -> None:
    log = grown(WIDTH * 3 + 1)
    before = {(t.level, t.index): bytes(t.data) for t in Tile.objects.all()}
    tree.grow(log, hashes(log.size, WIDTH * 5))
    after = {(t.level, t.index): bytes(t.data) for t in Tile.objects.all()}
    assert all(after[place].startswith(data) for place, data in before.items())
    assert sum(len(data) == WIDTH * 32 for data in after.values()) == 5


def test_proofs_lead_to_the_root() -> None:
    log = grown(700, 1300)
    read = tree.reader(log, log.size)
    root = bytes.fromhex(log.root)
    for index in random.Random(1).sample(range(log.size), 40):
        path = inclusion_path(index, log.size, read)
        leaf = sha256(b"%d" % index).digest()
        verify_inclusion(index=index, size=log.size, leaf=leaf, path=path, root=root)
    old_root = root_of(hashes(0, 700))
    path = consistency_path(700, log.size, read)
    verify_consistency(old=700, old_root=old_root, new=log.size, new_root=root, path=path)


@pytest.mark.parametrize("size", [0, 1, 255, 256, 300, 512, 1300])
def test_what_is_cut_grows_again(size: int) -> None:
    log = grown(1300)
    tree.cut(log, size)
    assert (log.size, log.root) == (size, root_of(hashes(0, size)).hex() if size else "")
    tree.grow(log, hashes(size, 1400))
    assert log.root == root_of(hashes(0, 1400)).hex()
    assert Tile.objects.count() == len(list(tiles_between(0, 1400)))


def test_a_missing_tile_is_an_error_and_no_other_root() -> None:
    log = grown(600)
    Tile.objects.get(level=0, index=1).delete()
    with pytest.raises(LedgerError):
        tree.root(log, 400)
