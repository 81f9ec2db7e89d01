"""Who may be a guardian of a case, and what a guardian reads: what is sealed to her own keys, and no case."""

from __future__ import annotations

from django.db.models import QuerySet

from upstander.server.accounts.models import Key, Membership, Person
from upstander.server.cases.models import Case
from upstander.server.casework.people import excluded_people, no_part
from upstander.server.errors import Refusal
from upstander.server.guardians.models import Watched


def watched_by(person: Person) -> QuerySet[Watched]:
    """What was told to this guardian, the newest first.

    Nothing for somebody who works inside by now or on no outside team any more; nothing of a case about her.
    """
    is_outside = _places(person).filter(channel__inside=False).exists()
    if not person.is_active or _is_inside(person) or not is_outside:
        return Watched.objects.none()
    mine = Watched.objects.filter(key__person=person).exclude(key__state=Key.State.REVOKED)
    mine = mine.exclude(case__shut_out__person=person).exclude(case__exclusions__person=person)
    return mine.order_by("-day", "id")


def guardian_key(case: Case, key_id: str) -> Key:
    """The key of somebody outside both lines: on an outside team of the institution and on none inside it.

    Raises Refusal for anybody else, also for somebody the reporter shut out.
    """
    places = Membership.objects.filter(
        key=key_id,
        channel__institution=case.institution_id,
        channel__inside=False,
        state=Membership.State.ACTIVE,
        key__person__is_active=True,
    ).exclude(key__state=Key.State.REVOKED)
    found = places.select_related("key__person").first()
    barred = excluded_people(case) | no_part(case)
    if found is None or _is_inside(found.key.person) or found.key.person_id in barred:
        raise Refusal("refused", "A guardian works on an outside team, and on none inside.", 403, where="to")
    return found.key


def _places(person: Person) -> QuerySet[Membership]:
    return Membership.objects.filter(key__person=person, state=Membership.State.ACTIVE)


def _is_inside(person: Person) -> bool:
    return _places(person).filter(channel__inside=True).exists()
