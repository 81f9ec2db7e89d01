"""The public routes of the log: what is published can be fetched and proved, and nothing else is there."""

from __future__ import annotations

import html.parser
import itertools
from typing import Any

import pytest
from django.test import Client

from tests import people
from tests.server.log.test_sequence import NOON, act
from tests.server.reporting import browser
from upstander.formats.hashes import sha256
from upstander.ledger import leaf as ledger
from upstander.ledger.checkpoint import Checkpoint as Head
from upstander.ledger.leaf import read_leaf
from upstander.ledger.logpolicy import read_log_policy
from upstander.ledger.merkle import root_of, verify_consistency, verify_inclusion
from upstander.ledger.notes import parse_note, unb64std
from upstander.ledger.policy import check
from upstander.ledger.tiles import unpack_entries
from upstander.sealing.words import ReceiptKeys
from upstander.server.cases.actions import submit
from upstander.server.cases.inputs import ReportIn
from upstander.server.installation import load
from upstander.server.log import actions, generations, publish, sequence
from upstander.server.log.models import Checkpoint, Leaf, Tile

pytestmark = [pytest.mark.django_db, pytest.mark.db, pytest.mark.usefixtures("folder")]
DAY = 86400


def beat(now: float = NOON) -> Head:
    sequence.run(now)
    publish.run()
    return Head.parse(parse_note(Client().get("/log/1/checkpoint").content.decode()).text)


def consistency(**body: Any) -> Any:
    return Client().post("/api/v1/log/consistency", body, content_type="application/json")


def test_before_the_first_beat_there_is_nothing_and_the_policy() -> None:
    assert Client().get("/log/1/checkpoint").status_code == 404
    told = Client().get("/api/v1/log").json()
    assert told["checkpoint"] == ""
    policy = read_log_policy(told["policy"], load().sign)
    assert (policy.newest.url, policy.beat, policy.policy.quorum) == ("/log/1/", DAY, "none")


def test_entries_tiles_and_head_are_one_tree() -> None:
    act(300)
    head = beat()
    bundles = [Client().get(f"/log/1/tile/entries/{path}").content for path in ("000", "001.p/44")]
    entries = [*unpack_entries(bundles[0], 256), *unpack_entries(bundles[1], 44)]
    assert all(read_leaf(entry).shown == "admin" for entry in entries)
    assert root_of([sha256(b"\0" + entry) for entry in entries]) == head.root
    hashes = Client().get("/log/1/tile/0/000").content + Client().get("/log/1/tile/0/001.p/44").content
    assert hashes == b"".join(sha256(b"\0" + entry) for entry in entries)
    assert len(Client().get("/log/1/tile/1/000.p/1").content) == 32
    told = Client().get("/api/v1/log").json()
    assert check(read_log_policy(told["policy"]).policy, told["checkpoint"]).checkpoint == head


def test_what_is_not_published_is_not_there() -> None:
    act(3)
    beat()
    act(3)
    sequence.run(NOON + DAY)  # signed, and not published yet
    absent = Client().get("/log/1/tile/0/000.p/200").content
    for path in (
        "1/tile/0/000.p/4", "1/tile/entries/000.p/4", "1/tile/0/000", "1/tile/0/0", "1/tile/0/000.p/0",
        "1/tile/1/000.p/1", "1/tile/64/000", "1/tile/x/000", "1/tile/0/x001/000", "1/tile/0/000.p/3/",
        "2/tile/0/000.p/1", "0/checkpoint", "1/checkpoint/", "99999999999999999999/checkpoint",
    ):  # fmt: skip
        answer = Client().get(f"/log/{path}")
        assert (answer.status_code, answer.content) == (404, absent), path
    assert Client().get("/log/1/tile/0/000.p/2").status_code == 200  # of an earlier tree
    assert Client().post("/log/1/checkpoint").status_code == 405


def test_each_tree_continues_the_one_before() -> None:
    heads = []
    for day in range(4):
        act(70)
        heads.append(beat(NOON + day * DAY))
    for old, new in itertools.pairwise(heads):
        answer = consistency(**{"origin": old.origin, "from": old.size, "to": new.size})
        path = [unb64std(step) for step in answer.json()["path"]]
        verify_consistency(old=old.size, old_root=old.root, new=new.size, new_root=new.root, path=path)
    origin = heads[0].origin
    assert consistency(**{"origin": origin, "from": 5, "to": 3}).status_code == 422
    for wrong in ({"origin": "upstander/x/1", "from": 1, "to": 2}, {"origin": origin, "from": 1, "to": 281}):
        answer = consistency(**wrong)
        assert (answer.status_code, answer.json()["type"]) == (404, "not-found")
    for wrong in ({"origin": origin, "from": "1", "to": 2}, {"origin": origin, "from": -1, "to": 2}, {}):
        assert consistency(**wrong).status_code == 422


def test_a_reporter_gets_the_proofs_of_her_acts(force: people.Force, receipt: ReceiptKeys) -> None:
    submit(force.slug, ReportIn.model_validate(people.submission(force, receipt)))

    def told() -> dict[str, Any]:
        token = browser.token(force, receipt)
        answer: dict[str, Any] = browser.send("GET", f"{force.slug}/mailbox", token=token).json()
        return answer

    waiting = told()["record"]
    assert (waiting["checkpoint"], waiting["proofs"]) == ("", [])
    head = beat()
    found = told()
    [proof] = found["record"]["proofs"]
    label, _ = ledger.label_and_salt(receipt.log, 1)
    assert found["acts"][0]["label"] == label and proof["number"] == 1
    leaf = bytes.fromhex(found["acts"][0]["leaf"])
    path = [unb64std(step) for step in proof["path"]]
    verify_inclusion(index=proof["index"], size=head.size, leaf=leaf, path=path, root=head.root)

    actions.succeed()
    found = told()
    assert found["record"]["origin"].endswith("/2") and found["record"]["proofs"] == []
    [earlier] = found["earlier"]
    assert (earlier["origin"], earlier["proofs"]) == (head.origin, [proof])


def test_a_damaged_log_closes_no_mailbox(force: people.Force, receipt: ReceiptKeys) -> None:
    submit(force.slug, ReportIn.model_validate(people.submission(force, receipt)))
    beat()
    Tile.objects.all().delete()
    token = browser.token(force, receipt)
    told = browser.send("GET", f"{force.slug}/mailbox", token=token).json()
    assert told["record"]["proofs"] == [] and len(told["acts"]) == 1
    Leaf.objects.all().delete()
    told = browser.send("GET", f"{force.slug}/mailbox", token=token).json()
    assert told["acts"] == [] and told["case"]


class Tags(html.parser.HTMLParser):
    """What a page is made of."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.tags.append(tag)


def test_the_page_says_it_in_words_and_needs_no_scripts() -> None:
    assert "Nothing is published yet" in Client().get("/log/").content.decode()
    act(3)
    beat()
    text = Client().get("/log/").content.decode()
    assert "Entries in the log: <strong>3</strong>." in text and "Nobody outside watches this log yet" in text
    assert generations.origin(generations.newest()) in text
    parsed = Tags()
    parsed.feed(text)
    assert "script" not in parsed.tags and {"main", "h1", "details"} <= set(parsed.tags)
    Checkpoint.objects.update(day="2199-01-01")
    assert "The clock of this server is wrong" in Client().get("/log/").content.decode()
