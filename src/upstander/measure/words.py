"""Each result in plain words: natural frequencies first, the interval in words, and what it does not mean.

"We cannot tell" is a sentence of its own. Nothing here takes an estimate that has not been through
disclosure control: `row` reads rows of a published table.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from upstander.measure.disclosure.published import Published, Value

CANNOT = "We cannot tell"
HIDDEN = "This is hidden, so that nobody can be picked out."
FEW = "There are too few people here to say."
DEPENDING = "depending on how sure one must be that two names are one person"
ALSO = "How sure one must be that two names are one person is part of that."
UNSURE = "Take this with care: the range is wide."


def sentence(unit: str, value: float, low: float, high: float) -> str:
    """One estimate in words. `unit` as in `Estimate`; shares and differences of shares run from 0 to 1."""
    said = {
        "proportion": _share,
        "difference": _difference,
        "ratio": _ratio,
        "share ratio": _share_ratio,
        "E-value": _e_value,
        "days": _days,
        "extra days": _extra_days,
    }.get(unit)
    if said is None:
        if low == value == high:
            return f"{_plain(value)}."  # counted one by one: no chance in it
        return f"{_plain(value)} ({_plain(low)} to {_plain(high)})."
    return said(value, low, high)


def span(unit: str, strict: float, lenient: float, low: float, high: float) -> str:
    """A figure that rests on links of names, as the range it is. `low` and `high` hold chance as well.

    What neither end decides is not decided: then the whole reach is said, and that links are part of it.
    """
    middle = {"ratio": 1.0, "difference": 0.0, "extra days": 0.0}.get(unit)
    if middle is not None and low <= middle <= high:
        return f"{sentence(unit, strict, low, high)} {ALSO}"
    if unit == "E-value":
        return sentence(unit, min(strict, lenient), low, high)
    least, most = sorted((strict, lenient))
    values = [_bare(unit, one, max(high, most)) for one in (least, most, low, high)]
    last = "no upper limit" if math.isinf(high) else values[3]
    of = _of_what(unit, max(high, most))
    about = f"About {values[0]}{of}" if values[0] == values[1] else f"Between {values[0]} and {values[1]}{of}"
    if (low, high) == (least, most):
        return f"{about}, {DEPENDING}."  # counted, not estimated
    return f"{about}, {DEPENDING}; with chance as well, from {values[2]} to {last}."


def _bare(unit: str, value: float, largest: float) -> str:
    if unit in ("proportion", "difference"):
        per, digits = _per(largest) if unit == "proportion" else (100, 0)
        return _plain(round(value * per, digits))
    return _figure(value) if unit in ("ratio", "share ratio") else _plain(value)


def _of_what(unit: str, largest: float) -> str:
    if unit == "proportion":
        return f" in {_per(largest)[0]:,}"
    more = {"difference": " more in every 100", "ratio": " times as often", "days": " days"}
    return more.get(unit, "")


def row(table: Published, values: tuple[Value, ...]) -> str:
    """One row of a published table of estimates, in words."""
    at = {name: values[place] for place, name in enumerate(table.columns)}
    mark = str(at["mark"])
    if mark == "[c]":
        return HIDDEN
    if mark == "[x]":
        return FEW
    if mark == "[l]":
        return str(at["why"])
    if mark == "[z]":
        return f"{CANNOT}: {_lower(str(at['why']))}"
    low, high = (math.inf if isinstance(at[name], str) else float(at[name]) for name in ("low", "high"))
    if isinstance(at["low"], str):
        low = -math.inf
    said = sentence(str(at["unit"]), float(at["value"]), low, high)
    return f"{said} {UNSURE}" if mark == "[u]" else said


def _share(value: float, low: float, high: float) -> str:
    whole = all(abs(one * 100 - round(one * 100)) < 1e-9 for one in (value, low, high))
    per, digits = (100, 0) if whole else _per(max(value, high))  # a whole per cent says nothing of thousands
    middle, least, most = (_plain(round(one * per, digits)) for one in (value, low, high))
    if least == most:
        return f"{middle} in {per:,}."
    return f"About {middle} in {per:,}, likely between {least} and {most}."


def _per(largest: float) -> tuple[int, int]:
    """Out of how many a share is told: so many that a whole number says something, if it has the digits."""
    return (100, 0) if largest >= 0.02 else (1000, 0) if largest >= 0.002 else (10_000, 0)


def _difference(value: float, low: float, high: float) -> str:
    if low > 0:
        about = _plain(round(value * 100))
        return f"About {about} more in every 100, likely {_whole(low)} to {_whole(high)} more."
    if high < 0:
        about = _plain(round(-value * 100))
        return f"About {about} fewer in every 100, likely {_whole(high)} to {_whole(low)} fewer."
    reach = f"from {_whole(low)} fewer to {_whole(high)} more in every 100"
    return f"{CANNOT} which is more: anything {reach} fits these data."


def _whole(share: float) -> str:
    return _plain(round(abs(share) * 100))


def _ratio(value: float, low: float, high: float) -> str:
    limit = "with no upper limit" if math.isinf(high) else f"to {_times(high)}"
    if low > 1:
        return f"About {_times(value)} as often, likely {_times(low)} {limit}."
    if high < 1:
        return f"Less often: about {_of(value)}, likely {round(low * 100)} to {round(high * 100)}."
    reach = f"from {_times(low)} {limit} as often"
    return f"{CANNOT} whether it is more or less often: anything {reach} fits these data."


def _share_ratio(value: float, low: float, high: float) -> str:
    """The direction only: the number is one of subdistribution hazards, which nobody can picture."""
    limit = "with no upper limit" if math.isinf(high) else f"to {_figure(high)}"
    if low > 1 or high < 1:
        way = "More" if low > 1 else "Less"
        reach = f"ratio {_figure(value)}, likely {_figure(low)} {limit}"
        return f"{way} often, over time ({reach}; it says which, not by how much)."
    return f"{CANNOT} whether it is more or less often over time (ratio from {_figure(low)} {limit})."


def _e_value(value: float, low: float, _: float) -> str:
    """How strong something unmeasured would have to be; `low` is what would leave the direction open."""
    return (
        f"Something unmeasured could explain the whole of it only if it went at least {_times(value)} as "
        f"often with the group, and as often with being reported; {_times(low)} each could leave it open."
    )


def _times(value: float) -> str:
    return f"{_figure(value)} times"


def _figure(value: float) -> str:
    """Two figures, or a whole number: nobody reads powers of ten. What rounds to one is not told as one."""
    said = f"{value:,.0f}" if value >= 10 else f"{value:.2g}"
    return f"{value:.2f}" if said == "1" and value != 1 else said


def _of(value: float) -> str:
    return f"{round(value * 100)} for every 100"


def _days(value: float, low: float, high: float) -> str:
    limit = "no upper limit can be given" if math.isinf(high) else f"likely {_plain(low)} to {_plain(high)}"
    return f"About {_plain(value)} days, {limit}."


def _extra_days(value: float, low: float, high: float) -> str:
    if low > 0:
        return f"About {_plain(value)} days longer, likely {_plain(low)} to {_plain(high)}."
    if high < 0:
        return f"About {_plain(-value)} days less, likely {_plain(-high)} to {_plain(-low)}."
    reach = f"from {_plain(abs(low))} days less to {_plain(abs(high))} days more"
    return f"{CANNOT} which takes longer: anything {reach} fits these data."


def _plain(value: float) -> str:
    if math.isinf(value):
        return "any number of"
    return f"{value:,.0f}" if value == round(value) or abs(value) >= 1000 else f"{value:,.3g}"


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]
