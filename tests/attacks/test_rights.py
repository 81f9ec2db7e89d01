"""Somebody with an account tries to become more than she was made."""

from __future__ import annotations

import pytest
from allauth.mfa.models import Authenticator

from tests import people
from tests.server.accounts.staff import blob, with_key
from upstander.formats import statements
from upstander.server.accounts import actions
from upstander.server.accounts.members import enrol_body
from upstander.server.accounts.models import Membership, WrappedKey
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


def test_a_passkey_that_was_removed_opens_no_key(force: people.Force) -> None:
    """The server keeps nothing that a lost device and a copy of the database could open together."""
    who, other = force.handler, force.colleague
    for one, credential in ((who, "lost"), (who, "kept"), (other, "lost")):
        wrapped = blob(one.key.id, method="prf", credential=credential, salt="AAAA")
        actions.add_wrapping(one.person, one.key.id, wrapped)
    data = {"name": "Phone", "credential": {"id": "lost"}}
    phone = Authenticator.objects.create(user=who.person, type=Authenticator.Type.WEBAUTHN, data=data)
    answer = who.client().post(f"/desk/account/2fa/webauthn/keys/{phone.pk}/remove/")
    assert answer.status_code == 302
    left = WrappedKey.objects.filter(method="prf").order_by("pk").values_list("key", "credential")
    assert list(left) == [(who.key.id, "kept"), (other.key.id, "lost")]
    assert WrappedKey.objects.filter(key=who.key, method="words").exists()
