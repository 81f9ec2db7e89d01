"""Nobody becomes an overseer by one person alone, works on a channel as one, or stays one with another key."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from tests import people
from tests.server.matrix.world import keyed
from tests.server.oversight.seers import overseer_of
from upstander.formats import statements
from upstander.server.accounts import actions as accounts
from upstander.server.accounts.members import enrol_body
from upstander.server.accounts.models import Candidate, Membership, Person
from upstander.server.casework import duties, second
from upstander.server.casework.models import Duty
from upstander.server.errors import Refusal
from upstander.server.log.models import Opening

pytestmark = [pytest.mark.django_db, pytest.mark.db]


@pytest.fixture
def boss(force: people.Force) -> Client:
    """The administrator, with a key, at the page of people."""
    return people.signed_in(keyed(force.administrator))


@pytest.fixture
def puppet(force: people.Force) -> Person:
    """An account that the administrator made, with a key that she made as well."""
    return keyed(accounts.create_person(force.institution, username="puppet", name="Puppet", label="Puppet"))


def ask(boss: Client, person: Person) -> str:
    """Asks that this person become an overseer; answers the link's path."""
    answer = boss.post(f"/desk/people/{person.username}/duties/", {"kind": "overseer"})
    assert answer.status_code == 200, answer.content
    return "/desk/duties/" + answer.content.decode().split("/desk/duties/")[1].split("/")[0] + "/"


def overseers() -> set[str]:
    return set(Duty.objects.filter(kind="overseer").values_list("person__username", flat=True))


def acts() -> list[str]:
    return [
        f"{said['act']} {said['subject']}"
        for said in sorted(
            map(json.loads, Opening.objects.values_list("body", flat=True)),
            key=lambda one: one.get("act", ""),
        )
        if said.get("act", "").endswith(("overseer", "second-person"))
    ]


def test_an_administrator_alone_makes_no_overseer(
    force: people.Force, boss: Client, puppet: Person, outsider: people.Colleague
) -> None:
    link = ask(boss, puppet)
    assert overseers() == set()
    assert people.signed_in(puppet).get("/desk/oversight/").status_code == 404
    for who in (boss, people.signed_in(puppet), force.handler.client(), outsider.client()):
        assert who.get(link).status_code == who.post(link).status_code == 404
    second_self = keyed(accounts.create_person(
        force.institution, username="admin-two", name="Two", label="Two", administrator=True
    ))  # fmt: skip
    assert people.signed_in(second_self).post(link).status_code == 404
    assert overseers() == set()
    assert acts() == ["ask-overseer puppet"]


def test_somebody_outside_confirms_the_first_and_an_overseer_the_next(
    force: people.Force, boss: Client, puppet: Person
) -> None:
    link = ask(boss, puppet)
    outside = force.overseer.client()
    assert b"hear these groups" in outside.get(link).content
    assert overseers() == set()
    assert outside.post(link).status_code == 200
    assert overseers() == {"puppet"}
    assert acts()[1:] == ["give-overseer puppet", f"second-person {force.overseer.person.username}"]
    another = keyed(accounts.create_person(force.institution, username="b", name="B", label="B"))
    link = ask(boss, another)
    assert outside.post(link).status_code == 404  # there is an overseer now: she sees it and confirms
    assert people.signed_in(puppet).post(link).status_code == 200
    assert overseers() == {"puppet", "b"}


def test_where_nobody_could_confirm_it_is_refused(force: people.Force, boss: Client, puppet: Person) -> None:
    accounts.deactivate(force.overseer.person)
    accounts.deactivate(force.second_overseer.person)
    answer = boss.post("/desk/people/puppet/duties/", {"kind": "overseer"})
    assert answer.status_code == 409
    assert b"there is nobody" in answer.content


def test_a_link_is_about_one_key(force: people.Force, boss: Client, puppet: Person) -> None:
    link = ask(boss, puppet)
    accounts.revoke_key(puppet)
    keyed(puppet)
    assert force.overseer.client().post(link).status_code == 404
    bare = accounts.create_person(force.institution, username="bare", name="Bare", label="Bare")
    with pytest.raises(Refusal, match="conflict"):
        second.ask(bare)


def test_an_overseer_gets_no_place_on_a_channel(force: people.Force) -> None:
    overseer_of(force)
    person = Person.objects.get(username="carys-marlshire")
    with pytest.raises(Refusal) as refused:
        accounts.propose(person, force.inside)
    assert "works on no channel" in refused.value.title
    assert not Candidate.objects.exists()
    Candidate.objects.create(person=person, channel=force.inside)  # as if it had been there before
    key = person.keys.get()
    body = enrol_body(force.inside, key, force.handler.key.id)
    signed = statements.sign("enrol", body, force.handler.keyring.signing)
    url = f"/api/v1/desk/channels/{force.inside.id}"
    assert force.handler.client().get(f"{url}/waiting").json()["waiting"] == []
    with pytest.raises(Refusal) as refused:
        accounts.enrol(force.inside, key, signed, sheet=False)
    assert "works on no channel" in refused.value.title
    assert not Membership.objects.filter(key=key).exists()


def test_who_is_proposed_for_a_channel_is_made_no_overseer(force: people.Force, puppet: Person) -> None:
    accounts.propose(puppet, force.inside)
    with pytest.raises(Refusal) as refused:
        duties.give(puppet, Duty.Kind.OVERSEER)
    assert "proposed for a channel" in refused.value.title


def test_a_lost_key_ends_the_duty(force: people.Force) -> None:
    """Else the administrator marks an overseer's key as lost, and comes in by the link for the new one."""
    overseer_of(force)
    person = Person.objects.get(username="carys-marlshire")
    accounts.revoke_key(person)
    assert overseers() == set()
    assert "end-overseer carys-marlshire" in acts()
    assert people.signed_in(keyed(person)).get("/desk/oversight/").status_code == 404
