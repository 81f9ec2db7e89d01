"""Routes of the desk that concern people and keys. Mounted at `/api/v1/desk`."""

from django.http import HttpRequest
from ninja import Router, Status
from ninja.utils import check_csrf

from upstander.formats.days import today
from upstander.server.accounts import access, challenge, members, sign_in
from upstander.server.accounts import keys as own_keys
from upstander.server.accounts import schemas as s
from upstander.server.accounts.auth import desk_auth, need_proof, staff_auth
from upstander.server.accounts.models import Key, Person, WrappedKey
from upstander.server.accounts.session import active_key, person_of
from upstander.server.errors import TITLES, Refusal, not_found
from upstander.server.installation import load

router = Router(tags=["accounts"])


@router.post("/sign-in/challenge", response=s.Challenge)
def sign_in_challenge(request: HttpRequest) -> s.Challenge:
    """A fresh challenge for signing in with words; valid five minutes, nothing is stored."""
    return s.Challenge(challenge=challenge.make())


@router.post("/sign-in", response=s.Next)
def sign_in_with_words(request: HttpRequest, body: s.SignIn) -> s.Next:
    """Signs in with words. Unknown name and wrong words: same answer. `next` may be the second step."""
    if check_csrf(request) is not None:
        raise Refusal(*TITLES[403], 403)
    response = sign_in.with_words(request, body.username, body.statement)
    return s.Next(next=response.headers.get("Location", "/desk/"))


@router.post("/again", response={204: None}, auth=staff_auth)
def prove_again(request: HttpRequest, body: s.Proof) -> Status[None]:
    """Proves with words that the person who is signed in is there."""
    sign_in.prove_again(request, person_of(request), body.statement)
    return Status(204, None)


@router.get("/me", response=s.Me, auth=staff_auth)
def me(request: HttpRequest) -> s.Me:
    """The signed-in person with her keys, wrapped as her browser left them."""
    return _me(person_of(request))


@router.post("/keys", response={201: s.Me}, auth=staff_auth)
def register(request: HttpRequest, body: s.NewKey) -> Status[s.Me]:
    """First key or change of key. A change asks for proof."""
    person = person_of(request)
    if active_key(person) is not None:
        need_proof(request)
    own_keys.register_key(
        person, seal=body.seal, sign=body.sign, wrapped=body.wrapped, words_key=body.words_key
    )
    return Status(201, _me(person))


@router.post("/keys/{key_id}/wrapped", response={204: None}, auth=desk_auth)
def wrap(request: HttpRequest, key_id: str, body: s.Wrapping) -> Status[None]:
    """Wraps an own key in one more way, such as a new passkey."""
    need_proof(request)
    own_keys.add_wrapping(person_of(request), key_id, body.wrapped)
    return Status(204, None)


@router.post("/words", response={204: None}, auth=desk_auth)
def replace_words(request: HttpRequest, body: s.NewWords) -> Status[None]:
    """New unlock words, with every own key wrapped by them."""
    need_proof(request)
    own_keys.replace_words(person_of(request), words_key=body.words_key, wrapped=body.wrapped)
    return Status(204, None)


@router.get("/channels/{channel_id}/waiting", response=s.Waiting, auth=desk_auth)
def waiting(request: HttpRequest, channel_id: str) -> s.Waiting:
    """Keys that wait for a member's signature, and what the statement must say beside the key."""
    channel = access.channel_for(person_of(request), channel_id)
    return s.Waiting(
        channel=channel.id,
        institution=channel.institution.slug,
        day=today(channel.institution.time_zone).isoformat(),
        waiting=[_waiting(key, sheet=sheet) for key, sheet in access.waiting_keys(channel)],
    )


@router.post("/channels/{channel_id}/members", response={204: None}, auth=desk_auth)
def enrol(request: HttpRequest, channel_id: str, body: s.Enrol) -> Status[None]:
    """Lets a waiting key in, by the statement of a member. Asks for proof."""
    person = person_of(request)
    channel = access.channel_for(person, channel_id)
    need_proof(request)
    key = Key.objects.select_related("person").filter(id=body.key).first()
    own = key is not None and key.person_id == person.pk
    if key is None or not (own or key in [waits for waits, _ in access.waiting_keys(channel)]):
        raise not_found()
    members.enrol(channel, key, body.enrol, sheet=body.sheet)
    return Status(204, None)


@router.post("/channels/{channel_id}/leavers", response={204: None}, auth=desk_auth)
def leave(request: HttpRequest, channel_id: str, body: s.Leaver) -> Status[None]:
    """Ends one's own place on the channel, or as administrator anybody's. Asks for proof."""
    place = access.place_to_end(person_of(request), channel_id, body.key)
    need_proof(request)
    members.leave(place.channel, place.key, custodians_only=body.custodians_only)
    return Status(204, None)


def _me(person: Person) -> s.Me:
    key = active_key(person)
    keys = person.keys.exclude(state=Key.State.REVOKED).order_by("day", "id")
    blobs = WrappedKey.objects.filter(key__in=keys).order_by("pk").values_list("blob", flat=True)
    return s.Me(
        username=person.username,
        name=person.name,
        installation=load().id,
        institution=person.institution.slug,
        key=key.id if key is not None else None,
        keys=[
            s.KeyOut(id=one.id, seal=one.seal, sign=one.sign, state=one.state, day=one.day.isoformat())
            for one in keys
        ],
        wrapped=list(blobs),
        memberships=[
            s.Place(
                channel=place.channel_id,
                name=place.channel.name,
                key=place.key_id,
                sheet=place.sheet,
                state=place.state,
            )
            for place in access.memberships_of(person)
        ],
    )


def _waiting(key: Key, *, sheet: bool) -> s.WaitingKey:
    return s.WaitingKey(
        key=key.id,
        seal=key.seal,
        sign=key.sign,
        name=key.person.name,
        label=key.person.label,
        sheet=sheet,
        day=key.day.isoformat(),
    )
