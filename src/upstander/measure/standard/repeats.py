"""Repeat subjects: how many reports people have, how concentrated they are, whether they foreshadow worse."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from upstander.measure import concentration, escalation, gaps
from upstander.measure.account import Account
from upstander.measure.disclosure.cells import Cell, Table, cell
from upstander.measure.disclosure.show import Backed, Row
from upstander.measure.estimate import Result
from upstander.measure.gaps import Group
from upstander.measure.plan import Plan
from upstander.measure.standard.links import LINKS, RESTS, ranged
from upstander.measure.standard.part import Part, columns, dimension, population
from upstander.measure.standard.people import NOT_MISCONDUCT, PEOPLE

if TYPE_CHECKING:
    from upstander.measure.extract import Extract

NUMBERS = ("0", "1", "2", "3 to 5", "6 or more")
MORE = (("1 or more", NUMBERS[1:]), ("2 or more", NUMBERS[2:]))
Columns = dict[str, NDArray[Any]]


def repeat_subjects(extract: Extract, plan: Plan) -> Part:
    """How many people have how many reports, by strict and by lenient links, and how concentrated they are
    beside chance. Where nobody's service is known, of those who were reported only.
    """
    found = _numbers(extract, plan)
    served = found["early"] + found["late"] > 0
    inside = served if served.any() else np.ones(len(served), dtype=bool)
    tables, accounts = [], []
    shares: dict[str, Result] = {}
    cells: dict[str, tuple[Cell, ...]] = {}
    for links in LINKS:
        numbers = found[links][inside].astype(np.int64)
        numbers = numbers if served.any() else numbers[numbers > 0]
        tables.append(_how_many(extract, numbers, links, in_service=bool(served.any())))
        of, by = tables[-1].population, tables[-1].dimensions[0].name
        cells[links] = tuple(cell(of, **{by: name}) for name, _ in MORE)
        shares[links] = gaps.share(Group(int((numbers > 1).sum()), int((numbers > 0).sum())))
        reported = int((found[links] > 0).sum())
        used = int((numbers > 0).sum())
        out = {"without a month of service": reported - used}
        accounts.append(Account(f"people reported ({links} links)", reported, used, out))
    repeated = Backed(
        "repeated",
        "Of the people who were reported, how many were reported more than once",
        ("who", "links"),
        tuple(ranged(shares, ("reported more than once",), cells)),
        (NOT_MISCONDUCT, RESTS),
    )
    held, account = _concentrated(extract, plan, found)
    return Part(tuple(tables), (repeated, held), (*accounts, account))


def _numbers(extract: Extract, plan: Plan) -> Columns:
    """For everybody in service or reported: months on duty before and in the last period, and reports."""
    cut = f"max(month) - INTERVAL {plan.period_months} MONTH + INTERVAL 1 MONTH"
    counted = ", ".join(
        f"""r_{links} AS (SELECT pid, count(*) AS reports, count(*) FILTER (received >= split) AS later
          FROM about_{links} JOIN report USING (rid), cut GROUP BY pid)"""
        for links in LINKS
    )
    return columns(
        extract,
        f"""
        WITH cut AS (SELECT {cut} AS split FROM exposure),
        e AS (
          SELECT pid, sum(duty_fte) FILTER (month >= split) AS late,
            sum(duty_fte) FILTER (month < split) AS early FROM exposure, cut GROUP BY pid),
        {counted}
        SELECT coalesce(s.reports, 0)::BIGINT AS strict, coalesce(s.later, 0)::BIGINT AS strict_later,
          coalesce(l.reports, 0)::BIGINT AS lenient, coalesce(l.later, 0)::BIGINT AS lenient_later,
          coalesce(early, 0) AS early, coalesce(late, 0) AS late
        FROM e FULL JOIN r_strict s USING (pid) FULL JOIN r_lenient l USING (pid)
        """,
    )


def _how_many(extract: Extract, numbers: NDArray[np.int64], links: str, *, in_service: bool) -> Table:
    known = NUMBERS if in_service else NUMBERS[1:]
    at = np.digitize(numbers, [1, 2, 3, 6]) - (0 if in_service else 1)
    return Table(
        f"repeat_subjects_{links}",
        f"People by number of reports about them ({links} links)",
        population(extract, PEOPLE if in_service else f"people reported, {links} links"),
        (dimension(f"reports about a person ({links} links)", known, groups=MORE),),
        np.bincount(at, minlength=len(known)),
    )


def _concentrated(extract: Extract, plan: Plan, found: Columns) -> tuple[Backed, Account]:
    """The four numbers of the top share, at both ends of the links."""
    both = (found["early"] > 0) & (found["late"] > 0)
    four: dict[str, tuple[Result, ...]] = {}
    for links in LINKS:
        every, later = (found[name][both].astype(np.int64) for name in (links, f"{links}_later"))
        early = found["early"][both].astype(float)
        shares = concentration.concentration(every - later, early, plan.top, later=later)
        four[links] = (shares.seen, shares.chance, shares.underlying, shares.next_period)
    of: dict[str, tuple[Cell, ...]] = dict.fromkeys(LINKS, (Cell(population(extract, PEOPLE), ()),))
    rows: list[Row] = []
    for at, label in enumerate(FOUR):
        rows += ranged({links: four[links][at] for links in LINKS}, (label,), of)
    title = f"Share of reports held by the top {plan.top:.0%} of people"
    notes = (
        "Take the four numbers together. Few reports each make identical people look unequal.",
        "Where names could not be linked, repeat subjects are counted too low.",
        RESTS,
    )
    served = found["early"] + found["late"] > 0
    account = Account(
        "people in service",
        int(served.sum()),
        int(both.sum()),
        {"not in service in both periods": int((served & ~both).sum())},
    )
    return Backed("concentration", title, ("number", "links"), tuple(rows), notes), account


FOUR = (
    "seen in the first period",
    "what identical people would show",
    "held by the underlying rates",
    "held by the same people in the next period",
)


def foreshadowing(extract: Extract) -> Part:
    """Whether serious reports follow low-level ones, in the institution as a whole."""
    cut = f"DATE '{extract.cutoff}'"
    service = columns(
        extract,
        f"""
        SELECT row_number() OVER (ORDER BY pid) - 1 AS place,
          date_diff('day', DATE '1970-01-01', start) AS entry,
          date_diff('day', DATE '1970-01-01', first) - 1 AS since,
          date_diff('day', DATE '1970-01-01', least(coalesce("end", {cut}), {cut})) + 1 AS leave
        FROM subject JOIN service USING (pid) ORDER BY pid
        """,
    )
    entry, leave, since = (service[name].astype(np.int64) for name in ("entry", "leave", "since"))
    if not len(entry):
        return Part()
    leave = np.maximum(leave, np.maximum(entry, since) + 1)
    after: dict[str, tuple[Result, ...]] = {}
    accounts: list[Account] = []
    for links in LINKS:
        reports = columns(
            extract,
            "WITH p AS (SELECT pid, row_number() OVER (ORDER BY pid) - 1 AS place FROM subject) "
            "SELECT place, date_diff('day', DATE '1970-01-01', received) AS day, tier = 'serious' AS serious "
            f"FROM about_{links} JOIN report USING (rid) JOIN p USING (pid)",
        )
        who, day = reports["place"].astype(np.int64), reports["day"].astype(np.int64)
        found = escalation.escalation(entry, leave, who, day, reports["serious"].astype(bool), since=since)
        accounts += [replace(one, what=f"{one.what} ({links} links)") for one in found.accounts]
        after[links] = found.after
    of: dict[str, tuple[Cell, ...]] = dict.fromkeys(LINKS, (Cell(population(extract, PEOPLE), ()),))
    rows: list[Row] = []
    for at, k in enumerate(("1", "2", "3 or more")):
        rows += ranged({links: after[links][at] for links in LINKS}, (f"after {k}",), of)
    title = "Hazard of a first serious report after low-level ones, against none before"
    labels = ("low-level reports", "links")
    return Part(
        (), (Backed("escalation", title, labels, tuple(rows), (NOT_MISCONDUCT, RESTS)),), tuple(accounts)
    )
