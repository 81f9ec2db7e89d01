"""What is due now: one list of sweeps, each harmless to repeat.

A thread does them beside the server, or a command.
"""

from __future__ import annotations

import datetime
import logging
import threading
import time
from collections.abc import Callable

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import close_old_connections, connections
from django.utils import timezone

from upstander.server import limits
from upstander.server.accounts import cards, people
from upstander.server.cases import actions, notices, uploads
from upstander.server.casework import docket, reminders
from upstander.server.institutions import access
from upstander.server.log import actions as log_actions
from upstander.server.oversight import samples
from upstander.server.pledges import counted, relay, seen
from upstander.server.retention import actions as retention
from upstander.server.surveys import actions as surveys
from upstander.server.transparency import actions as publishing
from upstander.server.transparency import flood, news

SECONDS = 60  # between two beats
log = logging.getLogger("upstander.beat")


def _expire_records() -> int:
    return sum(actions.expire_records(institution) for institution in access.institutions())


def _sweep_uploads() -> int:
    today = datetime.datetime.now(datetime.UTC).date()
    swept = uploads.sweep_unclaimed(today)
    limits.unclaimed_bytes = uploads.unclaimed_bytes(today)
    return swept


def _clear_sessions() -> int:
    return Session.objects.filter(expire_date__lt=timezone.now()).delete()[0]


# more often where the log's beat is shorter than ours
LOG_SWEEP = ("acts placed in the log", log_actions.beat)
CARD_SWEEP = ("cards shown to keepers", seen.show)
SWEEPS: tuple[tuple[str, Callable[[], int]], ...] = (
    LOG_SWEEP,
    CARD_SWEEP,
    ("private records deleted", _expire_records),
    ("closed cases deleted", retention.sweep),
    ("unclaimed files deleted", _sweep_uploads),
    ("used challenges forgotten", limits.forget_used),
    ("cards renewed", cards.renew),
    ("cases taken into the lists", docket.complete),
    ("time limits that passed", docket.write_down_late),
    ("samples drawn", samples.draw_due),
    ("copies of samples deleted", samples.end_due),
    ("old links forgotten", people.sweep_invites),
    ("surveys closed", surveys.close_overdue),
    ("surveys stored in a new order", surveys.shuffle),
    ("ended sessions forgotten", _clear_sessions),
    ("keepers that show their keys", relay.refresh),
    ("renewed rosters of keepers taken", relay.take_renewed),
    ("quarters of keepers entered", counted.take),
    ("figures made public", publishing.publish_due),
    ("hearings whose time is over deleted", publishing.sweep_hearings),
    ("who asked for news forgotten", flood.forget),
    # last, so that a mail server that does not answer holds up nothing else
    ("urgent notices sent", notices.send_due),
    ("reminders sent", reminders.send_due),
    ("news sent", news.send_due),
)


def sweep(*, log: bool = True) -> dict[str, int]:
    """Does everything that is due; answers how many things each sweep did.

    One that fails does not stop the next. Without `log` nothing is placed in the log.
    """
    return {name: _safely(name, action) for name, action in SWEEPS if log or action is not LOG_SWEEP[1]}


def _safely(name: str, action: Callable[[], int]) -> int:
    try:
        return action()
    except Exception as error:  # a sweep must not take the beat down; it is tried again
        log.error("%s: failed, tried again at the next beat", name, exc_info=error)
        return 0


def start_thread(every: float = SECONDS) -> Callable[[], None]:
    """Starts the beat beside the server; answers a function that stops it."""
    stop = threading.Event()

    def run() -> None:
        swept = float("-inf")
        while True:
            close_old_connections()
            if time.monotonic() >= swept + every:
                sweep()
                swept = time.monotonic()
            else:
                _safely(*LOG_SWEEP)
                _safely(*CARD_SWEEP)
            if stop.wait(min(every, settings.LOG_BEAT)):
                connections.close_all()
                return

    threading.Thread(target=run, name="beat", daemon=True).start()
    return stop.set
