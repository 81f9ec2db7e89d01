"""How institutions, channels and cards are reached. All of it is public."""

from __future__ import annotations

from upstander.server.errors import not_found
from upstander.server.institutions.models import Card, Institution


def institutions() -> list[Institution]:
    """All institutions, by name."""
    return list(Institution.objects.order_by("name"))


def institution_for(slug: str) -> Institution:
    """The institution at that address. Raises the not-found Refusal."""
    found = Institution.objects.filter(slug=slug).first()
    if found is None:
        raise not_found()
    return found


def current_card(slug: str) -> Card:
    """The newest card, with its institution. Raises the not-found Refusal."""
    found = (
        Card.objects.filter(institution__slug=slug).select_related("institution").order_by("-version").first()
    )
    if found is None:
        raise not_found()
    return found


def cards_to_show(institution: Institution) -> list[Card]:
    """The newest card, and where that is another the newest in force: those that keepers are asked about."""
    newest = institution.cards.order_by("-version").first()
    forced = institution.cards.filter(in_force=True).order_by("-version").first()
    return list({one.pk: one for one in (newest, forced) if one is not None}.values())


def card_waits(institution: Institution) -> bool:
    """Whether too few keepers have seen the newest card, so that reporters are still given the one before."""
    newest = institution.cards.order_by("-version").first()
    return newest is not None and not newest.in_force


def all_cards(institution: Institution) -> list[Card]:
    """Every version ever published, oldest first."""
    return list(institution.cards.order_by("version"))
