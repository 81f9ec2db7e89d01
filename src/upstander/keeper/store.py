"""A keeper's database: one SQLite file, a few tables, no rules.

Rows hold what was read and checked before. `secure_delete` overwrites what is erased.
"""

import upstander.sqlite  # noqa: F401  (first: before sqlite3)

# isort: split
import json
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from upstander.keepers.conditions import Standing
from upstander.keepers.pledges import Pledge, read_pledge
from upstander.sqlite import journal_mode

SCHEMA = """
CREATE TABLE IF NOT EXISTS transport (month TEXT PRIMARY KEY, identity TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS bundles (
    row INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT UNIQUE NOT NULL, pledge TEXT NOT NULL,
    notes TEXT NOT NULL, parcel TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS bundles_pledge ON bundles (pledge);
CREATE TABLE IF NOT EXISTS parcels (pledge TEXT PRIMARY KEY, hash TEXT NOT NULL, data BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS parcels_hash ON parcels (hash);
CREATE TABLE IF NOT EXISTS pledges (
    id TEXT PRIMARY KEY, body TEXT NOT NULL, share BLOB NOT NULL DEFAULT x'',
    version INTEGER NOT NULL DEFAULT 0, entry TEXT NOT NULL DEFAULT '', passed TEXT NOT NULL DEFAULT '',
    withdrawn INTEGER NOT NULL DEFAULT 0, expires TEXT NOT NULL, day TEXT NOT NULL,
    due TEXT NOT NULL DEFAULT '', released TEXT NOT NULL DEFAULT '', kind TEXT NOT NULL DEFAULT '',
    links TEXT NOT NULL DEFAULT '[]', handed INTEGER NOT NULL DEFAULT 0, wish TEXT NOT NULL DEFAULT '');
CREATE INDEX IF NOT EXISTS pledges_expires ON pledges (expires);
CREATE INDEX IF NOT EXISTS pledges_day ON pledges (day) WHERE day != '' AND released = '' AND withdrawn = 0;
CREATE INDEX IF NOT EXISTS pledges_due ON pledges (due) WHERE due != '' AND released = '';
CREATE TABLE IF NOT EXISTS readers (reader TEXT, pledge TEXT, PRIMARY KEY (reader, pledge)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS tags (tag TEXT, pledge TEXT, PRIMARY KEY (tag, pledge)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS tags_pledge ON tags (pledge);
CREATE TABLE IF NOT EXISTS stops (
    pledge TEXT, by TEXT, number INTEGER NOT NULL, stop INTEGER NOT NULL,
    PRIMARY KEY (pledge, by)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS fresh (row INTEGER PRIMARY KEY AUTOINCREMENT, pledge TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS fresh_pledge ON fresh (pledge);
CREATE TABLE IF NOT EXISTS counts (
    day TEXT, what TEXT, number INTEGER NOT NULL, PRIMARY KEY (day, what)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS releases (commitment TEXT PRIMARY KEY, day TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS published (quarter TEXT PRIMARY KEY, text TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS pledges_waiting ON pledges (released)
    WHERE released != '' AND handed = 0 AND withdrawn = 0;
CREATE TABLE IF NOT EXISTS cards (
    installation TEXT, institution TEXT, text TEXT NOT NULL,
    PRIMARY KEY (installation, institution)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS installations (id TEXT PRIMARY KEY, sign TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS waiting_cards (
    installation TEXT, institution TEXT, text TEXT NOT NULL,
    PRIMARY KEY (installation, institution)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS seen (
    card TEXT PRIMARY KEY, until TEXT NOT NULL, text TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS renewals (id TEXT PRIMARY KEY, attempt INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS renewing (
    renewal TEXT, keeper TEXT, kind TEXT, text TEXT NOT NULL,
    PRIMARY KEY (renewal, keeper, kind)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS pass_months (
    epoch TEXT, month TEXT, seed BLOB NOT NULL, PRIMARY KEY (epoch, month)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS codes (
    part TEXT PRIMARY KEY, batch TEXT NOT NULL, epoch TEXT NOT NULL,
    claim TEXT NOT NULL DEFAULT '', answer TEXT NOT NULL DEFAULT '') WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS spent (token TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS told (channel TEXT PRIMARY KEY, day TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS cursors (keeper TEXT PRIMARY KEY, row INTEGER NOT NULL) WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True)
class Held:
    """A pledge as this keeper has it. `due`, `released`: days, or empty; `wish`: `stop`, `end`, or empty.

    `handed`: whether somebody has fetched its share here.
    """

    standing: Standing
    version: int
    entry: str
    share: bytes = field(repr=False)
    due: str
    released: str
    kind: str
    links: tuple[str, ...]
    handed: bool
    wish: str


class Store:
    """The database. One connection, one lock: a keeper is asked seldom."""

    def __init__(self, path: Path | str) -> None:
        self._lock = threading.RLock()
        self._db = sqlite3.connect(str(path), check_same_thread=False, isolation_level=None)
        self._db.execute(f"PRAGMA journal_mode = {journal_mode()}")
        self._db.execute("PRAGMA synchronous = FULL")
        self._db.execute("PRAGMA secure_delete = ON")
        self._db.executescript(SCHEMA)

    def close(self) -> None:
        """Closes the file."""
        with self._lock:
            self._db.close()

    @contextmanager
    def write(self) -> Iterator[None]:
        """One transaction: all of it, or nothing."""
        with self._lock:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    def scrub(self) -> None:
        """Empties the write-ahead log, where what was erased would otherwise stay readable."""
        with self._lock:
            self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def rows(self, sql: str, *values: object) -> list[tuple[object, ...]]:
        """All rows of a query."""
        with self._lock:
            return self._db.execute(sql, values).fetchall()

    def run(self, sql: str, *values: object) -> None:
        """One change, inside `write`."""
        self._db.execute(sql, values)

    def run_many(self, sql: str, values: Iterable[Sequence[object]]) -> None:
        """One change many times, inside `write`."""
        self._db.executemany(sql, values)

    def pledge(self, pledge_id: str) -> Held | None:
        """A pledge by its id."""
        found = self.rows(
            "SELECT body, share, version, entry, passed, withdrawn, due, released, kind, links, handed, wish "
            "FROM pledges WHERE id = ?",
            pledge_id,
        )
        return self._held(pledge_id, found[0]) if found else None

    def carriers(self, tag: str) -> list[Standing]:
        """Every pledge that carries a tag, each with this one tag."""
        found = self.rows(
            "SELECT p.body, p.passed, p.withdrawn FROM tags t JOIN pledges p ON p.id = t.pledge "
            "WHERE t.tag = ?",
            tag,
        )
        return [
            Standing(_pledge(body), frozenset((tag,)), str(passed), bool(withdrawn))
            for body, passed, withdrawn in found
        ]

    def count(self, day: str, what: str, more: int = 1) -> None:
        """Counts something on a day, inside `write`."""
        self.run(
            "INSERT INTO counts VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET number = number + excluded.number",
            *(day, what, more),
        )

    def counted(self, day: str, what: str) -> int:
        """How many were counted on a day."""
        found = self.rows("SELECT number FROM counts WHERE day = ? AND what = ?", day, what)
        return int(str(found[0][0])) if found else 0

    def identities(self) -> list[str]:
        """The transport keys that are there, newest first."""
        return [str(one) for (one,) in self.rows("SELECT identity FROM transport ORDER BY month DESC")]

    def _held(self, pledge_id: str, row: tuple[object, ...]) -> Held:
        body, share, version, entry, passed, withdrawn, due, released, kind, links, handed, wish = row
        tags = self.rows("SELECT tag FROM tags WHERE pledge = ?", pledge_id)
        stops = self.rows("SELECT by, stop FROM stops WHERE pledge = ?", pledge_id)
        standing = Standing(
            _pledge(body),
            frozenset(str(tag) for (tag,) in tags),
            str(passed),
            bool(withdrawn),
            {str(by): bool(stop) for by, stop in stops},
        )
        return Held(
            standing=standing,
            version=int(str(version)),
            entry=str(entry),
            share=share if isinstance(share, bytes) else b"",
            due=str(due),
            released=str(released),
            kind=str(kind),
            links=tuple(json.loads(str(links))),
            handed=bool(handed),
            wish=str(wish),
        )


def _pledge(body: object) -> Pledge:
    return read_pledge(json.loads(str(body)))
