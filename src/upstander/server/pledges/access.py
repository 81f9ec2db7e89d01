"""Who may reach which pledge: whoever opened the mailbox of its case. Handlers have no way here."""

from __future__ import annotations

from django.db.models import QuerySet

from upstander.server.cases.models import Case
from upstander.server.errors import not_found
from upstander.server.pledges.models import Pledge


def pledges_of(case: Case) -> QuerySet[Pledge]:
    """All of an opened case, in the order in which they came as far as days tell."""
    return Pledge.objects.filter(case=case).order_by("day", "id")


def pledge_for(case: Case, pledge_id: str) -> Pledge:
    """One of an opened case. Raises the not-found Refusal, also where it is another case's."""
    found = Pledge.objects.filter(case=case, id=pledge_id).first()
    if found is None:
        raise not_found()
    return found
