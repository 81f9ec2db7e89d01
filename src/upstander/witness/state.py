"""What a witness must never forget: the last tree head it signed for each log, what it watches, its alarms.

One SQLite file. Every change is on the disk before the function that makes it returns, so that a signature
that left this machine is remembered by it, whatever happens next.
"""

import upstander.sqlite  # isort: skip  (first: before anything imports sqlite3)
import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from upstander.ledger.checkpoint import Checkpoint
from upstander.ledger.errors import LedgerError
from upstander.ledger.logpolicy import LogPolicy, check_successor, read_log_policy
from upstander.ledger.merkle import Edge
from upstander.ledger.notes import SigningKey, VerifierKey, b64std, unb64std
from upstander.ledger.promise import Promise
from upstander.ledger.witness import Refusal, Request, decide, origin_in

MOST_WATCHES = 1_000_000
MOST_ALARMS = 10_000

_TABLES = """
CREATE TABLE IF NOT EXISTS installation (
    id TEXT PRIMARY KEY, sign TEXT NOT NULL, url TEXT NOT NULL, policy TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS log (
    origin TEXT PRIMARY KEY, keys TEXT NOT NULL, url TEXT NOT NULL, installation TEXT NOT NULL,
    head TEXT NOT NULL DEFAULT '', note TEXT NOT NULL DEFAULT '', day TEXT NOT NULL DEFAULT '',
    edge TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE TABLE IF NOT EXISTS watch (
    leaf TEXT PRIMARY KEY, installation TEXT NOT NULL, due TEXT NOT NULL, promise TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS alarm (
    id INTEGER PRIMARY KEY, day TEXT NOT NULL, log TEXT NOT NULL, what TEXT NOT NULL,
    evidence TEXT NOT NULL, UNIQUE (log, what)
) STRICT;
"""


@dataclass(frozen=True, slots=True)
class WatchedLog:
    """A log this witness signs for. `head` is what it signed last, with the day and the whole note."""

    origin: str
    keys: tuple[VerifierKey, ...]
    url: str
    installation: str
    head: Checkpoint | None
    note: str
    day: str
    edge: Edge


@dataclass(frozen=True, slots=True)
class Alarm:
    """Something that must not be: where, what, and what shows it (a promise or a checkpoint)."""

    day: str
    log: str
    what: str
    evidence: str


