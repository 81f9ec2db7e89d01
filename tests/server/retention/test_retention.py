"""Sealed bytes are deleted when their time is over, unless a hold stands; what is gone is proven by its leaf."""

from __future__ import annotations

import datetime
import json
from typing import Any

import pytest
from django.test import Client

from tests import people
from tests.server.casework.desk import Desk, report
from upstander.cli import checks_acts
from upstander.formats import ids
from upstander.ledger import leaf as ledger
from upstander.sealing.words import ReceiptKeys
from upstander.server import beat, blobs
from upstander.server.cases.models import Act, Case, Envelope, Grant, Step, Upload
from upstander.server.log.models import Leaf, Opening
from upstander.server.pledges.models import Pledge
from upstander.server.retention import access, actions
from upstander.server.retention.models import Hold, Removal

pytestmark = [pytest.mark.django_db, pytest.mark.db]
SIX_YEARS = 6 * 366  # days, and a little more


@pytest.fixture
def desk(force: people.Force, receipt: ReceiptKeys) -> Desk:
    """A case of the inside channel, opened by its first handler."""
    made = Desk.of(force, force.handler, report(force, receipt, channels=[force.inside]))
    made.declare()
    return made


def note(desk: Desk, text: str = "A letter before claim came.") -> str:
    """Writes a note; answers its envelope's id."""
    body = desk.writing(text, "note")
    answer = desk.post("envelopes", body)
    assert answer.status_code == 200, answer.content
    desk.load()
    return str(body["envelope"]["id"])


def asking(desk: Desk, reasons: str, rule: str = "claim", *, set_: bool = True) -> dict[str, Any]:
    return {**desk.act(), "rule": rule, "set": set_, "reasons": reasons}


def place(desk: Desk, rule: str = "claim", *, set_: bool = True) -> None:
    answer = desk.post("holds", asking(desk, note(desk), rule, set_=set_))
    assert answer.status_code == 200, answer.content
    desk.load()


def close(desk: Desk, days_ago: int = SIX_YEARS) -> Case:
    """As if the case had been closed so many days ago."""
    case = Case.objects.get(id=desk.case)
    day = desk.force.today() - datetime.timedelta(days=days_ago)
    last = Step.objects.filter(case=case).order_by("order").last()
    order = last.order + 1 if last else 1
    Step.objects.create(case=case, order=order, kind="closed", outcome="no-case", day=day)
    Case.objects.filter(id=case.id).update(state=Case.State.CLOSED, day=day)
    return Case.objects.get(id=case.id)


def test_a_hold_is_an_act_with_a_leaf_and_reasons_of_one_s_own(desk: Desk) -> None:
    place(desk)
    held = Hold.objects.get(case=desk.case)
    act = Act.objects.get(case=desk.case, kind="hold")
    assert json.loads(act.body) == {"case": desk.case, "kind": "hold", "rule": "claim", "set": True}
    assert held.number == act.number
    assert held.reasons.kind == "note" and held.by_id == desk.who.key.id
    leaf = Leaf.objects.get(act=act.act)
    said = ledger.digest("hold", case=desk.case, rule="claim", set=True)
    assert (leaf.kind, leaf.commitment) == ("hold", ledger.commitment(bytes(act.salt), said))
    told = desk.get("/holds").json()
    assert told["standing"] == ["claim"] and told["kept_until"] == ""
    assert {"id": "claim", "label": "A claim in a court or tribunal"} in told["grounds"]


@pytest.mark.parametrize(
    ("change", "status", "says"),
    [
        ({"rule": "boredom"}, 422, "no such ground"),
        ({"reasons": ids.new_id()}, 409, "Write the reasons"),
        ({"set": False}, 409, "no such hold"),
        ({"rule": "Not a code"}, 422, "form"),
    ],
)
def test_a_hold_that_does_not_count_is_refused_in_words(
    desk: Desk, change: dict[str, Any], status: int, says: str
) -> None:
    answer = desk.post("holds", asking(desk, note(desk)) | change)
    assert answer.status_code == status, answer.content
    assert says in answer.content.decode()
    assert not Hold.objects.exists() and not Leaf.objects.filter(kind="hold").exists()


def test_somebody_else_s_note_or_one_used_before_gives_no_reasons(desk: Desk) -> None:
    other = Desk.of(desk.force, desk.force.colleague, desk.case)
    theirs = note(other)
    desk.load()
    assert desk.post("holds", asking(desk, theirs)).status_code == 409
    mine = note(desk)
    assert desk.post("holds", asking(desk, mine)).status_code == 200
    desk.load()
    answer = desk.post("holds", asking(desk, mine, set_=False))
    assert answer.status_code == 409 and "Write the reasons" in answer.json()["title"]


def test_a_hold_stands_once_and_is_lifted_with_reasons(desk: Desk) -> None:
    place(desk)
    again = desk.post("holds", asking(desk, note(desk)))
    assert again.status_code == 409 and "stands already" in again.json()["title"]
    desk.load()
    place(desk, set_=False)
    assert desk.get("/holds").json()["standing"] == []
    assert [hold["set"] for hold in desk.get("/holds").json()["holds"]] == [True, False]


