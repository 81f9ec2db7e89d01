"""Pages of the desk that concern cases: what the server may know, never what is sealed."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db.models.functions import Length
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from upstander.formats.days import today as today_in
from upstander.policy.model import Pack
from upstander.server.accounts.decorators import desk_page
from upstander.server.accounts.models import Person
from upstander.server.accounts.session import key_of, person_of
from upstander.server.cases.models import Case, Grant, Step
from upstander.server.casework import (
    access,
    board,
    dossier,
    investigators,
    paging,
    reading,
    record,
    regrant,
    timeline,
    told_page,
)
from upstander.server.casework.acts import day_of, pack_of
from upstander.server.casework.models import Duty
from upstander.server.casework.words import case_number, count, full_day, long_day, size_words

PAGE = 25  # cases
SOON = timedelta(days=7)
FEW = 12  # case numbers named in a band
DONE = {
    "facts": "Your answers are signed and kept with the case.",
    "opened": "You are the first to open this case. The reporter sees that it was opened, and on which day.",
    "message": "Your message is sealed and sent. The reporter sees it when she opens her mailbox.",
    "note": "Your note is sealed and kept. Only people with a key to this case can read it.",
    "let-in": "Your colleague can open this case now. The reporter sees that somebody was let in.",
    "left": "The key was taken away. What is written from now on is sealed to a new case key.",
    "brief": "The investigator's version has a key of its own now. Write it.",
    "brief-written": "The version is sealed. It can be given to an investigator.",
    "brief-names": "Who it is about is sealed. Whoever investigates sees this first.",
    "investigator": "The investigator answers for herself; then the version opens, and nothing else.",
    "copy": "The copy is sealed to the overseer. It is deleted once her time with it is over.",
    "guardian": "The guardian was told whom to look after. Nobody else can read it.",
    "step": "The step is taken. The reporter sees it with its date.",
    "bank": "It is recorded in this case and in the log. The reporter sees that it was done.",
    "sealed-file": "The file is sealed off. Nobody can fetch it any more.",
}


@require_safe
@desk_page
def cases(request: HttpRequest) -> HttpResponse:
    """The handler's list: every case she holds a live grant for, 25 a page."""
    person = person_of(request)
    if person.administrator:
        return redirect("desk-people")
    if Duty.Kind.OVERSEER in dossier.duties_of(person):
        return redirect("oversight")
    clocks = pack_of(person.institution.pack).clocks
    today = today_in(person.institution.time_zone)
    found = access.listed(person, clocks, today)
    part = paging.part_of(found, access.ORDER, request.GET.get("after", ""), PAGE)
    holders = access.holders([case.id for case in part.rows])
    counts, late = access.counted(found, clocks, today)
    lines = [(case.rank, board.row(case, holders[case.id], person, clocks, today)) for case in part.rows]
    context = {
        "headline": board.headline(counts),
        "lead": board.lead(counts, late),
        "today_words": long_day(today),
        "stepped_back": request.GET.get("done") == "stepped-back",
        "groups": board.grouped(lines, counts),
        "part": part,
        "leavers": [_leaver(one) for one in access.leavers(person, FEW)],
        "regrant": regrant.waiting(person, key_of(request)).count(),
    }
    return render(request, "desk/cases.html", context)


@require_safe
@desk_page
def case(request: HttpRequest, case_id: str) -> HttpResponse:
    """One case; the same not-found page whether it is absent or not hers."""
    found = access.case_for(person_of(request), case_id)
    if reading.asked(found, dossier.file_of(found), person_of(request)):
        return redirect(reverse("desk-file", args=[found.id]) + "?to=case")
    context = _case_context(found, person_of(request), request.GET.get("done", ""))
    return render(request, "desk/case.html", context)


def _leaver(leaver: access.Leaver) -> dict[str, Any]:
    return {
        "label": leaver.name,
        "total": leaver.total,
        "cases": [{"id": case_id, "number": case_number(case_id)} for case_id in leaver.cases],
        "more": leaver.total - len(leaver.cases),
    }


