"""A stranger fills the disk with what asks for no work, so that nobody else can report."""

from __future__ import annotations

import shutil
from collections import namedtuple

import pytest

from tests import people
from tests.server.reporting import browser
from upstander.formats import ids
from upstander.sealing import age
from upstander.sealing.report import NewCase
from upstander.sealing.words import ReceiptKeys
from upstander.server import limits

pytestmark = [pytest.mark.django_db, pytest.mark.db]
Usage = namedtuple("Usage", "total used free")


def leave_free(monkeypatch: pytest.MonkeyPatch, free: int) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda path: Usage(1 << 40, (1 << 40) - free, free))


def test_files_stop_before_reports_do(
    force: people.Force, receipt: ReceiptKeys, monkeypatch: pytest.MonkeyPatch
) -> None:
    sealed = browser.sealed_file(b"x" * 100, age.recipient_of(age.new_identity()))
    path = f"{force.slug}/uploads/{ids.new_id()}"
    assert browser.send("PUT", path, {"size": len(sealed), "parts": 1}).status_code == 204
    leave_free(monkeypatch, limits.FILE_SPACE - 1)
    answer = browser.send("PUT", f"{path}/parts/0", raw=sealed)
    assert (answer.status_code, answer.json()["type"]) == (503, "busy")
    body = people.submission(force, receipt)
    asked = browser.send("POST", f"{force.slug}/reports", body).json()
    assert asked["type"] == "work-needed"  # little room asks for work, and takes the report
    leave_free(monkeypatch, limits.LITTLE_SPACE)
    assert browser.send("PUT", f"{path}/parts/0", raw=sealed).status_code == 204
    assert browser.send("POST", f"{force.slug}/reports", body).status_code == 200


def test_one_mailbox_does_not_fill_the_disk(
    force: people.Force, receipt: ReceiptKeys, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = NewCase.new()
    first = people.submission(force, receipt, case=case)
    assert browser.send("POST", f"{force.slug}/reports", first).status_code == 200
    token = browser.token(force, receipt)
    letter = browser.message(force, receipt, case.id, age.recipient_of(case.identity))
    leave_free(monkeypatch, limits.NO_SPACE - 1)
    answer = browser.send("POST", f"{force.slug}/mailbox/messages", letter, token=token)
    assert (answer.status_code, answer.json()["type"]) == (503, "busy")
    leave_free(monkeypatch, limits.NO_SPACE)
    assert browser.send("POST", f"{force.slug}/mailbox/messages", letter, token=token).status_code == 200
