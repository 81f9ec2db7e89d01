"""Who may be recorded as somebody in a case: a person met before, and a colleague who works here.

Whoever is named has no part in the case from that moment: at once, because a friend of the accused must not
read on. So that nobody can use this to be left alone with a case, one person names only so many colleagues,
in all cases together; the others are named by another holder. The last other one is named only once there is
somebody else to go on. Overseers are told of each naming in the same act, and of its
undoing, which takes two others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from upstander.server.accounts.models import Membership, Person
from upstander.server.cases.models import Case
from upstander.server.casework import access, conflict, people
from upstander.server.casework import facts as f
from upstander.server.casework.casefile import CaseFile, Version
from upstander.server.casework.lawful import Asked
from upstander.server.casework.models import Fact
from upstander.server.log.commit import LeafDraft, server_leaf

MOST = 2  # colleagues whom one person names, in all cases of the institution
NOT_MET = "This person is in no case that you can open. Choose from the list, or add a new person."
TWICE = "This person is in this case already in this part. Correct the entry that is there."
OTHER = "Under this user name somebody was recorded before. Choose the same person from the list."
TOO_MANY = (
    f"You have named {MOST} colleagues already. Nobody shuts out a team alone: "
    "ask another holder of this case to record this one, and let somebody in first where there is none."
)
SAME = (
    "Somebody else decides this: not who asked, and not who named the person. "
    "Let a colleague in first where there is nobody."
)
ALONE = "Nobody but you would be left to work on this case. Let somebody else in first."


def known(asked: Asked, one: f.Party) -> str:
    """Why this pseudonym may not be given to this person, or nothing.

    What another case says of a person counts here (a live warning opens dismissal), so one points only to
    people of cases that one can open; and one user name is one person.
    """
    before = asked.before.now(one.item)
    if before is not None and (before.said.who, before.said.account) == (one.who, one.account):
        return ""
    mine = access.cases_of(asked.key.person).order_by().values("pk")
    met = Fact.objects.filter(who=one.who).exclude(case=asked.case)
    if met.exists() and not met.filter(case__in=mine).exists():
        return NOT_MET
    here = [found.said for found in asked.file.parties() if found.said.item != one.item]
    if any((found.who, found.role) == (one.who, one.role) for found in here) and one.state == "in":
        return TWICE
    theirs = Fact.objects.filter(case__in=mine, kind="party", current=True, data__account=one.account)
    same = {found.who for found in here if found.account == one.account} | set(
        theirs.exclude(case=asked.case).values_list("who", flat=True)
    )
    return OTHER if one.account and same and one.who not in same else ""


def colleague(asked: Asked, one: f.Party) -> str:
    """Why this colleague may not be named by whoever records it, or nothing."""
    before = asked.before.now(one.item)
    same = before is not None and (before.said.account, before.said.role) == (one.account, one.role)
    if same and one.item not in asked.before.lifted():
        return ""
    if one.state == "out" or one.account not in _on_channels(asked.case):
        return ""
    if len(_named(asked)) > MOST:
        return TOO_MANY
    if _free_others(asked, asked.before) and not _free_others(asked, asked.file):
        shut = {found.said.account for found in asked.file.parties()}
        rest = [each for each in people.candidates(asked.case) if each.key.person.username not in shut]
        return ALONE if rest else ""
    return ""


def undo(asked: Asked, one: f.Unnaming) -> str:
    """Why a naming is not undone so, or nothing.

    A friend could lift a right naming as well as a wrong one: it takes two, and neither is who named.
    """
    party = asked.before.now(one.of)
    before = asked.before.now(one.item)
    if party is None or not isinstance(party.said, f.Party) or not _bars(asked, party):
        return "Nobody is shut out of this case by that entry."
    if not one.words:
        return "Write why the name is wrong, or why it stands. It is sealed."
    open_ = [
        had for had in asked.before.of(f.Unnaming) if had.said.of == one.of and had.said.state == "asked"
    ]
    if one.state == "asked":
        if before is not None or open_:
            return "This was asked already. A second person decides it."
        return ""
    if before is None or before.said.state != "asked" or before.said.of != one.of:
        return "First somebody asks for it, with reasons. Then somebody else decides."
    if asked.me == before.person or asked.me in _namers(asked.before, one.of):
        return SAME
    return ""


def _namers(file: CaseFile, item: str) -> set[str]:
    """Who recorded any version of an entry that names a colleague."""
    return {one.person for one in file.versions[item] if one.said.account}


def _bars(asked: Asked, party: Version) -> bool:
    found = [one for one in asked.before.parties("subject") if one.said.item == party.said.item]
    return any(one.said.account for one in found)


@dataclass(frozen=True)
class Undoing:
    """A colleague who is shut out because of an entry, and how far it is with undoing that."""

    party: Version
    name: str
    asked: Version | None
    may_decide: bool


def undoings(case: Case, file: CaseFile, me: str) -> list[Undoing]:
    """What can be asked or decided about colleagues who were named; for the page."""
    named_here = [one for one in file.parties("subject") if one.said.account]
    names = people.named(case, [one.said.account for one in named_here])
    found = []
    for one in named_here:
        item = one.said.item
        asked = next(
            (had for had in file.of(f.Unnaming) if had.said.of == item and had.said.state == "asked"), None
        )
        may = asked is not None and me != asked.person and me not in _namers(file, item)
        found.append(Undoing(one, names.get(one.said.account, one.said.account), asked, may))
    return found


def told(case: Case, said: Sequence[f.AnyFact], leaf: LeafDraft) -> list[LeafDraft]:
    """What overseers are told with an act that names somebody who works on a channel here, or undoes that."""
    if any(isinstance(one, f.Unnaming) and one.state == "lifted" for one in said):
        slug = case.institution.slug
        return [server_leaf("oversight", slug, leaf.day, act="unnamed", institution=slug, subject=case.id)]
    accounts = {one.account for one in said if isinstance(one, f.Party) and one.state == "in"} - {""}
    if not accounts & _on_channels(case):
        return []
    slug = case.institution.slug
    return [server_leaf("oversight", slug, leaf.day, act="named", institution=slug, subject=case.id)]


def _on_channels(case: Case) -> set[str]:
    """User names of people with a place on a channel of the institution."""
    places = Membership.objects.filter(
        channel__institution=case.institution_id, state=Membership.State.ACTIVE
    )
    return set(places.values_list("key__person__username", flat=True))


def _named(asked: Asked) -> set[str]:
    """Colleagues on channels whom this person has named, here with what is recorded now, and elsewhere."""
    elsewhere = Fact.objects.filter(
        case__institution=asked.case.institution_id, kind="party", by__person=asked.key.person
    ).exclude(case=asked.case)
    found = set(elsewhere.values_list("data__account", flat=True))
    for versions in asked.file.versions.values():
        found |= {
            one.said.account for one in versions if one.person == asked.me and isinstance(one.said, f.Party)
        }
    return found & _on_channels(asked.case)


def _free_others(asked: Asked, file: CaseFile) -> bool:
    """Whether somebody else could still work on the case, as this file has it."""
    gone = people.no_part(asked.case) | people.excluded_people(asked.case)
    holders = people.holder_names(asked.case) - {asked.me}
    parties = {one.said.account for one in file.parties()}
    rest = Person.objects.filter(username__in=holders - parties, is_active=True).exclude(pk__in=gone)
    law, later = asked.pack.law, conflict.Asks.KNOWN
    return any(not conflict.standing(law, asked.case, file, one, later) for one in rest)
