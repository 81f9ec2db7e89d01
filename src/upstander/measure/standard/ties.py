"""Which cells of different tables are the same reports or people: what an outsider would subtract from what.

Populations with different names are judged apart, and often overlap: reports in units with exposure are
reports, who answered is of those who were invited. Disclosure control is told so, and judges them together.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from upstander.measure.disclosure.cells import Relation, Table, cell
from upstander.measure.plan import CHARACTERISTICS
from upstander.measure.standard.links import LINKS
from upstander.measure.standard.people import FURTHER, FURTHEST


def across(tables: Sequence[Table]) -> tuple[Relation, ...]:
    """Every such sum between the tables of the standard set that are there."""
    named = {table.name: table for table in tables}
    return (
        *_reports(named),
        *_people(named),
        *(tie for wave in _waves(named) for tie in _survey(named, wave)),
    )


def _reports(named: dict[str, Table]) -> Iterator[Relation]:
    if "endings" not in named:
        return
    of = named["endings"].population
    for part in ("months", "units", "logged"):
        if part in named:
            yield Relation(cell(of), (cell(named[part].population),))
    quarters = _categories(named, "quarters", "quarter")
    for quarter in quarters:
        if "logged" in named:
            yield Relation(cell(of, quarter=quarter), (cell(named["logged"].population, quarter=quarter),))
        if months := [one for one in _categories(named, "months", "month") if _quarter(one) == quarter]:
            inside = tuple(cell(named["months"].population, month=one) for one in months)
            yield Relation(cell(of, quarter=quarter), inside)
    for year in _categories(named, "referrals", "year"):
        inside = tuple(cell(of, quarter=one) for one in quarters if one[:4] == year)
        yield Relation(cell(of, year=year), inside)
    for where in ({}, *({"strand": one} for one in _categories(named, "standing", "strand"))):
        waiting = tuple(cell(of, standing=f"open {one}", **where) for one in ("in time", "overdue"))
        yield Relation(cell(of, ending="open", **where), waiting)
    if closed := named.get("candour_explained"):
        yield Relation(cell(of), (cell(closed.population), cell(of, ending="open")))


def _people(named: dict[str, Table]) -> Iterator[Relation]:
    """Who was reported is who has a report, in the tables of steps as in those of repeat subjects."""
    for links in LINKS:
        repeats = named.get(f"repeat_subjects_{links}")
        if repeats is not None:
            far, many = f"{FURTHEST} ({links} links)", repeats.dimensions[0].name
            for step, number in ((FURTHER[0][0], "1 or more"), ("none", "0")):
                of = repeats.population
                yield Relation(cell(of, **{many: number}), (cell(of, **{far: step}),))


def _survey(named: dict[str, Table], wave: str) -> Iterator[Relation]:
    """Who answered, in the tables of answers as in those of who was invited."""
    invited = named[f"response_{wave}"].population
    answers = {
        table.dimensions[0].name: table
        for name, table in named.items()
        if name.startswith("answers_") and name.endswith(f"_{wave}")
    }
    for table in answers.values():
        yield Relation(cell(invited, answered="yes"), (cell(table.population),))
    for name in ("stratum", *CHARACTERISTICS):
        by = named.get(f"response_{wave}_{name}")
        if by is None:
            continue
        said = by.dimensions[1].name
        yield Relation(cell(invited), (cell(by.population),))
        for answered in ("yes", "no"):
            inside = cell(by.population, **{said: answered})
            yield Relation(cell(invited, answered=answered), (inside,))
        for group in by.dimensions[0].categories if name in answers else ():
            came = cell(by.population, **{name: group, said: "yes"})
            yield Relation(cell(answers[name].population, **{name: group}), (came,))


def _waves(named: dict[str, Table]) -> list[str]:
    found = (name.removeprefix("response_") for name in named if name.startswith("response_"))
    return [one for one in found if len(named[f"response_{one}"].dimensions) == 1]


def _categories(named: dict[str, Table], table: str, dimension: str) -> tuple[str, ...]:
    if table not in named:
        return ()
    return next(one.categories for one in named[table].dimensions if one.name == dimension)


def _quarter(month: str) -> str:
    return f"{month[:4]} Q{(int(month[5:7]) + 2) // 3}"
