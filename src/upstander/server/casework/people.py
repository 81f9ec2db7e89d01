"""Who may be let in to a case: rows in, the policy's answer out. Asked for the page and again for the act."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

from django.db.models import QuerySet

from upstander.policy.bars import OPEN
from upstander.policy.conflicts import Candidate, CaseFacts, may_let_in
from upstander.server.accounts.models import Key, Membership, Person
from upstander.server.cases.models import Case, Grant
from upstander.server.casework import conflict
from upstander.server.casework.access import departed
from upstander.server.casework.dossier import file_of
from upstander.server.casework.models import ShutOut
from upstander.server.institutions.packs import in_force

NOT_THIS_ONE = "This person cannot be let in to this case. Choose somebody from the list."


@dataclass(frozen=True)
class Possible:
    """A member's key and the team it is on."""

    key: Key
    channel: str


def members_of(case: Case) -> list[Possible]:
    """Active members of the institution's channels, each with the key of the newest place."""
    places = (
        Membership.objects.filter(
            channel__institution=case.institution_id,
            state=Membership.State.ACTIVE,
            key__person__is_active=True,
        )
        .exclude(key__state=Key.State.REVOKED)
        .select_related("key__person__institution", "channel")
        .order_by("key__person__name", "key_id", "order")
    )
    return [Possible(place.key, place.channel.name) for place in places]


def candidates(case: Case) -> list[Possible]:
    """Members who may be let in now, each key once."""
    members = members_of(case)
    facts = case_facts(case)
    insiders, barred = _insiders(case), _bars(case, [one.key for one in members])
    gone, about = left_team(case), no_part(case)
    found: dict[str, Possible] = {}
    for possible in members:
        if possible.key.person_id in gone or possible.key.person_id in about:
            continue
        if may_let_in(_candidate(possible.key, case, insiders), facts) is None and not barred(possible.key):
            found.setdefault(possible.key.id, possible)
    return list(found.values())


def why_not(case: Case, key: Key, of: str = OPEN) -> str | None:
    """Why this key may not be given a grant now, or None. `of`: "investigate" for a grant of the brief.

    In the same words whatever the reason: that somebody is reported, stepped back, left or was never here is
    not for whoever tries keys to find out. The list of those who may be let in is all she needs.
    """
    active = Membership.objects.filter(
        key=key, state=Membership.State.ACTIVE, channel__institution=case.institution_id
    ).exists()
    if not active or key.state == Key.State.REVOKED or not key.person.is_active:
        return NOT_THIS_ONE
    if key.person_id in no_part(case) | left_team(case):
        return NOT_THIS_ONE
    why = may_let_in(_candidate(key, case, _insiders(case)), case_facts(case))
    return NOT_THIS_ONE if why or _bars(case, [key], of)(key) else None


def case_facts(case: Case) -> CaseFacts:
    """What the rule needs to know of a case."""
    grants = Grant.objects.filter(case=case, live=True, scope="case", key__isnull=False)
    holders = grants.exclude(key__state=Key.State.REVOKED).values_list("key__person_id", flat=True)
    return CaseFacts(
        institution=str(case.institution_id),
        excluded={str(person) for person in excluded_people(case)},
        holders={str(person) for person in holders},
        outside_only=not case.channels.filter(inside=True).exists(),
    )


def works_here(case: Case, username: str) -> bool:
    """Whether somebody of the institution works under this user name."""
    return Person.objects.filter(institution=case.institution_id, username=username).exists()


def holder_names(case: Case) -> set[str]:
    """User names of those who can open the case."""
    return set(_present(case).values_list("key__person__username", flat=True))


def workers(case: Case) -> dict[str, str]:
    """Those who can be given work on the case, as user name -> name, by name: they can open it, and no bar
    stands against them that would keep a key from them now."""
    keys = [one.key for one in _present(case).select_related("key__person__institution") if one.key]
    says = _bars(case, keys)
    found = {key.person.username: key.person.name for key in keys if not says(key)}
    return dict(sorted(found.items(), key=lambda one: one[1]))


def named(case: Case, usernames: Collection[str]) -> dict[str, str]:
    """Names of people of the institution, by user name. Nothing is asked where nobody is named."""
    wanted = {one for one in usernames if one}
    if not wanted:
        return {}
    rows = Person.objects.filter(institution=case.institution_id, username__in=wanted)
    return dict(rows.values_list("username", "name"))


def _present(case: Case) -> QuerySet[Grant]:
    """Grants of those who can open the case: whoever left or stepped back has hers until the next epoch, and
    opens nothing with it."""
    rows = Grant.objects.filter(case=case, live=True, scope="case", key__isnull=False)
    return rows.exclude(pk__in=departed(rows).values("pk"))


def holder(case: Case, username: str) -> Person | None:
    """Who can open the case under this user name, if anybody."""
    found = Person.objects.filter(username=username, institution=case.institution_id).first()
    return found if found is not None and username in holder_names(case) else None


def no_part(case: Case) -> set[int]:
    """People here with no part in the case, by their row's number: subjects, and who stepped back."""
    return set(ShutOut.objects.filter(case=case).values_list("person_id", flat=True))


def left_team(case: Case) -> set[int]:
    """People who once had a place on one of the case's channels and have none there now."""
    places = Membership.objects.filter(channel__cases=case)
    here = set(places.filter(state=Membership.State.ACTIVE).values_list("key__person_id", flat=True))
    return set(places.values_list("key__person_id", flat=True)) - here


def excluded_people(case: Case) -> set[int]:
    """People the reporter shut out, by their row's number."""
    return set(case.exclusions.values_list("person_id", flat=True))


def _bars(case: Case, keys: Iterable[Key], of: str = OPEN) -> Callable[[Key], str]:
    """A function from one of these keys to what the pack's bars say against giving it to its holder."""
    law, file = in_force(case.institution.pack).law, file_of(case)
    about = conflict.reported([key.person_id for key in keys])
    matter = conflict.matter_of(case, file, case.institution)

    def says(key: Key) -> str:
        worker = conflict.worker_of(file, key.person, about.get(key.person_id, ()))
        return " ".join(one.says for one in conflict.against_grant(law, worker, matter, of))

    return says


def _insiders(case: Case) -> set[int]:
    rows = Membership.objects.filter(
        channel__institution=case.institution_id, channel__inside=True, state=Membership.State.ACTIVE
    )
    return set(rows.values_list("key__person_id", flat=True))


def _candidate(key: Key, case: Case, insiders: set[int]) -> Candidate:
    return Candidate(
        person=str(key.person_id),
        institutions=(str(case.institution_id),),
        inside=key.person_id in insiders,
        has_key=True,
    )
