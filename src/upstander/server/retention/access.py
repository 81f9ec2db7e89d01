"""How holds and removals are reached: through a case that somebody may open, or by the sweep."""

from __future__ import annotations

import datetime

from django.db.models import OuterRef, Q, QuerySet, Subquery

from upstander.policy.law import Law
from upstander.policy.retention import Hold as Said
from upstander.policy.working_days import end_of_months
from upstander.server.cases.models import Case, Envelope, Step
from upstander.server.institutions.models import Institution
from upstander.server.retention.models import Hold, Removal


def holds_of(case: Case) -> list[Said]:
    """The holds that were placed and lifted, in order, as the policy asks for them."""
    rows = Hold.objects.filter(case=case).order_by("number")
    return [Said(row.rule, row.set, row.day) for row in rows]


def reasons_for(case: Case, note: str, author: str) -> Envelope | None:
    """A note of this case by this key (key ids) that gives the reasons of no hold yet."""
    rows = Envelope.objects.filter(case=case, id=note, kind="note", author=author)
    return rows.exclude(id__in=Hold.objects.filter(case=case).values("reasons")).first()


def closing_of(case: Case) -> tuple[datetime.date | None, str]:
    """The day on which a closed case was closed last, and how; None for one that is not closed."""
    last = Step.objects.filter(case=case).exclude(outcome="").order_by("order").last()
    if case.state != Case.State.CLOSED or last is None:
        return None, ""
    return last.day, last.outcome


def perhaps_due(institution: Institution, law: Law, today: datetime.date) -> QuerySet[Case]:
    """Closed cases whose sealed bytes are still there and which a rule may be due for, by id.

    The policy has the last word (months end on different days), and holds are not looked at here.
    """
    steps = Step.objects.filter(case=OuterRef("pk")).exclude(outcome="").order_by("-order")
    named = {outcome for rule in law.retention for outcome in rule.outcomes}
    due = Q(pk__in=[])
    for rule in law.retention:
        how = Q(outcome__in=rule.outcomes) if rule.outcomes else ~Q(outcome__in=named)
        due |= how & Q(closed__lte=end_of_months(today, -rule.months))
    cases = Case.objects.filter(institution=institution, state=Case.State.CLOSED, removal__isnull=True)
    last = {"closed": Subquery(steps.values("day")[:1]), "outcome": Subquery(steps.values("outcome")[:1])}
    return cases.annotate(**last).filter(due).order_by("id")


def removal_of(case: Case) -> Removal | None:
    """What retention took away from a case."""
    return Removal.objects.filter(case=case).first()
