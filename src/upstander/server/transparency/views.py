"""Pages for everybody under `/public/`: the published site, earlier releases, news by e-mail, hearings."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from upstander.publishing.feeds import atom, json_feed
from upstander.publishing.language import ENGLISH, FOLDERS, WELSH, current, folder, listed, say, speaking
from upstander.server.errors import Refusal, malformed
from upstander.server.institutions.models import Institution
from upstander.server.transparency import access, calendar, news

SOON = "public, max-age=300"
LONG = "public, max-age=86400"
MOST_PLACES = 200  # chosen at once


View = Callable[..., HttpResponse]


def in_language(view: View) -> View:
    """The view in the language of its address."""

    @wraps(view)
    def spoken(request: HttpRequest, *given: Any, language: str = ENGLISH, **named: Any) -> HttpResponse:
        with speaking(language):
            return view(request, *given, **named)

    return spoken


class Afterwards(HttpResponse):
    """A page, and what is done when it has gone out: so how long that takes tells nobody anything.

    It has gone out because its length is said, by Django's CommonMiddleware: the browser waits for no more.
    """

    then: Callable[[], None] = staticmethod(lambda: None)

    def close(self) -> None:
        """Called by the server at the end of the request."""
        then, self.then = self.then, lambda: None
        then()
        super().close()


@require_safe
@in_language
def site(request: HttpRequest, path: str = "") -> HttpResponse:
    """A file of what is public now; before there is anything, a page that says so."""
    of = re.match(r"i/([^/]+)/", path)
    publication = (access.newest(of[1]) if of else None) or access.newest()
    if publication is None:
        if path:
            return HttpResponseRedirect(f"/public/{folder()}")
        return render(request, "public/nothing.html", {"announced": access.announced()})
    try:
        return _file(*access.file_of(publication, folder() + path), SOON)
    except Refusal:
        if current() == ENGLISH:
            raise
        return HttpResponseRedirect(f"/public/{path}")  # a publication from before there was Welsh


@require_safe
@in_language
def releases(request: HttpRequest) -> HttpResponse:
    """What is announced, what is public, everything that was, and what was taken back before its day."""
    context = {
        "announced": access.announced().prefetch_related("institutions"),
        "published": access.published().prefetch_related("institutions", "sign_offs__channel"),
        "withdrawn": access.withdrawn().prefetch_related("institutions"),
    }
    return render(request, "public/releases.html", context)


@require_safe
def release(request: HttpRequest, identity: str, path: str = "") -> HttpResponse:
    """A file of an earlier release, as it was."""
    publication, welsh = access.publication_for(identity), FOLDERS[WELSH]
    try:
        return _file(*access.file_of(publication, path), LONG)
    except Refusal as refusal:  # one from before there was Welsh
        if refusal.type != "not-found" or not path.startswith(welsh):
            raise
        return HttpResponseRedirect(f"/public/releases/{publication.id}/{path.removeprefix(welsh)}")


def _file(data: bytes, kind: str, cache: str) -> HttpResponse:
    response = HttpResponse(data, content_type=kind)
    response["Cache-Control"] = cache
    return response


@csrf_exempt  # there is no session here; the form brings a token of its own
@require_http_methods(["GET", "HEAD", "POST"])
@in_language
def subscribe(request: HttpRequest) -> HttpResponse:
    """Asks for force, area and address. Says the same to everybody who sent an address."""
    context: dict[str, Any] = {
        "places": access.places(),
        "form": news.form_token(),
        "wanted": [request.GET.get("for", "")[:130]],
    }
    if request.method != "POST":
        return render(request, "public/news.html", context)
    place, address = request.POST.get("place", "")[:130], request.POST.get("address", "")[:300]
    context |= {"wanted": [place], "address": address}
    try:
        news.check_form(request.POST.get("form", "")[:1000])
        post = news.ask(address, *_place(place, context["places"]))
    except Refusal as refusal:
        context["error"] = refusal
        return render(request, "public/news.html", context, status=refusal.status)
    page = Afterwards(render_to_string("public/news-sent.html", request=request))
    page.then = post
    return page


def _place(place: str, places: list[tuple[Institution, list[tuple[str, str]]]]) -> tuple[Institution, str]:
    """The institution and the area of a choice on the form. Raises the malformed Refusal for any other."""
    slug, _, area = place.partition("/")
    for institution, areas in places:
        if institution.slug == slug and (not area or area in {short for short, _ in areas}):
            return institution, area
    raise malformed(say("Choose a force or an area."), "place")


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@in_language
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """A button, because mail programs open links by themselves; then the subscription is there.

    Here more places can be chosen, or others: only one link a day goes to a mailbox, whoever asked for it.
    """
    places = access.places()
    try:
        institution, area, _ = news.about(token)
        wanted = [f"{institution.slug}/{area}" if area else institution.slug]
        if request.method == "POST":
            chosen = [_place(one[:130], places) for one in request.POST.getlist("place")[:MOST_PLACES]]
            kept = news.confirm(token, chosen)
            names = listed([one.name for one in kept])
            return render(request, "public/news-confirm.html", {"name": names, "done": True})
    except Refusal as refusal:
        return render(request, "public/news-over.html", {"error": refusal.title}, status=404)
    context = {"name": institution.name, "places": places, "wanted": wanted, "many": True}
    return render(request, "public/news-confirm.html", context)


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@in_language
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """Ends a subscription: at once where a mail program posts (RFC 8058), with a button for people."""
    if request.method == "POST":
        try:
            news.stop(token)
        except Refusal as refusal:
            return render(request, "public/news-over.html", {"error": refusal.title}, status=404)
    return render(request, "public/news-stop.html", {"done": request.method == "POST"})


@require_safe
@in_language
def hearings(request: HttpRequest) -> HttpResponse:
    """The calendar."""
    found = [{"id": row.id, "told": calendar.told(row)} for row in access.hearings()]
    return render(request, "public/hearings.html", {"hearings": found})


@require_safe
@in_language
def hearings_feed(request: HttpRequest, form: str) -> HttpResponse:
    """The calendar as a feed."""
    feed = calendar.feed(f"{settings.ORIGIN}/public/")
    data, kind = (atom(feed), ".atom") if form == "atom" else (json_feed(feed), ".json")
    return _file(data, access.TYPES[kind], SOON)
