"""Sample cases in different states, sent and handled the way browsers do it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from upstander.cli.demonstration import Mailbox

if TYPE_CHECKING:
    from upstander.cli.populate import Colleague
    from upstander.server.institutions.models import Channel, Institution


def send_all(
    institution: Institution, channels: dict[str, Channel], colleagues: dict[str, Colleague]
) -> list[Mailbox]:
    """Sends every sample and handles it. Returns how their reporters come back."""
    return []
