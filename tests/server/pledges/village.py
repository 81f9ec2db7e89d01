"""The keepers of a town behind real addresses on loopback, and a roster that names them."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from tests.keeper.town import Town, call
from tests.keepers import scene
from upstander.formats import statements
from upstander.keepers.roster import roster_body


@contextmanager
def addresses(town: Town) -> Iterator[dict[str, str]]:
    """Each keeper by name; one that is `off` breaks off every connection."""
    servers = {}

    def handler(name: str) -> type[BaseHTTPRequestHandler]:
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                if name in town.off:
                    return self.connection.close()
                data = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                answer = call(town.apps[name], self.command, self.path, data)
                body = json.dumps(answer.body).encode()
                self.send_response(answer.status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_GET = do_POST  # noqa: N815  (the library's names)

            def log_message(self, format: str, *args: object) -> None:
                """Says nothing."""

        return Handler

    for name in scene.NAMES:
        servers[name] = ThreadingHTTPServer(("127.0.0.1", 0), handler(name))
        threading.Thread(target=servers[name].serve_forever, daemon=True).start()
    try:
        yield {name: f"http://127.0.0.1:{one.server_port}" for name, one in servers.items()}
    finally:
        for one in servers.values():
            one.shutdown()
            one.server_close()


def roster_at(where: dict[str, str]) -> str:
    """The scene's keepers at these addresses, signed by all, as the installation's file holds it."""
    signs = {name: statements.public_of(one) for name, one in scene.SIGNING.items()}
    body = roster_body("2026", scene.PUBLIC, where, signs)
    return json.dumps([statements.sign("roster", body, scene.SIGNING[name]) for name in scene.NAMES])


def install(data: Path, where: dict[str, str]) -> None:
    """Puts that roster where the server looks."""
    (data / "roster.json").write_text(roster_at(where), "utf-8")
