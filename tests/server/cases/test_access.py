"""A live grant is access, and nothing else is; absent and not yours are one answer."""

from __future__ import annotations

from typing import Any

import pytest

from tests import people
from tests.server.reporting import browser
from upstander.formats import ids
from upstander.sealing.words import ReceiptKeys
from upstander.server.accounts import actions
from upstander.server.cases import access
from upstander.server.cases.models import Case, Grant, Upload
from upstander.server.errors import Refusal

pytestmark = [pytest.mark.django_db, pytest.mark.db]


@pytest.fixture
def case(force: people.Force, receipt: ReceiptKeys) -> Case:
    """A report to the inside channel that shuts one handler out."""
    body = people.submission(force, receipt, channels=[force.inside], excluded=[force.excluded])
    assert browser.send("POST", f"{force.slug}/reports", body).status_code == 200
    return Case.objects.get()


def refused(person: Any, case_id: str) -> tuple[Any, ...]:
    with pytest.raises(Refusal) as refusal:
        access.case_for(person, case_id)
    found = refusal.value
    return found.type, found.title, found.status, found.extra


def test_handlers_with_a_grant_find_it(force: people.Force, case: Case) -> None:
    for colleague in (force.handler, force.colleague):
        assert access.case_for(colleague.person, case.id) == case
        assert list(access.cases_of(colleague.person)) == [case]


def test_for_everybody_else_it_is_not_there(
    force: people.Force, case: Case, outsider: people.Colleague
) -> None:
    absent = refused(force.handler.person, ids.new_id())
    others = [force.excluded.person, force.overseer.person, force.administrator, outsider.person]
    for person in others:
        assert refused(person, case.id) == absent
        assert not access.cases_of(person).exists()


def test_a_grant_taken_away_ends_it(force: people.Force, case: Case) -> None:
    Grant.objects.filter(key=force.colleague.key).update(live=False)
    assert refused(force.colleague.person, case.id)
    assert access.case_for(force.handler.person, case.id)


def test_a_grant_for_the_sheet_alone_is_no_access(force: people.Force, case: Case) -> None:
    Grant.objects.filter(key=force.handler.key, scope="case").update(live=False)
    assert Grant.objects.filter(key=force.handler.key, scope="sheet", live=True).exists()
    assert refused(force.handler.person, case.id)


def test_a_lost_key_and_a_person_switched_off_see_nothing(force: people.Force, case: Case) -> None:
    actions.revoke_key(force.colleague.person)
    assert refused(force.colleague.person, case.id)
    actions.deactivate(force.handler.person)
    force.handler.person.refresh_from_db()
    assert refused(force.handler.person, case.id)


def test_a_private_record_is_nobodys(force: people.Force, case: Case) -> None:
    Case.objects.update(state=Case.State.PRIVATE)
    assert refused(force.handler.person, case.id)


def test_a_file_is_reached_through_its_case_and_not_once_sealed_off(force: people.Force, case: Case) -> None:
    common = {"institution": force.institution, "size": 1, "parts": 1, "sha256": "0" * 64, "day": case.day}
    upload = Upload.objects.create(id=ids.new_id(), case=case, **common)
    assert access.upload_for(case, upload.id) == upload
    with pytest.raises(Refusal):
        access.upload_for(case, ids.new_id())
    Upload.objects.update(sealed_off=True)
    with pytest.raises(Refusal):
        access.upload_for(case, upload.id)


def test_a_mailbox_is_found_at_its_institution_only(
    force: people.Force, other_force: people.Force, receipt: ReceiptKeys, case: Case
) -> None:
    assert access.mailbox_case(force.slug, receipt.mailbox) == case
    assert access.mailbox_case(other_force.slug, receipt.mailbox) is None
    assert access.mailbox_case(force.slug, "0" * 64) is None
    with pytest.raises(Refusal):
        access.opened_case(other_force.slug, case.id)
