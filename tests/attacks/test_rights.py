"""Somebody with an account tries to become more than she was made."""

from __future__ import annotations

import pytest

from tests import people
from tests.server.accounts.staff import with_key
from upstander.formats import statements
from upstander.server.accounts import actions
from upstander.server.accounts.members import enrol_body
from upstander.server.accounts.models import Membership
from upstander.server.errors import Refusal

pytestmark = [pytest.mark.django_db, pytest.mark.db]


def changes_key(force: people.Force, who: people.Colleague, sheet: bool) -> Membership:
    """Her old key signs for a new one; nobody else is asked."""
    new = with_key(who.person)
    statement = statements.sign("enrol", enrol_body(force.inside, new.key, who.key.id), who.keyring.signing)
    return actions.enrol(force.inside, new.key, statement, sheet=sheet)


def test_a_change_of_key_does_not_bring_source_sheets(force: people.Force) -> None:
    assert not Membership.objects.get(key=force.excluded.key).sheet
    with pytest.raises(Refusal) as refused:
        changes_key(force, force.excluded, sheet=True)
    assert refused.value.type == "conflict"
    gets = {m.label for c in force.card().channels for m in c.members if m.sheet}
    assert force.excluded.person.label not in gets
    assert changes_key(force, force.handler, sheet=True).sheet  # she got them before
