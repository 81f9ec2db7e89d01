"""Everything that changes people, keys and places on channels. Also used by `upstander init` and the demonstration."""

from typing import Any

from upstander.server.accounts.models import Key, Membership, Person
from upstander.server.institutions.models import Channel, Institution


def create_person(
    institution: Institution,
    *,
    username: str,
    name: str,
    label: str,
    email: str = "",
    administrator: bool = False,
) -> Person:
    """A person with no way in yet: `invite` her next."""
    raise NotImplementedError


def propose(person: Person, channel: Channel, *, sheet: bool = False) -> None:
    """Says that this person should work on the channel; a member's signature (`enrol`) makes it so."""
    raise NotImplementedError


def invite(person: Person, days: int = 7, *, reusable: bool = False) -> str:
    """A sign-in link's token: the address is `/desk/welcome/<token>/`. Only its hash is kept."""
    raise NotImplementedError


def register_key(
    person: Person, *, seal: str, sign: str, wrapped: list[dict[str, Any]], words_key: str
) -> Key:
    """The person's first key, or a new one that retires the old."""
    raise NotImplementedError


def enrol(channel: Channel, key: Key, statement: str, *, sheet: bool) -> Membership:
    """Puts a key on a channel by the `enrol` statement of an active member, and publishes a card."""
    raise NotImplementedError


def enrol_first(channel: Channel, key: Key, *, sheet: bool = True) -> Membership:
    """Puts the first key on an empty channel, signed by the installation key, and publishes a card."""
    raise NotImplementedError


def leave(channel: Channel, key: Key) -> None:
    """Retires a key's place on the channel and publishes a card."""
    raise NotImplementedError


def revoke_key(person: Person) -> None:
    """A lost key: nothing new is ever sealed to it, its places end, passkeys and words are forgotten."""
    raise NotImplementedError


def deactivate(person: Person) -> None:
    """Switches a person off: no session works any more, every place ends."""
    raise NotImplementedError
