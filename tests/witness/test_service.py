"""The witness as a service: what it answers, what it remembers, what it never signs."""

import hashlib
import json
import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from tests.ledger.logs import TestLog, entries, installation
from tests.vectors import log_scene as scene
from tests.witness.client import Client
from upstander.formats import b64, statements
from upstander.ledger.logpolicy import read_watching
from upstander.ledger.notes import open_note
from upstander.ledger.witness import Request
from upstander.witness.service import application
from upstander.witness.state import State

KEY = scene.WITNESSES["w1"]


@pytest.fixture(name="state")
def a_state(tmp_path):
    state = State(tmp_path / "witness.sqlite3")
    state.trust_log(scene.OLD.verifier)
    return state


@pytest.fixture(name="log")
def a_log():
    log = TestLog()
    log.append(entries(0, 5))
    return log


def client(state):
    return Client(application(state, KEY, clock=lambda: float(scene.TIME)))


def ask(web, request):
    return web.post("/add-checkpoint", content=str(request).encode())


def test_it_signs_a_log_as_it_grows(state):
    web, log = client(state), TestLog()
    for old, new in ((0, 5), (5, 300), (300, 300)):
        log.append(entries(old, new))
        answer = ask(web, log.request(old))
        assert answer.status_code == 200, answer.text
        cosigned = open_note(log.head.body() + "\n" + answer.text, KEY.verifier)
        assert cosigned.signatures[0].timestamp == scene.TIME
    assert web.get("/").json() == {
        "alarms": 0,
        "logs": [{"day": "2026-11-24", "origin": log.head.origin, "size": 300}],
        "name": KEY.name,
        "vkey": str(KEY.verifier),
    }


def test_it_shows_what_it_signed_to_monitors(state, log):
    web = client(state)
    path = f"/{hashlib.sha256(log.head.origin.encode()).hexdigest()}/checkpoint"
    assert web.get(path).status_code == 404
    signed = ask(web, log.request(0)).text
    kept = open_note(web.get(path).text, log.key.verifier, KEY.verifier)
    assert (kept.text, len(kept.signatures)) == (log.head.body(), 2)
    assert kept.lines[-1] == signed


def test_a_rewound_or_forked_log_is_refused_also_after_a_restart(state, log):
    assert ask(client(state), log.request(0)).status_code == 200
    web = client(State(state.path))
    rewound, forked = TestLog(), TestLog()
    rewound.append(entries(0, 3))
    forked.append(entries(0, 9, " changed"))
    answer = ask(web, rewound.request(0))
    assert (answer.status_code, answer.text) == (409, "5\n")
    assert answer.headers["content-type"] == "text/x.tlog.size"
    assert ask(web, forked.request(5)).status_code == 422
    assert web.get("/alarms").json() == {"alarms": []}


def test_two_trees_of_one_size_are_an_alarm_with_both_signatures(state, log):
    web = client(state)
    ask(web, log.request(0))
    forked = TestLog()
    forked.append(entries(0, 5, " changed"))
    for _ in range(2):
        assert ask(web, forked.request(5)).status_code == 422
    (alarm,) = web.get("/alarms").json()["alarms"]
    assert "two different trees of size 5" in alarm["what"]
    for head in (log.head, forked.head):
        assert head.body() in alarm["evidence"]


def test_what_is_no_request_is_refused(state):
    web = client(state)
    assert web.post("/add-checkpoint", content=b"nonsense").status_code == 400
    assert web.post("/add-checkpoint", content=b"\xff").status_code == 400
    assert web.post("/add-checkpoint", content=b"x" * 200_000).status_code == 413
    assert web.get("/add-checkpoint").status_code == 405
    stranger = TestLog(scene.LOG)
    stranger.append(entries(0, 1))
    assert ask(web, stranger.request(0)).status_code == 404


def test_of_two_requests_at_once_only_one_history_is_signed(state, log):
    """Two forks race; whoever comes second meets the other's head, whatever the order of steps."""
    web = client(state)
    ask(web, log.request(0))
    forks = []
    for name in "abcdefgh":
        fork = TestLog()
        fork.append(entries(0, 5))
        fork.append(entries(5, 9, name))
        forks.append(fork)
    ready = threading.Barrier(len(forks))

    def race(fork):
        ready.wait()
        return ask(web, fork.request(5)).status_code

    with ThreadPoolExecutor(len(forks)) as pool:
        answers = sorted(pool.map(race, forks))
    assert answers == [200] + [409] * 7
    signed = state.logs()[0].head
    assert [fork.head for fork in forks].count(signed) == 1


def test_it_watches_for_a_promise_of_an_installation_it_knows(state, log):
    web = client(state)
    body = json.dumps({"promise": scene.PROMISE, "policy": scene.LOG_POLICY})
    assert web.post("/watch", content=body).status_code == 404
    state.trust_installation(installation([log]), "https://speak.example/")
    answers = {web.post("/watch", content=body).text for _ in range(2)}
    assert len(answers) == 1
    watching = read_watching(answers.pop(), KEY.verifier)
    assert (watching.leaf, watching.by) == (scene.LEAF.hash.hex(), "2026-11-25")
    assert list(state.watches(scene.scene.INSTALLATION)) == [watching.leaf]


def test_it_watches_for_no_promise_that_the_installation_did_not_sign(state, log):
    web = client(state)
    state.trust_installation(installation([log]), "https://speak.example/")
    said = statements.peek(scene.PROMISE, "promise")
    forged = statements.sign("promise", said, KEY.private)
    for body, status in (
        (json.dumps({"promise": forged}), 403),
        (json.dumps({"promise": "nonsense"}), 400),
        (json.dumps({"promise": 7}), 400),
        ("[]", 400),
        ("[" * 50_000, 400),
        ("x" * 100_000, 413),
    ):
        assert web.post("/watch", content=body).status_code == status
    assert state.watches(scene.scene.INSTALLATION) == {}
    assert b64.encode(KEY.verifier.public) not in scene.PROMISE


def test_a_wrong_proof_from_a_stranger_is_no_alarm(state, log):
    """Anybody can send a head the log signed with a proof that is wrong; that says nothing about the log."""
    web = client(state)
    ask(web, log.request(0))
    log.append(entries(5, 9))
    good = log.request(5)
    assert ask(web, Request(5, good.path[::-1], good.note)).status_code == 422
    assert state.alarms() == []
    assert ask(web, good).status_code == 200


def test_a_full_disk_means_no_signature(state, log):
    """What could not be remembered was not signed; when there is room again it goes on where it was."""
    ask(client(state), log.request(0))
    log.append(entries(5, 9))

    class Full(State):
        @contextmanager
        def _connection(self):
            with super()._connection() as connection:
                (pages,) = connection.execute("PRAGMA page_count").fetchone()
                connection.execute(f"PRAGMA max_page_count={pages}")
                yield connection

    full = Full(state.path)
    with pytest.raises(sqlite3.OperationalError, match="full"):
        full.add_checkpoint(log.request(5), KEY, scene.TIME, "x" * 100_000)
    assert state.logs()[0].head.size == 5
    assert ask(client(state), log.request(5)).status_code == 200
