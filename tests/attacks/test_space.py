"""A stranger fills the disk with what asks for no work, so that nobody else can report."""

from __future__ import annotations

import datetime
import shutil
from collections import namedtuple
from collections.abc import Iterator

import pytest

from tests import people
from tests.server.reporting import browser
from upstander.formats import ids
from upstander.formats.hashes import hash_of
from upstander.sealing import age
from upstander.sealing.report import NewCase, SealedUpload
from upstander.sealing.words import ReceiptKeys
from upstander.server import blobs, limits
from upstander.server.accounts import actions
from upstander.server.cases import submission, uploads
from upstander.server.cases.models import Upload
from upstander.server.errors import malformed

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


def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Fills with the names of sealed files whenever one is read."""
    found: list[str] = []
    read = blobs.FolderBlobs.read

    def noted(store: blobs.FolderBlobs, upload: str, parts: int) -> Iterator[bytes]:
        found.append(upload)
        return read(store, upload, parts)

    monkeypatch.setattr(blobs.FolderBlobs, "read", noted)
    return found


def test_a_report_that_is_refused_makes_nobody_read_its_files(
    force: people.Force, receipt: ReceiptKeys, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = reads(monkeypatch)
    file = browser.upload(force, browser.sealed_file(b"x" * 100, age.recipient_of(age.new_identity())))
    case = NewCase.new()
    good = people.submission(force, receipt, uploads=[file], case=case)
    bad = {**good, "grants": good["grants"][1:]}
    assert browser.send("POST", f"{force.slug}/reports", bad).json()["type"] == "wrong-recipients"
    assert read == []
    first = browser.send("POST", f"{force.slug}/reports", good)
    assert (first.status_code, read) == (200, [file.id])
    token = browser.token(force, receipt)
    letter = browser.message(force, receipt, case.id, age.recipient_of(case.identity))
    wrong = {**letter, "uploads": [ids.new_id()], "envelope": {**letter["envelope"], "kind": "note"}}
    refused = browser.send("POST", f"{force.slug}/mailbox/messages", wrong, token=token)
    assert refused.json()["where"] == "envelope"  # before it is looked whether the file is there


def test_a_retry_that_is_no_longer_right_gets_its_promise_without_reading(
    force: people.Force, receipt: ReceiptKeys, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = browser.upload(force, browser.sealed_file(b"x" * 100, age.recipient_of(age.new_identity())))
    body = people.submission(force, receipt, uploads=[file], urgent=True)
    first = browser.send("POST", f"{force.slug}/reports", body)
    read = reads(monkeypatch)
    monkeypatch.setattr(submission, "check", refuses)
    assert browser.send("POST", f"{force.slug}/reports", body).content == first.content
    assert read == []


def refuses(*_: object) -> None:
    raise malformed("no")


def test_the_same_files_are_read_once_however_often_they_are_claimed(
    force: people.Force, receipt: ReceiptKeys, monkeypatch: pytest.MonkeyPatch
) -> None:
    sealed = browser.sealed_file(b"x" * 100, age.recipient_of(age.new_identity()))
    file = browser.upload(force, sealed)
    body = people.submission(force, receipt, uploads=[file])
    actions.leave(force.inside, force.colleague.key)
    read = reads(monkeypatch)
    for _ in range(2):  # sealed for an earlier card: right in itself, and never taken
        assert browser.send("POST", f"{force.slug}/reports", body).json()["type"] == "card-changed"
    assert read == [file.id]
    path = f"{force.slug}/uploads/{file.id}/parts/0"
    other = browser.sealed_file(b"y" * 100, age.recipient_of(age.new_identity()))
    assert browser.send("PUT", path, raw=other).status_code == 204
    again = people.submission(force, receipt, uploads=[SealedUpload(file.id, hash_of(other))])
    assert browser.send("POST", f"{force.slug}/reports", again).status_code == 200
    assert Upload.objects.get().sha256 == hash_of(other)


def test_the_files_of_one_act_have_a_size_together(
    force: people.Force, receipt: ReceiptKeys, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert uploads.MOST_CLAIMED == 1 << 30
    sealed = browser.sealed_file(b"x" * 100, age.recipient_of(age.new_identity()))
    files = [browser.upload(force, sealed) for _ in range(2)]
    body = people.submission(force, receipt, uploads=files)
    read = reads(monkeypatch)
    monkeypatch.setattr(uploads, "MOST_CLAIMED", 2 * len(sealed) - 1)
    answer = browser.send("POST", f"{force.slug}/reports", body)
    assert (answer.status_code, answer.json()["type"], answer.json()["where"]) == (
        413,
        "too-large",
        "uploads",
    )
    assert read == []
    monkeypatch.setattr(uploads, "MOST_CLAIMED", 2 * len(sealed))
    assert browser.send("POST", f"{force.slug}/reports", body).status_code == 200


def test_announcing_without_sending_presses_and_is_forgotten(
    force: people.Force, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "UNCLAIMED_BYTES", limits.unclaimed_bytes + 4 * blobs.PART)
    monkeypatch.setattr(limits, "unclaimed_bytes", limits.unclaimed_bytes)
    names = [ids.new_id() for _ in range(4)]
    about = {"size": 5000, "parts": 1}
    before = uploads.unclaimed_bytes(today())
    for name in names:
        assert browser.send("PUT", f"{force.slug}/uploads/{name}", about).status_code == 204
    asked = browser.send("PUT", f"{force.slug}/uploads/{ids.new_id()}", about)
    assert (asked.status_code, asked.json()["type"]) == (503, "work-needed")
    assert uploads.unclaimed_bytes(today()) == before + 4 * blobs.PART  # so says the sweep, too
    uploads.sweep_unclaimed(today() + datetime.timedelta(days=1))
    assert all(blobs.store().about(name) for name in names)
    uploads.sweep_unclaimed(today() + datetime.timedelta(days=2))
    assert not any(blobs.store().about(name) for name in names)


def today() -> datetime.date:
    return datetime.datetime.now(datetime.UTC).date()
