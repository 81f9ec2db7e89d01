"""Which cases a handler reaches, in the order of her list, and whose keys are still to be taken away.

A live grant is access (`cases.access`); it counts while its holder works here. Whoever left, or lost her key,
is shut out at once by what stands here, and for good once a colleague has started the next epoch.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Case as Choose
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Value, When, Window
from django.db.models.functions import Coalesce, DenseRank

from upstander.policy.model import Clocks
from upstander.server.accounts.models import Key, Membership, Person
from upstander.server.cases import access as cases_access
from upstander.server.cases.models import Case, Grant
from upstander.server.casework.models import ShutOut
from upstander.server.casework.paging import Order
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


def cases_of(person: Person, case_id: str | None = None, scope: str = "case") -> QuerySet[Case]:
    """Every case the person may open now, or of which she may open this part. One that is about her does not
    exist for her.

    The same rule as `departed` tells of a grant, asked of one person: where she works is looked up first, so
    that ten thousand cases are not asked one by one. With `case_id` only this one, if she may.
    """
    places = list(Membership.objects.filter(key__person=person).values_list("channel", "state"))
    now = {channel for channel, state in places if state == Membership.State.ACTIVE}
    about = ShutOut.objects.filter(person=person).values("case_id")
    mine = cases_access.cases_of(person, case_id, scope).exclude(id__in=about)
    if not now:
        return mine.none()
    left = {channel for channel, _ in places} - now
    if left:
        theirs = Case.objects.filter(channels__in=left).exclude(channels__in=now)
        mine = mine.exclude(id__in=theirs.values("pk"))
    return mine


def case_for(person: Person, case_id: str) -> Case:
    """One case the person may open. Raises the not-found Refusal, also where there is no such case."""
    found = cases_of(person, case_id).select_related("institution").first()
    if found is None:
        raise not_found()
    return found


ORDER: Order = {
    "rank": "0123".index, "-urgent": lambda text: text == "True", "day": date.fromisoformat, "id": str
}  # fmt: skip


def listed(person: Person, clocks: Clocks, today: date) -> QuerySet[Any]:
    """The person's cases with what their next step depends on, in the order of her list."""
    late = Q(counted__lte=today - timedelta(days=clocks.write_days))
    return (
        cases_of(person)
        .annotate(
            opened=F("docket__opened"),
            told=F("docket__told"),
            # the day from which the next update is counted: the last one, or the report's own
            counted=Coalesce("docket__told", "day"),
        )
        .annotate(
            rank=Choose(
                When(state=Case.State.CLOSED, then=Value(CLOSED)),
                When(Q(opened=None) | Q(wrote__isnull=False) | late, then=Value(NEEDS)),
                When(told=None, then=Value(LATER)),
                default=Value(WAITING),
            )
        )
        .order_by(*ORDER)
    )


def counted(cases: QuerySet[Any], clocks: Clocks, today: date) -> tuple[dict[int, int], int]:
    """How many cases each group of the list holds; and of how many that are open the reporter was promised an
    opening or news by a day that is past."""
    unopened = Q(opened=None, day__lt=today - timedelta(days=clocks.open_days))
    late = unopened | Q(counted__lt=today - timedelta(days=clocks.write_days))
    groups = {f"group{rank}": Count("pk", filter=Q(rank=rank)) for rank in range(4)}
    open_late = ~Q(state=Case.State.CLOSED) & late
    found = cases.order_by().aggregate(late=Count("pk", filter=open_late), **groups)
    return {rank: found[f"group{rank}"] for rank in range(4)}, found["late"]


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
        .defer("sealed")
        .order_by("key__person__name", "key_id")
    )
    for grant in grants:
        assert grant.key is not None
        if grant.key.person not in found[grant.case_id]:
            found[grant.case_id].append(grant.key.person)
    return found


@dataclass(frozen=True)
class Leaver:
    """A former colleague whose key still fits cases of the person who is looking: how many, the first few."""

    name: str
    total: int
    cases: list[str]


def leavers(person: Person, few: int) -> list[Leaver]:
    """People who left and whose keys are still to be taken away from the person's cases."""
    cases = cases_of(person).order_by().values("pk")
    mine = Grant.objects.filter(live=True, case__in=cases, key__in=_perhaps_left().exclude(person=person))
    gone = departed(mine)
    totals = gone.values_list("key__person_id", "key__person__name").annotate(Count("case", distinct=True))
    found = {
        one: Leaver(name, total, [])
        for one, name, total in totals.order_by("key__person__name", "key__person_id")
    }
    if not found:
        return []
    place = Window(DenseRank(), partition_by="key__person_id", order_by="case_id")
    first = gone.annotate(place=place).filter(place__lte=few).order_by("case_id")
    for one, case_id in first.values_list("key__person_id", "case_id").distinct():
        found[one].cases.append(case_id)
    return list(found.values())


def _perhaps_left() -> QuerySet[Key]:
    """Keys of whoever ended any place, lost a key or has no part in some case: only their grants are asked
    one by one, whether they are `departed`."""
    places = Membership.objects.filter(key__person=OuterRef("person"))
    here = places.filter(state=Membership.State.ACTIVE)
    about = ShutOut.objects.filter(person=OuterRef("person"))
    lost = Q(state=Key.State.REVOKED) | Q(person__is_active=False)
    ended = Exists(places.exclude(state=Membership.State.ACTIVE))
    return Key.objects.filter(lost | ended | ~Exists(here) | Exists(about))
