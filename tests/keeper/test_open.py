"""`upstander open --keepers`: what the keepers released opens with a handler's or a custodian's key, and no server.

Three keepers run as processes of their own; one of them lies in some tests, one is stopped in others.
"""

import json
import stat

import pytest

from tests.keeper.reports import Held, entry
from tests.keeper.serving import Running, running
from tests.vectors import scene as vectors
from upstander.cli.main import main
from upstander.formats import b64, days
from upstander.keeper import home
from upstander.keeper.ask import ask_over_https
from upstander.keeper.store import Store
from upstander.keepers import entries, oprf, threshold
from upstander.keepers.holding import tell
from upstander.keepers.roster import read_transport
from upstander.sealing import age, padding
from upstander.sealing.saved import save_key
from upstander.sealing.words import unlock_keys
from upstander.sealing.wrapped import wrap_with_words

NAMES = ("charity", "college", "union")
WORDS = vectors.words("rowan")


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    with running(tmp_path_factory.mktemp("keepers"), NAMES) as made:
        yield made


@pytest.fixture
def key(tmp_path):
    return saved_key(tmp_path, vectors.ROWAN)


def saved_key(folder, keyring, username="a.rowan"):
    unlock = unlock_keys(WORDS, vectors.INSTALLATION, username)
    text = save_key(wrap_with_words(keyring, unlock), installation=vectors.INSTALLATION, username=username)
    (folder / "key.json").write_text(text)
    (folder / "words").write_text(str(WORDS))
    return ["--key", str(folder / "key.json"), "--words", str(folder / "words")]


def today():
    return days.today("Europe/London").isoformat()


def recipients(town: Running) -> dict[str, str]:
    import urllib.request

    found = {}
    for name, address in town.addresses.items():
        with urllib.request.urlopen(f"{address}/v1/keeper") as answer:
            text = json.load(answer)["transports"][0]
        found[name] = read_transport(text, town.roster.keepers[name], today()[:7])
    return found


def output(town: Running, text: bytes) -> bytes:
    """What the keepers' whole key would answer: the test has all shares."""
    shares = [home.load(town.folder / name).share for name in NAMES[:2]]
    return oprf.evaluate_whole(threshold.join(shares), text)


def held(town, text, names, **more):
    expires = f"{int(today()[:4]) + 6}-01-01"
    return Held(text, names, town.roster, recipients(town), today(), expires, **more)


def deposit(town, *reporters, off=()):
    for one in reporters:
        send(town, one.held.notes, one.held.parcel, off)


def send(town, notes, parcel=b"", off=()):
    body = {"notes": {name: b64.encode(note) for name, note in notes.items()}, "parcel": b64.encode(parcel)}
    for name, address in town.addresses.items():
        if name not in off:
            assert "receipt" in ask_over_https(f"{address}/v1/bundles", body), name


def opened(folder):
    """Reports by the first letters of their pledge's id."""
    return {
        one.name: json.loads((one / "report.json").read_text())["answers"][0]["text"]
        for one in folder.iterdir()
        if one.is_dir()
    }


def short(reporter):
    return reporter.held.pledge.id[:12]


def collect(town, key, to):
    return main(["open", "--keepers", str(town.roster_file), "--to", str(to), *key])


def test_two_reports_open_with_what_they_have_in_common_and_a_third_stays_shut(town, key, tmp_path, capsys):
    name, mail, other = (output(town, word) for word in (b"one", b"one's mail", b"other"))
    first = held(town, "what Anna saw", [("warrant", name), ("email", mail)], sheet="I sit opposite him")
    second = held(town, "what Bela saw", [("warrant", name)])
    third = held(town, "somebody else", [("warrant", other)])
    deposit(town, first, second, third, off=["college"])
    town.beat()
    assert collect(town, key, tmp_path / "out") == 0
    said = capsys.readouterr()
    assert opened(tmp_path / "out") == {short(first): "what Anna saw", short(second): "what Bela saw"}
    assert json.loads((tmp_path / "out" / short(first) / "sheet.json").read_text())["answers"][0]["text"]
    about = json.loads((tmp_path / "out" / short(first) / "about.json").read_text())
    assert (about["released"], about["keepers"], about["liars"]) == ("match", list(NAMES), [])
    assert "2 reports name one person" in said.out
    assert "In common to 2 of them: warrant." in said.out
    assert "friend of the subject" in said.out
    assert "email" not in said.out
    assert "Asking union" in said.err
    for path in (tmp_path / "out").rglob("*"):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600)
    bundle = json.loads(
        padding.unpad(age.open_((tmp_path / "out/linked.age").read_bytes(), [vectors.ROWAN.identity]))
    )
    (group,) = bundle["groups"]
    assert group["reports"] == sorted((first.held.pledge.id, second.held.pledge.id))
    assert group["common"][0]["kinds"] == ["warrant"]
    assert bundle["cases"][first.held.pledge.id] == first.body["case"]
    again = (tmp_path / "out" / short(first) / "report.json").stat().st_mtime_ns
    assert collect(town, key, tmp_path / "out") == 0
    assert (tmp_path / "out" / short(first) / "report.json").stat().st_mtime_ns == again


def pair(town, word, **more):
    """Two who name one person."""
    made = [held(town, f"{word.decode()} {i}", [("handle", output(town, word))], **more) for i in range(2)]
    deposit(town, *made)
    town.beat()
    return made


