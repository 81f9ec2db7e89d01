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

from upstander.publishing.markup import Html, el, join

Axis = Literal["share", "difference", "ratio", "days", "extra days", "count"]
WIDE, THIN = 880, 350
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
    return join(_dots(marks, scale, WIDE, same, ends), _dots(marks, scale, THIN, same, ends))


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

    def name(self, tick: float, *, last: bool) -> str:
        """What stands at a tick; the last one says the unit."""
        if self.axis in ("share", "difference"):
            return f"{_number(tick * 100)}{' in 100' if last else ''}"
        if self.axis == "ratio":
            return f"{tick:g}{' times' if last else ''}"
        return f"{_number(tick)}{' days' if last and 'days' in self.axis else ''}"


def _step(rough: float) -> float:
    size = 10.0 ** math.floor(math.log10(rough))
    return next(size * one for one in (1, 2, 5, 10) if size * one >= rough - 1e-12)


def _number(value: float) -> str:
    text = f"{value:,.0f}" if abs(value - round(value)) < 1e-6 else f"{value:,.4g}"
    return text.replace("-", "\N{MINUS SIGN}")


def _dots(marks: Sequence[Mark], scale: _Scale, width: int, same: float | None, ends: str) -> Html:
    wide = width == WIDE
    left, right = (_left(marks), 640.0) if wide else (4.0, 334.0)
    top, row = (66, 46) if ends else (36, 46)
    row = row if wide else 66
    bottom = top + row * len(marks) - (6 if wide else 0)
    shown: list[str] = []
    if same is not None:
        start, end = scale.at(-same, left, right), scale.at(same, left, right)
        shown.append(
            el(
                "rect",
                class_="same",
                x=_at(start),
                y=top - 8,
                width=_at(end - start),
                height=bottom - top + 8,
            )
        )
    if ends:
        before, after = ends.split("|")
        middle = scale.at(scale.nought, left, right)
        shown.append(_text(middle - 10, 20, before, "t2 end") if middle > left + 60 else "")
        shown.append(_text(middle + 10, 20, after, "t2") if middle < right - 60 else "")
    for number, tick in enumerate(scale.ticks):
        x = scale.at(tick, left, right)
        nought = abs(tick - scale.nought) < 1e-9
        shown.append(_line("zero" if nought else "grid", x, top - 8, x, bottom))
        last = number == len(scale.ticks) - 1
        crowded = not wide and number % 2 and len(scale.ticks) > 4 and not last
        if not crowded:
            kind = "t2 mid" if wide or left + 16 < x < right - 24 else "t2 end" if x > left + 16 else "t2"
            shown.append(
                _text(x if kind != "t2 end" else right + 16, top - 16, scale.name(tick, last=last), kind)
            )
    for number, mark in enumerate(marks):
        y = top + row * number + (17 if wide else 46)
        shown.append(
            el(
                "g",
                *_row(mark, scale, y, wide=wide, edges=(left, right)),
                class_="hi" if mark.strong else None,
            )
        )
    return _svg(shown, width, bottom + 4)


def _row(mark: Mark, scale: _Scale, y: float, *, wide: bool, edges: tuple[float, float]) -> list[Html]:
    left, right = edges
    strong = "tb" if mark.strong else None
    told = el("tspan", f" {mark.more}", class_="t2") if mark.more else None
    kind = "t2" if mark.value is None else strong
    if wide:
        found = [_text(0, y + 6, mark.label, strong), _text(664, y + 6, mark.said, kind, told)]
    else:
        found = [
            _text(left, y - 20, mark.label, strong),
            _text(350, y - 20, mark.said, f"end {kind or ''}".strip()),
        ]
    low, high = (
        (left if mark.low is None else scale.at(mark.low, *edges)),
        (right if mark.high is None else scale.at(mark.high, *edges)),
    )
    if mark.cannot:
        found.append(_line("cant", low, y, high, y))
    elif mark.value is not None:
        found.append(_line("iv", low, y, high, y))
        found.append(
            el(
                "rect",
                class_="pt",
                x=_at(scale.at(mark.value, *edges) - 2),
                y=_at(y - 10),
                width=4,
                height=20,
            )
        )
    return found


def _bars(marks: Sequence[Mark], most: float, width: int) -> Html:
    wide = width == WIDE
    left, right, row = (_left(marks), 640.0, 38) if wide else (4.0, 334.0, 58)
    shown: list[str] = []
    for number, mark in enumerate(marks):
        y = 8 + row * number + (0 if wide else 26)
        strong = "tb" if mark.strong else None
        if wide:
            shown.append(_text(0, y + 17, mark.label, strong))
        else:
            shown.append(_text(left, y - 8, mark.label, strong))
        if mark.value is None:
            shown.append(
                _text(left if wide else 350, y + 17 if wide else y - 8, mark.said, "t2" if wide else "t2 end")
            )
            continue
        end = left + mark.value / most * (right - left)
        middle = left + (mark.part or 0.0) / most * (right - left)
        if mark.part is None:
            shown.append(
                el(
                    "rect",
                    class_="bar hi" if mark.strong else "bar",
                    x=_at(left),
                    y=y,
                    width=_at(end - left),
                    height=22,
                )
            )
        else:
            shown.append(el("rect", class_="bar", x=_at(left), y=y, width=_at(middle - left), height=22))
            shown.append(
                el(
                    "rect",
                    class_="rest",
                    fill="url(#hatch)",
                    x=_at(middle),
                    y=y,
                    width=_at(end - middle),
                    height=22,
                )
            )
        told = el("tspan", f" {mark.more}", class_="t2") if mark.more and wide else None
        shown.append(
            _text(
                end + 10 if wide else 350,
                y + 17 if wide else y - 8,
                mark.said,
                strong if wide else "end",
                told,
            )
        )
    shown.append(_line("zero", left, 2, left, 8 + row * len(marks)))
    return _svg(shown, width, 12 + row * len(marks))


def _left(marks: Sequence[Mark]) -> float:
    """Where rows begin, to the right of the longest label: a letter is about 8.4 units wide."""
    return float(min(max(max((len(mark.label) for mark in marks), default=0) * 8.4 + 18, 120), 400))


def _svg(shown: Sequence[str], width: int, height: float) -> Html:
    kind = "wide" if width == WIDE else "thin"
    return el("svg", *shown, class_=kind, viewBox=f"0 0 {width} {_at(height)}", aria_hidden="true")


def _text(x: float, y: float, text: str, kind: str | None = None, *more: str | None) -> Html:
    return el("text", text, *more, class_=kind, x=_at(x), y=_at(y))


def _line(kind: str, x1: float, y1: float, x2: float, y2: float) -> Html:
    return el("line", class_=kind, x1=_at(x1), x2=_at(x2), y1=_at(y1), y2=_at(y2))


def _at(place: float) -> str:
    return f"{place:.1f}".rstrip("0").rstrip(".")
