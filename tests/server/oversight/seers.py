"""An overseer of the tests: somebody of an outside body who opens nothing."""

from __future__ import annotations

import secrets

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.test import Client

from tests import people
from upstander.sealing.words import UnlockKeys
from upstander.sealing.wrapped import Keyring, wrap_with_words
from upstander.server.accounts import actions as accounts
from upstander.server.accounts.models import Person
from upstander.server.casework import duties
from upstander.server.casework.models import Duty


def overseer_of(force: people.Force, body: str = "") -> Client:
    """Her browser, signed in. `body`: the kind of body she is of, as the pack names it."""
    name = f"carys-{body or 'marlshire'}"
    person = accounts.create_person(
        force.institution, username=name, name="Carys", label=f"Carys, {body or 'overseer'}"
    )
    give_key(person)
    duties.give(person, Duty.Kind.OVERSEER, body)
    return people.signed_in(person)


def give_key(person: Person) -> None:
    """A key of her own, with no place on a channel."""
    keyring = Keyring.new()
    unlock = UnlockKeys(wrap=secrets.token_bytes(32), signing=Ed25519PrivateKey.generate())
    accounts.register_key(
        person,
        seal=keyring.seal,
        sign=keyring.sign,
        wrapped=[wrap_with_words(keyring, unlock)],
        words_key=unlock.sign,
    )
