"""Carries what was committed from SQLite's write-ahead log into the database file, beside the commits.

Left to itself SQLite does that inside a commit whenever the log has grown long, and everybody waits for a
tenth of a second (sqlite.org/wal.html, "Avoiding Excessively Large WAL Files"). Here a thread does it.
Commits go on meanwhile, so at its end there is always something new, and the log never starts anew; when it
is long, the rest is carried over between two commits, which is short. Nothing is less durable: a commit is
on the disk, in the log, before it is answered.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from contextlib import closing
from typing import NamedTuple

from django.db import connection, connections

from upstander.server.log import commit

PAUSE = 0.25  # seconds after a commit, so that one round serves many
LONG = 16_000  # pages of 4 KiB in the log (64 MiB) from which it has to start anew
log = logging.getLogger("upstander.checkpoint")


class Carried(NamedTuple):
    """Pages in the log, and how many of them are in the database file by now."""

    pages: int
    carried: int


def carry() -> Carried:
    """One round. Only on SQLite."""
    done = _passive()
    if done.pages < LONG:
        return done
    with commit.between():
        return _passive()


def _passive() -> Carried:
    """Carries over what no reader still needs in the log. Waits for nobody."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(PASSIVE)")
        _, pages, carried = cursor.fetchone()
    return Carried(pages, carried)


def start_thread(pause: float = PAUSE) -> Callable[[], None]:
    """Starts the rounds beside the server, one after each commit at most; answers a function that ends them.

    On another database than SQLite nothing is started.
    """
    stop = threading.Event()
    if connection.vendor != "sqlite":
        return stop.set

    def run() -> None:
        with closing(connections["default"]):
            while not stop.wait(pause):
                commit.written.wait()
                commit.written.clear()
                _safely()

    threading.Thread(target=run, name="checkpoint", daemon=True).start()

    def end() -> None:
        stop.set()
        commit.written.set()

    return end


def _safely() -> None:
    try:
        carry()
    except Exception as error:  # tried again after the next commit; far behind, SQLite helps itself
        log.error("the log was not carried over", exc_info=error)
        connection.close()
