"""Which cases a handler reaches, in the order of her list, and whose keys are still to be taken away.

A live grant is access (`cases.access`); it counts while its holder works here. Whoever left, or lost her key,
is shut out at once by what stands here, and for good once a colleague has started the next epoch.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Case as Choose
from django.db.models import Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from upstander.policy.model import Clocks
from upstander.server.accounts.models import Key, Membership, Person
from upstander.server.cases import access as cases_access
from upstander.server.cases.models import Case, Envelope, Grant, Step
from upstander.server.casework.models import ShutOut
from upstander.server.errors import not_found

NEEDS, LATER, WAITING, CLOSED = range(4)  # the groups of the list, in the order they are shown


def departed(grants: QuerySet[Grant]) -> QuerySet[Grant]:
    """Of these grants, those whose holder has left: no place here any more, none on the case's own channels
    where there was one, or a key that was lost; or the case is about her."""
    places = Membership.objects.filter(key__person=OuterRef("key__person"))
    here = places.filter(state=Membership.State.ACTIVE, key__person__is_active=True)
    on_case = Q(channel__cases=OuterRef("case"))
    left_team = Exists(places.filter(on_case)) & ~Exists(here.filter(on_case))
    about = ShutOut.objects.filter(case=OuterRef("case"), person=OuterRef("key__person"))
    gone = ~Exists(here) | left_team | Q(key__state=Key.State.REVOKED) | Exists(about)
    return grants.filter(gone, key__isnull=False)


def cases_of(person: Person) -> QuerySet[Case]:
    """Every case the person may open now. One that is about her does not exist for her.

    The same rule as `departed` tells of a grant, asked of one person: where she works is looked up first, so
    that ten thousand cases are not asked one by one.
    """
    places = list(Membership.objects.filter(key__person=person).values_list("channel", "state"))
    now = {channel for channel, state in places if state == Membership.State.ACTIVE}
    mine = cases_access.cases_of(person).exclude(shut_out__person=person)
    if not now:
        return mine.none()
    left = {channel for channel, _ in places} - now
    if left:
        theirs = Case.objects.filter(channels__in=left).exclude(channels__in=now)
        mine = mine.exclude(id__in=theirs.values("pk"))
    return mine


def case_for(person: Person, case_id: str) -> Case:
    """One case the person may open. Raises the not-found Refusal, also where there is no such case."""
    case = cases_access.case_for(person, case_id)
    if not cases_of(person).filter(id=case.id).exists():
        raise not_found()
    return case


def listed(person: Person, clocks: Clocks, today: date) -> QuerySet[Any]:
    """The person's cases with what their next step depends on, in a stable order the database can page."""
    talk = Envelope.objects.filter(case=OuterRef("pk"), kind="message").order_by("-order")
    told = talk.filter(direction="to-reporter")
    late = Q(told__lte=today - timedelta(days=clocks.write_days))
    return (
        cases_of(person)
        .annotate(
            opened=Exists(Step.objects.filter(case=OuterRef("pk"), kind="opened")),
            written=Exists(Envelope.objects.filter(case=OuterRef("pk"), direction="to-reporter")),
            last_direction=Subquery(talk.values("direction")[:1]),
            last_day=Subquery(talk.values("day")[:1]),
            # the day from which the next update is counted: the last one, or the report's own
            told=Coalesce(Subquery(told.values("day")[:1]), F("day")),
        )
        .annotate(
            rank=Choose(
                When(state=Case.State.CLOSED, then=Value(CLOSED)),
                When(opened=False, then=Value(NEEDS)),
                When(last_direction="to-desk", then=Value(NEEDS)),
                When(late, then=Value(NEEDS)),
                When(written=False, then=Value(LATER)),
                default=Value(WAITING),
                output_field=IntegerField(),
            )
        )
        .order_by("rank", "-urgent", "day", "id")
    )


def group_counts(cases: QuerySet[Any]) -> dict[int, int]:
    """How many cases each group of the list holds."""
    rows = cases.order_by().values("rank").annotate(number=Count("pk"))
    return {row["rank"]: row["number"] for row in rows}


def late_promises(cases: QuerySet[Any], clocks: Clocks, today: date) -> int:
    """Open cases whose reporter was promised an opening or news by a day that is past."""
    unopened = Q(opened=False, day__lt=today - timedelta(days=clocks.open_days))
    unwritten = Q(told__lt=today - timedelta(days=clocks.write_days))
    return cases.exclude(state=Case.State.CLOSED).filter(unopened | unwritten).count()


def live_grants(case: Case) -> QuerySet[Grant]:
    """The live grants of a case, handlers' and custodians', in a stable order."""
    rows = Grant.objects.filter(case=case, live=True)
    return rows.select_related("key__person", "custodian__channel").order_by("scope", "epoch", "pk")


def holders(case_ids: list[str]) -> dict[str, list[Person]]:
    """Who holds a live case grant, per case, by name."""
    found: dict[str, list[Person]] = {case_id: [] for case_id in case_ids}
    grants = (
        Grant.objects.filter(case_id__in=case_ids, live=True, scope="case", key__isnull=False)
        .select_related("key__person")
        .order_by("key__person__name", "key_id")
    )
    for grant in grants:
        assert grant.key is not None
        if grant.key.person not in found[grant.case_id]:
            found[grant.case_id].append(grant.key.person)
    return found


@dataclass(frozen=True)
class Leaver:
    """A former colleague whose key still fits cases of the person who is looking."""

    name: str
    cases: list[str]


def leavers(person: Person) -> list[Leaver]:
    """People who left and whose keys are still to be taken away from the person's cases."""
    mine = Grant.objects.filter(live=True, case__in=cases_of(person).order_by().values("pk"))
    rows = (
        departed(mine)
        .exclude(key__person=person)
        .values_list("key__person_id", "key__person__name", "case_id")
        .distinct()
        .order_by("key__person__name", "key__person_id", "case_id")
    )
    found: dict[int, Leaver] = {}
    for person_id, name, case_id in rows:
        found.setdefault(person_id, Leaver(name, [])).cases.append(case_id)
    return list(found.values())
