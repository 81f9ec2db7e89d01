"""What becomes of people: who is reported, how far it goes, by group; concentration; escalation.

People are those with any month of service in the extract. The furthest step of any report about a person as
subject is what is counted, so that a person stands in one cell.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from upstander.measure import concentration, escalation, gaps, poisson
from upstander.measure.account import Account
from upstander.measure.disclosure.cells import Cell, Table, cell
from upstander.measure.disclosure.show import Backed, Row
from upstander.measure.estimate import NotEstimable
from upstander.measure.gaps import Group
from upstander.measure.plan import CHARACTERISTICS, Plan
from upstander.measure.standard.part import Part, columns, cube, dimension, one, population

if TYPE_CHECKING:
    from upstander.measure.extract import Extract

PEOPLE = "people in service"
STEPS = ("none", "reported", "case", "finding", "sanction")
FURTHER = tuple(
    (f"{name} or further", STEPS[at:]) for at, name in enumerate(STEPS) if at and at < len(STEPS) - 1
)
FURTHEST = "furthest step"
NOT_MISCONDUCT = (
    "A report is not a finding: it may be mistaken, and a lack of reports may be fear of making one."
)


def prepare(extract: Extract, plan: Plan) -> tuple[Account, ...]:
    """Makes the view `subject`.

    Each person in service with her furthest step by strict and by lenient links.
    """
    database = extract.database
    database.execute(
        """
        CREATE OR REPLACE TEMP TABLE reached AS
        SELECT rid,
          max(CASE outcome WHEN 'sanction' THEN 4 WHEN 'finding' THEN 3 WHEN 'case' THEN 2 ELSE 1 END) AS step
        FROM event GROUP BY rid
        """
    )
    for name, least in (("strict", plan.strict), ("lenient", plan.lenient)):
        database.execute(
            f"""
            CREATE OR REPLACE TEMP TABLE step_{name} AS
            SELECT pid, max(coalesce(step, 1)) AS step
            FROM involvement LEFT JOIN reached USING (rid)
            WHERE role = 'subject' AND pid IS NOT NULL AND coalesce(link_prob, 1) >= {least!r}
            GROUP BY pid
            """
        )
    database.execute(
        """
        CREATE OR REPLACE TEMP TABLE subject AS
        SELECT person.*, coalesce(s.step, 0) AS strict_step, coalesce(l.step, 0) AS lenient_step
        FROM person SEMI JOIN service USING (pid)
        LEFT JOIN step_strict s USING (pid) LEFT JOIN step_lenient l USING (pid)
        """
    )
    people = extract.rows["person"]
    inside = one(extract, "SELECT count(*) FROM subject")
    mentions = one(extract, "SELECT count(*) FROM involvement WHERE role = 'subject'")
    unlinked = one(extract, "SELECT count(*) FROM involvement WHERE role = 'subject' AND pid IS NULL")
    subjects = "SELECT count(*) FROM involvement WHERE role = 'subject'"
    weak = one(
        extract,
        f"{subjects} AND coalesce(link_prob, 1) < {plan.lenient!r}",
    )
    return (
        Account("people", people, inside, {"without a month of service": people - inside}),
        Account(
            "mentions of a subject",
            mentions,
            mentions - unlinked - weak,
            {"linked to nobody": unlinked, "linked too weakly": weak},
        ),
    )


def disproportionality(extract: Extract, plan: Plan) -> Part:
    """Ratios at every step, for each characteristic of the plan, at strict and lenient links, with bounds."""
    parts = [_characteristic(extract, plan, name, group) for name, group in plan.reference.items()]
    return Part(
        tuple(t for part in parts for t in part.tables), tuple(b for part in parts for b in part.backed)
    )


def _characteristic(extract: Extract, plan: Plan, name: str, reference: str) -> Part:
    groups = CHARACTERISTICS[name]
    who = dimension(name, groups, "protected")
    labels = ", ".join(f"'{step}'" for step in STEPS)
    people = population(extract, PEOPLE)
    tables, rows = [], []
    for links in ("strict", "lenient"):
        far = dimension(f"{FURTHEST} ({links} links)", STEPS, "outcome", groups=FURTHER)
        source = f'SELECT {name}, ([{labels}])[{links}_step + 1] AS "{far.name}" FROM subject'
        counts = cube(extract, source, (who, far))
        title = f"People by {name} and the furthest step of any report about them ({links} links)"
        tables.append(Table(f"steps_{name}_{links}", title, people, (who, far), counts))
        rows += _ladder(counts, (people, name, groups, reference), far.name, links)
        rows += _within(extract, (people, name, groups, reference), far.name, links)
    title = f"How much more often than {reference} staff each group reaches a step ({name})"
    notes = (
        NOT_MISCONDUCT,
        "Unadjusted but where it says so: groups differ in role, place and hours on duty.",
        "Within (Mantel-Haenszel) compares like with like only; adjusted (modified Poisson) supposes that "
        "role, grade and unit multiply, and uses everybody.",
    )
    labelled = ("group", "step", "of whom", "links")
    return Part(tuple(tables), (Backed(f"gaps_{name}", title, labelled, tuple(rows), notes),))


def _ladder(
    counts: np.ndarray, groups: tuple[str, str, tuple[str, ...], str], far: str, links: str
) -> list[Row]:
    people, name, categories, reference = groups
    reached = counts[:, ::-1].cumsum(axis=1)[:, ::-1]  # so many came this far or further
    base = categories.index(reference)
    unknown = categories.index("not_stated")
    rows = []
    for at, group in enumerate(categories):
        if at in (base, unknown):
            continue
        steps = [(step, int(reached[at, s]), int(reached[base, s])) for s, step in enumerate(STEPS) if s]
        found = gaps.ladder(steps, int(reached[at, 0]), int(reached[base, 0]))
        for number, (step, whole, of_last) in enumerate(found, 1):
            cells = _cells((people, name), (group, reference), far, number)
            rows.append(Row((group, step, "all", links), whole, cells))
            if number > 1:
                before = _cells((people, name), (group, reference), far, number - 1)
                rows.append(
                    Row((group, step, f"those {STEPS[number - 1]}", links), of_last, (*cells, *before))
                )
        cells = (
            *_cells((people, name), (group, reference), far, 1),
            *_cells((people, name), ("not_stated",), far, 1),
        )
        sides = [Group(int(reached[i, 1]), int(reached[i, 0])) for i in (at, base, unknown)]
        for bound, result in zip(("least", "most"), gaps.missing_bounds(*sides), strict=True):
            rows.append(Row((group, f"reported, {bound} with those not stated", "all", links), result, cells))
    return rows


def _within(
    extract: Extract, groups: tuple[str, str, tuple[str, ...], str], far: str, links: str
) -> list[Row]:
    """The ratio of being reported among people of the same role, grade and unit: Mantel-Haenszel inside each
    cell of the three crossed, modified Poisson supposing that the three multiply.
    """
    people, name, categories, reference = groups
    found = columns(
        extract,
        f"SELECT role, grade, unit_id::VARCHAR AS unit, {name} AS who, count(*)::BIGINT AS n, "
        f"count(*) FILTER ({links}_step > 0)::BIGINT AS events FROM subject GROUP BY ALL ORDER BY ALL",
    )
    who, n, events = found["who"], found["n"].astype(np.int64), found["events"].astype(np.int64)
    factors = [np.unique(found[key].astype(str), return_inverse=True)[1] for key in ("role", "grade", "unit")]
    strata: dict[tuple[int, ...], dict[str, Group]] = {}
    for at, place in enumerate(zip(*factors, strict=True)):
        strata.setdefault(place, {})[str(who[at])] = Group(int(events[at]), int(n[at]))
    rows = []
    nobody = Group(0, 0)
    for group in categories:
        if group in (reference, "not_stated"):
            continue
        sides = [(one.get(group, nobody), one.get(reference, nobody)) for one in strata.values()]
        held = gaps.mantel_haenszel(sides)
        result = held if isinstance(held, NotEstimable) else held.risk_ratio
        inside = (who == group) | (who == reference)
        given = [factor[inside] for factor in factors]
        modelled = poisson.adjusted_risk_ratio(
            who[inside] == group, events[inside], n[inside], given, cluster=given[2]
        )
        cells = _cells((people, name), (group, reference), far, 1)
        rows.append(Row((group, "reported, within role, grade and unit", "all", links), result, cells))
        rows.append(
            Row((group, "reported, adjusted for role, grade and unit", "all", links), modelled, cells)
        )
    return rows


def _cells(of: tuple[str, str], groups: tuple[str, ...], far: str, step: int) -> tuple[Cell, ...]:
    label = STEPS[step] if step == len(STEPS) - 1 else FURTHER[step - 1][0]
    people, name = of
    found = []
    for group in groups:
        found += [cell(people, **{name: group}), cell(people, **{name: group, far: label})]
    return tuple(found)


ABOUT = """
SELECT DISTINCT rid, pid FROM involvement
WHERE role = 'subject' AND pid IS NOT NULL AND coalesce(link_prob, 1) >= {!r}
"""
"""Reports about a person: one that mentions her twice is one report."""
NUMBERS = ("0", "1", "2", "3 to 5", "6 or more")
LINKS = ("strict", "lenient")


def repeat_subjects(extract: Extract, plan: Plan) -> Part:
    """How many people have how many reports, by strict and by lenient links, and how concentrated they are
    beside chance.
    """
    strict = columns(
        extract,
        f"SELECT count(rid)::BIGINT AS n FROM service LEFT JOIN ({ABOUT.format(plan.strict)}) USING (pid) "
        "GROUP BY pid",
    )
    found = columns(
        extract,
        f"""
        WITH cut AS (
          SELECT max(month) - INTERVAL {plan.period_months} MONTH + INTERVAL 1 MONTH AS split FROM exposure),
        e AS (
          SELECT pid, sum(duty_fte) FILTER (month >= split) AS late,
            sum(duty_fte) FILTER (month < split) AS early FROM exposure, cut GROUP BY pid),
        r AS (
          SELECT pid, count(*) AS reports, count(*) FILTER (received >= split) AS later
          FROM ({ABOUT.format(plan.lenient)}) JOIN report USING (rid), cut GROUP BY pid)
        SELECT coalesce(reports, 0)::BIGINT AS reports, coalesce(later, 0)::BIGINT AS later,
          coalesce(early, 0) AS early, coalesce(late, 0) AS late FROM e LEFT JOIN r USING (pid)
        """,
    )
    every, later = found["reports"].astype(np.int64), found["later"].astype(np.int64)
    both = (found["early"] > 0) & (found["late"] > 0)
    tables = []
    for links, numbers in zip(LINKS, (strict["n"], every), strict=True):
        how_many = dimension(f"reports about a person ({links} links)", NUMBERS)
        tables.append(
            Table(
                f"repeat_subjects_{links}",
                f"People by number of reports about them ({links} links)",
                population(extract, PEOPLE),
                (how_many,),
                np.bincount(np.digitize(numbers.astype(np.int64), [1, 2, 3, 6]), minlength=len(NUMBERS)),
            )
        )
    shares = concentration.concentration(
        (every - later)[both], found["early"][both].astype(float), plan.top, later=later[both]
    )
    rows = tuple(
        Row((label,), result, (Cell(population(extract, PEOPLE), ()),))
        for label, result in (
            ("seen in the first period", shares.seen),
            ("what identical people would show", shares.chance),
            ("held by the underlying rates", shares.underlying),
            ("held by the same people in the next period", shares.next_period),
        )
    )
    title = f"Share of reports held by the top {plan.top:.0%} of people"
    notes = (
        "Take the four numbers together. Few reports each make identical people look unequal.",
        "Where names could not be linked, repeat subjects are counted too low.",
    )
    account = Account(
        "people in service",
        len(every),
        int(both.sum()),
        {"not in service in both periods": int((~both).sum())},
    )
    return Part(tuple(tables), (Backed("concentration", title, ("number",), rows, notes),), (account,))


def foreshadowing(extract: Extract, plan: Plan) -> Part:
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
    rows, accounts = [], []
    for links, least in zip(LINKS, (plan.strict, plan.lenient), strict=True):
        reports = columns(
            extract,
            "WITH p AS (SELECT pid, row_number() OVER (ORDER BY pid) - 1 AS place FROM subject) "
            "SELECT place, date_diff('day', DATE '1970-01-01', received) AS day, tier = 'serious' AS serious "
            f"FROM ({ABOUT.format(least)}) JOIN report USING (rid) JOIN p USING (pid)",
        )
        who, day = reports["place"].astype(np.int64), reports["day"].astype(np.int64)
        found = escalation.escalation(entry, leave, who, day, reports["serious"].astype(bool), since=since)
        accounts += [replace(one, what=f"{one.what} ({links} links)") for one in found.accounts]
        for k, result in zip(("1", "2", "3 or more"), found.after, strict=True):
            rows.append(Row((f"after {k}", links), result, (Cell(population(extract, PEOPLE), ()),)))
    title = "Hazard of a first serious report after low-level ones, against none before"
    labels = ("low-level reports", "links")
    return Part((), (Backed("escalation", title, labels, tuple(rows), (NOT_MISCONDUCT,)),), tuple(accounts))