class State:
    """The witness's memory in a file. Safe to use from several threads and processes at once."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with self._connection() as connection:
            connection.executescript(_TABLES)

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        connection = sqlite3.connect(self.path, timeout=30, isolation_level=None)
        try:
            connection.execute(f"PRAGMA journal_mode={upstander.sqlite.journal_mode()}")
            connection.execute("PRAGMA synchronous=FULL")
            yield connection
        finally:
            connection.close()

    @contextmanager
    def _change(self) -> Iterator[sqlite3.Connection]:
        """One change at a time, over all processes; on the disk when it is left."""
        with self._connection() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                if connection.in_transaction:  # a full disk has rolled it back already
                    connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")

    def trust_log(self, key: VerifierKey, url: str = "", installation: str = "") -> None:
        """Signs for the log with this key from now on; a log can have several keys."""
        with self._change() as connection:
            _trust(connection, key, url, installation)

    def trust_installation(self, policy: LogPolicy, url: str) -> None:
        """Signs for all logs of an installation, and takes its promises to watch.

        Raises LedgerError when it takes back what it said before, its key included.
        """
        with self._change() as connection:
            row = connection.execute(
                "SELECT policy, sign FROM installation WHERE id = ?", (policy.installation,)
            ).fetchone()
            if row is not None:
                check_successor(read_log_policy(*row), policy)
            connection.execute(
                "INSERT INTO installation VALUES (?, ?, ?, ?)"
                " ON CONFLICT (id) DO UPDATE SET url = excluded.url, policy = excluded.policy",
                (policy.installation, policy.sign, url, policy.text),
            )
            for log in policy.logs:
                for key in log.keys:
                    _trust(connection, key, log.url, policy.installation)

    def installations(self) -> list[tuple[LogPolicy, str]]:
        """What each trusted installation said last about its logs, and its address."""
        with self._connection() as connection:
            rows = connection.execute("SELECT policy, sign, url FROM installation ORDER BY id").fetchall()
        return [(read_log_policy(policy, sign), url) for policy, sign, url in rows]

    def logs(self) -> list[WatchedLog]:
        """All logs this witness signs for."""
        with self._connection() as connection:
            return [_log(row) for row in connection.execute(f"{_SELECT} ORDER BY origin")]

    def add_checkpoint(self, request: Request, key: SigningKey, now: int, day: str) -> str:
        """The witness's signature line over the head in the request. Raises Refusal.

        Looking at the last head, deciding, and remembering the new one are one change. `now` is in seconds
        since 1970. Two different trees of one size, both signed by their log, are kept as an alarm.
        """
        log = None
        try:
            with self._change() as connection:
                found = connection.execute(f"{_SELECT} WHERE origin = ?", (origin_in(request),)).fetchone()
                log = _log(found) if found is not None else None
                keys, last = (log.keys, log.head) if log is not None else ((), None)
                head, note = decide(request, keys, last)
                line = key.sign(note.text, now)
                own = [one.key for one in note.signatures]
                lines = [one for one in note.lines if any(one.startswith(f"— {k.name} ") for k in own)]
                connection.execute(
                    "UPDATE log SET head = ?, note = ?, day = ? WHERE origin = ?",
                    (head.body(), note.text + "\n" + "".join((*lines, line)), day, head.origin),
                )
                return line
        except Refusal as refusal:
            if refusal.fork and log is not None:
                evidence = f"{log.note}\n{request.note}"
                self.raise_alarm(Alarm(day, log.origin, f"The log is forked. {refusal}", evidence))
            raise

    def watch(self, promise: Promise, text: str) -> None:
        """Remembers to look for this promise's leaf after its day. Raises LedgerError for too many."""
        with self._change() as connection:
            (count,) = connection.execute("SELECT count(*) FROM watch").fetchone()
            if count >= MOST_WATCHES:
                raise LedgerError("This witness watches as many promises as it can.")
            connection.execute(
                "INSERT OR IGNORE INTO watch VALUES (?, ?, ?, ?)",
                (promise.leaf, promise.log, promise.by, text),
            )

    def watches(self, installation: str) -> dict[str, tuple[str, str]]:
        """The leaves looked for in this installation's logs: by hash, the last day and the promise."""
        with self._connection() as connection:
            rows = connection.execute(
                "SELECT leaf, due, promise FROM watch WHERE installation = ?", (installation,)
            )
            return {leaf: (due, promise) for leaf, due, promise in rows}

    def forget(self, leaves: Sequence[str]) -> None:
        """Stops looking for these."""
        with self._change() as connection:
            connection.executemany("DELETE FROM watch WHERE leaf = ?", [(leaf,) for leaf in leaves])

    def followed(self, origin: str, edge: Edge, found: Sequence[str]) -> None:
        """Remembers how far a log's tiles were read and fit, and stops looking for what was found."""
        with self._change() as connection:
            text = json.dumps([edge.size, [b64std(one) for one in edge.hashes]])
            connection.execute("UPDATE log SET edge = ? WHERE origin = ?", (text, origin))
            connection.executemany("DELETE FROM watch WHERE leaf = ?", [(leaf,) for leaf in found])

    def raise_alarm(self, alarm: Alarm) -> bool:
        """Keeps an alarm; answers whether it is a new one."""
        with self._change() as connection:
            (count,) = connection.execute("SELECT count(*) FROM alarm").fetchone()
            if count >= MOST_ALARMS:
                return False
            done = connection.execute(
                "INSERT OR IGNORE INTO alarm (day, log, what, evidence) VALUES (?, ?, ?, ?)",
                (alarm.day, alarm.log, alarm.what, alarm.evidence),
            )
            return done.rowcount == 1

    def alarms(self) -> list[Alarm]:
        """All alarms, the oldest first."""
        with self._connection() as connection:
            rows = connection.execute("SELECT day, log, what, evidence FROM alarm ORDER BY id")
            return [Alarm(*row) for row in rows]


_SELECT = "SELECT origin, keys, url, installation, head, note, day, edge FROM log"


def _log(row: tuple[str, ...]) -> WatchedLog:
    origin, keys, url, installation, head, note, day, edge = row
    size, hashes = json.loads(edge or "[0, []]")
    return WatchedLog(
        origin,
        tuple(VerifierKey.parse(key) for key in keys.split("\n")),
        url,
        installation,
        Checkpoint.parse(head) if head else None,
        note,
        day,
        Edge(size, [unb64std(one, 32) for one in hashes]),
    )


def _trust(connection: sqlite3.Connection, key: VerifierKey, url: str, installation: str) -> None:
    row = connection.execute("SELECT keys FROM log WHERE origin = ?", (key.name,)).fetchone()
    if row is None:
        connection.execute(
            "INSERT INTO log (origin, keys, url, installation) VALUES (?, ?, ?, ?)",
            (key.name, str(key), url, installation),
        )
        return
    keys = list(dict.fromkeys((*row[0].split("\n"), str(key))))
    connection.execute(
        "UPDATE log SET keys = ?, url = iif(? = '', url, ?), installation = iif(? = '', installation, ?)"
        " WHERE origin = ?",
        ("\n".join(keys), url, url, installation, installation, key.name),
    )
