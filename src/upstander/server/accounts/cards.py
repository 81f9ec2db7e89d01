"""Publishes an institution's signed card whenever what it says changes, and before it runs out."""

from upstander.server.institutions.models import Card, Institution


def publish(institution: Institution) -> Card:
    """A new version of the card, signed by the installation key, with its `card` leaf. Expires in 90 days."""
    raise NotImplementedError
