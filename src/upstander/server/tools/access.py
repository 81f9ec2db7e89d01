"""Which counts a person may read: her own institution's, by year, and only those of many texts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, Sum

from upstander.server.accounts.models import Person
from upstander.server.cases.models import Case, Step
from upstander.server.casework.access import cases_of
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


def openable(person: Person, after: str, most: int) -> list[Case]:
    """So many of the person's cases with ids after this one; each says whether somebody has `opened` it."""
    seen = Exists(Step.objects.filter(case=OuterRef("pk"), kind="opened"))
    return list(cases_of(person).filter(id__gt=after).annotate(opened=seen).order_by("id")[:most])
