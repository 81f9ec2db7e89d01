"""A keeper leaves: its successor holds what it held, releases it, and the leaver's share is worth nothing."""

import json

import pytest

from tests.keeper.serving import answers, free_ports, running
from tests.keeper.test_open import NAMES, collect, deposit, held, opened, output, saved_key, short
from tests.keepers.scene import key
from tests.vectors import scene as vectors
from upstander.cli.main import main
from upstander.formats import statements
from upstander.formats.errors import FormatError
from upstander.keeper import amend, handover, home, trial
from upstander.keeper.found import applicant
from upstander.keepers import oprf, threshold
from upstander.sealing import age
from upstander.sealing.errors import SealingError


def run(*words):
    code = main(["keeper", *map(str, words)])
    assert code in (0, 3), words
    return code


def test_a_successor_takes_name_place_and_store_and_the_leavers_share_dies(tmp_path, capsys):
    town_folder, carried = tmp_path / "keepers", tmp_path / "carried"
    town_folder.mkdir(), carried.mkdir()
    with running(town_folder, NAMES) as town:
        word = output(town, b"one")
        first, second = (held(town, text, [("warrant", word)]) for text in ("what Anna saw", "what Bela saw"))
        deposit(town, first, second, off=["charity"])  # without the union's shares, too few are left
        run("take-over", "key", "--to", carried / "key.txt")
        recipient = capsys.readouterr().out.split()[-1]
        leaver, successor = town_folder / "union", town_folder / "successor"
        run("hand-over", "--folder", leaver, "--to-recipient", recipient, "--to", carried / "store.age")
        town.stop("union")
        old_share = home.load(leaver).share
        port = free_ports(1)
        run(
            *("take-over", "store", "--key", carried / "key.txt", "--folder", successor),
            *("--address", f"http://127.0.0.1:{port}", "--to", carried / "successor.json"),
            carried / "store.age",
        )
        with pytest.raises(FormatError):
            home.load(successor)
        folders = {"charity": town_folder / "charity", "college": town_folder / "college", "union": successor}
        amended = carried / "amended.json"
        run("amend", "plan", "--folder", folders["college"], "--to", amended, carried / "successor.json")
        capsys.readouterr()
        for name, folder in folders.items():
            to = carried / f"{name}.roster"
            run("amend", "sign", "--folder", folder, "--amended", amended, "--to", to)
        assert "another body is in its place" in capsys.readouterr().out
        for folder in folders.values():
            run(
                "amend", "finish", "--folder", folder, "--amended", amended, *sorted(carried.glob("*.roster"))
            )
        assert len({home.load(folder).roster.sha256 for folder in folders.values()}) == 1
        town.stop()
        for name, folder in folders.items():
            town.start(name, folder)
        for keeper in home.load(successor).roster.keepers.values():
            answers(f"{keeper.address}/v1/keeper")
        for _ in range(2):
            for folder in folders.values():
                run("refresh", "--folder", folder)
        assert [run("refresh", "--folder", folder) for folder in folders.values()] == [0, 0, 0]
        new = {name: home.load(folder) for name, folder in folders.items()}
        assert new["union"].share.secret != old_share.secret
        key_ = oprf.group.base_times(threshold.join([old_share, new["charity"].share])).encode()
        assert key_ != new["charity"].roster.key
        town.addresses["union"] = f"http://127.0.0.1:{port}"
        town.beat(folders=folders)
        assert collect(town, saved_key(tmp_path, vectors.ROWAN), tmp_path / "out") == 0
        assert opened(tmp_path / "out") == {short(first): "what Anna saw", short(second): "what Bela saw"}
        about = json.loads((tmp_path / "out" / short(first) / "about.json").read_text())
        assert "union" in about["keepers"]


@pytest.fixture
def trio(tmp_path):
    trial.deal(tmp_path, NAMES, 2, epoch="trial", first_port=1, wait=(0, 0))
    return tmp_path


