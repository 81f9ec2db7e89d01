"""The server is killed at random moments under load. Whatever it acknowledged is there afterwards, and opens.

Reports, messages and parts of files are sent by several people at once; each notes what was acknowledged. After the
last restart everything noted is fetched and opened, and the log is counted: leaf for act, act for leaf, one tree.
"""

from __future__ import annotations

import json
import random
import sqlite3
import subprocess
import threading
import time
import urllib.error
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path
from typing import Any

import pytest

from tests.reporters import Reporter, card_of
from tests.world import World, command, demonstration
from upstander.formats import b64, ids, statements
from upstander.sealing import age
from upstander.sealing.cards import Card
from upstander.sealing.envelopes import open_envelope

KILLS = 3
PEOPLE = 4
FILE = age.seal(bytes(64 * 1024), [age.recipient_of(age.new_identity())])  # one part
LOST = (urllib.error.URLError, HTTPException, OSError)  # the server went away before it answered


@dataclass
class Diary:
    """What one person was told is safe."""

    reports: list[Reporter] = field(default_factory=list)
    messages: list[tuple[Reporter, str]] = field(default_factory=list)
    parts: list[tuple[str, int]] = field(default_factory=list)
    unsure: list[dict[str, Any]] = field(default_factory=list)  # sent, but no answer came
    refused: list[object] = field(default_factory=list)


def live(world: World, card: Card, sign: str, diary: Diary, stop: threading.Event) -> None:
    """Reports, writes, uploads, until told to stop. Goes on after every loss."""
    while not stop.is_set():
        try:
            one_round(world, card, sign, diary)
        except LOST:
            time.sleep(0.02)


def one_round(world: World, card: Card, sign: str, diary: Diary) -> None:
    reporter = Reporter(card)
    body = reporter.report(text=f"What {reporter.case.id} saw.")
    diary.unsure.append(body)
    status, answer = world.send("POST", "/api/v1/i/marlshire/reports", body)
    diary.unsure.remove(body)
    if status != 200:
        diary.refused.append(answer)
        return
    statements.verify(answer["promise"], "promise", sign)
    diary.reports.append(reporter)

    signed_in = reporter.sign_in(world)
    text = f"More from {reporter.case.id}."
    status, answer = world.send(
        "POST", "/api/v1/i/marlshire/mailbox/messages", reporter.message(text), signed_in
    )
    if status == 200:
        diary.messages.append((reporter, text))
    else:
        diary.refused.append(answer)

    upload = ids.new_id()
    path = f"/api/v1/i/marlshire/uploads/{upload}"
    announced = world.send("PUT", path, {"size": len(FILE), "parts": 1})[0] == 204
    if announced and world.send("PUT", f"{path}/parts/0", FILE)[0] == 204:
        diary.parts.append((upload, 0))


def conversation(world: World, reporter: Reporter) -> dict[str, Any]:
    return dict(json.loads(world.get("/api/v1/i/marlshire/mailbox", reporter.sign_in(world))))


def sealed_rows(world: World) -> dict[str, list[tuple[str, bytes]]]:
    """Kind and sealed bytes of every envelope, by case, as the stopped server's database has them."""
    with sqlite3.connect(world.data / "db.sqlite3") as database:
        found: dict[str, list[tuple[str, bytes]]] = {}
        for case, kind, sealed in database.execute(
            'SELECT case_id, kind, sealed FROM cases_envelope ORDER BY "order"'
        ):
            found.setdefault(case, []).append((kind, bytes(sealed)))
        return found


@pytest.mark.fault
def test_what_was_acknowledged_survives_being_killed(tmp_path: Path) -> None:
    with demonstration(tmp_path) as world:
        card, sign = card_of(world)
        diaries = [Diary() for _ in range(PEOPLE)]
        stop = threading.Event()
        crowd = [
            threading.Thread(target=live, args=(world, card, sign, diary, stop), daemon=True)
            for diary in diaries
        ]
        for person in crowd:
            person.start()
        for _ in range(KILLS):
            time.sleep(random.uniform(1.0, 2.5))
            world.kill()
            world.start()
        time.sleep(0.5)
        stop.set()
        for person in crowd:
            person.join(30)

        reports = [reporter for diary in diaries for reporter in diary.reports]
        messages = [pair for diary in diaries for pair in diary.messages]
        parts = [part for diary in diaries for part in diary.parts]
        refused = [answer for diary in diaries for answer in diary.refused]
        assert not refused, refused[:3]
        assert len(reports) > KILLS and messages and parts, "too little was sent to say anything"

        for upload, number in parts:
            there = json.loads(world.get(f"/api/v1/i/marlshire/uploads/{upload}"))
            assert number in there["have"], "an acknowledged part is gone"
        for reporter, text in messages:
            sealed = [
                one["sealed"]
                for one in conversation(world, reporter)["envelopes"]
                if one["kind"] == "message"
            ]
            said = [open_envelope(b64.decode(one), reporter.receipt.identity).body["text"] for one in sealed]
            assert text in said, "an acknowledged message is gone"

        # A report whose answer was lost is sent again: the same act, so it neither doubles nor fails.
        again = [body for diary in diaries for body in diary.unsure]
        for body in again:
            status, answer = world.send("POST", "/api/v1/i/marlshire/reports", body)
            assert status == 200, answer
        world.stop()

        rows = sealed_rows(world)
        for reporter in reports:
            report = dict(rows[reporter.case.id])["report"]
            opened = open_envelope(report, reporter.case.identity)
            assert opened.body["answers"][0]["text"] == f"What {reporter.case.id} saw."
        for case, envelopes in rows.items():
            assert envelopes, case
            for _, sealed in envelopes:
                age.inspect(sealed)  # nothing half-written
        for body in again:
            assert [kind for kind, _ in rows[body["case"]]][:2] == ["report", "sheet"]
        check_log(world)


def check_log(world: World) -> None:
    """Acts and leaves fit each other, and the tree that was signed is theirs; killed beats included."""
    words = command("doctor", "--ledger", "--data", str(world.data))
    done = subprocess.run(words, env=world.environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    with sqlite3.connect(world.data / "db.sqlite3") as database:
        kinds = dict(database.execute("SELECT kind, count(*) FROM log_leaf GROUP BY kind"))
        cases = database.execute("SELECT count(*) FROM cases_case WHERE state <> 'private'").fetchone()[0]
        written = database.execute(
            "SELECT count(*) FROM cases_envelope WHERE kind = 'message' AND author_id IS NULL"
        ).fetchone()[0]
        heads = database.execute("SELECT count(*) FROM log_checkpoint").fetchone()[0]
        assert kinds["received"] == cases
        assert kinds["message"] >= written
        assert heads > 1, "too few beats to say anything"
