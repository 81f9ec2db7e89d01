"""The page on which whoever runs the people gives duties and ends them."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from upstander.server.accounts import access
from upstander.server.accounts.decorators import administrator_page, proof_again
from upstander.server.accounts.models import Person
from upstander.server.accounts.session import person_of
from upstander.server.casework import duties
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
        if "end" in request.POST:
            duties.end(person, kind)
        else:
            duties.give(person, kind, request.POST.get("of", ""))
    except Refusal as refusal:
        return _drawn(request, person, refusal.title)
    return HttpResponseRedirect(reverse("desk-duties", args=[username]))


def _drawn(request: HttpRequest, person: Person, error: str = "") -> HttpResponse:
    held = dict(Duty.objects.filter(person=person).values_list("kind", "of"))
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
