"""Sending a report: what is taken, what is answered, what is refused and why."""

from __future__ import annotations

import datetime
import json
from typing import Any

import pyrage
import pytest
from django.test import Client

from tests import people
from upstander.formats import b64, ids, statements
from upstander.ledger import leaf as ledger
from upstander.sealing import age, padding
from upstander.sealing.envelopes import open_envelope
from upstander.sealing.report import received_digest
from upstander.sealing.words import ReceiptKeys
from upstander.server.accounts import actions
from upstander.server.cases.models import Case, Envelope, Exclusion, Grant, Step
from upstander.server.installation import load
from upstander.server.log.models import Leaf

pytestmark = [pytest.mark.django_db, pytest.mark.db]


def post(force: people.Force, body: dict[str, Any], path: str = "reports") -> Any:
    return Client().post(f"/api/v1/i/{force.slug}/{path}", json.dumps(body), content_type="application/json")


def test_a_report_is_stored_and_promised(force: people.Force, receipt: ReceiptKeys) -> None:
    before = Leaf.objects.count()
    body = people.submission(force, receipt)
    answer = post(force, body)
    assert answer.status_code == 200, answer.content
    promise = statements.verify(answer.json()["promise"], "promise", load().sign)
    digest = received_digest(body, [])
    label, salt = ledger.label_and_salt(receipt.log, 1)
    expected = ledger.leaf_hash(
        ledger.leaf_bytes("received", promise["day"], label, ledger.commitment(salt, digest))
    )
    assert promise == {
        "act": body["act"],
        "by": (force.today() + datetime.timedelta(days=2)).isoformat(),
        "day": force.today().isoformat(),
        "institution": force.slug,
        "leaf": expected,
        "log": load().id,
    }
    case = Case.objects.get(id=body["case"])
    assert (case.state, case.mailbox, case.urgent) == ("open", receipt.mailbox, False)
    assert [e.kind for e in case.envelopes.order_by("order")] == ["report", "sheet"]
    assert {(g.scope, g.key_id or g.custodian_id) for g in case.grants.all()} == {
        (g["scope"], g["to"]) for g in body["grants"]
    }
    assert [s.kind for s in case.steps.all()] == ["received"]
    assert Leaf.objects.count() == before + 1
    assert Leaf.objects.get(act=body["act"]).index is None  # the beat gives it its place


def test_a_handler_opens_what_was_stored(force: people.Force, receipt: ReceiptKeys) -> None:
    body = people.submission(force, receipt)
    assert post(force, body).status_code == 200
    grant = Grant.objects.get(case_id=body["case"], key=force.handler.key, scope="case")
    envelope = Envelope.objects.get(case_id=body["case"], kind="report")
    text = age.open_(bytes(grant.sealed), [force.handler.keyring.identity]).decode()
    identity = statements.verify(text, "grant", receipt.sign)["identity"]
    opened = open_envelope(bytes(envelope.sealed), [identity])
    assert opened.body["answers"][0]["text"] == "It was said aloud."


def test_the_same_report_again_answers_the_same_promise(force: people.Force, receipt: ReceiptKeys) -> None:
    body = people.submission(force, receipt)
    first = post(force, body)
    cases, leaves = Case.objects.count(), Leaf.objects.count()
    assert post(force, body).content == first.content
    assert (Case.objects.count(), Leaf.objects.count()) == (cases, leaves)


def test_the_same_report_again_after_the_card_changed(force: people.Force, receipt: ReceiptKeys) -> None:
    body = people.submission(force, receipt)
    first = post(force, body)
    actions.leave(force.inside, force.colleague.key)
    assert post(force, body).content == first.content


def test_the_same_act_with_other_content_is_a_conflict(force: people.Force, receipt: ReceiptKeys) -> None:
    body = people.submission(force, receipt)
    assert post(force, body).status_code == 200
    other = people.submission(force, people.reporter())
    answer = post(force, {**other, "act": body["act"]})
    assert (answer.status_code, answer.json()["type"]) == (409, "conflict")
    assert not Case.objects.filter(id=other["case"]).exists()


def test_a_second_case_for_one_mailbox_is_a_conflict(force: people.Force, receipt: ReceiptKeys) -> None:
    assert post(force, people.submission(force, receipt)).status_code == 200
    leaves = Leaf.objects.count()
    answer = post(force, people.submission(force, receipt))
    assert (answer.status_code, answer.json()["type"]) == (409, "conflict")
    assert Leaf.objects.count() == leaves


def test_a_card_that_changed_comes_with_the_new_one(force: people.Force, receipt: ReceiptKeys) -> None:
    body = people.submission(force, receipt)
    actions.leave(force.inside, force.colleague.key)
    answer = post(force, body)
    assert (answer.status_code, answer.json()["type"]) == (409, "card-changed")
    assert answer.json()["card"] == force.institution.cards.latest("version").text
    assert post(force, people.submission(force, receipt)).status_code == 200


def test_who_is_shut_out_gets_no_grant(force: people.Force, receipt: ReceiptKeys) -> None:
    body = people.submission(force, receipt, excluded=[force.excluded])
    assert post(force, body).status_code == 200
    assert Exclusion.objects.get(case_id=body["case"]).person == force.excluded.person
    assert not Grant.objects.filter(case_id=body["case"], key=force.excluded.key).exists()


def test_who_is_shut_out_cannot_be_given_a_grant_all_the_same(
    force: people.Force, receipt: ReceiptKeys
) -> None:
    body = people.submission(force, receipt)
    answer = post(force, {**body, "excluded": [force.excluded.key.id]})
    assert (answer.status_code, answer.json()["type"]) == (422, "wrong-recipients")


