"""Pages of the desk's tools."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from upstander.formats.days import today
from upstander.server.accounts.decorators import desk_page
from upstander.server.accounts.session import person_of
from upstander.server.casework import paging
from upstander.server.casework.words import case_number
from upstander.server.tools import access, packs

PAGE = 50  # cases
ORDER: paging.Order = {"-day": date.fromisoformat, "id": str}
BACK = "You stepped back. Nobody is asked why; those who hold the case find another investigator."
DONE = {"work": "Your note is sealed and kept. Who holds this version or the case can read it."}


@require_safe
@desk_page
def words(request: HttpRequest) -> HttpResponseBase:
    """The rules about words with their sources, and how often each was shown this year."""
    person = person_of(request)
    year = today(person.institution.time_zone).year
    texts, counts = access.word_counts(person, year)
    wording = packs.in_force(person.institution.pack).wording
    shown = {one.rule: one for one in counts}
    sources = {source.id: source for source in wording.sources}
    rules: list[dict[str, Any]] = [
        {"rule": rule, "source": sources[rule.source], "counted": shown.get(rule.id)}
        for rule in wording.rules
    ]
    context = {"year": year, "texts": texts, "rules": rules, "least": access.LEAST}
    return render(request, "desk/words.html", context)


@require_safe
@desk_page
def search(request: HttpRequest) -> HttpResponseBase:
    """Search in the browser. The server gives the page and learns nothing of the query."""
    return render(request, "desk/search.html")


@require_safe
@desk_page
def briefs(request: HttpRequest) -> HttpResponseBase:
    """The cases whose investigator's version the person may open."""
    part = paging.part_of(access.briefs_of(person_of(request)), ORDER, request.GET.get("after", ""), PAGE)
    rows = [{"id": case.id, "number": case_number(case.id), "state": case.state} for case in part.rows]
    done = BACK if request.GET.get("done") == "stepped-back" else ""
    context = {"rows": rows, "part": part, "done": done}
    return render(request, "desk/briefs.html", context)


@require_safe
@desk_page
def brief(request: HttpRequest, case_id: str) -> HttpResponseBase:
    """One of them; the same not-found page whether it is absent or not hers."""
    case = access.brief_for(person_of(request), case_id)
    done = DONE.get(request.GET.get("done", ""), "")
    return render(request, "desk/brief.html", {"case": case, "number": case_number(case.id), "done": done})
