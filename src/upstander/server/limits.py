"""Keeps the service alive under pressure without letting one sender silence others.

There is no cap on reports and no count per address: a police station shares one address, and a count for
everybody would let a stranger use it up. Only while the server is really loaded does it ask each sender for
some work (hashing), harder with the load; whoever does the work is let in. Nothing is known or kept about who
asks.
"""

from __future__ import annotations

import secrets
import shutil
import threading
import time
from dataclasses import dataclass
from hashlib import sha256

from django.conf import settings

from upstander.formats.errors import FormatError
from upstander.server import blobs, tokens
from upstander.server.errors import Refusal, busy
from upstander.server.log import commit

CHALLENGE_SECONDS = 600  # time to do the work in; a slow phone needs a while
EASIEST_BITS = 14  # about 16,000 hashes: well under a second
HARDEST_BITS = 20  # about a million: under a minute on a slow phone
SLOW_COMMIT = 2.0  # seconds a shared transaction may take of late before we call it pressure
UNCLAIMED_BYTES = 20 * 1024**3  # files that belong to no report yet
LITTLE_SPACE = 5 * 1024**3  # bytes free on the disk: work is asked for
FILE_SPACE = 2 * 1024**3  # bytes free: no more parts of files, so that they never crowd out reports
NO_SPACE = 512 * 1024**2  # bytes free: nothing more is taken, what is there must stay whole
_PURPOSE = "work"


@dataclass
class Load:
    """How hard it is just now, each from 0 (nothing) to 1 (all we can take)."""

    queue: float
    commit: float
    disk: float

    def worst(self) -> float:
        """The one that presses most."""
        return max(self.queue, self.commit, self.disk)


_used: dict[bytes, float] = {}  # challenges whose work was accepted, and when they run out
_lock = threading.Lock()
unclaimed_bytes = 0  # told by the sweep of uploads; announcements since then are added


def require_work(work: str, besides: float = 0.0) -> None:
    """Let the request through, or raise `work-needed` (with `challenge` and `bits`), or `busy` when full.

    `besides`: how full, from 0 to 1, something is that only this kind of request uses.
    """
    load = now()
    if load.disk >= 1 or load.queue >= 1:
        raise busy()
    pressure = max(load.worst(), besides)
    if pressure < 0.5:
        return
    if not work or not accept(work):
        raise Refusal(
            "work-needed",
            "We are very busy. This device has to do some work first. Nothing was lost.",
            503,
            challenge=challenge(bits_for(pressure)),
            bits=bits_for(pressure),
        )


def require_room(least: int = NO_SPACE) -> None:
    """Raise `busy` when fewer bytes than `least` are free: for what is taken without any work."""
    if shutil.disk_usage(settings.DATA).free < least:
        raise busy()


def count_announced() -> None:
    """One more file is to come: it counts as one part until the next sweep looks at what is there."""
    global unclaimed_bytes  # noqa: PLW0603
    unclaimed_bytes += blobs.PART


def now() -> Load:
    """The load as it is."""
    queue, seconds = commit.pressure()
    return Load(queue, min(1.0, seconds / (2 * SLOW_COMMIT)), _disk())


def bits_for(load: float) -> int:
    """Leading zero bits asked for at this load."""
    share = min(1.0, max(0.0, (load - 0.5) * 2))
    return EASIEST_BITS + round(share * (HARDEST_BITS - EASIEST_BITS))


def challenge(bits: int) -> str:
    """A fresh challenge of that difficulty. Nothing is stored."""
    return tokens.issue(_PURPOSE, bytes([bits]) + secrets.token_bytes(16), CHALLENGE_SECONDS)


def accept(work: str) -> bool:
    """Whether `<challenge>:<counter>` is work done on a challenge of ours, that was not used before."""
    text, _, counter = work.partition(":")
    try:
        content = tokens.read(_PURPOSE, text)
    except FormatError:
        return False
    if not counter.isascii() or not counter.isdigit() or len(counter) > 20:
        return False
    if zero_bits(sha256(f"{text}:{counter}".encode()).digest()) < content[0]:
        return False
    with _lock:
        if content in _used:
            return False
        _used[content] = time.time() + CHALLENGE_SECONDS
    return True


def zero_bits(digest: bytes) -> int:
    """How many zero bits a hash begins with."""
    return len(digest) * 8 - int.from_bytes(digest, "big").bit_length()


def forget_used() -> int:
    """Drop used challenges that have run out anyway; answers how many."""
    with _lock:
        old = [content for content, ends in _used.items() if ends < time.time()]
        for content in old:
            del _used[content]
    return len(old)


def _disk() -> float:
    free = shutil.disk_usage(settings.DATA).free
    if free < NO_SPACE:
        return 1.0
    space = 0.6 if free < LITTLE_SPACE else 0.0
    return max(space, min(0.9, 0.5 * unclaimed_bytes / UNCLAIMED_BYTES))
