"""Conflicts of interest: who is who in a case and who asks, for the bars of the pack. A part of access."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from enum import Enum

from upstander.policy.bars import OPEN, Barred, Matter, Worker, barred, questions
from upstander.policy.law import Law
from upstander.server.accounts.models import Person
from upstander.server.cases.models import Case
from upstander.server.casework import facts as f
from upstander.server.casework import matter
from upstander.server.casework.casefile import CaseFile
from upstander.server.casework.models import ShutOut
from upstander.server.errors import Refusal
from upstander.server.institutions.models import Institution
from upstander.server.institutions.packs import in_force

AGAIN = "Somebody was added to this case since you answered. Look who it is, then answer again."
UNASKED = "not-declared"  # the test of bars that stand until somebody has answered for herself


class Asks(Enum):
    """To which bars an act is held. None is held to none, but declaring itself and handing over.

    Whoever has not answered yet is given nothing that was said in the case (`reading.py`), so that there is
    nothing to write or to decide before. She may hand the case over, take a key away, and seal off a file.
    """

    ALL = "all"
    KNOWN = "known"  # what was declared or is coded; questions that nobody has answered can wait


def matter_of(case: Case, file: CaseFile, institution: Institution) -> Matter:
    """What the bars need to know of a case. Subjects who work here are known by their user names."""
    law = in_force(institution.pack).law
    subjects = {
        one.said.account or one.said.who: "" if _elsewhere(law, one.said) else institution.slug
        for one in file.parties("subject")
    }
    units = {one.said.account or one.said.who: one.said.unit for one in file.parties("subject")}
    parties = [one.said.account for one in file.parties("harmed", "witness") if one.said.account]
    excluded = case.exclusions.values_list("person__username", flat=True)
    return Matter(case.id, subjects, units, {}, parties, coded(law, file), set(excluded))


def coded(law: Law, file: CaseFile) -> set[str]:
    """Ids of facts coded yes, and of those that follow from what the people reported are or were."""
    kinds = {kind for one in file.parties("subject") for kind in (one.said.type_then, one.said.type_now)}
    types = (law.codes or {}).get("person-types")
    said = {(code.more or {}).get("fact", "") for code in (types.codes if types else ()) if code.id in kinds}
    return matter.coded(file) | (said - {""})


def _elsewhere(law: Law, said: f.Party) -> bool:
    """Whether a person reported serves with another body, as the pack's list says of that kind."""
    types = (law.codes or {}).get("person-types")
    return not said.account and any(
        code.id == said.type_then and (code.more or {}).get("serves") == "elsewhere"
        for code in (types.codes if types else ())
    )


def worker_of(file: CaseFile, person: Person, about: Collection[str]) -> Worker:
    """Who wants to work on it, with what she declared. `about`: cases in which she is reported."""
    return Worker(
        person.username, person.institution.slug, subject_of=about, declared=file.answers(person.username)
    )


def reported(people: Collection[int]) -> dict[int, list[str]]:
    """Of these people (numbers of their rows), those who are reported, with the cases.

    A covert case is not among them: that a colleague is let in nowhere any more would tell everybody.
    """
    found: dict[int, list[str]] = {}
    rows = ShutOut.objects.filter(person__in=people, why=ShutOut.Why.SUBJECT)
    rows = rows.exclude(case__docket__covert=True)
    for person, case in rows.values_list("person_id", "case_id"):
        found.setdefault(person, []).append(case)
    return found


def against(law: Law, case: Case, file: CaseFile, person: Person, of: str = OPEN) -> list[Barred]:
    """Every bar against this person working on the case now that she may know of.

    That she is reported in another case is not one of them: a refusal here would tell her. It bars new grants
    (`against_grant`), which somebody else asks for.
    """
    return _barred(law, worker_of(file, person, ()), matter_of(case, file, case.institution), of)


def against_grant(law: Law, worker: Worker, matter: Matter, of: str = OPEN) -> list[Barred]:
    """Every bar against giving this person a key. What only she can answer is asked when she opens it."""
    asked_later = {bar.id for bar in law.bars if bar.test == UNASKED}
    return [one for one in _barred(law, worker, matter, of) if one.bar not in asked_later]


def _barred(law: Law, worker: Worker, matter: Matter, of: str) -> list[Barred]:
    """As `barred`; whoever names an investigator vouches for knowledge and skills in the same act."""
    return barred(law, replace(worker, skilled=True), matter, of)


def standing(
    law: Law, case: Case, file: CaseFile, person: Person, asks: Asks, *, of: str = OPEN
) -> list[Barred]:
    """The bars against this person to which such an act is held."""
    later = {bar.id for bar in law.bars if bar.test == UNASKED} if asks is Asks.KNOWN else set()
    return [one for one in against(law, case, file, person, of) if one.bar not in later]


def check_free(
    law: Law, case: Case, file: CaseFile, person: Person, asks: Asks = Asks.ALL, *, of: str = OPEN
) -> None:
    """Raises `conflict` while a bar of the pack stands against this person, with its words and source."""
    bars = standing(law, case, file, person, asks, of=of)
    if bars:
        said = [AGAIN] if is_again(file, person) else []
        said += [f"{one.says} ({one.source})" for one in bars]
        raise Refusal("conflict", " ".join(said), 409, where="declaration")


def is_again(file: CaseFile, person: Person) -> bool:
    """Whether this person answered before, and somebody was added since."""
    return file.declared(person.username) is not None and bool(file.unasked(person.username))


def unanswered(law: Law, case: Case, file: CaseFile, person: Person, of: str = OPEN) -> list[str]:
    """Ids of the questions this person still has to answer before she works on the case (or investigates)."""
    answered = file.answers(person.username)
    asked = questions(law, matter_of(case, file, case.institution), of)
    return [question for question in asked if question not in answered]


def barring_answers(law: Law, of: str = OPEN) -> list[str]:
    """Ids of the questions a yes to which bars from the case, or from investigating it too."""
    return sorted({bar.declares for bar in law.bars if bar.declares and bar.of in (OPEN, of)})


def all_declared(law: Law, file: CaseFile) -> list[str]:
    """Ids of the questions that everybody who recorded something here answered with no connection.

    Who said no more than that she steps back did not work on it: that is how a connection is kept out.
    """
    people = {
        version.person
        for versions in file.versions.values()
        for version in versions
        if not (isinstance(version.said, f.Declaration) and version.said.outcome == "recuses")
    }
    made = [one.said.declared if (one := file.declared(person)) else {} for person in sorted(people)]
    return [
        question.id
        for question in law.declarations
        if made and all(one.get(question.id) is False for one in made)
    ]
