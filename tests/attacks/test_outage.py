"""Somebody makes the server busy with itself: mail that does not go out, acts that spoil others' transaction."""

from __future__ import annotations

import smtplib
from typing import Any

import pytest
from django.conf import settings
from django.core import mail

from tests import people
from tests.server.log.test_perform import draft
from tests.server.reporting import browser
from upstander.server import beat
from upstander.server.cases import notices
from upstander.server.cases.models import OnCallNotice
from upstander.server.casework import reminders
from upstander.server.errors import Refusal, conflict
from upstander.server.log import commit
from upstander.server.log.commit import Done
from upstander.server.log.models import Leaf
from upstander.server.transparency import news

pytestmark = [pytest.mark.django_db, pytest.mark.db]


def urgent(force: people.Force) -> None:
    body = people.submission(force, people.reporter(), urgent=True)
    assert browser.send("POST", f"{force.slug}/reports", body).status_code == 200


def test_many_urgent_reports_are_one_message(force: people.Force) -> None:
    for _ in range(3):
        urgent(force)
    assert beat.sweep()["urgent notices sent"] == 1
    assert len(mail.outbox) == 1
    assert not OnCallNotice.objects.exists()


def test_a_mail_server_that_is_down_is_asked_once_a_round_and_last(
    force: people.Force, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        urgent(force)
    asked: list[object] = []

    def down(*_: object) -> int:
        asked.append(1)
        raise smtplib.SMTPServerDisconnected("down")

    monkeypatch.setattr(notices, "send_mail", down)
    beat.sweep()
    assert len(asked) == 1
    assert list(OnCallNotice.objects.values_list("tries", flat=True)) == [1, 1, 1]
    monkeypatch.setattr(notices, "MOST_TRIES", 2)
    beat.sweep()
    assert not OnCallNotice.objects.exists()
    # Whatever sends mail comes last, and what is urgent first among it.
    mails = [sweep for _, sweep in beat.SWEEPS[-3:]]
    assert mails == [notices.send_due, reminders.send_due, news.send_due]
    assert settings.EMAIL_TIMEOUT <= 5


def test_one_bad_act_does_not_cost_a_transaction_for_each_of_the_others(
    force: people.Force, monkeypatch: pytest.MonkeyPatch
) -> None:
    def bad() -> Done:
        raise conflict("no")

    before = Leaf.objects.count()
    jobs = [commit._Job(lambda: Done([], draft()), None, 1) for _ in range(64)]
    jobs[37].change = bad
    for job in jobs:
        commit._queue.push(job)
    commits = 0
    whole = commit._run

    def count(some: list[Any]) -> Any:
        nonlocal commits
        answers = whole(some)
        commits += 1
        return answers

    monkeypatch.setattr(commit, "_run", count)
    commit.perform(lambda: Done([], draft()))
    assert [n for n, job in enumerate(jobs) if job.error is not None] == [37]
    assert isinstance(jobs[37].error, Refusal)
    assert Leaf.objects.count() == before + 64
    assert 1 <= commits <= 10  # halves of halves, where one by one there were 64
