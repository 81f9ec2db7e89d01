"""Asks an ASGI application without a server."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Answer:
    """What it answered."""

    status_code: int
    headers: dict[str, str]
    content: bytes

    @property
    def text(self) -> str:
        return self.content.decode()

    def json(self) -> Any:
        return json.loads(self.content)


class Client:
    """Asks; safe to use from several threads at once, each with its own loop."""

    def __init__(self, application: Any) -> None:
        self.application = application

    def get(self, path: str) -> Answer:
        return asyncio.run(self._ask("GET", path, b""))

    def post(self, path: str, content: bytes | str) -> Answer:
        return asyncio.run(self._ask("POST", path, content.encode() if isinstance(content, str) else content))

    async def _ask(self, method: str, path: str, content: bytes) -> Answer:
        parts = [content[at : at + 50_000] for at in range(0, len(content), 50_000)] or [b""]
        sent: list[dict[str, Any]] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": parts.pop(0), "more_body": bool(parts)}

        async def send(message: dict[str, Any]) -> None:
            sent.append(message)

        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "query_string": b"",
            "root_path": "",
            "headers": [],
            "client": None,
            "server": ("witness.example", 80),
        }
        await self.application(scope, receive, send)
        headers = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
        return Answer(sent[0]["status"], headers, b"".join(one.get("body", b"") for one in sent[1:]))
