"""The whole site of 43 institutions over five years: `python -m tests.load.publishing`.

Writes docs/reference/benchmarks-publishing.md. Nothing in the tests runs it. Three institutions of different
sizes are measured; the site then has 43 institutions that take turns with their tables, because what a page
costs to make does not depend on whose numbers stand in it.
"""

from __future__ import annotations

import os
import platform
import resource
import sys
import tempfile
import time
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

from tests.publishing.conftest import look
from upstander.measure.disclosure import past
from upstander.measure.extract import open_extract, write_extract
from upstander.measure.plan import Plan
from upstander.measure.synthetic import Truth, invent
from upstander.publishing.files import write
from upstander.publishing.making import make
from upstander.publishing.settings import Settings
from upstander.publishing.site import Release, Site, build

PAGE = Path(__file__).parents[2] / "docs/reference/benchmarks-publishing.md"
MANY, MONTHS = 43, 60
SIZES = ((1_000, 0.02), (4_000, 0.02), (15_000, 0.02))  # staff, reports a person and month


def main() -> None:
    """Measures three, builds the site of all, writes the page."""
    rows, made = [], []
    with tempfile.TemporaryDirectory() as folder:
        for number, (staff, rate) in enumerate(SIZES):
            invented = invent(
                staff=staff, units=12, months=MONTHS, seed=number + 1, truth=Truth(rate=rate), waves=2
            )
            path = Path(folder) / str(number)
            write_extract(path, invented.tables, institution=f"Force {number}", cutoff=invented.cutoff)
            began = time.monotonic(), time.process_time()
            settings = Settings("https://figures.example.org/", date(invented.cutoff.year + 1, 2, 1))
            one = make(open_extract(path), Plan(), settings, past.Past(), name="bench").release
            spent = time.monotonic() - began[0], time.process_time() - began[1]
            rows.append((f"{staff:,} staff, {len(one.tables)} tables", *spent))
            made.append(one)
            print(rows[-1], flush=True)
        style, assets = look()
        releases = tuple(_named(made[at % len(made)], at) for at in range(MANY))
        site = Site("https://figures.example.org/", releases, style, assets)
        began = time.monotonic(), processor()
        files = build(site)
        write(Path(folder) / "out", files)
        spent = time.monotonic() - began[0], processor() - began[1]
    pages = {name: len(data) for name, data in files.items() if name.endswith(".html")}
    print(len(files), len(pages), max(pages.values()), spent, flush=True)
    PAGE.write_text(_page(rows, files, pages, spent), "utf-8")


def processor() -> float:
    """Processor seconds of this process and of those it has started and waited for."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def _named(release: Release, at: int) -> Release:
    return replace(release, slug=f"force-{at}", name=f"Force {at} Police")


def _page(
    rows: list[tuple[str, float, float]],
    files: dict[str, bytes],
    pages: dict[str, int],
    spent: tuple[float, float],
) -> str:
    measured = "\n".join(f"| {what} | {wall:.1f} | {own:.1f} |" for what, wall, own in rows)
    return f"""\
# Benchmarks: publishing

Written by `python -m tests.load.publishing` on {datetime.now(UTC).date().isoformat()}: {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, load
{os.getloadavg()[0]:.1f} (other work ran beside it: processor seconds say more than wall-clock seconds).

The whole site of {MANY} invented institutions over {MONTHS // 12} years, in English and Welsh, from their tables to files on the disk. Three
institutions were measured and take turns; what a page costs does not depend on whose numbers stand in it. Institutions are made side
by side, one process a core.

| | |
|---|---|
| files | {len(files):,} |
| pages | {len(pages):,} |
| wall-clock seconds | {spent[0]:.1f} (at most 60 wanted) |
| processor seconds, all processes | {spent[1]:.1f} |
| wall-clock by processor (1 / cores would be the best) | {spent[0] / spent[1]:.2f} |
| largest page, bytes | {max(pages.values()):,} (at most 61,440) |
| middle page, bytes | {sorted(pages.values())[len(pages) // 2]:,} |

Before that each institution is measured and passes disclosure control, whose integer programs take most of the time:

| one institution, five years, two survey waves | wall-clock s | processor s |
|---|---|---|
{measured}

So {MANY} institutions take some minutes to measure on two cores, and seconds to write.
"""


if __name__ == "__main__":
    sys.exit(main())
