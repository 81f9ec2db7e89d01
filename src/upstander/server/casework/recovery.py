"""Recovery with a channel's paper shares: a member shows that they were put together, then makes grants.

The proof is a token sealed to the custodian's recipient. Without its identity nobody can read the token, so
nobody sees by this way that a case exists, or writes a grant that opens nothing.
"""

from __future__ import annotations

from django.core import signing
from django.db.models import Model, QuerySet

from upstander.policy.stages import With
from upstander.sealing import age
from upstander.server.accounts.models import Key, Membership, Person
from upstander.server.cases.acts import settle
from upstander.server.cases.models import Case, Grant
from upstander.server.casework import holders, people
from upstander.server.casework.acts import is_member, next_state, turn
from upstander.server.casework.grants import LET_IN, admit, by_target, check_sealed, grant_act
from upstander.server.casework.schemas import CaseGrantsIn
from upstander.server.errors import Refusal, not_found
from upstander.server.institutions.models import Custodian
from upstander.server.log.commit import server_leaf

_SALT = "upstander.casework.recovery"
VALID = 2 * 3600  # seconds
PAGE = 25
# Why cases are opened past their handlers: the page asks (recover-channel.html), the overseer reads it.
REASONS = {
    "left": "whoever held them left",
    "absent": "whoever held them cannot be reached",
    "key-lost": "a key was lost",
    "danger": "somebody is in danger now",
    "ordered": "a court or an overseer asked for it",
}


def custodian_for(person: Person, channel_id: str, custodian_key: str) -> Custodian:
    """A custodian, present or earlier, of a channel the person works on. Raises the not-found Refusal."""
    place = Membership.objects.filter(
        channel=channel_id, key__person=person, state=Membership.State.ACTIVE, key__person__is_active=True
    )
    found = Custodian.objects.filter(key=custodian_key, channel=channel_id).first()
    if found is None or not place.exists():
        raise not_found()
    return found


def proof(person: Person, custodian: Custodian) -> bytes:
    """A token that only the custodian's identity can read."""
    token = signing.dumps({"custodian": custodian.key, "person": person.pk}, salt=_SALT)
    return age.seal(token.encode(), [custodian.seal])


def custodian_of(person: Person, channel_id: str, token: str) -> Custodian:
    """The custodian whose token the person read. Raises the not-found Refusal for any other token."""
    try:
        said = signing.loads(token, salt=_SALT, max_age=VALID)
    except signing.BadSignature:
        raise not_found() from None
    if said["person"] != person.pk:
        raise not_found()
    return custodian_for(person, channel_id, said["custodian"])


def cases_under(person: Person, custodian: Custodian) -> QuerySet[Case]:
    """Cases sealed to the custodian, without those whose reporter shut the person out."""
    grants = Grant.objects.filter(custodian=custodian, live=True)
    return (
        Case.objects.filter(id__in=grants.values("case_id"))
        .exclude(exclusions__person=person)
        .exclude(shut_out__person=person)
        .order_by("id")
    )


def recover(person: Person, key: Key, custodian: Custodian, sent: CaseGrantsIn, reason: str) -> str:
    """Makes grants of one case from the custodian's. The policy is asked again. Answers the promise.

    `reason`: one of REASONS.
    """
    check_sealed(sent.grants)
    case = cases_under(person, custodian).filter(id=sent.case).select_related("institution").first()
    if case is None:
        raise not_found()
    made = grant_act(case, key, sent)

    def change(now: Case) -> list[Model]:
        if not is_member(key, now):
            raise Refusal("refused", "Your key waits for a colleague's signature.", 403)
        if now.state == Case.State.OPEN:
            next_state(now, LET_IN, With(subject=True))
        held = set(
            Grant.objects.filter(case=now, custodian=custodian, live=True).values_list("scope", "epoch")
        )
        for newcomer, grants in by_target(sent.grants).items():
            if not {(grant.scope, grant.epoch) for grant in grants} <= held:
                raise Refusal("refused", "The shares do not open all of that.", 403, where="grants")
            admit(now, key, newcomer, grants)
        holders.let_in(now, sent.admits, holders.newcomers(now, sent.grants))
        turn(now)
        return []

    # Opening a case past its handlers, and why, is told to the overseer at once, in the same act.
    slug, said = case.institution.slug, f"recovered-{reason}"
    told = server_leaf("oversight", slug, made.leaf.day, act=said, institution=slug, subject=case.id)
    return settle(made, change, also=[told])


def may(case: Case) -> list[str]:
    """Keys that may be given a grant."""
    return [possible.key.id for possible in people.candidates(case)]
