"""Comments of overseers: sealed in the browser to those who hold a case, a leaf by code, a day to answer.

The server says which keys hold the case; the browser seals to those of them that stand on the signed card. An
overseer reads nothing of the case, and the answer is a fact of it: that there is one, of what kind, and when.
"""

from __future__ import annotations

import datetime

from upstander.formats.days import today
from upstander.server.accounts.models import Key, Person
from upstander.server.accounts.session import active_key
from upstander.server.cases.acts import locked
from upstander.server.cases.models import Case
from upstander.server.cases.sealed import check_file
from upstander.server.casework import dossier
from upstander.server.casework.dossier import file_of
from upstander.server.casework.models import Direction
from upstander.server.errors import conflict, malformed
from upstander.server.log.commit import Done, perform
from upstander.server.oversight import access, actions
from upstander.server.oversight.schemas import CommentIn

MOST = 5  # comments of one case that wait for an answer at once


def due(person: Person) -> datetime.date:
    """The last day for an answer to what is asked today."""
    return today(person.institution.time_zone) + datetime.timedelta(days=actions.ANSWER_DAYS)


def comment(person: Person, case: Case, sent: CommentIn) -> str:
    """Keeps a sealed comment for those who hold the case. Answers the promise. Raises Refusal."""
    access.check_overseer(person)
    if len(set(sent.to)) != len(sent.to):
        raise malformed("A key is named twice.", "to")
    check_file(sent.sealed, len(sent.to), "sealed")
    leaf = actions.leaf_of(person, "directed", f"{case.id} {Direction.Code.COMMENT}")
    row = Direction(
        id=sent.id,
        case=case,
        code=Direction.Code.COMMENT,
        by=person,
        day=today(person.institution.time_zone),
        due=due(person),
        act=leaf.act,
        sealed=sent.sealed,
    )

    def change() -> Done:
        now = locked(case.id)
        if not set(sent.to) <= set(access.readers_of(now)):
            raise conflict("Somebody no longer holds this case. Load the page again.")
        waiting = [one for one in dossier.directions_open(now, file_of(now)) if one.sealed is not None]
        if len(waiting) >= MOST:
            raise conflict("These comments wait for answers first.")
        if access.is_asked(sent.id):
            raise conflict("This comment was sent already.")
        actions.ask(now, row)
        return Done((), leaf)

    return perform(change, size=len(sent.sealed))


def waiting(case: Case) -> list[tuple[Direction, Key | None]]:
    """Sealed comments that wait for an answer, each with the overseer's present key."""
    rows = [one for one in dossier.directions_open(case, file_of(case)) if one.sealed is not None]
    return [(one, active_key(one.by)) for one in rows]
