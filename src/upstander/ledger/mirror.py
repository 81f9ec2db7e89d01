"""Follows a log into a store of one's own, and believes nothing of it that was not recomputed.

A mirror keeps the files of the log under their own paths, every checkpoint it has seen under `checkpoints/`,
and the day it last looked under `read`. It can be cut off and resumed at any time: what is new is fetched and
checked first, and the checkpoint that covers it is written last.
"""

from collections.abc import Callable
from dataclasses import dataclass

from upstander.ledger.checkpoint import Checkpoint
from upstander.ledger.errors import LedgerError
from upstander.ledger.fetch import Source, UnreachableError, fetch_tile, text_from
from upstander.ledger.growing import grow
from upstander.ledger.merkle import Edge, leaf_hash
from upstander.ledger.notes import LARGEST as LARGEST_NOTE
from upstander.ledger.policy import Examined, Policy, examine
from upstander.ledger.store import Store, tile_of
from upstander.ledger.tiles import (
    ENTRIES,
    HASH,
    HEIGHT,
    LARGEST_BUNDLE,
    WIDTH,
    TileReader,
    pack_entries,
    rows_of,
    split_tile,
    tile_path,
    unpack_entries,
    width_of,
)

Progress = Callable[[int, int], None]
"""Told how many entries are done, of how many."""


@dataclass(frozen=True, slots=True)
class Mirrored:
    """What one look brought: how many entries there were before, and the checkpoint that covers all now."""

    before: int
    examined: Examined


def silent(_done: int, _of: int) -> None:
    """Progress for nobody."""


def kept_head(store: Store, folder: str, policy: Policy) -> Examined | None:
    """The head of what the mirror has. Raises LedgerError where its checkpoint is not one of the policy's."""
    note = store.read(f"{folder}checkpoint")
    return examine(policy, text_of(note, f"{folder}checkpoint")) if note is not None else None


def text_of(data: bytes | None, path: str) -> str:
    """The text in a file of the mirror. Raises LedgerError."""
    if data is None:
        raise LedgerError(f"{path} is not there.")
    try:
        return data.decode()
    except UnicodeDecodeError:
        raise LedgerError(f"{path} is not a text.") from None


def follow(
    source: Source,
    store: Store,
    policy: Policy,
    *,
    origin: str,
    today: str,
    folder: str = "",
    progress: Progress = silent,
) -> Mirrored:
    """Fetches what is new in the log of this origin into `folder` of the store, and checks that it only grew.

    Raises LedgerError, which names what does not hold: the mirror then has what it had before. `today` is a
    day in UTC, for those who ask later until when it was looked at.
    """
    known = kept_head(store, folder, policy)
    kept = known.checkpoint if known is not None else None
    examined = examine(policy, text_from(source, "checkpoint", LARGEST_NOTE))
    head, before = examined.checkpoint, kept.size if kept is not None else 0
    if head.origin != origin:
        raise LedgerError(f"The checkpoint is that of {head.origin[:80]}, not of {origin}.")
    if head.size < before:
        raise LedgerError(f"The log is rewound: it had {before} entries, and now shows {head.size}.")
    if kept is not None and head.size == before and head.root != kept.root:
        raise LedgerError(f"The log is forked: there are two different trees of size {before}.")
    if head.size > before:
        _fetch(source, store, folder, kept, head, progress)
    note = str(examined.note).encode()
    store.write(f"{folder}checkpoints/{head.size}", note)
    store.write(f"{folder}checkpoint", note)
    store.write(f"{folder}read", f"{today}\n".encode())
    _sweep_partial(store, folder, before, head.size)
    return Mirrored(before, examined)


def _fetch(  # noqa: PLR0917  (all from its one caller)
    source: Source, store: Store, folder: str, kept: Checkpoint | None, head: Checkpoint, progress: Progress
) -> None:
    """Fetches from the last head to the next; what an interrupted run has left is not blamed on the log."""
    fetching = _Fetching(source, store, folder, kept, head, progress)
    try:
        fetching.run()
    except UnreachableError:
        raise
    except LedgerError:
        if not fetching.reused:
            raise
        _Fetching(source, store, folder, kept, head, progress).run()


