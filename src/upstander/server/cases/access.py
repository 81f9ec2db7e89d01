"""Who may reach which case. A live grant to one of the person's keys is access; there is no other way in."""

from __future__ import annotations

from django.db.models import QuerySet

from upstander.server.accounts.models import Key, Person
from upstander.server.cases.models import Case, Grant, Upload
from upstander.server.errors import not_found


def grants_of(person: Person, scope: str = "case") -> QuerySet[Grant]:
    """The person's live grants on cases, through any key of theirs that was not revoked."""
    keys = Key.objects.filter(person=person).exclude(state=Key.State.REVOKED)
    return Grant.objects.filter(live=True, scope=scope, key__in=keys)


def cases_of(person: Person, case_id: str | None = None, scope: str = "case") -> QuerySet[Case]:
    """Every case the person may open, newest first. Empty for people who were switched off.

    With `case_id` only this one, if she may: her other grants are not looked at. `scope`: what she opens.
    """
    if not person.is_active:
        return Case.objects.none()
    grants = grants_of(person, scope)
    if case_id is not None:
        grants = grants.filter(case=case_id)
    found = Case.objects.filter(id__in=grants.values("case_id"))
    return found.exclude(state=Case.State.PRIVATE).order_by("-day", "id")


def case_for(person: Person, case_id: str) -> Case:
    """One case the person may open. Raises the not-found Refusal, also where there is no such case."""
    found = cases_of(person, case_id).select_related("institution").first()
    if found is None:
        raise not_found()
    return found


def upload_for(case: Case, upload_id: str) -> Upload:
    """A file of the case that may be fetched. Raises not-found, also for one that was sealed off."""
    found = case.uploads.filter(id=upload_id, sealed_off=False).first()
    if found is None:
        raise not_found()
    return found


def mailbox_case(institution: str, mailbox: str) -> Case | None:
    """The case behind a mailbox hash at that institution (slug), to check a signature against."""
    return Case.objects.filter(mailbox=mailbox, institution__slug=institution).first()


def opened_case(institution: str, case_id: str) -> Case:
    """The case a mailbox token names. Raises the not-found Refusal where it has been deleted since."""
    found = (
        Case.objects.filter(id=case_id, institution__slug=institution).select_related("institution").first()
    )
    if found is None:
        raise not_found()
    return found
