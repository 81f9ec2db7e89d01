"""Pages of a case's file: the file itself, its decisions on one printed page, the short form."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from upstander.policy.law import Law, Named
from upstander.policy.model import Pack
from upstander.server.accounts.decorators import desk_page
from upstander.server.accounts.models import Person
from upstander.server.accounts.session import person_of
from upstander.server.cases.models import Case
from upstander.server.casework import (
    access,
    conditions,
    conflict,
    dossier,
    drafts,
    evidence,
    file_page,
    lawful,
    matter,
    naming,
    people,
    reading,
    set_off,
    told_page,
)
from upstander.server.casework import facts as f
from upstander.server.casework.acts import day_of, pack_of
from upstander.server.casework.casefile import CaseFile
from upstander.server.casework.words import case_number, full_day, spoken

LOOK_AGAIN = 28  # days, suggested for a reason not to tell somebody
KNOWN = 200  # newest other cases whose subjects are offered as the same person
DONE = {
    "facts": "It is recorded. Earlier versions stay.",
    "shown": "It is recorded, and the reporter sees this step with its date.",
    "drafted": "The text is sealed in this case, as a note. Record the step it belongs to at the allegation.",
    "handed": "The text is sealed in this case, and the body has a key: it reads it at its own desk.",
    "closed": "The case is closed. The reporter reads the outcome and your reasons.",
}


@require_safe
@desk_page
def file(request: HttpRequest, case_id: str) -> HttpResponse:
    """Everything that is coded about a case, and what can be done next."""
    found = access.case_for(person_of(request), case_id)
    context = _context(found, person_of(request), request.GET.get("begin", ""))
    context["to_case"] = request.GET.get("to") == "case"
    context["done"] = DONE.get(request.GET.get("done", ""), "")
    return render(request, "desk/file.html", context)


@require_safe
@desk_page
def decisions(request: HttpRequest, case_id: str) -> HttpResponse:
    """The policy log on one page, to print. The reasons are sealed: the browser opens them."""
    found = access.case_for(person_of(request), case_id)
    file = dossier.file_of(found)
    if reading.asked(found, file, person_of(request)):
        return redirect("desk-file", found.id)
    context = {
        "case": found,
        "number": case_number(found.id),
        "today": full_day(day_of(found)),
        "decisions": _decisions(file),
        "told": told_page.rows(
            pack_of(found.institution.pack), list(found.steps.order_by("order")), file, day_of(found)
        ),
    }
    return render(request, "desk/decisions.html", context)


@require_safe
@desk_page
def short(request: HttpRequest, case_id: str) -> HttpResponse:
    """A small matter: recorded, put right, answered and closed on one page."""
    found = access.case_for(person_of(request), case_id)
    context = _context(found, person_of(request))
    law = pack_of(found.institution.pack).law
    context["small_facts"] = [one for one in context["facts"] if one["fact"].small]
    context["small_outcomes"] = [one for one in context["outcomes"] if one.small]
    asked = {one.id: " ".join(one.kinds) for one in law.closing}
    context["kinds"] = {key: asked.get(key, "") for key in ("acknowledgement", "evidence", "account")}
    return render(request, "desk/short.html", context)


def _context(case: Case, person: Person, begin: str = "") -> dict[str, Any]:
    pack, today = pack_of(case.institution.pack), day_of(case)
    file, duties = dossier.file_of(case), dossier.duties_of(person)
    steps = list(case.steps.order_by("order"))
    everybody = file_page.parties(pack.law, file)
    state, grounds = matter.referral_stands(pack.law, file)
    docket = dossier.docket_of(case)
    losses = evidence.losses(file_page.labels(pack.law, "evidence"), file, today)
    unanswered = conflict.unanswered(pack.law, case, file, person)
    return {
        "case": case,
        "number": case_number(case.id),
        "today": today.isoformat(),
        "today_day": today,
        "closed": case.state == Case.State.CLOSED,
        "decider": matter.DECIDER in duties,
        "questions": [one for one in pack.law.declarations if one.id in unanswered],
        "declared": sorted(file.answers(person.username).items()),
        "again": conflict.is_again(file, person),
        "undoings": naming.undoings(case, file, person.username),
        "about": _about(case, file, everybody, unanswered),
        "people": everybody,
        "told": told_page.rows(pack, steps, file, today),
        "drafts": json.dumps(drafts.known(case, pack, file, steps, today)),
        "telling": told_page.choices(pack),
        "look_again": (today + timedelta(days=LOOK_AGAIN)).isoformat(),
        "subjects": [one for one in everybody if one.version.said.role == "subject"],
        "harmed": [one for one in everybody if one.version.said.role == "harmed"],
        "allegations": file_page.allegations(
            pack,
            file,
            everybody,
            duties,
            person.username,
            begin=begin,
            is_closed=case.state == Case.State.CLOSED,
        ),
        "ladders": [
            (one.said.item, lawful.ladder(case, pack, file, one.said.item))
            for one in file.allegations()
            if file.value("finding", one.said.item) and not file.value("sanction", one.said.item)
        ],
        "incidents": sorted({one.said.incident for one in file.allegations()}),
        "covert": file.covert(),
        "knows": [one.label for one in pack.law.overseers if one.covert],
        "card": file_page.first_hour(pack.law, file),
        "losses": losses,
        "to_secure": [] if case.state == Case.State.CLOSED else [one for one in losses if one.waits],
        "clocks": file_page.clock_views(pack, steps, file, today),
        "referral": state,
        "grounds": [
            {"key": ground.key, "words": words}
            for ground, words in zip(grounds, lawful.words_of(grounds), strict=True)
        ],
        "unshown": unshown(pack, file, [step.kind for step in steps]),
        "directions": dossier.directions_open(case, file),
        "decisions": _decisions(file),
        "tasks": _tasks(pack.law, case, file),
        "set_off": set_off.waiting(pack.law, file),
        "investigator_rules": conditions.rules_for_investigators(pack.law, file),
        "to_investigate": _to_investigate(pack.law, file, person),
        "bars": conflict.barring_answers(pack.law),
        "holders": list(people.workers(case).items()),
        "docket": docket,
        "earlier": _earlier(pack, case, file, everybody, person),
        "known_subjects": _known(case, person),
        "categories": pack.categories,
        "facts": _facts(pack),
        "person_types": list(file_page.labels(pack.law, "person-types").items()),
        "evidence": list(file_page.labels(pack.law, "evidence").items()),
        "requirements": _requirements(pack, file),
        "outcomes": pack.outcomes,
        "apology": pack.law.apology,
        "may_close": any(step.kind == "acknowledged" for step in steps),
        "answer_held": file.latest(f.Told),
    }


def _about(
    case: Case, file: CaseFile, everybody: list[file_page.PartyView], questions: list[str]
) -> list[file_page.PartyView]:
    """Whom to look at before these questions are answered; their names are sealed."""
    given = reading.names_for(case, file, questions) if questions else {}
    return [one for one in everybody if one.version.words in given]


def _to_investigate(law: Law, file: CaseFile, person: Person) -> list[Named]:
    """What this person has to answer before she can be named the investigator."""
    asked = {bar.declares for bar in conditions.rules_for_investigators(law, file)}
    return [one for one in law.declarations if one.id in asked - set(file.answers(person.username))]


def _decisions(file: CaseFile) -> list[dict[str, Any]]:
    return [
        {"number": number, "version": one, "what": spoken(one.said.code), "day": full_day(one.day)}
        for number, one in file.decisions()
    ]


def _tasks(law: Law, case: Case, file: CaseFile) -> list[dict[str, Any]]:
    """Open tasks: by the pack's words where it set one off, else by what people called it; and for whom."""
    open_ = [one for one in file.of(f.Task) if one.said.state == "open"]
    labels, names = set_off.labels(law), people.named(case, [one.said.to for one in open_])
    return [
        {
            "version": one,
            "said": one.said,
            "what": labels.get(one.said.what) or spoken(one.said.what),
            "to": names.get(one.said.to, ""),
        }
        for one in open_
    ]


