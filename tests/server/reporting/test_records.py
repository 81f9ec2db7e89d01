"""Private records: kept, replaced, deleted, sent later, and gone on their day."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from tests import people
from tests.server.reporting import browser
from upstander.formats import ids, statements
from upstander.sealing.report import NewCase
from upstander.sealing.words import ReceiptKeys
from upstander.server import beat
from upstander.server.cases import actions
from upstander.server.cases.models import Case, Envelope, Grant
from upstander.server.log.models import Leaf

pytestmark = [pytest.mark.django_db, pytest.mark.db]


def in_days(force: people.Force, number: int) -> str:
    return (force.today() + datetime.timedelta(days=number)).isoformat()


@pytest.fixture
def kept(force: people.Force, receipt: ReceiptKeys) -> dict[str, Any]:
    """A record that was kept for thirty days."""
    body = browser.record(force, receipt, ids.new_id(), in_days(force, 30))
    answer = browser.send("POST", f"{force.slug}/records", body)
    assert answer.status_code == 200, answer.content
    return body


def withdrawal(force: people.Force, receipt: ReceiptKeys, case: str, **other: Any) -> dict[str, Any]:
    body = {"case": case, "day": force.today().isoformat(), **other}
    return {**browser.leaf(receipt), "statement": statements.sign("withdraw", body, receipt.signing)}


def test_a_record_is_kept_for_its_author_alone(
    force: people.Force, receipt: ReceiptKeys, kept: dict[str, Any]
) -> None:
    told = browser.send("GET", f"{force.slug}/mailbox", token=browser.token(force, receipt)).json()
    assert (told["state"], told["expires"], told["holders"], told["due"]) == (
        "private",
        kept["expires"],
        [],
        [],
    )
    [envelope] = told["envelopes"]
    assert (envelope["kind"], envelope["sealed"]) == ("record", kept["envelope"]["sealed"])
    assert not Grant.objects.exists()
    assert Leaf.objects.filter(kind="record").count() == 1


def test_keeping_twice_is_done_once(force: people.Force, kept: dict[str, Any]) -> None:
    assert browser.send("POST", f"{force.slug}/records", kept).status_code == 200
    assert Case.objects.count() == Envelope.objects.count() == 1


@pytest.mark.parametrize("days", [-1, 0, 733])
def test_the_end_lies_between_tomorrow_and_two_years(
    force: people.Force, receipt: ReceiptKeys, days: int
) -> None:
    body = browser.record(force, receipt, ids.new_id(), in_days(force, days))
    answer = browser.send("POST", f"{force.slug}/records", body)
    assert (answer.status_code, answer.json()["where"]) == (422, "expires")
    assert not Case.objects.exists()


def test_a_record_cannot_be_a_message(force: people.Force, receipt: ReceiptKeys) -> None:
    body = browser.record(force, receipt, ids.new_id(), in_days(force, 3))
    body["envelope"]["kind"] = "message"
    assert browser.send("POST", f"{force.slug}/records", body).status_code == 422


def test_replacing_leaves_nothing_of_the_old(
    force: people.Force, receipt: ReceiptKeys, kept: dict[str, Any]
) -> None:
    token = browser.token(force, receipt)
    new = browser.record(force, receipt, kept["case"], in_days(force, 60), "changed")
    body = {name: new[name] for name in ("act", "number", "label", "salt", "envelope", "expires")}
    first = browser.send("PUT", f"{force.slug}/mailbox/record", body, token)
    assert first.status_code == 200, first.content
    assert browser.send("PUT", f"{force.slug}/mailbox/record", body, token).content == first.content
    assert Envelope.objects.get().id == new["envelope"]["id"]
    assert Case.objects.get().expires.isoformat() == in_days(force, 60)  # type: ignore[union-attr]


def test_deleting_leaves_only_the_leaf(
    force: people.Force, receipt: ReceiptKeys, kept: dict[str, Any]
) -> None:
    token = browser.token(force, receipt)
    body = withdrawal(force, receipt, kept["case"])
    first = browser.send("DELETE", f"{force.slug}/mailbox/record", body, token)
    assert first.status_code == 200, first.content
    assert not Case.objects.exists() and not Envelope.objects.exists()
    assert Leaf.objects.filter(kind="withdraw").count() == 1
    assert browser.send("GET", f"{force.slug}/mailbox", token=token).status_code == 404
    again = browser.send("DELETE", f"{force.slug}/mailbox/record", body, token)
    assert (again.status_code, again.content) == (200, first.content)
    other = withdrawal(force, receipt, kept["case"])
    assert browser.send("DELETE", f"{force.slug}/mailbox/record", other, token).status_code == 404


def test_deleting_needs_the_authors_own_signature(
    force: people.Force, receipt: ReceiptKeys, kept: dict[str, Any]
) -> None:
    token = browser.token(force, receipt)
    stranger = withdrawal(force, people.reporter(), kept["case"])
    other_case = withdrawal(force, receipt, ids.new_id())
    more = withdrawal(force, receipt, kept["case"], more=1)
    for body in (stranger, other_case, more):
        answer = browser.send("DELETE", f"{force.slug}/mailbox/record", body, token)
        assert (answer.status_code, answer.json()["where"]) == (422, "statement")
    assert Case.objects.count() == 1


def test_a_record_becomes_a_report(force: people.Force, receipt: ReceiptKeys, kept: dict[str, Any]) -> None:
    token = browser.token(force, receipt)
    body = people.submission(force, receipt, case=NewCase.new(kept["case"]), number=2)
    first = browser.send("POST", f"{force.slug}/mailbox/send", body, token)
    assert first.status_code == 200, first.content
    case = Case.objects.get()
    assert (case.state, case.expires, case.day) == ("open", None, force.today())
    assert [e.kind for e in case.envelopes.order_by("order")] == [
        "report",
        "sheet",
    ]  # the record itself is gone
    assert Grant.objects.filter(case=case, key=force.handler.key, scope="case").exists()
    assert browser.send("POST", f"{force.slug}/mailbox/send", body, token).content == first.content
    again = people.submission(force, receipt, case=NewCase.new(kept["case"]), number=3)
    assert browser.send("POST", f"{force.slug}/mailbox/send", again, token).status_code == 409


def test_a_record_is_sent_under_its_own_number_and_keys(
    force: people.Force, receipt: ReceiptKeys, kept: dict[str, Any]
) -> None:
    token = browser.token(force, receipt)
    other_case = people.submission(force, receipt)
    other_keys = people.submission(force, people.reporter(), case=NewCase.new(kept["case"]))
    for body in (other_case, {**other_keys, "mailbox": receipt.mailbox}):
        answer = browser.send("POST", f"{force.slug}/mailbox/send", body, token)
        assert answer.status_code == 422, answer.content
    assert Case.objects.get().state == "private"


def test_nobody_receives_messages_to_a_private_record(
    force: people.Force, receipt: ReceiptKeys, kept: dict[str, Any]
) -> None:
    body = browser.message(force, receipt, kept["case"], people.reporter().seal)
    answer = browser.send("POST", f"{force.slug}/mailbox/messages", body, browser.token(force, receipt))
    assert (answer.status_code, answer.json()["type"]) == (409, "conflict")


def test_a_report_cannot_be_replaced_or_deleted(force: people.Force, receipt: ReceiptKeys) -> None:
    body = people.submission(force, receipt)
    assert browser.send("POST", f"{force.slug}/reports", body).status_code == 200
    token = browser.token(force, receipt)
    record = browser.record(force, receipt, body["case"], in_days(force, 5))
    change = {name: record[name] for name in ("act", "number", "label", "salt", "envelope", "expires")}
    assert browser.send("PUT", f"{force.slug}/mailbox/record", change, token).status_code == 409
    gone = withdrawal(force, receipt, body["case"])
    assert browser.send("DELETE", f"{force.slug}/mailbox/record", gone, token).status_code == 409
    assert Envelope.objects.filter(case_id=body["case"], kind="report").exists()


def test_on_the_day_after_its_end_it_is_gone(
    force: people.Force, kept: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    case = Case.objects.get()
    assert beat.sweep()["private records deleted"] == 0
    for offset, gone in ((30, 0), (31, 1)):
        day = force.today() + datetime.timedelta(days=offset)
        monkeypatch.setattr(actions.days, "today", lambda _zone, day=day: day)
        assert actions.expire_records(force.institution) == gone
        monkeypatch.undo()
    assert not Case.objects.filter(id=case.id).exists()
    assert Leaf.objects.get(kind="expired").institution == force.slug


def test_one_record_that_was_renewed_meanwhile_does_not_keep_the_others(
    force: people.Force, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        body = browser.record(force, people.reporter(), ids.new_id(), in_days(force, 1))
        assert browser.send("POST", f"{force.slug}/records", body).status_code == 200
    real, renewed = actions._expired, Case.objects.order_by("expires", "pk")[0].id

    def meanwhile(case: str, *rest: Any) -> Any:
        Case.objects.filter(id=renewed).update(expires=force.today() + datetime.timedelta(days=50))
        return real(case, *rest)

    monkeypatch.setattr(actions, "_expired", meanwhile)
    later = force.today() + datetime.timedelta(days=5)
    monkeypatch.setattr(actions.days, "today", lambda _zone: later)
    assert actions.expire_records(force.institution) == 2
    assert Case.objects.get().id == renewed