def test_only_one_keepers_address_or_keys_can_be_amended(trio):
    union = trio / "union"
    moved = amend.propose(union, {**applicant(union, "https://elsewhere.example")})
    assert amend.changes(trio / "charity", moved) == [
        "union will answer at https://elsewhere.example, not at http://127.0.0.1:3."
    ]
    body = json.loads(moved)

    def with_keeper(index, **change):
        keepers = [dict(one) for one in body["roster"]["keepers"]]
        keepers[index].update(change)
        return {**body, "roster": {**body["roster"], "keepers": keepers}}

    stranger = statements.public_of(key("stranger"))
    for wrong in (
        {**body, "roster": {**body["roster"], "needs": 3}},
        {**body, "roster": {**body["roster"], "key": stranger}},
        {**body, "roster": {**body["roster"], "keepers": body["roster"]["keepers"][:2]}},
        with_keeper(0, sign=stranger),
        with_keeper(2, part=stranger),
        with_keeper(2, place=1),
        with_keeper(2, name="other"),
        {**body, "statics": {}},
        {**body, "more": 1},
        {"roster": 1, "statics": 2},
        {"roster": {"keepers": [1]}, "statics": {}},
        [],
    ):
        with pytest.raises(FormatError):
            amend.sign(trio / "charity", json.dumps(wrong))
    present = json.dumps(
        {"roster": statements.peek(home.roster_texts(union)[0], "roster"), "statics": home.statics(union)}
    )
    with pytest.raises(FormatError, match="0 keepers"):
        amend.changes(union, present)
    with pytest.raises(FormatError):
        amend.propose(union, {**applicant(union, "https://x.example"), "name": "nobody"})


def test_an_amendment_takes_every_keepers_signature(trio):
    union = trio / "union"
    text = amend.propose(union, applicant(union, "https://elsewhere.example"))
    signed = {name: amend.sign(trio / name, text) for name in NAMES}
    other = amend.propose(union, applicant(union, "https://third.example"))
    before = home.load(trio / "charity").roster.sha256
    for given in (
        [signed["charity"], signed["union"]],
        [signed["charity"], signed["union"], amend.sign(trio / "college", other)],
        [],
    ):
        with pytest.raises(FormatError):
            amend.finish(trio / "charity", text, given)
        assert home.load(trio / "charity").roster.sha256 == before
    hashes = {amend.finish(trio / name, text, list(signed.values())[::-1]) for name in NAMES}
    assert hashes == {home.load(trio / "college").roster.sha256} != {before}
    assert home.load(trio / "charity").roster.keepers["union"].address == "https://elsewhere.example"


def test_a_store_opens_for_its_successor_alone_and_writes_nowhere_else(trio, capsys):
    from upstander.keeper.store import Store

    Store(trio / "union/keeper.sqlite3").close()
    identity = age.new_identity()
    sealed = handover.pack(trio / "union", age.recipient_of(identity))
    with pytest.raises(SealingError):
        handover.unpack(sealed, age.new_identity(), trio / "stranger")
    plain = age.open_(sealed, [identity])
    head, _, store = plain.partition(b"\n")
    body = json.loads(head)
    for wrong in (
        {**body, "files": {**body["files"], "../evil": "x"}},
        {**body, "files": {}},
        {**body, "name": "../x"},
        {**body, "format": "upstander/keeper-store/v2"},
    ):
        data = json.dumps(wrong, separators=(",", ":"), sort_keys=True).encode() + b"\n" + store
        with pytest.raises(FormatError):
            handover.unpack(age.seal(data, [age.recipient_of(identity)]), identity, trio / "wrong")
    assert not (trio / "evil").exists()
    with pytest.raises(FileExistsError):
        handover.unpack(sealed, identity, trio / "charity")
    assert (
        main(
            [
                "keeper",
                "hand-over",
                "--folder",
                str(trio / "no"),
                "--to-recipient",
                "x",
                "--to",
                str(trio / "o"),
            ]
        )
        == 1
    )
    assert "cannot read" in capsys.readouterr().err
