"""Fills a demonstration: founds the institution, gives its handlers keys, and lets made-up reporters send."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from upstander.cli import founding
from upstander.cli.demonstration import HANDLERS, PLAN, Demonstration, Door, Handler
from upstander.formats import statements
from upstander.sealing.words import Words, generate, unlock_keys
from upstander.sealing.wrapped import Keyring, wrap_with_words

if TYPE_CHECKING:
    from upstander.server.accounts.models import Key, Person
    from upstander.server.institutions.models import Channel, Institution

YEARS = 10 * 365  # days a demonstration's link stays good


@dataclass(frozen=True)
class Keyholder:
    """A person with the keys that, outside a demonstration, only her own browser has."""

    person: Person
    key: Key
    keyring: Keyring = field(repr=False)
    words: Words = field(repr=False)


@dataclass(frozen=True)
class Colleague(Keyholder):
    """A handler on a channel."""

    handler: Handler


def populate(data: Path, migrate: Callable[[], None]) -> Demonstration:
    """Makes everything. Only for a folder that nobody else uses yet."""
    from upstander.cli import demo_survey, samples

    founded = founding.found(data, PLAN, migrate)
    channels = {channel.name: channel for channel in founded.channels}
    colleagues: dict[str, Colleague] = {}
    for handler in HANDLERS:
        first = next((c for c in colleagues.values() if c.handler.channel == handler.channel), None)
        colleagues[handler.username] = join(handler, channels[handler.channel], first)
    overseer = give_key(_overseer(founded.institution))
    return Demonstration(
        slug=PLAN.slug,
        administrator=door(give_key(founded.administrator)),
        doors=[*(door(colleague) for colleague in colleagues.values()), door(overseer)],
        mailboxes=samples.send_all(founded.institution, channels, colleagues),
        shares={name: [slip.share for slip in founded.slips if slip.channel == name] for name in channels},
        codes=demo_survey.make(data, founded.institution),
    )


def _overseer(institution: Institution) -> Person:
    """Somebody of the outside body who sees codes and days and opens nothing."""
    from upstander.server.accounts import actions
    from upstander.server.casework import duties
    from upstander.server.casework.models import Duty

    person = actions.create_person(
        institution, username="carys", name="Carys Lloyd", label="Carys, overseer at Fellmoor Oversight"
    )
    duties.give(person, Duty.Kind.OVERSEER)
    return person


def give_key(person: Person) -> Keyholder:
    """Does what the person's browser does at her first sign-in."""
    from upstander.server.accounts import actions
    from upstander.server.installation import load

    words, keyring = generate(), Keyring.new()
    unlock = unlock_keys(words, load().id, person.username)
    wrapped = [wrap_with_words(keyring, unlock)]
    key = actions.register_key(
        person, seal=keyring.seal, sign=keyring.sign, wrapped=wrapped, words_key=unlock.sign
    )
    return Keyholder(person, key, keyring, words)


def join(handler: Handler, channel: Channel, first: Colleague | None) -> Colleague:
    """A handler with keys and a place on the channel, let in by its first member."""
    from upstander.server.accounts import actions
    from upstander.server.accounts.members import enrol_body
    from upstander.server.casework import duties
    from upstander.server.casework.models import Duty

    person = actions.create_person(
        channel.institution, username=handler.username, name=handler.name, label=handler.label
    )
    actions.propose(person, channel, sheet=handler.sheet)
    holder = give_key(person)
    if first is None:
        actions.enrol_first(channel, holder.key, sheet=handler.sheet)
    else:
        body = enrol_body(channel, holder.key, first.key.id)
        statement = statements.sign("enrol", body, first.keyring.signing)
        actions.enrol(channel, holder.key, statement, sheet=handler.sheet)
    if handler.decides:
        duties.give(person, Duty.Kind.DECIDER)
    return Colleague(person, holder.key, holder.keyring, holder.words, handler)


def door(holder: Keyholder) -> Door:
    """How this person comes in."""
    from upstander.server.accounts import actions

    return Door(
        username=holder.person.username,
        label=holder.person.label,
        invite=actions.invite(holder.person, YEARS, reusable=True),
        words=str(holder.words),
    )
