"""Every act of a case has its number, its row and its leaf; what the leaf shows is decided from the case."""

from __future__ import annotations

import json
import threading
from typing import Any

import pytest
from django.db import connections

from tests import people
from tests.server.casework.desk import Desk, report
from tests.server.reporting import browser
from upstander.formats import b64
from upstander.formats.hashes import sha256
from upstander.ledger import leaf as ledger
from upstander.sealing import age
from upstander.sealing.words import ReceiptKeys
from upstander.server.cases import trail
from upstander.server.cases.models import Act, Case
from upstander.server.log.models import Leaf

pytestmark = [pytest.mark.django_db, pytest.mark.db]


@pytest.fixture
def desk(force: people.Force, receipt: ReceiptKeys) -> Desk:
    return Desk.of(force, force.handler, report(force, receipt))


def does(desk: Desk, path: str, body: dict[str, Any]) -> None:
    answer = desk.post(path, body)
    assert answer.status_code == 200, answer.content
    desk.load()


def shown(desk: Desk) -> list[tuple[str, str]]:
    rows = Act.objects.filter(case=desk.case).order_by("number")
    return [(row.kind, row.shown) for row in rows]


def mailbox(force: people.Force, receipt: ReceiptKeys) -> dict[str, Any]:
    answer: dict[str, Any] = browser.send(
        "GET", f"{force.slug}/mailbox", token=browser.token(force, receipt)
    ).json()
    return answer


def test_each_act_has_the_row_its_leaf_commits_to(desk: Desk, receipt: ReceiptKeys) -> None:
    does(desk, "envelopes", desk.writing("A note.", "note"))
    does(desk, "steps", desk.stepping("opened"))
    does(desk, "envelopes", desk.writing("Which weeks?"))
    does(desk, "grants", desk.letting_in(people.join(desk.force.inside, "new", "New", desk.force.handler)))
    rows = list(Act.objects.filter(case=desk.case).order_by("number"))
    assert [row.number for row in rows] == [1, 2, 3, 4, 5]
    assert [row.author_id for row in rows] == [None, *[desk.who.key.id] * 4]
    for row in rows:
        label, salt = ledger.label_and_salt(receipt.log, row.number)
        leaf = Leaf.objects.get(act=row.act)
        assert (leaf.label, bytes(row.salt), leaf.kind) == (label, salt, row.shown)
        assert leaf.commitment == ledger.commitment(salt, sha256(row.body.encode()))
        assert json.loads(row.body)["kind"] == row.kind


def test_the_first_answer_shows_and_says_which_report_it_answers(desk: Desk, receipt: ReceiptKeys) -> None:
    does(desk, "steps", desk.stepping("opened"))
    does(desk, "steps", desk.stepping("acknowledged"))
    desk.declare()
    desk.write_up()
    does(desk, "steps", desk.stepping("closed", outcome="not-found", reasons="We looked."))
    does(desk, "envelopes", desk.writing("And again."))
    assert shown(desk)[5:] == [("step", "answered"), ("message", "message")]
    [answered] = Leaf.objects.filter(kind="answered")
    assert answered.of == ledger.label_and_salt(receipt.log, 1)[0]
    assert not Leaf.objects.exclude(kind="answered").exclude(of="").exists()


def test_a_reporters_message_is_no_answer(force: people.Force, receipt: ReceiptKeys, desk: Desk) -> None:
    body = browser.message(force, receipt, desk.case, age.recipient_of(desk.held[0].identity))
    answer = browser.send("POST", f"{force.slug}/mailbox/messages", body, browser.token(force, receipt))
    assert answer.status_code == 200, answer.content
    assert shown(desk) == [("received", "received"), ("message", "message")]


