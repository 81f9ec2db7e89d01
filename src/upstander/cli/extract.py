"""`upstander extract`: the coded cases of an institution, as a folder that `upstander measure` reads."""

from __future__ import annotations

import argparse
import datetime
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from upstander.cli.environment import StopError, add_data, command, require_installation, start

if TYPE_CHECKING:
    from upstander.cli.environment import Commands

ABOUT = """\
Writes the coded cases of an institution as an extract (docs/reference/extract.md): codes, days and
numbers under pseudonyms made for it, no words and no names; and the closed waves of its staff
survey, with staff totals. What casework does not know (hours of duty, personnel records) is left
out or says so: join it before you ask for rates.

  upstander extract marlshire --out extract
  upstander measure extract --out release"""


def add(commands: Commands) -> None:
    """Adds the command and its arguments."""
    parser = command(commands, "extract", "write the coded cases for measurement", ABOUT)
    parser.add_argument("slug", metavar="SLUG", help="the institution's address, such as marlshire")
    parser.add_argument("--out", type=Path, required=True, metavar="FOLDER", help="a new folder")
    parser.add_argument("--until", metavar="DAY", help="cut off after this day (default: today)")
    add_data(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Writes the extract and says what is in it."""
    require_installation(arguments.data)
    start(arguments.data)
    from upstander.formats.days import today
    from upstander.server.casework import export
    from upstander.server.errors import Refusal
    from upstander.server.institutions.access import institution_for
    from upstander.server.surveys import export as surveys

    if arguments.out.exists():
        raise StopError(f"{arguments.out} is there already. Name a new folder.")
    try:
        institution = institution_for(arguments.slug)
    except Refusal:
        raise StopError(f"There is no institution at /{arguments.slug}/ here.") from None
    until = _day(arguments.until) or today(institution.time_zone)
    found = export.tables_of(institution, until)
    asked = surveys.tables(institution, until)
    write(found, arguments.out, institution.name, until, asked)
    print(f"{len(found.report)} reports, {len(found.person)} subjects, {len(found.event)} events.")
    print(f"{len(asked['survey'])} answers to the staff survey.")
    if found.uncoded:
        print(f'{found.uncoded} are not coded yet: they stand as "other", severity not assessed.')
    agreement = found.agreement
    said = "not measured" if agreement is None else f"{agreement:.2f} over {len(found.pairs)} coded twice"
    print(f"Agreement of two coders (kappa): {said}.")
    return 0


def write(
    found: object, out: Path, institution: str, until: datetime.date, asked: Mapping[str, Any] | None = None
) -> None:
    """Writes the tables (an `export.Tables`, and those of the survey) as Parquet."""
    try:
        import pyarrow as pa
    except ImportError:
        raise StopError('This needs the extra "analytics": pip install upstander[analytics].') from None
    from upstander.measure.extract.schema import TABLES
    from upstander.measure.extract.write import arrow_type, write_extract

    tables = {}
    for layout in TABLES:
        rows = (asked or {}).get(layout.name, getattr(found, layout.name, []))
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
