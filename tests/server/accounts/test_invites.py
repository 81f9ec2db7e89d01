"""Invites: one use, seven days, only a hash kept, and looking at one does not use it."""

import re
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.test import Client
from django.utils import timezone

from tests.server.accounts.staff import blob, institution, post, staff, with_key
from upstander.formats import ids, statements
from upstander.sealing import age
from upstander.server.accounts import actions
from upstander.server.accounts.models import Invite, Person
from upstander.server.errors import Refusal

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def newcomer() -> Person:
    return actions.create_person(institution(), username="devi", name="Devi", label="Devi, team")


def without_token(page: bytes) -> bytes:
    """A page without the form token, which is another one each time."""
    return re.sub(rb'name="csrf" content="\w+"', b"", page)


def enter(token: str, client: Client | None = None) -> int:
    return int((client or Client()).post(f"/desk/welcome/{token}/").status_code)


def test_a_link_signs_in_once_and_leads_to_the_first_key(newcomer: Person) -> None:
    token = actions.invite(newcomer)
    client = Client()
    assert client.get(f"/desk/welcome/{token}/").status_code == 200
    assert client.get(f"/desk/welcome/{token}/").status_code == 200
    assert enter(token, client) == 302
    assert client.get("/desk/keys/").headers["Location"] == "/desk/keys/new/"
    assert client.get("/desk/keys/new/").status_code == 200
    assert enter(token) == 404


def test_only_a_hash_of_the_link_is_kept(newcomer: Person) -> None:
    token = actions.invite(newcomer)
    assert token not in str(Invite.objects.values_list())


def test_old_unknown_and_replaced_links_are_one_answer(newcomer: Person) -> None:
    replaced = actions.invite(newcomer)
    old = actions.invite(newcomer)
    Invite.objects.update(expires=timezone.now() - timedelta(seconds=1))
    pages = {
        without_token(Client().get(f"/desk/welcome/{token}/").content) for token in (replaced, old, "unknown")
    }
    assert len(pages) == 1
    assert enter(old) == 404
    assert actions.sweep_invites() == 1


def test_a_reusable_link_is_for_demonstrations(newcomer: Person) -> None:
    token = actions.invite(newcomer, reusable=True)
    assert (enter(token), enter(token)) == (302, 302)


def test_no_link_goes_to_somebody_with_a_key(newcomer: Person) -> None:
    with_key(newcomer)
    with pytest.raises(Refusal) as refused:
        actions.invite(newcomer)
    assert refused.value.status == 409


def test_a_demonstration_link_does_not_prove_what_matters(newcomer: Person) -> None:
    token = actions.invite(newcomer, reusable=True)
    with_key(newcomer)
    client = Client()
    enter(token, client)
    assert client.get("/desk/keys/").status_code == 200
    assert client.get("/desk/keys/passkey/").headers["Location"].startswith("/desk/again/")


def test_the_first_key_is_registered_from_the_browser(newcomer: Person) -> None:
    client = Client()
    enter(actions.invite(newcomer), client)
    sign = statements.public_of(Ed25519PrivateKey.generate())
    seal = age.recipient_of(age.new_identity())
    key = ids.key_id(sign, seal)
    body = {"seal": seal, "sign": sign, "words_key": sign, "wrapped": [blob(key)]}
    answer = post(client, "/keys", body)
    assert answer.status_code == 201
    assert answer.json()["key"] == key
    assert answer.json()["wrapped"] == [blob(key)]
    assert post(client, "/keys", body).status_code == 403  # a change of key asks for words or passkey


@pytest.mark.parametrize(
    "change",
    [
        {"method": "chosen"},
        {"key": "a" * 26},
        {"iv": "AAAA"},
        {"v": "upstander/wrapped-key/v9"},
        {"secret": "x"},
        {"method": "prf"},
        {"ciphertext": "A" * 4000},
    ],
)
def test_a_wrapped_key_of_another_form_is_refused(newcomer: Person, change: dict[str, str]) -> None:
    sign = statements.public_of(staff(newcomer.institution, "other").signing)
    seal = age.recipient_of(age.new_identity())
    wrapped = blob(ids.key_id(sign, seal)) | change
    with pytest.raises(Refusal) as refused:
        actions.register_key(newcomer, seal=seal, sign=sign, wrapped=[wrapped], words_key=sign)
    assert refused.value.status == 422
