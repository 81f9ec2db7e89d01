"""Places on channels: a key enters by the signature of a member, and leaves by name."""

from django.db.models import Max

from upstander.formats import ids, statements
from upstander.formats.days import today
from upstander.formats.errors import FormatError
from upstander.server.accounts import cards, leaves
from upstander.server.accounts.access import active_members, is_active_member
from upstander.server.accounts.keys import forget_ways_in
from upstander.server.accounts.models import Candidate, Key, Membership, Person
from upstander.server.accounts.people import check_no_overseer
from upstander.server.errors import conflict, malformed, not_found
from upstander.server.installation import load
from upstander.server.institutions.models import Channel
from upstander.server.log.commit import Done, perform

INSTALLATION = "installation"


def enrol(channel: Channel, key: Key, statement: str, *, sheet: bool) -> Membership:
    """Puts a key on a channel by the `enrol` statement of an active member, and publishes a card.

    Another key of the same person on this channel retires: this is how somebody changes her key, the old one
    signing for the new. Raises `malformed` for a wrong statement and `conflict` for a key that may not enter.
    """
    _check_statement(channel, key, statement)

    def change() -> Done:
        _place(channel, key, statement, sheet=sheet)
        return cards.write(channel.institution)

    perform(change)
    return Membership.objects.get(channel=channel, key=key)


def enrol_first(channel: Channel, key: Key, *, sheet: bool = True) -> Membership:
    """Puts the first key on a channel nobody was ever on, signed by the installation; publishes a card."""

    def change() -> Done:
        if channel.members.exists():
            raise conflict("This channel has had a member already: only a member's signature counts now.")
        statement = statements.sign("enrol", enrol_body(channel, key, INSTALLATION), load().signing)
        _place(channel, key, statement, sheet=sheet)
        return cards.write(channel.institution)

    perform(change)
    return Membership.objects.get(channel=channel, key=key)


def enrol_body(channel: Channel, key: Key, by: str) -> dict[str, str]:
    """What an `enrol` statement says (formats, section 6). `by` is a key id or `installation`."""
    return {
        "by": by,
        "channel": channel.id,
        "day": today(channel.institution.time_zone).isoformat(),
        "institution": channel.institution.slug,
        "key": key.id,
        "seal": ids.fingerprint(key.seal),
        "sign": key.sign,
    }


def leave(channel: Channel, key: Key, *, custodians_only: bool = False) -> None:
    """Ends a key's place on the channel and publishes a card. Colleagues re-key its cases afterwards.

    Who may ask for it is decided by `access.place_to_end`. Raises not-found, and `conflict` for the last
    member unless `custodians_only` says that it is meant: nobody can let in the next one, and what the
    channel holds is opened with the custodians' shares alone.
    """

    def change() -> Done:
        place = channel.members.filter(key=key, state=Membership.State.ACTIVE).first()
        if place is None:
            raise not_found()
        if is_last(place) and not custodians_only:
            raise conflict(
                "This is the last person on the channel. "
                "Let somebody in first, or confirm that the custodians are to be the only way left."
            )
        _retire(place)
        return cards.write(channel.institution)

    perform(change)


def is_last(place: Membership) -> bool:
    """Whether nobody else is left on the channel."""
    return not active_members(place.channel).exclude(pk=place.pk).exists()


def revoke_key(person: Person) -> None:
    """A lost key: nothing new is sealed to it, its places end; words, passkeys and sessions are forgotten.

    Her proposals stay, so that a new key can wait for a member's signature. An overseer's duty ends: the link
    for her new key is in the administrator's hand, and a second person has to say again whose it is.
    """

    def change() -> Done:
        proposals = [(place.channel, place.sheet) for place in _live_places(person)]
        for place in _live_places(person):
            _retire(place)
        for channel, sheet in proposals:
            Candidate.objects.get_or_create(person=person, channel=channel, defaults={"sheet": sheet})
        lost = forget_ways_in(person)
        if person.duties.filter(kind="overseer").delete()[0]:
            lost.append(leaves.admin("end-overseer", person))
        return cards.write(person.institution, leaves.admin("lost-key", person), *lost)

    perform(change)


def deactivate(person: Person) -> None:
    """Switches a person off: sessions and ways in end, and so does every place."""

    def change() -> Done:
        for place in _live_places(person):
            _retire(place)
        Candidate.objects.filter(person=person).delete()
        lost = forget_ways_in(person)
        Person.objects.filter(pk=person.pk).update(is_active=False)
        return cards.write(person.institution, leaves.admin("deactivate", person), *lost)

    perform(change)


def _check_statement(channel: Channel, key: Key, statement: str) -> None:
    try:
        by = str(statements.peek(statement, "enrol").get("by"))
        signer = Key.objects.filter(id=by).exclude(state=Key.State.REVOKED).first()
        if signer is None or not is_active_member(signer, channel):
            raise malformed("Only somebody on this channel can let a key in.", "enrol")
        body = statements.verify(statement, "enrol", signer.sign)
    except FormatError as error:
        raise malformed("This signature does not hold.", "enrol") from error
    if body != enrol_body(channel, key, by):
        raise malformed("This signature is about something else, or from another day.", "enrol")


def _place(channel: Channel, key: Key, statement: str, *, sheet: bool) -> None:
    person = key.person
    if key.state != Key.State.ACTIVE or not person.is_active or person.administrator:
        raise conflict("This key cannot enter a channel.")
    check_no_overseer(person)
    earlier = Membership.objects.filter(channel=channel, key__person=person)
    own = earlier.filter(state=Membership.State.ACTIVE).exists()
    proposed = Candidate.objects.filter(channel=channel, person=person).first()
    if not own and proposed is None:
        raise conflict("Nobody proposed this person for the channel.")
    had_sheet = earlier.filter(state=Membership.State.ACTIVE, sheet=True).exists()
    if sheet and channel.members.exists() and not had_sheet and not (proposed and proposed.sheet):
        # else a change of key would be enough to be shown who the reporters are from then on
        raise conflict("Nobody proposed that this person gets source sheets.")
    if earlier.filter(key=key).exists():
        raise conflict("This key is or was on the channel. Somebody who comes back makes a new key.")
    order = channel.members.aggregate(last=Max("order"))["last"]
    Membership.objects.create(
        channel=channel,
        key=key,
        enrol=statement,
        sheet=sheet,
        order=0 if order is None else order + 1,
    )
    earlier.exclude(key=key).update(state=Membership.State.RETIRED)
    Candidate.objects.filter(channel=channel, person=person).delete()


def _retire(place: Membership) -> None:
    place.state = Membership.State.RETIRED
    place.save(update_fields=["state"])
    Candidate.objects.filter(channel=place.channel, person=place.key.person).delete()


def _live_places(person: Person) -> list[Membership]:
    places = Membership.objects.filter(key__person=person, state=Membership.State.ACTIVE)
    return list(places.select_related("channel", "key"))
