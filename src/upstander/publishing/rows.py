"""Rows of `Safe` tables as marks of a chart and cells of a page, each with its words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from upstander.measure import words
from upstander.measure.disclosure import Published, Safe, opened
from upstander.measure.disclosure.published import Value
from upstander.publishing.charts import Mark
from upstander.publishing.labels import word
from upstander.publishing.language import say, told

HIDDEN = {"[c]": "Kept back", "[x]": "Too few to say", "[z]": "We cannot tell"}


@dataclass(frozen=True, slots=True)
class Line:
    """One row: labels, number or none, limits (None: no limit), unit, mark, and how it is said."""

    labels: tuple[str, ...]
    value: float | None
    low: float | None
    high: float | None
    unit: str
    mark: str
    n: str
    sentence: str

    @property
    def unsure(self) -> bool:
        """Whether the interval holds both directions, so that nothing is said of either."""
        if self.value is None or self.unit not in ("difference", "extra days", "ratio"):
            return False
        middle = 1.0 if self.unit == "ratio" else 0.0
        return (self.low is None or self.low <= middle) and (self.high is None or self.high >= middle)


def lines(safe: Safe[Published]) -> Iterator[Line]:
    """The rows of a table of estimates. Raises DisclosureError for what did not come through the door."""
    table = opened(safe)
    first = table.columns.index("value")
    at = {name: place for place, name in enumerate(table.columns)}
    for row in table.rows:
        yield Line(
            tuple(str(one) for one in row[:first]),
            _number(row[first]),
            _number(row[first + 1]),
            _number(row[first + 2]),
            str(row[at["unit"]]),
            str(row[at["mark"]]),
            str(row[at["n"]]),
            told(words.row(table, row)),
        )


def in_words(safe: Safe[Published]) -> tuple[tuple[str, ...], list[Line]]:
    """The label columns and lines of a table that is read in words.

    Where figures rest on links of names the range alone: both its ends are in the files.
    """
    table = opened(safe)
    named = table.columns[: table.columns.index("value")]
    found = list(lines(safe))
    if "links" not in named:
        return named, found
    at = named.index("links")
    kept = [
        replace(one, labels=(*one.labels[:at], *one.labels[at + 1 :]))
        for one in found
        if one.labels[at] == "range"
    ]
    return (*named[:at], *named[at + 1 :]), kept


def counts(safe: Safe[Published]) -> dict[tuple[str, ...], tuple[int | None, int | None]]:
    """A table of counts: by its labels, the number and the percentage; None where one is hidden."""
    table = opened(safe)
    labels = [at for at, name in enumerate(table.columns) if name not in ("count", "percent")]
    where = table.columns.index("count")
    share = table.columns.index("percent") if "percent" in table.columns else None
    return {
        tuple(str(row[at]) for at in labels): (
            _whole(row[where]),
            None if share is None else _whole(row[share]),
        )
        for row in table.rows
    }


def mark_of(line: Line, label: str, *, strong: bool = False) -> Mark:
    """The line as a row of a chart."""
    if line.value is None:
        return Mark(label, say(HIDDEN[line.mark]) if line.mark in HIDDEN else line.mark)
    said, more = _said(line)
    if line.unsure:
        return Mark(label, say("We cannot tell"), _reach(line), line.value, line.low, line.high, cannot=True)
    return Mark(label, said, more, line.value, line.low, line.high, strong=strong)


def bar_of(
    label: str, count: int | None, *, strong: bool = False, more: str = "", part: float | None = None
) -> Mark:
    """A count as a bar."""
    if count is None:
        return Mark(label, say(HIDDEN["[c]"]))
    return Mark(label, f"{count:,}", more, float(count), strong=strong, part=part)


def _said(line: Line) -> tuple[str, str]:
    value = line.value or 0.0
    low, high = _limits(line, sign=False)
    reach = say("likely {low} to {high}", low=low, high=high) if low != high else ""
    number = _in(line.unit, abs(value) if line.unit in ("extra days", "difference") else value)
    if line.unit == "ratio":
        return say("{number} times", number=number), reach
    if line.unit == "days":
        return say("{number} days", number=number), reach
    if line.unit == "extra days":
        longer = value > 0
        return say("{number} days longer" if longer else "{number} days less", number=number), reach
    if line.unit == "difference":
        return say("{number} more" if value > 0 else "{number} fewer", number=number), reach
    return number, reach


def _reach(line: Line) -> str:
    low, high = _limits(line, sign=True)
    return say("anything from {low} to {high}", low=low, high=high)


def _limits(line: Line, *, sign: bool) -> tuple[str, str]:
    """Both limits as they are said; without signs the nearer to nought comes first."""
    limits = [line.low, line.high]
    if not sign and line.value is not None and line.value < 0:
        limits = [None if one is None else -one for one in reversed(limits)]
    low, high = (None if one is None else _in(line.unit, one) for one in limits)
    return low or say("anything"), high or say("no limit")


def _in(unit: str, value: float) -> str:
    if unit in ("proportion", "difference"):
        return f"{round(value * 100)}".replace("-", "\N{MINUS SIGN}")
    if unit == "ratio":
        return f"{value:.2g}" if value < 10 else f"{value:.0f}"
    return f"{round(value):,}".replace("-", "\N{MINUS SIGN}")


def _number(value: Value) -> float | None:
    return None if isinstance(value, str) else float(value)


def _whole(value: Value) -> int | None:
    return None if isinstance(value, str) else int(value)


def pick(found: Sequence[Line], wanted: Callable[[Line], bool]) -> list[Line]:
    """The lines that are wanted, in their order: rows are never sorted by their numbers."""
    return [line for line in found if wanted(line)]


def per(line: Line) -> str:
    """A share in 100, without its sign."""
    return f"{round((line.value or 0.0) * 100)}"


def matrix(
    found: dict[tuple[str, ...], tuple[int | None, int | None]], rows: Sequence[str], columns: Sequence[str]
) -> tuple[tuple[str, ...], ...]:
    """Counts by two labels: the head, then a row a label."""
    head = ("", *(word(one) for one in columns))
    body = [
        (word(row), *("[c]" if (n := found[row, one][0]) is None else f"{n:,}" for one in columns))
        for row in rows
    ]
    return (head, *body)