def test_with_one_keeper_stopped_it_opens_and_with_two_it_says_so(tmp_path, capsys):
    (tmp_path / "keepers").mkdir()
    with running(tmp_path / "keepers", NAMES) as town:
        key = saved_key(tmp_path, vectors.ROWAN)
        made = pair(town, b"stopped")
        town.stop("college")
        assert collect(town, key, tmp_path / "one") == 0
        assert set(opened(tmp_path / "one")) == {short(one) for one in made}
        assert "Keeper college:" in capsys.readouterr().out
        town.stop("charity")
        assert collect(town, key, tmp_path / "two") == 0
        said = capsys.readouterr().out
        assert opened(tmp_path / "two") == {}
        assert "too few keepers have released them" in said


def test_a_keeper_that_lies_about_its_share_is_named_and_does_no_harm(town, key, tmp_path, capsys):
    made = pair(town, b"lies")
    store = Store(town.folder / "charity/keeper.sqlite3")
    with store.write():
        store.run("UPDATE pledges SET share = ? WHERE id = ?", b"\1" * 33, made[0].held.pledge.id)
        store.run(
            "UPDATE parcels SET hash = ?, data = x'00' WHERE pledge = ?",
            *(made[1].held.pledge.parcel, made[1].held.pledge.id),
        )
    store.close()
    assert collect(town, key, tmp_path / "out") == 0
    said = capsys.readouterr().out
    assert {short(one) for one in made} <= set(opened(tmp_path / "out"))
    assert "Keeper charity:" in said
    assert "one of them answered wrongly" in said


def test_a_custodian_opens_when_all_handlers_are_gone(town, tmp_path, capsys):
    made = pair(town, b"gone", sheet="a sheet")
    (tmp_path / "identity").write_text(f"# put together from slips\n{vectors.CUSTODIAN}\n")
    assert collect(town, ["--key", str(tmp_path / "identity")], tmp_path / "out") == 0
    assert {short(one) for one in made} <= set(opened(tmp_path / "out"))
    (tmp_path / "other").write_text(age.new_identity())
    assert collect(town, ["--key", str(tmp_path / "other")], tmp_path / "none") == 0
    assert opened(tmp_path / "none") == {}
    assert "Released to you: 0." in capsys.readouterr().out


def test_a_colleague_without_a_sheets_grant_reads_the_report_alone(town, tmp_path):
    made = pair(town, b"sheets", sheet="where I sit")
    key = saved_key(tmp_path, vectors.HAZEL)
    assert collect(town, key, tmp_path / "out") == 0
    folder = tmp_path / "out" / short(made[0])
    assert (folder / "report.json").exists()
    assert not (folder / "sheet.json").exists()


def test_a_wish_that_came_after_the_release_is_said(town, key, tmp_path, capsys):
    made = pair(town, b"wish")
    assert collect(town, key, tmp_path / "before") == 0
    capsys.readouterr()
    end = entries.make_withdrawal(made[0].held.pledge, today(), made[0].receipt.signing)
    send(town, tell(made[0].held.pledge, end, recipients(town)))
    assert collect(town, key, tmp_path / "after") == 0
    assert f"Report {short(made[0])}: after it was released, the reporter asked to withdraw" in (
        capsys.readouterr().out
    )


def test_what_is_wrong_is_said_in_words_and_nothing_is_asked(town, key, tmp_path, capsys):
    (tmp_path / "roster.json").write_text(json.dumps(json.loads(town.roster_file.read_text())[:2]))
    (tmp_path / "wrong").write_text("one two three")
    (tmp_path / "others").write_text(str(vectors.words("others")))
    out = ["--to", str(tmp_path / "out")]
    roster = ["--keepers", str(town.roster_file)]
    for words, said in (
        (["--keepers", str(tmp_path / "no"), *out, *key], "cannot read"),
        (
            ["--keepers", str(tmp_path / "roster.json"), *out, *key],
            "not a roster that all its keepers signed",
        ),
        ([*roster, *out], "name your key"),
        ([*roster, *key], "name your key"),
        ([*roster, *out, "--key", str(tmp_path / "wrong")], "does not open"),
        ([*roster, *out, *key[:2], "--words", str(tmp_path / "wrong")], "does not open"),
        ([*roster, *out, *key[:2], "--words", str(tmp_path / "others")], "does not open"),
        ([], "name the sealed file"),
    ):
        assert main(["open", *words]) == 1
        assert said in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_files_that_went_with_it_come_out_and_changed_ones_open_nothing(town, key, tmp_path, capsys):
    photo, page = b"\xff\xd8" + bytes(range(256)) * 40, b"a page"
    name = output(town, b"with files")
    files = (("../../IMG 1.JPG", photo), ("no ending", page))
    first = held(town, "with two files", [("email", name)], files=files)
    second = held(town, "with a changed file", [("email", name)], files=files)
    changed = age.seal(b"another page".ljust(4096, b"\0"), [second.body["recipients"]["case"]])
    second.attached[entry(1, *files[1])["id"]] = b64.encode(changed)
    third = held(town, "named only", [("email", name)], files=files)
    third.attached.clear()
    deposit(town, first, second, third)
    town.beat()
    assert collect(town, key, tmp_path / "out") == 1
    said = capsys.readouterr().out
    assert f"Report {short(second)} did not open: A file that came with this report" in said
    assert "2 files came with the reports" in said and "2 more are named" in said
    folder = tmp_path / "out" / short(first) / "files"
    assert {one.name: one.read_bytes() for one in folder.iterdir()} == {"1.jpg": photo, "2": page}
    about = json.loads((folder.parent / "about.json").read_text())
    assert about["files"] == [{"as": "1.jpg", "name": "../../IMG 1.JPG"}, {"as": "2", "name": "no ending"}]
    assert not (tmp_path / "out" / short(third) / "files").exists()
    stores = b"".join(path.read_bytes() for path in town.folder.rglob("keeper.sqlite3*"))
    assert photo[:64] not in stores
