"""`upstander extract`: the coded cases of an institution, as a folder that `upstander measure` reads."""

from __future__ import annotations

import argparse
import datetime
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from upstander.cli.environment import StopError, add_data, command, require_installation, start
from upstander.cli.link import read

if TYPE_CHECKING:
    from upstander.cli.environment import Commands
    from upstander.linkage.persons import Given
    from upstander.server.casework.export import Tables

ABOUT = """\
Writes the coded cases of an institution as an extract (docs/reference/extract.md): codes, days and
numbers under pseudonyms made for it, no words and no names; and the closed waves of its staff
survey, with staff totals. What casework does not know (hours of duty, personnel records) is left
out or says so: join it before you ask for rates.

  upstander extract marlshire --out extract
  upstander measure extract --out release

--links takes what `upstander link` wrote on handlers' machines (links.csv, again for each): cases
that nobody can open together then count as being about one person, by strict and by lenient links.

--personnel is a CSV file of everybody who serves or served, under a pseudonym (ref) of whoever
keeps personnel records: role, grade, unit, characteristics, start, end. With it there are rates.
--service says how much of each month each of them was on duty; without it everybody counts as on
full duty from the first report on. No name belongs in either file, and a column too many is
refused (docs/how-to/measure-an-institution.md)."""


def add(commands: Commands) -> None:
    """Adds the command and its arguments."""
    parser = command(commands, "extract", "write the coded cases for measurement", ABOUT)
    parser.add_argument("slug", metavar="SLUG", help="the institution's address, such as marlshire")
    parser.add_argument("--out", type=Path, required=True, metavar="FOLDER", help="a new folder")
    parser.add_argument("--until", metavar="DAY", help="cut off after this day (default: today)")
    parser.add_argument(
        "--links", type=Path, action="append", default=[], metavar="FILE", help="a links.csv (again for each)"
    )
    parser.add_argument("--personnel", type=Path, metavar="FILE", help="CSV file of personnel, without names")
    parser.add_argument("--service", type=Path, metavar="FILE", help="CSV file of their months on duty")
    add_data(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Writes the extract and says what is in it."""
    require_installation(arguments.data)
    start(arguments.data)
    from upstander.formats.days import today
    from upstander.measure.errors import MeasureError
    from upstander.server.errors import Refusal
    from upstander.server.institutions.access import institution_for

    if arguments.out.exists():
        raise StopError(f"{arguments.out} is there already. Name a new folder.")
    if arguments.service and not arguments.personnel:
        raise StopError("months on duty need the people they are about: give --personnel as well.")
    try:
        institution = institution_for(arguments.slug)
    except Refusal:
        raise StopError(f"There is no institution at /{arguments.slug}/ here.") from None
    until = _day(arguments.until) or today(institution.time_zone)
    try:
        return make(arguments, institution, until)
    except MeasureError as error:
        shutil.rmtree(arguments.out, ignore_errors=True)
        raise StopError(f"nothing was written.\n{error}") from error


def make(arguments: argparse.Namespace, institution: Any, until: datetime.date) -> int:
    """Gathers, joins, writes, and checks what was written. Raises MeasureError and StopError."""
    from upstander.measure.extract.personnel import read_service, read_staff, whole_months
    from upstander.server.casework import export
    from upstander.server.casework.export_people import staff_of
    from upstander.server.surveys import export as surveys

    links = [links_of(path) for path in arguments.links]
    staff = staff_of(read_staff(arguments.personnel), export.pseudonym) if arguments.personnel else {}
    found = export.tables_of(institution, until, links=links, staff=staff)
    asked: dict[str, Any] = dict(surveys.tables(institution, until))
    if arguments.service:
        asked["exposure"] = read_service(arguments.service, staff, until)
    elif staff:
        since = min((row["received"] for row in found.report), default=until)
        asked["exposure"] = whole_months(staff.values(), since, until)
    write(found, arguments.out, institution.name, until, asked)
    if links or staff:
        from upstander.measure.extract import open_extract

        open_extract(arguments.out)  # what others brought in is judged at once, while they can put it right
    _tell(found, len(asked["survey"]), linked=bool(links), months=len(asked.get("exposure", ())))
    return 0


def _tell(found: Tables, answers: int, *, linked: bool, months: int) -> None:
    print(f"{len(found.report)} reports, {len(found.person)} people, {len(found.event)} events.")
    print(f"{answers} answers to the staff survey.")
    if linked:
        told = found.told
        print(f"Links say something of {told.linked} of {told.mentions} mentions of a subject.")
        if told.against:
            print(f"{told.against} links were not followed: they would have made two personnel records one.")
    people = f"{months} months of service" if months else "none: there will be no rates (--personnel)"
    print(f"Exposure: {people}.")
    if found.uncoded:
        print(f'{found.uncoded} are not coded yet: they stand as "other", severity not assessed.')
    agreement = found.agreement
    said = "not measured" if agreement is None else f"{agreement:.2f} over {len(found.pairs)} coded twice"
    print(f"Agreement of two coders (kappa): {said}.")


def links_of(path: Path) -> dict[str, Given]:
    """What one machine returned, by mention. Raises StopError for what `upstander link` did not write."""
    from upstander.linkage.persons import Given

    found: dict[str, Given] = {}
    for line, row in enumerate(read(path, "mention_id", "strict", "lenient", "link_prob"), 2):
        try:
            probability = float(row["link_prob"])
        except ValueError:
            probability = -1.0
        if not 0 <= probability <= 1 or not row["strict"] or not row["lenient"]:
            raise StopError(f"{path}, line {line}: this is not a line that `upstander link` writes.")
        if row["mention_id"] in found:
            raise StopError(f"{path}, line {line}: this mention is there already.")
        found[row["mention_id"]] = Given(row["strict"], row["lenient"], probability)
    return found


def write(
    found: object, out: Path, institution: str, until: datetime.date, more: Mapping[str, Any] | None = None
) -> None:
    """Writes the tables (an `export.Tables`, and `more`: those of the survey, exposure) as Parquet."""
    try:
        import pyarrow as pa
    except ImportError:
        raise StopError('This needs the extra "analytics": pip install upstander[analytics].') from None
    from upstander.measure.extract.schema import TABLES
    from upstander.measure.extract.write import arrow_type, write_extract

    tables = {}
    for layout in TABLES:
        rows = (more or {}).get(layout.name, getattr(found, layout.name, []))
        if isinstance(rows, pa.Table):
            tables[layout.name] = rows
            continue
        if layout.may_be_missing and not rows:
            continue
        rows = list(rows.values()) if isinstance(rows, dict) else rows
        tables[layout.name] = pa.table(
            {
                column.name: pa.array([row[column.name] for row in rows], arrow_type(column))
                for column in layout.columns
            }
        )
    write_extract(
        out,
        tables,
        institution=institution,
        cutoff=until,
        coder_agreement=getattr(found, "agreement", None),
    )


def _day(text: str | None) -> datetime.date | None:
    try:
        return datetime.date.fromisoformat(text) if text else None
    except ValueError:
        raise StopError(f"{text} is not a day. Write it as 2026-03-31.") from None
