"""Pages of overseers: four lists, one case in codes and days, a sample, directions. Every view is logged."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from upstander.formats.days import today as today_in
from upstander.ledger.sample import draw
from upstander.server.accounts.decorators import desk_page
from upstander.server.accounts.session import person_of
from upstander.server.casework import clocks, dossier, file_page, matter, paging, told_page
from upstander.server.casework import facts as f
from upstander.server.casework.acts import pack_of
from upstander.server.casework.models import Direction
from upstander.server.casework.words import STEPS, case_number, full_day, spoken
from upstander.server.errors import Refusal, not_found
from upstander.server.oversight import access, actions, samples
from upstander.server.oversight import lists as on_lists

PAGE = 100  # cases, or directions


@require_safe
@desk_page
def lists(request: HttpRequest) -> HttpResponse:
    """The pack's lists, with how many cases stand on each, and directions that wait."""
    person = person_of(request)
    law = pack_of(person.institution.pack).law
    today = today_in(person.institution.time_zone)
    cases = on_lists.with_codes(access.cases_of(person))
    total, counts = on_lists.counts(law, cases, today)
    waiting = list(access.unanswered(person).order_by("day", "id")[:PAGE])
    actions.viewed(person, "lists")
    context = {
        "lists": [{"one": one, "count": counts[one.id]} for one in law.oversight],
        "total": total,
        "recovered": [
            {"number": case_number(one["subject"]), "id": one["subject"], "why": one["why"]}
            for one in access.recovered(person)
        ],
        "covert": [
            {"id": one.id, "number": case_number(one.id), "review": full_day(review), "late": review < today}
            for one in access.covert_of(person).select_related("docket")[:PAGE]
            if (review := one.docket.covert_review)
        ],
        "samples": list(access.samples_of(person)[:PAGE]),
        "unnamed": [
            {"number": case_number(one["subject"]), "id": one["subject"]} for one in access.unnamed(person)
        ],
        "named": [
            {"number": case_number(one["subject"]), "id": one["subject"]} for one in access.named(person)
        ],
        "waiting": [
            {
                "one": one,
                "number": case_number(one.case_id),
                "late": one.due is not None and one.due < today,
            }
            for one in waiting
        ],
    }
    return render(request, "desk/oversight/lists.html", context)


@require_safe
@desk_page
def one_list(request: HttpRequest, name: str) -> HttpResponse:
    """The cases on one list: numbers, days and codes."""
    person = person_of(request)
    access.check_overseer(person)
    pack = pack_of(person.institution.pack)
    chosen = next((one for one in pack.law.oversight if one.id == name), None)
    if chosen is None:
        raise not_found()
    cases = on_lists.with_codes(access.cases_of(person))
    found = on_lists.on_list(chosen, cases, today_in(person.institution.time_zone))
    part = paging.part_of(found, on_lists.ORDER, request.GET.get("after", ""), PAGE)
    outcomes = {outcome.id: outcome.label for outcome in pack.outcomes}
    actions.viewed(person, f"list {name}")
    reasons = on_lists.by_reason(found) if chosen.test == "no-action" else []
    context = {
        "list": chosen,
        "total": found.count(),
        "reasons": [(outcomes.get(code, code or "none"), number) for code, number in reasons],
        "rows": [_row(case, outcomes) for case in part.rows],
        "part": part,
    }
    return render(request, "desk/oversight/list.html", context)


def _row(case: Any, outcomes: dict[str, str]) -> dict[str, Any]:
    return {
        "id": case.id,
        "number": case_number(case.id),
        "received": full_day(case.day),
        "opened": full_day(case.opened) if case.opened else "not opened",
        "waits": full_day(case.heard),  # of those who are owed a word, who has had none for longest
        "ended": outcomes.get(case.outcome, case.outcome) if case.closed else "open",
    }


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page
def case(request: HttpRequest, case_id: str) -> HttpResponse:
    """One case in codes and days; a POST directs."""
    person = person_of(request)
    found = access.case_for(person, case_id)
    if request.method == "POST":
        try:
            actions.direct(person, found, request.POST.get("code", ""))
        except Refusal as refusal:
            actions.viewed(person, f"case {found.id}")  # the page says all of it again
            return render(request, "desk/oversight/case.html", _case(found, refusal.title), status=409)
        return HttpResponseRedirect(reverse("oversight-case", args=[found.id]))
    actions.viewed(person, f"case {found.id}")
    return render(request, "desk/oversight/case.html", _case(found))


