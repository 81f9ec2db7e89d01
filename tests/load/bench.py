"""`make bench`: measures what DESIGN budgets, and writes docs/reference/benchmarks.md.

    make bench                 everything
    make bench PART=reports    one part; the others stay on the page as they were

Parts: reports, work, postgres, files, seal, load. Each says when and on what it was measured.
"""

from __future__ import annotations

import argparse
import datetime
import json
import os
import platform
import re
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from http.client import HTTPConnection
from pathlib import Path

from tests.load import browser, reports
from tests.world import World, demonstration
from upstander.formats import ids
from upstander.sealing import age

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs/reference/benchmarks.md"
MEGABYTE = 1024 * 1024
HEAD = """\
# Benchmarks

Written by `make bench`, part by part (`make bench PART=reports`); nothing here is typed by hand but the budgets and the words around
the figures. Take ratios rather than single figures: such machines are noisy, and a part that says a load average far above
nothing was measured beside other work. Client and server share the machine; plain HTTP on loopback.
"""
COLUMNS = [
    "| database | client | clients | accepted/s | refused | p50 ms | p99 ms | server MB |",
    "|---|---|---|---|---|---|---|---|",
]
WORKLOAD = """\
One report: a narrative of 1,990 characters and eleven short answers, a source sheet, sealed beforehand to the outside body's two
handlers and its custodian: 37 KB. One request; durable (fsync), with its leaf, before the signed promise is answered. The nearest
peer's work was one recipient, on the same kind of machine: 19.2/s with 1 client, 7.3/s with 4 (43 % refused), 4.8/s with 16 (66 %
refused)."""


