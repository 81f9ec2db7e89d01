"""Charts as SVG that server and reader need nothing else for: a title that says what is shown, direct
labels, alt text.

Colour is never the only sign. The numbers are in the CSV of the same name, and in the alt text as far as
they fit.
"""

from __future__ import annotations

import math
from html import escape

from upstander.measure import words
from upstander.measure.disclosure import Published, Safe, opened

WIDTH, ROW, LEFT, RIGHT, TOP = 760, 30, 330, 90, 84
INK, FAINT, BLUE = "#1d2733", "#c9d1d9", "#1f5a94"


def chart(safe: Safe[Published]) -> str | None:
    """Dots with their intervals, one a row; bars for counts of one dimension.

    None where a picture says nothing.
    """
    table = opened(safe)
    if table.shows == "estimates":
        return _dots(table)
    if table.shows == "counts" and len(table.columns) - ("percent" in table.columns) == 2:
        return _bars(table)
    return None


def _dots(table: Published) -> str | None:
    at = {name: place for place, name in enumerate(table.columns)}
    first = at["value"]
    units = {str(row[at["unit"]]) for row in table.rows if not isinstance(row[first], str)}
    if len(units) != 1:
        return None  # days and shares have no axis in common
    unit = units.pop()
    numbers = [float(v) for row in table.rows for v in row[first : first + 3] if not isinstance(v, str)]
    ratio = unit == "ratio"
    positive = [one for one in numbers if one > 0 or not ratio]
    low, high = min([*positive, 1.0 if ratio else 0.0]), max([*positive, 1.0 if ratio else 0.0])
    if ratio:
        low, high = math.log(max(low, 0.05)), math.log(max(high, 1.2))
    if high - low < 1e-9:
        high = low + 1

    def x(value: float) -> float:
        place = math.log(max(value, 0.05)) if ratio else value
        share = (min(max(place, low), high) - low) / (high - low)
        return LEFT + share * (WIDTH - LEFT - RIGHT)

    height = TOP + ROW * len(table.rows) + 30
    line = x(1.0 if ratio else 0.0)
    parts = [f'<line x1="{line:.1f}" y1="{TOP - 14}" x2="{line:.1f}" y2="{height - 26}" stroke="{FAINT}"/>']
    for number, row in enumerate(table.rows):
        y = TOP + ROW * number
        label = ", ".join(str(one) for one in row[:first])
        parts.append(_text(8, y + 5, _short(label)))
        if isinstance(row[first], str):
            parts.append(
                _text(
                    LEFT,
                    y + 5,
                    f"{row[at['mark']]} {'not shown' if row[at['mark']] != '[z]' else 'cannot tell'}",
                )
            )
            continue
        value = float(row[first])
        start = x(float(row[first + 1])) if not isinstance(row[first + 1], str) else LEFT
        end = x(float(row[first + 2])) if not isinstance(row[first + 2], str) else WIDTH - RIGHT
        parts.append(
            f'<line x1="{start:.1f}" y1="{y}" x2="{end:.1f}" y2="{y}" stroke="{BLUE}" stroke-width="3"/>'
        )
        parts.append(f'<circle cx="{x(value):.1f}" cy="{y}" r="5" fill="{BLUE}"/>')
        parts.append(_text(WIDTH - RIGHT + 10, y + 5, _number(value, unit)))
    axis = {
        "ratio": "times as often (the line is 1: the same); logarithmic",
        "proportion": "share of all",
        "days": "days",
        "extra days": "days longer (right of the line) or less",
    }
    return _svg(table, height, axis.get(unit, unit), parts)


def _bars(table: Published) -> str:
    rows = [row for row in table.rows if row[0] != "All"]
    most = max([float(row[1]) for row in rows if not isinstance(row[1], str)], default=1.0) or 1.0
    height = TOP + ROW * len(rows) + 30
    parts = []
    for number, row in enumerate(rows):
        y = TOP + ROW * number
        parts.append(_text(8, y + 5, _short(str(row[0]))))
        if isinstance(row[1], str):
            parts.append(_text(LEFT, y + 5, f"{row[1]} not shown"))
            continue
        width = float(row[1]) / most * (WIDTH - LEFT - RIGHT)
        parts.append(f'<rect x="{LEFT}" y="{y - 9}" width="{width:.1f}" height="18" fill="{BLUE}"/>')
        parts.append(_text(LEFT + width + 8, y + 5, f"{row[1]:,}"))
    return _svg(table, height, "count, rounded", parts)


def alt_text(table: Published) -> str:
    """What the picture shows, for who does not see it: the first rows in words, and where the rest is."""
    said = []
    for row in table.rows[:6]:
        if table.shows == "estimates":
            first = table.columns.index("value")
            said.append(f"{', '.join(str(one) for one in row[:first])}: {words.row(table, row)}")
        else:
            said.append(f"{', '.join(str(one) for one in row[:-1])}: {row[-1]}.")
    rest = len(table.rows) - 6
    more = f" And {rest} more, in the table." if rest > 0 else ""
    return f"{table.title}. {' '.join(said)}{more}"


def _svg(table: Published, height: int, axis: str, parts: list[str]) -> str:
    body = "\n".join(parts)
    name, title = table.name, escape(_short(table.title, 88))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" '
        f'aria-labelledby="{name}-t {name}-d" font-family="system-ui, sans-serif" font-size="14">\n'
        f'<title id="{name}-t">{escape(table.title)}</title>\n'
        f'<desc id="{name}-d">{escape(alt_text(table))}</desc>\n'
        f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>\n'
        f'<text x="8" y="26" font-size="17" font-weight="600" fill="{INK}">{title}</text>\n'
        f"{_text(8, 48, axis)}\n{body}\n</svg>\n"
    )


def _text(x: float, y: float, text: str) -> str:
    return f'<text x="{x:.1f}" y="{y}" fill="{INK}">{escape(text)}</text>'


def _short(text: str, most: int = 46) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"


def _number(value: float, unit: str) -> str:
    return f"{value * 100:.0f} %" if unit == "proportion" else f"{value:g}"
