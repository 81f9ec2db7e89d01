"""Which cases the search may open: one's own and no others, and which of them somebody opened before."""

from __future__ import annotations

from typing import Any

import pytest

from tests import people
from tests.server.casework.desk import Desk, report
from upstander.sealing.words import ReceiptKeys

pytestmark = [pytest.mark.django_db, pytest.mark.db]


def listed(who: people.Colleague, after: str = "") -> dict[str, Any]:
    answer: dict[str, Any] = who.client().get(f"/api/v1/desk/openable?after={after}").json()
    return answer


def test_own_cases_and_whether_somebody_opened_them(force: people.Force, receipt: ReceiptKeys) -> None:
    first = report(force, receipt, excluded=[force.excluded])
    second = report(force, people.reporter())
    desk = Desk.of(force, force.handler, first)
    assert desk.post("steps", desk.stepping("opened")).status_code == 200
    told = listed(force.handler)
    assert {one["id"]: one["opened"] for one in told["cases"]} == {first: True, second: False}
    assert told["next"] == ""
    assert [one["id"] for one in listed(force.excluded)["cases"]] == [second]
    assert [one["id"] for one in listed(force.handler, min(first, second))["cases"]] == [max(first, second)]


def test_other_institutions_and_strangers_get_none(
    force: people.Force, outsider: people.Colleague, receipt: ReceiptKeys, client: Any
) -> None:
    report(force, receipt)
    assert listed(outsider) == {"cases": [], "next": ""}
    assert client.get("/api/v1/desk/openable").status_code == 401
