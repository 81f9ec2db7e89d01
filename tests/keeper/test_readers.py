"""Who is handed what was released: the custodian by what only the custodian can read, and nobody by less."""

from datetime import timedelta

import pytest

from tests.keeper.reports import Held
from tests.keeper.town import Town
from tests.keepers import scene
from tests.keepers.scene import RECIPIENTS, warrant
from tests.vectors import scene as vectors
from upstander.formats import b64
from upstander.sealing import age

SEAL = age.recipient_of(vectors.CUSTODIAN)


@pytest.fixture
def town(tmp_path):
    made = Town(tmp_path)
    for text in ("one", "two"):
        name = ("warrant", warrant("PW1234"))
        held = Held(text, [name], scene.ROSTER, dict(RECIPIENTS), scene.DAY, scene.EXPIRES).held
        assert {one.status for one in made.send(dict(held.notes), held.parcel).values()} == {200}
    made.beat()
    for _ in range(4):
        made.today += timedelta(1)
        made.beat()
    return made


def token_for(town, identity=vectors.CUSTODIAN, name="union"):
    sealed = town.post(name, "/v1/challenges", seal=age.recipient_of(identity)).body["token"]
    return age.open_(b64.decode(sealed), [identity]).decode()


def fetched(town, token, seal=SEAL, name="union"):
    return town.post(name, "/v1/releases", seal=seal, token=token)


def test_a_custodian_who_reads_the_token_is_handed_what_was_made_out_to_her(town):
    releases = fetched(town, token_for(town)).body["releases"]
    assert len(releases) == 2
    asked = {"seal": SEAL, "token": token_for(town), "parcel": releases[0]["pledge"]["parcel"]}
    assert len(b64.decode(town.post("union", "/v1/parcels", **asked).body["parcel"])) > 1000


def test_a_stranger_with_an_identity_of_his_own_is_handed_nothing(town):
    stranger = age.new_identity()
    answer = fetched(town, token_for(town, stranger), age.recipient_of(stranger))
    assert (answer.status, answer.body) == (200, {"releases": []})


def test_a_handlers_age_key_alone_is_not_the_custodians(town):
    """Handlers hold the case too, but are asked for their signature: their key ids are made of two keys."""
    answer = fetched(town, token_for(town, vectors.ROWAN.identity), vectors.ROWAN.seal)
    assert answer.body == {"releases": []}


def test_a_token_is_for_one_keeper_one_key_and_two_days(town):
    stranger = age.new_identity()
    good = token_for(town)
    for token, seal, name in (
        ("", SEAL, "union"),
        (token_for(town, stranger), SEAL, "union"),
        (good, age.recipient_of(stranger), "union"),
        (good, SEAL, "college"),
        ("\ud800", SEAL, "union"),
    ):
        assert fetched(town, token, seal, name).body["error"] == "not-signed"
    town.today += timedelta(1)
    assert fetched(town, good).status == 200
    town.today += timedelta(1)
    assert fetched(town, good).body["error"] == "not-signed"


@pytest.mark.parametrize("seal", ["", "age1xyz", "x" * 100_000, 3, None])
def test_a_token_is_sealed_to_hybrid_recipients_only(town, seal):
    answer = town.post("union", "/v1/challenges", seal=seal)
    assert answer.status == 400
    assert "token" not in answer.body


def test_a_custodian_whom_the_pledge_does_not_name_is_handed_nothing(tmp_path):
    """One of another channel, or the present one where the pledge was made for the one before."""
    town = Town(tmp_path)
    for name in ("anna", "bela"):
        town.deposit(scene.Reporter(name, [warrant("PW1234")]))
    town.beat()
    for _ in range(4):
        town.today += timedelta(1)
        town.beat()
    assert len(town.released("union")) == 2
    assert fetched(town, token_for(town)).body == {"releases": []}
