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
    from upstander.server.institutions.models import Channel

YEARS = 10 * 365  # days a demonstration's link stays good


@dataclass(frozen=True)
class Colleague:
    """A handler with the keys that, outside a demonstration, only her own browser has."""

    handler: Handler
    person: Person
    key: Key
    keyring: Keyring = field(repr=False)
    words: Words = field(repr=False)


def populate(data: Path, migrate: Callable[[], None]) -> Demonstration:
    """Makes everything. Only for a folder that nobody else uses yet."""
    from upstander.cli import samples
    from upstander.server.accounts import actions

    founded = founding.found(data, PLAN, migrate)
    channels = {channel.name: channel for channel in founded.channels}
    colleagues: dict[str, Colleague] = {}
    for handler in HANDLERS:
        channel = channels[handler.channel]
        first = next((c for c in colleagues.values() if c.handler.channel == handler.channel), None)
        colleagues[handler.username] = join(handler, channel, first)
    administrator = actions.invite(founded.administrator, YEARS, reusable=True)
    return Demonstration(
        slug=PLAN.slug,
        administrator=administrator,
        doors=[door(colleague) for colleague in colleagues.values()],
        mailboxes=samples.send_all(founded.institution, channels, colleagues),
        shares={name: [slip.share for slip in founded.slips if slip.channel == name] for name in channels},
    )


def join(handler: Handler, channel: Channel, first: Colleague | None) -> Colleague:
    """A handler with keys and a place on the channel, let in by its first member."""
    from upstander.server.accounts import actions
    from upstander.server.accounts.members import enrol_body
    from upstander.server.installation import load

    person = actions.create_person(
        channel.institution, username=handler.username, name=handler.name, label=handler.label
    )
    actions.propose(person, channel, sheet=handler.sheet)
    words, keyring = generate(), Keyring.new()
    unlock = unlock_keys(words, load().id, handler.username)
    wrapped = [wrap_with_words(keyring, unlock)]
    key = actions.register_key(
        person, seal=keyring.seal, sign=keyring.sign, wrapped=wrapped, words_key=unlock.sign
    )
    if first is None:
        actions.enrol_first(channel, key, sheet=handler.sheet)
    else:
        statement = statements.sign("enrol", enrol_body(channel, key, first.key.id), first.keyring.signing)
        actions.enrol(channel, key, statement, sheet=handler.sheet)
    return Colleague(handler, person, key, keyring, words)


def door(colleague: Colleague) -> Door:
    """How this handler comes in."""
    from upstander.server.accounts import actions

    return Door(
        username=colleague.handler.username,
        label=colleague.handler.label,
        invite=actions.invite(colleague.person, YEARS, reusable=True),
        words=str(colleague.words),
    )
