"""The witness looks at the logs itself: kept promises, broken ones, and logs that lie to their readers."""

from datetime import date, timedelta

import pytest

from tests.ledger.logs import Host, TestLog, entries, installation, serve
from tests.vectors import log_scene as scene
from upstander.formats.days import parse
from upstander.ledger.checkpoint import sign_checkpoint
from upstander.ledger.errors import LedgerError
from upstander.ledger.promise import read_promise
from upstander.witness.state import State
from upstander.witness.watching import http_source, sweep

PROMISE = read_promise(scene.PROMISE, scene.scene.INSTALLATION_SIGN)
ID = scene.scene.INSTALLATION


def after(days: int) -> str:
    return (parse(PROMISE.by) + timedelta(days=days)).isoformat()


class World:
    """An installation with one log, and a witness that trusts it."""

    def __init__(self, path):
        self.log = TestLog()
        self.log.append(entries(0, 300))
        self.host = Host([self.log], installation([self.log]))
        self.state = State(path / "witness.sqlite3")

    def sign(self):
        """The witness signs the newest head."""
        seen = self.state.logs()[0].head
        request = self.log.request(seen.size if seen is not None else 0)
        self.state.add_checkpoint(request, scene.WITNESSES["w1"], scene.TIME, "2026-11-24")

    def watch(self):
        self.state.watch(PROMISE, scene.PROMISE)

    def whats(self):
        return [alarm.what for alarm in self.state.alarms()]


@pytest.fixture(name="world")
def a_world(tmp_path):
    world = World(tmp_path)
    with serve(world.host) as address:
        world.state.trust_installation(world.host.policy, address)
        world.sign()
        yield world


def test_a_kept_promise_is_seen_and_forgotten(world):
    world.watch()
    assert sweep(world.state, after(0)) == 0
    world.log.append([scene.LEAF.data, *entries(300, 310)])
    assert sweep(world.state, after(0)) == 0
    assert world.state.watches(ID) == {}
    assert sweep(world.state, after(5)) == 0


def test_a_broken_promise_is_an_alarm_with_the_promise(world):
    world.watch()
    world.log.append(entries(300, 310))
    assert sweep(world.state, PROMISE.by) == 0
    assert sweep(world.state, after(1)) == 1
    (alarm,) = world.state.alarms()
    assert PROMISE.leaf in alarm.what
    assert alarm.evidence == scene.PROMISE
    assert sweep(world.state, after(2)) == 0


def test_a_leaf_that_was_there_before_it_was_asked_for_is_no_alarm(world):
    world.log.append([scene.LEAF.data, *entries(300, 700)])
    sweep(world.state, after(0))
    world.watch()
    assert sweep(world.state, after(1)) == 0
    assert world.state.watches(ID) == {}


def test_a_leaf_in_the_next_generation_keeps_the_promise(world):
    world.watch()
    successor = TestLog(scene.LOG)
    successor.append([*entries(0, 3), scene.LEAF.data])
    world.host.logs.append(successor)
    world.host.policy = installation([world.log, successor])
    assert sweep(world.state, after(1)) == 0
    assert [log.origin for log in world.state.logs()] == scene.ORIGINS
    assert world.state.watches(ID) == {}


def test_it_reads_on_where_it_was(world):
    sweep(world.state, after(0))
    world.log.append(entries(300, 600))
    world.host.asked.clear()
    sweep(world.state, after(0))
    read = [path for path in world.host.asked if "tile" in path]
    assert read == ["/log/1/tile/0/001", "/log/1/tile/0/002.p/88"]


def test_a_log_that_shows_readers_another_tree_than_the_witness(world):
    forked = TestLog()
    forked.append([*entries(0, 299), *entries(299, 305, " changed")])
    world.host.logs[0] = forked
    assert sweep(world.state, after(0)) == 1
    assert "another root for 300 entries than was signed" in world.whats()[0]
    assert world.state.alarms()[0].log == scene.ORIGINS[0]


def test_a_log_that_is_shorter_than_what_was_signed(world):
    rewound = TestLog()
    rewound.append(entries(0, 299))
    world.host.logs[0] = rewound
    assert sweep(world.state, "2026-11-25") == 0  # perhaps it still waits for other witnesses
    assert sweep(world.state, "2026-11-26") == 1
    assert world.whats() == ["The log is rewound: it had 300 entries, and now shows 299."]


def test_a_tile_that_is_wrong(world):
    tile = world.log.store.read("tile/0/000")
    world.host.changed["/log/1/tile/0/000"] = tile[32:64] + tile[:32] + tile[64:]
    assert sweep(world.state, after(0)) == 1
    assert "root" in world.whats()[0]


def test_a_tile_that_is_wrong_beyond_what_was_signed(world):
    world.log.append(entries(300, 310))
    tile = world.log.store.read("tile/0/001.p/54")
    world.host.changed["/log/1/tile/0/001.p/54"] = tile[:-32] + bytes(32)
    assert sweep(world.state, after(0)) == 1
    assert world.whats() == ["The tiles do not give the root of the checkpoint of 310 entries."]


def test_a_tile_that_is_cut_short(world):
    world.host.changed["/log/1/tile/0/001.p/44"] = b"short"
    assert sweep(world.state, after(0)) == 1
    assert "has 1408 bytes, not 5" in world.whats()[0]


def test_a_checkpoint_that_somebody_else_signed(world):
    world.host.changed["/log/1/checkpoint"] = sign_checkpoint(
        scene.Checkpoint(scene.LOG.name, 300, world.log.head.root), scene.LOG
    ).encode()
    assert sweep(world.state, after(0)) == 1
    assert "not known here" in world.whats()[0]


def test_what_cannot_be_read_is_no_proof_but_is_said_when_a_promise_is_due(world):
    world.watch()
    world.host.changed["/log/1/checkpoint"] = None
    assert sweep(world.state, PROMISE.by) == 0
    assert sweep(world.state, after(1)) == 1
    assert "cannot be read" in world.whats()[0]
    assert world.state.watches(ID) != {}
    del world.host.changed["/log/1/checkpoint"]
    world.log.append([scene.LEAF.data])
    assert sweep(world.state, after(1)) == 0
    assert world.state.watches(ID) == {}


def test_an_installation_cannot_take_back_a_log(world, tmp_path):
    successor = TestLog(scene.LOG)
    successor.append(entries(0, 3))
    both = installation([world.log, successor])
    world.state.trust_installation(both, "https://speak.example/")
    with pytest.raises(LedgerError, match="no longer names one of its logs"):
        world.state.trust_installation(world.host.policy, "https://speak.example/")
    other_end = installation([world.log, successor], closed=7)
    with pytest.raises(LedgerError, match="closed with 300 entries"):
        world.state.trust_installation(other_end, "https://speak.example/")


def test_a_source_stays_on_its_host():
    with pytest.raises(LedgerError, match="another host"):
        http_source("https://speak.example/", "//elsewhere.example/log/1/")
    for address in ("file:///etc/passwd", "speak.example", "ftp://speak.example/"):
        with pytest.raises(LedgerError, match="not an address"):
            http_source(address, "")
    assert date.fromisoformat(after(1)) > date.fromisoformat(PROMISE.by)
