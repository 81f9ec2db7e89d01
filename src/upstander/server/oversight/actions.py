"""What overseers do: look, draw a sample, direct. Each leaves a leaf; what it says is kept by the log."""

from __future__ import annotations

from upstander.formats import ids
from upstander.formats.days import today
from upstander.ledger.sample import draw
from upstander.server.accounts.models import Person
from upstander.server.cases.models import Case
from upstander.server.casework.models import Direction
from upstander.server.errors import conflict, malformed
from upstander.server.log import access as log_access
from upstander.server.log import generations
from upstander.server.log.commit import Done, LeafDraft, perform, server_leaf
from upstander.server.oversight import access

MOST = 50  # cases in one sample


def viewed(person: Person, what: str) -> None:
    """Writes down that an overseer looked at a list, or at a case's codes."""
    access.check_overseer(person)
    leaf = _leaf(person, "viewed", what)
    perform(lambda: Done((), leaf))


def direct(person: Person, case: Case, code: str) -> None:
    """Asks something of those who hold a case; they have to answer. Raises Refusal."""
    access.check_overseer(person)
    if code not in Direction.Code.values:
        raise malformed("There is no such direction.", "code")
    if any(one["one"].code == code and one["answer"] is None for one in access.directions_of(case)):
        raise conflict("This was asked already, and not answered yet.")
    leaf = _leaf(person, "directed", f"{case.id} {code}")
    row = Direction(
        id=ids.new_id(),
        case=case,
        code=code,
        by=person,
        day=today(person.institution.time_zone),
        act=leaf.act,
    )
    perform(lambda: Done([row], leaf))


def sample(person: Person, count: int) -> tuple[str, int, list[str]]:
    """Draws cases by the newest published head: its root (hex), its size, and the case ids.

    Raises `conflict` while no head is published. Only cases from before the head's day are drawn from, so
    that the head could not be known when the last of them came.
    """
    published = log_access.published(generations.newest())
    if published is None:
        raise conflict("No head of the log is published yet. Draw after the next one.")
    if not 1 <= count <= MOST:
        raise malformed(f"Draw between 1 and {MOST} cases.", "count")
    row = published.row
    cases = access.cases_of(person).filter(day__lt=row.day).values_list("id", flat=True)
    found = draw(bytes.fromhex(row.root), cases, count)
    leaf = _leaf(person, "sampled", f"{count} by {row.root}")
    perform(lambda: Done((), leaf))
    return row.root, row.size, found


def _leaf(person: Person, act: str, subject: str) -> LeafDraft:
    slug = person.institution.slug
    day = today(person.institution.time_zone)
    return server_leaf("oversight", slug, day, act=act, institution=slug, subject=subject)
