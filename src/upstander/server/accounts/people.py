"""People and their ways in: create, propose for a channel, invite, open an invite."""

import secrets
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from upstander.formats.hashes import hash_of
from upstander.server.accounts import leaves
from upstander.server.accounts.access import oversees
from upstander.server.accounts.models import Candidate, Invite, Person
from upstander.server.accounts.session import active_key
from upstander.server.errors import conflict, not_found
from upstander.server.institutions.models import Channel, Institution
from upstander.server.log.commit import Done, perform


def create_person(
    institution: Institution,
    *,
    username: str,
    name: str,
    label: str,
    email: str = "",
    administrator: bool = False,
) -> Person:
    """A person with no way in yet: `invite` her next. Raises `conflict` if the user name is taken."""
    if Person.objects.filter(username=username).exists():
        raise conflict("This user name is taken. Choose another.")
    person = Person(
        institution=institution,
        username=username,
        name=name,
        label=label,
        email=email,
        administrator=administrator,
    )
    person.set_unusable_password()
    person.full_clean(exclude=["password"])
    person.save()
    return person


def propose(person: Person, channel: Channel, *, sheet: bool = False) -> Candidate:
    """Says that this person should work on the channel; a member's signature (`enrol`) puts her there."""
    if person.administrator:
        raise conflict("An administrator cannot work on a channel: whoever runs the machine reads nothing.")
    if channel.institution_id != person.institution_id:
        raise not_found()

    def change() -> Done:
        check_no_overseer(person)
        Candidate.objects.update_or_create(person=person, channel=channel, defaults={"sheet": sheet})
        return Done((), leaves.admin("propose", person))

    perform(change)
    return Candidate.objects.get(person=person, channel=channel)


def check_no_overseer(person: Person) -> None:
    """Raises `conflict` for an overseer: who directs those who hold the cases holds none herself."""
    if oversees(person):
        raise conflict("An overseer works on no channel: she sees codes and days, and opens nothing.")


def invite(person: Person, days: int = 7, *, reusable: bool = False) -> str:
    """A sign-in link's token: the address is `/desk/welcome/<token>/`. Only its hash is kept.

    `reusable` is for demonstrations. Raises `conflict` for a person with a key: she has words.
    """
    if not reusable and active_key(person) is not None:
        raise conflict("This person has a key. Mark it as lost before you send a new link.")
    token = secrets.token_urlsafe(24)
    expires = timezone.now() + timedelta(days=days)

    def change() -> Done:
        person.invites.filter(reusable=False).delete()
        Invite.objects.create(token_hash=_hash(token), person=person, expires=expires, reusable=reusable)
        return Done((), leaves.admin("invite", person))

    perform(change)
    return token


def invited(token: str) -> Person | None:
    """The person an invite is for, if it still holds. The invite stays unused."""
    found = _live(token)
    return found.person if found is not None else None


def use_invite(token: str) -> Person:
    """Uses an invite up. Raises the not-found Refusal for one that is unknown, used or too old."""
    with transaction.atomic():
        found = _live(token)
        if found is None:
            raise not_found()
        used = Invite.objects.filter(pk=found.pk, used=False).update(used=not found.reusable)
        if not used:
            raise not_found()
    return found.person


def sweep_invites() -> int:
    """Deletes invites that are used or too old; answers how many."""
    old = Invite.objects.filter(used=True) | Invite.objects.filter(expires__lt=timezone.now())
    return old.delete()[0]


def _live(token: str) -> Invite | None:
    return (
        Invite.objects.select_related("person__institution")
        .filter(token_hash=_hash(token), used=False, expires__gt=timezone.now(), person__is_active=True)
        .first()
    )


def _hash(token: str) -> str:
    return hash_of(b"upstander/invite/v1\n" + token.encode())
