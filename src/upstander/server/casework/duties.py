"""Duties beyond a handler's work: given and ended by whoever runs the people, each with a leaf."""

from __future__ import annotations

from upstander.server.accounts import leaves
from upstander.server.accounts.models import Person
from upstander.server.casework.acts import pack_of
from upstander.server.casework.models import Duty
from upstander.server.errors import conflict, malformed
from upstander.server.log.commit import Done, perform


def give(person: Person, kind: str, of: str = "", *, second: Person | None = None) -> None:
    """Gives a duty. `of`: an overseer's kind of body, as the pack names it; empty for another one.

    Raises `conflict` for somebody who may not have it, `malformed` for a kind that the pack does not name.
    `second`: who confirmed it. On the desk nobody becomes an overseer without (`second.py`); whoever has the
    machine needs no page.
    """
    check_may(person, kind, of)

    def change() -> Done:
        check_may(person, kind, of)
        Duty.objects.update_or_create(person=person, kind=kind, defaults={"of": of})
        also = [leaves.admin("second-person", second)] if second else []
        return Done((), leaves.admin(f"give-{kind}-{of}" if of else f"give-{kind}", person), also)

    perform(change)


def check_may(person: Person, kind: str, of: str = "") -> None:
    """Raises `conflict` for somebody who may not have this duty, `malformed` for an unknown kind of body."""
    kinds = {one.id for one in pack_of(person.institution.pack).law.overseers}
    if of and (kind != Duty.Kind.OVERSEER or of not in kinds):
        raise malformed("The pack names no such kind of overseer.", "of")
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
