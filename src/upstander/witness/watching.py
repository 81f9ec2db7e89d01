"""Follows the logs a witness signs for: are their tiles those of the heads it saw, and are promises kept?

It reads the level-0 tiles (hashes, no entries), from where it was last time, and makes the root from them. So
a log that shows the witness one thing and its readers another is found out even if nobody asks.
"""

import logging
from collections.abc import Callable, Collection

from upstander.formats import days
from upstander.ledger.checkpoint import Checkpoint, open_checkpoint
from upstander.ledger.errors import LedgerError
from upstander.ledger.fetch import (
    HttpSource,
    Source,
    UnreachableError,
    fetch_log_policy,
    text_from,
    tiles_from,
)
from upstander.ledger.logpolicy import LogPolicy
from upstander.ledger.merkle import Edge
from upstander.ledger.notes import LARGEST as LARGEST_NOTE
from upstander.ledger.tiles import WIDTH, TileReader
from upstander.witness.state import Alarm, State, WatchedLog

SourceAt = Callable[[str, str], Source]
"""Answers the files below a path on an installation's host: address, path."""

logger = logging.getLogger("upstander.witness")


def http_source(url: str, path: str) -> Source:
    """The files below a path on the host of this address."""
    return HttpSource(url).below(path) if path else HttpSource(url)


def sweep(state: State, today: str, source_at: SourceAt = http_source) -> int:
    """Looks at every log once; answers how many new alarms there are. Harmless to repeat, and to cut off.

    `today` is a day in UTC. What cannot be reached is tried again next time, and is an alarm only when a
    promise is due in it.
    """
    before = len(state.alarms())
    addresses = _follow_installations(state, source_at)
    unread = set()
    for log in state.logs():
        address = addresses.get(log.installation, log.url if not log.installation else "")
        if not address:
            continue
        try:
            _follow(state, log, source_at(address, log.url if log.installation else ""), today)
        except UnreachableError as error:
            logger.warning("cannot read %s: %s", log.origin, error)
            unread.add(log.installation)
        except LedgerError as error:
            _alarm(state, Alarm(today, log.origin, str(error), log.note))
            unread.add(log.installation)
    for policy, address in state.installations():
        _look_for_due(state, policy, address, today, source_at, unread)
    return len(state.alarms()) - before


def _follow_installations(state: State, source_at: SourceAt) -> dict[str, str]:
    """Learns of new generations and keys, which the installation's own key must have signed."""
    addresses = {}
    for policy, address in state.installations():
        addresses[policy.installation] = address
        try:
            newer, _ = fetch_log_policy(source_at(address, ""), policy.sign)
            if newer.text != policy.text:
                state.trust_installation(newer, address)
        except LedgerError as error:
            logger.warning("cannot learn what logs %s has: %s", policy.installation, error)
    return addresses


def _follow(state: State, log: WatchedLog, source: Source, today: str) -> None:
    """Reads what is new in a log, and forgets the watches that were kept."""
    head, _ = open_checkpoint(text_from(source, "checkpoint", LARGEST_NOTE), *log.keys)
    seen = log.edge.size
    if log.head is not None and not _fresh(log.day, today):
        seen = max(seen, log.head.size)
    if head.size < seen:
        raise LedgerError(f"The log is rewound: it had {seen} entries, and now shows {head.size}.")
    wanted = set(state.watches(log.installation)) if log.installation else set()
    edge, found = read_on(source, log.edge, head, log.head, wanted)
    state.followed(log.origin, edge, sorted(found))


def _fresh(day: str, today: str) -> bool:
    """Whether a head of this day may still be on its way into the open: a log publishes it once enough
    witnesses have signed, and on the next day at the latest."""
    return (days.parse(today) - days.parse(day)).days <= 1


def read_on(
    source: Source, start: Edge, head: Checkpoint, signed: Checkpoint | None, wanted: Collection[str]
) -> tuple[Edge, set[str]]:
    """Reads the hashes from `start` up to `head`; answers the edge there, and which of `wanted` (hex) it met.

    Raises LedgerError when they do not give the head's root, or on the way not that of the signed head.
    """
    edge = Edge(start.size, list(start.hashes))
    read = TileReader(tiles_from(source), head.size, keep=1)
    found = set()
    while edge.size < head.size:
        tile, at = divmod(edge.size, WIDTH)
        for leaf in read.tile(0, tile)[at:]:
            edge.append(leaf)
            if wanted and leaf.hex() in wanted:
                found.add(leaf.hex())
            if signed is not None and edge.size == signed.size and edge.root() != signed.root:
                raise LedgerError(f"The tiles give another root for {signed.size} entries than was signed.")
    if edge.root() != head.root:
        raise LedgerError(f"The tiles do not give the root of the checkpoint of {head.size} entries.")
    return edge, found


def _look_for_due(  # noqa: PLR0917  (all from its one caller)
    state: State, policy: LogPolicy, address: str, today: str, source_at: SourceAt, unread: Collection[str]
) -> None:
    """Raises the alarm for promises whose day is over and whose leaf is in none of the logs."""
    due = {leaf: one for leaf, one in state.watches(policy.installation).items() if one[0] < today}
    if not due:
        return
    if policy.installation in unread:
        what = "A promise is due, and the log cannot be read, so nobody can see whether it was kept."
        _alarm(state, Alarm(today, policy.installation, what, next(iter(due.values()))[1]))
        return
    # Perhaps it was in a tree before it was asked for: then it is behind where the reading goes on.
    missing = set(due)
    try:
        for log in (one for one in state.logs() if one.installation == policy.installation):
            if log.edge.size:
                head = Checkpoint(log.origin, log.edge.size, log.edge.root())
                missing -= read_on(source_at(address, log.url), Edge.empty(), head, log.head, missing)[1]
    except LedgerError as error:
        logger.warning("cannot read %s again: %s", policy.installation, error)
        return
    for leaf in sorted(missing):
        by, promise = due[leaf]
        what = f"Promised to be in the log by {by}, and in none of its trees: leaf {leaf}."
        _alarm(state, Alarm(today, policy.installation, what, promise))
    state.forget(sorted(due))


def _alarm(state: State, alarm: Alarm) -> None:
    if state.raise_alarm(alarm):
        logger.error("ALARM %s: %s", alarm.log, alarm.what)
