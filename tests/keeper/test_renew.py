"""Keepers renew their shares under one key: alone over the network, cut off anywhere, with somebody who lies."""

import json
import time
from pathlib import Path

import pytest

from tests.keeper.serving import answers, running
from upstander.cli.main import main
from upstander.formats import b64, statements
from upstander.formats.errors import FormatError
from upstander.keeper import home, renew, trial
from upstander.keeper.store import Store
from upstander.keepers import oprf, threshold
from upstander.keepers.cocktail import CeremonyError
from upstander.keepers.roster import read_roster

NAMES = ("charity", "college", "union")


class Trio:
    """Three keepers in folders, that reach each other in this process; `off` do not answer."""

    def __init__(self, folder: Path):
        trial.deal(folder, NAMES, 2, epoch="trial", first_port=1, wait=(0, 0))
        self.folders = {name: folder / name for name in NAMES}
        self.stores = {name: Store(folder / name / "keeper.sqlite3") for name in NAMES}
        self.ports = {f"http://127.0.0.1:{i + 1}": name for i, name in enumerate(NAMES)}
        self.off, self.lies = set(), {}

    def keeper(self, name):
        return home.load(self.folders[name])

    def ask(self, url, body):
        base, path = url.split("/v1/")
        name = self.ports[base]
        assert path == "renewals"
        if name in self.off:
            raise OSError("away")
        return self.lies[name] if name in self.lies else renew.said(self.stores[name], body)

    def begin(self, *names, attempt=1):
        for name in names:
            renew.begin(self.stores[name], self.keeper(name), self.folders[name], attempt)

    def go_on(self, name):
        return renew.go_on(self.stores[name], self.keeper(name), self.folders[name], self.ask)

    def shares(self):
        return {name: self.keeper(name).share for name in NAMES}

    def works(self):
        """Any two shares make the key that the roster names."""
        shares, key = list(self.shares().values()), self.keeper("union").roster.key
        pairs = [shares[:2], shares[1:], [shares[0], shares[2]]]
        return [oprf.group.base_times(threshold.join(pair)).encode() == key for pair in pairs]


@pytest.fixture
def trio(tmp_path):
    return Trio(tmp_path)


def test_all_take_part_and_the_key_and_the_rosters_hash_stay(trio):
    before, pinned = trio.shares(), trio.keeper("union").roster.sha256
    assert trio.go_on("union") is None
    trio.begin("union", "charity")
    assert trio.go_on("union").openings == ("college",)
    assert trio.go_on("charity").openings == ("college",)
    trio.begin("college")
    assert trio.go_on("college").signatures == ("charity", "union")
    assert trio.go_on("charity").signatures == ("union",)
    assert trio.shares() == before
    for name in ("union", "college", "charity"):
        assert trio.go_on(name).done
    after = trio.shares()
    assert all(before[name].secret != after[name].secret for name in NAMES)
    assert trio.works() == [True] * 3
    assert threshold.join([before["union"], after["charity"]]) != threshold.join(list(after.values())[:2])
    assert {trio.keeper(name).roster.sha256 for name in NAMES} == {pinned}
    assert trio.go_on("union") is None
    old = [b64.encode(one.secret).encode() for one in before.values()]
    for path in trio.folders["union"].rglob("*"):
        assert not any(path.is_file() and word in path.read_bytes() for word in old), path
    trio.begin(*NAMES)
    for name in (*NAMES, *NAMES):
        trio.go_on(name)
    assert trio.works() == [True] * 3
    assert trio.shares() != after


def test_a_keeper_that_is_told_by_one_alone_finishes_too(trio):
    """The college answers only the charity; the union hears all of it from the charity."""
    trio.begin(*NAMES)
    trio.go_on("charity"), trio.go_on("college"), trio.go_on("charity")
    trio.off = {"college"}
    assert trio.go_on("union").done
    trio.off = set()
    assert trio.go_on("charity").done
    assert trio.go_on("college").done
    assert trio.works() == [True] * 3


def test_whoever_deals_wrongly_is_named_and_the_next_attempt_works(trio):
    trio.begin(*NAMES)
    before = trio.shares()
    keeper = trio.keeper("college")
    renewal = renew.renewal_of(keeper, trio.folders["college"], 1)
    said = renew.said(trio.stores["college"], {"renewal": renewal.id})["texts"]["college"]["opening"]
    body = statements.peek(said, "opening")
    data = bytearray(b64.decode(body["opening"]))
    data[40] ^= 1
    wrong = statements.sign("opening", {**body, "opening": b64.encode(bytes(data))}, keeper.signing)
    store = trio.stores["college"]
    with store.write():
        store.run("UPDATE renewing SET text = ? WHERE keeper = 'college'", wrong)
    for name in ("union", "charity"):
        with pytest.raises(CeremonyError) as refused:
            trio.go_on(name)
        assert refused.value.place == keeper.roster.keepers["college"].place
    assert trio.shares() == before
    trio.begin(*NAMES, attempt=2)
    for name in (*NAMES, *NAMES):
        trio.go_on(name)
    assert trio.works() == [True] * 3
    assert trio.shares() != before


