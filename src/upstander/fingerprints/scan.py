"""Runs a scan: one process a core, one file at a time, watched, and replaced when a decoder breaks it.

A file that kills its process or takes for ever is written down as not assessed, and the scan goes on.
"""

import multiprocessing
import os
import resource
import signal
import time
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from typing import Any, Final

from upstander.fingerprints.assess import Outcome, assess
from upstander.fingerprints.bank import Bank
from upstander.fingerprints.compare import Comparer
from upstander.fingerprints.findings import Lead, lead_from_json, set_aside
from upstander.fingerprints.journal import Journal
from upstander.fingerprints.memory import guard
from upstander.fingerprints.walk import File, Passed, shown, walk

MEMORY: Final = 6 * 2**30  # bytes of address space for each process
PATIENCE: Final = 300.0  # seconds for a file, and one more for each MiB


@dataclass(slots=True)
class Progress:
    """How far a scan is: files and bytes, and seconds since it began (`began` counts what a journal had)."""

    files: int = 0
    of: int = 0
    bytes: int = 0
    of_bytes: int = 0
    began: int = 0
    leads: int = 0
    seconds: float = 0.0

    @property
    def seconds_left(self) -> float | None:
        """From the bytes so far; None before there is anything to go by."""
        done = self.bytes - self.began
        return (self.of_bytes - self.bytes) * self.seconds / done if done > 0 and self.seconds > 1 else None


@dataclass(slots=True)
class Result:
    """All of a scan, from its journal."""

    files: int = 0
    pictures: int = 0
    frames: int = 0
    other: int = 0
    plain: list[str] = field(default_factory=list)
    unread: list[tuple[str, str]] = field(default_factory=list)
    leads: list[Lead] = field(default_factory=list)
    set_aside: list[tuple[int, int]] = field(default_factory=list)


def scan(
    roots: Sequence[str],
    bank: Bank,
    journal: Journal,
    *,
    workers: int,
    tell: Callable[[Progress], None] = lambda _: None,
    patience: float = PATIENCE,
) -> None:
    """Looks at every file that the journal does not have yet. Raises FingerprintError for bad roots."""
    progress = Progress()
    for found in walk(roots):
        progress.of += 1
        progress.of_bytes += found.size if isinstance(found, File) else 0
    started = time.monotonic()

    def note(file: File | Passed, outcome: dict[str, Any] | None) -> None:
        if outcome is not None:
            journal.add(_key(file), shown(file.path), outcome)
            progress.leads += len(outcome["leads"])
        size = file.size if isinstance(file, File) else 0
        progress.files, progress.bytes = progress.files + 1, progress.bytes + size
        progress.began += size if outcome is None else 0
        progress.seconds = time.monotonic() - started
        tell(progress)

    def left() -> Iterator[File]:
        for found in walk(roots):
            if journal.has(_key(found)):
                note(found, None)
            elif isinstance(found, Passed):
                note(found, _unread(found.path, found.reason))
            else:
                yield found

    crew = [_Worker(bank) for _ in range(max(1, workers))]
    try:
        _share_out(left(), crew, note, patience)
    finally:
        for worker in crew:
            worker.end()


def result(journal: Journal) -> Result:
    """Adds up a journal: the same journal gives the same result, however often the scan was killed."""
    total = Result()
    leads: list[Lead] = []
    for outcome in journal.outcomes():
        total.files += 1
        total.pictures += outcome["pictures"]
        total.frames += outcome["frames"]
        total.other += outcome["other"]
        total.plain += outcome["plain"]
        total.unread += [(place, reason) for place, reason in outcome["unread"]]
        leads += [lead_from_json(one) for one in outcome["leads"]]
    total.leads, total.set_aside = set_aside(leads)
    return total


def _key(found: File | Passed) -> str:
    return found.key if isinstance(found, File) else f"passed:{found.reason}:{shown(found.path)}"


def _unread(path: str, reason: str) -> dict[str, Any]:
    return Outcome(unread=[(shown(path), reason)]).to_json()


class _Worker:
    """A process that looks at one file after the other."""

    def __init__(self, bank: Bank) -> None:
        self._bank = bank
        self.file: File | None = None
        self.since = 0.0
        self._start()

    def _start(self) -> None:
        context = multiprocessing.get_context("spawn")
        self.connection, theirs = context.Pipe()
        self._process = context.Process(target=_work, args=(theirs, self._bank), daemon=True)
        self._process.start()
        theirs.close()

    def give(self, file: File) -> None:
        """Hands it a file. A process that is gone is noticed when its answer is waited for."""
        self.file, self.since = file, time.monotonic()
        try:
            self.connection.send(file)
        except OSError:
            self._process.kill()

    def again(self) -> None:
        """Ends the process, whatever it does, and starts another."""
        self.end()
        self._start()

    def end(self) -> None:
        """Ends the process."""
        self._process.kill()
        self._process.join()
        self.connection.close()


def _share_out(
    files: Iterable[File],
    crew: list[_Worker],
    note: Callable[[File, dict[str, Any] | None], None],
    patience: float,
) -> None:
    source = iter(files)
    idle, busy = list(crew), list[_Worker]()
    while True:
        while idle and (file := next(source, None)) is not None:
            worker = idle.pop()
            worker.give(file)
            busy.append(worker)
        if not busy:
            return
        ready = wait([worker.connection for worker in busy], timeout=1.0)
        for worker in list(busy):
            file = worker.file
            if file is None:
                continue
            if worker.connection in ready:
                outcome = _answer(worker, file)
            elif time.monotonic() - worker.since > patience + file.size / 2**20:
                outcome = _unread(file.path, "took too long to look at")
                worker.again()
            else:
                continue
            note(file, outcome)
            worker.file = None
            busy.remove(worker)
            idle.append(worker)


def _answer(worker: _Worker, file: File) -> dict[str, Any]:
    try:
        outcome: dict[str, Any] = worker.connection.recv()
    except (EOFError, OSError):
        worker.again()
        return _unread(file.path, "stopped the program that looked at it: damaged or hostile")
    return outcome


def _work(connection: "Connection[Any, Any]", bank: Bank) -> None:
    """What a process does. It ends when the other side does."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    guard()
    os.nice(5)
    warnings.simplefilter(
        "ignore"
    )  # decoders name what they dislike; the list of what was not assessed says it
    comparer = Comparer(bank)
    while True:
        try:
            file = connection.recv()
            connection.send(assess(file, comparer).to_json())
        except (EOFError, OSError):
            return
