"""Built files, and the pages people see when something is not there or went wrong."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.shortcuts import render
from django.utils.http import parse_etags
from django.views.decorators.http import require_safe

from upstander.pages.built import asset as built_asset
from upstander.publishing.language import ENGLISH, FOLDERS, WELSH, say, speaking
from upstander.server.errors import TITLES, problem

SPOKEN = (400, 403, 404)  # what everybody's pages say in the language of their address


@require_safe
def asset(request: HttpRequest, name: str) -> HttpResponse:
    """A built file; the browser asks each time whether it has changed."""
    found = built_asset(name)
    if found is None:
        return absent(request)
    if _has(request, found.etag):
        response: HttpResponse = HttpResponseNotModified()
    else:
        response = HttpResponse(found.data, content_type=found.content_type)
    response["ETag"] = found.etag
    response["Cache-Control"] = "no-cache"
    return response


def _has(request: HttpRequest, etag: str) -> bool:
    """Whether the browser has this version. A proxy that compresses makes tags weak (`W/`): as good."""
    named = parse_etags(request.headers.get("If-None-Match", ""))
    return any(tag == "*" or tag.removeprefix("W/") == etag for tag in named)


@require_safe
def icon(request: HttpRequest) -> HttpResponse:
    """The one dull icon, for browsers that ask by the old name."""
    return asset(request, "icon.svg")


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Search engines may list the reporter's pages and nothing else."""
    return HttpResponse(
        "User-agent: *\nDisallow: /api/\nDisallow: /desk/\n", content_type="text/plain; charset=utf-8"
    )


def absent(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Not here, or not yours: one answer."""
    return _told(request, 404)


def malformed(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """A request nobody could read."""
    return _told(request, 400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """A request that is not allowed."""
    return _told(request, 403)


def fault(request: HttpRequest) -> HttpResponse:
    """A fault of ours, without detail."""
    return _told(request, 500)


def _told(request: HttpRequest, status: int) -> HttpResponse:
    if request.path_info.startswith("/api/"):
        return problem(*TITLES[status], status)
    context: dict[str, Any] = {"title": TITLES[status][1], "status": status}
    if status in SPOKEN and request.path_info.startswith("/public/"):
        with speaking(WELSH if request.path_info.startswith(f"/public/{FOLDERS[WELSH]}") else ENGLISH):
            return render(
                request, "public/absent.html", context | {"title": say(context["title"])}, status=status
            )
    return render(None, "told.html", context, status=status)
