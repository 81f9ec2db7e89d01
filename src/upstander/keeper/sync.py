"""Catching up: a keeper that was away asks the others for the bundles that it missed.

What is passed on is what reporters sent: sealed notes, each for one keeper, and parcels. Nothing that a
keeper says itself is taken on trust; everything goes through `hold.take` as if it came from the reporter.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from upstander.formats import b64, canonical, days, shape, statements
from upstander.formats.errors import FormatError
from upstander.keeper.hold import Bundle, take
from upstander.keeper.home import Identity
from upstander.keeper.store import Store
from upstander.keepers.errors import NotSignedError, RefusalError
from upstander.keepers.pledges import check_name

AT_ONCE = 8  # bundles in one answer
MOST_KEEPERS, NOTE = (
    32,
    24 * 1024,
)  # notes of a bundle at most; bytes of one, sealed: so an answer can be read
ROUNDS = 200  # answers taken from one keeper in one beat, so that none keeps us busy for ever

Ask = Callable[[str, Mapping[str, Any]], Mapping[str, Any]]
"""Posts JSON to a keeper's address and returns its answer. Raises OSError where there is none."""


@dataclass(frozen=True, slots=True)
class Pulled:
    """What came of catching up with one keeper: bundles taken, and those that were refused."""

    taken: int
    refused: int


def missed(store: Store, keeper: Identity, statement: str, today: date) -> dict[str, Any]:
    """Bundles after the row in another keeper's **sync** statement. Raises NotSignedError, FormatError."""
    body = shape.exactly(statements.peek(statement, "sync"), "after", "day", "keeper", "to")
    asker = keeper.roster.keepers.get(check_name(body["keeper"]))
    if asker is None or asker.name == keeper.name:
        raise NotSignedError("This is not signed by another keeper.")
    statements.verify(statement, "sync", asker.sign)
    if body["to"] != keeper.name or abs((days.parse(body["day"]) - today).days) > 1:
        raise FormatError("This was signed for another keeper or another day.")
    found = store.rows(
        "SELECT b.row, b.notes, coalesce(c.data, x'') FROM bundles b "
        "LEFT JOIN parcels c ON c.pledge = b.pledge AND c.hash = b.parcel "
        "WHERE b.row > ? ORDER BY b.row LIMIT ?",
        *(shape.count(body["after"]), AT_ONCE),
    )
    return {
        "bundles": [
            {
                "notes": json.loads(str(notes)),
                "parcel": b64.encode(data if isinstance(data, bytes) else b""),
                "row": row,
            }
            for row, notes, data in found
        ]
    }


def pull(store: Store, keeper: Identity, other: str, ask: Ask, today: date) -> Pulled:
    """Takes everything that another keeper has and this one has not. Raises OSError, FormatError."""
    taken = refused = 0
    address = keeper.roster.keepers[other].address
    for _ in range(ROUNDS):
        found = store.rows("SELECT row FROM cursors WHERE keeper = ?", other)
        after = int(str(found[0][0])) if found else 0
        body = {"after": after, "day": today.isoformat(), "keeper": keeper.name, "to": other}
        answer = ask(f"{address}/v1/sync", {"statement": statements.sign("sync", body, keeper.signing)})
        bundles = shape.items(answer.get("bundles"))
        for one in bundles:
            row, bundle = _read(one)
            after = max(after, row)
            if store.rows("SELECT 1 FROM bundles WHERE id = ?", bundle.id):
                continue
            try:
                take(store, keeper, bundle, today, synced=True)
                taken += 1
            except (RefusalError, FormatError):
                refused += 1
        with store.write():
            store.run("INSERT OR REPLACE INTO cursors VALUES (?, ?)", other, after)
        if len(bundles) < AT_ONCE:
            break
    return Pulled(taken, refused)


def read_bundle(notes: object, parcel: object) -> Bundle:
    """A bundle as the interface takes it. Raises FormatError."""
    if not isinstance(notes, dict) or not 1 <= len(notes) <= MOST_KEEPERS:
        raise FormatError("Expected the notes of all keepers.")
    read = {check_name(name): b64.decode(shape.text(note)) for name, note in notes.items()}
    if any(len(note) > NOTE for note in read.values()):
        raise FormatError(f"This is too long for a note: {NOTE} bytes at most.")
    return Bundle(read, b64.decode(shape.text(parcel)))


def _read(value: object) -> tuple[int, Bundle]:
    one = shape.exactly(value, "notes", "parcel", "row")
    row = shape.count(one["row"], 1)
    if row > canonical.LARGEST:
        raise FormatError("There are not so many rows.")
    return row, read_bundle(one["notes"], one["parcel"])
