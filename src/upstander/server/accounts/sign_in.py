"""Signing in with unlock words: the browser signs a challenge with the key they give (formats, section 8).

An unknown name, wrong words and a person who was switched off are one answer and take the same work. Failures
are counted per name, and never stop the right words: nobody can lock a colleague out by failing in her name.
"""

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from allauth.core import ratelimit
from django.http import HttpRequest, HttpResponse

from upstander.formats import b64, statements
from upstander.formats.errors import FormatError
from upstander.server.accounts import challenge
from upstander.server.accounts.models import Person
from upstander.server.accounts.session import INVITE, WORDS
from upstander.server.errors import TITLES, Refusal
from upstander.server.installation import load

_WRONG = "That user name and those words do not go together. Check both and try again."


def with_words(request: HttpRequest, username: str, statement: str) -> HttpResponse:
    """Signs in, or goes to the second step. Raises the `refused` Refusal, or `busy` after many failures."""
    person = Person.objects.filter(username=username, is_active=True).exclude(words_key="").first()
    try:
        _check(request, statement, username, person)
    except FormatError:
        raise _failed(request, username) from None
    assert person is not None
    record_authentication(request, person, method=WORDS, reauthenticated=True)
    return enter(request, person)


def prove_again(request: HttpRequest, person: Person, statement: str) -> None:
    """Notes that the signed-in person gave her words just now. Raises as `with_words`."""
    try:
        _check(request, statement, person.username, person)
    except FormatError:
        raise _failed(request, person.username) from None
    record_authentication(request, person, method=WORDS, reauthenticated=True)


def with_invite(request: HttpRequest, person: Person) -> HttpResponse:
    """Signs in the person whose invite was just used."""
    record_authentication(request, person, method=INVITE)
    return enter(request, person)


def enter(request: HttpRequest, person: Person) -> HttpResponse:
    """Begins the session, by way of the second step where there is one."""
    response: HttpResponse = perform_login(request, Login(user=person))
    return response


def _check(request: HttpRequest, statement: str, username: str, person: Person | None) -> None:
    known = person.words_key if person is not None and person.words_key else _decoy()
    body = statements.verify(statement, "login", known)
    if person is None:
        raise FormatError("Nobody has the decoy key.")
    challenge.check(body.get("challenge"))
    here = f"{request.scheme}://{request.get_host()}"
    if body != {"challenge": body["challenge"], "origin": here, "subject": username}:
        raise FormatError("This was signed for another purpose.")


def _decoy() -> str:
    """A public key that nobody's words give, so that an unknown name costs one verification too."""
    return b64.encode(load().signing.public_key().public_bytes_raw())


def _failed(request: HttpRequest, username: str) -> Refusal:
    if not ratelimit.consume(request, action="login_failed", key=f"words-{username}"):
        return Refusal(*TITLES[429], 429)
    return Refusal("refused", _WRONG, 403)
