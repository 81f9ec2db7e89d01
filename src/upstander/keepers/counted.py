"""What a keeper published about a quarter, read by whoever keeps or shows it (formats, section 14)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from upstander.formats import hashes, shape, statements
from upstander.formats.errors import FormatError
from upstander.keepers.roster import Keeper

_QUARTER = re.compile(r"[0-9]{4}-q[1-4]")
_WHAT = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")


@dataclass(frozen=True, slots=True)
class Counted:
    """One quarter (`2026-q4`) of one keeper: numbers by what was counted, a commitment for each release."""

    keeper: str
    quarter: str
    counts: Mapping[str, int]
    releases: tuple[str, ...]


def read_counted(text: str, keeper: Keeper) -> Counted:
    """A **keeper-counts** statement of this keeper, of any version. Raises FormatError."""
    body = statements.verify(text, "keeper-counts", keeper.sign)
    body = shape.exactly({"releases": [], **body}, "counts", "keeper", "quarter", "releases")
    quarter, counts = shape.text(body["quarter"]), body["counts"]
    if body["keeper"] != keeper.name or not _QUARTER.fullmatch(quarter) or not isinstance(counts, dict):
        raise FormatError("These are not this keeper's counts of a quarter.")
    if not all(_WHAT.fullmatch(what) for what in counts):
        raise FormatError("Something was counted that has no name.")
    return Counted(
        keeper.name,
        quarter,
        {what: shape.count(number) for what, number in counts.items()},
        tuple(hashes.check_hash(one) for one in shape.sorted_texts(body["releases"])),
    )
