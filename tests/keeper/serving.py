"""Keepers as real processes: dealt, started without Django, asked, and stopped by their own handle."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from upstander.keeper import home, process, trial
from upstander.keepers.roster import Roster

ROOT = Path(__file__).parents[2]


@dataclass
class Running:
    """Keepers that serve on this machine. `addresses` by name."""

    folder: Path
    addresses: dict[str, str]
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def roster(self) -> Roster:
        """The roster they all signed."""
        return home.load(self.folder / next(iter(self.addresses))).roster

    @property
    def roster_file(self) -> Path:
        """As it lies in a keeper's folder."""
        return self.folder / next(iter(self.addresses)) / "roster.json"

    def beat(self, times: int = 2) -> None:
        """So many beats of each: on the first a day is set, on the second (with no wait) it has come."""
        for _ in range(times):
            for name in self.processes:
                process.beat_once(self.folder / name)

    def stop(self, *names: str) -> list[int]:
        """Stops these keepers, or all; answers their exit codes."""
        stopped = [self.processes.pop(name) for name in names or tuple(self.processes)]
        for one in stopped:
            one.send_signal(signal.SIGTERM)
        return [one.wait(timeout=30) for one in stopped]


@contextmanager
def running(
    folder: Path,
    names: Sequence[str],
    needs: int = 2,
    ready: Callable[[Path], object] = id,
    every: str = "3600",
) -> Iterator[Running]:
    """Deals a key, starts a process for each name, waits until all answer, and stops them at the end.

    `ready` is called with the folder of folders before any of them starts.
    """
    first = free_ports(len(names))
    addresses = trial.deal(folder, names, needs, epoch="trial", first_port=first, wait=(0, 0))
    made = Running(folder, addresses)
    ready(folder)
    program = "import sys\nfrom upstander.cli.main import main\nsys.exit(main(sys.argv[1:]))"
    try:
        for name, address in addresses.items():
            words = ["keeper", "serve", "--folder", str(folder / name), "--every", every]
            made.processes[name] = subprocess.Popen(
                [sys.executable, "-c", program, *words, "--port", address.rpartition(":")[2]],
                env={**os.environ, "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"},
            )
        for address in addresses.values():
            answers(f"{address}/v1/keeper")
        yield made
    finally:
        made.stop()


def answers(url: str) -> bytes:
    """What an address answers, once it does."""
    for _ in range(200):
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                return bytes(answer.read())
        except OSError:
            time.sleep(0.1)
    pytest.fail(f"{url} did not answer in twenty seconds")


def free_ports(count: int) -> int:
    """The first of some ports in a row that nobody uses."""
    for first in range(19_300, 20_300, 10):
        found = []
        try:
            for port in range(first, first + count):
                found.append(socket.socket())
                found[-1].bind(("127.0.0.1", port))
        except OSError:
            continue
        finally:
            for one in found:
                one.close()
        return first
    pytest.fail(f"no {count} free ports in a row")
