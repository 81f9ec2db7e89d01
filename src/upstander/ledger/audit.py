"""Recomputes a mirrored log from its entries, offline: every leaf, every tile, every checkpoint kept."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from upstander.formats.errors import FormatError
from upstander.ledger.checkpoint import Checkpoint, number
from upstander.ledger.errors import LedgerError
from upstander.ledger.growing import grow
from upstander.ledger.leaf import Leaf, check_leaf, read_leaf
from upstander.ledger.merkle import Edge, leaf_hash
from upstander.ledger.mirror import Progress, entries_of, same_hashes, silent, text_of
from upstander.ledger.policy import Examined, Policy, check, examine
from upstander.ledger.store import Store
from upstander.ledger.tiles import ENTRIES, HEIGHT, WIDTH, rows_of, split_tile, tile_path, width_of

Visit = Callable[[int, Leaf, bytes], None]
"""Told every leaf, in order: its index, what it says, and its hash."""


@dataclass(frozen=True, slots=True)
class Audited:
    """A log that holds: its newest checkpoint, how many kept ones it continues, the day it was last read."""

    examined: Examined
    checkpoints: int
    read: str

    @property
    def head(self) -> Checkpoint:
        """The head that everything was checked against."""
        return self.examined.checkpoint


def audit(
    store: Store,
    policy: Policy,
    *,
    folder: str = "",
    unwitnessed: bool = False,
    visit: Visit | None = None,
    progress: Progress = silent,
) -> Audited:
    """Raises LedgerError, naming the first thing that does not hold, unless the whole log in `folder` does.

    `unwitnessed`: the newest checkpoint may lack witnesses. Entries that are no leaves of Upstander's are an
    error. About a hash and a half is computed for each entry.
    """
    judge = examine if unwitnessed else check
    examined = judge(policy, text_of(store.read(f"{folder}checkpoint"), f"{folder}checkpoint"))
    head = examined.checkpoint
    heads = _kept_heads(store, policy, folder, head)
    sizes = deque(sorted(heads))
    edge, above = Edge.empty(), []
    _compare(edge, [], heads, sizes)
    for index in range(-(-head.size // WIDTH)):
        width = width_of(0, index, head.size)
        hashes = _leaves(store, folder, index, width, visit)
        path = tile_path(0, index, width)
        same_hashes(_file(store, folder, path), hashes, 0, index)
        _compare(edge, hashes, heads, sizes)
        if width == WIDTH:
            above.append(rows_of(hashes)[HEIGHT][0])
            edge.append(above[-1], HEIGHT)
        progress(min((index + 1) * WIDTH, head.size), head.size)
    for (level, index, width), data in grow(0, above, _nothing).items():
        path = tile_path(level + 1, index, width)
        same_hashes(_file(store, folder, path), split_tile(data, width), level + 1, index)
    read = store.read(f"{folder}read")
    return Audited(examined, len(heads), text_of(read, "read").strip() if read is not None else "")


def _leaves(store: Store, folder: str, index: int, width: int, visit: Visit | None) -> list[bytes]:
    """The hashes of a bundle's entries, each of which is a leaf."""
    entries = entries_of(_file(store, folder, tile_path(ENTRIES, index, width)), index, width)
    hashes = [leaf_hash(entry) for entry in entries]
    for place, entry in enumerate(entries, start=index * WIDTH):
        try:
            check_leaf(entry)
        except FormatError as error:
            raise LedgerError(f"Entry {place}: {error}") from None
        if visit is not None:
            visit(place, read_leaf(entry), hashes[place % WIDTH])
    return hashes


def _kept_heads(store: Store, policy: Policy, folder: str, head: Checkpoint) -> dict[int, bytes]:
    """The roots of all checkpoints the mirror kept, by size, the newest among them."""
    heads = {head.size: head.root}
    for name in store.names(f"{folder}checkpoints"):
        path = f"{folder}checkpoints/{name}"
        try:
            one = examine(policy, text_of(store.read(path), path)).checkpoint
        except LedgerError as error:
            raise LedgerError(f"{path}: {error}") from None
        if one.origin != head.origin or one.size != number(name, path):
            raise LedgerError(f"{path} is the checkpoint of something else.")
        if one.size > head.size:
            raise LedgerError(f"{path} has more entries than the newest checkpoint, {head.size}.")
        if heads.setdefault(one.size, one.root) != one.root:
            raise LedgerError(f"The log is forked: there are two different trees of size {one.size}.")
    return heads


def _compare(edge: Edge, hashes: list[bytes], heads: dict[int, bytes], sizes: deque[int]) -> None:
    """Compares the roots of kept checkpoints that end within these hashes after the edge."""
    while sizes and sizes[0] <= edge.size + len(hashes):
        size = sizes.popleft()
        grown = edge.copy()
        grown.extend(hashes[: size - edge.size])
        if grown.root() != heads[size]:
            raise LedgerError(f"The entries do not give the root of the checkpoint of {size} entries.")


def _file(store: Store, folder: str, path: str) -> bytes:
    data = store.read(folder + path)
    if data is None:
        raise LedgerError(f"{folder}{path} is not there.")
    return data


def _nothing(level: int, index: int, width: int) -> bytes:
    raise LedgerError(f"{tile_path(level, index, width)} is not there.")
