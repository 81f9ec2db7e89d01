"""The rows of the benchmark for reports taken in: sealed beforehand, sent by wrk (or Python), counted when promised.

The workload is the one the nearest peer was measured with: a narrative of 1,990 characters and eleven short answers.
Here each report is sealed to two handlers and a custodian (the least the demonstration's outside body has), with a
source sheet, epochs, leaf and signed promise.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, nullcontext
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

from tests import postgres, world
from tests.reporters import Reporter, card_of
from tests.world import World

PATH = "/api/v1/i/marlshire/reports"
CLIENTS = (1, 4, 16)
BUDGET = 1_000  # accepted a second, at 16 clients
BUDGET_P99 = 50  # milliseconds
SUPPLY = 1_300  # reports sealed beforehand for each second of a run; a run that uses them up says so


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


@dataclass(frozen=True)
class How:
    """How long, how often, with how many clients; reports sealed beforehand for each second of a run."""

    seconds: int
    rounds: int
    clients: tuple[int, ...] = CLIENTS
    supply: int = SUPPLY


def rows(
    name: str, how: How, worlds: Iterator[tuple[AbstractContextManager[World], list[str]]], folder: Path
) -> list[str]:
    """The table's rows of one database, and what they say of the budget. Each run has its own world and reports."""
    send, tool = (by_wrk, "wrk") if shutil.which("wrk") else (by_python, "python")
    lines = []
    for clients in how.clients:
        runs, memories = [], []
        for _ in range(how.rounds):
            place, bodies = next(worlds)
            with place as here:
                runs.append(send(here, bodies, clients, how.seconds, folder))
                memories.append(memory(here))
        runs.sort(key=lambda run: run.rate)
        middle = runs[len(runs) // 2]
        lines.append(
            f"| {name} | {tool} | {clients} | **{middle.rate:,.0f}** ({runs[0].rate:,.0f} to {runs[-1].rate:,.0f}) | "
            f"{sum(run.refused for run in runs)} | {middle.p50:.1f} | {middle.p99:.1f} | {max(memories):.0f} |"
        )
        print(lines[-1], flush=True)
        if clients == 16:
            met = middle.rate >= BUDGET and middle.p99 < BUDGET_P99 and not any(run.refused for run in runs)
            verdict = (
                f"{name}: {'met' if met else '**missed**'}, {middle.rate:,.0f}/s and p99 {middle.p99:.1f} ms."
            )
    return [*lines, verdict] if 16 in how.clients else lines


def on_sqlite(how: How, folder: Path) -> list[str]:
    """Every run on a fresh copy of one demonstration, so that one supply of sealed reports serves them all."""
    made = world.made_once(folder)
    (folder / "first").mkdir()
    with world.copy_of(made, folder / "first") as here:
        bodies = seal(here, how.supply * how.seconds)

    def worlds() -> Iterator[tuple[AbstractContextManager[World], list[str]]]:
        while True:
            yield world.copy_of(made, Path(tempfile.mkdtemp(dir=folder))), bodies

    return rows("SQLite", how, worlds(), folder)


def on_postgres(how: How, folder: Path) -> list[str]:
    """On a throwaway PostgreSQL with its usual durability, beside the load generator."""
    programs = postgres.programs()
    if programs is None:
        return ["PostgreSQL was not measured: it is not installed."]

    def worlds() -> Iterator[tuple[AbstractContextManager[World], list[str]]]:
        with (
            postgres.cluster(programs, durable=True) as url,
            tempfile.TemporaryDirectory(dir=folder) as name,
            world.demonstration(Path(name), database=url) as here,
        ):
            while True:
                yield nullcontext(here), seal(here, how.supply * how.seconds)

    with closing(worlds()) as supply:
        return rows("PostgreSQL", how, supply, folder)


def work(folder: Path, count: int = 600) -> str:
    """Processor time of one report inside the server, in words: the figure that a busy machine changes least."""
    made = world.made_once(folder)
    (folder / "work").mkdir()
    with world.copy_of(made, folder / "work") as here:
        bodies = seal(here, count)
    (folder / "bodies.jsonl").write_text("\n".join(bodies))
    copy = folder / "inprocess"
    shutil.copytree(made, copy)
    run = subprocess.run(
        [sys.executable, "-m", "tests.load.inprocess", str(copy), str(folder / "bodies.jsonl")],
        capture_output=True, text=True, timeout=600, check=True,
    )  # fmt: skip
    return run.stdout.strip()
