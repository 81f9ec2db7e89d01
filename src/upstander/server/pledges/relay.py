"""Passes on what pages and keepers say to each other. The page speaks to no other host (decision 0022).

Where to is never the page's choice: only addresses of the signed roster are asked, and only these paths. What
is passed on is not read; what comes back is for the page to check.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from upstander.formats import b64
from upstander.formats.errors import FormatError
from upstander.keepers.roster import Keeper
from upstander.server import roster
from upstander.server.errors import busy, malformed, not_found
from upstander.server.log import ask
from upstander.server.roster import Ours, ours

SECONDS = 10.0  # a keeper may take
AT_ONCE = (
    6  # requests relayed at the same time: others come back in a moment, and the server's threads stay free
)
FRESH = 60.0  # seconds until a keeper's transport keys are asked for again
AWAY = 5.0  # the same, of one that did not answer: it may be back in a moment
EVALUATE, BUNDLES, ABOUT = "/v1/evaluate", "/v1/bundles", "/v1/keeper"
CLAIMS, PASSES = "/v1/claims", "/v1/passes"
_rosters: dict[str, tuple[str, ...]] = {}  # by address: the roster it showed last
_lock = threading.Lock()
_taken = 0  # places just now
_passes: tuple[float, dict[str, str]] = (-FRESH, {})  # when keepers were asked, what they showed
_passing = threading.Lock()  # held by who asks for it
_looking = False  # somebody asks for transport keys just now: nobody else does
_transports: dict[
    str, tuple[float, tuple[str, ...]]
] = {}  # by address: when it was asked, what it showed last


def keepers() -> Ours:
    """The installation's keepers. Raises not-found where it has none, `busy` for a roster that is wrong."""
    try:
        found = ours()
    except FormatError:
        raise busy() from None
    if found is None:
        raise not_found()
    return found


def send(bodies: Mapping[str, str], path: str) -> dict[str, str]:
    """What keepers answer to a text for each of them. Raises `malformed` for a keeper we have not, `busy`."""
    return _ask({one: bodies[one.name].encode() for one in _named(list(bodies))}, path)


def passes() -> dict[str, str]:
    """What each keeper shows about staff passes. Raises `busy`.

    Everybody may ask, so keepers are asked once in a while and by one at a time.
    """
    global _passes  # noqa: PLW0603
    asked, known = _passes
    if time.monotonic() - asked < FRESH:
        return known
    if not _passing.acquire(blocking=False):
        if known:
            return known
        raise busy()
    try:
        known = _ask(dict.fromkeys(keepers().roster.keepers.values(), None), PASSES)
        _passes = (time.monotonic(), known)
        return known
    finally:
        _passing.release()


def tell(notes: Mapping[str, bytes], parcel: bytes) -> dict[str, str]:
    """What all keepers answer to a bundle. Raises `busy`."""
    written = {name: b64.encode(note) for name, note in notes.items()}
    body = json.dumps({"notes": written, "parcel": b64.encode(parcel)}).encode()
    return _ask(dict.fromkeys(keepers().roster.keepers.values(), body), BUNDLES)


def transports() -> dict[str, list[str]]:
    """Each keeper's keys of this month and the next; of one that is away, what it showed last.

    Everybody may ask, so one at a time asks the keepers, and takes no place from those who did some work.
    Raises `busy` while a keeper is asked for the first time.
    """
    global _looking  # noqa: PLW0603
    everyone = list(keepers().roster.keepers.values())
    with _lock:
        due = [
            one
            for one in everyone
            if time.monotonic() - _transports.get(one.address, (-FRESH, ()))[0] >= FRESH
        ]
        if _looking and any(one.address not in _transports for one in everyone):
            raise busy()
        mine = bool(due) and not _looking
        _looking = _looking or mine
    if mine:
        try:
            with ThreadPoolExecutor(max_workers=len(due)) as pool:
                list(pool.map(_look, due))
        finally:
            with _lock:
                _looking = False
    with _lock:
        return {one.name: list(_transports.get(one.address, (0.0, ()))[1]) for one in everyone}


def refresh() -> int:
    """Asks for transport keys ahead, so that they are here while a keeper is away; how many show any."""
    return sum(bool(shown) for shown in transports().values()) if ours() is not None else 0


def take_renewed() -> int:
    """Takes the roster that enough keepers show, where it is ours with renewed parts of the key; 1 if so.

    Keepers renew their shares each month. Until their new parts are here, their answers look wrong.
    """
    try:
        found = ours()
    except FormatError:
        return 0
    if found is None:
        return 0
    with _lock:
        shown = [_rosters.get(one.address, ()) for one in found.roster.keepers.values()]
    newer = roster.renewed(found, shown)
    if newer is None:
        return 0
    roster.replace(newer)
    return 1


def fullness() -> float:
    """How many of the places are taken, from 0 to 1: from half of them on, who asks does some work first."""
    return _taken / AT_ONCE


def _named(names: Sequence[str]) -> list[Keeper]:
    known = keepers().roster.keepers
    if len(set(names)) != len(names) or any(name not in known for name in names):
        raise malformed("There is no keeper of this name.", "to")
    return [known[name] for name in names]


def _ask(bodies: Mapping[Keeper, bytes | None], path: str) -> dict[str, str]:
    to = list(bodies)
    with _place(), ThreadPoolExecutor(max_workers=len(to)) as pool:
        answers = pool.map(lambda one: _one(one, path, bodies[one]), to)
        return dict(zip([one.name for one in to], answers, strict=True))


@contextmanager
def _place() -> Iterator[None]:
    global _taken  # noqa: PLW0603
    with _lock:
        if _taken >= AT_ONCE:
            raise busy()
        _taken += 1
    try:
        yield
    finally:
        with _lock:
            _taken -= 1


def _one(keeper: Keeper, path: str, body: bytes | None) -> str:
    """The keeper's answer, whatever its status: refusals are for the page. Nothing where it gave none."""
    where = keeper.address.rstrip("/") + path
    try:
        if body is None:
            return ask.get(where, SECONDS)[1].decode()
        return ask.post(where, body, SECONDS, "application/json")[1].decode()
    except (ask.NoAnswer, UnicodeDecodeError):
        return ""


def _look(keeper: Keeper) -> None:
    """Remembers what a keeper shows now; one that does not answer keeps what it showed before."""
    with _lock:
        before = _transports.get(keeper.address, (0.0, ()))[1]
    try:
        about = json.loads(ask.get(keeper.address.rstrip("/") + ABOUT, SECONDS)[1])
        now = tuple(str(one) for one in about["transports"])
        texts = tuple(str(one) for one in about["roster"])
    except (ask.NoAnswer, ValueError, KeyError, TypeError):
        now, texts = (), ()
    with _lock:
        _rosters[keeper.address] = texts
        asked = time.monotonic() - (0.0 if now else FRESH - AWAY)
        _transports[keeper.address] = (asked, now or before)
