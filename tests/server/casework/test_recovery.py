"""Bringing cases back with a channel's shares, and sealing one's own cases to a new key."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.test import Client

from tests import people
from tests.server.casework.desk import Desk, act, report
from upstander.formats import b64, ids, statements
from upstander.sealing import age
from upstander.sealing.epochs import make_admit
from upstander.sealing.grants import make_grant
from upstander.sealing.signers import ReporterKeys
from upstander.sealing.words import ReceiptKeys
from upstander.sealing.wrapped import Keyring, wrap_with_words
from upstander.server.accounts import actions as accounts
from upstander.server.accounts.members import enrol_body
from upstander.server.cases.models import Envelope, Grant, Step
from upstander.server.casework import recovery
from upstander.server.casework.models import Duty
from upstander.server.log import access as log_access
from upstander.server.oversight import access as oversight

pytestmark = [pytest.mark.django_db, pytest.mark.db]


def send(client: Client, method: str, path: str, body: Any = None, token: str = "") -> Any:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    address = f"/api/v1/desk{path}"
    if method == "get":
        return client.get(address, headers=headers)
    return client.post(address, json.dumps(body), content_type="application/json", headers=headers)


def token_of(force: people.Force, who: people.Colleague) -> str:
    """The recovery token, opened with the inside channel's shares."""
    key = force.inside.custodians.get().key
    answer = send(who.client(), "post", f"/recover/{force.inside.id}/proof", {"custodian": key})
    assert answer.status_code == 200, answer.content
    return age.open_(b64.decode(answer.json()["sealed"]), [force.custodians[force.inside.id]]).decode()


def resealed(
    found: dict[str, Any], identity: str, by: people.Colleague, to: people.Colleague, role: Any
) -> dict[str, Any]:
    """One case of a batch: every grant opened with this identity and sealed to somebody else."""
    log, grants, admits = b"", [], []
    newest = {one["scope"]: one["number"] for one in found["epochs"]}  # listed in order
    for grant in found["grants"]:
        text = age.open_(b64.decode(grant["sealed"]), [identity]).decode()
        said = statements.peek(text, "grant")
        log = log or b64.decode(said["log"])
        sealed = make_grant(
            case=found["case"],
            scope=grant["scope"],
            epoch=grant["epoch"],
            identity=said["identity"],
            log=b64.decode(said["log"]) if said["log"] else b"",
            reporter=ReporterKeys(**found["reporter"]),
            by=by.keyring.signer,
            role=role,
            to_key=to.key.id,
            to_seal=to.key.seal,
            day=found["today"],
        )
        if grant["epoch"] == newest[grant["scope"]]:
            admits.append(
                make_admit(
                    case=found["case"],
                    scope=grant["scope"],
                    epoch=grant["epoch"],
                    identity=said["identity"],
                    to=to.key.id,
                    day=found["today"],
                )
            )
        grants.append(
            {
                "scope": grant["scope"],
                "epoch": grant["epoch"],
                "to": to.key.id,
                "sealed": b64.encode(sealed),
            }
        )
    return {**act(log, found["number"]), "case": found["case"], "admits": admits, "grants": grants}


def test_shares_bring_cases_back(force: people.Force, receipt: ReceiptKeys) -> None:
    case = report(force, receipt, channels=[force.inside], excluded=[force.excluded])
    newcomer = people.join(force.inside, "new-marlshire", "Newcomer", force.handler, sheet=True)
    token = token_of(force, newcomer)
    page = send(newcomer.client(), "get", f"/recover/{force.inside.id}", token=token).json()
    assert [found["case"] for found in page["cases"]] == [case]
    assert newcomer.key.id in page["cases"][0]["may"]
    assert force.excluded.key.id not in page["cases"][0]["may"]
    assert page["cases"][0]["report"] == b64.encode(
        bytes(Envelope.objects.get(case=case, kind="report").sealed)
    )
    body = resealed(page["cases"][0], force.custodians[force.inside.id], newcomer, newcomer, "custodian")
    without = send(
        newcomer.client(),
        "post",
        f"/recover/{force.inside.id}",
        {"cases": [{**body, "admits": []}], "reason": "left"},
        token,
    )
    assert (without.status_code, without.json()["where"]) == (422, "admits")
    answer = send(
        newcomer.client(), "post", f"/recover/{force.inside.id}", {"cases": [body], "reason": "danger"}, token
    )
    assert answer.status_code == 200, answer.content
    assert len(answer.json()["promises"]) == 1
    desk = Desk.of(force, newcomer, case)
    assert {grant.scope for grant in desk.held} == {"case", "sheet"}
    assert newcomer.key.id in desk.epochs.holders("case", 1) & desk.epochs.holders("sheet", 1)
    assert Step.objects.get(case=case, kind="let-in").subject_id == newcomer.key.id


def test_without_the_shares_nothing_shows(
    force: people.Force, outsider: people.Colleague, receipt: ReceiptKeys
) -> None:
    report(force, receipt, channels=[force.inside], excluded=[force.excluded])
    path, key = f"/recover/{force.inside.id}", force.inside.custodians.get().key
    absent = send(force.handler.client(), "get", f"/recover/{ids.new_id()}", token="x")
    wrong = send(force.handler.client(), "get", path, token="x")
    assert (wrong.status_code, wrong.content) == (404, absent.content)
    token = token_of(force, force.handler)
    for who in (force.overseer, outsider):
        assert send(who.client(), "post", f"{path}/proof", {"custodian": key}).content == absent.content
        assert send(who.client(), "get", path, token=token).content == absent.content
    other_channel = f"/recover/{force.outside.id}"
    assert send(force.handler.client(), "get", other_channel, token=token).content == absent.content
    theirs = token_of(force, force.excluded)
    assert send(force.excluded.client(), "get", path, token=theirs).json() == {"cases": [], "next": ""}


