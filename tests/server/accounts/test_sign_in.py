"""Signing in with words: the right ones get in, and nothing tells wrong words from an unknown name."""

import time
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.core.cache import cache
from django.test import Client

from tests.server.accounts.staff import Staff, institution, post, sign_in, staff, with_key
from upstander.formats import statements
from upstander.server.accounts import actions, challenge
from upstander.server.installation import load

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def devi() -> Staff:
    cache.clear()
    return staff(institution(), "devi")


def attempt(username: str, statement: str) -> Any:
    return post(Client(), "/sign-in", {"username": username, "statement": statement})


def test_right_words_sign_in(devi: Staff) -> None:
    client = sign_in(devi)
    me = client.get("/api/v1/desk/me").json()
    assert me["username"] == "devi"
    assert me["key"] == devi.key.id


def test_wrong_words_and_unknown_name_are_one_answer(devi: Staff) -> None:
    wrong = Staff(devi.person, devi.key, devi.signing, Ed25519PrivateKey.generate())
    known = attempt("devi", wrong.login(challenge.make()))
    unknown = attempt("nobody", wrong.login(challenge.make(), subject="nobody"))
    actions.deactivate(devi.person)
    gone = attempt("devi", devi.login(challenge.make()))
    assert known.status_code == unknown.status_code == gone.status_code == 403
    assert known.content == unknown.content == gone.content
    assert dict(known.headers) == dict(unknown.headers) == dict(gone.headers)
    assert not known.cookies
    assert not unknown.cookies


def test_the_decoy_key_signs_nobody_in(devi: Staff) -> None:
    body = {"challenge": challenge.make(), "origin": "http://testserver", "subject": "nobody"}
    assert attempt("nobody", statements.sign("login", body, load().signing)).status_code == 403


@pytest.mark.parametrize(
    "change",
    [{"origin": "http://elsewhere.example"}, {"subject": "other"}, {"challenge": "AAAA"}, {"more": "x"}],
)
def test_a_statement_for_something_else_is_refused(devi: Staff, change: dict[str, str]) -> None:
    assert attempt("devi", devi.login(challenge.make(), **change)).status_code == 403


def test_an_old_challenge_is_refused(devi: Staff, monkeypatch: pytest.MonkeyPatch) -> None:
    made, now = challenge.make(), time.time()
    monkeypatch.setattr(challenge.time, "time", lambda: now + challenge.LIFE + 10)
    assert attempt("devi", devi.login(made)).status_code == 403


def test_failures_in_her_name_never_lock_her_out(devi: Staff) -> None:
    wrong = Staff(devi.person, devi.key, devi.signing, Ed25519PrivateKey.generate())
    answers = [attempt("devi", wrong.login(challenge.make())).status_code for _ in range(12)]
    assert answers[0] == 403
    assert answers[-1] == 429
    assert sign_in(devi).get("/api/v1/desk/me").status_code == 200


def test_failures_are_slowed_alike_for_unknown_names(devi: Staff) -> None:
    statement = devi.login(challenge.make(), subject="nobody")
    assert [attempt("nobody", statement).status_code for _ in range(12)][-1] == 429


def test_a_lost_key_ends_session_and_words(devi: Staff) -> None:
    client = sign_in(devi)
    actions.revoke_key(devi.person)
    assert client.get("/api/v1/desk/me").status_code == 401
    assert attempt("devi", devi.login(challenge.make())).status_code == 403


def test_new_words_end_the_old_ones(devi: Staff) -> None:
    again = with_key(devi.person)
    assert attempt("devi", devi.login(challenge.make())).status_code == 403
    assert sign_in(again).get("/api/v1/desk/me").json()["key"] == again.key.id


def test_signing_in_needs_the_form_token_of_our_own_page(devi: Staff) -> None:
    client = Client(enforce_csrf_checks=True)
    body = {"username": "devi", "statement": devi.login(challenge.make())}
    assert post(client, "/sign-in", body).status_code == 403
    assert "sessionid" not in client.cookies


def test_signing_out_has_the_browser_forget(devi: Staff) -> None:
    client = sign_in(devi)
    response = client.post("/desk/sign-out/")
    assert response["Clear-Site-Data"] == '"storage", "cache"'
    assert client.get("/api/v1/desk/me").status_code == 401


def test_the_secret_of_the_second_step_is_not_in_the_database(devi: Staff) -> None:
    secret = generate_totp_secret()
    TOTP.activate(devi.person, secret)
    stored = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert "secret" in stored
    assert secret not in stored


def test_a_second_step_comes_after_words_when_there_is_one(devi: Staff) -> None:
    secret = generate_totp_secret()
    TOTP.activate(devi.person, secret)
    client = Client()
    answer = post(client, "/sign-in", {"username": "devi", "statement": devi.login(challenge.make())})
    assert answer.json() == {"next": "/desk/account/2fa/authenticate/"}
    assert client.get("/api/v1/desk/me").status_code == 401
    code = format_hotp_value(hotp_value(secret, int(time.time()) // 30))
    assert client.post("/desk/account/2fa/authenticate/", {"code": code}).status_code == 302
    assert client.get("/api/v1/desk/me").status_code == 200
