"""People, keys and channels for the tests of this room, made through the same actions as real ones."""

from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.test import Client

from upstander.formats import ids, statements
from upstander.sealing import age
from upstander.server.accounts import actions
from upstander.server.accounts.members import enrol_body
from upstander.server.accounts.models import Key, Person
from upstander.server.institutions.models import Channel, Custodian, Institution

ORIGIN = "http://testserver"


@dataclass
class Staff:
    """Somebody with a key: both private halves, so that a test can do what her browser would."""

    person: Person
    key: Key
    signing: Ed25519PrivateKey
    words: Ed25519PrivateKey  # the key her unlock words give

    def enrol(self, channel: Channel, other: "Staff", /, **changes: Any) -> str:
        """The statement by which she lets the other's key in."""
        body = enrol_body(channel, other.key, self.key.id) | changes
        return statements.sign("enrol", body, self.signing)

    def login(self, challenge: str, /, **changes: str) -> str:
        """The statement her browser signs to sign in."""
        body = {"challenge": challenge, "origin": ORIGIN, "subject": self.person.username} | changes
        return statements.sign("login", body, self.words)


def blob(key_id: str, **changes: str) -> dict[str, str]:
    """A wrapped key by its form only: the server cannot tell."""
    fields = {
        "ciphertext": "AAAA",
        "credential": "",
        "iv": "A" * 16,
        "key": key_id,
        "method": "words",
        "salt": "",
    }
    return fields | {"v": "upstander/wrapped-key/v1"} | changes


def institution(slug: str = "marlshire") -> Institution:
    """A fictional force with an inside and an outside channel, each with a custodian."""
    made = Institution.objects.create(slug=slug, name="Marlshire Police", pack="uk-police")
    for name, inside in (("team", True), ("fellmoor", False)):
        channel = Channel.objects.create(
            id=ids.new_id(), institution=made, slug=name, name=name, inside=inside
        )
        seal = age.recipient_of(age.new_identity())
        Custodian.objects.create(key=ids.key_id("", seal), channel=channel, seal=seal, needs=2, of=3)
    return made


def channel(of: Institution, slug: str = "team") -> Channel:
    return Channel.objects.get(institution=of, slug=slug)


def staff(of: Institution, username: str, *channels: Channel, administrator: bool = False) -> Staff:
    """A person with a key, proposed for these channels."""
    person = actions.create_person(
        of,
        username=username,
        name=username.title(),
        label=f"{username.title()}, team",
        administrator=administrator,
    )
    for one in channels:
        actions.propose(person, one, sheet=True)
    return with_key(person)


def with_key(person: Person) -> Staff:
    signing, words = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
    seal, sign = age.recipient_of(age.new_identity()), statements.public_of(signing)
    key = actions.register_key(
        person,
        seal=seal,
        sign=sign,
        wrapped=[blob(ids.key_id(sign, seal))],
        words_key=statements.public_of(words),
    )
    return Staff(person, key, signing, words)


def post(client: Client, path: str, body: dict[str, Any]) -> Any:
    return client.post(f"/api/v1/desk{path}", body, content_type="application/json")


def sign_in(who: Staff, client: Client | None = None) -> Client:
    """A client whose session began with this person's words."""
    client = client or Client()
    challenge = post(client, "/sign-in/challenge", {}).json()["challenge"]
    answer = post(client, "/sign-in", {"username": who.person.username, "statement": who.login(challenge)})
    assert answer.status_code == 200, answer.content
    return client
