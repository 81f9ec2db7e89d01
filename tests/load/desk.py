"""Desk pages over 10,000 cases: `python -m tests.load.desk`, part of `make bench`. Writes benchmarks-desk.md.

Pages are asked of the application in this process: queries counted, processor time and time on the clock told. With a
folder (`python -m tests.load.desk FOLDER`) the cases stay there, and the next run begins at once.
"""

from __future__ import annotations

import datetime
import os
import platform
import statistics
import sys
import time
from pathlib import Path
from typing import Any

PAGE = Path(__file__).parents[2] / "docs/reference/benchmarks-desk.md"
CASES = 10_000
TIMES = 7  # each page is asked
BUDGET = 200  # milliseconds on the server
HEAD = """\
# Benchmarks of the desk

Written by `python -m tests.load.desk` (part of `make bench`). Pages are asked of the application in one process, without HTTP. Cases are rows as
casework writes them, each with 4 KB or more of sealed bytes that nobody can open: what a page of codes and days asks for is all there.
"""


def main() -> None:
    """Makes the cases where there are none yet, asks each page, writes the table."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    if len(sys.argv) > 1:
        from upstander.server.installation import create

        create(Path(sys.argv[1]))
        os.environ["UPSTANDER_DATA"] = sys.argv[1]
        os.environ["DJANGO_SETTINGS_MODULE"] = "upstander.server.settings"
    import django

    django.setup()
    from django.core.management import call_command
    from django.test.utils import setup_test_environment

    setup_test_environment()  # the client asks for a host that is allowed only in tests
    call_command("migrate", verbosity=0)
    PAGE.write_text(HEAD + "\n" + "\n".join(_measured()) + "\n", "utf-8")


def _measured() -> list[str]:
    from tests.desk_pages import PAGES, address, readers
    from upstander.server.casework.models import Fact

    load = os.getloadavg()
    case = _case()
    clients = readers()
    rows = [_row(clients[who], address(path, case)) for path, who in PAGES]
    today = datetime.datetime.now(datetime.UTC).date()
    machine = f"{os.cpu_count()} cores, {platform.system()} {platform.release()}, Python {platform.python_version()}"
    late = [row for row in rows if "**missed**" in row]
    verdict = f"{len(late)} of {len(rows)} pages missed it." if late else "Every page is within it."
    return [
        f"{today.isoformat()}, {machine}, SQLite. Load average when it began: {load[0]:.1f} (15 minutes: {load[2]:.1f}).",
        f"{CASES:,} cases with {Fact.objects.count():,} coded facts, all of them one handler's; every third also a colleague's.",
        "",
        f"| page | queries | processor ms, median of {TIMES} | on the clock ms, median (lowest to highest) | budget |",
        "|---|---|---|---|---|",
        *rows,
        "",
        f"Budget: {BUDGET} ms on the server, by processor time, and a handful of queries. {verdict}",
    ]


def _case() -> str:
    """One of the cases; all are made first where there are none."""
    from tests import people
    from tests.many import many_cases
    from tests.server.oversight.seers import give_key, overseer_of
    from upstander.server.cases.models import Case

    if not Case.objects.exists():
        force = people.found_force()
        overseer_of(force)
        give_key(force.administrator)
        many_cases(force, CASES)
    return str(Case.objects.filter(state=Case.State.OPEN).order_by("-day", "id")[0].id)


def _row(client: Any, path: str) -> str:
    from django.db import connection

    assert client.get(path).status_code == 200, path
    found: list[str] = []

    def count(execute: Any, sql: str, *rest: Any) -> Any:
        found.append(sql)
        return execute(sql, *rest)

    with connection.execute_wrapper(count):
        client.get(path)
    spent, clock = [], []
    for _ in range(TIMES):
        a, b = time.process_time(), time.perf_counter()
        client.get(path)
        spent.append((time.process_time() - a) * 1000)
        clock.append((time.perf_counter() - b) * 1000)
    name = "/".join("<id>" if len(part) == 26 else part for part in path.split("/"))
    kept = "kept" if statistics.median(spent) <= BUDGET else "**missed**"
    return (
        f"| `{name}` | {len(found)} | {statistics.median(spent):.0f} | "
        f"{statistics.median(clock):.0f} ({min(clock):.0f} to {max(clock):.0f}) | {kept} |"
    )


if __name__ == "__main__":
    main()
