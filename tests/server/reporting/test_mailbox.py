"""The way back: opening with words, reading the conversation, writing."""

from __future__ import annotations

import datetime
import time
from typing import Any

import pytest

from tests import people
from tests.server.reporting import browser
from upstander.formats import b64, ids
from upstander.formats.hashes import hash_of
from upstander.sealing.words import ReceiptKeys
from upstander.server import tokens
from upstander.server.cases.models import Case, Envelope, Step
from upstander.server.log.models import Leaf
from upstander.server.reporting import mailbox

pytestmark = [pytest.mark.django_db, pytest.mark.db]


@pytest.fixture
def sent(force: people.Force, receipt: ReceiptKeys) -> dict[str, Any]:
    """A report that was sent."""
    body = people.submission(force, receipt)
    assert browser.send("POST", f"{force.slug}/reports", body).status_code == 200
    return body


def test_the_right_words_open_it(force: people.Force, receipt: ReceiptKeys, sent: dict[str, Any]) -> None:
    told = browser.send("GET", f"{force.slug}/mailbox", token=browser.token(force, receipt)).json()
    today = force.today().isoformat()
    assert (told["case"], told["state"], told["day"], told["expires"]) == (sent["case"], "open", today, "")
    assert told["reporter"] == sent["reporter"]
    assert told["envelopes"] == []  # she cannot open her own report, so it is not listed
    assert told["steps"] == [{"order": 1, "kind": "received", "outcome": "", "day": today}]
    assert {e["recipient"] for e in told["epochs"]} == set(sent["recipients"].values())
    assert {h["label"] for h in told["holders"] if h["scope"] == "case"} == {
        c.person.label
        for c in (force.handler, force.colleague, force.excluded, force.overseer, force.second_overseer)
    }
    assert [d["kind"] for d in told["due"]] == ["open", "write"]
    assert all(d["day"] > today for d in told["due"])


def wrong_openings(force: people.Force, receipt: ReceiptKeys) -> dict[str, tuple[bytes, str]]:
    stranger = people.reporter()
    return {
        "unknown mailbox": browser.login(force, stranger),
        "wrong signature": (
            receipt.mailbox_id,
            browser.login(force, stranger, subject=receipt.mailbox)[1],
        ),
    }


def test_wrong_words_and_unknown_mailbox_get_the_same_bytes(
    force: people.Force, receipt: ReceiptKeys, sent: dict[str, Any]
) -> None:
    answers = [browser.open_mailbox(force, *opening) for opening in wrong_openings(force, receipt).values()]
    first, second = answers
    assert first.status_code == second.status_code == 404
    assert first.content == second.content
    assert dict(first.headers) == dict(second.headers)


