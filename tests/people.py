"""The people of the tests, all made up, with the keys that outside a test only their own browsers have."""

from __future__ import annotations

import datetime
import secrets
import time
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.test import Client

from upstander.formats import days, statements
from upstander.sealing import age
from upstander.sealing.cards import Card, read_card
from upstander.sealing.report import NewCase, SealedUpload, build_submission
from upstander.sealing.words import ReceiptKeys, UnlockKeys
from upstander.sealing.wrapped import Keyring, wrap_with_words
from upstander.server.accounts import actions, cards
from upstander.server.accounts.members import enrol_body
from upstander.server.accounts.models import Key, Person
from upstander.server.installation import load
from upstander.server.institutions.actions import create_channel, create_custodian, create_institution
from upstander.server.institutions.models import Channel, Institution

ANSWERS = (
    {
        "id": "7W",
        "question": "What did you see?",
        "value": "It was said aloud.",
        "text": "It was said aloud.",
        "ask_first": False,
    },
)
SHEET = ({"id": "24", "question": "Your name?", "value": "A. Nyone", "text": "A. Nyone", "ask_first": False},)


@dataclass(frozen=True)
class Colleague:
    """Somebody who works here, with her keys."""

    person: Person
    key: Key
    keyring: Keyring = field(repr=False)
    unlock: UnlockKeys = field(repr=False)

    def client(self, **headers: Any) -> Client:
        """A browser in which she has just signed in."""
        return signed_in(self.person, **headers)


@dataclass(frozen=True)
class Force:
    """An institution with two channels, an administrator, and the private halves of its custodians by channel id."""

    institution: Institution
    inside: Channel
    outside: Channel
    administrator: Person
    handler: Colleague  # inside, first, gets source sheets
    colleague: Colleague  # inside
    excluded: Colleague  # inside; the one reporters shut out
    overseer: Colleague  # outside, first, gets source sheets
    second_overseer: Colleague  # outside
    custodians: dict[str, str] = field(repr=False)

    @property
    def slug(self) -> str:
        """First part of the address."""
        return str(self.institution.slug)

    def card(self) -> Card:
        """The newest card, verified as a browser does."""
        return read_card(self.institution.cards.latest("version").text, load().sign)

    def today(self) -> datetime.date:
        """The day it is there."""
        return days.today(self.institution.time_zone)


def reporter() -> ReceiptKeys:
    """A reporter's keys, as her seven words would give them but without the slow part."""
    return ReceiptKeys(
        mailbox_id=secrets.token_bytes(32),
        identity=age.new_identity(),
        signing=Ed25519PrivateKey.generate(),
        log=secrets.token_bytes(32),
    )


def submission(
    force: Force,
    receipt: ReceiptKeys,
    *,
    channels: list[Channel] | None = None,
    excluded: list[Colleague] | None = None,
    with_sheet: bool = True,
    uploads: list[SealedUpload] | None = None,
    urgent: bool = False,
    case: NewCase | None = None,
    number: int = 1,
) -> dict[str, Any]:
    """A sealed report as the interface takes it; to both channels unless said."""
    return build_submission(
        card=force.card(),
        channels=[channel.id for channel in channels or [force.inside, force.outside]],
        answers=ANSWERS,
        sheet=SHEET if with_sheet else (),
        receipt=receipt,
        day=force.today().isoformat(),
        excluded=[one.key.id for one in excluded or []],
        uploads=uploads or [],
        urgent=urgent,
        case=case,
        number=number,
    )


def found_force(slug: str = "marlshire", name: str = "Marlshire Police") -> Force:
    """A whole institution, its people enrolled by each other's signatures and its card published."""
    institution = create_institution(slug=slug, name=name, pack="uk-police")
    inside = create_channel(
        institution,
        slug="standards",
        name=f"{name}: reporting team",
        inside=True,
        on_call=f"on-call@{slug}.example",
    )
    outside = create_channel(
        institution, slug="oversight", name="Fellmoor Oversight", inside=False, prescribed=True
    )
    custodians = {channel.id: age.new_identity() for channel in (inside, outside)}
    for channel in (inside, outside):
        create_custodian(channel, seal=age.recipient_of(custodians[channel.id]), needs=2, of=3)
    administrator = actions.create_person(
        institution, username=f"admin-{slug}", name="Administrator", label="Administrator", administrator=True
    )
    handler = join(inside, f"marian-{slug}", "Marian", sheet=True)
    colleague = join(inside, f"devi-{slug}", "Devi", handler)
    excluded = join(inside, f"holt-{slug}", "Inspector Holt", handler)
    overseer = join(outside, f"aled-{slug}", "Aled", sheet=True)
    second = join(outside, f"sioned-{slug}", "Sioned", overseer)
    cards.publish(institution)
    return Force(
        institution,
        inside,
        outside,
        administrator,
        handler,
        colleague,
        excluded,
        overseer,
        second,
        custodians,
    )


def join(
    channel: Channel, username: str, name: str, by: Colleague | None = None, *, sheet: bool = False
) -> Colleague:
    """A person with keys and a place on the channel, let in by a member or, the first one, by the installation."""
    person = actions.create_person(
        channel.institution, username=username, name=name, label=f"{name}, {channel.slug}"
    )
    actions.propose(person, channel, sheet=sheet)
    keyring = Keyring.new()
    unlock = UnlockKeys(wrap=secrets.token_bytes(32), signing=Ed25519PrivateKey.generate())
    wrapped = [wrap_with_words(keyring, unlock)]
    key = actions.register_key(
        person, seal=keyring.seal, sign=keyring.sign, wrapped=wrapped, words_key=unlock.sign
    )
    if by is None:
        actions.enrol_first(channel, key, sheet=sheet)
    else:
        statement = statements.sign("enrol", enrol_body(channel, key, by.key.id), by.keyring.signing)
        actions.enrol(channel, key, statement, sheet=sheet)
    return Colleague(person, key, keyring, unlock)


def signed_in(person: Person, **headers: Any) -> Client:
    """A browser in which this person has just signed in with her words."""
    client = Client(headers=headers)
    client.force_login(person, backend=settings.AUTHENTICATION_BACKENDS[0])
    session = client.session
    session["account_authentication_methods"] = [{"method": "words", "at": time.time()}]
    session["account_authentication_methods_user"] = str(person.pk)
    session.save()
    return client
