"""Measures the log: growing with signed heads, proofs at sizes up to 10^7, and the audit of a million entries.

Run it alone from the root, `python -m tests.load.log`; with `--write` it writes docs/reference/benchmarks-log.md.
"""

from __future__ import annotations

import argparse
import os
import platform
import random
import resource
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from tests.vectors import log_scene as scene
from upstander.ledger.audit import audit
from upstander.ledger.checkpoint import sign_checkpoint
from upstander.ledger.growing import append, grow
from upstander.ledger.leaf import Leaf
from upstander.ledger.merkle import (
    consistency_path,
    inclusion_path,
    leaf_hash,
    root_at,
    verify_consistency,
    verify_inclusion,
)
from upstander.ledger.policy import parse_policy
from upstander.ledger.store import FolderStore, MemoryStore, tile_of
from upstander.ledger.tiles import FetchTile, TileReader, tile_path

PAGE = Path(__file__).parents[2] / "docs/reference/benchmarks-log.md"
SIZES = (10**3, 10**4, 10**5, 10**6, 10**7)
REAL = 10**6  # entries up to which a whole tree is built; above, tiles hold made-up hashes
BEAT = 2000  # entries of one beat
ORIGIN = scene.ORIGINS[0]


def entries(start: int, count: int) -> list[bytes]:
    """Leaves as the log has them, with made-up labels and commitments."""
    chance = random.Random(start)
    return [
        Leaf(
            "message", f"2026-11-{1 + at % 28:02}", chance.randbytes(16).hex(), chance.randbytes(32).hex()
        ).data
        for at in range(start, start + count)
    ]


def growing(store: MemoryStore | FolderStore, beats: int) -> float:
    """Entries a second, with bundles, tiles and one signed head for each beat of 2,000."""
    made = [entries(beat * BEAT, BEAT) for beat in range(beats)]
    size, began = 0, time.monotonic()
    for one in made:
        head = append(store, ORIGIN, size, one)
        store.write("checkpoint", sign_checkpoint(head, scene.OLD).encode())
        size = head.size
    return size / (time.monotonic() - began)


def tree(size: int) -> FetchTile:
    """The tiles of a tree of this size."""
    if size > REAL:
        row = random.Random(size).randbytes(8192)
        return lambda _level, _index, width: row[: 32 * width]
    store = MemoryStore()
    hashes = [leaf_hash(b"%d" % number) for number in range(size)]
    for tile, data in grow(0, hashes, tile_of(store)).items():
        store.write(tile_path(*tile), data)
    return tile_of(store)


def timed(work: Callable[[], object], runs: int) -> list[float]:
    """Seconds of processor time of each run: what a busy machine does beside it does not count."""
    taken = []
    for _ in range(runs):
        began = time.process_time()
        work()
        taken.append(time.process_time() - began)
    return taken


