"""Duties beyond a handler's work: given and ended by whoever runs the people, each with a leaf."""

from __future__ import annotations

from upstander.server.accounts import leaves
from upstander.server.accounts.models import Person
from upstander.server.casework.models import Duty
from upstander.server.errors import conflict
from upstander.server.log.commit import Done, perform


def give(person: Person, kind: str, *, second: Person | None = None) -> None:
    """Gives a duty. Raises `conflict` for somebody who may not have it.

    `second`: who confirmed it. On the desk nobody becomes an overseer without (`second.py`); whoever has the
    machine needs no page.
    """
    check_may(person, kind)

    def change() -> Done:
        check_may(person, kind)
        Duty.objects.get_or_create(person=person, kind=kind)
        also = [leaves.admin("second-person", second)] if second else []
        return Done((), leaves.admin(f"give-{kind}", person), also)

    perform(change)


def check_may(person: Person, kind: str) -> None:
    """Raises `conflict` for somebody who may not have this duty."""
    if person.administrator:
        raise conflict("An administrator has no part in cases: whoever runs the machine reads nothing.")
    if kind != Duty.Kind.OVERSEER:
        return
    if person.keys.filter(memberships__state="active").exists():
        raise conflict("An overseer works on no channel: she sees codes and days, and opens nothing.")
    if person.candidacies.exists():
        raise conflict("This person is proposed for a channel, and an overseer works on none.")


def end(person: Person, kind: str) -> None:
    """Ends a duty. Harmless where there is none."""

    def change() -> Done:
        Duty.objects.filter(person=person, kind=kind).delete()
        return Done((), leaves.admin(f"end-{kind}", person))

    perform(change)
