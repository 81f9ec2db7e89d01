"""The headers every answer carries: what the browser may load, remember and tell others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from upstander.pages.headers import COMMON, policy_of

STRICT_TRANSPORT: Final = "max-age=63072000"
_PRIVATE: Final = ("/api/", "/desk/")


class HeadersMiddleware:
    """Sets the headers last, whatever a view or a library has set.

    A view may only make `Cache-Control` looser on what is the same for everybody (assets, packs); without
    that nothing is stored.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        path = request.path_info
        headers = response.headers
        headers["Content-Security-Policy"] = policy_of(path)
        for name, value in COMMON:
            headers[name] = value
        headers["Server"] = "upstander"  # else the server process names itself; a proxy may put its own name
        if "Cache-Control" not in headers or not _public(path):
            headers["Cache-Control"] = "no-store"
        if path.startswith(_PRIVATE):
            headers["X-Robots-Tag"] = "noindex"
        if settings.SECURE:
            headers["Strict-Transport-Security"] = STRICT_TRANSPORT
        return response


def _public(path: str) -> bool:
    return path.startswith(("/assets/", "/api/v1/packs/", "/log/", "/public/"))
