"""What the tools let a person reach: counts of her institution, cases to search, briefs she has a key to.

A brief (the investigator's version) has grants of its own: having one is access to that and to nothing else
of the case.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet, Sum

from upstander.server.accounts.models import Key, Person
from upstander.server.cases.models import Case, Grant
from upstander.server.casework.access import cases_of
from upstander.server.errors import not_found
from upstander.server.tools.models import WordCount

LEAST = 10  # texts or hits: fewer could be one decider's


@dataclass(frozen=True)
class Counted:
    """One rule in one year: how often it was shown, written anew, and left with a reason."""

    rule: str
    shown: int
    rewritten: int
    stood: int


def word_counts(person: Person, year: int) -> tuple[int, list[Counted]]:
    """Texts checked in the year, and the rules that were shown often enough to be told, most shown first."""
    rows = (
        WordCount.objects.filter(
            institution=person.institution_id, month__range=(date(year, 1, 1), date(year, 12, 31))
        )
        .values("rule")
        .annotate(all_shown=Sum("shown"), all_rewritten=Sum("rewritten"), all_stood=Sum("stood"))
        .order_by("-all_shown", "rule")
    )
    found = [Counted(row["rule"], row["all_shown"], row["all_rewritten"], row["all_stood"]) for row in rows]
    texts = sum(one.shown for one in found if not one.rule)
    return texts if texts >= LEAST else 0, [one for one in found if one.rule and one.shown >= LEAST]


def openable(person: Person, after: str, most: int) -> list[tuple[str, bool]]:
    """Ids of so many of the person's cases after this one, each with whether somebody has opened it."""
    found = cases_of(person).filter(id__gt=after).order_by("id")
    return [(case, opened is not None) for case, opened in found.values_list("id", "docket__opened")[:most]]


def briefs_of(person: Person) -> QuerySet[Case]:
    """Every case whose brief the person may open now; none for people who were switched off."""
    return cases_of(person, scope="brief")


def brief_for(person: Person, case_id: str) -> Case:
    """One of them. Raises the not-found Refusal, also where there is no case, or only another key to it."""
    found = cases_of(person, case_id, "brief").select_related("institution").first()
    if found is None:
        raise not_found()
    return found


def brief_grants(case: Case, key: Key) -> list[Grant]:
    """The key's own live grants of the brief."""
    grants = Grant.objects.filter(case=case, key=key, live=True, scope="brief")
    return list(grants.select_related("key", "custodian").order_by("epoch"))