def test_two_who_were_dealt_different_things_do_not_finish(trio):
    """The college tells the union something else than the charity: no roster is signed by all."""
    trio.begin(*NAMES)
    renewal = renew.renewal_of(trio.keeper("college"), trio.folders["college"], 1)
    first = renew.said(trio.stores["college"], {"renewal": renewal.id})
    trio.go_on("charity")
    with trio.stores["college"].write():
        trio.stores["college"].run("DELETE FROM renewing")
    trio.begin("college")
    assert renew.said(trio.stores["college"], {"renewal": renewal.id}) != first
    before = trio.shares()
    faults = 0
    trio.off = {"charity"}
    trio.go_on("union")
    trio.off = set()
    for _ in range(3):
        for name in NAMES:
            try:
                state = trio.go_on(name)
                assert state is None or not state.done
            except (CeremonyError, FormatError, ValueError):
                faults += 1
    assert faults
    assert trio.shares() == before
    assert trio.works() == [True] * 3


def test_who_signs_something_else_than_was_dealt_is_named(trio):
    trio.begin(*NAMES)
    trio.go_on("college"), trio.go_on("charity")
    keeper, store = trio.keeper("college"), trio.stores["college"]
    renewal = renew.renewal_of(keeper, trio.folders["college"], 1)
    body = {"certificate": b64.encode(bytes(range(64))), "keeper": "college", "plan": renewal.id}
    with trio.stores["charity"].write():
        trio.stores["charity"].run("DELETE FROM renewing WHERE keeper = 'college' AND kind = 'renewed'")
    with store.write():
        text = statements.sign("renewed", body, keeper.signing)
        store.run("UPDATE renewing SET text = ? WHERE keeper = 'college' AND kind = 'renewed'", text)
    before = trio.shares()
    with pytest.raises(CeremonyError) as refused:
        trio.go_on("union")
    assert refused.value.place == keeper.roster.keepers["college"].place
    assert trio.shares() == before


@pytest.mark.parametrize(
    "lie", [{}, {"texts": 3}, {"texts": {"union": "x"}}, {"texts": {"union": {"opening": "x"}}}]
)
def test_nonsense_from_a_keeper_holds_nobody_up(trio, lie):
    trio.begin(*NAMES)
    trio.lies["charity"] = lie
    assert trio.go_on("union").openings == ("charity",)


def test_cut_off_between_roster_and_share_the_new_pair_is_there_afterwards(trio, monkeypatch):
    trio.begin(*NAMES)
    for name in ("charity", "college"):
        trio.go_on(name)
    before = trio.shares()["union"]

    def cut(folder):
        raise KeyboardInterrupt

    monkeypatch.setattr(home, "_take_next", cut)
    with pytest.raises(KeyboardInterrupt):
        trio.go_on("union")
    monkeypatch.undo()
    keeper = trio.keeper("union")
    assert keeper.share.secret != before.secret
    assert keeper.share.public == keeper.roster.keepers["union"].part
    assert trio.go_on("charity").done
    assert trio.go_on("college").done
    assert trio.works() == [True] * 3


def test_serving_keepers_renew_by_themselves_once_each_was_told_to(tmp_path, capsys):
    with running(tmp_path, NAMES, every="0.3") as town:
        before = {name: home.load(tmp_path / name).share.secret for name in NAMES}
        pinned = town.roster.sha256
        for name in NAMES:
            assert main(["keeper", "refresh", "--folder", str(tmp_path / name)]) in (0, 3)
        assert "Begun" in capsys.readouterr().out
        for _ in range(100):
            if all(home.load(tmp_path / name).share.secret != before[name] for name in NAMES):
                break
            time.sleep(0.2)
        else:
            pytest.fail("not renewed in twenty seconds")
        for name, address in town.addresses.items():
            part = home.load(tmp_path / name).share.public
            for _ in range(50):
                roster = read_roster(json.loads(answers(f"{address}/v1/keeper"))["roster"])
                if roster.keepers[name].part == part:
                    break
                time.sleep(0.2)
            assert roster.keepers[name].part == part
            assert roster.sha256 == pinned
        assert town.stop() == [0, 0, 0]


def test_a_keeper_that_is_not_ready_is_told_so(tmp_path, capsys):
    assert main(["keeper", "refresh", "--folder", str(tmp_path)]) == 1
    assert "missing" in capsys.readouterr().err
    trial.deal(tmp_path, NAMES, 2, epoch="trial", first_port=1, wait=(0, 0))
    words = ["keeper", "refresh", "--folder", str(tmp_path / "union")]
    assert main([*words, "--attempt", "0"]) == 1
    (tmp_path / "union/statics.json").write_text("{}")
    assert main(words) == 1
    assert "ceremonies" in capsys.readouterr().err
