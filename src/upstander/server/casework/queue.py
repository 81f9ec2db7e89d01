"""The work of one person: cases she can open, by what is due first, and what she alone is asked to do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from upstander.formats.days import today as today_in
from upstander.policy.model import Pack
from upstander.server.accounts.decorators import desk_page
from upstander.server.accounts.models import Person
from upstander.server.accounts.session import person_of
from upstander.server.cases.models import Case
from upstander.server.casework import access, docket, dossier, evidence, paging
from upstander.server.casework.acts import pack_of
from upstander.server.casework.words import case_number, distance, full_day, spoken

PAGE = 25  # cases
SOON = 7  # days
ORDER: paging.Order = {"by": date.fromisoformat, "day": date.fromisoformat, "id": str}
VIEWS = {
    "all": "All open cases",
    "mine": "Assigned to me",
    "late": "Overdue",
    "soon": "Due within a week",
    "unopened": "Not opened",
    "nobody": "With nobody",
    "referral": "To be referred",
}


@dataclass(frozen=True)
class Row:
    """One line of the queue."""

    id: str
    number: str
    received: str
    reference: str
    limit: str
    due: str
    mark: str
    assigned: str
    vawg: bool


@require_safe
@desk_page
def work(request: HttpRequest) -> HttpResponse:
    """The queue, 25 a page, by what is due first."""
    person = person_of(request)
    today = today_in(person.institution.time_zone)
    view = request.GET.get("view", "all")
    view = view if view in VIEWS else "all"
    pack = pack_of(person.institution.pack)
    found = opened(person)
    counts = found.aggregate(**{name: Count("pk", filter=_filter(name, person, today)) for name in VIEWS})
    chosen = found.filter(_filter(view, person, today)).select_related("docket__assigned")
    rows = chosen.annotate(by=Coalesce("docket__due", date.max))  # what is due never comes last
    part = paging.part_of(rows, ORDER, request.GET.get("after", ""), PAGE)
    context = {
        "views": [{"id": name, "label": label, "count": counts[name]} for name, label in VIEWS.items()],
        "view": view,
        "heading": VIEWS[view],
        "rows": [_row(case, pack, today) for case in part.rows],
        "part": part,
        "tasks": [_task(one) for one in dossier.tasks_of(person, found)],
    }
    return render(request, "desk/queue.html", context)


def _task(asked: dict[str, str]) -> dict[str, str]:
    """A task as it reads: what it is called is one word, or a few with hyphens between."""
    due = full_day(date.fromisoformat(asked["due"])) if asked["due"] else ""
    return {**asked, "what": spoken(asked["what"]), "due": due}


def opened(person: Person) -> QuerySet[Any]:
    """The person's open cases, in no order."""
    return access.cases_of(person).filter(state=Case.State.OPEN).order_by()


def _filter(view: str, person: Person, today: date) -> Q:
    return {
        "all": Q(),
        "mine": Q(docket__assigned=person),
        "late": Q(docket__due__lt=today),
        "soon": Q(docket__due__gte=today, docket__due__lte=today + timedelta(days=SOON)),
        "unopened": Q(docket__opened=None),
        "nobody": Q(docket__assigned=None),
        "referral": Q(docket__referral="due"),
    }[view]


def _row(case: Any, pack: Pack, today: date) -> Row:
    row = getattr(case, "docket", None)
    due = row.due if row else None
    limits = {
        evidence.LIMIT: evidence.LABEL,
        docket.REVIEW: docket.REVIEW_LABEL,
        dossier.ASKED: dossier.ASKED_LABEL,
        **{limit.id: limit.label for limit in pack.limits},
    }
    mark = "" if due is None else "late" if due < today else "now" if due == today else ""
    return Row(
        case.id,
        case_number(case.id),
        full_day(case.day),
        row.reference if row else "",
        limits.get(row.due_limit, "") if row else "",
        "nothing runs" if due is None else f"{full_day(due)}, {distance(due, today)}",
        mark,
        row.assigned.name if row and row.assigned else "nobody",
        bool(row and row.vawg),
    )
