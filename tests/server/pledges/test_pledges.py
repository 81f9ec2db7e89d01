"""The relay and the server's copy: real keepers behind real addresses, a reporter, and people with no business here."""

from __future__ import annotations

import datetime
import json
import secrets
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from tests import people
from tests.keeper.town import Town
from tests.keepers import scene
from tests.server.pledges import village
from tests.server.reporting import browser
from upstander.cli import checks_keepers
from upstander.formats import b64, canonical, ids
from upstander.formats.hashes import hash_of
from upstander.keeper import counts
from upstander.keepers.counted import read_counted
from upstander.keepers.roster import check_receipt, read_roster
from upstander.ledger import leaf as ledger
from upstander.sealing.words import ReceiptKeys
from upstander.server import limits
from upstander.server.cases.models import Case
from upstander.server.log import ask
from upstander.server.log.models import Leaf, Opening
from upstander.server.pledges import counted, relay
from upstander.server.pledges.models import Pledge

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.db]
SLIP = b"sealed to the reporter " * 100


@pytest.fixture
def town(tmp_path: Path, folder: Path) -> Iterator[Town]:
    """Three keepers that the installation knows."""
    relay._transports.clear()
    (tmp_path / "town").mkdir()
    made = Town(tmp_path / "town", today=datetime.datetime.now(datetime.UTC).date())
    with village.addresses(made) as where:
        village.install(folder, where)
        yield made


@pytest.fixture
def token(town: Town, force: people.Force, receipt: ReceiptKeys) -> str:
    """A mailbox with a private record, opened."""
    expires = (force.today() + datetime.timedelta(days=30)).isoformat()
    answer = browser.send(
        "POST", f"{force.slug}/records", browser.record(force, receipt, ids.new_id(), expires)
    )
    assert answer.status_code == 200, answer.content
    return browser.token(force, receipt)


def open_(path: str, body: Any = None) -> Any:
    """A route that belongs to no institution."""
    if body is None:
        return Client().get(f"/api/v1/{path}")
    return Client().post(f"/api/v1/{path}", json.dumps(body), content_type="application/json")


def leaf() -> dict[str, Any]:
    return {"act": ids.new_id(), "label": secrets.token_hex(16), "salt": b64.encode(secrets.token_bytes(32))}


def pledge(maya: scene.Reporter) -> dict[str, Any]:
    """What her page stores."""
    notes = {name: b64.encode(note) for name, note in maya.held.notes.items()}
    sealed = {"slip": b64.encode(SLIP), "notes": notes, "parcel": b64.encode(maya.held.parcel)}
    return {**leaf(), "id": ids.new_id(), **sealed}


def maya(town: Town) -> scene.Reporter:
    expires = town.today.replace(year=town.today.year + 5).isoformat()
    return scene.Reporter("maya", [scene.warrant("PW 1234")], expires=expires)


def store(force: people.Force, token: str, body: dict[str, Any]) -> Any:
    return browser.send("POST", f"{force.slug}/mailbox/pledges", body, token)


def tell(force: people.Force, token: str, name: str, notes: Any = None, parcel: bool = True) -> Any:
    body = {"notes": notes or {}, "parcel": parcel}
    return browser.send("POST", f"{force.slug}/mailbox/pledges/{name}/keepers", body, token)


def test_the_roster_is_served_as_the_keepers_signed_it_with_their_keys(town: Town) -> None:
    told = open_("keepers").json()
    assert read_roster(told["roster"]).keepers.keys() == set(scene.NAMES)
    assert {name: len(shown) for name, shown in told["transports"].items()} == dict.fromkeys(scene.NAMES, 2)
    assert relay.refresh() == 3


def test_where_there_is_no_roster_there_are_no_keepers(folder: Path) -> None:
    assert open_("keepers").json() == {"roster": [], "transports": {}}
    assert open_("keepers/evaluate", {"bodies": {"charity": "{}"}}).status_code == 404
    (folder / "roster.json").write_text('["upstander/roster/v1"]')
    assert open_("keepers").status_code == 503


