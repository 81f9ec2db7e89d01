"""What every desk template knows: the installation, who is signed in, where they may go."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from upstander.server import installation
from upstander.server.accounts import access
from upstander.server.accounts.session import active_key, signed_in


def desk(request: HttpRequest) -> dict[str, Any]:
    """Context of `desk/base.html`; empty outside the desk, so that no session is touched there."""
    if not request.path.startswith("/desk/"):
        return {}
    this = installation.load()
    person = signed_in(request)
    context: dict[str, Any] = {
        "installation_id": this.id,
        "installation_key": this.sign,
        "idle_seconds": settings.UNLOCK_IDLE_SECONDS,
        "person": person,
        "ready": False,
    }
    if person is None:
        return context
    context["institution"] = person.institution
    context["ready"] = active_key(person) is not None
    context["my_channels"] = [place.channel for place in access.memberships_of(person)]
    return context