def test_who_opens_past_the_handlers_says_why_and_the_overseer_reads_it(
    force: people.Force, receipt: ReceiptKeys
) -> None:
    case = report(force, receipt, channels=[force.inside])
    newcomer = people.join(force.inside, "new-marlshire", "Newcomer", force.handler, sheet=True)
    token, path = token_of(force, newcomer), f"/recover/{force.inside.id}"
    page = send(newcomer.client(), "get", path, token=token).json()
    body = resealed(page["cases"][0], force.custodians[force.inside.id], newcomer, newcomer, "custodian")
    for reason in ({}, {"reason": ""}, {"reason": "because"}):
        assert send(newcomer.client(), "post", path, {"cases": [body], **reason}, token).status_code == 422
    assert not Grant.objects.filter(case=case, key=newcomer.key).exists()
    answer = send(newcomer.client(), "post", path, {"cases": [body], "reason": "danger"}, token)
    assert answer.status_code == 200, answer.content
    [told] = log_access.said(['{"act":"recovered'], 5)
    assert (told["act"], told["subject"]) == ("recovered-danger", case)
    Duty.objects.create(person=force.overseer.person, kind=Duty.Kind.OVERSEER)
    [shown] = oversight.recovered(force.overseer.person)
    assert (shown["subject"], shown["why"]) == (case, recovery.REASONS["danger"])


def test_the_page_asks_for_every_reason_and_no_other(force: people.Force) -> None:
    page = force.handler.client().get(f"/desk/recover/{force.inside.id}/").content.decode()
    asked = dict(re.findall(r'<option value="([a-z-]+)">([^<]+)</option>', page))
    assert {code: label.lower() for code, label in asked.items()} == recovery.REASONS


def test_recovery_does_not_pass_an_exclusion(force: people.Force, receipt: ReceiptKeys) -> None:
    case = report(force, receipt, channels=[force.inside], excluded=[force.excluded])
    token = token_of(force, force.handler)
    page = send(force.handler.client(), "get", f"/recover/{force.inside.id}", token=token).json()
    body = resealed(
        page["cases"][0], force.custodians[force.inside.id], force.handler, force.excluded, "custodian"
    )
    path = f"/recover/{force.inside.id}"
    assert (
        send(force.handler.client(), "post", path, {"cases": [body], "reason": "left"}, token).status_code
        == 403
    )
    assert (
        send(force.excluded.client(), "post", path, {"cases": [body], "reason": "left"}, token).status_code
        == 404
    )
    assert not Grant.objects.filter(case=case, key=force.excluded.key).exists()


def changed_key(force: people.Force, who: people.Colleague) -> people.Colleague:
    """A new key for the same person, signed for with the old one."""
    keyring = Keyring.new()
    key = accounts.register_key(
        who.person,
        seal=keyring.seal,
        sign=keyring.sign,
        wrapped=[wrap_with_words(keyring, who.unlock)],
        words_key=who.unlock.sign,
    )
    statement = statements.sign("enrol", enrol_body(force.inside, key, who.key.id), who.keyring.signing)
    accounts.enrol(force.inside, key, statement, sheet=True)
    return people.Colleague(who.person, key, keyring, who.unlock)


def test_a_change_of_key_takes_the_cases_along(force: people.Force, receipt: ReceiptKeys) -> None:
    case = report(force, receipt, channels=[force.inside])
    new = changed_key(force, force.handler)
    assert "Your new key does not open everything yet" in new.client().get("/desk/").content.decode()
    page = send(new.client(), "get", "/regrant").json()
    assert [found["case"] for found in page["cases"]] == [case]
    body = resealed(page["cases"][0], force.handler.keyring.identity, force.handler, new, "handler")
    for admits in ([], body["admits"][:1], [*body["admits"], body["admits"][0]]):
        short = send(new.client(), "post", "/regrant", {"cases": [{**body, "admits": admits}]})
        assert (short.status_code, short.json()["where"]) == (422, "admits")
    half = {**body, "grants": body["grants"][:1]}
    assert send(new.client(), "post", "/regrant", {"cases": [half]}).status_code == 409
    to_other = {
        **body,
        "grants": [{**grant, "to": force.colleague.key.id} for grant in body["grants"]],
    }
    assert send(new.client(), "post", "/regrant", {"cases": [to_other]}).status_code == 422
    assert send(force.colleague.client(), "post", "/regrant", {"cases": [body]}).status_code == 422
    answer = send(new.client(), "post", "/regrant", {"cases": [body]})
    assert answer.status_code == 200, answer.content
    desk = Desk.of(force, new, case)
    assert new.key.id in desk.epochs.holders("case", 1) & desk.epochs.holders("sheet", 1)
    assert desk.post("envelopes", desk.writing("With the new key.")).status_code == 200
    desk.load()
    assert desk.judged()[-1].faults == ()
    assert not Grant.objects.filter(case=case, key=force.handler.key, live=True).exists()
    assert send(new.client(), "get", "/regrant").json() == {"cases": [], "next": ""}
    again = send(new.client(), "post", "/regrant", {"cases": [body]})
    assert again.json() == answer.json()


def test_before_that_the_case_can_be_read_but_not_changed(force: people.Force, receipt: ReceiptKeys) -> None:
    case = report(force, receipt, channels=[force.inside])
    old = Desk.of(force, force.handler, case)
    body = old.writing("Signed with a key that was replaced.")
    new = changed_key(force, force.handler)
    client = new.client()
    assert client.get(f"/api/v1/desk/cases/{case}").status_code == 200
    answer = client.post(f"/api/v1/desk/cases/{case}/envelopes", body, content_type="application/json")
    assert (answer.status_code, answer.json()["type"]) == (403, "refused")