def test_both_check_one_signature(
    force: people.Force, receipt: ReceiptKeys, sent: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    checked: list[str] = []
    real = mailbox.statements.verify
    monkeypatch.setattr(mailbox.statements, "verify", lambda *a: (checked.append(a[2]), real(*a))[1])
    for opening in wrong_openings(force, receipt).values():
        checked.clear()
        browser.open_mailbox(force, *opening)
        assert len(checked) == 1


@pytest.mark.parametrize(
    "other",
    [
        {"origin": "https://elsewhere.example"},
        {"subject": "0" * 64},
        {"challenge": "AAAA"},
        {"challenge": 1},
        {"more": 1},
    ],
)
def test_a_statement_about_something_else_is_malformed(
    force: people.Force, receipt: ReceiptKeys, sent: dict[str, Any], other: dict[str, Any]
) -> None:
    answer = browser.open_mailbox(force, *browser.login(force, receipt, **other))
    assert (answer.status_code, answer.json()["type"], answer.json()["where"]) == (
        422,
        "malformed",
        "statement",
    )


def test_an_old_challenge_and_one_of_another_institution_do_not_hold(
    force: people.Force, other_force: people.Force, receipt: ReceiptKeys, sent: dict[str, Any]
) -> None:
    elsewhere = browser.send("POST", f"{other_force.slug}/mailbox/challenge").json()["challenge"]
    old = tokens.issue("mailbox-challenge", bytes(16) + force.slug.encode(), -1)
    for challenge in (elsewhere, old):
        answer = browser.open_mailbox(force, *browser.login(force, receipt, challenge=challenge))
        assert answer.status_code == 422


def test_a_mailbox_opens_only_at_its_own_institution(
    force: people.Force, other_force: people.Force, receipt: ReceiptKeys, sent: dict[str, Any]
) -> None:
    assert browser.open_mailbox(other_force, *browser.login(other_force, receipt)).status_code == 404
    mine = browser.token(force, receipt)
    assert browser.send("GET", f"{other_force.slug}/mailbox", token=mine).status_code == 401


def test_no_token_a_forged_one_and_an_old_one_are_signed_out(
    force: people.Force, receipt: ReceiptKeys, sent: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    good = browser.token(force, receipt)
    forged = b64.encode(b64.decode(good)[:-1] + b"x")
    for wrong in (
        "",
        "x",
        forged,
        tokens.issue("mailbox-challenge", f"{sent['case']}/{force.slug}".encode(), 60),
    ):
        answer = browser.send("GET", f"{force.slug}/mailbox", token=wrong)
        assert (answer.status_code, answer.json()["type"]) == (401, "signed-out")
    later = time.time() + 31 * 60
    monkeypatch.setattr(tokens.time, "time", lambda: later)
    assert browser.send("GET", f"{force.slug}/mailbox", token=good).status_code == 401


def test_a_message_is_stored_and_listed(
    force: people.Force, receipt: ReceiptKeys, sent: dict[str, Any]
) -> None:
    token = browser.token(force, receipt)
    body = browser.message(force, receipt, sent["case"], sent["recipients"]["case"])
    first = browser.send("POST", f"{force.slug}/mailbox/messages", body, token)
    assert first.status_code == 200, first.content
    again = browser.send("POST", f"{force.slug}/mailbox/messages", body, token)
    assert again.content == first.content
    [listed] = browser.send("GET", f"{force.slug}/mailbox", token=token).json()["envelopes"]
    assert listed["sealed"] == body["envelope"]["sealed"]
    assert listed["sha256"] == hash_of(b64.decode(body["envelope"]["sealed"]))
    assert (listed["order"], listed["author"], listed["direction"]) == (1, "", "to-desk")
    assert Envelope.objects.filter(kind="message").count() == 1
    assert Leaf.objects.filter(kind="message").count() == 1


@pytest.mark.parametrize(
    ("envelope", "status", "where"),
    [
        ({"kind": "note"}, 422, "envelope"),
        ({"direction": "to-reporter"}, 422, "envelope"),
        ({"epoch": 2}, 409, ""),
        ({"sealed": "AAAA"}, 422, "envelope.sealed"),
    ],
)
def test_a_message_that_does_not_fit_is_refused(
    force: people.Force,
    receipt: ReceiptKeys,
    sent: dict[str, Any],
    envelope: dict[str, Any],
    status: int,
    where: str,
) -> None:
    body = browser.message(force, receipt, sent["case"], sent["recipients"]["case"], envelope=envelope)
    answer = browser.send("POST", f"{force.slug}/mailbox/messages", body, browser.token(force, receipt))
    assert (answer.status_code, answer.json()["where"]) == (status, where)
    assert not Envelope.objects.filter(kind__in=["message", "note"]).exists()


def test_notes_and_steps_that_are_hidden_leave_no_gap(
    force: people.Force, receipt: ReceiptKeys, sent: dict[str, Any]
) -> None:
    case, day = Case.objects.get(), force.today()
    common = {"case": case, "epoch": 1, "day": day, "sealed": b"x"}
    for order, kind in ((3, "note"), (4, "message"), (5, "note"), (6, "message")):
        Envelope.objects.create(
            id=ids.new_id(), order=order, kind=kind, direction="desk", sha256=f"{order:064}", **common
        )
    Step.objects.create(case=case, order=2, kind="sealed-file", day=day)
    Step.objects.create(case=case, order=3, kind="opened", day=day)
    told = browser.send("GET", f"{force.slug}/mailbox", token=browser.token(force, receipt)).json()
    assert [(e["order"], e["kind"]) for e in told["envelopes"]] == [(1, "message"), (2, "message")]
    assert [(s["order"], s["kind"]) for s in told["steps"]] == [(1, "received"), (2, "opened")]
    assert [d["kind"] for d in told["due"]] == ["write"]


def test_after_a_letter_the_next_one_is_promised(
    force: people.Force, receipt: ReceiptKeys, sent: dict[str, Any]
) -> None:
    wrote = force.today() - datetime.timedelta(days=3)
    Envelope.objects.create(
        **{"id": ids.new_id(), "case": Case.objects.get(), "order": 9, "kind": "message", "epoch": 1},
        **{"direction": "to-reporter", "day": wrote, "sha256": "", "sealed": b"x"},
    )
    told = browser.send("GET", f"{force.slug}/mailbox", token=browser.token(force, receipt)).json()
    assert told["due"][-1] == {"kind": "write", "day": (wrote + datetime.timedelta(days=28)).isoformat()}
