"""Facts, due days and directions of cases, from their rows. A part of `access`: the case comes from there."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import F, Q, QuerySet
from django.db.models.fields.json import KT

from upstander.formats.days import today
from upstander.server.accounts.models import Person
from upstander.server.cases.access import grants_of
from upstander.server.cases.models import Case
from upstander.server.casework import casefile
from upstander.server.casework import facts as f
from upstander.server.casework.casefile import CaseFile
from upstander.server.casework.models import Direction, Docket, Drawn, Duty, Fact, ShutOut
from upstander.server.casework.words import case_number
from upstander.server.institutions.packs import in_force

TASKS = 100  # shown of one person's


def file_of(case: Case) -> CaseFile:
    """The coded facts of a case."""
    return casefile.read(rows_of([case.id]))


def files_of(case_ids: Iterable[str], until: date = date.max) -> dict[str, CaseFile]:
    """The coded facts of many cases, asked for at once; as they were at the end of a day."""
    rows: dict[str, list[Fact]] = {case_id: [] for case_id in case_ids}
    for row in rows_of(rows).filter(day__lte=until):
        rows[row.case_id].append(row)
    return {case_id: casefile.read(found) for case_id, found in rows.items()}


def rows_of(case_ids: Iterable[str]) -> QuerySet[Fact]:
    """Versions of facts, in the order in which they came."""
    return Fact.objects.filter(case__in=list(case_ids)).select_related("by__person").order_by("number", "id")


def docket_of(case: Case) -> Docket:
    """What lists ask of a case; one not stored yet where nothing was coded."""
    return Docket.objects.select_related("assigned").filter(case=case).first() or Docket(case=case)


def tasks_of(person: Person, cases: QuerySet[Any]) -> list[dict[str, str]]:
    """Open tasks given to a person in these cases, the one due first at the top."""
    rows = Fact.objects.filter(
        case__in=cases.values("pk"), kind="task", current=True, data__to=person.username, data__state="open"
    )
    first = rows.annotate(due=KT("data__due")).order_by(F("due").asc(nulls_last=True), "pk")
    return [
        {
            "case": row.case_id,
            "number": case_number(row.case_id),
            "what": row.data["what"],
            "due": row.data["due"] or "",
        }
        for row in first[:TASKS]
    ]


def directions_open(case: Case, file: CaseFile) -> list[Direction]:
    """What overseers asked about the case and nobody has answered."""
    answered = {one.said.direction for one in file.of(f.Answered)}
    return [
        one for one in Direction.objects.filter(case=case).order_by("day", "id") if one.id not in answered
    ]


ASKED = "overseer-asked"  # where a list names what is due: no limit of a pack, so it has no overdue leaf
ASKED_LABEL = "Answer the overseer (house clock)"


def answer_due(case: Case, file: CaseFile) -> date | None:
    """The first day by which an overseer is to be answered; none where nobody waits."""
    return min((one.due for one in directions_open(case, file) if one.due is not None), default=None)


def drawn_for(case: Case) -> list[str]:
    """Names of overseers who drew the case in a sample and wait for its redacted copy."""
    return list(wanted(case).values_list("sample__person__name", flat=True))


def wanted(case: Case) -> QuerySet[Drawn]:
    """Where this case was drawn, and whose overseer still waits for its copy and may still see the case.

    A case can be about her, or be covert, since it was drawn: then nobody is asked to seal it to her.
    """
    knows = (
        Q(case__docket__covert=False)
        | Q(case__docket=None)
        | Q(sample__person__duties__of__in=_covert_bodies(case))
    )
    shut = ShutOut.objects.filter(case=case).values("person")
    rows = Drawn.objects.filter(
        knows,
        case=case,
        sealed=None,
        handed=None,
        sample__until__gte=today(case.institution.time_zone),
        sample__person__is_active=True,
        sample__person__duties__kind=Duty.Kind.OVERSEER,
    )
    left_out = rows.exclude(sample__person__in=shut).exclude(
        sample__person__in=case.exclusions.values("person")
    )
    return left_out.order_by("sample__until", "id")


def knows_covert(case: Case) -> bool:
    """Whether anybody outside would see this case if it were covert: an overseer of a body the pack names."""
    rows = Duty.objects.filter(
        kind=Duty.Kind.OVERSEER,
        of__in=_covert_bodies(case),
        person__institution=case.institution_id,
        person__is_active=True,
    )
    rows = rows.exclude(person__in=ShutOut.objects.filter(case=case).values("person"))
    return rows.exclude(person__in=case.exclusions.values("person")).exists()


def _covert_bodies(case: Case) -> list[str]:
    return [one.id for one in in_force(case.institution.pack).law.overseers if one.covert]


def duties_of(person: Person) -> frozenset[str]:
    """What the person may do beyond a handler's work."""
    return frozenset(bodies_of(person))


def bodies_of(person: Person) -> dict[str, str]:
    """The same, with the kind of body she does it for, as the pack names it, where it names any."""
    return dict(Duty.objects.filter(person=person).values_list("kind", "of"))


def met_elsewhere(
    case: Case, pseudonyms: Iterable[str], viewer: Person | None = None
) -> dict[str, list[tuple[Case, CaseFile]]]:
    """Other cases of the institution in which these people are subjects, by pseudonym: codes and days.

    `viewer` is not told of cases about herself or that she was shut out of. A covert case is told only to who
    can open it, and decides nothing outside itself.
    """
    rows = (
        Fact.objects.filter(who__in=list(pseudonyms), current=True, case__institution=case.institution_id)
        .exclude(case=case)
        .select_related("case")
    )
    known = Q(case__docket__covert=False) | Q(case__docket=None)
    if viewer is not None:
        known |= Q(case__in=grants_of(viewer).values("case_id"))
    rows = rows.filter(known)
    if viewer is not None:
        rows = rows.exclude(case__shut_out__person=viewer).exclude(case__exclusions__person=viewer)
    subjects = [row for row in rows if row.data["role"] == "subject" and row.data["state"] == "in"]
    files = files_of({row.case_id for row in subjects})
    found: dict[str, list[tuple[Case, CaseFile]]] = {}
    for row in subjects:
        found.setdefault(row.who, []).append((row.case, files[row.case_id]))
    return found


def subjects_known(case_ids: Iterable[str]) -> dict[str, list[str]]:
    """Pseudonyms of subjects of these cases, each with the cases it is in: to say who is the same person."""
    found: dict[str, list[str]] = {}
    rows = Fact.objects.filter(case__in=list(case_ids), kind="party", current=True).order_by("day", "id")
    for row in rows:
        if row.data["role"] == "subject" and row.data["state"] == "in":
            found.setdefault(row.who, []).append(row.case_id)
    return found
