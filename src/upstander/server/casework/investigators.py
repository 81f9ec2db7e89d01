"""Whoever gets the investigator's version answers for herself first: what she needs for that.

The names of the people it is about are sealed to the version's key in an envelope of their own: the server
gives that one, and nothing else of the version, to somebody who has not answered.
"""

from __future__ import annotations

from django.db.models import QuerySet

from upstander.policy.bars import INVESTIGATE, OPEN
from upstander.server.accounts.models import Person
from upstander.server.cases.models import Case, Grant
from upstander.server.casework import conflict
from upstander.server.casework.access import cases_of, departed
from upstander.server.casework.casefile import CaseFile
from upstander.server.casework.models import BriefNames, ShutOut
from upstander.server.institutions.packs import in_force

BRIEF = "brief"


def capacity(case: Case, person: Person) -> str:
    """As what a reader of the version is asked: who holds the case answered for it, others investigate."""
    return OPEN if cases_of(person, case.id).exists() else INVESTIGATE


def unanswered(case: Case, file: CaseFile, person: Person) -> list[str]:
    """Ids of the questions this reader of the version still has to answer."""
    law = in_force(case.institution.pack).law
    return conflict.unanswered(law, case, file, person, capacity(case, person))


def names_of(case: Case) -> BriefNames | None:
    """Where it is sealed whom the version is about."""
    return BriefNames.objects.filter(case=case).first()


def names_stand(case: Case, file: CaseFile) -> str:
    """Whether that is "there", "old" because somebody was added since, or not there at all (empty)."""
    names = names_of(case)
    if names is None:
        return ""
    return "old" if names.number < file.last_subject() else "there"


def waits(case: Case, file: CaseFile) -> bool:
    """Whether somebody investigates who cannot answer before names are written down."""
    return names_stand(case, file) != "there" and _there(case).exists()


def is_needed(case: Case) -> bool:
    """Whether an investigator stepped back and nobody investigates now. Why is nobody's business."""
    back = ShutOut.objects.filter(
        case=case, why=ShutOut.Why.RECUSED, person__in=_only(case).values("key__person")
    )
    return back.exists() and not _there(case).exists()


def _only(case: Case) -> QuerySet[Grant]:
    """Grants, live or not, of those who were given the version and never the case."""
    rows = Grant.objects.filter(case=case, key__isnull=False)
    whole = rows.filter(scope="case").values("key__person")
    return rows.filter(scope=BRIEF).exclude(key__person__in=whole)


def _there(case: Case) -> QuerySet[Grant]:
    rows = _only(case).filter(live=True)
    return rows.exclude(pk__in=departed(rows).values("pk"))
