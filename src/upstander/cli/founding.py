"""Founds an institution: rows, channels, recovery identities, first administrator, first card."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from upstander.cli.environment import StopError
from upstander.cli.slips import Slip
from upstander.sealing import age, shares

if TYPE_CHECKING:
    from upstander.server.accounts.models import Person
    from upstander.server.institutions.models import Channel, Institution


@dataclass(frozen=True)
class ChannelPlan:
    """A receiving team to be made."""

    name: str
    inside: bool
    prescribed: bool = False
    about: str = ""
    on_call: str = ""


@dataclass(frozen=True)
class Plan:
    """An institution to be made. `needs` of `custodians` shares open a channel's recovery identity."""

    name: str
    slug: str
    pack: str
    channels: tuple[ChannelPlan, ...]
    custodians: int
    needs: int
    administrator: str


@dataclass(frozen=True)
class Founded:
    """What was made and must now be handed out."""

    institution: Institution
    channels: tuple[Channel, ...]
    slips: tuple[Slip, ...]
    administrator: Person
    origin: str


def check(plan: Plan) -> None:
    """Raises StopError for a plan that cannot be carried out."""
    from upstander.policy.load import pack_ids
    from upstander.server.institutions.actions import RESERVED

    if not re.fullmatch(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", plan.slug):
        raise StopError("the slug is made of lower-case letters, digits and inner hyphens, at most 63.")
    if plan.slug in RESERVED:
        raise StopError(f"the address /{plan.slug}/ is taken by Upstander itself; choose another slug.")
    if plan.pack not in pack_ids():
        raise StopError(f"there is no policy pack {plan.pack!r}; there are: {', '.join(sorted(pack_ids()))}.")
    if not 2 <= plan.needs <= plan.custodians <= 255:
        raise StopError(
            "recovery needs at least 2 shares, and at most as many as there are custodians (255)."
        )
    slugs = [slug_of(channel.name) for channel in plan.channels]
    if len(set(slugs)) < len(slugs):
        raise StopError("two channels have the same name.")


def slug_of(name: str) -> str:
    """A channel's short name in addresses."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:63]


def found(data: Path, plan: Plan, migrate: Callable[[], None]) -> Founded:
    """Carries a checked plan out in the data folder. Keys that are there stay as they are."""
    from django.conf import settings

    from upstander.server import installation
    from upstander.server.accounts import actions, cards
    from upstander.server.institutions.actions import create_institution
    from upstander.server.institutions.models import Institution

    installation.create(data)
    migrate()
    if Institution.objects.filter(slug=plan.slug).exists():
        raise StopError(f"there is an institution at /{plan.slug}/ already.")
    institution = create_institution(slug=plan.slug, name=plan.name, pack=plan.pack)
    made = [make_channel(institution, channel, plan) for channel in plan.channels]
    person = actions.create_person(
        institution,
        username=plan.administrator,
        name=f"Administrator of {plan.name}",
        label="Administrator",
        administrator=True,
    )
    cards.publish(institution)
    return Founded(
        institution=institution,
        channels=tuple(channel for channel, _ in made),
        slips=tuple(slip for _, slips in made for slip in slips),
        administrator=person,
        origin=settings.ORIGIN,
    )


def make_channel(institution: Institution, channel: ChannelPlan, plan: Plan) -> tuple[Channel, list[Slip]]:
    """A channel with its recovery identity, whose private half leaves only as slips."""
    from upstander.server.institutions.actions import create_channel, create_custodian

    row = create_channel(
        institution,
        slug=slug_of(channel.name),
        name=channel.name,
        about=channel.about,
        inside=channel.inside,
        prescribed=channel.prescribed,
        on_call=channel.on_call,
    )
    identity = age.new_identity()
    create_custodian(row, seal=age.recipient_of(identity), needs=plan.needs, of=plan.custodians)
    parts = shares.split(age.seed_of(identity), of=plan.custodians, needs=plan.needs)
    return row, [
        Slip(plan.name, channel.name, number, plan.custodians, plan.needs, shares.to_text(part))
        for number, part in enumerate(parts, start=1)
    ]
