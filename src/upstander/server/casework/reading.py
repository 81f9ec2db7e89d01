"""What of a case is given to somebody who has not answered for herself: whom it is about, and nothing else.

That is names which are coded, sealed as they are. While nobody is coded only the report says whom it is
about: then it is given, and the browser shows of it what it has to. It is also what says whom the reporter
shut out, which whoever is alone with a case needs in order to hand it over.
"""

from __future__ import annotations

from upstander.server.accounts.models import Person
from upstander.server.cases.models import Case
from upstander.server.casework import conflict, people
from upstander.server.casework.casefile import CaseFile
from upstander.server.casework.dossier import file_of
from upstander.server.errors import Refusal
from upstander.server.institutions.packs import in_force

FIRST = "First say whether you have a connection to anybody in this case. Then it opens."


def asked(case: Case, file: CaseFile, person: Person) -> list[str]:
    """Ids of the questions this person answers before the case opens to her; none where it is open."""
    return conflict.unanswered(in_force(case.institution.pack).law, case, file, person)


def check_open(case: Case, person: Person) -> None:
    """Raises `conflict` while there is something to answer first."""
    if asked(case, file_of(case), person):
        raise Refusal("conflict", FIRST, 409, where="declaration")


def given(case: Case, file: CaseFile, person: Person, questions: list[str]) -> set[str]:
    """Ids of the envelopes somebody is given who still has to answer these questions."""
    names = set(names_for(case, file, questions))
    subjects = file.parties("subject")
    named = bool(subjects) and all(one.words for one in subjects)
    if named and people.holder_names(case) - {person.username}:
        return names
    return names | set(case.envelopes.filter(kind="report").values_list("id", flat=True))


def names_for(case: Case, file: CaseFile, questions: list[str]) -> dict[str, str]:
    """Sealed names to look at, as envelope id -> role.

    Those reported; and everybody, where a question is asked only because of what is coded (a prior connection
    to any party).
    """
    bars = in_force(case.institution.pack).law.bars
    about_all = any(bar.declares in questions for bar in bars if bar.when and bar.declares)
    parties = file.parties() if about_all else file.parties("subject")
    return {one.words: one.said.role for one in parties if one.words}