def test_what_a_reporter_must_not_see_she_can_count(desk: Desk, receipt: ReceiptKeys) -> None:
    does(desk, "envelopes", desk.writing("A note.", "note"))
    does(desk, "envelopes", desk.writing("Hello."))
    hers, theirs = mailbox(desk.force, receipt)["acts"], desk.answer["acts"]
    assert [(a["number"], a["kind"], a["shown"]) for a in hers] == [
        (1, "received", "received"),
        (2, "", "restricted"),
        (3, "message", "answered"),
    ]
    assert hers[1]["body"] is None and theirs[1]["body"]["kind"] == "note"
    assert "note" not in json.dumps(hers)
    for act in hers:
        label, salt = ledger.label_and_salt(receipt.log, act["number"])
        assert act["label"] == label
        made = ledger.leaf_bytes(act["shown"], act["day"], label, act["commitment"], act["of"])
        assert ledger.leaf_hash(made) == act["leaf"]
        if act["body"] is not None:
            kind = act["body"].pop("kind")
            assert act["commitment"] == ledger.commitment(salt, ledger.digest(kind, **act["body"]))


def test_a_number_out_of_turn_is_told_the_next(desk: Desk) -> None:
    late, body = desk.writing("Later."), desk.writing("First.")
    assert desk.post("envelopes", body).status_code == 200
    answer = desk.post("envelopes", late)
    assert (answer.status_code, answer.json()["type"], answer.json()["next"]) == (409, "act-number", 3)
    label, salt = ledger.label_and_salt(desk.log, 3)
    again = {**late, "number": 3, "label": label, "salt": b64.encode(salt)}
    assert desk.post("envelopes", again).status_code == 200
    assert shown(desk) == [("received", "received"), ("message", "answered"), ("message", "message")]
    for number in (1, 2, 5, 100):
        wrong = {**desk.writing("x"), "number": number}
        assert desk.post("envelopes", wrong).json()["next"] == 4


def test_a_first_act_has_number_one(force: people.Force, receipt: ReceiptKeys) -> None:
    body = people.submission(force, receipt, number=2)
    answer = browser.send("POST", f"{force.slug}/reports", body)
    assert (answer.status_code, answer.json()["type"], answer.json()["next"]) == (409, "act-number", 1)
    assert not Case.objects.exists()


def test_who_may_not_act_learns_no_number(desk: Desk) -> None:
    hers = Desk.of(desk.force, desk.force.colleague, desk.case)
    body = {**hers.writing("x"), "number": 99}
    does(desk, "epochs", desk.taking_away(desk.force.colleague))
    assert "next" not in hers.post("envelopes", body).json()


def test_acts_go_with_the_case_and_leaves_stay(force: people.Force, receipt: ReceiptKeys) -> None:
    case = report(force, receipt)
    leaves = Leaf.objects.count()
    Case.objects.get(id=case).grants.all().delete()
    Case.objects.get(id=case).delete()
    assert not Act.objects.exists() and Leaf.objects.count() == leaves


@pytest.mark.django_db(transaction=True)
def test_acts_at_the_same_moment_get_one_number_each(force: people.Force, receipt: ReceiptKeys) -> None:
    desk = Desk.of(force, force.handler, report(force, receipt))
    bodies = [desk.writing(f"{n}", "note") for n in range(6)]
    answers: list[Any] = []

    def send(body: dict[str, Any]) -> None:
        try:
            answer = force.handler.client().post(
                f"/api/v1/desk/cases/{desk.case}/envelopes", body, content_type="application/json"
            )
            answers.append(answer.status_code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=send, args=(body,)) for body in bodies]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [200, 409, 409, 409, 409, 409]
    assert [row.number for row in Act.objects.order_by("number")] == [1, 2]
    assert Act.objects.count() == Leaf.objects.filter(kind__in=["received", "restricted"]).count()


def test_an_act_that_comes_while_the_case_is_told_is_told_too(
    force: people.Force, receipt: ReceiptKeys, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    late = [desk.writing("Which weeks?")]
    look_up = trail.record_of

    def slow(leaves: Any) -> Any:
        found = look_up(leaves)
        while late:
            assert desk.post("envelopes", late.pop()).status_code == 200
        return found

    monkeypatch.setattr(trail, "record_of", slow)
    told = mailbox(force, receipt)
    assert [act["number"] for act in told["acts"]] == [1, 2]
    assert [envelope["sha256"] for envelope in told["envelopes"]] == [told["acts"][1]["body"]["envelope"]]
