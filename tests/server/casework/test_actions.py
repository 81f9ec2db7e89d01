"""Writing and stepping: what is stored, promised, shown to the reporter, and refused."""

from __future__ import annotations

from typing import Any

import pytest

from tests import people
from tests.server.casework.desk import Desk, report, sealed_hash
from upstander.formats import b64, ids, statements
from upstander.ledger import leaf as ledger
from upstander.sealing import age
from upstander.sealing.envelopes import open_envelope
from upstander.sealing.errors import SealingError
from upstander.sealing.words import ReceiptKeys
from upstander.server.cases.models import Case, Envelope, Step, Upload
from upstander.server.installation import load
from upstander.server.log.models import Leaf

pytestmark = [pytest.mark.django_db, pytest.mark.db]


@pytest.fixture
def desk(force: people.Force, receipt: ReceiptKeys) -> Desk:
    """A case opened by its first handler; one colleague is shut out."""
    return Desk.of(force, force.handler, report(force, receipt, excluded=[force.excluded]))


def kinds(desk: Desk) -> list[str]:
    return list(Step.objects.filter(case=desk.case).order_by("order").values_list("kind", flat=True))


def take(desk: Desk, *steps: str) -> None:
    for step in steps:
        answer = desk.post("steps", desk.stepping(step))
        assert answer.status_code == 200, answer.content
        desk.load()


def test_a_message_is_sealed_promised_and_a_step(desk: Desk, receipt: ReceiptKeys) -> None:
    body = desk.writing("Which weeks was it?")
    answer = desk.post("envelopes", body)
    assert answer.status_code == 200, answer.content
    stored = Envelope.objects.get(case=desk.case, kind="message")
    assert (stored.author_id, stored.direction, stored.order) == (desk.who.key.id, "to-reporter", 3)
    opened = open_envelope(bytes(stored.sealed), [receipt.identity])
    assert opened.body["text"] == "Which weeks was it?"
    assert kinds(desk) == ["received", "replied"]
    promise = statements.verify(answer.json()["promise"], "promise", load().sign)
    fields = {"case": desk.case, "envelope": sealed_hash(body["envelope"]), "uploads": []}
    label, salt = ledger.label_and_salt(receipt.log, 2)
    commitment = ledger.commitment(salt, ledger.digest("message", **fields))
    of, _ = ledger.label_and_salt(receipt.log, 1)  # it is the first answer to the report
    expected = ledger.leaf_hash(ledger.leaf_bytes("answered", promise["day"], label, commitment, of))
    assert promise["leaf"] == expected
    assert Leaf.objects.filter(act=body["act"], kind="answered").count() == 1


def test_a_note_is_not_for_the_reporter_and_no_step(desk: Desk, receipt: ReceiptKeys) -> None:
    assert desk.post("envelopes", desk.writing("Ask for the rota.", "note")).status_code == 200
    stored = Envelope.objects.get(case=desk.case, kind="note")
    with pytest.raises(SealingError):
        age.open_(bytes(stored.sealed), [receipt.identity])
    desk.load()
    assert desk.texts("note") == ["Ask for the rota."]
    assert kinds(desk) == ["received"]


def test_the_same_act_again_changes_nothing(desk: Desk) -> None:
    body = desk.writing("Once.")
    first = desk.post("envelopes", body)
    assert desk.post("envelopes", body).content == first.content
    assert Envelope.objects.filter(case=desk.case, kind="message").count() == 1
    other = {**body, "envelope": desk.envelope("Twice.")}
    assert desk.post("envelopes", other).json()["type"] == "conflict"


def test_what_a_handler_does_not_write_is_refused(desk: Desk) -> None:
    note = desk.writing("x", "note")
    message = desk.writing("x")
    wrong: list[dict[str, Any]] = [
        {**note, "envelope": {**note["envelope"], "direction": "to-reporter"}},
        {**message, "envelope": {**message["envelope"], "direction": "to-desk"}},
        {**message, "envelope": {**message["envelope"], "kind": "report"}},
        {**message, "envelope": {**note["envelope"], "kind": "message", "direction": "to-reporter"}},
        {**message, "uploads": [ids.new_id()]},
        {**message, "extra": 1},
        {**message, "envelope": {**message["envelope"], "sealed": b64.encode(b"plain words")}},
    ]
    before = Leaf.objects.count()
    for body in wrong:
        answer = desk.post("envelopes", body)
        assert answer.status_code == 422, body.keys()
        assert answer.headers["Content-Type"] == "application/problem+json"
    assert Leaf.objects.count() == before
    assert Envelope.objects.filter(case=desk.case).count() == 2


