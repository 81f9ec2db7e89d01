"""Who is signed in, how lately they proved it, and with which key they work."""

import time
from typing import cast

from allauth.account.authentication import get_authentication_records
from django.conf import settings
from django.http import HttpRequest

from upstander.server.accounts.models import Key, Person

WORDS, INVITE = "words", "invite"  # how a session began, beside allauth's own "mfa"


def signed_in(request: HttpRequest) -> Person | None:
    """The person of this session, if it began with a passkey, words or an invite."""
    person = request.user
    if not isinstance(person, Person) or not person.is_active:
        return None
    return person if get_authentication_records(request, person) else None


def person_of(request: HttpRequest) -> Person:
    """The signed-in person, on pages that `desk_page` let through."""
    return cast(Person, request.user)


def key_of(request: HttpRequest) -> Key:
    """The active key of the signed-in person, on pages that `desk_page` let through."""
    return cast(Key, request.desk_key)  # type: ignore[attr-defined]


def active_key(person: Person) -> Key | None:
    """The one key new things are sealed to; none before the first sign-in and after a lost key."""
    return person.keys.filter(state=Key.State.ACTIVE).first()


def proved_lately(request: HttpRequest) -> bool:
    """Whether a passkey, words or a code were given within `ACCOUNT_REAUTHENTICATION_TIMEOUT` seconds.

    An invite proves something only while there is no key yet.
    """
    person = signed_in(request)
    if person is None:
        return False
    records = get_authentication_records(request, person)
    if active_key(person) is not None:
        records = [record for record in records if record["method"] != INVITE]
    last = max((record["at"] for record in records), default=0.0)
    return bool(time.time() - last < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT)
