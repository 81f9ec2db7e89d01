"""Publishes an institution's signed card whenever what it says changes, and again before it runs out."""

from datetime import date, timedelta
from typing import Final

from django.db.models import Max

from upstander.formats import statements
from upstander.formats.days import today
from upstander.formats.hashes import hash_of
from upstander.sealing import cards as sealing
from upstander.server import roster
from upstander.server.accounts.models import Membership
from upstander.server.installation import load
from upstander.server.institutions import packs
from upstander.server.institutions.models import Card, Channel, Institution
from upstander.server.log.commit import Done, LeafDraft, perform, server_leaf

LIFE: Final = 90  # days a card holds
RENEW: Final = 30  # days before its end from which the beat publishes the next


def publish(institution: Institution) -> Card:
    """A new version of the card, from channels, custodians, places and pack as they are, with its leaf."""
    perform(lambda: write(institution))
    return institution.cards.latest("version")


def write(institution: Institution, *also: LeafDraft) -> Done:
    """Stores the next card and answers its leaf, with these others. Only inside a change that `perform` runs.

    A card that names another pack than the last one did has a leaf for that too.
    """
    # the row's lock keeps two changes from writing the same version
    Institution.objects.select_for_update().get(pk=institution.pk)
    day = today(institution.time_zone)
    last = institution.cards.order_by("-version").first()
    text = _text(institution, last, day)
    digest = hash_of(text.encode())
    version = last.version + 1 if last is not None else 1
    # The first is shown as it is: a page that asks for keepers refuses it until they have cosigned it.
    in_force = last is None or not roster.texts()
    Card.objects.create(
        institution=institution, version=version, day=day, text=text, sha256=digest, in_force=in_force
    )
    leaf = server_leaf("card", institution.slug, day, card=digest, version=version)
    pack = _pack(text)
    if last is None or pack != _pack(last.text):
        also = (*also, server_leaf("policy", institution.slug, day, institution=institution.slug, pack=pack))
    return Done((), leaf, also)


def renew() -> int:
    """Publishes anew every card that ends within `RENEW` days; answers how many. Harmless to repeat."""
    due = 0
    for institution in Institution.objects.annotate(newest=Max("cards__day")).filter(newest__isnull=False):
        if institution.newest + timedelta(days=LIFE - RENEW) <= today(institution.time_zone):
            publish(institution)
            due += 1
    return due


def _text(institution: Institution, last: Card | None, day: date) -> str:
    here = load()
    return sealing.make_card(
        signing=here.signing,
        installation=here.id,
        institution=institution.slug,
        name=institution.name,
        channels=[_channel(channel) for channel in _ready_channels(institution)],
        pack=sealing.PackName(**packs.keep(institution.pack)),
        day=day,
        expires=day + timedelta(days=LIFE),
        previous=last.text if last is not None else "",
        version=last.version + 1 if last is not None else 1,
        demonstration=institution.demonstration,
    )


def _pack(text: str) -> str:
    """Hash of the policy pack that a card of ours names."""
    return str(statements.peek(text, "card")["pack"]["sha256"])


def _ready_channels(institution: Institution) -> list[Channel]:
    """Channels with a custodian: without one nothing sealed to the channel could ever be recovered."""
    channels = institution.channels.filter(custodians__retired=False).distinct()
    return list(channels.order_by("-inside", "slug"))


def _channel(channel: Channel) -> sealing.Channel:
    custodian = channel.custodians.filter(retired=False).latest("pk")
    places = channel.members.select_related("key__person").order_by("order")
    return sealing.Channel(
        about=channel.about,
        custodian=sealing.Custodian(custodian.key, custodian.needs, custodian.of, custodian.seal),
        id=channel.id,
        inside=channel.inside,
        members=tuple(_member(place) for place in places),
        name=channel.name,
        on_call=bool(channel.on_call),
        prescribed=channel.prescribed,
    )


def _member(place: Membership) -> sealing.Member:
    return sealing.Member(
        enrol=place.enrol,
        key=place.key_id,
        label=place.key.person.label,
        seal=place.key.seal,
        sheet=place.sheet,
        sign=place.key.sign,
        state=place.state,
    )
