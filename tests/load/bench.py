"""`make bench`: measures what DESIGN budgets, and writes docs/reference/benchmarks.md.

The workload of the report rows is the one the nearest peer was measured with: a narrative of 1,990 characters and eleven
short answers, sealed by the client beforehand, durable before the answer. Here each report is sealed to two handlers and
a custodian (the least the demonstration's outside body has), with a source sheet, epochs, leaf and signed promise.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import platform
import re
import shutil
import statistics
import subprocess
import tempfile
import threading
import time
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

from tests.load import page
from tests.reporters import Reporter, card_of
from tests.world import World, demonstration
from upstander.formats import ids
from upstander.sealing import age

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs/reference/benchmarks.md"
PATH = "/api/v1/i/marlshire/reports"
CLIENTS = (1, 4, 16)
MEGABYTE = 1024 * 1024
SUPPLY = 1_000  # reports sealed beforehand for each second of a run; a run that uses them up says so


@dataclass(frozen=True)
class Row:
    """One run. Times in milliseconds."""

    accepted: int
    refused: int
    seconds: float
    p50: float
    p99: float

    @property
    def rate(self) -> float:
        return self.accepted / self.seconds


def seal_some(job: tuple[str, str, int]) -> list[str]:
    """Worker: reports as JSON lines."""
    from upstander.sealing.cards import read_card

    text, sign, count = job
    card = read_card(text, sign)
    return [json.dumps(Reporter(card).report(), separators=(",", ":")) for _ in range(count)]


def seal(world: World, count: int) -> list[str]:
    """So many different reports, sealed on all cores."""
    _, sign = card_of(world)
    text = json.loads(world.get("/api/v1/i/marlshire/card"))["card"]
    cores = os.cpu_count() or 1
    with multiprocessing.get_context("spawn").Pool(cores) as pool:
        parts = pool.map(seal_some, [(text, sign, count // cores + 1)] * cores)
    return [line for part in parts for line in part][:count]


def by_wrk(world: World, bodies: list[str], clients: int, seconds: int, folder: Path) -> Row:
    """A closed loop of `clients` connections by wrk, each report sent once."""
    threads = min(clients, 2)
    for number in range(threads):
        (folder / f"bodies.{number}.jsonl").write_text("\n".join(bodies[number::threads]) + "\n")
    run = subprocess.run(
        ["wrk", f"-t{threads}", f"-c{clients}", f"-d{seconds}s", "--timeout", "10s", "--latency", "-s",
         str(Path(__file__).with_name("submit.lua")), f"http://localhost:{world.port}", "--", PATH, str(folder)],
        capture_output=True, text=True, timeout=seconds + 60, check=True,
    )  # fmt: skip
    found = json.loads(re.search(r"RESULT (\{.*\})", run.stdout)[1])  # type: ignore[index]
    if found["dry"]:
        print(f"  (ran out of sealed reports: {found['accepted']} accepted)", flush=True)
    return Row(
        found["accepted"],
        found["refused"] + found["errors"],
        found["seconds"],
        found["p50_ms"],
        found["p99_ms"],
    )


def by_python(world: World, bodies: list[str], clients: int, seconds: float) -> Row:
    """The same loop by the standard library's HTTP client, in threads: the kind of client the peer was measured with."""
    times: list[float] = []
    refused = [0]
    supply = iter(bodies)
    lock = threading.Lock()
    end = time.monotonic() + seconds

    def loop() -> None:
        line = HTTPConnection("localhost", world.port, timeout=20)
        while time.monotonic() < end:
            with lock:
                body = next(supply, None)
            if body is None:
                return
            begun = time.perf_counter()
            line.request("POST", PATH, body, {"Content-Type": "application/json"})
            answer = line.getresponse()
            answer.read()
            took = (time.perf_counter() - begun) * 1000
            with lock:
                if answer.status == 200:
                    times.append(took)
                else:
                    refused[0] += 1

    crowd = [threading.Thread(target=loop) for _ in range(clients)]
    begun = time.monotonic()
    for one in crowd:
        one.start()
    for one in crowd:
        one.join()
    times.sort()
    p99 = times[int(len(times) * 0.99) - 1] if times else 0.0
    return Row(len(times), refused[0], time.monotonic() - begun, statistics.median(times or [0]), p99)


def memory(world: World) -> float:
    """Resident memory of the server's processes together, in MB."""
    assert world.process is not None
    listed = subprocess.run(
        ["ps", "-o", "rss=", "-g", str(world.process.pid)], capture_output=True, text=True, check=False
    )
    return sum(int(line) for line in listed.stdout.split()) / 1024


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


def submissions(name: str, world: World, seconds: int, rounds: int, folder: Path) -> list[str]:
    """The rows of one database."""
    lines = []
    tools = [("wrk", by_wrk)] if shutil.which("wrk") else []
    for clients in CLIENTS:
        for tool, how in [*tools, ("python", None)]:
            rows = []
            for _ in range(rounds):
                bodies = seal(world, SUPPLY * seconds)
                rows.append(
                    how(world, bodies, clients, seconds, folder)
                    if how
                    else by_python(world, bodies, clients, seconds)
                )
            middle = sorted(rows, key=lambda row: row.rate)[len(rows) // 2]
            spread = f"{min(r.rate for r in rows):,.0f} to {max(r.rate for r in rows):,.0f}"
            refused = sum(row.refused for row in rows)
            lines.append(
                f"| {name} | {tool} | {clients} | **{middle.rate:,.0f}** ({spread}) | {refused} | "
                f"{middle.p50:.1f} | {middle.p99:.1f} | {memory(world):.0f} |"
            )
            print(lines[-1], flush=True)
    return lines


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


def main() -> None:
    """Runs everything and writes the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=8)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--no-page", action="store_true", help="print only")
    parser.add_argument("--no-browser", action="store_true")
    options = parser.parse_args()
    begun = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with demonstration(folder) as world:
            rows = submissions("SQLite", world, options.seconds, options.rounds, folder)
            rates = sorted(upload(world) for _ in range(5))
            seal_rows = [] if options.no_browser else page.seal_times(world)
        rows += page.postgres_rows(folder, options.seconds, options.rounds)
    text = page.write(rows, rates, seal_rows, first_load(), machine(), begun, options.seconds, options.rounds)
    if not options.no_page:
        PAGE.write_text(text)
    print(text)


if __name__ == "__main__":
    main()
