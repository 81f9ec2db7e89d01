"""What becomes of people: who is reported, and how far it goes, by group.

People are those with any month of service in the extract. The furthest step of any report about a person as
subject is what is counted, so that a person stands in one cell.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from upstander.measure import gaps, poisson
from upstander.measure.account import Account
from upstander.measure.disclosure.cells import Cell, Table, cell
from upstander.measure.disclosure.show import Backed
from upstander.measure.estimate import NotEstimable, Result
from upstander.measure.gaps import Group
from upstander.measure.plan import CHARACTERISTICS, Plan
from upstander.measure.standard.links import LINKS, RESTS, mentioned, ranged
from upstander.measure.standard.part import Part, columns, cube, dimension, one, population

if TYPE_CHECKING:
    from upstander.measure.extract import Extract

PEOPLE = "people in service"
Figure = tuple[tuple[str, ...], Result, tuple[Cell, ...]]
"""Labels, the result by one kind of links, and the cells that it rests on."""
STEPS = ("none", "reported", "case", "finding", "sanction")
FURTHER = tuple(
    (f"{name} or further", STEPS[at:]) for at, name in enumerate(STEPS) if at and at < len(STEPS) - 1
)
FURTHEST = "furthest step"
NOT_MISCONDUCT = (
    "A report is not a finding: it may be mistaken, and a lack of reports may be fear of making one."
)

EXPLAINED = (
    "The E-value (VanderWeele and Ding 2017) says how strongly something unmeasured would have to go with "
    "group and report both to explain the adjusted ratio away. It is not the chance that the ratio is wrong, "
    "and does not say that there is such a thing."
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
    mentioned(extract, plan)
    for name in LINKS:
        database.execute(
            f"""
            CREATE OR REPLACE TEMP TABLE step_{name} AS
            SELECT pid, max(coalesce(step, 1)) AS step
            FROM about_{name} LEFT JOIN reached USING (rid) GROUP BY pid
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
        f"{subjects} AND lenient_pid IS NULL AND coalesce(link_prob, 1) < {plan.lenient!r}",
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
    tables = []
    figures: dict[str, list[Figure]] = {}
    for links in LINKS:
        far = dimension(f"{FURTHEST} ({links} links)", STEPS, "outcome", groups=FURTHER)
        source = f'SELECT {name}, ([{labels}])[{links}_step + 1] AS "{far.name}" FROM subject'
        counts = cube(extract, source, (who, far))
        title = f"People by {name} and the furthest step of any report about them ({links} links)"
        tables.append(Table(f"steps_{name}_{links}", title, people, (who, far), counts))
        of = (people, name, groups, reference)
        figures[links] = [*_ladder(counts, of, far.name), *_within(extract, of, far.name, links)]
    rows = []
    for strict, lenient in zip(*(figures[links] for links in LINKS), strict=True):
        ends = dict(zip(LINKS, (strict, lenient), strict=True))
        results, cells = ({key: one[at] for key, one in ends.items()} for at in (1, 2))
        rows += ranged(results, strict[0], cells)
    title = f"How much more often than {reference} staff each group reaches a step ({name})"
    notes = (
        NOT_MISCONDUCT,
        "Unadjusted but where it says so: groups differ in role, place and hours on duty.",
        "Within (Mantel-Haenszel) compares like with like only; adjusted (modified Poisson) supposes that "
        "role, grade and unit multiply, and uses everybody.",
        EXPLAINED,
        RESTS,
    )
    labelled = ("group", "step", "of whom", "links")
    return Part(tuple(tables), (Backed(f"gaps_{name}", title, labelled, tuple(rows), notes),))


def _ladder(counts: np.ndarray, groups: tuple[str, str, tuple[str, ...], str], far: str) -> list[Figure]:
    people, name, categories, reference = groups
    reached = counts[:, ::-1].cumsum(axis=1)[:, ::-1]  # so many came this far or further
    base = categories.index(reference)
    unknown = categories.index("not_stated")
    rows: list[Figure] = []
    for at, group in enumerate(categories):
        if at in (base, unknown):
            continue
        steps = [(step, int(reached[at, s]), int(reached[base, s])) for s, step in enumerate(STEPS) if s]
        found = gaps.ladder(steps, int(reached[at, 0]), int(reached[base, 0]))
        for number, (step, whole, of_last) in enumerate(found, 1):
            cells = _cells((people, name), (group, reference), far, number)
            rows.append(((group, step, "all"), whole, cells))
            if number > 1:
                before = _cells((people, name), (group, reference), far, number - 1)
                rows.append(((group, step, f"those {STEPS[number - 1]}"), of_last, (*cells, *before)))
        cells = (
            *_cells((people, name), (group, reference), far, 1),
            *_cells((people, name), ("not_stated",), far, 1),
        )
        sides = [Group(int(reached[i, 1]), int(reached[i, 0])) for i in (at, base, unknown)]
        for bound, result in zip(("least", "most"), gaps.missing_bounds(*sides), strict=True):
            rows.append(((group, f"reported, {bound} with those not stated", "all"), result, cells))
    return rows


def _within(
    extract: Extract, groups: tuple[str, str, tuple[str, ...], str], far: str, links: str
) -> list[Figure]:
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
    rows: list[Figure] = []
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
        explained = gaps.explained_away(modelled)
        for label, ratio in (
            ("within", result),
            ("adjusted for", modelled),
            ("explained away, beyond", explained),
        ):
            rows.append(((group, f"reported, {label} role, grade and unit", "all"), ratio, cells))
    return rows


def _cells(of: tuple[str, str], groups: tuple[str, ...], far: str, step: int) -> tuple[Cell, ...]:
    label = STEPS[step] if step == len(STEPS) - 1 else FURTHER[step - 1][0]
    people, name = of
    found = []
    for group in groups:
        found += [cell(people, **{name: group}), cell(people, **{name: group, far: label})]
    return tuple(found)
