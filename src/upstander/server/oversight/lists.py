"""The lists of a pack as questions to the database: which cases stand on each, from codes and days alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, F, Q, QuerySet, TextField
from django.db.models.functions import Cast, Coalesce

from upstander.policy.law import Law
from upstander.policy.law_duties import OversightList
from upstander.server.cases.models import Case
from upstander.server.casework.paging import Order

ORDER: Order = {"day": date.fromisoformat, "id": str}
"""The longest waiting first."""


def with_codes(cases: QuerySet[Case]) -> QuerySet[Any]:
    """Cases with what the lists ask of them, from their dockets."""
    names = ("opened", "told", "closed", "outcome", "referral")
    return cases.annotate(
        **{name: F(f"docket__{name}") for name in names},
        heard=Coalesce("docket__heard", "docket__told", "day"),
        again=F("docket__look_again"),
        # ids in quotes between brackets, on every database: so one of them can be looked for
        coded=Cast("docket__coded", TextField()),
        recorded=Cast("docket__recorded", TextField()),
    )


def on_list(one: OversightList, cases: QuerySet[Any], today: date) -> QuerySet[Any]:
    """The cases on this list."""
    return cases.filter(TESTS[one.test](one, today))


def counts(law: Law, cases: QuerySet[Any], today: date) -> tuple[int, dict[str, int]]:
    """How many cases there are, and on each of the pack's lists, by id."""
    asked = {f"on{place}": TESTS[one.test](one, today) for place, one in enumerate(law.oversight)}
    found = cases.order_by().aggregate(
        total=Count("pk"), **{name: Count("pk", filter=test) for name, test in asked.items()}
    )
    return found["total"], {one.id: found[f"on{place}"] for place, one in enumerate(law.oversight)}


def by_reason(cases: QuerySet[Any]) -> list[tuple[str, int]]:
    """How many of these were closed with which outcome."""
    rows = cases.order_by("outcome").values("outcome").annotate(number=Count("pk"))
    return [(row["outcome"], row["number"]) for row in rows]


def _silent(one: OversightList, today: date) -> Q:
    """Not opened; no word to the reporter, or to anybody harmed, for longer than the list's days.

    Whoever cannot be told waits as well once the day is past on which that was to be looked at again.
    """
    silent = Q(heard__lt=today - timedelta(days=one.days)) | Q(again__lt=today)
    return Q(closed=None) & (Q(opened=None) | silent)


def _unreferred(one: OversightList, today: date) -> Q:
    return Q(referral="due")


def _no_action(one: OversightList, today: date) -> Q:
    return Q(closed__isnull=False, outcome__in=one.outcomes)


def _without_record(one: OversightList, today: date) -> Q:
    return Q(coded__contains=f'"{one.when}"') & ~Q(recorded__contains=f'"{one.lacks}"')


TESTS: Mapping[str, Callable[[OversightList, date], Q]] = {
    "silent": _silent,
    "unreferred": _unreferred,
    "no-action": _no_action,
    "without-record": _without_record,
}
"""The tests a pack's lists can name, as `policy.law_duties` knows them."""
