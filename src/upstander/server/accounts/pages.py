"""Pages about people and keys: own key, channel, people, recovery."""

from typing import Any

from allauth.mfa.models import Authenticator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from upstander.server.accounts import access, members, people
from upstander.server.accounts.decorators import administrator_page, desk_page, proof_again
from upstander.server.accounts.forms import NewPerson
from upstander.server.accounts.models import Key, Person, WrappedKey
from upstander.server.accounts.session import key_of, person_of
from upstander.server.errors import Refusal, not_found
from upstander.server.institutions import access as institutions


@require_safe
@desk_page
def keys(request: HttpRequest) -> HttpResponseBase:
    """Own key: how it opens, passkeys, second step, places that still wait."""
    person = person_of(request)
    mine = Authenticator.objects.filter(user=person)
    opens = set(
        WrappedKey.objects.filter(key=key_of(request), method="prf").values_list("credential", flat=True)
    )
    context = {
        "key": key_of(request),
        "passkeys": [_passkey(one, opens) for one in mine.filter(type=Authenticator.Type.WEBAUTHN)],
        "second_step": mine.filter(type=Authenticator.Type.TOTP).exists(),
        "places": access.memberships_of(person),
        "waits": person.candidacies.select_related("channel"),
    }
    return render(request, "desk/keys.html", context)


def _passkey(one: Authenticator, opens: set[str]) -> dict[str, Any]:
    wrapped = one.wrap()
    return {
        "id": one.pk,
        "name": wrapped.name,
        "made": one.created_at.date(),
        "opens": str(one.data["credential"].get("id", "")) in opens,
    }


@require_safe
@desk_page
@proof_again
def new_passkey(request: HttpRequest) -> HttpResponseBase:
    """Adds a passkey."""
    return render(request, "desk/passkey.html")


@require_safe
@desk_page
@proof_again
def new_words(request: HttpRequest) -> HttpResponseBase:
    """Replaces the unlock words."""
    return render(request, "desk/new-words.html")


@require_safe
@desk_page
@proof_again
def new_key(request: HttpRequest) -> HttpResponseBase:
    """Replaces the key itself and re-seals what the old one opens."""
    return render(request, "desk/new-key.html", {"places": access.memberships_of(person_of(request))})


