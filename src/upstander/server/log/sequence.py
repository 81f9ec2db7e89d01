"""The beat of the log: waiting leaves get their places, and one tree head is signed over all of them.

Leaves are placed in the order of their hashes, so that the order inside a beat says nothing. Placing and
signing are a transaction each: what was placed and not signed, because the process was killed in between, is
signed next time. Two processes that do this at once do it once.
"""

from __future__ import annotations

import logging
import time
from datetime import UTC, date, datetime

from django.conf import settings
from django.db import connection, transaction

from upstander.ledger.checkpoint import Checkpoint as Head
from upstander.ledger.checkpoint import sign_checkpoint
from upstander.server.log import cosign, generations, head, tree
from upstander.server.log.models import Checkpoint, Leaf, Log

MOST = 10_000  # leaves placed in one transaction; acts wait meanwhile
_PLACE = f'UPDATE {Leaf._meta.db_table} SET log_id = %s, "index" = %s WHERE id = %s'  # noqa: S608
log = logging.getLogger("upstander.log")


def run(now: float | None = None) -> int:
    """Does what the log's beat asks for, if it is time; answers how many leaves were placed.

    `now` in seconds since 1970. Raises BehindError when nothing may be signed: what waits goes on waiting.
    """
    now = time.time() if now is None else now
    if not _due(int(now) // settings.LOG_BEAT):
        return 0
    cosign.ask_first()
    placed = 0
    while some := place():
        placed += some
    sign(now)
    return placed


def place() -> int:
    """Gives at most `MOST` waiting leaves their places; answers how many. Raises BehindError."""
    with transaction.atomic():
        here = generations.locked()
        may_grow(here)
        rows = Leaf.objects.filter(log=None).order_by("hash").values_list("id", "hash")
        waiting = list(rows[:MOST])
        if waiting:
            places = [(here.generation, here.size + n, row) for n, (row, _) in enumerate(waiting)]
            with connection.cursor() as cursor:
                cursor.executemany(_PLACE, places)
            tree.grow(here, [bytes.fromhex(text) for _, text in waiting])
    return len(waiting)


def sign(now: float) -> bool:
    """Signs a tree head over all that has a place; answers whether there was one to. Raises BehindError."""
    day = datetime.fromtimestamp(now, UTC).date()
    with transaction.atomic():
        here = generations.locked()
        before = here.checkpoints.order_by("-size").first()
        if here.size == (before.size if before is not None else 0):
            return False
        may_grow(here)
        _warn_of_the_clock(here, before, day)
        signed = Head(generations.origin(here), here.size, bytes.fromhex(here.root))
        note = sign_checkpoint(signed, generations.signing_key(here))
        head.keep(here, note)
        Checkpoint.objects.create(
            log=here,
            size=here.size,
            root=here.root,
            day=day,
            beat=int(now) // settings.LOG_BEAT,
            note=note,
        )
    return True


def may_grow(here: Log) -> None:
    """Raises BehindError when somebody has seen more of the log than this database holds, or another log."""
    head.check(here)
    cosign.check_against(here)


def _due(beat: int) -> bool:
    here = generations.newest()
    newest = here.checkpoints.order_by("-size").first()
    if newest is not None and newest.beat == beat:
        return False
    signed = newest.size if newest is not None else 0
    return here.size != signed or Leaf.objects.filter(log=None).exists()


def _warn_of_the_clock(here: Log, before: Checkpoint | None, day: date) -> None:
    if before is not None and day < before.day:
        log.warning("the clock went back: the log's last tree head is of %s, today is %s", before.day, day)
