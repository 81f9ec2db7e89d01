"""`perform`: the one door through which everything changes.

Rows and leaf are committed together or not at all.

Acts that arrive at the same time share a transaction. Whoever comes when nobody commits does it for all who
wait, then wakes them and lets the next one do it: so there is no thread of our own, and tests, commands and
shutdown need nothing special. After an error in a
shared transaction its halves are run again: in the end a bad act fails alone, and the good path needs no
savepoints.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.db import IntegrityError, OperationalError, transaction
from django.db.models import Model

from upstander.server.errors import Refusal, busy, conflict
from upstander.server.log import append
from upstander.server.log.drafts import Done, LeafDraft, server_leaf
from upstander.server.log.insert import insert
from upstander.server.log.models import Leaf

__all__ = ["Done", "LeafDraft", "coming", "first_promise", "perform", "pressure", "repeated", "server_leaf"]

BATCH = 256  # acts in one transaction
PATIENCE = 0.008  # seconds a commit waits at most for acts that are being checked just now
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
    _asleep: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def __post_init__(self) -> None:
        self._asleep.acquire()

    def wait(self) -> bool:
        """Until it is done, or its thread is to commit next: then True."""
        self._asleep.acquire()
        return not self.done

    def wake(self) -> None:
        self._asleep.release()

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
        self._is_led = False  # somebody commits, or has been woken to
        self._coming = 0
        self._none_coming = threading.Condition(self._lock)
        self.seconds = 0.0  # what a transaction takes, the newest weighing most

    def push(self, job: _Job) -> None:
        with self._lock:
            if self._jobs and self._bytes + job.size > QUEUE_BYTES:
                raise busy()
            self._jobs.append(job)
            self._bytes += job.size

    def lead(self) -> bool:
        """Whether nobody commits just now, so that the caller has to: then it must also `hand_on`."""
        with self._lock:
            leads, self._is_led = not self._is_led, True
            return leads

    def hand_on(self, job: _Job) -> None:
        """Lets the thread of the first job that waits commit next; nobody waits for `job` any more."""
        with self._lock:
            if job in self._jobs:  # interrupted before its turn
                self._jobs.remove(job)
                self._bytes -= job.size
            self._is_led = bool(self._jobs)
            if self._jobs:
                self._jobs[0].wake()

    def count(self, more: int) -> None:
        """So many acts more, or fewer, are about to be pushed."""
        with self._lock:
            self._coming += more
            if self._coming == 0:
                self._none_coming.notify_all()

    def gather(self) -> None:
        """Waits until nothing is about to be pushed, for `PATIENCE` at most."""
        with self._lock:
            self._none_coming.wait_for(lambda: self._coming == 0, PATIENCE)

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
_here = threading.local()  # `.coming`: this thread's act was counted as coming
written = threading.Event()  # something was committed; `checkpoint` clears it


@contextmanager
def coming() -> Iterator[None]:
    """Around the checks before a `perform` that take no time to speak of: a commit waits a moment for what is
    on its way, because one for many costs little more than one for one."""
    _here.coming = True
    _queue.count(1)
    try:
        yield
    finally:
        _arrived()


def _arrived() -> None:
    if getattr(_here, "coming", False):
        _here.coming = False
        _queue.count(-1)


def between() -> threading.Lock:
    """Held in a `with`, nothing is committed meanwhile by this process."""
    return _turn


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
    _arrived()
    if _queue.lead() or job.wait():
        _lead(job)
    if job.error is not None:
        raise job.error
    assert job.leaf is not None
    return append.promise(job.leaf)


def _lead(job: _Job) -> None:
    """Commits for all who wait, until the own job is done; then the next one's turn comes."""
    try:
        if not job.done:
            _queue.gather()
        # `while`, not `if`: the batch limit may have left our own job in the queue.
        while not job.done:
            batch = _queue.drain(BATCH)
            try:
                with _turn:
                    _commit(batch)
            finally:
                for one in batch:
                    if one is not job:
                        one.wake()
    finally:
        _queue.hand_on(job)


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
        written.set()


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
