"""Barred, gone and never here are one answer to whoever has no need to know; and nobody barred is given work."""

from __future__ import annotations

from typing import Any

import pytest

from tests import people
from tests.server.casework import coded
from tests.server.casework.desk import Desk, report
from upstander.formats import ids
from upstander.sealing.words import ReceiptKeys

pytestmark = [pytest.mark.django_db, pytest.mark.db]


@pytest.fixture
def desk(force: people.Force, receipt: ReceiptKeys) -> Desk:
    """A case of the inside team; one member is left out by the reporter."""
    case = report(force, receipt, channels=[force.inside], excluded=[force.excluded])
    return Desk.of(force, force.handler, case)


def test_whoever_tries_keys_learns_nothing_of_why(
    force: people.Force, desk: Desk, outsider: people.Colleague
) -> None:
    subject = people.join(force.inside, "subject-marlshire", "Subject", force.handler)
    back = people.join(force.inside, "back-marlshire", "Back", force.handler)
    assert desk.post("grants", desk.letting_in(back)).status_code == 200
    stepping = Desk.of(force, back, desk.case)
    stepping.work_away(coded.fact("declaration", declared={}, outcome="recuses"))
    desk.load()
    desk.work(coded.party(account=subject.person.username))
    nobody = people.Colleague(outsider.person, outsider.key, outsider.keyring, outsider.unlock)
    answers = set()
    for who in (force.excluded, subject, back, nobody):
        refused = desk.post("grants", desk.letting_in(who))
        answers.add((refused.status_code, refused.json()["title"], refused.json()["where"]))
    absent = desk.letting_in(force.second_overseer)
    absent["grants"][0]["to"] = ids.new_id()
    refused = desk.post("grants", absent)
    answers.add((refused.status_code, refused.json()["title"], refused.json()["where"]))
    assert answers == {
        (403, "This person cannot be let in to this case. Choose somebody from the list.", "grants")
    }


@pytest.mark.parametrize("kind", ["assignment", "task"])
def test_a_barred_holder_is_given_no_work(force: people.Force, desk: Desk, kind: str) -> None:
    """A witness still holds her key; work is refused as a new key would be, and as for somebody absent."""

    def given(to: str) -> dict[str, Any]:
        more = {"what": "ask-rota", "state": "open"} if kind == "task" else {}
        return coded.fact(kind, to=to, **more)

    colleague = force.colleague.person.username
    desk.work(given(colleague))
    assert desk.post("grants", desk.letting_in(force.overseer)).status_code == 200
    desk.load()
    desk.work(coded.party("witness", account=colleague))
    refused = desk.post("facts", desk.working(given(colleague)))
    absent = desk.post("facts", desk.working(given("nobody-of-that-name")))
    assert refused.status_code == absent.status_code == 409
    assert refused.json()["title"] == absent.json()["title"]
    assert "cannot be asked to work on this case" in refused.json()["title"]
    page = desk.browser.get(f"/desk/cases/{desk.case}/file/").content.decode()
    assert f'<option value="{colleague}"' not in page
    assert f'<option value="{force.overseer.person.username}"' in page
