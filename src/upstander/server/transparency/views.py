"""Pages for everybody under `/public/`: the published site, earlier releases, news by e-mail, hearings."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from upstander.publishing.feeds import atom, json_feed
from upstander.publishing.language import ENGLISH, FOLDERS, WELSH, current, folder, listed, say, speaking
from upstander.server.errors import Refusal, malformed, not_found
from upstander.server.institutions.models import Institution
from upstander.server.transparency import access, calendar, news, shown, tidings
from upstander.server.transparency.models import Publication
from upstander.server.transparency.opening import opening_of

SOON = "public, max-age=300"
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
        return _served(request, publication, folder() + path, SOON, now=True)
    except Refusal:
        if current() == ENGLISH:
            raise
        access.file_of(publication, path)  # raises where English has it not either
        return HttpResponseRedirect(f"/public/{path}")  # a publication from before there was Welsh


@require_safe
@in_language
def review(request: HttpRequest, slug: str, path: str = "") -> HttpResponse:
    """A file of the newest review of an institution. Welsh lies below it; its other address leads there."""
    publication = access.newest(slug, Publication.Kind.REVIEW)
    if publication is None:
        raise not_found()
    if current() != ENGLISH:
        return HttpResponseRedirect(f"/public/i/{slug}/review/{folder()}{path}")
    with speaking(WELSH if path.startswith(FOLDERS[WELSH]) else ENGLISH):
        return _served(request, publication, path, SOON)


def _served(
    request: HttpRequest, publication: Publication, path: str, cache: str, *, now: bool = False
) -> HttpResponse:
    """A file of a publication with what is to be said of it now, or as it was signed for. Raises Refusal.

    `leaf.json` is none of its files: it says where it stands in the log.
    """
    if path == "leaf.json":
        return JsonResponse(opening_of(publication))
    if now and request.GET.get("as") != "signed" and path.endswith(("feed.atom", "feed.json")):
        fed = shown.feed(publication, path)
        if fed is not None:
            return _file(fed, access.TYPES[f".{path[-4:]}"], cache)
    name = f"{path}index.html" if path == "" or path.endswith("/") else path
    data, kind = access.file_of(publication, name)
    if name.endswith(".html") and request.GET.get("as") != "signed":
        data = shown.now(publication, name, data) if now else shown.page(publication, name, data)
    return _file(data, kind, cache)


@require_safe
@in_language
def releases(request: HttpRequest) -> HttpResponse:
    """What is announced, what is late, what is public and was, and what was taken back before its day."""
    overdue = tidings.late()
    context = {
        "announced": access.announced()
        .exclude(pk__in=[one.pk for one in overdue])
        .prefetch_related("institutions"),
        "late": [(one, tidings.why_late(one)) for one in overdue],
        "published": access.published().prefetch_related("institutions", "sign_offs__channel"),
        "site": f"{settings.ORIGIN}/public/",
        "withdrawn": access.withdrawn().prefetch_related("institutions"),
    }
    return render(request, "public/releases.html", context)


@require_safe
def release(request: HttpRequest, identity: str, path: str = "") -> HttpResponse:
    """A file of an earlier release, as it was."""
    publication, welsh = access.publication_for(identity), FOLDERS[WELSH]
    try:
        with speaking(WELSH if path.startswith(welsh) else ENGLISH):
            return _served(request, publication, path, SOON)
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
            if chosen:
                names = listed([one.name for one in news.confirm(token, chosen)])
                return render(request, "public/news-confirm.html", {"name": names, "done": True})
    except Refusal as refusal:
        return render(request, "public/news-over.html", {"error": refusal.title}, status=404)
    context = {"name": institution.name, "places": places, "wanted": wanted, "many": True}
    if request.method == "POST":
        return render(
            request,
            "public/news-confirm.html",
            context | {"none": say(news.NOTHING), "wanted": []},
            status=400,
        )
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
def hearings(request: HttpRequest, slug: str = "") -> HttpResponse:
    """The calendar, of all institutions or of one."""
    one = _institution(slug)
    found = [{"id": row.id, "told": calendar.told(row)} for row in access.hearings(one)]
    context = {"hearings": found, "institution": one, "institutions": access.all_institutions()}
    return render(request, "public/hearings.html", context)


def _institution(slug: str) -> Institution | None:
    """The one of this short name, if any is asked for. Raises the not-found Refusal."""
    found = access.institution_or_none(slug)
    if slug and found is None:
        raise not_found()
    return found


@require_safe
@in_language
def hearings_feed(request: HttpRequest, form: str, slug: str = "") -> HttpResponse:
    """The calendar as a feed, of all institutions or of one."""
    feed = calendar.feed(f"{settings.ORIGIN}/public/", _institution(slug))
    data, kind = (atom(feed), ".atom") if form == "atom" else (json_feed(feed), ".json")
    return _file(data, access.TYPES[kind], SOON)
