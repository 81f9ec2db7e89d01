"""Writes a whole release into a folder, or nothing."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from upstander.measure.disclosure import Published, Safe, opened
from upstander.measure.errors import MeasureError
from upstander.measure.output.charts import chart
from upstander.measure.output.page import page
from upstander.measure.output.tidy import tidy_csv
from upstander.measure.output.workbook import workbook


@dataclass(frozen=True, slots=True)
class Heading:
    """What every file of a release says at its top."""

    title: str
    lines: tuple[str, ...]


def check_new(folder: Path) -> None:
    """Raises MeasureError where the folder of a release is neither new nor empty."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise MeasureError(f"{folder.name} is not empty. Name a new folder: two releases must not be mixed.")


def write_all(folder: Path, heading: Heading, tables: Sequence[Safe[Published]]) -> list[str]:
    """Writes `report.md`, `tables.xlsx`, `tables/*.csv` and `figures/*.svg`; returns their names.

    The folder must be new or empty: two releases are never mixed. It appears at once, when all is written.
    Raises MeasureError where it is not empty.
    """
    check_new(folder)
    part = folder.with_name(folder.name + ".part")
    shutil.rmtree(part, ignore_errors=True)
    (part / "tables").mkdir(parents=True)
    (part / "figures").mkdir()
    charts = {}
    for safe in tables:
        name = opened(safe).name
        (part / "tables" / f"{name}.csv").write_text(tidy_csv(safe), "utf-8", newline="")
        drawn = chart(safe)
        if drawn:
            charts[name] = f"figures/{name}.svg"
            (part / charts[name]).write_text(drawn, "utf-8")
    lines = (heading.title, *heading.lines)
    (part / "tables.xlsx").write_bytes(workbook(lines, tables))
    (part / "report.md").write_text(page(lines, tables, charts), "utf-8")
    if folder.exists():
        folder.rmdir()
    part.rename(folder)
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())
