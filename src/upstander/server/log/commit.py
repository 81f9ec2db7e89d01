"""`perform`: the one door through which everything changes.

Rows and leaf are committed together or not at all.

Acts that arrive at the same time share a transaction. Whoever gets the lock commits for all who wait, so
there is no thread of our own, and tests, commands and shutdown need nothing special. After an error in a
shared transaction its halves are run again: in the end a bad act fails alone, and the good path needs no
savepoints.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from django.db import IntegrityError, OperationalError, transaction
from django.db.models import Model

from upstander.server.errors import Refusal, busy, conflict
from upstander.server.log import append
from upstander.server.log.drafts import Done, LeafDraft, server_leaf
from upstander.server.log.insert import insert
from upstander.server.log.models import Leaf

__all__ = ["Done", "LeafDraft", "first_promise", "perform", "pressure", "repeated", "server_leaf"]

BATCH = 256  # acts in one transaction
QUEUE_BYTES = 64 * 1024 * 1024  # what may wait before new acts are told to come back
repeated = append.repeated
first_promise = append.first_promise
log = logging.getLogger("upstander.log")
Change = Callable[[], Done]


@dataclass(eq=False)
class _Job:
    change: Change
    known: LeafDraft | None
    size: int
    done: bool = False
    promise: str = ""
    error: BaseException | None = None
    leaf: Leaf | None = field(default=None, repr=False)

    def fail(self, error: BaseException) -> None:
        self.error = error
        self.done = True

    def answer(self, leaf: Leaf) -> None:
        self.leaf = leaf
        self.done = True


class _Queue:
    """Jobs that wait, bounded by the bytes they carry."""

    def __init__(self) -> None:
        self._jobs: deque[_Job] = deque()
        self._bytes = 0
        self._lock = threading.Lock()
        self.seconds = 0.0  # what a transaction takes, the newest weighing most

    def push(self, job: _Job) -> None:
        with self._lock:
            if self._jobs and self._bytes + job.size > QUEUE_BYTES:
                raise busy()
            self._jobs.append(job)
            self._bytes += job.size

    def drain(self, most: int) -> list[_Job]:
        with self._lock:
            batch = [self._jobs.popleft() for _ in range(min(most, len(self._jobs)))]
            self._bytes -= sum(job.size for job in batch)
            return batch

    def took(self, seconds: float) -> None:
        self.seconds += (seconds - self.seconds) / 8

    def fullness(self) -> float:
        return self._bytes / QUEUE_BYTES


_queue = _Queue()
_turn = threading.Lock()


def perform(change: Change, known: LeafDraft | None = None, size: int = 4096) -> str:
    """Run `change` inside a transaction, store its rows and its leaf, and answer the signed promise.

    `change` reads, checks and updates what it must and answers the new rows; it may run several times and
    must have no other effect (use `transaction.on_commit`). `known` is the act's leaf where it is known
    beforehand: an act that was performed before then answers its first promise, or `conflict` if it says
    something else.
    `size` in bytes. Raises whatever `change` raises, and the `busy` Refusal when too much is waiting.
    """
    job = _Job(change, known, size)
    _queue.push(job)
    with _turn:
        # `while`, not `if`: the batch limit may have left our own job in the queue.
        while not job.done:
            _commit(_queue.drain(BATCH))
    if job.error is not None:
        raise job.error
    assert job.leaf is not None
    return append.promise(job.leaf)


def pressure() -> tuple[float, float]:
    """How full the queue is (0 to 1), and the seconds a shared transaction takes of late."""
    return _queue.fullness(), _queue.seconds


def _commit(jobs: list[_Job]) -> None:
    begun = time.monotonic()
    try:
        _settle(jobs)
    except BaseException as error:
        for job in jobs:
            if not job.done:
                job.fail(busy())
        if not isinstance(error, Exception):
            raise
    finally:
        _queue.took(time.monotonic() - begun)


def _settle(jobs: list[_Job]) -> None:
    """Together if it works, else in halves: one bad act costs a few transactions more, not one each."""
    try:
        answers = _run(jobs)
    except Exception as error:
        if len(jobs) == 1:
            _alone_failed(jobs[0], error)
            return
        middle = len(jobs) // 2
        _settle(jobs[:middle])
        _settle(jobs[middle:])
        return
    for job, leaf in answers:
        if not job.done:
            job.answer(leaf)


def _run(jobs: list[_Job]) -> list[tuple[_Job, Leaf]]:
    with transaction.atomic():
        there = append.performed(job.known for job in jobs if job.known is not None)
        rows: list[Model] = []
        answers: list[tuple[_Job, Leaf]] = []
        new: list[Leaf] = []
        for job in jobs:
            if job.known is not None and job.known.act in there:
                _compare(job, there[job.known.act])
                answers.append((job, there[job.known.act]))
                continue
            done = job.change()
            leaf = append.make_leaf(done.leaf)
            rows += done.rows
            rows += append.openings(done)
            new += [leaf, *map(append.make_leaf, done.also)]
            there[leaf.act] = leaf
            answers.append((job, leaf))
        insert(rows)
        insert(new)
    return answers


def _compare(job: _Job, leaf: Leaf) -> None:
    """Nothing was written for a repeated act, so one that conflicts fails without disturbing the others."""
    assert job.known is not None
    try:
        append.same_or_conflict(leaf, job.known)
    except Refusal as refusal:
        job.fail(refusal)


def _alone_failed(job: _Job, error: Exception) -> None:
    """Tell a database error in plain words; another process may have performed the same act first."""
    if isinstance(error, IntegrityError):
        leaf = append.performed([job.known]).get(job.known.act) if job.known is not None else None
        if leaf is None or job.known is None:
            job.fail(conflict("Something with the same number is already here."))
            return
        _compare(job, leaf)
        if not job.done:
            job.answer(leaf)
        return
    if isinstance(error, OperationalError):
        log.error("the database did not take an act", exc_info=error)
        job.fail(busy())
        return
    job.fail(error)
