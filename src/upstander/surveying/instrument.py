"""What the survey asks: the questions of `instrument.json`, whose hash every notice of a wave names.

The groups are those of the coded extract, so that waves can be compared with each other and with staff
totals. There is no question that takes words.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from upstander.formats.hashes import hash_of
from upstander.measure.extract import schema

FILE = Path(__file__).with_name("instrument.json")
NOT_STATED = schema.NOT_STATED
GROUPS: dict[str, tuple[str, ...]] = {
    "sex": schema.SEX,
    "ethnicity5": schema.ETHNICITY,
    "age_band": schema.AGE,
    "disability": schema.YES_NO,
    "sexual_orientation": schema.ORIENTATION,
}
"""Groups of each characteristic. `stratum`, the area, has those of the notice."""
FIELDS = ("stratum", *GROUPS)
ITEMS = schema.ITEMS
ANSWERS = schema.YES_NO


@cache
def instrument() -> dict[str, Any]:
    """The questions. Do not change what it answers."""
    value: dict[str, Any] = json.loads(FILE.read_text("utf-8"))
    return value


@cache
def instrument_hash() -> str:
    """SHA-256 of the file: names these questions, in these words."""
    return hash_of(FILE.read_bytes())
