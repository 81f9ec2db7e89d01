"""Which cells may not be shown for their own sake, and why.

The numbers are the project's defaults (administrative counts 1 to 4, as in NHS and HESA practice; survey
cells from ten respondents; percentages from a base of fifty); an installation may make them stricter, never
milder.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Literal

from upstander.measure.disclosure.cells import Cell, Table
from upstander.measure.errors import DisclosureError

Reason = Literal["small", "zero", "group"]


@dataclass(frozen=True, slots=True)
class Rules:
    """The numbers of disclosure control.

    `threshold`: counts from 1 to one below it are hidden. `width`: the narrowest interval an outsider may
    be able to work out for a hidden cell. `rounding`: shown counts are to the nearest multiple.
    `percent_base`: percentages need so many in the denominator. `ratio_base`: ratios need so many events on
    each side. `survey_base`: respondents a survey cell needs. `half_width`: percentage points beyond which
    a figure is marked as unreliable. `group_base`: below it, a group may not be shown to be all of one
    kind. `unit_staff`: staff a unit needs before two protected characteristics may be crossed in it.
    `zeros`: hide zeros that are not so by nature.
    """

    threshold: int = 5
    width: int = 5
    rounding: int = 5
    percent_base: int = 50
    ratio_base: int = 10
    survey_base: int = 10
    half_width: int = 10
    group_base: int = 50
    unit_staff: int = 500
    zeros: bool = True

    def __post_init__(self) -> None:
        for one in fields(self):
            if one.name == "zeros":
                continue
            mildest, stricter_is_less = int(one.default), one.name == "half_width"  # type: ignore[arg-type]
            value = getattr(self, one.name)
            if type(value) is not int or (value > mildest if stricter_is_less else value < mildest):
                raise DisclosureError(
                    f"The rule {one.name!r} may be made stricter than {mildest}, never milder."
                )
        if self.rounding % 2 == 0:
            raise DisclosureError("Round to an odd multiple, so that no count lies half-way.")
        if self.zeros is not True:
            raise DisclosureError("Zeros are hidden unless a table calls them zero by nature.")


def primary(tables: tuple[Table, ...], rules: Rules) -> dict[Cell, Reason]:
    """The cells that need hiding for their own sake.

    Raises DisclosureError for a table that may not be at all.
    """
    found: dict[Cell, Reason] = {}
    for table in tables:
        _check_crossing(table, rules)
        cells = table.cells
        least = max(rules.threshold, rules.survey_base) if table.survey else rules.threshold
        for one, count in cells.items():
            if 0 < count < least:
                found[one] = "small"
            elif count == 0 and one not in table.structural:
                found[one] = "zero"
        for one in _all_alike(table, cells, rules):
            found.setdefault(one, "group")
    return found


def _all_alike(table: Table, cells: Mapping[Cell, int], rules: Rules) -> list[Cell]:
    """Cells that hold everyone of a group smaller than `group_base`.

    They would say of each member what she is.
    """
    outcomes = [dimension.name for dimension in table.dimensions if dimension.kind == "outcome"]
    found = []
    for one, count in cells.items():
        for name, category in one.place:
            rest = Cell(one.population, tuple(pair for pair in one.place if pair != (name, category)))
            if name in outcomes and 0 < count == cells[rest] < rules.group_base:
                found.append(one)
    return found


def _check_crossing(table: Table, rules: Rules) -> None:
    crossed = [dimension for dimension in table.dimensions if dimension.kind == "protected"]
    units = [dimension for dimension in table.dimensions if dimension.kind == "unit"]
    if len(crossed) < 2 or not units:
        return
    staff = dict(table.staff)
    if small := [unit for one in units for unit in one.categories if staff.get(unit, 0) < rules.unit_staff]:
        raise DisclosureError(
            f"The table {table.name!r} crosses two protected characteristics in {len(small)} units with "
            "fewer than "
            f"{rules.unit_staff} staff (or of unknown size). Leave out one of the characteristics or join "
            "units."
        )
