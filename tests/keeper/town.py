"""Three keepers of the scene as services in this process, that reach each other, and can be switched off."""

import asyncio
import json
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from tests.keepers import scene
from upstander.formats import b64, statements
from upstander.keeper import months
from upstander.keeper.app import application
from upstander.keeper.beat import Beat, beat
from upstander.keeper.home import Identity, Policy
from upstander.keeper.store import Store
from upstander.keepers import shares
from upstander.keepers.pledges import read_pledge
from upstander.keepers.roster import read_transport


@dataclass
class Answer:
    """What came back."""

    status: int
    body: dict[str, Any]


def call(app: Any, method: str, path: str, data: bytes = b"") -> Answer:
    """One request to an ASGI application."""
    sent: list[dict[str, Any]] = []
    pieces = [{"type": "http.request", "body": data, "more_body": False}]

    async def receive() -> dict[str, Any]:
        return pieces.pop(0) if pieces else {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        **{"type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method},
        **{"path": path, "raw_path": path.encode(), "query_string": b"", "root_path": ""},
        **{"headers": [(b"host", b"keeper.example")], "scheme": "http", "server": ("x", 80), "client": None},
    }
    asyncio.run(app(scope, receive, send))
    body = b"".join(one.get("body", b"") for one in sent)
    return Answer(sent[0]["status"], json.loads(body) if body.startswith(b"{") else {})


@dataclass
class Town:
    """All keepers, on one day. `off` are those that do not answer."""

    folder: Path
    policy: Policy = field(default_factory=Policy)
    today: date = scene.TODAY
    off: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.keepers = {
            name: Identity(
                name,
                scene.SIGNING[name],
                scene.SHARES[name],
                scene.ROSTER,
                tuple(scene.ROSTER_TEXTS),
                self.policy,
            )
            for name in scene.NAMES
        }
        self.stores = {name: Store(self.folder / f"{name}.sqlite3") for name in scene.NAMES}
        for name, store in self.stores.items():
            with store.write():
                store.run("INSERT OR IGNORE INTO transport VALUES (?, ?)", scene.MONTH, scene.TRANSPORT[name])
            months.renew(store, self.today)
        self.apps = {
            name: application(self.stores[name], self.keepers[name], lambda: self.today)
            for name in scene.NAMES
        }

    def ask(self, url: str, body: Any) -> Any:
        """What one keeper uses to reach another."""
        name, path = url.removeprefix("https://").split(".example", 1)
        if name in self.off:
            raise OSError("nobody answers")
        return call(self.apps[name], "POST", path, json.dumps(body).encode()).body

    def post(self, name: str, path: str, **body: Any) -> Answer:
        """A request to one keeper."""
        assert name not in self.off
        return call(self.apps[name], "POST", path, json.dumps(body).encode())

    def send(self, notes: dict[str, bytes], parcel: bytes = b"") -> dict[str, Answer]:
        """A bundle to every keeper that is on."""
        body = {
            "notes": {name: b64.encode(note) for name, note in notes.items()},
            "parcel": b64.encode(parcel),
        }
        return {name: self.post(name, "/v1/bundles", **body) for name in scene.NAMES if name not in self.off}

    def deposit(self, reporter: scene.Reporter) -> dict[str, Answer]:
        """What a reporter's page sends when she chose to hold."""
        return self.send(dict(reporter.held.notes), reporter.held.parcel)

    def recipients(self) -> dict[str, str]:
        """The keepers' transport keys of this month, as they show them."""
        shown = {
            name: call(app, "GET", "/v1/keeper").body["transports"][0] for name, app in self.apps.items()
        }
        return {
            name: read_transport(text, scene.ROSTER.keepers[name], self.today.isoformat()[:7])
            for name, text in shown.items()
        }

    def beat(self) -> dict[str, Beat]:
        """Every keeper that is on does what is due."""
        return {
            name: beat(self.stores[name], self.keepers[name], self.today, self.ask)
            for name in scene.NAMES
            if name not in self.off
        }

    def released(self, name: str, reader: Any = scene.READER) -> list[dict[str, Any]]:
        """What one keeper hands to a handler."""
        return self.post(name, "/v1/releases", statement=self.fetch(name, reader)).body["releases"]

    def fetch(self, name: str, reader: Any = scene.READER) -> str:
        """A handler's signature under asking."""
        body = {"day": self.today.isoformat(), "keeper": name, "reader": statements.public_of(reader)}
        return statements.sign("fetch", body, reader)

    def opened(self, reader: Any = scene.READER) -> dict[str, shares.Opened]:
        """Everything a handler can open from what the keepers that are on released, by pledge's id."""
        found: dict[str, list[shares.Release]] = {}
        parcels: dict[str, bytes] = {}
        for name in scene.NAMES:
            if name in self.off:
                continue
            for one in self.released(name, reader):
                pledge = read_pledge(one["pledge"])
                made = shares.Release(
                    name, pledge, b64.decode(one["share"]), one["kind"], tuple(one["links"])
                )
                found.setdefault(pledge.id, []).append(made)
                asked = self.post(
                    name, "/v1/parcels", statement=self.fetch(name, reader), parcel=pledge.parcel
                )
                parcels[pledge.id] = b64.decode(asked.body["parcel"])
        return {
            pledge_id: shares.open_release(releases, parcels[pledge_id])
            for pledge_id, releases in found.items()
            if len(releases) >= scene.NEEDS
        }
