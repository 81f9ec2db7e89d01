"""A wave of the survey: an issuing body as a real service on loopback, and people who collect and spend passes."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from django.test import Client
from starlette.applications import Starlette

from tests.keeper.town import call
from tests.surveying.force import SHARES, totals
from upstander.server.institutions.models import Institution
from upstander.server.surveys import actions
from upstander.server.surveys.models import Wave
from upstander.surveying import collection, issuer, passes, service
from upstander.surveying.instrument import ITEMS, NOT_STATED
from upstander.surveying.notice import make_notice

WAVE = "2026"


@contextmanager
def served(app: Starlette) -> Iterator[str]:
    """The service behind a port on loopback; answers its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            data = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            answer = call(app, "POST", self.path, data)
            body = json.dumps(answer.body).encode()
            self.send_response(answer.status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


@dataclass
class Body:
    """The issuing body, with its codes."""

    issuer: issuer.Issuer
    codes: list[str]

    def collect(self, code: str) -> passes.Pass:
        """A member of staff collects her pass."""
        asking = passes.ask(self.issuer.notice.wave)
        return passes.finish(asking, self.issuer.notice.key, *self.issuer.give(code, asking.element))


@contextmanager
def issuing(folder: Path, slug: str, codes: int = 30, opens: int = 0, lasts: int = 20) -> Iterator[Body]:
    """An issuing body that serves; the wave opens in so many days."""
    issuer.create(folder, "Fellmoor University", "http://127.0.0.1:1")
    name, _, signing, seed = issuer.about(folder)
    holder: list[issuer.Issuer] = []

    class Late:
        """The service needs its own address in its notice."""

        async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
            await service.application(holder[0], "http://speak.example/")(scope, receive, send)

    today = date.today()
    with served(Late()) as address:  # type: ignore[arg-type]
        text = make_notice(
            signing,
            wave=WAVE,
            institution=slug,
            issuer=name,
            address=address,
            key=issuer.wave_key(seed, WAVE)[1],
            opens=(today + timedelta(opens)).isoformat(),
            closes=(today + timedelta(opens + lasts)).isoformat(),
            areas={collection.area_id(t.stratum): t.stratum for t in totals()},
            tree=collection.grow(totals(), shares=SHARES),
            shares=SHARES,
        )
        issuer.keep_notice(folder, text)
        holder.append(issuer.Issuer(folder))
        yield Body(holder[0], holder[0].new_codes(codes))
        holder[0].close()


def opened(institution: Institution, body: Body) -> Wave:
    """The institution knows the body, and takes on its notice."""
    actions.know_body(institution, body.issuer.notice.sign)
    return actions.open_wave(institution, body.issuer.notice.text, totals())


def row(body: Body, **said: str) -> dict[str, str]:
    """What the page would send for these answers."""
    kept = collection.place(body.issuer.notice.tree, said)
    return kept | {item: said.get(item, NOT_STATED) for item in ITEMS}


def send(slug: str, carried: str, answers: dict[str, str]) -> Any:
    """What the page sends."""
    body = {"carried": carried, "answers": answers}
    return Client().post(f"/api/v1/i/{slug}/survey/answers", body, content_type="application/json")
