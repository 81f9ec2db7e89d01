"""Which people, keys and channels a person may look at. Absent and not yours are the same."""

from django.db.models import QuerySet

from upstander.server.accounts.models import Candidate, Key, Membership, Person
from upstander.server.errors import Refusal, not_found
from upstander.server.institutions.models import Channel


def memberships_of(person: Person) -> QuerySet[Membership]:
    """The person's live places on channels, with any key."""
    return (
        Membership.objects.filter(key__person=person, state=Membership.State.ACTIVE)
        .select_related("channel", "key")
        .order_by("channel__name")
    )


def active_members(channel: Channel) -> QuerySet[Membership]:
    """Live places on a channel, in the order of the card."""
    return (
        channel.members.filter(state=Membership.State.ACTIVE, key__person__is_active=True)
        .select_related("key__person")
        .order_by("order")
    )


def is_active_member(key: Key, channel: Channel) -> bool:
    """Whether this key may act for the channel now."""
    if key.state == Key.State.REVOKED:
        return False
    return active_members(channel).filter(key=key).exists()


def oversees(person: Person) -> bool:
    """Whether this person is an overseer, who works on no channel. Duties are a room above."""
    return person.duties.filter(kind="overseer").exists()


def channel_for(person: Person, channel_id: str) -> Channel:
    """A channel the person works on, or administers while it has no member. Raises the not-found Refusal."""
    channel = Channel.objects.select_related("institution").filter(id=channel_id).first()
    if channel is None:
        raise not_found()
    if memberships_of(person).filter(channel=channel).exists():
        return channel
    if person.administrator and person.institution_id == channel.institution_id:
        return channel
    raise not_found()


def place_to_end(person: Person, channel_id: str, key_id: str) -> Membership:
    """A live place that this person may end: her own, or anybody's for the administrator.

    A colleague may not: whoever is named in reports could otherwise take them from everybody else. Raises
    not-found for what is not there, and `refused`.
    """
    place = active_members(channel_for(person, channel_id)).filter(key=key_id).first()
    if place is None:
        raise not_found()
    if place.key.person_id != person.pk and not person.administrator:
        raise Refusal("refused", "Only this person or the administrator can end this place.", 403)
    return place


def waiting_keys(channel: Channel) -> list[tuple[Key, bool]]:
    """Active keys without a place on the channel, of people proposed for it or on it with an older key.

    Each with whether the person is to get source sheets.
    """
    older = Membership.objects.filter(channel=channel, state=Membership.State.ACTIVE)
    sheets = dict(older.values_list("key__person_id", "sheet"))
    sheets |= dict(Candidate.objects.filter(channel=channel).values_list("person_id", "sheet"))
    keys = (
        Key.objects.filter(
            person__in=sheets, person__is_active=True, person__administrator=False, state=Key.State.ACTIVE
        )
        .exclude(person__duties__kind="overseer")
        .exclude(memberships__channel=channel)
        .select_related("person")
        .order_by("day", "id")
    )
    return [(key, sheets[key.person_id]) for key in keys]


def people_of(administrator: Person) -> QuerySet[Person]:
    """Everybody of the administrator's institution; nobody for others."""
    if not administrator.administrator:
        return Person.objects.none()
    return Person.objects.filter(institution=administrator.institution).order_by("name")


def person_for(administrator: Person, username: str) -> Person:
    """One person of the administrator's institution. Raises the not-found Refusal."""
    person = people_of(administrator).filter(username=username).first()
    if person is None:
        raise not_found()
    return person
