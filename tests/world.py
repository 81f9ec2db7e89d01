"""A whole Upstander for tests that need a real one: a demonstration in a throwaway folder, served by a real process.

Used by the browser journeys, the fault tests and the benchmark. Everything stays on loopback and ends with its test.
"""

from __future__ import annotations

import fcntl
import json
import os
import random
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

START_SECONDS = 60


def free_port() -> int:
    """A port on loopback that nobody listens on, below those that a system gives to connections going out."""
    while True:
        port = random.randrange(20_000, 32_000)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def command(*words: str) -> list[str]:
    """The `upstander` command of this environment."""
    return [sys.executable, "-m", "upstander.cli.main", *words]


@dataclass
class World:
    """A demonstration installation and the process that serves it. `output` holds all the server ever printed."""

    data: Path
    port: int
    output: Path
    environment: dict[str, str]
    process: subprocess.Popen[bytes] | None = None

    @property
    def origin(self) -> str:
        """`localhost`, not 127.0.0.1: passkeys want a name."""
        return f"http://localhost:{self.port}"

    @property
    def demonstration(self) -> dict[str, Any]:
        """What the demonstration's sheet is printed from: links, words, shares."""
        return dict(json.loads((self.data / "demonstration.json").read_text()))

    def start(self) -> None:
        """Serves, and returns when the server answers."""
        with self.output.open("ab") as output:
            self.process = subprocess.Popen(
                command("serve", "--data", str(self.data), "--port", str(self.port)),
                env=self.environment,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise RuntimeError(f"the server ended:\n{self.output.read_text()[-3000:]}")
            try:
                self.get("/api/v1/i/marlshire/card")
            except (urllib.error.URLError, ConnectionError):
                time.sleep(0.05)
            else:
                return
        raise RuntimeError("the server does not answer")

    def stop(self) -> None:
        """Asks the server to end, and waits."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """Ends the server and its workers at once, as a power cut would."""
        self._end(signal.SIGKILL)

    def _end(self, how: signal.Signals) -> None:
        if self.process is None:
            return
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, how)
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(10)
        self.process = None

    def until_published(self) -> None:
        """Waits for the beat after which everything that was done until now is in the published record."""
        waiting = (
            "SELECT count(*) FROM log_leaf WHERE log_id IS NULL OR"
            ' "index" >= (SELECT published FROM log_log WHERE generation = log_id)'
        )
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            with closing(sqlite3.connect(self.data / "db.sqlite3")) as database:
                if database.execute(waiting).fetchone() == (0,):
                    return
            time.sleep(0.2)
        raise RuntimeError("the record does not go on")

    def get(self, path: str, headers: dict[str, str] | None = None) -> bytes:
        """The body of a GET. Raises urllib's errors."""
        request = urllib.request.Request(f"http://localhost:{self.port}{path}", headers=headers or {})
        with urllib.request.urlopen(request, timeout=20) as answer:
            return bytes(answer.read())

    def send(
        self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None
    ) -> tuple[int, Any]:
        """Sends JSON, or bytes as they are. Answers status and parsed body (None if there is none)."""
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        kind = "application/octet-stream" if isinstance(body, bytes) else "application/json"
        request = urllib.request.Request(
            f"http://localhost:{self.port}{path}",
            data=raw,
            method=method,
            headers={"Content-Type": kind, **(headers or {})},
        )
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                text = answer.read()
                return answer.status, json.loads(text) if text else None
        except urllib.error.HTTPError as error:
            text = error.read()
            return error.code, json.loads(text) if text else None


@contextmanager
def demonstration(folder: Path, database: str = "") -> Iterator[World]:
    """A served demonstration under `folder`, ended and removed with the block. `database` a PostgreSQL address."""
    world = _world(folder)
    if database:
        world.environment["UPSTANDER_DATABASE_URL"] = database
    _make(world)
    with _served(world):
        yield world


def made_once(folder: Path) -> Path:
    """A demonstration's data folder that nobody serves, made by whoever of several processes comes first."""
    world = _world(folder / "made")
    folder.joinpath("made").mkdir(exist_ok=True)
    with (folder / "made.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not world.data.exists():
            _make(world)
    return world.data


@contextmanager
def copy_of(made: Path, folder: Path) -> Iterator[World]:
    """Serves a copy of a demonstration that `made_once` made, under `folder`."""
    world = _world(folder)
    shutil.copytree(made, world.data)
    with _served(world):
        yield world


def _world(folder: Path) -> World:
    port = free_port()
    environment = {key: value for key, value in os.environ.items() if not key.startswith("UPSTANDER_")}
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    environment["UPSTANDER_ORIGIN"] = f"http://localhost:{port}"
    return World(folder / "data", port, folder / "output.txt", environment)


def _make(world: World) -> None:
    done = subprocess.run(
        command("demo", "--data", str(world.data), "--port", str(world.port)),
        env=world.environment,
        capture_output=True,
        timeout=180,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"no demonstration:\n{done.stdout.decode()}\n{done.stderr.decode()}")


@contextmanager
def _served(world: World) -> Iterator[None]:
    world.output.write_bytes(b"")
    try:
        world.start()
        yield
    finally:
        world.stop()
        shutil.rmtree(world.data, ignore_errors=True)
