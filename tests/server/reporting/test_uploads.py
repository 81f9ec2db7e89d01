"""Sealed files on their way in: parts, going on after an interruption, claims, limits, sweeping."""

from __future__ import annotations

import datetime
import os
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from tests import people
from tests.server.reporting import browser
from upstander.formats import ids
from upstander.sealing import age
from upstander.sealing.report import NewCase, SealedUpload
from upstander.sealing.words import ReceiptKeys
from upstander.server import blobs, limits
from upstander.server.cases import uploads
from upstander.server.cases.models import Case, Upload

pytestmark = [pytest.mark.django_db, pytest.mark.db]


@pytest.fixture(scope="module")
def sealed() -> bytes:
    """A sealed file of three parts."""
    return browser.sealed_file(b"picture" * 350_000, age.recipient_of(age.new_identity()))


def put(force: people.Force, name: str, number: int, data: bytes) -> Any:
    return browser.send("PUT", f"{force.slug}/uploads/{name}/parts/{number}", raw=data)


def test_a_file_comes_in_parts_in_any_order_and_goes_on_after_a_break(
    force: people.Force, sealed: bytes
) -> None:
    name, path = ids.new_id(), f"{force.slug}/uploads/"
    about = {"size": len(sealed), "parts": 3}
    assert browser.send("GET", path + name).status_code == 404
    assert browser.send("PUT", path + name, about).status_code == 204
    assert browser.send("PUT", path + name, about).status_code == 204
    assert browser.send("GET", path + name).json() == {**about, "have": []}
    assert put(force, name, 2, sealed[2 * blobs.PART :]).status_code == 204
    assert put(force, name, 0, sealed[: blobs.PART]).status_code == 204
    assert put(force, name, 0, sealed[: blobs.PART]).status_code == 204
    assert browser.send("GET", path + name).json() == {**about, "have": [0, 2]}
    assert put(force, name, 1, sealed[blobs.PART : 2 * blobs.PART]).status_code == 204
    assert b"".join(blobs.store().read(name, 3)) == sealed


def test_a_report_claims_its_files(force: people.Force, receipt: ReceiptKeys, sealed: bytes) -> None:
    file = browser.upload(force, sealed)
    body = people.submission(force, receipt, uploads=[file], case=NewCase.new())
    first = browser.send("POST", f"{force.slug}/reports", body)
    assert first.status_code == 200, first.content
    row = Upload.objects.get()
    assert (row.id, row.case_id, row.size, row.parts, row.sha256) == (
        file.id,
        body["case"],
        len(sealed),
        3,
        file.sha256,
    )
    assert browser.send("POST", f"{force.slug}/reports", body).content == first.content
    told = browser.send("GET", f"{force.slug}/mailbox", token=browser.token(force, receipt)).json()
    assert told["uploads"] == [{"id": file.id, "size": len(sealed), "sha256": file.sha256}]


def test_a_file_belongs_to_one_report_only_and_never_changes_again(
    force: people.Force, receipt: ReceiptKeys, sealed: bytes
) -> None:
    file = browser.upload(force, sealed)
    assert (
        browser.send(
            "POST", f"{force.slug}/reports", people.submission(force, receipt, uploads=[file])
        ).status_code
        == 200
    )
    other = people.submission(force, people.reporter(), uploads=[file])
    answer = browser.send("POST", f"{force.slug}/reports", other)
    assert (answer.status_code, answer.json()["type"]) == (409, "conflict")
    assert Case.objects.count() == 1
    changed = bytes([sealed[-1] ^ 1])
    assert put(force, file.id, 2, sealed[2 * blobs.PART : -1] + changed).status_code in {204, 409}
    assert b"".join(blobs.store().read(file.id, 3)) == sealed


def test_a_message_brings_files_too(force: people.Force, receipt: ReceiptKeys, sealed: bytes) -> None:
    body = people.submission(force, receipt)
    browser.send("POST", f"{force.slug}/reports", body)
    file = browser.upload(force, sealed)
    message = browser.message(force, receipt, body["case"], body["recipients"]["case"], uploads=[file.id])
    answer = browser.send("POST", f"{force.slug}/mailbox/messages", message, browser.token(force, receipt))
    assert answer.status_code == 200, answer.content
    assert Upload.objects.get().case_id == body["case"]


def test_a_part_that_is_missing_is_asked_for(
    force: people.Force, receipt: ReceiptKeys, sealed: bytes
) -> None:
    name = ids.new_id()
    browser.send("PUT", f"{force.slug}/uploads/{name}", {"size": len(sealed), "parts": 3})
    put(force, name, 0, sealed[: blobs.PART])
    body = people.submission(force, receipt, uploads=[SealedUpload(name, "0" * 64)])
    answer = browser.send("POST", f"{force.slug}/reports", body)
    assert (answer.status_code, answer.json()["where"]) == (422, f"uploads.{name}")
    assert "missing parts" in answer.json()["title"]


