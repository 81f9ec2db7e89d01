"""What may be shown: a tidy table of text and numbers that cannot change, with its notes and marks."""

from __future__ import annotations

import hashlib
import json
import math
from dataclasses import dataclass
from typing import Literal, TypeAlias

from upstander.measure.errors import DisclosureError

Value: TypeAlias = str | int | float
Shows = Literal["counts", "estimates", "noisy counts"]

MARKS = {
    "[c]": "confidential: hidden so that nobody can be picked out",
    "[x]": "not available: too few people to give a percentage or ratio",
    "[u]": "low reliability: the interval is wider than ten percentage points on either side",
    "[l]": "a range: from strict to lenient links of names, and chance; no number in it is the right one",
    "[z]": "we cannot tell: no estimate can be made from these data",
}
"""The shorthand of the Government Statistical Service's guidance on tables, as far as it is used here."""


@dataclass(frozen=True, slots=True)
class Published:
    """One table as it will be read.

    Every row has one value a column; marks stand in place of hidden numbers.
    """

    name: str
    title: str
    shows: Shows
    columns: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]
    notes: tuple[str, ...] = ()
    hidden: int = 0

    def __post_init__(self) -> None:
        if any(len(row) != len(self.columns) for row in self.rows):
            raise DisclosureError(f"A row of {self.name!r} has more or fewer values than there are columns.")
        for row in self.rows:
            for value in row:
                if type(value) not in (str, int, float) or (
                    isinstance(value, float) and not math.isfinite(value)
                ):
                    raise DisclosureError(f"{self.name!r} holds something that is neither text nor number.")

    def digest(self) -> bytes:
        """SHA-256 over everything in it."""
        parts = [self.name, self.title, self.shows, self.columns, self.rows, self.notes, self.hidden]
        return hashlib.sha256(json.dumps(parts, ensure_ascii=True).encode()).digest()

    def marks(self) -> dict[str, str]:
        """The marks that occur, each with its meaning."""
        used = {str(value) for row in self.rows for value in row}
        return {mark: meaning for mark, meaning in MARKS.items() if any(mark in one for one in used)}
