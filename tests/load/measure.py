"""All tables from ten million coded rows: `python -m tests.load.measure [PEOPLE]`.

Writes docs/reference/benchmarks-measure.md. Takes some minutes and some gigabytes; nothing in the tests
runs it.
"""

from __future__ import annotations

import os
import platform
import resource
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from upstander.measure.disclosure import release
from upstander.measure.extract import open_extract, write_extract
from upstander.measure.output import Heading, write_all
from upstander.measure.plan import Plan
from upstander.measure.standard import measure
from upstander.measure.synthetic import invent

PAGE = Path(__file__).parents[2] / "docs/reference/benchmarks-measure.md"


def gigabytes() -> float:
    """The most memory this process has had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2


class Watch:
    """Wall-clock and processor seconds of each step."""

    def __init__(self) -> None:
        self.rows: list[tuple[str, float, float]] = []
        self.step = ""
        self.began = (0.0, 0.0)

    def __call__(self, step: str) -> None:
        now = (time.monotonic(), time.process_time())
        if self.step:
            self.rows.append((self.step, now[0] - self.began[0], now[1] - self.began[1]))
            print(*self.rows[-1], flush=True)
        self.step, self.began = step, now


def tables(staff: int, folder: Path) -> tuple[Watch, int]:
    """Reads, measures, hides, writes; returns what each step took and how many rows there were."""
    made = invent(staff=staff, units=60, months=84, seed=1)
    write_extract(folder / "extract", made.tables, institution="Invented", cutoff=made.cutoff)
    rows = sum(table.num_rows for table in made.tables.values())
    del made
    watch = Watch()
    watch("read and check the extract")
    extract = open_extract(folder / "extract")
    findings = measure(extract, Plan(), watch)
    watch("disclosure control")
    safe = release("bench", findings.tables, findings.backed, findings.accounts, ties=findings.ties)
    watch("write")
    write_all(folder / "out", Heading("Invented", ()), safe.tables)
    watch("")
    return watch, rows


def main() -> None:
    """Measures and writes the page."""
    staff = int(sys.argv[1]) if len(sys.argv) > 1 else 190_000
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as folder:
        watch, rows = tables(staff, Path(folder))
    peak = gigabytes()
    linkage = PAGE.read_text("utf-8").partition("## Linkage\n")[2]  # tests/load/linkage.py writes that
    lines = "\n".join(f"| {step} | {wall:.1f} | {processor:.1f} |" for step, wall, processor in watch.rows)
    wall, processor = (sum(row[at] for row in watch.rows) for at in (1, 2))
    verdict = (
        "Held."
        if wall <= 10
        else f"**Missed** by the clock in this run, on a machine with a load of {load:.0f} on its cores; all threads "
        f"together took {processor:.1f} seconds of a processor."
    )
    PAGE.write_text(
        f"""# Benchmarks of measurement

Written by `python -m tests.load.measure`; only the words around the figures are typed by hand.

{datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores, {platform.system()} {platform.release()}, Python \
{platform.python_version()}. Load average when it began: {load:.1f}. One run. Processor seconds add up all threads.

## All tables

An invented institution of {staff:,} people over 84 months: {rows:,} coded rows, most of them person-months. Budget: 10 s.
{verdict}

| step | seconds | processor seconds |
|---|---|---|
{lines}
| **all** | **{wall:.1f}** | **{processor:.1f}** |

Most memory: {peak:.1f} GB, the making of the invented extract included.

## Linkage
{linkage}""",
        "utf-8",
    )


if __name__ == "__main__":
    main()
