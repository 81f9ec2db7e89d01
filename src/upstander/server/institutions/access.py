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


def all_cards(institution: Institution) -> list[Card]:
    """Every version ever published, oldest first."""
    return list(institution.cards.order_by("version"))
