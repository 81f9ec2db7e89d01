"""Every use of a case's fingerprints is an act with a leaf that shows nothing; taking them back destroys them."""

from __future__ import annotations

import datetime
import json
from typing import Any

import pytest

from tests import people
from tests.server.casework.desk import Desk, act
from tests.server.reporting import browser
from tests.server.retention.test_retention import place
from upstander.cli import checks_acts
from upstander.fingerprints.standing import read_standing
from upstander.formats import statements
from upstander.ledger import leaf as ledger
from upstander.sealing import age
from upstander.sealing.report import NewCase, SealedUpload
from upstander.sealing.words import ReceiptKeys
from upstander.server import blobs
from upstander.server.cases import uploads
from upstander.server.cases.models import Act, Envelope, Upload
from upstander.server.installation import load
from upstander.server.log.models import Leaf

pytestmark = [pytest.mark.django_db, pytest.mark.db]
A, B, C = ("a" * 64, "b" * 64, "c" * 64)


@pytest.fixture
def case() -> NewCase:
    return NewCase.new()


@pytest.fixture
def file(force: people.Force, case: NewCase) -> SealedUpload:
    """Sealed fingerprints on their way."""
    return browser.upload(force, browser.sealed_file(b"{}", age.recipient_of(case.identity)))


@pytest.fixture
def desk(force: people.Force, receipt: ReceiptKeys, case: NewCase, file: SealedUpload) -> Desk:
    """A case with a file of fingerprints, opened by its first handler."""
    body = people.submission(force, receipt, uploads=[file], case=case)
    answer = browser.send("POST", f"{force.slug}/reports", body)
    assert answer.status_code == 200, answer.content
    made = Desk.of(force, force.handler, case.id)
    made.declare()
    return made


def use(desk: Desk, *what: str) -> Any:
    answer = desk.post("bank", desk.using(*what))
    desk.load()
    return answer


def standing(desk: Desk) -> str:
    return read_standing(desk.get("/standing").json()["standing"], load().sign).state


def taking_back(force: people.Force, receipt: ReceiptKeys, case: str, file: SealedUpload) -> dict[str, Any]:
    said = {"case": case, "day": force.today().isoformat(), "upload": file.id}
    number = Act.objects.filter(case=case).count() + 1
    signed = statements.sign("take-back", said, receipt.signing)
    return {**act(receipt.log, number), "upload": file.id, "sealed": file.sha256, "statement": signed}


def take_back(force: people.Force, receipt: ReceiptKeys, body: dict[str, Any]) -> Any:
    token = browser.token(force, receipt)
    return browser.send("POST", f"{force.slug}/mailbox/take-back", body, token)


def test_each_use_is_a_leaf_that_tells_the_public_nothing(desk: Desk) -> None:
    for what in (("authorised", A, A), ("exported", A, B), ("searched", A, C), ("held", "", "")):
        body = desk.using(*what)
        answer = desk.post("bank", body)
        assert answer.status_code == 200, answer.content
        assert desk.post("bank", body).json() == answer.json()  # the same act again changes nothing
        leaf = Leaf.objects.get(act=body["act"])
        assert leaf.kind == "restricted"
        kept = Act.objects.get(act=body["act"])
        _, salt = ledger.label_and_salt(desk.log, body["number"])
        fields = {name: value for name, value in json.loads(kept.body).items() if name != "kind"}
        assert fields == {
            **dict(zip(("use", "authority", "document"), what, strict=True)),
            "case": desk.case,
            "envelopes": [Envelope.objects.get(id=body["envelope"]["id"]).sha256],
        }
        assert leaf.commitment == ledger.commitment(salt, ledger.digest("bank", **fields))
        desk.load()
    assert desk.texts("note") == [f"Use: {one}." for one in ("authorised", "exported", "searched", "held")]
    assert not [one for one in checks_acts.acts(False) if one.level == "fail"]


def test_a_use_out_of_place_is_refused_in_words(desk: Desk) -> None:
    for what, words in (
        (("exported", A, B), "Record the authority first"),
        (("authorised", A, B), "does not name the documents"),
        (("basis", "", ""), "does not name the documents"),
    ):
        answer = use(desk, *what)
        assert (answer.status_code, words in answer.json()["title"]) == (409, True), answer.content
    assert use(desk, "withdrawn", "", A).status_code == 422  # only the reporter does that
    assert not Act.objects.filter(kind="bank").exists()


