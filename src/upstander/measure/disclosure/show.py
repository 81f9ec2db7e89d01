"""How what is left is written.

Rounded counts, percentages on a large enough base, estimates with their marks.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from upstander.measure import words
from upstander.measure.account import Account
from upstander.measure.disclosure.cells import Cell, Table
from upstander.measure.disclosure.differences import percent, rounded
from upstander.measure.disclosure.privacy import Budget
from upstander.measure.disclosure.published import Published, Value
from upstander.measure.disclosure.rules import Rules
from upstander.measure.errors import DisclosureError
from upstander.measure.estimate import Estimate, NotEstimable, Result, Span

ALL = "All"
NUMBERS = ("value", "low", "high", "n", "unit", "mark", "method", "why")
DECIMALS = {
    "proportion": 2,
    "ratio": 2,
    "share ratio": 2,
    "E-value": 1,
    "difference": 2,
    "days": 0,
    "extra days": 0,
    "count": 0,
    "rate": 3,
    "score": 2,
}
"""How many are shown; a proportion with two is a whole per cent."""
RATIOS = ("ratio", "share ratio", "E-value")


@dataclass(frozen=True, slots=True)
class Row:
    """One estimate, what it is called in each label column, and the counts without which it may not be
    shown. `says` are last labels that follow from the estimate, and are hidden with it.
    """

    labels: tuple[str, ...]
    result: Result | Span
    cells: tuple[Cell, ...]
    says: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Backed:
    """A table of estimates.

    Each rests on cells of tables in the same release, and is shown only if they all are. So do `findings`:
    notes that hold a number or say how a test came out, each with its cells. `picked` are tables whose rows
    stand in them because of what their counts are: a hidden one is not even named, only counted.
    """

    name: str
    title: str
    labels: tuple[str, ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()
    findings: tuple[tuple[str, tuple[Cell, ...]], ...] = ()
    picked: bool = False


def show_table(table: Table, hidden: frozenset[Cell], rules: Rules) -> Published:
    """The table as it is read: one row a cell, sums called `All`."""
    cells = table.cells
    columns = [*(dimension.name for dimension in table.dimensions), "count"]
    columns += ["percent"] if table.percent_of else []
    choices = [[*d.categories, *(name for name, _ in d.groups), ALL] for d in table.dimensions]
    rows: list[tuple[Value, ...]] = []
    for names in itertools.product(*choices):
        pairs = [(d.name, name) for d, name in zip(table.dimensions, names, strict=True) if name != ALL]
        one = Cell(table.population, tuple(sorted(pairs)))
        row: list[Value] = [*names, "[c]" if one in hidden else rounded(cells[one], rules.rounding)]
        if table.percent_of:
            row.append(_percentage(table, cells, one, hidden, rules))
        rows.append(tuple(row))
    count = sum(one in hidden for one in cells)
    notes = (
        *table.notes,
        f"Counts are rounded to the nearest {rules.rounding}, each by itself, so sums may differ.",
        f"{count} of {len(cells)} numbers are hidden.",
    )
    return Published(table.name, table.title, "counts", tuple(columns), tuple(rows), notes, count)


def _percentage(
    table: Table, cells: Mapping[Cell, int], one: Cell, hidden: frozenset[Cell], rules: Rules
) -> Value:
    base = Cell(one.population, tuple(pair for pair in one.place if pair[0] != table.percent_of))
    if one in hidden or base in hidden:
        return "[c]"
    if cells[base] < rules.percent_base:
        return "[x]"
    return percent(cells[one], cells[base])


def show_backed(
    backed: Backed, counts: Mapping[Cell, int], hidden: frozenset[Cell], rules: Rules
) -> Published:
    """The estimates as they are read, with marks where a number may not or need not be given."""
    rows: list[tuple[Value, ...]] = []
    notes: dict[str, None] = dict.fromkeys(backed.notes)
    concealed = 0
    for row in backed.rows:
        if len(row.labels) + len(row.says) != len(backed.labels):
            raise DisclosureError(
                f"A row of {backed.name!r} has more or fewer labels than there are columns."
            )
        mark = _mark(row.result, _rests_on_hidden(backed.name, row.cells, counts, hidden), rules)
        concealed += mark in ("[c]", "[x]")
        if backed.picked and mark == "[c]":
            continue
        said = row.says if mark not in ("[c]", "[x]") else (mark,) * len(row.says)
        rows.append((*row.labels, *said, *_numbers(row.result, mark, rules)))
        for one in (row.result.strict, row.result.lenient) if isinstance(row.result, Span) else (row.result,):
            notes |= dict.fromkeys(one.notes)
    for finding, cells in backed.findings:
        if not _rests_on_hidden(backed.name, cells, counts, hidden):
            notes[finding] = None
    notes[f"{concealed} of {len(backed.rows)} estimates are hidden."] = None
    columns = (*backed.labels, *NUMBERS)
    return Published(backed.name, backed.title, "estimates", columns, tuple(rows), tuple(notes), concealed)


def _rests_on_hidden(
    name: str, cells: tuple[Cell, ...], counts: Mapping[Cell, int], hidden: frozenset[Cell]
) -> bool:
    if missing := [one for one in cells if one not in counts]:
        raise DisclosureError(f"{name!r} rests on {missing[0]}, which is in no table of this release.")
    if not cells:
        raise DisclosureError(f"{name!r} has an estimate that says not what it rests on.")
    return any(one in hidden for one in cells)


def _mark(result: Result | Span, rests_on_hidden: bool, rules: Rules) -> str:
    """The mark of an estimate, or nothing. A range is hidden where one of its two is."""
    if rests_on_hidden:
        return "[c]"
    if isinstance(result, Span):
        both = [_mark(one, rests_on_hidden, rules) for one in (result.strict, result.lenient)]
        return next((mark for mark in ("[c]", "[x]") if mark in both), "[l]")
    if isinstance(result, NotEstimable):
        return "[z]"
    of_hundred = result.unit in ("proportion", "difference")  # a difference of shares is no surer than they
    small = result.n < (rules.percent_base if of_hundred else rules.survey_base)
    if small or (result.unit in RATIOS and (result.events or 0) < rules.ratio_base):
        return "[x]"
    if result.events is not None and 0 < result.events < rules.threshold:
        return "[c]"
    if result.unit == "proportion" and 0 < result.n - (result.events or 0) < rules.threshold:
        return "[c]"  # where 97 of 100 did, it is known of how few that they did not
    return "[u]" if of_hundred and result.half_width > rules.half_width / 100 else ""


def _numbers(result: Result | Span, mark: str, rules: Rules) -> tuple[Value, ...]:
    if isinstance(result, Span):
        return _range(result, mark, rules)
    if mark == "[z]" and isinstance(result, NotEstimable):
        return (mark, mark, mark, mark, result.unit, mark, result.method, result.reason)
    if mark in ("[c]", "[x]") or not isinstance(result, Estimate):
        return (mark, mark, mark, mark, result.unit, mark, result.method, "")
    digits = DECIMALS[result.unit]
    value, low, high = (_number(one, digits) for one in (result.value, result.lo, result.hi))
    return (value, low, high, rounded(result.n, rules.rounding), result.unit, mark, result.method, "")


def _range(result: Span, mark: str, rules: Rules) -> tuple[Value, ...]:
    method = f"{result.strict.method}; by strict and by lenient links"
    if mark != "[l]":
        return (mark, mark, mark, mark, result.unit, mark, method, "")
    digits = DECIMALS[result.unit]
    strict, lenient, low, high = (
        _number(one, digits) for one in (result.strict.value, result.lenient.value, result.lo, result.hi)
    )
    said = words.span(result.unit, float(strict), float(lenient), *map(_limit, (low, high)))
    n = rounded(min(result.strict.n, result.lenient.n), rules.rounding)
    return (mark, low, high, n, result.unit, mark, method, said)


def _limit(value: Value) -> float:
    return math.inf if isinstance(value, str) else float(value)


def _number(value: float, digits: int) -> Value:
    if math.isinf(value):
        return "no limit"
    return round(value) if digits == 0 else round(value, digits)


def show_accounts(accounts: Sequence[Account], rules: Rules) -> Published:
    """What became of every row: given, used, and left out for which reason."""

    def number(count: int) -> Value:
        return "[c]" if 0 < count < rules.threshold else rounded(count, rules.rounding)

    rows: list[tuple[Value, ...]] = []
    for one in accounts:
        rows.append((one.what, "given", number(one.given)))
        rows.append((one.what, "used", number(one.used)))
        rows += [(one.what, f"left out: {why}", number(count)) for why, count in one.reasons.items() if count]
    notes = (f"Counts are rounded to the nearest {rules.rounding}, each by itself, so sums may differ.",)
    columns = ("what", "what became of it", "count")
    concealed = sum(row[2] == "[c]" for row in rows)
    return Published(
        "accounts",
        "What was counted, and what was left out",
        "counts",
        columns,
        tuple(rows),
        notes,
        concealed,
    )


def show_noisy(name: str, title: str, found: Mapping[Cell, Estimate], left: Budget) -> Published:
    """Counts with noise, as they are read."""
    labels = tuple(dict.fromkeys(label for one in found for label, _ in one.place))
    rows: list[tuple[Value, ...]] = []
    for one, result in found.items():
        place = dict(one.place)
        limits = int(result.value), int(result.lo), int(result.hi)
        rows.append((*(place.get(label, ALL) for label in labels), *limits))
    method = next(iter(found.values())).method
    notes = (
        f"Random noise was added on purpose ({method}); the limits hold the true count in 95 of 100 draws.",
        f"Of the wave's privacy budget {left.left:.3g} of {left.total:.3g} is left.",
    )
    return Published(name, title, "noisy counts", (*labels, "count", "low", "high"), tuple(rows), notes)
