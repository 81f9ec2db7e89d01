"""Pages of the desk for who signs for figures: what waits, what it looks like, three things to look at."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from upstander.server.accounts.decorators import desk_page, proof_again
from upstander.server.accounts.session import person_of
from upstander.server.errors import Refusal
from upstander.server.transparency import access, actions


@require_safe
@desk_page
def waiting(request: HttpRequest) -> HttpResponseBase:
    """What waits for somebody outside."""
    found = [{"row": one, "missing": access.missing(one)} for one in access.to_sign(person_of(request))]
    return render(request, "desk/publications.html", {"waiting": found})


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page
@proof_again
def sign(request: HttpRequest, identity: str) -> HttpResponseBase:
    """Shows what is asked, and signs for every institution outside of which this person stands."""
    person = person_of(request)
    publication = access.under_embargo(person, identity)
    mine = [
        one
        for one in access.missing(publication)
        if access.outside_channels(person).filter(institution=one).exists()
    ]
    context = {"publication": publication, "mine": mine, "missing": access.missing(publication)}
    if request.method != "POST":
        return render(request, "desk/publication.html", context)
    try:
        for institution in mine:
            actions.sign_off(
                publication,
                person,
                institution,
                manifest=request.POST.get("manifest", ""),
                contempt="contempt" in request.POST,
                victims="victims" in request.POST,
                live="live" in request.POST,
            )
    except Refusal as refusal:
        return render(
            request, "desk/publication.html", context | {"error": refusal.title}, status=refusal.status
        )
    return HttpResponseRedirect(reverse("desk-publications"))


@require_safe
@desk_page
def preview(request: HttpRequest, identity: str, path: str = "") -> HttpResponseBase:
    """A file under embargo, for who may sign for it and nobody else."""
    data, kind = access.file_of(access.under_embargo(person_of(request), identity), path)
    return HttpResponse(data, content_type=kind)
