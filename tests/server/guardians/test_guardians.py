"""Guardians: only somebody outside both lines is told, only by who holds the sheet, and nobody else sees it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests import people
from tests.server.casework.desk import Desk, report
from upstander.formats import b64, ids
from upstander.sealing import age
from upstander.sealing.words import ReceiptKeys
from upstander.server.guardians.models import Watched
from upstander.server.log.models import Leaf

pytestmark = [pytest.mark.django_db, pytest.mark.db]


@pytest.fixture
def desk(force: people.Force, receipt: ReceiptKeys) -> Desk:
    """A case of the inside team; its first handler holds the source sheet."""
    made = Desk.of(force, force.handler, report(force, receipt, channels=[force.inside]))
    made.declare()
    return made


def telling(to: people.Colleague, **changes: Any) -> dict[str, Any]:
    sealed = age.seal(b"a name, signed".ljust(4096, b"\0"), [to.key.seal])
    return {"id": ids.new_id(), "to": to.key.id, "sealed": b64.encode(sealed), **changes}


def tell(desk: Desk, who: people.Colleague, body: dict[str, Any]) -> Any:
    url = f"/api/v1/desk/cases/{desk.case}/guardian"
    return who.client().post(url, json.dumps(body), content_type="application/json")


def told(who: people.Colleague) -> list[dict[str, Any]]:
    watched: list[dict[str, Any]] = who.client().get("/api/v1/desk/guardian").json()["watched"]
    return watched


def test_a_guardian_is_told_and_reads_what_is_sealed_to_her(force: people.Force, desk: Desk) -> None:
    leaves = Leaf.objects.count()
    body = telling(force.overseer)
    assert tell(desk, force.handler, body).status_code == 200
    assert Leaf.objects.count() == leaves + 1
    (one,) = told(force.overseer)
    assert set(one) == {"id", "day", "sealed"}  # not even which case
    opened = age.open_(b64.decode(one["sealed"]), [force.overseer.keyring.identity])
    assert opened.rstrip(b"\0") == b"a name, signed"
    assert told(force.second_overseer) == told(force.handler) == []
    assert tell(desk, force.handler, body).status_code == 200  # a repeat is the same entry
    assert Watched.objects.count() == 1
    assert tell(desk, force.handler, telling(force.overseer)).status_code == 409


def test_only_somebody_outside_both_lines(
    force: people.Force, desk: Desk, outsider: people.Colleague
) -> None:
    for who in (force.colleague, force.handler, outsider):
        assert tell(desk, force.handler, telling(who)).status_code == 403
    assert not Watched.objects.exists()


def test_not_somebody_the_reporter_shut_out(force: people.Force, receipt: ReceiptKeys) -> None:
    case = report(force, receipt, channels=[force.inside], excluded=[force.overseer])
    desk = Desk.of(force, force.handler, case)
    desk.declare()
    assert tell(desk, force.handler, telling(force.overseer)).status_code == 403


def test_only_who_holds_the_sheet_tells(force: people.Force, desk: Desk, outsider: people.Colleague) -> None:
    assert tell(desk, force.colleague, telling(force.overseer)).status_code == 403  # the case, but no sheet
    assert tell(desk, outsider, telling(force.overseer)).status_code == 404
    assert tell(desk, force.overseer, telling(force.overseer)).status_code == 404
    assert tell(desk, force.handler, telling(force.overseer, sealed=b64.encode(b"Rowena"))).status_code == 422


def test_an_entry_is_dropped_by_its_guardian_alone(force: people.Force, desk: Desk) -> None:
    tell(desk, force.handler, telling(force.overseer))
    (one,) = told(force.overseer)
    for who, status in ((force.second_overseer, 404), (force.handler, 404), (force.overseer, 200)):
        assert who.client().post(f"/api/v1/desk/guardian/{one['id']}/drop").status_code == status
    assert told(force.overseer) == []