def test_a_keeper_that_is_away_keeps_its_keys_here(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    before = open_("keepers").json()["transports"]
    monkeypatch.setattr(relay, "FRESH", 0.0)
    town.off = {"college"}
    assert open_("keepers").json()["transports"] == before


def test_keepers_answer_through_the_server_and_refusals_come_back_as_they_are(town: Town) -> None:
    body = '{"elements": [], "epoch": "another", "work": ""}'
    asked = {"bodies": dict.fromkeys(["charity", "union"], body)}
    answers = open_("keepers/evaluate", asked).json()["answers"]
    assert {name: json.loads(text)["error"] for name, text in answers.items()} == dict.fromkeys(
        ["charity", "union"], "wrong-epoch"
    )
    town.off = {"union"}
    answers = open_("keepers/evaluate", asked).json()["answers"]
    assert answers["union"] == "" and answers["charity"]


@pytest.mark.parametrize("to", [["nobody"], ["127.0.0.1"], ["http://127.0.0.1:1/"], ["../charity"], []])
def test_only_keepers_of_the_roster_are_asked(
    town: Town, to: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(ask, "post", lambda url, *_rest: asked.append(url))
    for path in ("keepers/evaluate", "keepers/claims"):
        assert open_(path, {"bodies": dict.fromkeys(to, "{}")}).status_code == 422
    assert asked == []


def test_a_deposit_is_kept_here_and_held_by_every_keeper(town: Town, force: people.Force, token: str) -> None:
    her = maya(town)
    body = pledge(her)
    assert store(force, token, body).status_code == 200
    answers = tell(force, token, body["id"]).json()["answers"]
    for name in scene.NAMES:
        check_receipt(
            json.loads(answers[name])["receipt"], "held", scene.ROSTER.keepers[name], her.held.notes[name]
        )
    listed = browser.send("GET", f"{force.slug}/mailbox/pledges", token=token).json()["pledges"]
    assert listed == [{"id": body["id"], "day": force.today().isoformat(), "slip": body["slip"]}]
    parcel = browser.send("GET", f"{force.slug}/mailbox/pledges/{body['id']}/parcel", token=token)
    assert parcel.json() == {"parcel": body["parcel"]}
    again = tell(force, token, body["id"]).json()["answers"]
    assert all(json.loads(text)["receipt"] for text in again.values()), "the same again changes nothing"


def test_what_was_stored_is_in_the_log_and_repeats_get_the_same_promise(
    town: Town, force: people.Force, token: str
) -> None:
    her = maya(town)
    body = pledge(her)
    first = store(force, token, body).json()["promise"]
    assert store(force, token, body).json()["promise"] == first
    assert Pledge.objects.count() == 1
    notes = canonical.encode(body["notes"])
    said = ledger.body("pledge", sealed=hash_of(SLIP + notes + her.held.parcel))
    assert Opening.objects.get(act=body["act"]).body == canonical.encode(said).decode()
    assert Leaf.objects.get(act=body["act"]).kind == "pledge"
    other = {**pledge(her), "id": body["id"]}
    assert store(force, token, other).status_code == 409


def test_a_slip_is_written_anew(town: Town, force: people.Force, token: str) -> None:
    body = pledge(maya(town))
    store(force, token, body)
    path = f"{force.slug}/mailbox/pledges/{body['id']}"
    new = {**leaf(), "slip": b64.encode(SLIP + b"stopped")}
    assert browser.send("PUT", path, new, token).status_code == 200
    [listed] = browser.send("GET", f"{force.slug}/mailbox/pledges", token=token).json()["pledges"]
    assert listed["slip"] == new["slip"]


def test_another_pledge_is_put_in_the_place_of_one_that_is_over(
    town: Town, force: people.Force, token: str
) -> None:
    first = pledge(maya(town))
    store(force, token, first)
    path = f"{force.slug}/mailbox/pledges/{first['id']}"
    new = pledge(maya(town))
    del new["id"]
    for half in ("notes", "parcel"):
        assert browser.send("PUT", path, {**new, half: type(new[half])()}, token).status_code == 422
    answer = browser.send("PUT", path, new, token)
    assert answer.status_code == 200
    assert browser.send("PUT", path, new, token).json() == answer.json(), "the same again is promised again"
    assert browser.send("GET", f"{path}/parcel", token=token).json() == {"parcel": new["parcel"]}
    assert Pledge.objects.count() == 1
    assert [one.level for one in checks_keepers.pledges()] == ["ok"]
    receipts = [
        json.loads(text)["receipt"] for text in tell(force, token, first["id"]).json()["answers"].values()
    ]
    assert len(receipts) == 3, "keepers are told the new one"
    browser.send("PUT", path, {**leaf(), "slip": b64.encode(SLIP + b"written anew")}, token)
    assert browser.send("GET", f"{path}/parcel", token=token).json() == {"parcel": new["parcel"]}


def test_nobody_elses_pledge_is_there(
    town: Town, force: people.Force, token: str, other_force: people.Force
) -> None:
    body = pledge(maya(town))
    store(force, token, body)
    stranger = people.reporter()
    expires = (force.today() + datetime.timedelta(days=30)).isoformat()
    browser.send("POST", f"{force.slug}/records", browser.record(force, stranger, ids.new_id(), expires))
    theirs = browser.token(force, stranger)
    path = f"{force.slug}/mailbox/pledges"
    assert browser.send("GET", path, token=theirs).json() == {"pledges": []}
    for name in (body["id"], ids.new_id()):
        assert tell(force, theirs, name).status_code == 404
        change = {**leaf(), "slip": b64.encode(SLIP)}
        assert browser.send("PUT", f"{path}/{name}", change, theirs).status_code == 404
        assert browser.send("GET", f"{path}/{name}/parcel", token=theirs).status_code == 404
    for wrong in ("", "nonsense"):
        assert tell(force, wrong, body["id"]).status_code == 401
        assert browser.send("GET", path, token=wrong).status_code == 401
    assert browser.send("GET", f"{other_force.slug}/mailbox/pledges", token=token).status_code == 401


def test_one_report_cannot_fill_the_disk(town: Town, force: people.Force, token: str) -> None:
    her = maya(town)
    answers = [store(force, token, pledge(her)).status_code for _ in range(31)]
    assert answers == [200] * 30 + [409]


def test_the_doctor_says_who_is_away_and_finds_a_pledge_that_nobody_stored(
    town: Town, force: people.Force, token: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = pledge(maya(town))
    store(force, token, body)
    path = f"{force.slug}/mailbox/pledges/{body['id']}"
    assert [one.level for one in checks_keepers.pledges()] == ["ok"]
    browser.send("PUT", path, {**leaf(), "slip": b64.encode(SLIP + b"stopped")}, token)
    assert [one.level for one in checks_keepers.pledges()] == ["ok"]
    Pledge.objects.update(slip=SLIP + b"changed by hand")
    assert [one.level for one in checks_keepers.pledges()] == ["fail"]
    assert checks_keepers.roster().level == "ok"
    assert [one.level for one in checks_keepers.answering()] == ["ok"]
    relay._transports.clear()
    town.off = {"college"}
    [said] = checks_keepers.answering()
    assert said.level == "warn" and "college" in str(said)
    (folder / "roster.json").write_text("[]")
    assert checks_keepers.roster().level == "fail" and checks_keepers.answering() == []


def test_a_deleted_record_takes_its_copies_along(town: Town, force: people.Force, token: str) -> None:
    store(force, token, pledge(maya(town)))
    Case.objects.all().delete()
    assert not Pledge.objects.exists()


def test_no_tag_condition_or_reader_is_in_the_database(town: Town, force: people.Force, token: str) -> None:
    her = maya(town)
    body = pledge(her)
    store(force, token, body)
    tell(force, token, body["id"])
    with connection.cursor() as cursor:
        names = connection.introspection.table_names(cursor)
        held = "".join(
            repr(row) for name in names for row in cursor.execute(f'SELECT * FROM "{name}"').fetchall()
        )
    tags = town.stores["union"].rows("SELECT tag FROM tags")
    assert len(tags) == 8
    for marker in (*[str(tag) for (tag,) in tags], her.pledge.id, *her.pledge.beneficiary.readers):
        assert marker not in held
        assert b64.encode(marker.encode())[4:-4] not in held


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("notes", {}),
        ("notes", {"../x": "AAAA" * 400}),
        ("parcel", ""),
        ("slip", "!"),
        ("id", "short"),
        ("label", "zz"),
        ("more", 1),
    ],
)
def test_bad_bodies_are_refused_and_nothing_is_kept(
    town: Town, force: people.Force, token: str, field: str, value: Any
) -> None:
    assert store(force, token, {**pledge(maya(town)), field: value}).status_code == 422
    assert not Pledge.objects.exists()


def test_when_many_ask_at_once_each_does_some_work_and_no_more_come_in_than_there_are_places(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = {"bodies": {"charity": "{}"}}
    monkeypatch.setattr(relay, "_taken", relay.AT_ONCE // 2)
    answer = open_("keepers/evaluate", asked)
    assert (answer.status_code, answer.json()["type"]) == (503, "work-needed")
    challenge, bits = answer.json()["challenge"], answer.json()["bits"]
    work = next(
        f"{challenge}:{counter}"
        for counter in range(10**9)
        if limits.zero_bits(sha256(f"{challenge}:{counter}".encode()).digest()) >= bits
    )
    assert open_("keepers/evaluate", {**asked, "work": work}).status_code == 200
    assert open_("keepers/evaluate", {**asked, "work": work}).json()["type"] == "work-needed", "once only"
    assert relay._taken == relay.AT_ONCE // 2, "a place is given back"
    monkeypatch.setattr(relay, "_taken", relay.AT_ONCE)
    monkeypatch.setattr(limits, "accept", lambda work: True)
    assert open_("keepers/evaluate", {**asked, "work": work}).json()["type"] == "busy"


def test_what_keepers_published_is_taken_once_put_in_the_log_and_shown_to_everybody(
    town: Town, force: people.Force, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counted, "_asked", -counted.FRESH)
    assert (counted.take(), open_("keepers/counts").json()) == (0, {"counts": []})
    for name, store_of in town.stores.items():
        with store_of.write():
            store_of.count("2026-02-03", "notes", 2)
        if name != "college":
            counts.publish(store_of, town.keepers[name], datetime.date(2026, 4, 1))
    with town.stores["college"].write():  # what it did not sign is not taken
        text = counts.quarter_counts(town.stores["union"], town.keepers["union"], "2026-q1", town.today)
        town.stores["college"].run("INSERT INTO published VALUES ('2026-q1', ?)", text)
    assert counted.take() == 0, "once a day"
    monkeypatch.setattr(counted, "_asked", -counted.FRESH)
    assert counted.take() == 2
    shown = open_("keepers/counts").json()["counts"]
    read = [
        read_counted(text, scene.ROSTER.keepers[name])
        for name, text in zip(("charity", "union"), shown, strict=True)
    ]
    assert {(one.quarter, one.counts["notes"]) for one in read} == {("2026-q1", 2)}
    said = [
        canonical.encode(
            ledger.body("counts", keeper=one.keeper, quarter=one.quarter, statement=hash_of(text.encode()))
        )
        for one, text in zip(read, shown, strict=True)
    ]
    acts = Leaf.objects.filter(kind="counts").values_list("act", flat=True)
    assert {Opening.objects.get(act=act).body.encode() for act in acts} == set(said)
    with town.stores["union"].write():
        town.stores["union"].run("DELETE FROM published")
        town.stores["union"].count("2026-02-03", "notes", 5)
    counts.publish(town.stores["union"], town.keepers["union"], datetime.date(2026, 4, 1))
    monkeypatch.setattr(counted, "_asked", -counted.FRESH)
    assert (counted.take(), open_("keepers/counts").json()["counts"]) == (0, shown), "the first stays"
