"""What overseers do: look and direct. Each leaves a leaf; what it says is kept by the log."""

from __future__ import annotations

import datetime

from upstander.formats import ids
from upstander.formats.days import today
from upstander.server.accounts.models import Person
from upstander.server.cases.acts import locked
from upstander.server.cases.models import Case
from upstander.server.casework import docket
from upstander.server.casework.models import Direction
from upstander.server.errors import conflict, malformed
from upstander.server.log.commit import Done, LeafDraft, perform, server_leaf
from upstander.server.oversight import access

ANSWER_DAYS = 14
"""Days for an answer to what an overseer asks. An aim of the house: no law sets them."""


def viewed(person: Person, what: str) -> None:
    """Writes down that an overseer looked at a list, or at a case's codes."""
    access.check_overseer(person)
    leaf = leaf_of(person, "viewed", what)
    perform(lambda: Done((), leaf))


def direct(person: Person, case: Case, code: str) -> None:
    """Asks something of those who hold a case; they have to answer. Raises Refusal."""
    access.check_overseer(person)
    if code not in Direction.Code.values or code == Direction.Code.COMMENT:
        raise malformed("There is no such direction.", "code")
    if any(one["one"].code == code and one["answer"] is None for one in access.directions_of(case)):
        raise conflict("This was asked already, and not answered yet.")
    leaf = leaf_of(person, "directed", f"{case.id} {code}")
    day = today(person.institution.time_zone)
    until = day + datetime.timedelta(days=ANSWER_DAYS)
    row = Direction(id=ids.new_id(), case=case, code=code, by=person, day=day, due=until, act=leaf.act)

    def change() -> Done:
        ask(locked(case.id), row)
        return Done((), leaf)

    perform(change)


def ask(case: Case, row: Direction) -> None:
    """Stores what is asked of a locked case, which is due in its docket from now on."""
    row.save(force_insert=True)
    docket.refresh(case)


def leaf_of(person: Person, act: str, subject: str) -> LeafDraft:
    """A leaf of what an overseer did; `subject` says with what."""
    slug = person.institution.slug
    day = today(person.institution.time_zone)
    return server_leaf("oversight", slug, day, act=act, institution=slug, subject=subject)
