"""Telling a guardian whom to look after, and ending it. Through `perform`; the leaf names no case."""

from __future__ import annotations

from upstander.formats.days import today
from upstander.server.accounts.models import Key, Person
from upstander.server.cases.models import Case
from upstander.server.cases.sealed import check_grant
from upstander.server.casework.acts import check_free, standing
from upstander.server.errors import conflict, not_found
from upstander.server.guardians.access import guardian_key, watched_by
from upstander.server.guardians.models import Watched
from upstander.server.guardians.schemas import WatchIn
from upstander.server.log.commit import Done, LeafDraft, perform, server_leaf


def tell(case: Case, key: Key, sent: WatchIn) -> str:
    """Tells one guardian. Only who holds the sheet may: nobody else knows a name. Answers the promise."""
    check_grant(sent.sealed, "sealed")
    day = today(case.institution.time_zone)
    leaf = _leaf("guardian-told", key.person, sent.to)

    def change() -> Done:
        standing(case, key, "sheet")
        check_free(case, key)
        guardian = guardian_key(case, sent.to)
        there = Watched.objects.filter(case=case, key=guardian).first()
        if there is not None and there.id != sent.id:
            raise conflict("This guardian was told of this case already.")
        if there is not None:
            return Done([], leaf)
        return Done([Watched(id=sent.id, case=case, key=guardian, sealed=sent.sealed, day=day)], leaf)

    return perform(change, size=len(sent.sealed))


def drop(person: Person, watched_id: str) -> str:
    """A guardian no longer looks after somebody: the entry is deleted. Answers the promise."""
    leaf = _leaf("guardian-dropped", person, person.username)

    def change() -> Done:
        deleted, _ = watched_by(person).filter(id=watched_id).delete()
        if not deleted:
            raise not_found()
        return Done([], leaf)

    return perform(change)


def _leaf(act: str, person: Person, subject: str) -> LeafDraft:
    slug = person.institution.slug
    return server_leaf(
        "admin", slug, today(person.institution.time_zone), act=act, institution=slug, subject=subject
    )
