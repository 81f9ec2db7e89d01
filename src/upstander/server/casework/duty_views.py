"""The page on which whoever runs the people gives duties and ends them, and the one for a second person."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from upstander.server.accounts import access
from upstander.server.accounts.decorators import administrator_page, desk_page, proof_again
from upstander.server.accounts.models import Person
from upstander.server.accounts.session import active_key, person_of
from upstander.server.casework import dossier, duties, second
from upstander.server.casework.acts import pack_of
from upstander.server.casework.models import Duty
from upstander.server.errors import Refusal

ABOUT = {
    Duty.Kind.DECIDER: "Takes the decisions of the authority, and overrules a referral with reasons.",
    Duty.Kind.GUARDIAN: "Watches for retaliation, outside the line of both people.",
    Duty.Kind.OVERSEER: "Of an outside body: sees codes and days, opens nothing, and can direct.",
}


@require_http_methods(["GET", "HEAD", "POST"])
@administrator_page
@proof_again
def page(request: HttpRequest, username: str) -> HttpResponseBase:
    """What this person may do beyond a handler's work."""
    person = access.person_for(person_of(request), username)
    if request.method != "POST":
        return _drawn(request, person)
    kind = request.POST.get("kind", "")
    if kind not in Duty.Kind.values:
        return _drawn(request, person, "There is no such duty.")
    try:
        if kind == Duty.Kind.OVERSEER and "end" not in request.POST:
            address = request.build_absolute_uri(
                reverse("desk-second", args=[second.ask(person, request.POST.get("of", ""))])
            )
            return render(request, "desk/second-asked.html", {"subject": person, "address": address})
        (duties.end if "end" in request.POST else duties.give)(person, kind)
    except Refusal as refusal:
        return _drawn(request, person, refusal.title)
    return HttpResponseRedirect(reverse("desk-duties", args=[username]))


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page
@proof_again
def confirm(request: HttpRequest, token: str) -> HttpResponseBase:
    """Who was asked to be a second person looks at it, and confirms."""
    person, of = second.asked(person_of(request), token)
    bodies = {one.id: one for one in pack_of(person.institution.pack).law.overseers}
    context: dict[str, object] = {
        "subject": person,
        "body": bodies.get(of),
        "key": active_key(person),
        "done": request.method == "POST",
    }
    if request.method == "POST":
        try:
            second.confirm(person_of(request), token)
        except Refusal as refusal:
            context |= {"done": False, "error": refusal.title}
            return render(request, "desk/second.html", context, status=refusal.status)
    return render(request, "desk/second.html", context)


def _drawn(request: HttpRequest, person: Person, error: str = "") -> HttpResponse:
    held = dossier.bodies_of(person)
    bodies = {one.id: one for one in pack_of(person.institution.pack).law.overseers}
    rows = [
        {
            "kind": kind,
            "label": kind.label,
            "about": about,
            "held": kind in held,
            "of": bodies.get(held.get(kind, "")),
            "bodies": list(bodies.values()) if kind == Duty.Kind.OVERSEER else [],
        }
        for kind, about in ABOUT.items()
    ]
    context = {"subject": person, "rows": rows, "error": error}
    return render(request, "desk/duties.html", context, status=409 if error else 200)
