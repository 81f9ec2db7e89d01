"""The commands about logs, as a journalist with a laptop uses them; and what they say when something is wrong."""

from __future__ import annotations

import pytest

from tests.ledger.logs import Host, TestLog, entries, installation, serve
from tests.ledger.test_mirror import entry
from tests.vectors import log_scene as scene
from upstander.cli.main import main
from upstander.formats import b64
from upstander.ledger import leaf as leaves
from upstander.ledger.merkle import inclusion_path
from upstander.ledger.notes import b64std
from upstander.ledger.proofs import Proof
from upstander.ledger.store import tile_of
from upstander.ledger.tiles import TileReader

WITNESSES = list(scene.WITNESSES.values())
SECRET = scene.scene.RECEIPT.log


class World:
    """An installation whose first log is closed, two of three witnesses, and somebody's folder."""

    def __init__(self, path, capsys):
        self.path, self.capsys = path, capsys
        self.old, self.log = TestLog(scene.OLD), TestLog(scene.LOG, WITNESSES[:2])
        self.old.append(entries(0, 40))
        self.log.append(entries(40, 320))
        self.host = Host([self.old, self.log], self.said())
        self.mirror = path / "mirror"

    def said(self):
        return installation([self.old, self.log], WITNESSES, 2)

    def run(self, *words):
        """Exit code and everything said."""
        code = main([str(word) for word in words])
        said = self.capsys.readouterr()
        return code, said.out + said.err

    def policy(self):
        """The policy, got from elsewhere."""
        path = self.path / "policy.txt"
        path.write_text(self.host.policy.policy.text, "utf-8")
        return path

    def receipt(self, *, proved=True):
        """The scene's receipt, over this world's newest log."""
        size = self.log.head.size
        proof = ""
        if proved:
            index = next(at for at in range(size) if self.leaf(at) == scene.LEAF.hash)
            read = TileReader(tile_of(self.log.store), size)
            proof = str(Proof(index, inclusion_path(index, size, read), self.log.note()))
        path = self.path / "receipt.json"
        path.write_bytes(scene.receipt(proof=proof, policy=self.host.policy.text))
        return path

    def leaf(self, index):
        return TileReader(tile_of(self.log.store), self.log.head.size)(0, index)


@pytest.fixture(name="world")
def a_world(tmp_path, capsys):
    return World(tmp_path, capsys)


def mirrored(world, *words):
    with serve(world.host) as address:
        return world.run("mirror", address, world.mirror, *words)


def test_mirror_then_verify(world):
    world.old.witnesses = WITNESSES[:2]
    world.old.publish()
    code, said = mirrored(world)
    assert code == 0, said
    assert "40 entries, 40 of them new" in said
    assert "280 entries, 280 of them new. All of it fits." in said
    assert "policy the site itself gives" in said
    code, said = world.run("verify", "log", world.mirror, "--policy", world.policy())
    assert code == 0, said
    assert "280 entries hold" in said
    assert "witness w1 signed on 2026-11-24" in said
    assert "did not sign: w3" in said
    assert "vouches for itself" not in said
    assert "vouches for itself" in world.run("verify", "log", world.mirror)[1]
    world.log.append(entries(320, 330))
    assert "290 entries, 10 of them new" in mirrored(world)[1]


def test_too_few_witnesses_are_said_and_do_not_verify(world):
    code, said = mirrored(world)
    assert code == 0
    assert "SEEN BY TOO FEW WITNESSES so far: w1, w2, w3 did not sign." in said
    code, said = world.run("verify", "log", world.mirror)
    assert (code, "40 entries lacks witnesses: w1, w2, w3" in said) == (1, True)
    assert "hold" not in said.replace("NOT HOLD", "")
    assert world.run("verify", "log", world.mirror, "--unwitnessed")[0] == 0
    world.old.witnesses = WITNESSES[1:]  # they sign later: also a closed log is looked at until then
    world.old.publish()
    mirrored(world)
    assert world.run("verify", "log", world.mirror)[0] == 0


def test_a_log_that_is_forked_meanwhile(world):
    mirrored(world)
    forked = TestLog(scene.LOG)
    forked.append([*entries(40, 319), entry(999)])
    world.host.logs[1] = forked
    code, said = mirrored(world)
    assert code == 1
    assert "DOES NOT HOLD" in said
    assert "forked" in said
    assert "All of it fits" not in said


def test_watch_ends_when_something_is_wrong(world):
    mirrored(world)
    rewound = TestLog(scene.LOG)
    rewound.append(entries(40, 300))
    world.host.logs[1] = rewound
    code, said = mirrored(world, "--watch", "0.1")
    assert code == 1
    assert "rewound: it had 280 entries, and now shows 260" in said


def test_an_installation_that_takes_back_what_it_said(world):
    mirrored(world)
    world.host.logs.pop()
    world.host.policy = installation([world.old])
    assert "no longer names one of its logs" in mirrored(world)[1]


def test_a_site_that_does_not_answer_changes_nothing(world):
    code, said = world.run("mirror", "http://127.0.0.1:9", world.mirror)
    assert (code, "does not answer" in said) == (1, True)
    assert not world.mirror.exists()
    assert world.run("mirror", "speak.example.org", world.mirror)[0] == 1
    code, said = world.run("verify", "log", world.mirror)
    assert (code, "there is no mirror" in said) == (1, True)


