"""Charts as SVG that takes its colours from the page: direct labels, an interval for each estimate, words.

Drawn twice, 880 and 350 units wide, so that text is never scaled down; on the narrow one the label stands
over its row. Shape says what colour says: an upright is an estimate, a line its interval, a broken line with
no upright "we cannot tell", a hatched bar the second part. What is hidden keeps its row, with words.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from upstander.publishing.language import say
from upstander.publishing.markup import Html, el, join

Axis = Literal["share", "difference", "ratio", "days", "extra days", "count"]
Edges = tuple[float, float]
WIDE, THIN = 880, 350
LETTER = 8.4  # units that a letter is about wide
TICKS = 5  # at most about so many


@dataclass(frozen=True, slots=True)
class Mark:
    """One row of a chart.

    `value` is None where no number is shown; `cannot` then tells "we cannot tell" from "hidden". `said` is
    what stands at the row's end, `more` a second, quieter voice; `part` the first part of a bar.
    """

    label: str
    said: str
    more: str = ""
    value: float | None = None
    low: float | None = None
    high: float | None = None
    cannot: bool = False
    strong: bool = False
    part: float | None = None


def intervals(marks: Sequence[Mark], axis: Axis, same: float | None = None, ends: str = "") -> Html:
    """Estimates with their intervals, both drawings. `same` draws the margin that counts as the same.

    `ends` are two or three words under and over the line of no difference, as "faster|slower".
    """
    scale = _Scale.over(marks, axis, same)
    return join(_wide(marks, scale, same, ends), _thin(marks, scale, same, ends))


def bars(marks: Sequence[Mark]) -> Html:
    """Counts as bars from nought, both drawings. A first part is solid and the rest hatched."""
    most = max((one.value or 0.0 for one in marks), default=0.0) or 1.0
    return join(_bars(marks, most, WIDE), _bars(marks, most, THIN))


@dataclass(frozen=True, slots=True)
class _Scale:
    """From values to places. A ratio's axis is logarithmic with its line at 1."""

    axis: Axis
    low: float
    high: float
    ticks: tuple[float, ...]

    @classmethod
    def over(cls, marks: Sequence[Mark], axis: Axis, same: float | None) -> _Scale:
        """The scale that holds all marks and the line of no difference."""
        found = [one for mark in marks for one in (mark.value, mark.low, mark.high) if one is not None]
        found = [one for one in found if math.isfinite(one)]
        if axis == "ratio":
            found = [max(0.1, min(10.0, one)) for one in found]
            least, most = min([*found, 0.5]), max([*found, 2.0])
            ticks = tuple(one for one in (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0) if least <= one <= most)
            return cls(axis, math.log(least), math.log(most), ticks)
        reach = same or 0.0
        least, most = min([*found, -reach, 0.0]), max([*found, reach, 0.0])
        if most - least <= 0:
            most = least + 1.0
        step = _step((most - least) / TICKS)
        first, last = math.floor(least / step + 1e-9), math.ceil(most / step - 1e-9)
        return cls(axis, first * step, last * step, tuple(at * step for at in range(first, last + 1)))

    def at(self, value: float, left: float, right: float) -> float:
        """Where a value stands between two edges."""
        place = math.log(max(value, 1e-9)) if self.axis == "ratio" else value
        share = (min(max(place, self.low), self.high) - self.low) / (self.high - self.low)
        return left + share * (right - left)

    @property
    def nought(self) -> float:
        """The value of no difference."""
        return 1.0 if self.axis == "ratio" else 0.0

    def is_nought(self, tick: float) -> bool:
        """Whether the tick is the line of no difference."""
        return abs(tick - self.nought) < 1e-9

    def name(self, tick: float, *, last: bool) -> str:
        """What stands at a tick; the last one says the unit."""
        number = f"{tick:g}" if self.axis == "ratio" else _number(tick * self._times)
        units = {
            "share": say("{number} in 100", number=number),
            "difference": say("{number} in 100", number=number),
            "ratio": say("{number} times", number=number),
            "days": say("{number} days", number=number),
            "extra days": say("{number} days", number=number),
        }
        return units.get(self.axis, number) if last else number

    @property
    def _times(self) -> float:
        return 100 if self.axis in ("share", "difference") else 1


def _step(rough: float) -> float:
    size = 10.0 ** math.floor(math.log10(rough))
    return next(size * one for one in (1, 2, 5, 10) if size * one >= rough - 1e-12)


