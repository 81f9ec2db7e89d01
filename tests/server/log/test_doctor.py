"""`doctor --ledger`: a whole database fits together, and each thing that is changed by hand is found and named."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction

from tests import people
from tests.server.casework.desk import Desk, report
from tests.server.log.test_sequence import NOON
from tests.server.reporting import browser
from tests.server.reporting.test_records import in_days, withdrawal
from upstander.cli import doctor
from upstander.formats import ids
from upstander.sealing import age
from upstander.sealing.report import NewCase
from upstander.sealing.words import ReceiptKeys
from upstander.server.accounts import actions as accounts
from upstander.server.cases.models import (
    Act,
    Admit,
    Case,
    Envelope,
    Epoch,
    Exclusion,
    Grant,
    Step,
    Upload,
)
from upstander.server.casework.models import Docket, Fact
from upstander.server.log import sequence
from upstander.server.log.models import Checkpoint, Leaf, Log, Opening, Tile

pytestmark = [pytest.mark.django_db, pytest.mark.db]
DAY = 86400


def ok(answer: Any) -> None:
    assert answer.status_code == 200, answer.content


@pytest.fixture
def lived(folder: Any, force: people.Force, receipt: ReceiptKeys) -> str:
    """A database in which every kind of act was done. Answers the case in which most of it happened."""
    new = NewCase.new()
    upload = browser.upload(force, browser.sealed_file(b"picture", age.recipient_of(new.identity)))
    body = people.submission(force, receipt, case=new, uploads=[upload], excluded=[force.excluded])
    ok(browser.send("POST", f"{force.slug}/reports", body))
    desk = Desk.of(force, force.handler, str(body["case"]))
    token = browser.token(force, receipt)
    desk.declare()
    for path, make in (
        ("steps", lambda: desk.stepping("opened")),
        ("envelopes", lambda: desk.writing("A note.", "note")),
        ("bank", lambda: desk.using("authorised", "a" * 64, "a" * 64)),
        ("steps", lambda: desk.stepping("acknowledged")),
        ("steps", lambda: desk.stepping("sealed-file", upload=upload.id)),
        ("envelopes", lambda: desk.writing("Hello.")),
        ("epochs", lambda: desk.taking_away(force.colleague)),
        ("grants", lambda: desk.letting_in(force.colleague)),
    ):
        ok(desk.post(path, make()))  # type: ignore[no-untyped-call]
        desk.load()
    desk.write_up()
    ok(desk.post("steps", desk.stepping("closed", outcome="not-found", reasons="We looked.")))
    desk.load()
    sequence.run(NOON)
    kept = browser.record(force, people.reporter(), ids.new_id(), in_days(force, 9))
    ok(browser.send("POST", f"{force.slug}/records", kept))
    for what in ("sent", "withdrawn"):
        keys = people.reporter()
        kept = browser.record(force, keys, ids.new_id(), in_days(force, 9))
        ok(browser.send("POST", f"{force.slug}/records", kept))
        token = browser.token(force, keys)
        again = browser.record(force, keys, kept["case"], in_days(force, 8), "again")
        change = {name: again[name] for name in ("act", "number", "label", "salt", "envelope", "expires")}
        ok(browser.send("PUT", f"{force.slug}/mailbox/record", change, token))
        if what == "sent":
            sent = people.submission(force, keys, case=NewCase.new(kept["case"]), number=3)
            ok(browser.send("POST", f"{force.slug}/mailbox/send", sent, token))
        else:
            gone = withdrawal(force, keys, kept["case"])
            ok(browser.send("DELETE", f"{force.slug}/mailbox/record", gone, token))
    accounts.revoke_key(force.overseer.person)
    report(force, people.reporter(), channels=[force.inside])
    sequence.run(NOON + DAY)
    report(force, people.reporter(), channels=[force.inside])  # and one that still waits
    return desk.case


def failing() -> list[str]:
    return [one.what for one in doctor.ledger() if one.level == "fail"]


def test_a_database_that_lived_fits_together(lived: str) -> None:
    assert failing() == []
    assert {row.kind for row in Act.objects.all()} >= {
        "received", "message", "note", "grant", "epoch", "step", "work", "record", "bank",
    }  # fmt: skip


def gone(case: str) -> None:
    """A case deleted with all that is in it, as somebody with the database would."""
    with connection.cursor() as cursor:
        for model in (Docket, Fact, Step, Grant, Admit, Envelope, Epoch, Exclusion, Upload, Act):
            cursor.execute(f'DELETE FROM "{model._meta.db_table}" WHERE case_id = %s', [case])
        cursor.execute(f'DELETE FROM "{Case.channels.through._meta.db_table}" WHERE case_id = %s', [case])
        cursor.execute(f'DELETE FROM "{Case._meta.db_table}" WHERE id = %s', [case])


def _leaf(case: str, kind: str) -> Leaf:
    return Leaf.objects.get(act=Act.objects.filter(case=case, kind=kind).first().act)  # type: ignore[union-attr]


CHANGES: list[tuple[Callable[[str], object], str]] = [
    (gone, "its act and case are gone"),
    (lambda case: Act.objects.filter(case=case, kind="note").delete(), "not numbered 1, 2, 3"),
    (lambda case: Act.objects.filter(case=case).order_by("number").last().delete(), "closed"),  # type: ignore[union-attr]
    (lambda case: Act.objects.filter(case=case, number=3).update(body="{}"), "about something else"),
    (lambda case: Act.objects.filter(case=case, number=3).update(salt=b"x"), "commits to something else"),
    (lambda case: Act.objects.filter(case=case, number=3).update(act=ids.new_id()), "it has no leaf"),
    (lambda case: Envelope.objects.filter(case=case, kind="message").update(sealed=b"y"), "sealed bytes were changed"),
    (lambda case: Envelope.objects.filter(case=case, kind="message").update(sha256="0" * 64), "names one of its envelopes"),
    (lambda case: Grant.objects.filter(case=case, epoch=1).update(sealed=b"x"), "no act names one of its grants"),
    (lambda case: Epoch.objects.filter(case=case, number=2).update(statement="x"), "no act names one of its epochs"),
    (lambda case: Admit.objects.filter(case=case).update(statement="x"), "no act names one of its admits"),
    (lambda case: Admit.objects.filter(case=case).delete(), "names one of its admits that is gone"),
    (lambda case: Upload.objects.filter(case=case).update(sha256="0" * 64), "no act names one of its uploads"),
    (lambda case: Step.objects.filter(case=case, kind="acknowledged").delete(), "the step acknowledged and the acts"),
    (lambda case: Step.objects.filter(case=case, kind="closed").update(outcome="found"), "the step closed (found)"),
    (lambda case: Case.objects.get(id=case).channels.clear(), "other teams"),
    (lambda case: Leaf.objects.filter(kind="answered").update(of="0" * 32), "first answer"),
    (lambda case: Leaf.objects.filter(pk=_leaf(case, "received").pk).update(day="2020-01-01"), "does not have the hash"),
    (lambda case: Leaf.objects.filter(pk=_leaf(case, "received").pk).delete(), "is missing"),
    (lambda case: Leaf.objects.filter(index=0).update(hash="0" * 64), "another root than its entries"),
    (lambda case: Tile.objects.filter(level=0).update(data=b"x"), "tile 0 of level 0"),
    (lambda case: Tile.objects.create(log_id=1, level=5, index=0, data=b""), "tiles that no tree"),
    (lambda case: Log.objects.update(root="0" * 64), "the head says"),
    (lambda case: Checkpoint.objects.update(note="x"), "the tree head of"),
    (lambda case: Checkpoint.objects.order_by("pk").first().delete(), ""),  # type: ignore[union-attr]
    (lambda case: Opening.objects.filter(body__contains='"kind":"card"').delete(), "not what the log kept"),
]  # fmt: skip


def test_what_is_changed_by_hand_is_found(lived: str) -> None:
    for change, told in CHANGES:
        with transaction.atomic():
            change(lived)
            found = failing()
            transaction.set_rollback(True)
        assert any(told in one for one in found) if told else not found, (told, found)
    assert failing() == []


def test_it_is_told_with_an_exit_code_and_in_words(lived: str, capsys: pytest.CaptureFixture[str]) -> None:
    from upstander.cli.finding import report as told

    gone(lived)
    assert told(doctor.ledger()) > 0
    assert "entry" in capsys.readouterr().out
