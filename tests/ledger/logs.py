"""A log for tests: it appends, signs and serves as it should, or lies in one of the ways that matter."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.vectors import log_scene as scene
from upstander.ledger import leaf as leaves
from upstander.ledger.checkpoint import Checkpoint, cosign, sign_checkpoint
from upstander.ledger.growing import append
from upstander.ledger.logpolicy import LogEntry, LogPolicy, make_log_policy, read_log_policy
from upstander.ledger.merkle import consistency_path
from upstander.ledger.notes import SigningKey, parse_note
from upstander.ledger.store import MemoryStore, tile_of
from upstander.ledger.tiles import TileReader
from upstander.ledger.witness import Request

DAYS = [f"2026-{month:02}-{day:02}" for month in (9, 10, 11) for day in range(1, 29)]


def entry(number: int, salt: str = "") -> bytes:
    """A leaf of some kind: one report, its answer, something restricted, and again."""
    label = scene.scene.seed(f"label {number}{salt}").hex()[:32]
    kind = ("received", "answered", "restricted", "message")[number % 4]
    of = scene.scene.seed(f"label {number - 1}{salt}").hex()[:32] if kind == "answered" else ""
    day = DAYS[min(number // 40, len(DAYS) - 1)]
    return leaves.leaf_bytes(kind, day, label, scene.scene.seed(f"commitment {number}{salt}").hex(), of)


def entries(start: int, end: int, salt: str = "") -> list[bytes]:
    """Leaves with these numbers."""
    return [entry(number, salt) for number in range(start, end)]


class TestLog:
    """One log under its key, in memory."""

    __test__ = False
    time = scene.TIME  # seconds since 1970, at which its witnesses sign

    def __init__(self, key: SigningKey = scene.OLD, witnesses: Sequence[SigningKey] = ()) -> None:
        self.key, self.witnesses, self.store = key, list(witnesses), MemoryStore()
        self.head = Checkpoint(key.name, 0, scene.merkle.EMPTY_ROOT)

    def append(self, more: Sequence[bytes]) -> Checkpoint:
        """Appends, signs, has the witnesses sign, and publishes."""
        self.head = append(self.store, self.key.name, self.head.size, more)
        self.publish()
        return self.head

    def note(self) -> str:
        """The newest head, signed."""
        note = parse_note(sign_checkpoint(self.head, self.key))
        return str(note.with_lines(cosign(str(note), one, self.time) for one in self.witnesses))

    def publish(self) -> None:
        """Puts the newest head where readers look."""
        self.store.write("checkpoint", self.note().encode())

    def request(self, old: int) -> Request:
        """Asks a witness that has seen this much to sign."""
        read = TileReader(tile_of(self.store), self.head.size)
        path = consistency_path(old, self.head.size, read) if old <= self.head.size else []
        return Request(old, tuple(path), self.note())


def installation(
    logs: Sequence[TestLog], witnesses: Sequence[SigningKey] = (), quorum: int = 0, closed: int | None = None
) -> LogPolicy:
    """What the scene's installation says about these logs; all but the last are closed."""
    lines = [f"log {log.key.verifier}\n" for log in logs]
    lines += [f"witness w{number} {one.verifier}\n" for number, one in enumerate(witnesses, start=1)]
    if quorum:
        names = " ".join(f"w{number}" for number in range(1, len(witnesses) + 1))
        lines += [f"group enough {quorum} {names}\n", "quorum enough\n"]
    else:
        lines.append("quorum none\n")
    *old, _ = logs
    text = make_log_policy(
        installation=scene.scene.INSTALLATION,
        logs=[
            LogEntry(
                log.key.name,
                (log.key.verifier,),
                f"/log/{generation}/",
                (log.head.size if closed is None else closed) if log in old else None,
            )
            for generation, log in enumerate(logs, start=1)
        ],
        policy="".join(lines),
        beat=5,
        key=scene.scene.INSTALLATION_KEY,
    )
    return read_log_policy(text)


class Host:
    """An installation as the web sees it. `changed` puts other bytes under a path, None takes it away."""

    def __init__(self, logs: Sequence[TestLog], policy: LogPolicy) -> None:
        self.logs, self.policy = list(logs), policy
        self.changed: dict[str, bytes | None] = {}
        self.asked: list[str] = []

    def answer(self, path: str) -> bytes | None:
        """The bytes under a path."""
        self.asked.append(path)
        if path in self.changed:
            return self.changed[path]
        if path == "/api/v1/log":
            note = self.logs[-1].note() if self.logs[-1].head.size else ""
            return json.dumps({"policy": self.policy.text, "checkpoint": note}).encode()
        for generation, log in enumerate(self.logs, start=1):
            if path.startswith(before := f"/log/{generation}/"):
                return log.store.read(path.removeprefix(before))
        return None


@contextmanager
def serve(host: Host) -> Iterator[str]:
    """Serves it on a port of this machine; answers the address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            data = host.answer(self.path)
            self.send_response(404 if data is None else 200)
            self.end_headers()
            self.wfile.write(data or b"")

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
