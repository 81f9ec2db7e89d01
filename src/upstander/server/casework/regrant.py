"""A change of key: the person's own grants, sealed again in her browser, from an old key to the present."""

from __future__ import annotations

from django.db.models import Model, QuerySet

from upstander.server.accounts.models import Key, Person
from upstander.server.cases.acts import settle
from upstander.server.cases.models import Case, Grant
from upstander.server.casework import holders
from upstander.server.casework.access import case_for, cases_of
from upstander.server.casework.acts import is_member, turn
from upstander.server.casework.grants import check_sealed, grant_act, store
from upstander.server.casework.schemas import CaseGrantsIn
from upstander.server.errors import Refusal, conflict, malformed


def old_grants(person: Person, key: Key) -> QuerySet[Grant]:
    """The person's live grants under earlier keys that were not lost."""
    earlier = Key.objects.filter(person=person).exclude(id=key.id).exclude(state=Key.State.REVOKED)
    mine = cases_of(person).order_by().values("pk")
    return Grant.objects.filter(live=True, key__in=earlier, case__in=mine)


def waiting(person: Person, key: Key) -> QuerySet[Case]:
    """Cases that an earlier key of the person opens and the present one does not."""
    return Case.objects.filter(id__in=old_grants(person, key).values("case")).order_by("id")


def regrant(person: Person, key: Key, sent: CaseGrantsIn) -> str:
    """Stores the new grants of one case and ends the old ones. Answers the promise."""
    check_sealed(sent.grants)
    if any(grant.to != key.id for grant in sent.grants):
        raise malformed("Seal your cases again to your own present key.", "grants")
    case = case_for(person, sent.case)
    made = grant_act(case, key, sent)

    def change(now: Case) -> list[Model]:
        case_for(person, now.id)
        if not is_member(key, now):
            raise Refusal("refused", "Your key waits for a colleague's signature.", 403)
        old = old_grants(person, key).filter(case=now)
        held = set(old.values_list("scope", "epoch"))
        if {(grant.scope, grant.epoch) for grant in sent.grants} != held:
            raise conflict("Every grant your earlier key holds has to be sealed again. Load the page again.")
        ended = list(old.values_list("pk", flat=True))
        store(now, sent.grants)
        holders.let_in(now, sent.admits, holders.newcomers(now, sent.grants))
        Grant.objects.filter(pk__in=ended).update(live=False)
        turn(now)
        return []

    return settle(made, change)
