"""Duties beyond a handler's work: given and ended by whoever runs the people, each with a leaf."""

from __future__ import annotations

from upstander.server.accounts import leaves
from upstander.server.accounts.models import Person
from upstander.server.casework.models import Duty
from upstander.server.errors import conflict
from upstander.server.log.commit import Done, perform


def give(person: Person, kind: str) -> None:
    """Gives a duty. Raises `conflict` for somebody who may not have it."""
    if person.administrator:
        raise conflict("An administrator has no part in cases: whoever runs the machine reads nothing.")
    if kind == Duty.Kind.OVERSEER and person.keys.filter(memberships__state="active").exists():
        raise conflict("An overseer works on no channel: she sees codes and days, and opens nothing.")

    def change() -> Done:
        Duty.objects.get_or_create(person=person, kind=kind)
        return Done((), leaves.admin(f"give-{kind}", person))

    perform(change)


def end(person: Person, kind: str) -> None:
    """Ends a duty. Harmless where there is none."""

    def change() -> Done:
        Duty.objects.filter(person=person, kind=kind).delete()
        return Done((), leaves.admin(f"end-{kind}", person))

    perform(change)