@require_safe
@desk_page
def channel(request: HttpRequest, channel_id: str) -> HttpResponseBase:
    """Who is on a channel, whose key waits, and what each may do."""
    person = person_of(request)
    found = access.channel_for(person, channel_id)
    places = list(found.members.select_related("key__person").order_by("order"))
    mine = access.memberships_of(person).filter(channel=found).exists()
    context = {
        "channel": found,
        "active": [place for place in places if place.state == place.State.ACTIVE],
        "retired": [place for place in places if place.state != place.State.ACTIVE],
        "waiting": access.waiting_keys(found),
        "mine": mine,
        "own_key": key_of(request),
        "first": person.administrator and not places,
        "custodian": found.custodians.filter(retired=False).first(),
        "card_waits": institutions.card_waits(found.institution),
    }
    return render(request, "desk/channel.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page
@proof_again
def leaver(request: HttpRequest, channel_id: str, key_id: str) -> HttpResponseBase:
    """Asks before a place ends, then ends it: one's own, or as administrator anybody's."""
    place = access.place_to_end(person_of(request), channel_id, key_id)
    context: dict[str, Any] = {
        "channel": place.channel,
        "place": place,
        "own": place.key.person == person_of(request),
        "last": members.is_last(place),
    }
    if request.method != "POST":
        return render(request, "desk/leaver.html", context)
    try:
        members.leave(place.channel, place.key, custodians_only="custodians_only" in request.POST)
    except Refusal as refusal:
        return render(request, "desk/leaver.html", context | {"error": refusal.title}, status=409)
    return HttpResponseRedirect("/desk/" if context["own"] else reverse("desk-channel", args=[channel_id]))


@require_POST
@administrator_page
@proof_again
def first_member(request: HttpRequest, channel_id: str, key_id: str) -> HttpResponseBase:
    """Lets the first key into an empty channel with the installation's signature."""
    found = access.channel_for(person_of(request), channel_id)
    waits = {key.id: (key, sheet) for key, sheet in access.waiting_keys(found)}
    if key_id not in waits:
        raise not_found()
    key, sheet = waits[key_id]
    members.enrol_first(found, key, sheet=sheet)
    return HttpResponseRedirect(reverse("desk-channel", args=[found.id]))


@require_http_methods(["GET", "HEAD", "POST"])
@administrator_page
@proof_again
def all_people(request: HttpRequest) -> HttpResponseBase:
    """Everybody of the institution, and a form for one more."""
    administrator = person_of(request)
    form = NewPerson(administrator.institution, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        return _invited(request, _create(administrator, form.cleaned_data))
    context = {
        "form": form,
        "people": [_row(person) for person in _with_places(access.people_of(administrator))],
        "channels": administrator.institution.channels.order_by("name"),
    }
    return render(request, "desk/people.html", context, status=422 if form.errors else 200)


def _create(administrator: Person, data: dict[str, Any]) -> Person:
    person = people.create_person(
        administrator.institution,
        username=data["username"],
        name=data["name"],
        label=data["label"],
        administrator=data["administrator"],
    )
    for channel in data["channels"]:
        people.propose(person, channel, sheet=data["sheet"])
    return person


def _with_places(people: QuerySet[Person]) -> QuerySet[Person]:
    return people.prefetch_related("keys__memberships__channel", "candidacies__channel", "invites")


def _row(person: Person) -> dict[str, Any]:
    keys = list(person.keys.all())
    places = [place for key in keys for place in key.memberships.all() if place.state == place.State.ACTIVE]
    return {
        "person": person,
        "key": next((key for key in keys if key.state == Key.State.ACTIVE), None),
        "places": sorted(places, key=lambda place: place.channel.name),
        "waits": person.candidacies.all(),
        "invited": any(not invite.used for invite in person.invites.all()),
    }


def _invited(request: HttpRequest, person: Person) -> HttpResponse:
    token = people.invite(person)
    address = request.build_absolute_uri(reverse("desk-welcome", args=[token]))
    return render(request, "desk/invited.html", {"invited": person, "address": address})


@require_http_methods(["GET", "HEAD", "POST"])
@administrator_page
@proof_again
def person_act(request: HttpRequest, username: str, act: str) -> HttpResponseBase:
    """A new link, a lost key, or the end of somebody's access: says what follows, then does it."""
    person = access.person_for(person_of(request), username)
    context: dict[str, Any] = {"subject": person, "act": act, "own": person == person_of(request)}
    if request.method != "POST":
        return render(request, "desk/person.html", context)
    try:
        return _act(request, person, act)
    except Refusal as refusal:
        return render(request, "desk/person.html", context | {"error": refusal.title}, status=409)


def _act(request: HttpRequest, person: Person, act: str) -> HttpResponseBase:
    if person == person_of(request):
        raise Refusal("conflict", "You cannot do this to yourself. Ask another administrator.", 409)
    if act == "lost":
        members.revoke_key(person)
        return _invited(request, person)
    if act == "invite":
        return _invited(request, person)
    members.deactivate(person)
    return HttpResponseRedirect(reverse("desk-people"))


@require_safe
@desk_page
def recover(request: HttpRequest) -> HttpResponseBase:
    """Channels of the person whose custodians can bring cases back."""
    places = access.memberships_of(person_of(request))
    return render(request, "desk/recover.html", {"places": places})


@require_safe
@desk_page
@proof_again
def recover_channel(request: HttpRequest, channel_id: str) -> HttpResponseBase:
    """Shares are typed and put together in the browser; cases are sealed again to a named member."""
    person = person_of(request)
    found = access.channel_for(person, channel_id)
    if not access.is_active_member(key_of(request), found):
        raise not_found()
    context = {
        "channel": found,
        "custodian": found.custodians.filter(retired=False).last(),
        "members": access.active_members(found),
        "own_key": key_of(request),
    }
    return render(request, "desk/recover-channel.html", context)
