"""Pages for everybody under `/public/`: the published site, earlier releases, news by e-mail, hearings."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from upstander.publishing.feeds import atom, json_feed
from upstander.server.errors import Refusal
from upstander.server.transparency import access, calendar, news

SOON = "public, max-age=300"
LONG = "public, max-age=86400"


@require_safe
def site(request: HttpRequest, path: str = "") -> HttpResponse:
    """A file of what is public now; before there is anything, a page that says so."""
    publication = access.newest()
    if publication is None:
        if path:
            return HttpResponseRedirect("/public/")
        return render(request, "public/nothing.html", {"announced": access.announced()})
    return _file(*access.file_of(publication, path), SOON)


@require_safe
def releases(request: HttpRequest) -> HttpResponse:
    """What is announced, what is public, and everything that was."""
    context = {
        "announced": access.announced().prefetch_related("institutions"),
        "published": access.published().prefetch_related("institutions"),
    }
    return render(request, "public/releases.html", context)


@require_safe
def release(request: HttpRequest, identity: str, path: str = "") -> HttpResponse:
    """A file of an earlier release, as it was."""
    return _file(*access.file_of(access.publication_for(identity), path), LONG)


def _file(data: bytes, kind: str, cache: str) -> HttpResponse:
    response = HttpResponse(data, content_type=kind)
    response["Cache-Control"] = cache
    return response


@csrf_exempt  # there is no session here; the form brings a token of its own
@require_http_methods(["GET", "HEAD", "POST"])
def subscribe(request: HttpRequest) -> HttpResponse:
    """Asks for force, area and address. Says the same to everybody who sent an address."""
    places = access.places()
    context: dict[str, Any] = {
        "places": places,
        "form": news.form_token(),
        "wanted": request.GET.get("for", "")[:130],
    }
    if request.method != "POST":
        return render(request, "public/news.html", context)
    place, address = request.POST.get("place", "")[:130], request.POST.get("address", "")[:300]
    context |= {"wanted": place, "address": address}
    try:
        news.check_form(request.POST.get("form", "")[:1000])
        slug, _, area = place.partition("/")
        known = {one.slug: {slug for slug, _ in areas} for one, areas in places}
        institution = access.institution_or_none(slug)
        if institution is None or (area and area not in known.get(slug, set())):
            raise Refusal("malformed", "Choose a force or an area.", 422, where="place")
        news.ask(address, institution, area)
    except Refusal as refusal:
        context["error"] = refusal
        return render(request, "public/news.html", context, status=refusal.status)
    return render(request, "public/news-sent.html", {"minutes": news.CONFIRM_SECONDS // 3600})


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """A button, because mail programs open links by themselves; then the subscription is there."""
    try:
        institution, _, _ = news.about(token)
        if request.method == "POST":
            news.confirm(token)
    except Refusal as refusal:
        return render(request, "public/news-over.html", {"error": refusal.title}, status=404)
    return render(
        request, "public/news-confirm.html", {"institution": institution, "done": request.method == "POST"}
    )


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """Ends a subscription: at once where a mail program posts (RFC 8058), with a button for people."""
    if request.method == "POST":
        try:
            news.stop(token)
        except Refusal as refusal:
            return render(request, "public/news-over.html", {"error": refusal.title}, status=404)
    return render(request, "public/news-stop.html", {"done": request.method == "POST"})


@require_safe
def hearings(request: HttpRequest) -> HttpResponse:
    """The calendar."""
    found = [{"id": row.id, "told": calendar.told(row)} for row in access.hearings()]
    return render(request, "public/hearings.html", {"hearings": found})


@require_safe
def hearings_feed(request: HttpRequest, form: str) -> HttpResponse:
    """The calendar as a feed."""
    feed = calendar.feed(f"{settings.ORIGIN}/public/")
    data, kind = (atom(feed), ".atom") if form == "atom" else (json_feed(feed), ".json")
    return _file(data, access.TYPES[kind], SOON)