def unshown(pack: Pack, file: CaseFile, steps: list[str]) -> list[dict[str, str]]:
    """Moves that the reporter may see and does not yet: a page was closed half way."""
    seen, found = list(steps), []
    visible = matter.visible_moves(pack)
    names = {move.id: move.label for track in pack.law.tracks for move in track.moves}
    for one in file.moves():
        move = one.said.move
        if move not in visible:
            continue
        if move in seen:
            seen.remove(move)
        else:
            found.append({"move": move, "label": names[move]})
    return found


def _earlier(
    pack: Pack, case: Case, file: CaseFile, everybody: list[file_page.PartyView], viewer: Person
) -> list[dict[str, Any]]:
    """Other cases about the same people: codes, days and outcomes."""
    by_who = {one.version.said.who: one.number for one in everybody if one.version.said.role == "subject"}
    names = {category.id: category.label for category in pack.categories}
    findings = file_page.labels(pack.law, "findings")
    rows = []
    for who, met in dossier.met_elsewhere(case, by_who, viewer).items():
        for other, theirs in met:
            subjects = {one.said.item for one in theirs.parties("subject") if one.said.who == who}
            for one in theirs.allegations():
                if one.said.subject not in subjects:
                    continue
                value = theirs.value("finding", one.said.item)
                rows.append(
                    {
                        "who": by_who[who],
                        "received": full_day(other.day),
                        "day": other.day,
                        "category": names.get(one.said.category, one.said.category),
                        "finding": findings.get(value[0], value[0]) if value else "no finding",
                        "on": full_day(value[1]) if value else "",
                    }
                )
    return sorted(rows, key=lambda row: row["day"], reverse=True)


def _known(case: Case, person: Person) -> list[dict[str, str]]:
    """Subjects of the person's other cases, to say that somebody is the same person."""
    mine = access.cases_of(person).exclude(id=case.id).order_by("-day").values_list("id", flat=True)
    found = dossier.subjects_known(list(mine[:KNOWN]))
    return [
        {"who": who, "label": "reported in " + ", ".join(case_number(one) for one in cases[:4])}
        for who, cases in found.items()
    ]


def _facts(pack: Pack) -> list[dict[str, Any]]:
    return [
        {"fact": fact, "options": list(file_page.labels(pack.law, fact.codes).items()) if fact.codes else []}
        for fact in pack.law.facts
    ]


def _requirements(pack: Pack, file: CaseFile) -> list[dict[str, Any]]:
    met = {one.said.what: one for one in file.of(f.Met)}
    return [
        {"one": one, "met": met.get(one.id), "kinds": " ".join(one.kinds)}
        for one in pack.law.closing
        if one.id != "reasons"
    ]
