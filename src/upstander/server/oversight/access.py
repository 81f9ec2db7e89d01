"""What an overseer may look at: codes and days of her institution's cases. She opens nothing.

To everybody without the duty none of it exists.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Max, Min, OuterRef, Q, QuerySet, Subquery

from upstander.policy.oversight import Coded
from upstander.server.accounts.models import Person
from upstander.server.cases.models import Case, Step
from upstander.server.casework.models import Direction, Docket, Duty, Fact
from upstander.server.errors import not_found
from upstander.server.log import access as log_access


def check_overseer(person: Person) -> None:
    """Raises the not-found Refusal for anybody without the duty."""
    if not person.is_active or not Duty.objects.filter(person=person, kind=Duty.Kind.OVERSEER).exists():
        raise not_found()


def cases_of(person: Person) -> QuerySet[Any]:
    """Every case of the overseer's institution, with the days its lists ask for. Raises not-found."""
    check_overseer(person)
    closing = Step.objects.filter(case=OuterRef("pk"), kind="closed").order_by("-order")
    return (
        Case.objects.filter(institution=person.institution)
        .exclude(state=Case.State.PRIVATE)
        .select_related("docket")
        .annotate(
            opened_on=Min("steps__day", filter=Q(steps__kind="opened")),
            closed_on=Max("steps__day", filter=Q(steps__kind="closed")),
            outcome=Subquery(closing.values("outcome")[:1]),
        )
        .order_by("day", "id")
    )


def case_for(person: Person, case_id: str) -> Any:
    """One of them. Raises not-found, also where there is none."""
    found = cases_of(person).filter(id=case_id).select_related("institution").first()
    if found is None:
        raise not_found()
    return found


def coded(case: Any) -> Coded:
    """A case as the policy's lists ask about it."""
    docket = getattr(case, "docket", None) or Docket(case=case)
    closed = case.closed_on if case.state == Case.State.CLOSED else None
    return Coded(
        id=case.id,
        received=case.day,
        opened=case.opened_on,
        updated=docket.told,
        closed=closed,
        outcome=case.outcome or "" if closed else "",
        reason=case.outcome or "" if closed else "",
        referral=docket.referral,
        coded=docket.coded,
        recorded=docket.recorded,
    )


def directions_of(case: Case) -> list[dict[str, Any]]:
    """Directions about a case, each with the answer if one was given."""
    answers = {
        row.data["direction"]: row for row in Fact.objects.filter(case=case, kind="answer", current=True)
    }
    return [{"one": one, "answer": answers.get(one.id)} for one in case.directions.order_by("day", "id")]


def recovered(person: Person) -> list[dict[str, str]]:
    """Cases that were opened with paper shares, past those who held them: the newest twenty."""
    check_overseer(person)
    return log_access.said(f'{{"act":"recovered","institution":"{person.institution.slug}"', 20)


def unanswered(person: Person) -> QuerySet[Direction]:
    """Directions at the overseer's institution that nobody has answered."""
    check_overseer(person)
    answered = Fact.objects.filter(kind="answer", current=True).values_list("data__direction", flat=True)
    return Direction.objects.filter(case__institution=person.institution).exclude(id__in=list(answered))
