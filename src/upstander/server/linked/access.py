"""Whose marks a person may read: those of the channels she works on, on groups that she can name."""

from __future__ import annotations

from django.db.models import QuerySet

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


def marks_of(channel: Channel, group: str) -> QuerySet[Mark]:
    """The marks on one group, in the order in which they were made.

    A group's id is known to who opened all its reports, and to nobody else: without it there is no list, and
    no count. Somebody whom one of the reporters shut out, perhaps because she is the subject, sees nothing.
    """
    found = Mark.objects.filter(channel=channel, group=group)
    return found.select_related("by__person").order_by("order")
