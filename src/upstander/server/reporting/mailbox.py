"""Opening a mailbox: a challenge answered with the key the seven words give. Nothing about it is stored.

An unknown mailbox and a wrong signature do the same work and get the same answer.
"""

from __future__ import annotations

import secrets
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.http import HttpRequest

from upstander.formats import statements
from upstander.formats.errors import FormatError
from upstander.server import roster, tokens
from upstander.server.cases import access
from upstander.server.cases.models import Case
from upstander.server.errors import Refusal, malformed, not_found

CHALLENGE_SECONDS = 300
TOKEN_SECONDS = 30 * 60
_CHALLENGE, _TOKEN = "mailbox-challenge", "mailbox"
# What an unknown mailbox's signature is checked against; the other half is forgotten at once.
_DECOY = statements.public_of(Ed25519PrivateKey.generate())


def challenge(slug: str) -> str:
    """A fresh challenge for this institution's mailboxes."""
    return tokens.issue(_CHALLENGE, secrets.token_bytes(16) + slug.encode(), CHALLENGE_SECONDS)


def open_mailbox(request: HttpRequest, slug: str, mailbox: bytes, statement: str) -> str:
    """A token for the case behind the mailbox. Raises not-found for everything that does not fit."""
    hashed = sha256(b"upstander/mailbox/v1\n" + mailbox).hexdigest()
    _check_login(request, slug, hashed, statement)
    case = access.mailbox_case(slug, hashed)
    try:
        statements.verify(statement, "login", case.reporter_sign if case is not None else _DECOY)
    except FormatError:
        raise not_found() from None
    if case is None:
        raise not_found()
    return tokens.issue(_TOKEN, f"{case.id}/{slug}".encode(), TOKEN_SECONDS)


def case_of(slug: str, request: HttpRequest) -> Case:
    """The case of the request's token. Raises `signed-out`, or not-found where it was deleted since."""
    return access.opened_case(slug, case_id_of(slug, request))


def case_id_of(slug: str, request: HttpRequest) -> str:
    """The case id of the request's token. Raises `signed-out`."""
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    try:
        if kind != "Bearer":
            raise FormatError("Expected a bearer token.")
        case, _, place = tokens.read(_TOKEN, token).decode().partition("/")
    except ValueError:
        raise signed_out() from None
    if place != slug:
        raise signed_out()
    return case


def signed_out() -> Refusal:
    """The token is missing, not ours or past its end."""
    return Refusal("signed-out", "Enter your seven words again.", 401)


def _check_login(request: HttpRequest, slug: str, hashed: str, statement: str) -> None:
    """Form and challenge, before any mailbox is looked up: the same for known and unknown ones."""
    try:
        body = statements.peek(statement, "login")
    except FormatError as error:
        raise malformed("The answer to the challenge has the wrong form.", "statement") from error
    here = f"{request.scheme}://{request.get_host()}"  # the host was checked against ALLOWED_HOSTS
    # a keeper may hand out the page (keeper/host.py): then she signed in there
    if body.keys() != {"challenge", "origin", "subject"} or body["origin"] not in {here, *roster.origins()}:
        raise malformed("The answer to the challenge is for another address.", "statement")
    if body["subject"] != hashed or not isinstance(body["challenge"], str):
        raise malformed("The answer to the challenge is for another mailbox.", "statement")
    try:
        content = tokens.read(_CHALLENGE, body["challenge"])
    except FormatError as error:
        raise malformed("The challenge has run out. Try again.", "statement") from error
    if content[16:] != slug.encode():
        raise malformed("The challenge is for another mailbox.", "statement")
