"""Sweeps may be repeated, and one that fails does not stop the others."""

from __future__ import annotations

import datetime
import smtplib
import threading

import pytest
from django.conf import LazySettings
from django.core import mail

from tests import people
from tests.server.reporting import browser
from upstander.cli import checks_site
from upstander.sealing.words import ReceiptKeys
from upstander.server import beat
from upstander.server.cases import notices
from upstander.server.cases.models import Case, OnCallNotice
from upstander.server.log.models import Leaf

pytestmark = [pytest.mark.django_db, pytest.mark.db]


@pytest.fixture
def urgent(force: people.Force, receipt: ReceiptKeys) -> Case:
    """An urgent report to both channels; only the inside one can be called out."""
    body = people.submission(force, receipt, urgent=True)
    assert browser.send("POST", f"{force.slug}/reports", body).status_code == 200
    return Case.objects.get()


def test_the_on_call_address_is_told_once_and_nothing_more(urgent: Case) -> None:
    assert mail.outbox == []  # the report was answered before any mail
    assert beat.sweep()["urgent notices sent"] == 1
    assert beat.sweep()["urgent notices sent"] == 0
    [message] = mail.outbox
    assert message.to == ["on-call@marlshire.example"]
    whole = message.subject + message.body
    assert "Marlshire Police: reporting team" in whole
    for secret in (urgent.id, urgent.mailbox, urgent.day.isoformat()):
        assert secret not in whole


def test_a_mail_server_that_is_down_is_tried_again(urgent: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    def down(*_: object, **__: object) -> int:
        raise smtplib.SMTPServerDisconnected("down")

    monkeypatch.setattr(notices, "send_mail", down)
    assert beat.sweep()["urgent notices sent"] == 0
    assert OnCallNotice.objects.get().tries == 1
    monkeypatch.undo()
    assert beat.sweep()["urgent notices sent"] == 1
    assert not OnCallNotice.objects.exists()


def test_without_a_mail_server_nothing_is_printed_and_all_of_it_waits(
    urgent: Case, settings: LazySettings, capsys: pytest.CaptureFixture[str]
) -> None:
    """A notice that was printed was lost, and its address stood in a journal."""
    backend = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND, settings.DEMO = "django.core.mail.backends.console.EmailBackend", False
    assert beat.sweep()["urgent notices sent"] == 0
    said = capsys.readouterr()
    assert "on-call@marlshire.example" not in said.out + said.err
    assert OnCallNotice.objects.get(channel__on_call="on-call@marlshire.example").tries == 0
    assert checks_site.mail().level == "warn" and "that wait: 1)" in checks_site.mail().what
    settings.EMAIL_BACKEND = backend
    assert beat.sweep()["urgent notices sent"] == 1
    assert len(mail.outbox) == 1 and checks_site.mail().level == "ok"


def test_what_waits_for_a_mail_server_does_not_wait_for_ever(urgent: Case, settings: LazySettings) -> None:
    settings.EMAIL_BACKEND, settings.DEMO = "django.core.mail.backends.console.EmailBackend", False
    Case.objects.filter(id=urgent.id).update(day=urgent.day - notices.WAITS)
    beat.sweep()
    assert OnCallNotice.objects.exists()
    Case.objects.filter(id=urgent.id).update(day=urgent.day - notices.WAITS - datetime.timedelta(days=2))
    beat.sweep()
    assert not OnCallNotice.objects.exists()


def test_a_report_that_is_not_urgent_tells_nobody(force: people.Force, receipt: ReceiptKeys) -> None:
    browser.send("POST", f"{force.slug}/reports", people.submission(force, receipt))
    assert beat.sweep()["urgent notices sent"] == 0
    assert mail.outbox == []


def test_a_sweep_that_fails_does_not_stop_the_next(urgent: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails() -> int:
        raise RuntimeError

    monkeypatch.setattr(beat, "SWEEPS", (("fails", fails), *beat.SWEEPS))
    waiting = Leaf.objects.filter(index=None).count()
    nothing = dict.fromkeys([name for name, _ in beat.SWEEPS], 0)
    assert waiting
    assert beat.sweep() == {
        **nothing,
        "acts placed in the log": waiting,
        "urgent notices sent": 1,
        "cases taken into the lists": 1,
    }


def test_the_thread_beats_and_stops(monkeypatch: pytest.MonkeyPatch) -> None:
    beaten = threading.Event()
    monkeypatch.setattr(beat, "SWEEPS", (("once", lambda: beaten.set() or 0),))
    stop = beat.start_thread(every=60)
    assert beaten.wait(10)
    stop()
    [thread] = [t for t in threading.enumerate() if t.name == "beat"] or [threading.Thread()]
    if thread.is_alive():
        thread.join(10)
    assert not thread.is_alive()