def test_stats(world):
    mirrored(world)
    code, said = world.run("log", "stats", world.mirror, "--unwitnessed")
    assert code == 0, said
    rows = [line.split() for line in said.splitlines()]
    assert ["month", "answered", "message", "received", "restricted"] in rows
    assert ["all", "80", "80", "80", "80"] in rows
    assert ["all", "80", "80", "0", "0"] in rows


def test_clocks_say_what_is_withheld(world):
    made = [act(number) for number in (1, 2, 4)]
    world.log.append(made)
    mirrored(world)
    secrets = world.path / "secrets.txt"
    secrets.write_text(f"# cases\nours {b64.encode(SECRET)}\nother {b64.encode(bytes(32))}\n", "utf-8")
    code, said = world.run("log", "clocks", world.mirror, "--secrets", secrets, "--unwitnessed")
    assert code == 1
    assert "ours: 3 acts in the log." in said
    assert "4  2026-10-04  restricted  entry 282" in said
    assert "WITHHELD: act 3 must be there, and is not." in said
    assert "other: NOTHING of this case is in the log." in said
    world.log.append([act(3)])
    mirrored(world)
    secrets.write_text(f"ours {b64.encode(SECRET)} 4\n", "utf-8")
    code, said = world.run("log", "clocks", world.mirror, "--secrets", secrets, "--unwitnessed")
    assert (code, "4 acts in the log" in said) == (0, True)
    secrets.write_text(f"ours {b64.encode(SECRET)} 6\n", "utf-8")
    code, said = world.run("log", "clocks", world.mirror, "--secrets", secrets, "--unwitnessed")
    assert (code, "act 5, 6 must be there" in said) == (1, True)
    secrets.write_text("ours something\n", "utf-8")
    code, said = world.run("log", "clocks", world.mirror, "--secrets", secrets)
    assert (code, "Line 1 is not a name" in said, "something" in said) == (1, True, False)


def act(number):
    label, salt = leaves.label_and_salt(SECRET, number)
    commitment = leaves.commitment(salt, scene.scene.seed(str(number)))
    shown = "received" if number == 1 else "restricted"
    return leaves.leaf_bytes(shown, f"2026-10-0{number}", label, commitment)


def test_a_receipt_on_a_machine_that_never_saw_the_server(world):
    world.log.append([act(1), scene.LEAF.data, *entries(320, 330)])
    receipt = world.receipt()
    code, said = world.run("verify", "receipt", receipt, "--policy", world.policy())
    assert code == 0, said
    assert "promised to be in the log on 2026-11-23" in said
    assert "It is in the log: entry 281 of 292" in said
    assert "the promise vouches for itself alone" in said
    code, said = world.run("verify", "receipt", receipt)
    assert (code, "vouches for itself. Give your own" in said) == (0, True)
    statement = world.path / "log-policy"
    statement.write_text(world.host.policy.text, "utf-8")
    code, said = world.run("verify", "receipt", receipt, "--policy", statement)
    assert (code, "vouches for itself" in said) == (0, False)


def test_a_receipt_that_does_not_hold(world):
    world.log.append([act(1), scene.LEAF.data])
    receipt = world.receipt()
    good = receipt.read_bytes()
    nobody = world.path / "policy.txt"
    nobody.write_text(f"witness w {scene.STRANGER.verifier}\nlog {scene.LOG.verifier}\nquorum w\n", "utf-8")
    code, said = world.run("verify", "receipt", receipt, "--policy", nobody)
    assert (code, "lacks witnesses: w did not sign" in said) == (1, True)
    receipt.write_bytes(good.replace(b"2026-11-23", b"2026-11-22"))
    code, said = world.run("verify", "receipt", receipt)
    assert (code, "DOES NOT HOLD" in said, "It is in the log" in said) == (1, True, False)
    receipt.write_bytes(good[:-9])
    assert "cut short" in world.run("verify", "receipt", receipt)[1]
    assert world.run("verify", "receipt", world.path / "none")[0] == 1
    assert b64std(world.log.head.root) in good.decode()


def test_a_promise_kept_not_yet_due_and_broken(world):
    world.old.witnesses = WITNESSES[:2]
    world.old.publish()
    receipt = world.receipt(proved=False)
    code, said = world.run("verify", "receipt", receipt)
    assert (code, "by 2026-11-25" in said, "DOES NOT HOLD" in said) == (1, True, False)
    mirrored(world)
    words = ("verify", "receipt", receipt, "--policy", world.policy(), "--mirror", world.mirror)
    code, said = world.run(*words)
    assert (code, "has to be by 2026-11-25; this mirror ends on 2026-11-24" in said) == (1, True)

    def later(days):
        TestLog.time += days * 86_400
        try:
            world.log.publish()
        finally:
            TestLog.time -= days * 86_400
        mirrored(world)

    later(1)
    assert "this mirror ends on 2026-11-25" in world.run(*words)[1]
    later(2)
    code, said = world.run(*words)
    assert (code, "The promise is broken" in said) == (1, True)
    assert "which witnesses signed on 2026-11-26" in said
    assert scene.LEAF.hash.hex() in said
    world.log.append([act(1), scene.LEAF.data])
    mirrored(world)
    code, said = world.run(*words)
    assert code == 0, said
    assert f"It is entry 281 of {scene.ORIGINS[1]}" in said
