"""The guardian's page. What is on it is opened and matched in her browser."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from upstander.server.accounts.decorators import desk_page


@require_safe
@desk_page
def guardian(request: HttpRequest) -> HttpResponseBase:
    """Whom to look after, and a list to match. The same page for everybody."""
    return render(request, "desk/guardian.html")
