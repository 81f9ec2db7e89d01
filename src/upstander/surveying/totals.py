"""Staff totals from personnel records, as a CSV file: how many people there are of each kind, and were asked.

Columns: `stratum`, `sex`, `ethnicity5`, `age_band`, `n`, and, if not everybody is asked, `invited`.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from upstander.surveying.errors import TotalsError
from upstander.surveying.instrument import GROUPS

KEYS = ("stratum", "sex", "ethnicity5", "age_band")
LARGEST = 10_000_000


@dataclass(frozen=True, slots=True)
class Total:
    """People of one kind: `n` in post, `invited` to answer. `stratum` as personnel records call the area."""

    stratum: str
    sex: str
    ethnicity5: str
    age_band: str
    n: int
    invited: int


def read_totals(path: Path) -> tuple[Total, ...]:
    """The totals in a file. Raises TotalsError that names line and column."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file)
            missing = [name for name in (*KEYS, "n") if name not in (rows.fieldnames or ())]
            if missing:
                raise TotalsError(f"{path.name}: there is no column {missing[0]!r}.")
            return check_totals(_total(row, line) for line, row in enumerate(rows, 2))
    except (OSError, UnicodeDecodeError, csv.Error):
        raise TotalsError(f"{path.name} cannot be read as a CSV file in UTF-8.") from None


def check_totals(totals: Iterable[Total]) -> tuple[Total, ...]:
    """Totals of which each kind comes once. Raises TotalsError."""
    found = tuple(totals)
    if len({(t.stratum, t.sex, t.ethnicity5, t.age_band) for t in found}) != len(found):
        raise TotalsError("A kind of people comes twice: add their numbers up in one line.")
    if not any(t.n for t in found):
        raise TotalsError("There is nobody in these totals.")
    return found


def _total(row: dict[str, str], line: int) -> Total:
    stratum = (row["stratum"] or "").strip()
    if not 0 < len(stratum) <= 80:
        raise TotalsError(f"Line {line}, stratum: expected the name of an area, at most 80 letters.")
    codes = {}
    for name in KEYS[1:]:
        codes[name] = (row[name] or "").strip()
        if codes[name] not in GROUPS[name]:
            raise TotalsError(f"Line {line}, {name}: expected one of {', '.join(GROUPS[name])}.")
    n = _count(row["n"], line, "n")
    invited = _count(row.get("invited") or row["n"], line, "invited")
    if invited > n:
        raise TotalsError(f"Line {line}, invited: more than there are.")
    return Total(stratum, codes["sex"], codes["ethnicity5"], codes["age_band"], n, invited)


def _count(text: str | None, line: int, name: str) -> int:
    text = (text or "").strip()
    if not text.isascii() or not text.isdigit() or int(text) > LARGEST:
        raise TotalsError(f"Line {line}, {name}: expected a whole number.")
    return int(text)