def test_an_old_epoch_is_a_conflict(desk: Desk) -> None:
    body = desk.writing("To the old key.")
    assert desk.post("epochs", desk.taking_away(desk.force.colleague)).status_code == 200
    answer = desk.post("envelopes", body)
    assert (answer.status_code, answer.json()["type"]) == (409, "conflict")


def test_a_case_goes_through_its_steps(desk: Desk, receipt: ReceiptKeys) -> None:
    take(desk, "opened", "acknowledged")
    desk.declare()
    desk.write_up()
    body = desk.stepping("closed", outcome="not-found", reasons="We looked at the rota.")
    assert desk.post("steps", body).status_code == 200
    desk.load()
    assert desk.answer["state"] == "closed"
    closed = Step.objects.get(case=desk.case, kind="closed")
    assert (closed.outcome, closed.by_id) == ("not-found", desk.who.key.id)
    assert closed.envelope is not None
    opened = open_envelope(bytes(closed.envelope.sealed), [receipt.identity])
    assert opened.body["text"] == "We looked at the rota."
    assert [one["step"] for one in desk.answer["allowed"] if one["to"]] == ["reopened"]
    assert desk.post("steps", desk.stepping("reopened", reasons="New facts.")).status_code == 200
    assert Case.objects.get(id=desk.case).state == "open"
    assert kinds(desk) == ["received", "opened", "acknowledged", "closed", "reopened"]


def test_steps_out_of_place_are_refused_in_words(desk: Desk) -> None:
    for body in (
        desk.stepping("acknowledged"),  # not opened yet
        desk.stepping("closed", outcome="found", reasons="x"),  # not acknowledged yet
        desk.stepping("received"),
        desk.stepping("let-in"),  # only by letting somebody in
        desk.stepping("left"),
        desk.stepping("sealed-file"),
        desk.stepping("reopened", reasons="x"),
        desk.stepping("nonsense"),
    ):
        answer = desk.post("steps", body)
        assert (answer.status_code, answer.json()["type"]) == (409, "conflict"), body["step"]
        assert len(answer.json()["title"]) > 10
    take(desk, "opened", "acknowledged")
    assert desk.post("steps", desk.stepping("opened")).status_code == 409
    assert desk.post("steps", desk.stepping("closed", outcome="found")).status_code == 409
    assert desk.post("steps", desk.stepping("closed", outcome="guilty", reasons="x")).status_code == 409
    assert kinds(desk) == ["received", "opened", "acknowledged"]


def test_a_page_that_is_behind_is_told(desk: Desk) -> None:
    behind = Desk.of(desk.force, desk.force.colleague, desk.case)
    take(desk, "opened")
    answer = behind.post("steps", behind.stepping("acknowledged"))
    assert (answer.status_code, answer.json()["type"]) == (409, "conflict")
    behind.load()
    assert behind.post("steps", behind.stepping("acknowledged")).status_code == 200


def test_a_file_sealed_off_is_fetched_by_nobody(desk: Desk) -> None:
    upload = Upload.objects.create(
        id=ids.new_id(),
        institution=desk.force.institution,
        case_id=desk.case,
        size=4,
        parts=0,
        sha256="0" * 64,
        day=desk.force.today(),
    )
    assert desk.get(f"/uploads/{upload.id}").status_code == 200
    assert desk.post("steps", desk.stepping("sealed-file", upload=upload.id)).status_code == 200
    absent = desk.get(f"/uploads/{ids.new_id()}")
    refused = desk.get(f"/uploads/{upload.id}")
    assert (refused.status_code, refused.content) == (404, absent.content)
    step = Step.objects.get(case=desk.case, kind="sealed-file")
    assert (step.upload_id, step.by_id, step.day) == (upload.id, desk.who.key.id, desk.force.today())
    desk.load()
    assert desk.answer["uploads"] == [{"id": upload.id, "size": 4, "sealed_off": True}]
    assert desk.post("steps", desk.stepping("sealed-file", upload=upload.id)).status_code == 409
    assert desk.post("steps", desk.stepping("sealed-file", upload=ids.new_id())).status_code == 404


def test_nobody_without_a_grant_writes(desk: Desk) -> None:
    body = desk.writing("From outside.")
    for person in (desk.force.excluded, desk.force.administrator):
        client = people.signed_in(getattr(person, "person", person))
        answer = client.post(
            f"/api/v1/desk/cases/{desk.case}/envelopes", body, content_type="application/json"
        )
        assert answer.status_code in {401, 404}
    assert not Envelope.objects.filter(case=desk.case, kind="message").exists()
