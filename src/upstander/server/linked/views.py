"""The desk's page about reports that keepers released together."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from upstander.server.accounts.decorators import desk_page
from upstander.server.accounts.session import person_of
from upstander.server.linked import access


@require_safe
@desk_page
def linked(request: HttpRequest, channel_id: str) -> HttpResponseBase:
    """Opens what `upstander open --keepers` wrote, in the browser; shows and takes marks."""
    channel = access.channel_for(person_of(request), channel_id)
    return render(request, "desk/linked.html", {"channel": channel})