def proofs(size: int, runs: int = 200) -> dict[str, float]:
    """Milliseconds, median, at this size: each proof from tiles nobody has read before."""
    fetch, pick = tree(size), random.Random(1)
    root = root_at(size, TileReader(fetch, size))
    places = [pick.randrange(size) for _ in range(runs)]
    paths = {}

    def prove(index: int) -> None:
        paths[index] = inclusion_path(index, size, TileReader(fetch, size))

    made = [timed(lambda index=index: prove(index), 1)[0] for index in places]
    shared = TileReader(fetch, size)
    again = [timed(lambda index=index: inclusion_path(index, size, shared), 1)[0] for index in places]
    checked = []
    if size <= REAL:
        for index in places:
            leaf = fetch(0, index // 256, min(256, size - index // 256 * 256))[index % 256 * 32 :][:32]

            def check(index: int = index, leaf: bytes = leaf) -> None:
                verify_inclusion(index=index, size=size, leaf=leaf, path=paths[index], root=root)

            checked += timed(check, 1)
        old = size // 2 + 1
        verify_consistency(
            old=old,
            old_root=root_at(old, TileReader(fetch, size)),
            new=size,
            new_root=root,
            path=consistency_path(old, size, TileReader(fetch, size)),
        )

    def one_more() -> None:
        made = grow(size, [bytes(32)], fetch)
        root_at(size + 1, TileReader(lambda *tile: made.get(tile) or fetch(*tile), size + 1))

    between = timed(lambda: consistency_path(size // 2 + 1, size, TileReader(fetch, size)), 50)
    return {
        "proof": 1000 * median(made),
        "least": 1000 * min(made),
        "worst": 1000 * max(made),
        "shared": 1000 * median(again),
        "check": 1000 * median(checked) if checked else float("nan"),
        "consistency": 1000 * median(between),
        "append": 1000 * median(timed(one_more, 50)),
    }


def auditing(size: int = 10**6, step: int = 10**5) -> tuple[float, float, float]:
    """Auditing a mirror of so many entries in a folder: seconds, those of the processor, MB at the most."""
    with tempfile.TemporaryDirectory() as folder:
        memory, grown = MemoryStore(), 0
        while grown < size:
            head = append(memory, ORIGIN, grown, entries(grown, step))
            grown = head.size
            memory.write(f"checkpoints/{grown}", sign_checkpoint(head, scene.OLD).encode())
        memory.write("checkpoint", sign_checkpoint(head, scene.OLD).encode())
        for path, data in memory.files.items():
            target = Path(folder) / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
        del memory
        policy = parse_policy(f"log {scene.OLD.verifier}\nquorum none\n")
        began = time.monotonic()
        (taken,) = timed(lambda: audit(FolderStore(Path(folder)), policy), 1)
        waited = time.monotonic() - began
    return waited, taken, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def page(rows: Sequence[str]) -> str:
    """The page."""
    return "\n".join(rows) + "\n"


def measure() -> list[str]:
    """Everything, as the lines of the page."""
    rows = [
        "# Benchmarks of the log",
        "",
        "Written by `python -m tests.load.log --write`; nothing here is typed by hand but the words and the budgets.",
        "",
        f"{datetime.now(UTC).date()}, {os.cpu_count()} cores, Python {platform.python_version()}."
        f" Load average when it began: {os.getloadavg()[0]:.1f}.",
        "",
        "## Growing",
        "",
        f"Bundles, tiles and one signed head for each {BEAT:,} entries, by the tree's own code, without a database, by the clock.",
        "Budget: 2,000 entries a second, sustained, with heads (the server's part of it is in `benchmarks.md`).",
        "",
        "| where | entries a second |",
        "|---|---|",
        f"| in memory, 100 beats | {growing(MemoryStore(), 100):,.0f} |",
    ]
    with tempfile.TemporaryDirectory() as folder:
        rate = growing(FolderStore(Path(folder)), 20)
        rows.append(f"| in a folder, each file flushed to the disk, 20 beats | {rate:,.0f} |")
    rows += [
        "",
        "## Proofs",
        "",
        "Milliseconds of processor time. A proof is made from tiles that nobody has read before (median, least and worst of 200: the least is where nobody else disturbed it),",
        "then by one reader that keeps the last 64 tiles, as in one answer with many proofs, and checked. A consistency proof",
        "is from half the size; an append is one entry and the new root (medians of 50). Up to",
        f"{REAL:,} entries the tree is whole and in memory; above it tiles hold made-up hashes, so nothing is checked.",
        "Budget: an inclusion proof at 10^7 entries in at most 1 ms. It takes about 930 hashes.",
        "",
        "| entries | proof | least | worst | same reader | check | consistency | append |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for size in SIZES:
        at = proofs(size)
        check = "-" if size > REAL else f"{at['check']:.3f}"
        rows.append(
            f"| {size:,} | {at['proof']:.3f} | {at['least']:.3f} | {at['worst']:.3f} | {at['shared']:.3f} | {check} |"
            f" {at['consistency']:.3f} | {at['append']:.3f} |"
        )
    held = "held" if at["proof"] <= 1 else "missed"
    rows += [
        "",
        f"At 10^7 entries: median {at['proof']:.2f} ms, the least {at['least']:.2f} ms. Budget {held}.",
    ]
    waited, taken, memory = auditing()
    rows += [
        "",
        "## Audit",
        "",
        f"1,000,000 entries with ten kept heads, in a folder, offline, one process: **{taken:.1f} s** of processor"
        f" time, {waited:.1f} s by the clock;"
        f" {memory:,.0f} MB at the most, most of it for making the folder. Budget: 10 s.",
    ]
    return rows


def main() -> None:
    """Measures, prints, and perhaps writes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help=f"write {PAGE.name}")
    arguments = parser.parse_args()
    rows = measure()
    print(page(rows))
    if arguments.write:
        PAGE.write_text(page(rows), "utf-8")


if __name__ == "__main__":
    main()
