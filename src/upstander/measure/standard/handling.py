"""How reports are handled, quarter by quarter: steps against their limits, outcomes, candour, referrals.

And the two things that the public log proves by itself: how many reports came through Upstander's channels,
and how many of them were answered in time.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np

from upstander.measure import times
from upstander.measure.disclosure.cells import Cell, Table, cell
from upstander.measure.disclosure.show import Backed, Row
from upstander.measure.estimate import Estimate, Result
from upstander.measure.extract.schema import CATEGORY
from upstander.measure.plan import Plan
from upstander.measure.standard.part import (
    Part,
    all_of,
    columns,
    cube,
    dimension,
    joined,
    last_day,
    population,
    table_of,
)
from upstander.measure.standard.reports import ENDINGS, OPEN, REPORTS, STRANDS

if TYPE_CHECKING:
    from upstander.measure.extract import Extract

LOGGED = "reports through the log"
ANSWERS = ("in time", "late", "not yet due")
STANDING = ("closed in time", "closed late", "open in time", "open overdue")
CANDOUR = ("explained", "acknowledged", "apologised", "learned")
QUARTER = "concat(year({0}), ' Q', quarter({0}))"
EVENTS = "SELECT rid, min(t) AS t FROM event WHERE type = '{}' GROUP BY rid"
NOT_WORSE = "A rise in reports is not worse behaviour: it may be easier or safer to report."


def handling(extract: Extract, plan: Plan) -> Part:
    """All of it. Uses the table `followed` that `reports.prepare` makes."""
    parts = [
        _quarters(extract),
        logged(extract, plan),
        _standing(extract, plan),
        _outcomes(extract),
        _candour(extract),
        _referrals(extract),
    ]
    return joined(parts)


def _periods(extract: Extract, day: str, table: str) -> tuple[str, ...]:
    """Every quarter from the first to the last that has anything, none left out."""
    found = all_of(extract, f"SELECT DISTINCT {QUARTER.format(day)} AS q FROM {table} ORDER BY q")
    if not found:
        return ()
    first, last = (int(one[:4]) * 4 + int(one[-1]) - 1 for one in (found[0], found[-1]))
    return tuple(f"{at // 4} Q{at % 4 + 1}" for at in range(first, last + 1))


def _quarters(extract: Extract) -> Part:
    quarters = _periods(extract, "received", "report")
    if not quarters:
        return Part()
    quarter, strand = dimension("quarter", quarters), dimension("strand", STRANDS)
    source = f"SELECT {QUARTER.format('received')} AS quarter, strand FROM followed"
    of = population(extract, REPORTS)
    table = Table(
        "quarters",
        "Reports received, by quarter and strand",
        of,
        (quarter, strand),
        cube(extract, source, (quarter, strand)),
        notes=(NOT_WORSE,),
        told=frozenset({cell(of), *(cell(of, quarter=one) for one in quarters)}),  # the log says them
    )
    return Part((table,))


def logged(extract: Extract, plan: Plan) -> Part:
    """What can be held against the log: exact numbers, where their cell may be shown at all.

    They are exact because anybody can count them in the log of an installation that serves one institution;
    where it serves several, the sums are what is compared. Only periods that are over are told, so that the
    numbers of the next release are the same.
    """
    limit = plan.limits["answered"]
    source = (
        f"SELECT {QUARTER.format('received')} AS quarter, CASE WHEN date_diff('day', received, t) <= {limit} "
        f"THEN 'in time' WHEN t IS NOT NULL OR date_diff('day', received, DATE '{extract.cutoff}') > {limit} "
        f"THEN 'late' ELSE 'not yet due' END AS answer FROM report LEFT JOIN ({EVENTS.format('answered')}) "
        "USING (rid) WHERE channel IN ('inside', 'outside')"
    )
    quarters = all_of(extract, f"SELECT DISTINCT quarter FROM ({source}) ORDER BY 1")
    if not quarters:
        return Part()
    years = tuple(dict.fromkeys(one[:4] for one in quarters))
    groups = tuple((year, tuple(one for one in quarters if one[:4] == year)) for year in years)
    of = population(extract, LOGGED)
    due = extract.cutoff - timedelta(days=limit)  # whoever reported before was to have an answer by now
    over = [one for one in (*quarters, *years) if last_day(one) < due]
    dimensions = dimension("quarter", quarters, groups=groups), dimension("answer", ANSWERS)
    plain, kept = table_of(
        extract,
        source,
        dimensions,
        name="logged",
        title=f"Reports through Upstander, and whether the first answer came within {limit} days",
        population=of,
        percent_of="answer",
    )
    never = {cell(of, quarter=one, answer=ANSWERS[2]) for one in over}
    structural = frozenset(never & plain.cells.keys())
    table = replace(plain, structural=structural, told=frozenset(plain.cells))
    rows = []
    for period in (*kept[0].categories, *(name for name, _ in kept[0].groups)):
        whole = cell(of, quarter=period)
        if last_day(period) > extract.cutoff:
            continue  # a number that still grows would tell, release by release, what came in between
        rows.append(Row((period, "received"), _exact(table.cells[whole]), (whole,)))
        if "in time" in kept[1].categories and last_day(period) <= due:
            part = cell(of, quarter=period, answer="in time")
            rows.append(Row((period, "answered in time"), _exact(table.cells[part]), (whole, part)))
    notes = (
        "Reports that came another way (a supervisor, a public office, another line) are not in the log.",
        f"In time: a person answered within {limit} days of the report.",
    )
    title = "What the institution says, for anybody to hold against the log"
    return Part((table,), (Backed("claims", title, ("period", "what"), tuple(rows), notes),))


def _exact(count: int) -> Estimate:
    return Estimate(count, count, count, count, count, "counted one by one", "count", events=count)


def _standing(extract: Extract, plan: Plan) -> Part:
    """Open and overdue; and the share of reports that reached each step within its limit."""
    of = population(extract, REPORTS)
    limit = plan.limits["closed"]
    strand, state = dimension("strand", STRANDS), dimension("standing", STANDING)
    when = f"(CASE WHEN days <= {limit} THEN 0 ELSE 1 END)"
    source = (
        f"SELECT strand, ['closed in time', 'closed late'][{when} + 1] AS standing FROM followed "
        f"WHERE ending <> 'open' UNION ALL SELECT strand, ['open in time', 'open overdue'][{when} + 1] "
        "FROM followed WHERE ending = 'open'"
    )
    table = Table(
        "standing",
        f"Reports that are open, and whether they are past {limit} days",
        of,
        (strand, state),
        cube(extract, source, (strand, state)),
        percent_of="standing",
    )
    rows = []
    for step, days in plan.limits.items():
        if step == "referred":
            continue  # only some reports must be: what share was, is no question of time
        found = columns(
            extract,
            f"SELECT strand = 'vawg' AS vawg, t IS NOT NULL AS done, days, "
            f"coalesce(date_diff('day', received, t), days) AS waited FROM followed "
            f"LEFT JOIN ({EVENTS.format(step)}) USING (rid)",
        )
        waited, done = found["waited"].astype(np.int64), found["done"].astype(bool)
        for name, inside in zip(
            STRANDS, (found["vawg"].astype(bool), ~found["vawg"].astype(bool)), strict=True
        ):
            # who was closed without the step did not get it: an end of its own, not a loss from sight
            way = np.where(done[inside], 0, np.where(_closed(extract)[inside], 1, -1))
            share: Result = times.aalen_johansen(waited[inside], way, 2).by(days, 0)
            rests = ("open in time", "closed in time") if step == "closed" else ("open in time",)
            backing = (cell(of, strand=name), *(cell(of, strand=name, standing=one) for one in rests))
            rows.append(Row((name, f"{step} within {days} days"), share, backing))
    title = "Share of reports that reached each step within its limit"
    return Part((table,), (Backed("in_time", title, ("strand", "step"), tuple(rows), (OPEN,)),))


def _closed(extract: Extract) -> np.ndarray:
    return columns(extract, "SELECT ending <> 'open' AS closed FROM followed")["closed"].astype(bool)


def _outcomes(extract: Extract) -> Part:
    source = "SELECT category, ending FROM followed JOIN report USING (rid)"
    whole = dimension("category", CATEGORY), dimension("ending", ENDINGS, "outcome")
    counts = cube(extract, source, whole)
    # Endings stay although nobody had one: other tables of these reports have them, and sums would tell.
    named = [at for at in range(len(CATEGORY)) if counts[at].sum()] or list(range(len(CATEGORY)))
    table = Table(
        "outcomes",
        "Reports by what they are about and how they have ended",
        population(extract, REPORTS),
        (dimension("category", tuple(CATEGORY[at] for at in named)), whole[1]),
        counts[named],
    )
    return Part((table,))


def _candour(extract: Extract) -> Part:
    """What reporters were told when their report was closed, year by year."""
    of = population(extract, "closed reports")
    closed = "(SELECT rid, t AS ended FROM event WHERE type = 'closed')"
    years = all_of(extract, f"SELECT DISTINCT year(ended) FROM {closed} ORDER BY 1")
    if not years:
        return Part()
    year, tables, rows = dimension("year", years), [], []
    for name in CANDOUR:
        said = dimension(name, ("yes", "no"))
        source = (
            f"SELECT year(ended) AS year, CASE WHEN t IS NULL THEN 'no' ELSE 'yes' END AS {name} "
            f"FROM {closed} LEFT JOIN ({EVENTS.format(name)}) USING (rid)"
        )
        table = Table(
            f"candour_{name}",
            f"Closed reports by year, and whether: {name}",
            of,
            (year, said),
            cube(extract, source, (year, said)),
            percent_of=name,
        )
        tables.append(table)
        rows += [Row((name, one), _share(table, one, name), _of(of, one, name)) for one in years]
    title = "What reporters were told when their report was closed"
    return Part(tuple(tables), (Backed("candour", title, ("what", "year"), tuple(rows)),))


def _share(table: Table, year: str, name: str) -> Result:
    from upstander.measure.survey import prevalence, simple

    yes, base = (table.cells[one] for one in (cell(table.population, year=year, **{name: "yes"}),
                                              cell(table.population, year=year)))  # fmt: skip
    answers = np.zeros(base, dtype=bool)
    answers[:yes] = True
    return prevalence(answers, simple(base))


def _of(of: str, year: str, name: str) -> tuple[Cell, ...]:
    return cell(of, year=year), cell(of, year=year, **{name: "yes"})


def _referrals(extract: Extract) -> Part:
    of = population(extract, REPORTS)
    years = all_of(extract, "SELECT DISTINCT year(received) FROM report ORDER BY 1")
    if not years:
        return Part()
    year, referred = dimension("year", years), dimension("referred", ("yes", "no"))
    source = (
        "SELECT year(received) AS year, CASE WHEN t IS NULL THEN 'no' ELSE 'yes' END AS referred FROM report "
        f"LEFT JOIN ({EVENTS.format('referred')}) USING (rid)"
    )
    table = Table(
        "referrals",
        "Reports referred to an outside body, by year",
        of,
        (year, referred),
        cube(extract, source, (year, referred)),
        percent_of="referred",
    )
    return Part((table,))