def test_a_grant_left_out_or_for_somebody_else_is_refused(force: people.Force, receipt: ReceiptKeys) -> None:
    body = people.submission(force, receipt, channels=[force.inside])
    stranger = next(
        g for g in people.submission(force, people.reporter())["grants"] if g["to"] == force.overseer.key.id
    )
    for grants in (body["grants"][1:], [*body["grants"], stranger], [*body["grants"], body["grants"][0]]):
        answer = post(force, {**body, "grants": grants})
        assert answer.status_code == 422
        assert answer.json()["type"] in {"wrong-recipients", "malformed"}
    assert not Case.objects.exists()


def test_nobody_left_to_open_it_is_refused(force: people.Force, receipt: ReceiptKeys) -> None:
    everybody = [force.handler, force.colleague, force.excluded]
    body = people.submission(force, receipt, channels=[force.inside], excluded=everybody)
    answer = post(force, body)
    assert (answer.status_code, answer.json()["type"]) == (422, "wrong-recipients")
    assert "Nobody" in answer.json()["title"]


def test_one_handler_and_a_custodian_are_enough(force: people.Force, receipt: ReceiptKeys) -> None:
    shut = [force.colleague, force.excluded]
    assert (
        post(force, people.submission(force, receipt, channels=[force.inside], excluded=shut)).status_code
        == 200
    )


def _epoch_by_another(body: dict[str, Any]) -> None:
    body["epochs"][0] = people_epoch(body, signer=people.reporter())


def people_epoch(body: dict[str, Any], signer: ReceiptKeys) -> str:
    inside = statements.peek(body["epochs"][0], "epoch")
    return statements.sign("epoch", inside, signer.signing)


def _cut_short(body: dict[str, Any]) -> None:
    sealed = b64.decode(body["envelopes"][0]["sealed"])
    body["envelopes"][0]["sealed"] = b64.encode(sealed[:-1])


def _not_age(body: dict[str, Any]) -> None:
    body["envelopes"][0]["sealed"] = b64.encode(b"hello" * 1000)


def _two_recipients(body: dict[str, Any]) -> None:
    to = [age.recipient_of(age.new_identity()), body["recipients"]["case"]]
    body["envelopes"][0]["sealed"] = b64.encode(age.seal(padding.pad(b"{}"), to))


def _mixed_recipients(body: dict[str, Any]) -> None:
    other = pyrage.x25519.Identity.generate().to_public()
    body["envelopes"][0]["sealed"] = b64.encode(pyrage.encrypt(bytes(4096), [other]))


def _odd_size(body: dict[str, Any]) -> None:
    body["envelopes"][0]["sealed"] = b64.encode(age.seal(bytes(5000), [body["recipients"]["case"]]))


def _wrong_case(body: dict[str, Any]) -> None:
    body["case"] = ids.new_id()


@pytest.mark.parametrize(
    ("break_it", "type_", "where"),
    [
        (_cut_short, "malformed", "envelopes.0.sealed"),
        (_not_age, "not-age", "envelopes.0.sealed"),
        (_two_recipients, "wrong-recipients", "envelopes.0.sealed"),
        (_mixed_recipients, "not-age", "envelopes.0.sealed"),
        (_odd_size, "malformed", "envelopes.0.sealed"),
        (_epoch_by_another, "malformed", "epochs.0"),
        (_wrong_case, "malformed", "epochs.0"),
        (lambda b: b.update(channels=["a" * 26]), "malformed", "channels"),
        (lambda b: b.update(channels=b["channels"] * 2), "malformed", "channels"),
        (lambda b: b.update(excluded=["a" * 26]), "malformed", "excluded"),
        (lambda b: b["envelopes"][0].update(direction="desk"), "malformed", "envelopes.0"),
        (lambda b: b["envelopes"][0].update(epoch=2), "malformed", "envelopes.0"),
        (lambda b: b["envelopes"].pop(), "malformed", "envelopes"),
        (lambda b: b["envelopes"].reverse(), "malformed", "envelopes"),
        (lambda b: b["epochs"].pop(), "malformed", "epochs"),
        (lambda b: b["recipients"].update(sheet=""), "malformed", "epochs"),
        (lambda b: b.update(uploads=["a" * 26]), "malformed", "uploads." + "a" * 26),
        (lambda b: b["grants"][0].update(epoch=2), "malformed", "grants"),
        (lambda b: b["grants"][0].update(sealed="AAAA"), "not-age", "grants.0.sealed"),
        (lambda b: b.update(mailbox="x" * 64), "malformed", "mailbox"),
        (lambda b: b.update(surprise=1), "malformed", "surprise"),
        (lambda b: b.update(urgent="yes"), "malformed", "urgent"),
        (lambda b: b.pop("salt"), "malformed", "salt"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_stored(
    force: people.Force, receipt: ReceiptKeys, break_it: Any, type_: str, where: str
) -> None:
    leaves = Leaf.objects.count()
    body = people.submission(force, receipt)
    break_it(body)
    answer = post(force, body)
    assert answer.headers["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert (answer.status_code, problem["type"], problem["where"]) == (422, type_, where), problem
    assert problem["title"]
    assert not Case.objects.exists() and not Step.objects.exists()
    assert Leaf.objects.count() == leaves


def test_urgent_only_where_somebody_can_be_called_out(force: people.Force, receipt: ReceiptKeys) -> None:
    answer = post(force, people.submission(force, receipt, channels=[force.outside], urgent=True))
    assert (answer.status_code, answer.json()["where"]) == (422, "urgent")
    assert post(force, people.submission(force, receipt, urgent=True)).status_code == 200


def test_a_report_for_another_institution_does_not_fit(
    force: people.Force, other_force: people.Force, receipt: ReceiptKeys
) -> None:
    answer = post(other_force, people.submission(force, receipt))
    assert (answer.status_code, answer.json()["type"]) == (409, "card-changed")