def _case(found: Any, error: str = "") -> dict[str, Any]:
    pack = pack_of(found.institution.pack)
    file, today = dossier.file_of(found), today_in(found.institution.time_zone)
    steps = list(found.steps.order_by("order"))
    people = file_page.parties(pack.law, file)
    moves = {move.id: move.label for track in pack.law.tracks for move in track.moves}
    late = [
        {"label": clock.run.limit.label, "day": full_day(clock.due)}
        for clock in clocks.running(pack, clocks.taken(steps, file, pack), file)
        if clock.due is not None and clock.late(today)
    ]
    return {
        "error": error,
        "case": found,
        "number": case_number(found.id),
        "received": full_day(found.day),
        "steps": [
            {
                "label": moves.get(one.kind) or STEPS.get(one.kind) or spoken(one.kind),
                "day": full_day(one.day),
            }
            for one in steps
        ],
        "moves": [
            {"label": moves.get(one.said.move, one.said.move), "day": full_day(one.said.on)}
            for one in file.moves()
        ],
        "allegations": file_page.allegations(pack, file, people, frozenset(), ""),
        "people": people,
        "today": today.isoformat(),
        "told": told_page.rows(pack, steps, file, today),
        "late": late,
        "referral": matter.referral_stands(pack.law, file)[0],
        "covert": file.covert(),
        "overruled": [{"day": full_day(one.day), "by": one.name} for one in file.of(f.Overrule)],
        "decisions": [
            {"number": n, "code": spoken(one.said.code), "day": full_day(one.day)}
            for n, one in file.decisions()
        ],
        "directions": [
            {**row, "late": row["one"].due is not None and row["one"].due < today}
            for row in access.directions_of(found)
        ],
        "codes": [one for one in Direction.Code.choices if one[0] != Direction.Code.COMMENT],
    }


@require_POST
@desk_page
def order(request: HttpRequest) -> HttpResponse:
    """Fixes the list for a sample."""
    person = person_of(request)
    access.check_overseer(person)
    text = request.POST.get("count", "")
    try:
        made = samples.order(person, int(text) if text.isdecimal() and len(text) < 7 else 0)
    except Refusal as refusal:
        return render(request, "desk/oversight/sample.html", {"error": refusal.title}, status=409)
    return HttpResponseRedirect(reverse("oversight-sample", args=[made.id]))


@require_safe
@desk_page
def sample(request: HttpRequest, sample_id: str) -> HttpResponse:
    """One sample: how it was drawn, and the copies of its cases."""
    person = person_of(request)
    found = access.sample_for(person, sample_id)
    if not found.root and samples.draw_from(found):
        found.refresh_from_db()
    day = today_in(person.institution.time_zone)
    lent = found.until is not None and found.until >= day and not found.over
    actions.viewed(person, f"sample {found.id}")
    context = {
        "sample": found,
        "count": min(found.count, len(found.listed)),
        "listed": len(found.listed),
        "lent": lent,
        "rows": [
            {"row": row, "number": case_number(row.case_id), "open": lent and row.sealed is not None}
            for row in access.drawn_of(person, found)
        ],
    }
    return render(request, "desk/oversight/sample.html", context)


@require_safe
@desk_page
def sample_list(request: HttpRequest, sample_id: str) -> HttpResponse:
    """All that is needed to draw the sample again, as a file."""
    found = access.sample_for(person_of(request), sample_id)
    root = bytes.fromhex(found.root)
    told = {
        "count": found.count,
        "digest": found.digest,
        "drawn": draw(root, found.listed, found.count) if root else [],
        "fixed": access.fixed_by(found),
        "ids": found.listed,
        "root": found.root,
        "size": found.size,
    }
    actions.viewed(person_of(request), f"list of sample {found.id}")
    return JsonResponse(
        told,
        headers={"Content-Disposition": 'attachment; filename="sample.json"', "Cache-Control": "no-store"},
    )
