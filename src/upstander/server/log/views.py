"""The public log: tree heads and tiles as C2SP tlog-tiles names them, and a page that says it in words."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from upstander.ledger.errors import LedgerError
from upstander.ledger.tiles import WIDTH, parse_tile_path
from upstander.publishing.language import ENGLISH, FOLDERS, WELSH, speaking
from upstander.server.errors import not_found
from upstander.server.log import access, told

FULL = "public, max-age=31536000, immutable"
PARTIAL = "public, max-age=3600"  # right for ever, but nobody needs it for long


@require_safe
def page(request: HttpRequest, language: str = ENGLISH) -> HttpResponse:
    """The log in words, in English or in Welsh."""
    elsewhere = "/log/" if language == WELSH else f"/log/{FOLDERS[WELSH]}"
    with speaking(language):
        return render(request, "log.html", told.page() | {"elsewhere": elsewhere})


@require_safe
def checkpoint(request: HttpRequest, generation: int) -> HttpResponse:
    """The tree head, with the signatures there are. Asked for each time."""
    head = access.published(access.log_of(generation))
    if head is None:
        raise not_found()
    response = HttpResponse(head.note, content_type="text/plain; charset=utf-8")
    response["Cache-Control"] = "no-cache"
    return response


@require_safe
def tile(request: HttpRequest, generation: int, rest: str) -> HttpResponse:
    """A tile of hashes, or a bundle of entries."""
    try:
        level, index, width = parse_tile_path(f"tile/{rest}")
    except LedgerError:
        raise not_found() from None
    data = access.tile_bytes(access.log_of(generation), level, index, width)
    response = HttpResponse(data, content_type="application/octet-stream")
    response["Cache-Control"] = FULL if width == WIDTH else PARTIAL
    return response