def test_the_reporter_sees_every_use_in_full(force: people.Force, receipt: ReceiptKeys, desk: Desk) -> None:
    assert use(desk, "authorised", A, A).status_code == 200
    assert desk.post("envelopes", desk.writing("Among us.", "note")).status_code == 200
    told = browser.send("GET", f"{force.slug}/mailbox", token=browser.token(force, receipt)).json()
    assert [(one["kind"], one["shown"]) for one in told["acts"]] == [
        ("received", "received"),
        ("", "restricted"),
        ("bank", "restricted"),
        ("", "restricted"),
    ]
    assert told["acts"][2]["body"]["use"] == "authorised"
    assert told["envelopes"] == []  # the note beside it stays with the handlers


def test_a_stop_ends_every_further_use(desk: Desk) -> None:
    assert standing(desk) == "usable"
    assert use(desk, "authorised", A, A).status_code == 200
    assert use(desk, "stopped").status_code == 200
    assert standing(desk) == "stopped"
    for what in (("authorised", B, B), ("exported", A, C), ("basis", "", C)):
        answer = use(desk, *what)
        assert (answer.status_code, "under 18" in answer.json()["title"]) == (409, True)


def test_taking_back_destroys_the_sealed_fingerprints(
    force: people.Force, receipt: ReceiptKeys, desk: Desk, file: SealedUpload
) -> None:
    told = browser.send("GET", f"{force.slug}/mailbox", token=browser.token(force, receipt)).json()
    assert [(one["id"], one["sha256"]) for one in told["uploads"]] == [(file.id, file.sha256)]
    body = taking_back(force, receipt, desk.case, file)
    answer = take_back(force, receipt, body)
    assert answer.status_code == 200, answer.content
    assert take_back(force, receipt, body).json() == answer.json()
    assert not Upload.objects.exists()
    assert blobs.store().about(file.id) is None
    assert desk.get(f"/uploads/{file.id}").status_code == 404
    desk.load()
    assert standing(desk) == "withdrawn"
    assert "took her fingerprints back" in use(desk, "authorised", A, A).json()["title"]
    assert take_back(force, receipt, taking_back(force, receipt, desk.case, file)).status_code == 409
    assert Leaf.objects.get(act=body["act"]).kind == "restricted"
    assert not [one for one in checks_acts.acts(False) if one.level == "fail"]


def test_under_a_legal_hold_they_stay_where_nobody_fetches_them(
    force: people.Force, receipt: ReceiptKeys, desk: Desk, file: SealedUpload
) -> None:
    assert use(desk, "held").status_code == 200
    assert take_back(force, receipt, taking_back(force, receipt, desk.case, file)).status_code == 200
    assert Upload.objects.get().sealed_off
    assert blobs.store().about(file.id) is not None
    assert desk.get(f"/uploads/{file.id}").status_code == 404
    assert standing(desk) == "withdrawn"


@pytest.mark.parametrize("lifted", [False, True])
def test_a_hold_of_the_whole_case_keeps_them_until_it_is_lifted(
    force: people.Force, receipt: ReceiptKeys, desk: Desk, file: SealedUpload, lifted: bool
) -> None:
    place(desk)
    if lifted:
        place(desk, set_=False)
    assert take_back(force, receipt, taking_back(force, receipt, desk.case, file)).status_code == 200
    assert Upload.objects.filter(sealed_off=True).exists() is not lifted
    assert (blobs.store().about(file.id) is None) is lifted


def test_only_her_own_signature_takes_back(
    force: people.Force, receipt: ReceiptKeys, desk: Desk, file: SealedUpload
) -> None:
    right = taking_back(force, receipt, desk.case, file)
    for changes in (
        {"statement": taking_back(force, people.reporter(), desk.case, file)["statement"]},
        {"statement": taking_back(force, receipt, "a" * 26, file)["statement"]},
        {"upload": "a" * 26},
    ):
        assert take_back(force, receipt, {**right, **changes}).status_code == 422
    assert take_back(force, receipt, {**right, "sealed": A}).status_code == 409
    assert Upload.objects.count() == 1
    assert blobs.store().about(file.id) is not None


def test_what_a_crash_between_row_and_file_leaves_is_swept(
    force: people.Force, desk: Desk, file: SealedUpload
) -> None:
    assert desk.case
    Upload.objects.all().delete()
    later = force.today() + datetime.timedelta(days=4)
    assert uploads.sweep_unclaimed(later) >= 1
    assert blobs.store().about(file.id) is None
