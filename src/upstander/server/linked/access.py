"""Whose marks a person may read: those of the channels she works on."""

from __future__ import annotations

from django.db.models import Count, QuerySet

from upstander.server.accounts.access import memberships_of
from upstander.server.accounts.models import Person
from upstander.server.errors import not_found
from upstander.server.institutions.models import Channel
from upstander.server.linked.models import Mark


def channel_for(person: Person, channel_id: str) -> Channel:
    """A channel the person works on. Raises the not-found Refusal for any other, and for none."""
    place = memberships_of(person).filter(channel_id=channel_id).first()
    if place is None:
        raise not_found()
    return Channel.objects.select_related("institution").get(id=place.channel_id)


def marks_of(channel: Channel) -> QuerySet[Mark]:
    """All marks on a channel, in the order in which they were made."""
    return Mark.objects.filter(channel=channel).select_related("by__person").order_by("order")


def counted(channel: Channel) -> dict[str, int]:
    """How often each mark was made on a channel."""
    rows = Mark.objects.filter(channel=channel).values("code").annotate(number=Count("act")).order_by("code")
    return {row["code"]: row["number"] for row in rows}
