"""`python -m tests.load.keepers`: what keepers cost, written to docs/reference/benchmarks-keepers.md.

One keeper's evaluation of four names with proof; and a held submission, at the reporter and at a keeper, with
more and more pledges in the keeper's store. Everything in this process: no network, no web server.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path

from tests.keeper import reports
from tests.keepers import scene
from tests.vectors import scene as vectors
from upstander.formats import b64, canonical
from upstander.keeper.hold import Bundle, take
from upstander.keeper.home import Identity, Policy
from upstander.keeper.release import sweep
from upstander.keeper.store import Store
from upstander.keepers import notes, oprf, passes, shares, threshold
from upstander.keepers.holding import Holding
from upstander.keepers.unlocked import unlock

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs/reference/benchmarks-keepers.md"
SIZES = (100, 1_000, 10_000, 100_000, 1_000_000)
EACH = 20  # deposits measured at each size
KEEPER = "union"


def milliseconds(work: Callable[[], object], times: int) -> list[float]:
    """Processor time of each of so many runs: what others do on the machine counts little."""
    took = []
    for _ in range(times):
        start = time.thread_time()
        work()
        took.append((time.thread_time() - start) * 1000)
    return took


def said(took: list[float]) -> str:
    """Median, lowest and highest."""
    return f"**{statistics.median(took):.1f}** ({min(took):.1f} to {max(took):.1f})"


def fill(store: Store, size: int) -> None:
    """Adds invented pledges, eight random tags each, until there are `size`; no two share a tag."""
    there = int(str(store.rows("SELECT count(*) FROM pledges")[0][0]))
    body = canonical.encode(scene.Reporter("filler", [scene.warrant("1")]).pledge.body()).decode()
    numbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)"
    store.rows("PRAGMA cache_size = -800000")  # for filling only
    store.rows("PRAGMA synchronous = OFF")
    with store.write():
        store.run("DROP INDEX tags_pledge")
        store.run(
            f"INSERT INTO pledges (id, body, share, version, expires, day) {numbers} "
            "SELECT lower(hex(randomblob(32))) AS id, ?, randomblob(33), 1, '2032-11-25', '' FROM n ORDER BY id",
            *(size - there, body),
        )
        store.run(
            f"INSERT INTO tags {numbers} SELECT substr(hex(randomblob(22)), 1, 43), p.id FROM "
            "(SELECT id FROM pledges ORDER BY rowid DESC LIMIT ?) p, n ORDER BY 1",
            *(8, size - there),
        )
        store.run("CREATE INDEX tags_pledge ON tags (pledge)")
    store.rows("PRAGMA wal_checkpoint(TRUNCATE)")
    store.rows("PRAGMA cache_size = -2000")
    store.rows("PRAGMA synchronous = FULL")


def deposit(store: Store, keeper: Identity, held: Holding) -> None:
    """One deposit, as a keeper takes it."""
    take(store, keeper, Bundle(held.notes, held.parcel), scene.TODAY)


def at_a_keeper(folder: Path, sizes: tuple[int, ...]) -> list[str]:
    """Rows of the table: a deposit taken, and the sweep that matches it, by pledges in the store."""
    keeper = Identity(
        KEEPER,
        scene.SIGNING[KEEPER],
        scene.SHARES[KEEPER],
        scene.ROSTER,
        tuple(scene.ROSTER_TEXTS),
        Policy(),
    )
    store = Store(folder / "keeper.sqlite3")
    with store.write():
        store.run("INSERT INTO transport VALUES (?, ?)", scene.MONTH, scene.TRANSPORT[KEEPER])
    rows = []
    for size in sizes:
        print(f"{size:,} pledges: filling ...", flush=True)
        start = time.perf_counter()
        fill(store, size)
        print(f"{size:,} pledges: filled in {time.perf_counter() - start:.0f} s; measuring ...", flush=True)
        names = [scene.warrant(f"{size}{i}") for i in range(EACH // 2)] * 2  # each name twice: all match
        waiting = [scene.Reporter(f"{size} {i}", [name]).held for i, name in enumerate(names)]
        start = time.perf_counter()
        taken = [milliseconds(partial(deposit, store, keeper, held), 1)[0] for held in waiting]
        clock = (time.perf_counter() - start) * 1000 / EACH
        swept = milliseconds(lambda: sweep(store, keeper.policy, scene.TODAY), 1)[0]
        due = store.rows("SELECT count(*) FROM pledges WHERE due != ''")[0][0]
        megabytes = (folder / "keeper.sqlite3").stat().st_size / 1e6
        rows.append(
            f"| {size:,} | {said(taken)} | {clock:.0f} | {swept / EACH:.1f} | {due} | {megabytes:,.0f} |"
        )
    store.close()
    return rows


def at_the_reporter() -> tuple[str, str, str]:
    """Blinding four names; checking and combining two answers; making a pledge for three keepers."""
    inputs = [bytes((i,)) for i in range(4)]
    blinded = [oprf.blind(one) for one in inputs]
    sent = [one.element for one in blinded]
    answers = {
        name: threshold.answer(scene.SHARES[name], scene.PUBLIC.parts[name], sent)
        for name in scene.NAMES[: scene.NEEDS]
    }
    return (
        said(milliseconds(lambda: [oprf.blind(one) for one in inputs], 50)),
        said(milliseconds(lambda: threshold.combine(scene.PUBLIC, blinded, answers), 20)),
        said(milliseconds(lambda: scene.Reporter("measured", [bytes(64)]), 20)),
    )


def evaluating() -> list[float]:
    """One keeper's answer to four blinded names, with its proof, from bytes to bytes."""
    sent = [oprf.blind(bytes((i,))).element for i in range(4)]
    share, public = scene.SHARES[KEEPER], scene.PUBLIC.parts[KEEPER]
    work = lambda: [b64.encode(one) for one in threshold.answer(share, public, sent).elements]  # noqa: E731
    milliseconds(work, 20)
    return milliseconds(work, 200)