def _number(value: float) -> str:
    text = f"{value:,.0f}" if abs(value - round(value)) < 1e-6 else f"{value:,.4g}"
    return text.replace("-", "\N{MINUS SIGN}")


def _wide(marks: Sequence[Mark], scale: _Scale, same: float | None, ends: str) -> Html:
    """Label, axis and words side by side; the lines of the axis run through all rows."""
    left, right = edges = _left(marks), 640.0
    top = 58 if ends else 28
    bottom = top + 46 * len(marks) + 2
    shown: list[str] = [*_band(scale, edges, same, top, bottom), *_ends(scale, edges, ends)]
    for tick in scale.ticks:
        x = scale.at(tick, left, right)
        shown.append(_line("zero" if scale.is_nought(tick) else "grid", x, top, x, bottom))
        shown.append(_text(x, top - 8, scale.name(tick, last=False), "t2 mid"))
    bare, whole = (scale.name(scale.ticks[-1], last=last) for last in (False, True))
    unit = whole.removeprefix(bare).strip()  # after the last number, which stays in the middle of its line
    if unit:
        beside = scale.at(scale.ticks[-1], left, right) + 5 * len(bare) + 5  # a figure is 10 units wide
        shown.append(_text(beside, top - 8, unit, "t2"))
    for number, mark in enumerate(marks):
        y = top + 25 + 46 * number
        strong = "tb" if mark.strong else None
        said, label = _said(mark, y + 6), _label(y + 6, mark.label, left, strong)
        shown.append(_group(mark, *label, *said, *_interval(mark, scale, y, edges)))
    return _svg(shown, WIDE, bottom + 4)


def _thin(marks: Sequence[Mark], scale: _Scale, same: float | None, ends: str) -> Html:
    """Label and words over each row's own piece of the axis; a long label takes a line more."""
    left, right = edges = 4.0, 334.0
    y = 58.0 if ends else 28.0
    short = "|".join(one.split(" ")[0] for one in ends.split("|"))
    shown: list[str] = [*_ends(scale, edges, short)]
    last = scale.name(scale.ticks[-1], last=True)
    for tick in scale.ticks[:-1]:
        x = scale.at(tick, left, right)
        if x < 346 - 9 * len(last) - 24:  # the last one, with its unit, must have room
            shown.append(_text(x, y - 8, scale.name(tick, last=False), "t2 mid" if x > left + 12 else "t2"))
    shown.append(_text(350, y - 8, last, "t2 end"))
    for mark in marks:
        strong = "tb" if mark.strong else None
        told = "end t2" if mark.value is None else f"end {strong or ''}".strip()
        for line in _folded(mark.label, 38 - len(mark.said)):
            y += 20
            shown.append(_text(left, y, line, strong))
        shown.append(_text(350, y, mark.said, told))
        y += 19
        shown += _band(scale, edges, same, y - 12, y + 12)
        for tick in scale.ticks:
            x = scale.at(tick, left, right)
            shown.append(_line("zero" if scale.is_nought(tick) else "grid", x, y - 12, x, y + 12))
        shown.append(_group(mark, *_interval(mark, scale, y, edges)))
        if mark.more:
            y += 17
            shown.append(_text(350, y + 10, mark.more, "t2 end"))
        y += 22
    return _svg(shown, THIN, y)


def _said(mark: Mark, y: float) -> list[Html]:
    """What stands at a row's end: in two lines where both voices do not fit into one."""
    kind = "t2" if mark.value is None else "tb" if mark.strong else None
    if not mark.more or (len(mark.said) + len(mark.more)) * LETTER < WIDE - 680:
        more = el("tspan", mark.more, class_="t2", dx=6) if mark.more else None
        return [_text(664, y, mark.said, kind, more)]
    return [_text(664, y - 8, mark.said, kind), _text(664, y + 9, mark.more, "t2")]


def _label(y: float, label: str, left: float, kind: str | None) -> list[Html]:
    """A label to the left of its row, in two lines where it is longer than there is room for."""
    if (len(label) + 2) * LETTER <= left:
        return [_text(0, y, label, kind)]
    room = int(left / LETTER) - 2
    cut = label.rfind(" ", 0, room + 1)
    return [_text(0, y - 8, label[:cut], kind), _text(0, y + 10, label[cut + 1 :], kind)]


