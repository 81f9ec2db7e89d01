"""Desk pages over 10,000 cases: `python -m tests.load.desk`, part of `make bench`. Writes benchmarks-desk.md.

Pages are asked of the application in this process: queries counted, processor time and time on the clock told.
"""

from __future__ import annotations

import datetime
import os
import platform
import statistics
import time
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs/reference/benchmarks-desk.md"
CASES = 10_000
BUDGET = 200  # milliseconds on the server
HEAD = """\
# Benchmarks of the desk

Written by `python -m tests.load.desk` (part of `make bench`). Pages are asked of the application in one process, without HTTP. Cases are rows as
casework writes them, in which nothing is sealed: what a page of codes and days asks for is all there.
"""


def main() -> None:
    """Makes the cases in a throwaway database, asks each page five times, writes the page."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    import django

    django.setup()
    from django.core.management import call_command
    from django.test.utils import setup_test_environment

    setup_test_environment()  # the client asks for a host that is allowed only in tests
    call_command("migrate", verbosity=0)
    PAGE.write_text(HEAD + "\n" + "\n".join(_measured()) + "\n", "utf-8")


def _measured() -> list[str]:
    from tests import people
    from tests.many import many_cases
    from tests.server.oversight.seers import overseer_of

    load = os.getloadavg()[0]
    force = people.found_force()
    begun = time.perf_counter()
    first = many_cases(force, CASES)[-1]
    made = time.perf_counter() - begun
    desk = force.handler.client()
    rows = [_row(desk, path.format(case=first)) for path in (
        "/desk/", "/desk/queue/", "/desk/queue/?view=late", "/desk/cases/{case}/", "/desk/cases/{case}/file/",
        "/desk/cases/{case}/file/decisions/",
    )]  # fmt: skip
    client = overseer_of(force)
    rows += [_row(client, f"/desk/oversight/{path}") for path in ("", "list/silent/", f"cases/{first}/")]
    today = datetime.datetime.now(datetime.UTC).date()
    machine = f"{os.cpu_count()} cores, {platform.system()} {platform.release()}, Python {platform.python_version()}"
    late = [row for row in rows if "**missed**" in row]
    verdict = f"{len(late)} of {len(rows)} pages missed it." if late else "Every page is within it."
    return [
        f"{today.isoformat()}, {machine}, SQLite. Load average when it began: {load:.1f}.",
        f"{CASES:,} cases with {4 * CASES:,} coded facts, written in {made:.0f} s, all of them one handler's.",
        "",
        "| page | queries | processor ms, median of 5 | on the clock ms, median (lowest to highest) | budget |",
        "|---|---|---|---|---|",
        *rows,
        "",
        f"Budget: {BUDGET} ms on the server and a handful of queries. {verdict}",
    ]


def _row(client: object, path: str) -> str:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    spent, clock = [], []
    client.get(path)  # type: ignore[attr-defined]
    with CaptureQueriesContext(connection) as found:
        client.get(path)  # type: ignore[attr-defined]
    for _ in range(5):
        a, b = time.process_time(), time.perf_counter()
        answer = client.get(path)  # type: ignore[attr-defined]
        spent.append((time.process_time() - a) * 1000)
        clock.append((time.perf_counter() - b) * 1000)
        assert answer.status_code == 200, path
    name = "/".join("<id>" if len(part) == 26 else part for part in path.split("/"))
    kept = "kept" if statistics.median(spent) <= BUDGET else "**missed**"
    return (
        f"| `{name}` | {len(found)} | {statistics.median(spent):.0f} | "
        f"{statistics.median(clock):.0f} ({min(clock):.0f} to {max(clock):.0f}) | {kept} |"
    )


if __name__ == "__main__":
    main()
