"""The doctor's questions about the whole log: is the tree that of the leaves, and were its heads signed?"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from upstander.cli.finding import Finding, fail, ok, warn
from upstander.ledger.checkpoint import open_checkpoint
from upstander.ledger.errors import LedgerError
from upstander.ledger.merkle import EMPTY_ROOT, Edge
from upstander.ledger.tiles import WIDTH, rows_of

if TYPE_CHECKING:
    from upstander.server.log.models import Log

T = TypeVar("T")
FEW = 20  # findings of one kind that are listed one by one


def standing() -> list[Finding]:
    """Whether the log is signed and seen; without reading it all."""
    from upstander.server.log import generations, told, witnesses

    try:
        policy = witnesses.configured()
    except LedgerError as error:
        return [fail(f"witnesses.txt: {error}", "Put the line right; until then nothing is signed.")]
    log = generations.newest()
    why = told.trouble(log)
    if why:
        return [
            fail(
                f"the log is not signed: {why}",
                "Find out what was lost. Put the newest database back, or close this log in public: "
                "docs/how-to/run-for-real.md (when the log is not signed).",
            )
        ]
    found = [ok(f"nobody is known to have seen more of the log than its {log.size} entries")]
    if not policy.witnesses:
        advice = "Ask outside bodies to run one: docs/how-to/run-for-real.md (witnesses)."
        return [*found, warn("nobody outside watches the log", advice)]
    for row in log.witnesses.filter(name__in=policy.witnesses).exclude(problem=""):
        found.append(warn(f"the witness {row.name} is late: {row.problem}", "Tell whoever runs it."))
    return found


def tree(progress: bool = True) -> Iterator[Finding]:
    """Reads every leaf, makes every tree again, and compares tiles, heads and signatures."""
    from upstander.server.log.models import Log

    for log in Log.objects.order_by("generation"):
        wrong = list(few(_tree(log, progress), "more about the tree"))
        yield from wrong or [
            ok(f"log {log.generation}: the tree over its {log.size} entries is what was signed")
        ]


def _tree(log: Log, progress: bool) -> Iterator[Finding]:
    from upstander.server.log.append import bytes_of
    from upstander.server.log.models import Leaf, Tile

    heads = {row.size: row for row in log.checkpoints.all()}
    levels: list[list[bytes]] = []
    edge = Edge.empty()
    leaves = Leaf.objects.filter(log=log).order_by("index").iterator(5000)
    for place, leaf in enumerate(counted(leaves, log.size, f"log {log.generation}", progress)):
        if leaf.index != place:
            yield fail(f"entry {place} is missing; the next there is has number {leaf.index}", RESTORE)
            return
        hash_ = bytes.fromhex(leaf.hash)
        try:
            fits = hash_ == _hash(bytes_of(leaf))
        except ValueError:
            fits = False
        if not fits:
            yield fail(f"entry {place} does not have the hash that is stored for it", CHANGED)
        edge.append(hash_)
        yield from _tiles(log, levels, hash_, place)
        head = heads.pop(edge.size, None)
        if head is not None and bytes.fromhex(head.root) != edge.root():
            yield fail(f"the tree head of {head.size} entries has another root than its entries", CHANGED)
    for level, hashes in enumerate(levels):
        if hashes:
            yield from _tile(log, level, edge.size >> 8 * (level + 1), hashes)
    expected = sum(-(-(edge.size >> 8 * level) // WIDTH) for level in range(len(levels)))
    if Tile.objects.filter(log=log).count() != expected:
        yield fail("there are tiles that no tree of this size has", CHANGED)
    if edge.size != log.size or (log.root and bytes.fromhex(log.root) != edge.root()):
        yield fail(
            f"the head says {log.size} entries, there are {edge.size}, or its root is another", RESTORE
        )
    for size in sorted(heads):
        yield fail(f"a tree head of {size} entries was signed, and they are not there", RESTORE)
    yield from _signatures(log)


def _hash(data: bytes) -> bytes:
    from upstander.ledger.merkle import leaf_hash

    return leaf_hash(data)


def _tiles(log: Log, levels: list[list[bytes]], hash_: bytes, place: int) -> Iterator[Finding]:
    """Adds a hash to the lowest level, and compares each tile that is full with it."""
    level = 0
    while True:
        if level == len(levels):
            levels.append([])
        levels[level].append(hash_)
        if len(levels[level]) < WIDTH:
            return
        yield from _tile(log, level, place >> 8 * (level + 1), levels[level])
        hash_ = rows_of(levels[level])[-1][0]
        levels[level] = []
        level += 1


def _tile(log: Log, level: int, index: int, hashes: list[bytes]) -> Iterator[Finding]:
    from upstander.server.log.tree import tile

    if tile(log, level, index) != b"".join(hashes):
        yield fail(f"tile {index} of level {level} does not hold the hashes of its entries", CHANGED)


def _signatures(log: Log) -> Iterator[Finding]:
    from upstander.server.log import generations, witnesses

    if not log.checkpoints.exists():
        return
    keys = generations.verifier_keys(log)
    parties = witnesses.configured().witnesses
    last = EMPTY_ROOT
    for row in log.checkpoints.order_by("size"):
        try:
            head, note = open_checkpoint(row.note, *keys)
        except LedgerError as error:
            yield fail(f"the tree head of {row.size} entries: {error}", CHANGED)
            continue
        if (head.size, head.root.hex()) != (row.size, row.root) or head.root == last:
            yield fail(f"the tree head of {row.size} entries is signed for something else", CHANGED)
        last = head.root
        for one in row.cosignatures.all():
            party = parties.get(one.witness)
            try:
                if party is not None:
                    open_checkpoint(str(note.with_lines([one.line])), *keys, party.key)
            except LedgerError as error:
                yield fail(f"under the tree head of {row.size} entries: {error}", CHANGED)


@contextmanager
def as_of_now() -> Iterator[None]:
    """Everything read in the block is of one moment, while the server goes on. Holds up nobody."""
    from django.db import connection, transaction

    if connection.in_atomic_block:
        yield
    elif connection.vendor == "postgresql":
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield
    else:
        with connection.cursor() as cursor:
            cursor.execute("BEGIN DEFERRED")
            try:
                yield
            finally:
                cursor.execute("ROLLBACK")


RESTORE = "Something was deleted, or an older copy was put back. Keep everything as it is and find out."
CHANGED = "Something was changed by hand. Keep everything as it is and find out."


def few(found: Iterable[Finding], more: str) -> Iterator[Finding]:
    """The first findings, and how many there are beyond them."""
    beyond = 0
    for place, finding in enumerate(found):
        if place < FEW:
            yield finding
        else:
            beyond += 1
    if beyond:
        yield fail(f"and {beyond} {more}", "The first ones say what to look for.")


def counted(rows: Iterable[T], total: int, what: str, progress: bool) -> Iterator[T]:
    """The rows, with a line on a terminal that says how many of them were looked at."""
    shows = progress and sys.stderr.isatty()
    said = time.monotonic()
    for number, row in enumerate(rows, start=1):
        if shows and time.monotonic() > said + 0.5:
            said = time.monotonic()
            print(f"\r{what}: {number} of {total}", end="", file=sys.stderr, flush=True)
        yield row
    if shows:
        print("\r\x1b[K", end="", file=sys.stderr, flush=True)