def _folded(label: str, letters: int) -> list[str]:
    """The label in lines: the last has room for so many letters, those before for 40."""
    words, lines = label.split(" "), [""]
    for word in words:
        if len(lines[-1]) + len(word) > 39:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    if len(lines[-1]) > letters:
        before, _, after = lines[-1].rpartition(" ")
        lines[-1:] = [before, after] if before else [after, ""]
    return lines


def _group(mark: Mark, *shown: str) -> Html:
    return el("g", *shown, class_="hi" if mark.strong else None)


def _band(scale: _Scale, edges: Edges, same: float | None, top: float, bottom: float) -> list[Html]:
    """What still counts as the same."""
    if same is None:
        return []
    start, end = scale.at(-same, *edges), scale.at(same, *edges)
    return [_rect("same", start, top, end - start, bottom - top)]


def _ends(scale: _Scale, edges: Edges, ends: str) -> list[Html]:
    """What lies on either side of the line of no difference."""
    if not ends:
        return []
    before, after = ends.split("|")
    middle = scale.at(scale.nought, *edges)
    room = 9 * len(after) < edges[1] + 40 - middle
    return [
        *([_text(middle - 10, 20, before, "t2 end")] if 9 * len(before) < middle - 10 else []),
        *([_text(middle + 10, 20, after, "t2")] if room else []),
    ]


def _interval(mark: Mark, scale: _Scale, y: float, edges: Edges) -> list[Html]:
    low = edges[0] if mark.low is None else scale.at(mark.low, *edges)
    high = edges[1] if mark.high is None else scale.at(mark.high, *edges)
    if mark.cannot:
        return [_line("cant", low, y, high, y)]
    if mark.value is None:
        return []
    at = scale.at(mark.value, *edges)
    return [_line("iv", low, y, high, y), _rect("pt", at - 2, y - 10, 4, 20)]


def _bars(marks: Sequence[Mark], most: float, width: int) -> Html:
    wide = width == WIDE
    left, right, row = (_left(marks), 640.0, 38) if wide else (4.0, 334.0, 58)
    shown: list[str] = []
    for number, mark in enumerate(marks):
        y = 8.0 + row * number + (0 if wide else 26)
        line = y + 17 if wide else y - 8
        strong = "tb" if mark.strong else None
        shown += _label(line, mark.label, left, strong) if wide else [_text(left, line, mark.label, strong)]
        if mark.value is None:
            shown.append(_text(left if wide else 350, line, mark.said, "t2" if wide else "t2 end"))
            continue
        end = left + mark.value / most * (right - left)
        middle = end if mark.part is None else left + mark.part / most * (right - left)
        shown.append(_rect("bar hi" if mark.strong else "bar", left, y, middle - left, 22))
        if mark.part is not None:
            shown.append(_rect("rest", middle, y, end - middle, 22, fill="url(#hatch)"))
        more = el("tspan", mark.more, class_="t2", dx=6) if mark.more and wide else None
        shown.append(_text(end + 10 if wide else 350, line, mark.said, strong if wide else "end", more))
    shown.append(_line("zero", left, 2, left, 8 + row * len(marks)))
    return _svg(shown, width, 12 + row * len(marks))


def _left(marks: Sequence[Mark]) -> float:
    """Where rows begin, to the right of the longest label."""
    longest = max((len(mark.label) for mark in marks), default=0)
    return float(min(max((longest + 2) * LETTER, 120), 400))


def _svg(shown: Sequence[str], width: int, height: float) -> Html:
    kind = "wide" if width == WIDE else "thin"
    return el("svg", *shown, class_=kind, viewBox=f"0 0 {width} {_at(height)}", aria_hidden="true")


def _text(x: float, y: float, text: str, kind: str | None = None, *more: str | None) -> Html:
    return el("text", text, *more, class_=kind, x=_at(x), y=_at(y))


def _line(kind: str, x1: float, y1: float, x2: float, y2: float) -> Html:
    return el("line", class_=kind, x1=_at(x1), x2=_at(x2), y1=_at(y1), y2=_at(y2))


def _rect(kind: str, x: float, y: float, width: float, height: float, **more: str) -> Html:
    return el("rect", class_=kind, **more, x=_at(x), y=_at(y), width=_at(width), height=_at(height))


def _at(place: float) -> str:
    return f"{place:.1f}".rstrip("0").rstrip(".")