def upload(world: World, size: int = 10 * 1000 * 1000) -> float:
    """MB a second for one file of `size` bytes, sealed bytes already there, each part on the disk before its answer."""
    data = age.seal(os.urandom(size), [age.recipient_of(age.new_identity())])
    size = len(data)
    upload_id = ids.new_id()
    parts = -(-size // MEGABYTE)
    line = HTTPConnection("localhost", world.port, timeout=30)
    begun = time.perf_counter()
    base = f"/api/v1/i/marlshire/uploads/{upload_id}"
    jobs = [("PUT", base, json.dumps({"size": size, "parts": parts}).encode(), "application/json")]
    jobs += [
        ("PUT", f"{base}/parts/{n}", data[n * MEGABYTE : (n + 1) * MEGABYTE], "application/octet-stream")
        for n in range(parts)
    ]
    for method, path, body, kind in jobs:
        line.request(method, path, body, {"Content-Type": kind})
        answer = line.getresponse()
        answer.read()
        assert answer.status == 204, (path, answer.status)
    return size / 1e6 / (time.perf_counter() - begun)


def first_load() -> str:
    """What the build says of the bytes of the first load."""
    run = subprocess.run(
        ["node", "client/build.mjs", "--size"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return run.stdout.strip()


def machine() -> str:
    """The machine in one line."""
    model = next(
        (
            line.split(":")[1].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if "model name" in line
        ),
        "?",
    )
    gib = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{os.cpu_count()} cores ({model}), {gib:.0f} GiB, {platform.system()} {platform.release()}, Python {platform.python_version()}"


def _table(lines: list[str]) -> list[str]:
    """Rows under their columns; what is no row, after them."""
    is_row = [line.startswith("|") for line in lines]
    table = [line for line, row in zip(lines, is_row, strict=True) if row]
    words = [line for line, row in zip(lines, is_row, strict=True) if not row]
    return [*([*COLUMNS, *table, ""] if table else []), *words]


def part_reports(how: reports.How, folder: Path) -> list[str]:
    """Reports accepted, SQLite."""
    said = f"Closed loop, {how.seconds} s a run, median of {how.rounds} (lowest to highest)."
    budget = "Budget: at least 1,000/s with no refusals at 16 clients, p99 under 50 ms, SQLite."
    return [WORKLOAD, said, "", *_table(reports.on_sqlite(how, folder)), "", budget]


def part_work(how: reports.How, folder: Path) -> list[str]:
    """What a report costs the server."""
    return [
        "The same reports, handed to the application inside one process, without HTTP:",
        reports.work(folder),
    ]


def part_postgres(how: reports.How, folder: Path) -> list[str]:
    """Reports accepted, PostgreSQL."""
    said = "The same work, with the database on the same machine."
    try:
        return [said, "", *_table(reports.on_postgres(how, folder))]
    except RuntimeError as error:  # the demonstration that all parts use brings its own SQLite
        return [said, "", f"Not measured: {str(error).strip().splitlines()[-1]}"]


def part_files(how: reports.How, folder: Path) -> list[str]:
    """Files."""
    with demonstration(folder) as world:
        rates = sorted(upload(world) for _ in range(5))
    return [
        f"A sealed file of 10 MB in parts of 1 MiB, each on the disk before its answer: {statistics.median(rates):.0f} MB/s "
        f"(median of {len(rates)}, {rates[0]:.0f} to {rates[-1]:.0f})."
    ]


def part_seal(how: reports.How, folder: Path) -> list[str]:
    """Sealing and sending in the browser."""
    with demonstration(folder) as world:
        return browser.section(world)


def part_load(how: reports.How, folder: Path) -> list[str]:
    """First load."""
    return ["```", first_load(), "```"]


PARTS: dict[str, Callable[[reports.How, Path], list[str]]] = {
    "reports": part_reports,
    "work": part_work,
    "postgres": part_postgres,
    "files": part_files,
    "seal": part_seal,
    "load": part_load,
}


def sections(page: str) -> dict[str, str]:
    """What stands under each heading of a page."""
    pieces = re.split(r"^## (.+)\n", page, flags=re.MULTILINE)[1:]
    return {title: body.strip() for title, body in zip(pieces[::2], pieces[1::2], strict=True)}


def write(page: str, fresh: dict[str, str]) -> str:
    """The page with these sections in the place of the old ones, in the order of `PARTS`."""
    there = {**sections(page), **fresh}
    titles = [_title(part) for part in PARTS.values()]
    order = [*titles, *(title for title in there if title not in titles)]
    return "\n".join([HEAD, *(f"## {title}\n\n{there[title]}\n" for title in order if title in there)])


def _title(part: Callable[[reports.How, Path], list[str]]) -> str:
    return str(part.__doc__).rstrip(".")


def main() -> None:
    """Measures what was asked for, and writes each part on the page as soon as it is there."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--part", choices=PARTS, help="only this one")
    parser.add_argument("--seconds", type=int, default=5, help="length of a run (default: 5)")
    parser.add_argument(
        "--rounds", type=int, default=3, help="runs, of which the middle one counts (default: 3)"
    )
    parser.add_argument("--clients", type=int, nargs="+", default=reports.CLIENTS)
    parser.add_argument(
        "--supply",
        type=int,
        default=reports.SUPPLY,
        help=f"reports sealed beforehand for each second of a run (default: {reports.SUPPLY}); fewer on a slow machine",
    )
    parser.add_argument("--no-page", action="store_true", help="print only")
    options = parser.parse_args()
    how = reports.How(options.seconds, options.rounds, tuple(options.clients), options.supply)
    for name in [options.part] if options.part else PARTS:
        busy = os.getloadavg()[0]
        with tempfile.TemporaryDirectory() as folder:
            lines = PARTS[name](how, Path(folder))
        day = datetime.datetime.now(datetime.UTC).date().isoformat()
        stamp = f"{day}, {machine()}. Load average when it began: {busy:.1f}."
        section = "\n".join([stamp, "", *lines])
        print(f"{section}\n", flush=True)
        if not options.no_page:
            PAGE.write_text(write(PAGE.read_text(), {_title(PARTS[name]): section}))


if __name__ == "__main__":
    main()
