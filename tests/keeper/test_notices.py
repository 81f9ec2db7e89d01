"""A beneficiary is told by each keeper that something waits, once a day, until it was fetched; and nothing else."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.keeper.town import Town
from tests.keepers import scene
from tests.keepers.scene import Reporter, warrant
from upstander.cli.main import main
from upstander.formats import statements
from upstander.formats.errors import FormatError
from upstander.keeper import notices, process
from upstander.keeper.beat import beat

HERE = "https://desk.example/told"
CHANNEL = scene.BENEFICIARY.channel


@pytest.fixture
def town(tmp_path):
    made = Town(tmp_path)
    for name in ("anna", "bela"):
        made.deposit(Reporter(name, [warrant("PW1234")]))
    return made


def days_pass(town, count=1, contacts=None, off=False):
    """What the union's beats post elsewhere than to keepers."""
    said = []

    def ask(url, body):
        if "//" in url and ".example/v1" in url:
            return town.ask(url, body)
        if off:
            raise OSError("away")
        said.append((url, body))
        raise FormatError("it answered in HTML")

    done = None
    for _ in range(count):
        town.today += timedelta(1)
        done = beat(town.stores["union"], town.keepers["union"], town.today, ask, contacts or {})
    return said, done


def test_a_notice_says_that_something_waits_and_nothing_else(town):
    contacts = {CHANNEL: HERE}
    said, _ = days_pass(town, 1, contacts)
    assert said == []
    said, done = days_pass(town, 5, contacts)
    assert {url for url, _ in said} == {HERE}
    bodies = [
        statements.verify(body["notice"], "notice", scene.ROSTER.keepers["union"].sign) for _, body in said
    ]
    assert all(body.keys() == {"channel", "day", "keeper"} for body in bodies)
    assert len({body["day"] for body in bodies}) == len(bodies) >= 2
    assert done.told == 1
    again = beat(town.stores["union"], town.keepers["union"], town.today, lambda *_: {}, contacts)
    assert again.told == 0
    assert len(town.released("union")) == 2
    assert days_pass(town, 2, contacts)[0] == []


def test_who_cannot_be_reached_is_named_and_told_the_next_day(town):
    contacts = {CHANNEL: HERE}
    _, done = days_pass(town, 6, contacts, off=True)
    assert (done.told, done.untold) == (0, (CHANNEL,))
    assert len(days_pass(town, 1, contacts)[0]) == 1


def test_a_channel_without_an_address_is_told_nothing_and_counts_name_no_channel(town):
    assert days_pass(town, 6)[0] == []
    days_pass(town, 1, {CHANNEL: HERE})
    kept = str(town.stores["union"].rows("SELECT what FROM counts"))
    assert "released-match" in kept
    assert CHANNEL not in kept


def test_addresses_are_entered_by_hand_and_https_only(tmp_path, capsys):
    words = ["keeper", "contact", "--folder", str(tmp_path), "--channel", CHANNEL, "--address"]
    assert main([*words, HERE]) == 0
    assert notices.read_contacts(tmp_path) == {CHANNEL: HERE}
    for wrong in ("http://desk.example", "ftp://x", "x"):
        assert main([*words, wrong]) == 1
        assert "https" in capsys.readouterr().err
    assert main([*words[:5], "nobody", "--address", HERE]) == 1
    assert notices.read_contacts(tmp_path) == {CHANNEL: HERE}
    assert main([*words, ""]) == 0
    assert json.loads((tmp_path / notices.CONTACTS).read_text()) == {}
    (tmp_path / notices.CONTACTS).write_text("[")
    with pytest.raises(FormatError):
        notices.read_contacts(tmp_path)


@pytest.mark.parametrize("text", ["{", "[]", '{"no channel": "https://a.example"}', '{"x": 7}'])
def test_a_list_that_cannot_be_read_is_said_and_the_keeper_goes_on(town, tmp_path, capsys, text):
    (tmp_path / notices.CONTACTS).write_text(text)
    store, keeper = town.stores["union"], town.keepers["union"]
    process._beat(
        store,
        replace(keeper, roster=replace(keeper.roster, keepers={"union": keeper.roster.keepers["union"]})),
        tmp_path,
    )
    said = capsys.readouterr().err
    assert (
        said.startswith("contacts.json cannot be read, so nobody is told what waits:")
        and said.count("\n") == 1
    )
    assert store.identities(), "its keys of the month are there: the beat was done"
    store.close()
    process._beat(store, keeper, tmp_path)
    assert "This beat did not go through, and is tried again:" in capsys.readouterr().err
    assert process._is_renewed(keeper, tmp_path / "nowhere") is False