def _case_context(case: Case, person: Person, done: str) -> dict[str, Any]:
    pack, file = pack_of(case.institution.pack), dossier.file_of(case)
    today = day_of(case)
    steps = list(case.steps.select_related("by__person", "subject__person").order_by("order"))
    envelopes = list(case.envelopes.defer("sealed").order_by("order"))
    kinds = [envelope.kind for envelope in envelopes]
    grants = list(access.live_grants(case).defer("sealed"))
    holders = _holders(case, person, grants)
    lates = timeline.lates(case, steps, pack, today)
    return {
        "case": case,
        "number": case_number(case.id),
        "received": full_day(case.day),
        "channels": ", ".join(case.channels.order_by("name").values_list("name", flat=True)),
        "state_words": "closed" if case.state == Case.State.CLOSED else "open",
        "done": DONE.get(done, ""),
        "urgent": case.urgent,
        "unread": not any(step.kind == "acknowledged" for step in steps),
        "lates": lates,
        "untold": _untold(case, pack, steps, today),
        "late_to_write": any(late.label == timeline.PROMISED["written"] for late in lates),
        "timeline": timeline.lines(case, steps, pack, today),
        "record": record.record(case),
        "investigator_needed": investigators.is_needed(case),
        "investigator_waits": investigators.waits(case, file),
        "report_size": _report_size(case),
        "sheet": "sheet" in kinds,
        "sheet_words": _sheet_words(case, grants),
        "messages": kinds.count("message"),
        "notes": kinds.count("note"),
        "holders": holders,
        "departed": [holder["label"] for holder in holders if holder["departed"]],
        "lonely": _lonely(holders),
        "drawn": dossier.drawn_for(case),
        "custodians": sorted(
            {f"{grant.custodian.channel.name}: custodians" for grant in grants if grant.custodian is not None}
        ),
        "excluded": sorted({exclusion.person.name for exclusion in case.exclusions.select_related("person")}),
    }


def _untold(case: Case, pack: Pack, steps: list[Step], today: date) -> list[dict[str, str]]:
    """Who of those harmed has to be told something within the week, or should have been."""
    return [
        {
            "who": one.number,
            "what": due.label.replace("this person", "them"),
            "when": due.when,
            "mark": due.mark,
        }
        for one in told_page.rows(pack, steps, dossier.file_of(case), today)
        for due in one.owed
        if due.due <= today + SOON
    ]


def _holders(case: Case, me: Person, grants: list[Grant]) -> list[dict[str, Any]]:
    gone = set(access.departed(access.live_grants(case)).values_list("key__person_id", flat=True))
    found: dict[int, dict[str, Any]] = {}
    for grant in grants:
        if grant.key is None:
            continue
        person = grant.key.person
        line = found.setdefault(
            person.pk,
            {
                "label": "You" if person == me else person.name,
                "since": full_day(grant.day),
                "sheet": False,
                "whole": False,
                "departed": person.pk in gone,
            },
        )
        line["sheet"] = line["sheet"] or grant.scope == "sheet"
        line["whole"] = line["whole"] or grant.scope == "case"
    return sorted(found.values(), key=lambda line: (line["label"] != "You", str(line["label"])))


def _lonely(holders: list[dict[str, Any]]) -> str:
    staying = [holder for holder in holders if holder["whole"] and not holder["departed"]]
    if len(staying) > 1:
        return ""
    return f"{count(len(staying))} person holds a key to this case."


def _report_size(case: Case) -> str:
    sizes = case.envelopes.filter(kind="report").values_list(Length("sealed"), flat=True)
    return size_words(sizes[0]) if sizes else "Nothing"


def _sheet_words(case: Case, grants: list[Grant]) -> str:
    names = sorted({g.key.person.name for g in grants if g.scope == "sheet" and g.key is not None})
    if not names:
        return "What could identify the reporter, sealed apart. Nobody here holds a key to it."
    return (
        "What could identify the reporter, sealed apart. "
        f"It opens for {', '.join(names)}. Opening it is a step that the reporter sees."
    )