def test_holds_of_a_case_of_others_do_not_exist(desk: Desk, force: people.Force) -> None:
    reasons = note(desk)
    stranger = Desk(force, force.overseer, desk.case, force.overseer.client())
    assert stranger.get("/holds").status_code == 404
    assert stranger.post("holds", asking(desk, reasons)).status_code == 404
    assert desk.get("/holds").status_code == 200
    anyone = Desk(force, force.handler, desk.case, Client())
    assert anyone.get("/holds").status_code == 401


def test_a_repeated_hold_answers_the_same_promise(desk: Desk) -> None:
    body = asking(desk, note(desk))
    first = desk.post("holds", body)
    assert first.status_code == 200
    assert desk.post("holds", body).json() == first.json()
    assert Hold.objects.count() == 1


def test_nothing_is_deleted_before_its_day(desk: Desk) -> None:
    close(desk, days_ago=6 * 365)
    assert actions.sweep() == 0
    assert bytes(Envelope.objects.filter(case=desk.case).first().sealed)  # type: ignore[union-attr]
    assert desk.get("/holds").json()["kept_until"] > desk.force.today().isoformat()


def test_an_open_case_is_kept_however_old(desk: Desk) -> None:
    close(desk)
    Case.objects.filter(id=desk.case).update(state=Case.State.OPEN)
    assert actions.sweep() == 0


def test_a_due_case_loses_its_sealed_bytes_and_keeps_its_codes(desk: Desk, receipt: ReceiptKeys) -> None:
    note(desk)
    case = close(desk)
    before = sorted(case.envelopes.values_list("sha256", flat=True))
    acts = list(Act.objects.filter(case=case).values_list("act", flat=True))
    assert beat.sweep(log=False)["closed cases deleted"] == 1
    assert {bytes(row.sealed) for row in Envelope.objects.filter(case=case)} == {b""}
    assert {(bytes(row.sealed), row.live) for row in Grant.objects.filter(case=case)} == {(b"", False)}
    assert not Pledge.objects.filter(case=case).exists()
    assert list(Act.objects.filter(case=case).values_list("act", flat=True)) == acts
    assert Step.objects.filter(case=case, kind="closed", outcome="no-case").exists()
    removal = Removal.objects.get(case=case)
    assert (removal.rule, removal.day) == ("six-years", desk.force.today())
    assert desk.get().status_code == 404, "nobody opens what is gone"
    case.refresh_from_db()
    assert case.mailbox != receipt.mailbox and case.reporter_sign == ""
    said = json.loads(_said(removal.act))
    assert said == {"case": case.id, "deleted": before, "kind": "retention", "rule": "six-years"}


def _said(act: str) -> bytes:
    """What the server's own leaf says: kept, so that the deletion can be proven."""
    assert Leaf.objects.get(act=act).kind == "retention"
    return Opening.objects.get(act=act).body.encode()


def test_files_go_with_the_case(desk: Desk) -> None:
    case = close(desk)
    name = ids.new_id()
    blobs.store().put(name, 0, b"sealed")
    Upload.objects.create(
        id=name, institution=case.institution, case=case, size=6, parts=1, sha256="5" * 64, day=case.day
    )
    assert actions.sweep() == 1
    assert not blobs.store().have(name)
    assert not Upload.objects.filter(id=name).exists()
    (removal,) = Removal.objects.all()
    assert "5" * 64 in json.loads(_said(removal.act))["deleted"]


def test_a_hold_stops_the_sweep_until_it_is_lifted(desk: Desk) -> None:
    place(desk, "inquest")
    close(desk)
    assert actions.sweep() == 0
    assert bytes(Envelope.objects.filter(case=desk.case, kind="report").get().sealed)
    place(desk, "inquest", set_=False)
    assert actions.sweep() == 1


def test_the_sweep_is_harmless_to_repeat(desk: Desk) -> None:
    close(desk)
    assert (actions.sweep(), actions.sweep()) == (1, 0)
    assert Leaf.objects.filter(kind="retention").count() == 1


def test_a_hold_placed_after_the_sweep_looked_wins(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    case = close(desk)
    looked = actions._due
    seen: list[str] = []

    def late(of: Case, today: datetime.date) -> str | None:
        found = looked(of, today)
        if not seen:
            seen.append(of.id)
            place(desk, "criminal")
        return found

    monkeypatch.setattr(actions, "_due", late)
    assert actions.sweep() == 0
    assert seen == [case.id]
    assert bytes(Envelope.objects.filter(case=case, kind="report").get().sealed)
    assert access.removal_of(case) is None


def findings() -> list[str]:
    """What the doctor finds wrong with cases and leaves."""
    found = [*checks_acts.acts(progress=False), *checks_acts.leaves(progress=False)]
    return [one.what for one in found if one.level != "ok"]


def test_the_doctor_tells_what_was_deleted_in_time_from_what_was_taken_away(desk: Desk) -> None:
    note(desk)
    close(desk)
    before = findings()  # the step of closing was made up here, without its act
    assert len(before) == 1 and "closed (no-case)" in before[0]
    assert actions.sweep() == 1
    assert findings() == before
    Removal.objects.update(act=ids.new_id())
    assert any("sealed bytes were changed" in one for one in findings())
