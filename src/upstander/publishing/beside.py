"""The log's numbers beside an institution's own: under its figures, in its data, in its review.

The log says neither institution nor kind. Where a site has several institutions, what stands beside a number
is therefore the sum over all of them, as published and as counted again; decision 0031 says why.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from upstander.measure.disclosure import Published, Safe, opened
from upstander.measure.disclosure.published import Value
from upstander.publishing.check import Check, Compared, Verdict, What, claims_of, in_order, large
from upstander.publishing.rows import lines

CLAIMS = "claims"
FIGURES: Mapping[str, What] = {"quarters": "received", "in_time": "answered in time"}
"""The figures that leaves can prove, and what of them."""
EVERY, LOG, AGREES = "all_institutions", "in_the_log", "held_against_the_log"  # columns of the data
Held = Verdict | Literal["not compared"]
NOT_COMPARED: Literal["not compared"] = "not compared"
KEPT = "[c]"


@dataclass(frozen=True, slots=True)
class Beside:
    """An institution's number of a period, that of all institutions of the site, and the log's.

    None stands for what is kept back, or for what nobody compared. Where an institution's own is
    kept back, so is everything beside it.
    """

    period: str
    what: str
    own: int | None
    every: int | None
    log: int | None
    held: Held


@dataclass(frozen=True, slots=True)
class Against:
    """All of an institution's numbers that the log has too, quarter by quarter.

    `alone`: no other institution is on the site. `whole`: the log has no other institutions than the site.
    """

    rows: tuple[Beside, ...] = ()
    alone: bool = True
    whole: bool = True

    def of(self, figure: str) -> list[Beside]:
        """The numbers of the figure of this name; none where leaves prove nothing of it."""
        return [one for one in self.rows if one.what == FIGURES.get(figure)]

    def differing(self, figure: str) -> int:
        """How many of them are not the log's."""
        return sum(one.held == "differs" for one in self.of(figure))


def beside(tables: Sequence[Safe[Published]], check: Check | None, *, alone: bool) -> Against:
    """Every number that an institution gives for the check, with what stands beside it.

    `alone`: no other institution is on the site, so that what the log has and it does not tell is its own.
    """
    said = claims_of([safe for safe in tables if opened(safe).name == CLAIMS])
    whole = check is None or check.whole
    if not said:
        return Against((), alone, whole)
    found = {(one.period, one.what): one for one in (check.compared if check else ())}
    untold = {key for key, one in found.items() if one.verdict == "differs" and key not in said}
    keys = sorted({*said, *(untold if alone else ())}, key=lambda key: (in_order(key[0]), key[1]))
    return Against(tuple(_one(key, said.get(key, 0), found.get(key)) for key in keys), alone, whole)


def _one(key: tuple[str, str], own: int | None, found: Compared | None) -> Beside:
    period, what = key
    if own is None:
        return Beside(period, what, None, None, None, "kept back")
    if found is None:
        return Beside(period, what, own, None, None, NOT_COMPARED)
    if found.published is None or found.log is None:
        return Beside(period, what, own, None, None, "kept back")
    return Beside(period, what, own, large(found.published), large(found.log), found.verdict)


def columns(safe: Safe[Published], against: Against) -> dict[str, list[Value]]:
    """What stands beside the rows of this table, column by column; nothing beside any but `claims`."""
    if opened(safe).name != CLAIMS:
        return {}
    by = {(one.period, one.what): one for one in against.rows}
    rows = [by[line.labels[0], line.labels[1]] for line in lines(safe)]
    return {
        EVERY: [_cell(one, one.every) for one in rows],
        LOG: [_cell(one, one.log) for one in rows],
        AGREES: [one.held for one in rows],
    }


def _cell(one: Beside, number: int | None) -> Value:
    if number is not None:
        return number
    return NOT_COMPARED if one.held == NOT_COMPARED else KEPT
