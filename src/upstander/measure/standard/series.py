"""Reports month by month: whether a change left a step, and, as exploration, which month looks like one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from upstander.measure import change
from upstander.measure.account import Account
from upstander.measure.disclosure.cells import Cell, Table
from upstander.measure.disclosure.show import Backed, Row
from upstander.measure.estimate import NotEstimable, Result
from upstander.measure.plan import Plan
from upstander.measure.standard.handling import NOT_WORSE
from upstander.measure.standard.part import Part, all_of, columns, dimension, population
from upstander.measure.standard.reports import REPORTS

if TYPE_CHECKING:
    from upstander.measure.extract import Extract

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


def months(extract: Extract, plan: Plan) -> Part:
    """Reports a month, and whether a change left a step."""
    found = columns(
        extract,
        "SELECT strftime(month, '%Y-%m') AS month, count(rid)::BIGINT AS n, any_value(fte) AS fte FROM "
        "(SELECT month, sum(duty_fte) AS fte FROM exposure GROUP BY month) LEFT JOIN report "
        "ON date_trunc('month', received) = month GROUP BY month ORDER BY month",
    )
    names = tuple(str(one) for one in found["month"])
    if not names:
        return Part()
    counts = found["n"].astype(np.int64)
    outside = extract.rows["report"] - int(counts.sum())
    account = Account(
        "reports", extract.rows["report"], int(counts.sum()), {"in a month without any exposure": outside}
    )
    month = dimension("month", names)
    of = population(extract, f"{REPORTS} in months with exposure")
    table = Table("months", "Reports received a month", of, (month,), counts)
    table = replace(table, told=frozenset(table.cells))  # anybody can count them in the log
    fte = found["fte"].astype(float)
    held = (_change(extract, plan, names, counts, fte=fte, of=of), _search(names, counts, fte, of))
    return Part((table,), held, (account,))


def _change(
    extract: Extract, plan: Plan, names: tuple[str, ...], counts: Ints, *, fte: Floats, of: str
) -> Backed:
    """Whether the change that the plan or the calendar names left a step; or why that cannot be told."""
    when = str(plan.change)[:7] if plan.change else _first_change(extract)
    cells = (Cell(of, ()),)
    findings = []
    results: tuple[Result, ...]
    if reason := _no_series(names, fte, when):
        results = (NotEstimable(reason, len(names), "interrupted time series", "ratio"),) * 3
    else:
        series = change.interrupted(counts, fte, names.index(str(when)))
        results = (series.step, series.slope, series.newey_west)
        if series.placebo_share is not None:
            share = f"{series.placebo_share:.0%}"
            said = f"At {share} of the dates on which nothing happened, a step as sure was found too."
            findings.append((said, cells))
    labels = ("step at the change", "change of slope a month", "step, months depending on each other")
    rows = tuple(Row((label,), result, cells) for label, result in zip(labels, results, strict=True))
    title = f"Reports before and after {when or 'a change'}"
    return Backed("change", title, ("what",), rows, (NOT_WORSE,), tuple(findings))


def _no_series(names: tuple[str, ...], fte: Floats, when: str | None) -> str:
    """Why nothing can be said of a change, or nothing."""
    if when is None:
        return "Neither the plan nor the calendar names a change."
    if when not in names:
        return f"The change, {when}, is outside the months of the data, {names[0]} to {names[-1]}."
    return "" if (fte > 0).all() else "In some months nobody is known to have been on duty."


def _search(names: tuple[str, ...], counts: Ints, fte: Floats, of: str) -> Backed:
    """The month from which another rate fits best, looked for in all months: exploration."""
    cells = (Cell(of, ()),)
    found: change.ChangePoint | NotEstimable
    if (fte > 0).all():
        found = change.change_point(counts, fte)
    else:
        reason = "In some months nobody is known to have been on duty."
        found = NotEstimable(reason, len(names), "change point", "ratio")
    result: Result = found if isinstance(found, NotEstimable) else found.ratio
    findings = []
    if not isinstance(found, NotEstimable):
        said = (
            f"The month that fits best is {names[found.month]}. Where no month is special, in about "
            f"{round(found.p * 200)} of 200 draws some month fits as well."
        )
        findings.append((said, cells))
    notes = (
        "Exploratory: this month was looked for in the data, and no plan named it. It is a question, not a "
        "finding.",
        "A ratio at a month that was picked for its ratio is too large; its interval does not know of that.",
        "It does not say what changed: counting, trust in reporting or conduct.",
        NOT_WORSE,
    )
    title = "Exploratory: the month from which another rate of reports fits best"
    rows = (Row(("rate from that month on, against before",), result, cells),)
    return Backed("change_search", title, ("what",), rows, notes, tuple(findings))


def _first_change(extract: Extract) -> str | None:
    found = all_of(extract, "SELECT strftime(min(date), '%Y-%m') FROM calendar HAVING count(*) > 0")
    return found[0] if found else None
