"""Witnesses for tests: real ones behind a small web server, and ways in which they fail or lie."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from upstander.ledger.logpolicy import read_log_policy
from upstander.ledger.notes import COSIGNATURE, SigningKey
from upstander.ledger.witness import Refusal, parse_request
from upstander.server.log import access, witnesses
from upstander.witness.state import State

Answer = tuple[int, bytes]


class Witness:
    """A witness with its own key and memory. `answer` may be replaced by one that lies."""

    def __init__(self, folder: Path, name: str) -> None:
        self.key = SigningKey.new(f"{name}.example/witness", COSIGNATURE)
        self.name = name
        self.state = State(folder / f"{name}.sqlite3")
        self.url = ""
        self.asked = 0
        self.answer: Callable[[bytes], Answer] = self.sign

    def trust(self) -> None:
        """Signs for this installation's logs from now on."""
        policy = read_log_policy(access.policy_statement())
        self.state.trust_installation(policy, "http://127.0.0.1:1")

    def sign(self, body: bytes) -> Answer:
        """What an honest witness answers."""
        try:
            line = self.state.add_checkpoint(
                parse_request(body.decode()), self.key, int(time.time()), "2026-11-25"
            )
        except Refusal as refusal:
            text = f"{refusal.size}\n" if refusal.status == 409 else f"{refusal}\n"
            return refusal.status, text.encode()
        return 200, line.encode()

    def seen(self) -> int:
        """The size it signed last."""
        [log, *_] = self.state.logs()
        return log.head.size if log.head is not None else 0


@contextmanager
def serving(folder: Path, *names: str, least: int = 2) -> Iterator[list[Witness]]:
    """Witnesses of these names, in the installation's policy, of which so many must sign."""
    made = [Witness(folder, name) for name in names]
    servers = [ThreadingHTTPServer(("127.0.0.1", 0), _handler(one)) for one in made]
    for one, server in zip(made, servers, strict=True):
        one.url = f"http://127.0.0.1:{server.server_port}"
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    configure(made, least)
    for one in made:
        one.trust()
    try:
        yield made
    finally:
        for server in servers:
            server.shutdown()
            server.server_close()


def configure(made: list[Witness], least: int) -> None:
    """Puts these witnesses in the installation's policy."""
    witnesses.write([(one.name, str(one.key.verifier), one.url) for one in made], least)


def _handler(witness: Witness) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            witness.asked += 1
            status, data = witness.answer(body)
            try:
                self.send_response(status)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)
            except OSError:
                return  # whoever asked did not wait

        def log_message(self, *_: object) -> None:
            return

    return Handler
