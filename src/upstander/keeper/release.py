"""Releasing: decides on this keeper's store alone, waits some random days, hands over to who may read."""

import json
import secrets
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from upstander.formats import b64
from upstander.formats.errors import FormatError
from upstander.keeper.counts import commitment
from upstander.keeper.home import Identity
from upstander.keeper.store import Held, Store
from upstander.keepers.conditions import Reason, check_release
from upstander.keepers.errors import RefusalError

# Each touches only the rows it returns, however many there are: CROSS JOIN keeps the order, few first.
NEIGHBOURS = (
    "SELECT DISTINCT o.pledge FROM fresh f CROSS JOIN tags t ON t.pledge = f.pledge "
    "CROSS JOIN tags o ON o.tag = t.tag"
)
COME = "SELECT id FROM pledges WHERE day != '' AND released = '' AND withdrawn = 0 AND day <= ?"
DUE = "SELECT id FROM pledges WHERE due != '' AND released = '' AND due <= ?"
PAST = "SELECT id FROM pledges WHERE expires < ?"


@dataclass(frozen=True, slots=True)
class Swept:
    """What a sweep did: releases put on a day, taken off it, made; pledges that ran out."""

    due: int
    undue: int
    released: int
    expired: int


def sweep(store: Store, keeper: Identity, today: date) -> Swept:
    """Decides about every pledge for which something may have changed. Harmless when repeated."""
    due = undue = released = 0
    newest = store.rows("SELECT coalesce(max(row), 0) FROM fresh")[0][0]
    for pledge_id in _to_look_at(store, today):
        held = store.pledge(pledge_id)
        if held is None or not held.share or held.released:
            continue
        try:
            decide(store, held, today)
        except RefusalError:
            if held.due:
                _set_due(store, held, "")
                undue += 1
            continue
        if not held.due:
            wait = keeper.policy.soonest + secrets.randbelow(keeper.policy.latest - keeper.policy.soonest + 1)
            _set_due(store, held, (today + timedelta(wait)).isoformat())
            due += 1
        elif held.due <= today.isoformat():
            released += _release(store, keeper, pledge_id, today)
    with store.write():
        store.run("DELETE FROM fresh WHERE row <= ?", newest)
    return Swept(due, undue, released, _expire(store, today))


def decide(store: Store, held: Held, today: date) -> Reason:
    """The reason to release now. Raises the refusals of `check_release`."""
    carriers = {tag: store.carriers(tag) for tag in held.standing.tags}
    return check_release(held.standing, carriers, today)


def released_to(store: Store, reader: str) -> list[dict[str, Any]]:
    """Everything released to a reader (as `readers.reader_of` names one), as the interface answers it.

    What was handed over cannot be called back, so it is marked. An empty list says nothing: nothing released,
    or nobody known.
    """
    with store.write():
        found = store.rows(
            "SELECT p.id FROM readers r JOIN pledges p ON p.id = r.pledge "
            "WHERE r.reader = ? AND p.released != '' ORDER BY p.id",
            reader,
        )
        store.run_many("UPDATE pledges SET handed = 1 WHERE id = ?", found)
    return [_handed_over(held) for (one,) in found if (held := store.pledge(str(one)))]


def parcel_for(store: Store, reader: str, parcel: str) -> bytes:
    """The parcel of something released to a reader. Raises FormatError for none."""
    found = store.rows(
        "SELECT c.data FROM parcels c JOIN pledges p ON p.id = c.pledge JOIN readers r ON r.pledge = p.id "
        "WHERE c.hash = ? AND r.reader = ? AND p.released != ''",
        *(parcel, reader),
    )
    if not found or not isinstance(found[0][0], bytes):
        raise FormatError("There is nothing here for you under this name.")
    return found[0][0]


def _handed_over(held: Held) -> dict[str, Any]:
    return {
        "kind": held.kind,
        "links": list(held.links),
        "pledge": held.standing.pledge.body(),
        "released": held.released,
        "share": b64.encode(held.share),
        "wish": held.wish,
    }


def _to_look_at(store: Store, today: date) -> list[str]:
    """Pledges that are new or changed, all with a name in common with them, and those whose day has come."""
    day = today.isoformat()
    found = [
        *store.rows("SELECT pledge FROM fresh"),
        *store.rows(NEIGHBOURS),
        *store.rows(COME, day),
        *store.rows(DUE, day),
    ]
    return sorted({str(one) for (one,) in found})


def _set_due(store: Store, held: Held, day: str) -> None:
    with store.write():
        store.run("UPDATE pledges SET due = ? WHERE id = ? AND released = ''", day, held.standing.pledge.id)


def _release(store: Store, keeper: Identity, pledge_id: str, today: date) -> int:
    """Decided again inside the transaction: a stop or an end comes before it or after it, never between."""
    with store.write():
        held = store.pledge(pledge_id)
        if held is None or not held.share:
            return 0
        try:
            reason = decide(store, held, today)
        except RefusalError:
            return 0
        store.run(
            "UPDATE pledges SET released = ?, kind = ?, links = ? WHERE id = ?",
            *(today.isoformat(), reason.kind, json.dumps(reason.links), pledge_id),
        )
        store.count(today.isoformat(), f"released-{reason.kind}")
        store.run(
            "INSERT OR IGNORE INTO releases VALUES (?, ?)",
            *(commitment(keeper.signing, pledge_id), today.isoformat()),
        )
    return 1


def _expire(store: Store, today: date) -> int:
    """Erases pledges whose last day is past: share, parcel, tags, notes, and that they were there."""
    found = store.rows(PAST, today.isoformat())
    with store.write():
        for (pledge_id,) in found:
            for table in ("tags", "stops", "readers", "parcels", "bundles", "fresh"):
                store.run(f"DELETE FROM {table} WHERE pledge = ?", pledge_id)  # noqa: S608 (our own names)
            store.run("DELETE FROM pledges WHERE id = ?", pledge_id)
        if found:
            store.count(today.isoformat(), "expired", len(found))
    return len(found)
