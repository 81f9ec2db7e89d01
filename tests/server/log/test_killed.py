"""A server killed in the middle of its work has kept everything it said it kept, and nothing by halves."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
WORKER = """
import os, secrets, sys, threading, time
from datetime import date
from pathlib import Path
from upstander.server.installation import create
create(Path(os.environ["UPSTANDER_DATA"]))
import django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0, interactive=False)
from upstander.formats import ids
from upstander.server.institutions.actions import create_institution
from upstander.server.institutions.models import Channel
from upstander.server.log.commit import Done, LeafDraft, perform
institution = create_institution(slug="marlshire", name="Marlshire Police", pack="uk-police")
def work():
    while True:
        act = ids.new_id()
        leaf = LeafDraft("message", act, "marlshire", date(2026, 11, 23), secrets.token_hex(16), bytes(32), bytes(32))
        row = Channel(id=act, institution=institution, slug=act, name="x", inside=True)
        perform(lambda: Done([row], leaf), known=leaf)
        os.write(1, (act + "\\n").encode())  # said to be kept from here on
for _ in range(6):
    threading.Thread(target=work, daemon=True).start()
threading.Event().wait()
"""


@pytest.mark.fault
@pytest.mark.parametrize("acts", [1, 60, 200])
def test_what_was_promised_is_there_after_a_kill(tmp_path: Path, acts: int) -> None:
    environment = {
        **os.environ,
        "UPSTANDER_DATA": str(tmp_path),
        "UPSTANDER_DATABASE_URL": "",
        "DJANGO_SETTINGS_MODULE": "upstander.server.settings",
        "PYTHONPATH": str(ROOT / "src"),
    }
    process = subprocess.Popen([sys.executable, "-c", WORKER], env=environment, stdout=subprocess.PIPE)
    assert process.stdout is not None
    promised = [process.stdout.readline().decode().strip() for _ in range(acts)]
    time.sleep(a_moment())
    process.send_signal(signal.SIGKILL)
    rest, _ = process.communicate()
    promised += rest.decode().split("\n")[:-1]
    with sqlite3.connect(tmp_path / "db.sqlite3") as database:
        leaves = {row[0] for row in database.execute("SELECT act FROM log_leaf")}
        rows = {row[0] for row in database.execute("SELECT id FROM institutions_channel")}
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert len(promised) >= acts and set(promised) <= leaves
    assert leaves == rows


def a_moment() -> float:
    """Some milliseconds, so that the kill does not always fall right after an answer."""
    return int.from_bytes(os.urandom(1), "big") / 10_000


BEATING = (
    WORKER.split("for _ in range(6)", maxsplit=1)[0]
    .replace('slug="marlshire"', 'slug=f"m{os.getpid()}"')
    .replace(
        "        act = ids",
        "        time.sleep(0.02)  # so that the other server gets a turn\n        act = ids",
    )
    + """
from upstander.server.log import sequence
def beat():
    while True:
        time.sleep(0.01)
        sequence.place()
        if sequence.sign(time.time()):
            os.write(1, b"signed\\n")
for _ in range(2):
    threading.Thread(target=work, daemon=True).start()
threading.Thread(target=beat, daemon=True).start()
threading.Event().wait()
"""
)


@pytest.mark.fault
def test_two_servers_on_one_database_that_are_killed_at_the_beat_leave_one_tree(tmp_path: Path) -> None:
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("UPSTANDER_")},
        "UPSTANDER_DATA": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "upstander.server.settings",
        "PYTHONPATH": str(ROOT / "src"),
    }
    for signed in (1, 2):  # heads until the first is killed; the second run finds what the first left
        servers = []
        for _ in range(2):
            servers.append(
                subprocess.Popen([sys.executable, "-c", BEATING], env=environment, stdout=subprocess.PIPE)
            )
            for _ in range(signed):
                while servers[-1].stdout.readline() != b"signed\n":  # type: ignore[union-attr]
                    assert servers[-1].poll() is None
        time.sleep(a_moment())
        for server in servers:
            server.send_signal(signal.SIGKILL)
            server.communicate()
    words = [sys.executable, "-m", "upstander.cli.main", "doctor", "--ledger", "--data", str(tmp_path)]
    done = subprocess.run(words, env=environment, capture_output=True, text=True, check=False)
    with sqlite3.connect(tmp_path / "db.sqlite3") as database:
        heads = database.execute("SELECT count(*) FROM log_checkpoint").fetchone()[0]
    assert heads > 5
    # the worker's leaves have no case: that is found, and nothing about the tree
    told = [line for line in done.stdout.splitlines() if line.startswith("fail")]
    assert all("its act and case are gone" in line or "more about leaves" in line for line in told), told
    assert "the tree over its" in done.stdout
