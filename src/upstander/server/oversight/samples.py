"""Dip samples: a list is fixed in the log, the first head after it draws, and copies are lent for a time.

The redacted copy of a drawn case is the investigator's version, sealed to the overseer alone by somebody who
holds the case. She gets no key to the case; each time she opens a copy there is a leaf, and after the last
day the copies are deleted.
"""

from __future__ import annotations

import datetime
from functools import partial

from upstander.formats import ids
from upstander.formats.days import today
from upstander.ledger.sample import digest, draw
from upstander.server.accounts.models import Key, Person
from upstander.server.accounts.session import active_key
from upstander.server.cases.models import Case
from upstander.server.cases.sealed import check_grant
from upstander.server.casework.acts import check_free, standing
from upstander.server.casework.models import Drawn, Sample
from upstander.server.errors import Refusal, conflict, malformed, not_found
from upstander.server.log import access as log_access
from upstander.server.log.commit import Done, LeafDraft, perform
from upstander.server.oversight import access
from upstander.server.oversight.actions import leaf_of
from upstander.server.oversight.schemas import CopyIn

MOST = 50  # cases in one sample
LENT_DAYS = 28  # from the draw; within them copies are handed over, opened, and then deleted


def order(person: Person, count: int) -> Sample:
    """Fixes the list of all cases she sees, before anybody can know what is drawn. Raises Refusal."""
    listed = sorted(access.cases_of(person).values_list("id", flat=True))
    if not 1 <= count <= MOST:
        raise malformed(f"Draw between 1 and {MOST} cases.", "count")
    if not listed:
        raise conflict("There is no case to draw from.")
    if person.samples.filter(root="").exists():
        raise conflict("Your last sample is not drawn yet. It is drawn by the next head of the log.")
    said = digest(listed)
    leaf = leaf_of(person, "sample-fixed", f"{count} of {len(listed)} by {said}")
    day = today(person.institution.time_zone)
    row = Sample(
        id=ids.new_id(), person=person, day=day, count=count, listed=listed, digest=said, act=leaf.act
    )
    perform(lambda: Done([row], leaf))
    return row


def draw_due() -> int:
    """Draws every sample whose head has come; answers how many. Harmless to repeat."""
    rows = Sample.objects.filter(root="").select_related("person__institution").order_by("day", "id")
    return sum(draw_from(row) for row in rows)


def draw_from(sample: Sample) -> bool:
    """Draws one, if its head has come and it was not drawn yet; whether it was drawn now."""
    head = log_access.first_head_over(sample.act)
    if head is None:
        return False
    person, root = sample.person, head.row.root
    found = draw(bytes.fromhex(root), sample.listed, sample.count)
    leaf = leaf_of(person, "sampled", f"{sample.id} by {root}: {digest(found)}")
    day = today(person.institution.time_zone)

    def change() -> Done:
        locked = Sample.objects.select_for_update().filter(id=sample.id, root="").first()
        if locked is None:
            raise conflict("This was drawn before.")
        locked.root, locked.size = root, head.row.size
        locked.until = day + datetime.timedelta(days=LENT_DAYS)
        locked.save(update_fields=["root", "size", "until"])
        there = set(Case.objects.filter(id__in=found).values_list("id", flat=True))
        rows = [
            Drawn(id=ids.new_id(), sample=locked, case_id=one, place=place)
            for place, one in enumerate(found, start=1)
            if one in there  # one that was deleted since has no copy
        ]
        return Done(rows, leaf)

    try:
        perform(change)
    except Refusal:  # another process was quicker
        return False
    return True


def hand(case: Case, key: Key, sent: CopyIn) -> str:
    """Keeps a drawn case's copy for the overseer. Answers the promise. Raises Refusal."""
    check_grant(sent.sealed, "sealed")
    row = access.wanted(case).filter(id=sent.drawn).select_related("sample__person__institution").first()
    if row is None:
        raise not_found()
    overseer = row.sample.person
    leaf = leaf_of(overseer, "copy-handed", row.id)
    day = today(case.institution.time_zone)

    def change() -> Done:
        standing(case, key, "case")
        check_free(case, key)
        own = active_key(overseer)
        if own is None or own.id != sent.to:
            raise conflict("The overseer has another key now. Load the page again.")
        done = access.wanted(case).filter(id=row.id).update(key=own, sealed=sent.sealed, handed=day)
        if not done:
            raise conflict("A copy was handed over already.")
        return Done((), leaf)

    return perform(change, size=len(sent.sealed))


def open_copy(person: Person, drawn_id: str) -> Drawn:
    """One copy as it is sealed, with a leaf each time. Raises not-found after its last day."""
    row = access.copies_of(person).filter(id=drawn_id).first()
    if row is None:
        raise not_found()
    day = today(person.institution.time_zone)
    leaf = leaf_of(person, "viewed", f"copy {row.id}")

    def change() -> Done:
        Drawn.objects.filter(id=row.id, opened=None).update(opened=day)
        return Done((), leaf)

    perform(change)
    return row


def end_due(day: datetime.date | None = None) -> int:
    """Deletes the copies of samples whose last day is past; answers of how many. Harmless to repeat."""
    rows = Sample.objects.filter(over=False, until__isnull=False).select_related("person__institution")
    over = [row for row in rows if row.until and row.until < (day or today(row.person.institution.time_zone))]
    for row in over:
        leaf = leaf_of(row.person, "copies-deleted", row.id)

        perform(partial(_end, row, leaf))
    return len(over)


def _end(sample: Sample, leaf: LeafDraft) -> Done:
    sample.drawn.update(sealed=None)
    Sample.objects.filter(id=sample.id).update(over=True)
    return Done((), leaf)
