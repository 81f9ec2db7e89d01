"""A second person for what an administrator must not do alone: making somebody an overseer.

An overseer sees codes and days of every case, also of those about whoever runs the people. The
administrator asks; somebody whom she did not put there confirms: an overseer, or, while there is none,
somebody on a channel outside. What was asked is in a link that holds for a week; nothing is stored before.
"""

from __future__ import annotations

from django.core import signing
from django.db.models import QuerySet

from upstander.server.accounts import leaves
from upstander.server.accounts.access import memberships_of
from upstander.server.accounts.models import Membership, Person
from upstander.server.accounts.session import active_key
from upstander.server.casework import duties
from upstander.server.casework.models import Duty
from upstander.server.errors import conflict, not_found
from upstander.server.log.commit import Done, perform

SALT = "upstander.casework.overseer"
VALID = 7 * 24 * 3600  # seconds


def ask(person: Person, of: str = "") -> str:
    """The token of a link that lets a second person confirm. `of`: the kind of body, as in `duties.give`.

    Raises `conflict` where there is nobody to.
    """
    duties.check_may(person, Duty.Kind.OVERSEER, of)
    key = active_key(person)
    if key is None:
        raise conflict("This person has no key yet. Whoever confirms compares it with her first.")
    if not _overseers(person).exists() and not _outside(person).exists():
        raise conflict(
            "An overseer or somebody on a channel outside has to confirm this, and there is nobody."
        )
    perform(lambda: Done((), leaves.admin("ask-overseer", person)))
    return signing.dumps({"key": key.id, "of": of, "person": person.pk}, salt=SALT)


def asked(who: Person, token: str) -> tuple[Person, str]:
    """Whom a link is about and of which body she is, for somebody who may confirm it. Raises not-found."""
    try:
        said = signing.loads(token, salt=SALT, max_age=VALID)
    except signing.BadSignature:
        raise not_found() from None
    person = Person.objects.select_related("institution").filter(pk=said["person"], is_active=True).first()
    if person is None or not _may(who, person):
        raise not_found()
    key = active_key(person)
    if key is None or key.id != said["key"]:  # another key than was asked about: ask again
        raise not_found()
    return person, str(said["of"])


def confirm(who: Person, token: str) -> None:
    """Makes the person an overseer. Raises as `asked`, and `conflict`."""
    person, of = asked(who, token)
    duties.give(person, Duty.Kind.OVERSEER, of, second=who)


def _may(who: Person, person: Person) -> bool:
    if who == person or who.administrator or who.institution_id != person.institution_id:
        return False
    if _overseers(person).exists():
        return _overseers(person).filter(person=who).exists()
    inside = memberships_of(who).filter(channel__inside=True).exists()
    return not inside and _outside(person).filter(key__person=who).exists()


def _overseers(person: Person) -> QuerySet[Duty]:
    """Duties of the overseers there are beside this person."""
    found = Duty.objects.filter(
        kind=Duty.Kind.OVERSEER, person__institution=person.institution, person__is_active=True
    )
    return found.exclude(person=person)


def _outside(person: Person) -> QuerySet[Membership]:
    """Places on channels outside the institution, of others than this person."""
    return Membership.objects.filter(
        channel__institution=person.institution,
        channel__inside=False,
        state=Membership.State.ACTIVE,
        key__person__is_active=True,
    ).exclude(key__person=person)