class _Fetching:
    """From the last head to the next."""

    def __init__(  # noqa: PLR0917  (made by its one caller)
        self,
        source: Source,
        store: Store,
        folder: str,
        kept: Checkpoint | None,
        head: Checkpoint,
        progress: Progress,
    ) -> None:
        self.source, self.store, self.folder = source, store, folder
        self.kept, self.head, self.progress = kept, head, progress
        self.old = kept.size if kept is not None else 0
        self.first = self.old // WIDTH  # the first tile that changes
        self.written: list[str] = []
        self.reused = False
        read = TileReader(tile_of(store, folder), self.old)
        self.edge = Edge.of(self.first * WIDTH, read)
        self.before = read.tile(0, self.first) if self.old % WIDTH else []
        if kept is not None:
            edge = self.edge.copy()
            edge.extend(self.before)
            if edge.root() != kept.root:
                raise LedgerError("The mirror's own tiles do not give the root of its checkpoint.")

    def run(self) -> None:
        """Fetches all that is new. What does not give the head's root in the end is taken away again."""
        above = []
        try:
            for index in range(self.first, -(-self.head.size // WIDTH)):
                hashes = self._lowest(index, width_of(0, index, self.head.size))
                if len(hashes) == WIDTH:
                    above.append(rows_of(hashes)[HEIGHT][0])
                    self.edge.append(above[-1], HEIGHT)
                else:
                    self.edge.extend(hashes)
                self.progress(min((index + 1) * WIDTH, self.head.size), self.head.size)
            if self.edge.root() != self.head.root:
                raise LedgerError(
                    f"The entries do not give the root of the checkpoint of {self.head.size} entries."
                )
            self._upper(above)
        except UnreachableError:
            raise  # what was fetched is used when it goes on
        except LedgerError:
            for path in self.written:
                self.store.remove(path)
            raise

    def _lowest(self, index: int, width: int) -> list[bytes]:
        """The hashes of one bundle of entries, which must be those of the tile beside it."""
        entries = self._file(ENTRIES, index, width, LARGEST_BUNDLE)
        hashes = [leaf_hash(entry) for entry in entries_of(entries, index, width)]
        if index == self.first:
            for at, (now, then) in enumerate(zip(hashes, self.before, strict=False)):
                if now != then:
                    raise LedgerError(f"Entry {index * WIDTH + at} was changed: there was another before.")
        same_hashes(self._file(0, index, width, WIDTH * HASH), hashes, 0, index)
        return hashes

    def _upper(self, above: list[bytes]) -> None:
        """The tiles above the lowest, each of which must be what the ones below it make."""
        fetch = tile_of(self.store, self.folder)
        grown = grow(self.first, above, lambda level, index, width: fetch(level + 1, index, width))
        for (level, index, width), data in grown.items():
            path = tile_path(level + 1, index, width)
            got = fetch_tile(self.source, level + 1, index, width, WIDTH * HASH)[: width * HASH]
            same_hashes(got, split_tile(data, width), level + 1, index)
            self._write(path, data)

    def _file(self, level: int | str, index: int, width: int, limit: int) -> bytes:
        """A tile or bundle; a full one that an earlier, interrupted run has fetched is not fetched again."""
        path = tile_path(level, index, width)
        there = self.store.read(self.folder + path) if width == WIDTH else None
        if there is not None:
            self.reused = True
            self.written.append(self.folder + path)
            return there
        data = fetch_tile(self.source, level, index, width, limit)
        if level == ENTRIES:
            data = pack_entries(entries_of(data, index, width, more=True))
        else:
            data = data[: width * HASH]
        self._write(path, data)
        return data

    def _write(self, path: str, data: bytes) -> None:
        self.written.append(self.folder + path)
        self.store.write(self.folder + path, data)


def entries_of(data: bytes, index: int, width: int, *, more: bool = False) -> list[bytes]:
    """The entries of a bundle; `more`: it may be the full bundle in the place of a partial one."""
    path = tile_path(ENTRIES, index, width)
    try:
        return unpack_entries(data, width)
    except LedgerError as error:
        if more:
            try:
                return unpack_entries(data, WIDTH)[:width]
            except LedgerError:
                pass
        raise LedgerError(f"{path}: {error}") from None


def same_hashes(tile: bytes, hashes: list[bytes], level: int, index: int) -> None:
    """Raises LedgerError unless the tile has exactly these hashes; names the first that is another."""
    path = tile_path(level, index, len(hashes))
    if tile == b"".join(hashes):
        return
    try:
        there = split_tile(tile, len(hashes))
    except LedgerError as error:
        raise LedgerError(f"{path}: {error}") from None
    at = next(at for at, (one, other) in enumerate(zip(there, hashes, strict=True)) if one != other)
    if level == 0:
        raise LedgerError(f"Entry {index * WIDTH + at} does not have the hash that {path} says.")
    raise LedgerError(f"Hash {at} of {path} is not that of the tile below it.")


def _sweep_partial(store: Store, folder: str, old: int, new: int) -> None:
    """Takes away the partial tiles of an earlier size: the wider ones have all they had."""
    level = 0
    while old >> HEIGHT * level:
        index, width = divmod(old >> HEIGHT * level, WIDTH)
        if width and width_of(level, index, new) != width:
            store.remove(folder + tile_path(level, index, width))
            if level == 0:
                store.remove(folder + tile_path(ENTRIES, index, width))
        level += 1
