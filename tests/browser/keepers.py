"""Three keepers of the demonstration as processes of a journey's own, and what a handler does with what they release.

They go on when the server is down, and each can be stopped.
"""

from __future__ import annotations

import json
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.leaks import files_under
from tests.world import World, command, free_port
from upstander.cli import demo_keepers
from upstander.formats import b64, days, ids, statements
from upstander.keeper import process
from upstander.keeper.ask import ask_over_https
from upstander.keepers import shares
from upstander.keepers.pledges import read_pledge
from upstander.keepers.roster import Roster, read_roster
from upstander.sealing import age
from upstander.sealing.envelopes import open_envelope
from upstander.sealing.saved import save_key
from upstander.sealing.words import Words, unlock_keys
from upstander.sealing.wrapped import Keyring, unwrap_with_words
from upstander.server import installation


@dataclass
class Keepers:
    """Their folders, ports and processes. They beat only when told to."""

    folder: Path
    roster: Roster
    ports: dict[str, int]
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @classmethod
    def of(cls, data: Path, into: Path) -> Keepers:
        """Takes the keepers of a demonstration that is not served away from it: its server starts none then."""
        ports = {name: free_port() for name in demo_keepers.NAMES}
        demo_keepers.move(data, ports)
        shutil.move(data / demo_keepers.FOLDER, into)
        return cls(into, read_roster(json.loads((data / "roster.json").read_text())), ports)

    def start(self, *names: str, ago: int = 0) -> None:
        """Starts these (none: all) and waits until they answer. `ago`: for them it is so many days earlier."""
        for name in names or demo_keepers.NAMES:
            words = ("keeper", "serve", "--folder", str(self.folder / name))
            more = ("--port", str(self.ports[name]), "--every", "3600")
            run = command(*words, *more)
            if ago:
                run = [sys.executable, "-m", "tests.browser.earlier", str(ago), *words, *more]
            self.running[name] = subprocess.Popen(run, start_new_session=True)
        deadline = time.monotonic() + 40
        for name in names or demo_keepers.NAMES:
            while not self._answers(name):
                if self.running[name].poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError(f"{name} does not serve")
                time.sleep(0.05)

    def _answers(self, name: str) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.ports[name])) == 0

    def stop(self, *names: str) -> None:
        """Stops these (none: all that run)."""
        for name in names or tuple(self.running):
            one = self.running.pop(name)
            one.send_signal(signal.SIGTERM)
            one.wait(timeout=30)

    def beat(self) -> None:
        """Everybody does what is due: on the first beat a release is put on a day, on the second it is made."""
        for _ in range(2):
            for name in demo_keepers.NAMES:
                if name in self.running:
                    process.beat_once(self.folder / name)

    def rows(self, name: str, sql: str) -> list[tuple[Any, ...]]:
        """What one keeper has in its store."""
        with sqlite3.connect(self.folder / name / process.DATABASE) as database:
            return database.execute(sql).fetchall()

    def tags(self) -> set[str]:
        """Every tag any keeper has."""
        return {tag for name in demo_keepers.NAMES for (tag,) in self.rows(name, "SELECT tag FROM tags")}


@dataclass(frozen=True)
class Reader:
    """A handler of a channel, with her keys and nothing of the server."""

    keyring: Keyring
    saved: str
    words: str

    @classmethod
    def of(cls, world: World, username: str) -> Reader:
        """Unwraps the keys of a handler of the demonstration with her words, as her browser does."""
        words = next(one["words"] for one in world.demonstration["doors"] if one["username"] == username)
        with sqlite3.connect(world.data / "db.sqlite3") as database:
            [(blob,)] = database.execute(
                "SELECT w.blob FROM accounts_wrappedkey w JOIN accounts_key k ON k.id = w.key_id "
                "JOIN accounts_person p ON p.id = k.person_id WHERE p.username = ?",
                (username,),
            ).fetchall()
        here = installation.load(world.data).id
        unlock = unlock_keys(Words.parse(words), here, username)
        saved = save_key(json.loads(blob), installation=here, username=username)
        return cls(unwrap_with_words(json.loads(blob), unlock), saved, words)

    def opens(self, keepers: Keepers) -> list[str]:
        """The texts of every report that the keepers now running release to her: fetched from them alone."""
        today = days.today("Europe/London").isoformat()
        found: dict[str, list[shares.Release]] = {}
        parcels: dict[str, bytes] = {}
        for name in keepers.running:
            address = keepers.roster.keepers[name].address
            body = {"day": today, "keeper": name, "reader": self.keyring.sign}
            statement = statements.sign("fetch", body, self.keyring.signing)
            for one in ask_over_https(f"{address}/v1/releases", {"statement": statement})["releases"]:
                pledge = read_pledge(one["pledge"])
                found.setdefault(pledge.id, []).append(shares.Release(name, pledge, b64.decode(one["share"])))
                asked = ask_over_https(
                    f"{address}/v1/parcels", {"parcel": pledge.parcel, "statement": statement}
                )
                parcels[pledge.id] = b64.decode(asked["parcel"])
        return sorted(
            self._text(shares.open_release(releases, parcels[name]))
            for name, releases in found.items()
            if len(releases) >= keepers.roster.needs
        )

    def command(self, folder: Path, roster: str) -> str:
        """Everything `upstander open --keepers` prints and writes for her, with her saved key and her words."""
        folder.mkdir()
        for name, text in (("key.json", self.saved), ("words.txt", self.words), ("roster.json", roster)):
            (folder / name).write_text(text, "utf-8")
        given = ("--key", str(folder / "key.json"), "--words", str(folder / "words.txt"))
        to = folder / "released"
        done = subprocess.run(
            command("open", "--keepers", str(folder / "roster.json"), *given, "--to", str(to)),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        written = [path.read_bytes().decode("utf-8", "replace") for path in files_under(to)]
        return "\n".join([done.stdout, *written])

    def _text(self, opened: shares.Opened) -> str:
        grant = next(one for one in opened.grants if one["to"] == self.keyring.key and one["scope"] == "case")
        said = statements.peek(
            age.open_(b64.decode(grant["sealed"]), [self.keyring.identity]).decode(), "grant"
        )
        assert ids.check_id(opened.report["case"]) == said["case"]
        sealed = next(one for one in opened.report["envelopes"] if one["kind"] == "report")
        body = open_envelope(b64.decode(sealed["sealed"]), said["identity"]).body
        return "\n".join(str(one["text"]) for one in body["answers"])