def test_another_institutions_file_is_not_there(
    force: people.Force, other_force: people.Force, receipt: ReceiptKeys, sealed: bytes
) -> None:
    file = browser.upload(other_force, sealed)
    assert browser.send("GET", f"{force.slug}/uploads/{file.id}").status_code == 404
    body = people.submission(force, receipt, uploads=[file])
    assert browser.send("POST", f"{force.slug}/reports", body).status_code == 422


@pytest.mark.parametrize(
    ("about", "status", "type_"),
    [
        ({"size": uploads.MOST_BYTES + 1, "parts": 201}, 413, "too-large"),
        ({"size": 5_000_000, "parts": 4}, 422, "malformed"),
        ({"size": 0, "parts": 0}, 422, "malformed"),
        ({"size": "5", "parts": 1}, 422, "malformed"),
        ({"size": 5.5, "parts": 1}, 422, "malformed"),
        ([], 400, "malformed"),
    ],
)
def test_what_cannot_be_announced(force: people.Force, about: Any, status: int, type_: str) -> None:
    answer = browser.send("PUT", f"{force.slug}/uploads/{ids.new_id()}", about)
    assert (answer.status_code, answer.json()["type"]) == (status, type_), answer.content


def test_other_numbers_for_the_same_file_are_a_conflict(force: people.Force) -> None:
    path = f"{force.slug}/uploads/{ids.new_id()}"
    assert browser.send("PUT", path, {"size": 5000, "parts": 1}).status_code == 204
    assert browser.send("PUT", path, {"size": 5001, "parts": 1}).status_code == 409


def test_parts_of_the_wrong_length_number_or_kind_are_refused(force: people.Force, sealed: bytes) -> None:
    name = ids.new_id()
    assert put(force, name, 0, sealed[: blobs.PART]).status_code == 404
    browser.send("PUT", f"{force.slug}/uploads/{name}", {"size": len(sealed), "parts": 3})
    for number, data, status in (
        (0, sealed[: blobs.PART - 1], 422),
        (3, sealed[: blobs.PART], 422),
        (-1, sealed[: blobs.PART], 422),
        (0, bytes(blobs.PART), 422),
        (2, sealed[2 * blobs.PART :] + b"x", 422),
    ):
        assert put(force, name, number, data).status_code == status
    assert browser.send("GET", f"{force.slug}/uploads/{name}").json()["have"] == []


@pytest.mark.parametrize(
    "name", ["../../keys/secret", "a" * 25, "A" * 26, "a" * 26 + "x", "%00", "a" * 25 + "b"]
)
def test_a_name_that_is_no_id_reaches_no_file(force: people.Force, name: str) -> None:
    assert browser.send("PUT", f"{force.slug}/uploads/{name}", {"size": 5000, "parts": 1}).status_code in {
        404,
        422,
    }


def test_more_than_fifty_files_are_refused(force: people.Force, receipt: ReceiptKeys) -> None:
    files = [SealedUpload(ids.new_id(), "0" * 64) for _ in range(51)]
    answer = browser.send("POST", f"{force.slug}/reports", people.submission(force, receipt, uploads=files))
    assert (answer.status_code, answer.json()["where"]) == (422, "uploads")


def _grow_old(name: str, days: int) -> None:
    place = settings.DATA / "blobs" / name[:2] / name
    then = (datetime.datetime.now() - datetime.timedelta(days=days)).timestamp()
    os.utime(place, (then, then))


def test_unclaimed_files_go_after_two_days_and_claimed_ones_stay(
    force: people.Force, receipt: ReceiptKeys, sealed: bytes
) -> None:
    claimed, waiting, young = (browser.upload(force, sealed) for _ in range(3))
    body = people.submission(force, receipt, uploads=[claimed])
    assert browser.send("POST", f"{force.slug}/reports", body).status_code == 200
    for file in (claimed, waiting):
        _grow_old(file.id, 4)
    today = datetime.datetime.now(datetime.UTC).date()
    assert uploads.unclaimed_bytes(today) >= len(sealed)
    uploads.sweep_unclaimed(today)
    assert blobs.store().have(waiting.id) == {}
    assert len(blobs.store().have(claimed.id)) == len(blobs.store().have(young.id)) == 3


def test_times_on_the_disk_say_no_more_than_the_day(force: people.Force, sealed: bytes) -> None:
    file = browser.upload(force, sealed)
    place: Path = settings.DATA / "blobs" / file.id[:2] / file.id
    for path in (place, *place.iterdir()):
        assert path.stat().st_mtime % 86_400 == 0
        assert path.is_dir() or path.stat().st_mode & 0o777 == 0o600
    assert limits.now().worst() < 0.5
