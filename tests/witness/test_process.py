"""The witness as a process of its own: killed while it signs, it remembers every signature that left it."""

from __future__ import annotations

import http.client
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress

import pytest

from tests.ledger.logs import TestLog, entries
from tests.vectors import log_scene as scene
from upstander.cli.main import main
from upstander.cli.witness import KEY, STATE
from upstander.ledger.checkpoint import Checkpoint
from upstander.ledger.notes import SigningKey, open_note
from upstander.ledger.witness import Request
from upstander.witness.state import State

KILLS = 3


class Process:
    """`upstander witness serve`, in a group of its own so that a kill leaves nothing behind."""

    def __init__(self, data):
        self.data = data
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        words = ["witness", "serve", "--data", str(data), "--port", str(self.port)]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "upstander.cli.main", *words], start_new_session=True
        )

    def ask(self, method, path, body=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request(method, path, body.encode() if body else None)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    def ready(self):
        for _ in range(200):
            with suppress(OSError):
                return self.ask("GET", "/")
            time.sleep(0.1)
        raise AssertionError("the witness does not answer")

    def end(self, how):
        """Ends it and waits; its worker dies with it."""
        self.process.send_signal(how)
        code = self.process.wait(30)
        for _ in range(100):
            with suppress(OSError):
                self.ask("GET", "/")
                time.sleep(0.05)
                continue
            return code
        raise AssertionError("the worker goes on without its parent")


@pytest.fixture(name="data")
def a_folder(tmp_path, capsys):
    data = tmp_path / "witness"
    assert main(["witness", "init", "--name", "witness.example/one", "--data", str(data)]) == 0
    said = capsys.readouterr().out
    key = SigningKey.parse((data / KEY).read_text("utf-8").strip())
    assert str(key.verifier) in said
    assert (data / KEY).stat().st_mode & 0o077 == 0
    assert main(["witness", "init", "--name", "witness.example/one", "--data", str(data)]) == 1
    assert "its key was kept" in capsys.readouterr().err
    assert main(["witness", "trust", str(scene.OLD.verifier), "--data", str(data)]) == 0
    return data


@pytest.fixture(name="started")
def starter():
    """Starts witnesses, and ends those a failed test has left."""
    made = []

    def start(data):
        made.append(Process(data))
        return made[-1]

    yield start
    for process in made:
        process.process.kill()


@pytest.mark.fault
def test_a_killed_witness_remembers_what_it_signed(data, started):
    pick, log, signed = random.Random(9), TestLog(), []
    key = SigningKey.parse((data / KEY).read_text("utf-8").strip()).verifier
    log.append(entries(0, 3))
    for _ in range(KILLS):
        process = started(data)
        process.ready()
        killer = threading.Timer(pick.uniform(0.1, 0.5), process.process.kill)
        killer.start()
        old = seen(data)
        with suppress(OSError, http.client.HTTPException):
            while True:
                log.append(entries(log.head.size, log.head.size + 5))
                status, body = process.ask("POST", "/add-checkpoint", str(log.request(old)))
                if status == 409:  # signed, and killed before we heard of it
                    old = int(body)
                    continue
                assert status == 200, body
                open_note(log.head.body() + "\n" + body, key)
                signed.append(log.head)
                old = log.head.size
        killer.join()
        process.end(signal.SIGKILL)
        assert seen(data) >= signed[-1].size
    assert len(signed) > KILLS
    process = started(data)
    process.ready()
    forked = TestLog()
    forked.append([*entries(0, signed[-1].size - 1), *entries(5000, 5050)])
    status, body = process.ask("POST", "/add-checkpoint", str(forked.request(0)))
    assert (status, int(body)) == (409, seen(data))
    again = Request(seen(data), (), forked.note())
    assert process.ask("POST", "/add-checkpoint", str(again))[0] in (400, 422)
    assert process.end(signal.SIGTERM) == 0


def seen(data):
    head = State(data / STATE).logs()[0].head
    return head.size if isinstance(head, Checkpoint) else 0


def test_alarms_have_an_exit_code(data, capsys):
    words = ["witness", "alarms", "--data", str(data)]
    assert main(words) == 0
    assert capsys.readouterr().out.endswith("No alarms.\n")
    state = State(data / STATE)
    for salt in ("", " changed"):
        log = TestLog()
        log.append(entries(0, 5, salt))
        with suppress(ValueError):
            state.add_checkpoint(
                log.request(5 if salt else 0), scene.WITNESSES["w1"], scene.TIME, "2026-11-24"
            )
    assert main(words) == 1
    assert "two different trees of size 5" in capsys.readouterr().out


def test_what_is_no_witness_is_said(tmp_path, data, capsys):
    for words, said in (
        (["alarms", "--data", str(tmp_path / "none")], "there is no witness"),
        (["init", "--name", "a b", "--data", str(tmp_path / "new")], "neither spaces nor plus"),
        (["trust", "nonsense", "--data", str(data)], "not a verifier key"),
        (["trust", "http://127.0.0.1:9", "--data", str(data)], "does not answer"),
    ):
        assert main(["witness", *words]) == 1
        assert said in capsys.readouterr().err
    (data / KEY).write_text("PRIVATE+KEY+secret\n")
    assert main(["witness", "alarms", "--data", str(data)]) == 1
    assert "secret" not in capsys.readouterr().err
