"""From an extract to a release: measured, through disclosure control, with its areas, ready for the site."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from upstander.measure.disclosure import Past, Published, Safe, Table, opened, release
from upstander.measure.disclosure import past as history
from upstander.measure.disclosure.cells import Relation, cell
from upstander.measure.registration import Registration, standing
from upstander.measure.standard import earlier, measure, populations
from upstander.measure.standard.part import Part, cube, dimension, population
from upstander.publishing.errors import PublishError
from upstander.publishing.site import Area, Release

if TYPE_CHECKING:
    from upstander.measure.extract import Extract
    from upstander.measure.plan import Plan
    from upstander.publishing.settings import Place, Settings

ELSEWHERE = "elsewhere"
AREAS = "areas"


@dataclass(frozen=True, slots=True)
class Made:
    """A release, and the history to keep once it is published."""

    release: Release
    past: Past


def make(
    extract: Extract,
    plan: Plan,
    settings: Settings,
    before: Past,
    *,
    name: str,
    registered: Registration | None = None,
    tell: Callable[[str], None] = lambda _: None,
) -> Made:
    """Measures and releases. `before` is what was released earlier: a release may not let it be subtracted.

    `registered` is what a receipt shows of the plan.

    Raises DisclosureError where that cannot be had, PublishError where the settings do not fit the extract.
    """
    about = settings.about(extract.institution)
    findings = measure(extract, plan, tell)
    places = areas(extract, about.areas) if about.areas else Part()
    tables = (*findings.tables, *places.tables)
    check_begins(tables, before)
    grows = [(one, other) for one in populations(tables) for other in earlier(one, before)]
    tell("hiding what must be hidden, and trying to undo it")
    made = release(
        *(name, tables, findings.backed, findings.accounts),
        rules=plan.rules,
        past=before,
        grows=grows,
        ties=(*findings.ties, *places.ties, *_same(findings.tables, places.tables, about.areas)),
    )
    counted = next((safe for safe in made.tables if opened(safe).name == AREAS), None)
    return Made(
        Release(
            slug=about.slug,
            name=extract.institution,
            cutoff=extract.cutoff,
            published=settings.published,
            standing=standing(plan, extract.cutoff, registered),
            extract=extract.digest,
            tables=made.tables,
            hidden=len(made.hidden),
            width=plan.rules.width,
            agreement=extract.coder_agreement,
            areas=tuple(Area(one.slug, one.name, _shown(counted, one), one.welsh) for one in about.areas),
            revisions=about.revisions,
            signed_off=about.signed_off,
            report=about.report,
            news=about.news,
            welsh=about.welsh,
        ),
        made.past,
    )


def check_begins(tables: Sequence[Table], before: Past) -> None:
    """Raises PublishError where earlier releases begin with quarters that these data do not have.

    Data that begin later are no part that has grown: numbers hidden then and shown now, of the quarters that
    both have, could be put together, and the audit of growth does not see that. Longer ones have grown.
    """
    mine, told = _quarters(tables), _quarters(before.tables)
    gone = sorted(one for one in told if mine and one < min(mine))
    if gone:
        raise PublishError(
            f"An earlier release begins with {gone[0]}, and these data with {min(mine)}. What lies between "
            "could be worked out by subtraction, and what is hidden in the quarters that both have. Have an "
            f"extract made that begins with {gone[0]}."
        )


def _quarters(tables: Sequence[Table]) -> set[str]:
    return {
        quarter
        for table in tables
        for one in table.dimensions
        if one.name == "quarter"
        for quarter in one.categories
    }


def areas(extract: Extract, places: Sequence[Place]) -> Part:
    """Reports by area and year, of all kinds together: an area by topic would point at people.

    Raises PublishError where a unit lies in two areas, or an area is called as what lies outside them.
    """
    units = [unit for place in places for unit in place.units]
    names = [place.name for place in places]
    if len(set(units)) != len(units) or len({*names, ELSEWHERE}) != len(names) + 1:
        raise PublishError("area: a unit lies in two areas, or two areas have the same name.")
    extract.database.execute("CREATE OR REPLACE TEMP TABLE place (unit VARCHAR, area VARCHAR)")
    extract.database.executemany(
        "INSERT INTO place VALUES (?, ?)", [(unit, place.name) for place in places for unit in place.units]
    )
    source = (
        f"SELECT coalesce(area, '{ELSEWHERE}') AS area, year(received) AS year FROM report "
        "LEFT JOIN place ON unit_id::VARCHAR = unit"
    )
    years = [
        str(row[0])
        for row in extract.database.execute(
            "SELECT DISTINCT year(received) FROM report ORDER BY 1"
        ).fetchall()
    ]
    if not years:
        return Part()
    outside = extract.database.execute(
        f"SELECT count(*) FROM ({source}) WHERE area = '{ELSEWHERE}'"
    ).fetchall()[0][0]
    shown = (*names, ELSEWHERE) if outside else tuple(names)
    dimensions = dimension("area", shown, "unit"), dimension("year", tuple(years))
    return Part(
        (
            Table(
                AREAS,
                "Reports by area and year, of all kinds together",
                population(extract, "reports by area"),
                dimensions,
                cube(extract, source, dimensions),
                notes=(
                    "The area is where the unit works that the report is about, not where anything happened.",
                ),
            ),
        )
    )


def _same(found: Sequence[Table], areas_: Sequence[Table], places: Sequence[Place]) -> Iterator[Relation]:
    """What of the areas follows from other tables: their sums by year, and an area from the units in it."""
    named = {table.name: table for table in (*found, *areas_)}
    if AREAS not in named or "referrals" not in named:
        return
    by, of = named[AREAS].population, named["referrals"].population
    yield Relation(cell(of), (cell(by),))
    for year in named[AREAS].dimensions[1].categories:
        yield Relation(cell(of, year=year), (cell(by, year=year),))
    units = set(named["units"].dimensions[0].categories) if "units" in named else set()
    for place in places:
        inside = [cell(named["units"].population, unit=unit) for unit in place.units if unit in units]
        if inside:
            yield Relation(cell(by, area=place.name), tuple(inside))


def _shown(counted: Safe[Published] | None, place: Place) -> Safe[Published] | None:
    """The table, if it shows anything of this area."""
    if counted is None:
        return None
    table = opened(counted)
    where, at = table.columns.index("area"), table.columns.index("count")
    return (
        counted
        if any(row[where] == place.name and not isinstance(row[at], str) for row in table.rows)
        else None
    )


def read_history(path: Path) -> Past:
    """What was released before. Raises DisclosureError for another file."""
    return history.load(path)