def passing() -> tuple[str, str, str]:
    """A keeper's answer to a collection of a staff pass; the person's collecting; a keeper's look at a token."""
    month, seed = scene.MONTH, bytes(32)
    text = passes.make_pass_keys(KEEPER, "2026", month, seed, scene.SIGNING[KEEPER])
    keys = passes.read_pass_keys(text, scene.ROSTER.keepers[KEEPER], "2026", month)
    asked = passes.ask(keys)
    sent = {purpose: [one.element for one in asked.blinded[purpose]] for purpose in passes.PURPOSES}
    answers = passes.answer(seed, "2026", month, sent)
    shown = passes.show(passes.collect(keys, asked, answers).person, month, b"x")
    look = partial(passes.check_shown, shown, seed, "person", keeper=KEEPER, epoch="2026", bound=b"x")
    return (
        said(milliseconds(lambda: passes.answer(seed, "2026", month, sent), 30)),
        said(milliseconds(lambda: passes.collect(keys, asked, answers), 30)),
        said(milliseconds(look, 50)),
    )


def opening() -> tuple[str, str]:
    """Putting together what two keepers released; opening grant, report and sheet with a handler's key."""
    name = ("warrant", scene.warrant("1"))
    held = reports.Held(
        "what was seen", [name], scene.ROSTER, dict(scene.RECIPIENTS), scene.DAY, scene.EXPIRES, sheet="x"
    ).held
    releases = [
        shares.Release(one, held.pledge, notes.open_note(held.notes[one], [scene.TRANSPORT[one]], one).share)
        for one in scene.NAMES[: scene.NEEDS]
    ]
    opened = shares.open_release(releases, held.parcel)
    read = partial(unlock, opened, held.pledge, [vectors.ROWAN.identity], [vectors.ROWAN.key])
    return (
        said(milliseconds(lambda: shares.open_release(releases, held.parcel), 30)),
        said(milliseconds(read, 30)),
    )


def processor() -> str:
    """What `/proc/cpuinfo` calls it."""
    names = [
        line.partition(":")[2].strip()
        for line in Path("/proc/cpuinfo").read_text().splitlines()
        if line.startswith("model name")
    ]
    return f"{os.cpu_count()} cores ({names[0] if names else platform.processor()})"


def main() -> None:
    """Measures, and writes the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--largest", type=int, default=SIZES[-1], help="pledges in the store at most")
    parser.add_argument("--to", type=Path, default=PAGE, help="where to write")
    given = parser.parse_args()
    load = os.getloadavg()[0]
    took = evaluating()
    blind, combine, pledge = at_the_reporter()
    answered, collected, looked = passing()
    joined, read = opening()
    with tempfile.TemporaryDirectory() as folder:
        rows = at_a_keeper(Path(folder), tuple(size for size in SIZES if size <= given.largest))
    inside = "holds" if statistics.median(took) <= 10 else "**is missed**"
    text = f"""# Benchmarks of the keepers

Written by `python -m tests.load.keepers`; nothing here is typed by hand but the words around the figures.

{date.today().isoformat()}, {processor()}, Linux {platform.release()}, Python {platform.python_version()}. Load average when it began: {load:.1f}. All in one
process: no network, no web server. Milliseconds of processor time unless said otherwise: median (lowest to highest). By the clock it takes longer on a machine with other work.

## Evaluating

One keeper's answer to four blinded names with one proof, from bytes to bytes: {said(took)}, 200 runs after 20 to warm up. About
{1000 / statistics.median(took):,.0f} requests a second on one core. Budget: at most 10 ms. It {inside}.

## A held submission, at the reporter

In Python (a browser's own figures need a browser): blinding four names {blind}; checking and combining the answers of two keepers {combine}; making a pledge for three
keepers (lock, parcel, entry, three sealed notes) {pledge}.

## Passes, and opening

A keeper's answer to a collection of a staff pass (nine elements, two proofs) {answered}; the person's checking and collecting from one keeper {collected}; a keeper's look at a token {looked}.
A handler, for each report: putting together what two keepers released {joined}; opening grants, report and sheet {read}. When a match is released is the keepers' choice of days, not a matter of speed.

## A held submission, at a keeper

A deposit taken, durable, receipt signed; and the sweep that matches it, its share of a sweep over {EACH} deposits, all of which match. The store holds invented
pledges with eight random tags each. "Matched" counts up over the sizes.

| pledges in the store | deposit | by the clock, mean | sweep, each | matched | database MB |
|---|---|---|---|---|---|
{chr(10).join(rows)}

The cost of a deposit does not depend on what is stored where these figures are level; it is opening the note and checking nine signatures, and one
flush to the disk. Other systems count otherwise, on other machines, and hide more: WhoToo's authors measured 8.6 to 22 s for an accusation without a quorum, growing with the number
stored, six authorities as threads of one process, the machine unnamed. For Callisto no figures were found, and SAE's were not read.
"""
    given.to.write_text(text, "utf-8")
    print(f"Wrote {given.to}.")


if __name__ == "__main__":
    main()
