"""Findings about reports: how many, how fast, how they ended, and what reporters were told."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from upstander.publishing.charts import Mark
from upstander.publishing.figures import Figure, Panel, Tables, notes_of
from upstander.publishing.labels import lower, quarter, word
from upstander.publishing.rows import Line, bar_of, counts, lines, mark_of, pick

VAWG = "violence against women and girls"
LAST_QUARTERS = 8
MARGINS = re.compile(r"The same means: within ([0-9.]+) days, or ([0-9.]+)% of reports")
NOT_MORE = (
    "More reports is not more misconduct. It can mean that people feel safer to speak; fewer can mean fear."
)


def received(tables: Tables) -> Figure | None:
    """Reports by quarter and strand."""
    safe = tables.get("quarters")
    if safe is None:
        return None
    found = counts(safe)
    quarters = list(dict.fromkeys(key[0] for key in found if key[0] != "All"))
    marks = []
    for one in quarters[-LAST_QUARTERS:]:
        whole, part = found[one, "All"][0], found[one, "vawg"][0]
        more = f"{part:,} about women and girls" if part is not None else ""
        marks.append(bar_of(quarter(one), whole, part=part, more=more))
    now, before = quarters[-1], quarters[-5] if len(quarters) >= 5 else ""
    count = found[now, "All"][0]
    earlier = found[before, "All"][0] if before else None
    if count is None:
        finding = "How many reports came in, quarter by quarter."
    elif earlier is None:
        finding = f"About {count:,} reports came in from {quarter(now)}."
    else:
        finding = (
            f"About {count:,} reports came in from {quarter(now)}. A year before it was about {earlier:,}."
        )
    shown = [found[one, "All"][0] for one in quarters[-4:]]
    year = sum(one for one in shown if one is not None) if None not in shown and len(shown) == 4 else None
    return Figure(
        "quarters",
        "reports",
        finding,
        f"All reports, by the quarter in which they came. {NOT_MORE} Numbers are rounded to the nearest 5.",
        safe,
        (Panel(tuple(marks), "count", bars=True, key="parts"),),
        notes_of(safe),
        head=f"{year:,}" if year else "",
        head_says=f"reports in the last four quarters|{NOT_MORE.partition('. ')[0]}.",
    )


def in_time(tables: Tables) -> Figure | None:
    """The share of reports that reached each step within its limit."""
    safe = tables.get("in_time")
    if safe is None:
        return None
    found = list(lines(safe))
    marks = [mark_of(one, f"{_step(one.labels[1])}: {lower(one.labels[0])}") for one in found]
    first = {one.labels[0]: one for one in found if one.labels[1].startswith("answered")}
    shown = [one for one in first.values() if one.value is not None]
    if len(shown) == 2:
        mine, rest = (_per(first[name]) for name in ("vawg", "other"))
        days = _days(shown[0].labels[1])
        finding = (
            f"About {mine} in 100 reports about {VAWG} had a first answer within {days} days; of other "
            f"reports about {rest} in 100."
        )
    else:
        finding = "How many reports reached each step in time."
    head = first.get("vawg")
    return Figure(
        "in_time",
        "handling",
        finding,
        "Share of all reports that got this far within the limit. Reports that are still waiting "
        "count for as long as they have waited. Higher is better.",
        safe,
        (Panel(tuple(marks), "share"),),
        notes_of(safe),
        head=f"{_per(head)}|in 100" if head is not None and head.value is not None else "",
        head_says=f"reports about women and girls had a first answer within {_days(head.labels[1])} days|"
        f"{head.sentence} Higher is better."
        if head is not None
        else "",
    )


def standing(tables: Tables) -> Figure | None:
    """How many are open, and how many of them for too long."""
    safe = tables.get("standing")
    if safe is None:
        return None
    found = counts(safe)
    states = list(dict.fromkeys(key[1] for key in found if key[1] != "All"))
    marks = [bar_of(word(one), found["All", one][0]) for one in states]
    late = found["All", "open overdue"][0]
    finding = (
        f"About {late:,} reports were still open past the limit."
        if late is not None
        else "How many reports are open, and how many closed in time."
    )
    parts = [
        f"Of reports about women and girls, {found['vawg', one][1]} in 100 are {lower(one)}; of others "
        f"{found['other', one][1]}."
        for one in ("open overdue",)
        if found["vawg", one][1] is not None and found["other", one][1] is not None
    ]
    return Figure(
        "standing",
        "handling",
        finding,
        " ".join(
            ["Where every report stood on the day the data were cut. Fewer past the limit is better.", *parts]
        ),
        safe,
        (Panel(tuple(marks), "count", bars=True),),
        notes_of(safe),
        head=f"{late:,}" if late is not None else "",
        head_says="reports were open past the limit|Rounded to the nearest 5. Lower is better.",
        matrix=_matrix(found, ("vawg", "other", "All"), states),
    )


def ended(tables: Tables) -> Figure | None:
    """How reports ended, by what they are about."""
    safe = tables.get("outcomes")
    if safe is None:
        return None
    found = counts(safe)
    kinds = list(dict.fromkeys(key[0] for key in found))
    endings = list(dict.fromkeys(key[1] for key in found if key[1] != "All"))
    none, acted = (found["All", one][0] for one in ("no action", "action"))
    finding = (
        f"About {none:,} reports ended with no action, and about {acted:,} with action."
        if none is not None and acted is not None
        else "How reports ended, by what they were about."
    )
    return Figure(
        "outcomes",
        "handling",
        finding,
        "All reports in these data, by the kind of matter and how they ended. A report is not a finding.",
        safe,
        notes=notes_of(safe),
        matrix=_matrix(found, kinds, [*endings, "All"]),
    )


def parity(tables: Tables) -> Figure | None:
    """Violence against women and girls beside other reports of the same severity."""
    safe = tables.get("parity")
    if safe is None:
        return None
    found = list(lines(safe))
    days = pick(found, lambda one: one.unit == "extra days")
    shares = pick(found, lambda one: one.unit == "difference")
    margins = _margins(notes_of(safe))
    panels = [
        Panel(
            tuple(_judged(one) for one in group),
            axis,
            same=same,
            ends=ends,
            title=title,
        )
        for group, axis, same, ends, title in (
            (days, "extra days", margins[0], "shorter|longer for women and girls", "Days open"),
            (
                shares,
                "difference",
                margins[1],
                "fewer|more for women and girls",
                "Reports that led to action, in 100",
            ),
        )
        if group
    ]
    whole = next((one for one in days if one.labels[0] == "all severities"), None)
    return Figure(
        "parity",
        "handling",
        _parity_finding(whole),
        f"Reports about {VAWG} held against others of the same severity. Open reports are counted. What "
        f"still "
        "counts as the same was fixed in the plan.",
        safe,
        tuple(panels),
        notes_of(safe),
    )


def _margins(notes: tuple[str, ...]) -> tuple[float | None, float | None]:
    """What the plan calls the same, in days and as a share, from the note that travels with the table."""
    found = next((one for note in notes if (one := MARGINS.search(note))), None)
    return (float(found[1]), float(found[2]) / 100) if found else (None, None)


def _judged(one: Line) -> Mark:
    mark = mark_of(one, word(one.labels[0]))
    verdict = one.labels[2]
    if mark.value is None:
        return mark
    if verdict == "same":
        reach = mark.more if mark.cannot else f"{mark.said}, {mark.more}"
        return replace(mark, said="The same", more=reach, cannot=False)
    return mark if verdict == "cannot tell" or mark.cannot else replace(mark, strong=True)


def _parity_finding(one: Line | None) -> str:
    about = f"reports about {VAWG}"
    if one is None or one.value is None:
        return f"We cannot tell whether {about} take longer than others."
    verdict, days = one.labels[2], round(abs(one.value))
    if verdict == "same":
        return f"{about[0].upper()}{about[1:]} are open about as long as others."
    if verdict == "cannot tell" or one.unsure:
        return f"We cannot tell whether {about} take longer than others."
    way = "longer" if one.value > 0 else "less"
    return f"{about[0].upper()}{about[1:]} are open about {days} days {way} than others."


def lengths(tables: Tables) -> Figure | None:
    """How long reports are open and how they end, by strand."""
    safe = tables.get("times")
    if safe is None:
        return None
    found = list(lines(safe))
    days = pick(found, lambda one: one.unit == "days")
    half = {one.labels[0]: one for one in days if one.labels[1].startswith("median")}
    shown = [half.get(name) for name in ("vawg", "other")]
    if all(one is not None and one.value is not None for one in shown):
        mine, others = (round(one.value or 0) for one in shown if one is not None)
        finding = (
            f"Half of reports about women and girls were closed within {mine} days; half of others within "
            f"{others}."
        )
    else:
        finding = "How long reports are open, and how they end."
    shares = pick(found, lambda one: one.unit == "proportion")
    panels = (
        Panel(tuple(_labelled(one) for one in days), "days", title="Days"),
        Panel(
            tuple(_labelled(one) for one in shares),
            "share",
            title="How reports had ended after a year, in 100",
        ),
    )
    return Figure(
        "times",
        "handling",
        finding,
        "From the day a report came to the day it was closed. Reports that are still open count for as "
        "long as they "
        "have been.",
        safe,
        panels,
        notes_of(safe),
    )


def _labelled(one: Line) -> Mark:
    return mark_of(one, f"{_what(one.labels[1])}: {lower(one.labels[0])}")


def candour(tables: Tables) -> Figure | None:
    """What reporters were told when their report was closed."""
    safe = tables.get("candour")
    if safe is None:
        return None
    found = list(lines(safe))
    years = sorted({one.labels[1] for one in found})[-2:]
    kept = [one for one in found if one.labels[1] in years]
    marks = [
        mark_of(
            one, f"{word(one.labels[0])}, {one.labels[1]}", strong=one.labels == ("apologised", years[-1])
        )
        for one in kept
    ]
    now = {one.labels[0]: one for one in kept if one.labels[1] == years[-1]}
    sorry, wrong = now.get("apologised"), now.get("acknowledged")
    if sorry is not None and wrong is not None and None not in (sorry.value, wrong.value):
        finding = (
            f"In {years[-1]} about {_per(wrong)} in 100 reporters were told what went wrong, and about "
            f"{_per(sorry)} "
            "in 100 that the institution is sorry."
        )
    else:
        finding = "What reporters were told when their report was closed."
    return Figure(
        "candour",
        "candour",
        finding,
        "Of all reports closed in the year. Not every report has something to be sorry for: look at how "
        "this changes, "
        "and ask where it is nearly nought.",
        safe,
        (Panel(tuple(marks), "share"),),
        notes_of(safe),
    )


def referred(tables: Tables) -> Figure | None:
    """Reports referred to an outside body."""
    safe = tables.get("referrals")
    if safe is None:
        return None
    found = counts(safe)
    years = [key[0] for key in found if key[1] == "yes" and key[0] != "All"]
    marks = [
        bar_of(
            one,
            found[one, "yes"][0],
            more=f"{share} in 100" if (share := found[one, "yes"][1]) is not None else "",
        )
        for one in years
    ]
    last = years[-1]
    count, share = found[last, "yes"]
    finding = (
        f"In {last} about {share} in 100 reports were referred to an outside body."
        if count is not None and share is not None
        else "How many reports were referred to an outside body."
    )
    return Figure(
        "referrals",
        "candour",
        finding,
        "Reports that somebody outside the institution was told of, by the year in which they came.",
        safe,
        (Panel(tuple(marks), "count", bars=True),),
        notes_of(safe),
    )


def all_of(tables: Tables) -> Iterator[Figure]:
    """Every finding about reports that these tables allow."""
    for tell in (received, in_time, standing, parity, lengths, ended, candour, referred):
        found = tell(tables)
        if found is not None:
            yield found


def _matrix(
    found: dict[tuple[str, ...], tuple[int | None, int | None]],
    rows: list[str] | tuple[str, ...],
    columns: list[str],
) -> tuple[tuple[str, ...], ...]:
    head = ("", *(word(one) for one in columns))
    body = [
        (word(row), *("[c]" if (n := found[row, one][0]) is None else f"{n:,}" for one in columns))
        for row in rows
    ]
    return (head, *body)


def _per(line: Line) -> str:
    return f"{round((line.value or 0.0) * 100)}"


def _days(step: str) -> str:
    return step.rpartition(" within ")[2].removesuffix(" days")


def _step(step: str) -> str:
    name, _, limit = step.partition(" within ")
    return f"{word(name)} within {limit}"


def _what(label: str) -> str:
    known = {"median days to the end": "Half were closed within"}
    if label.startswith("mean days open"):
        return "Mean days open in the first year"
    if label.startswith("ended with "):
        return word(label.removeprefix("ended with ").split(" within ")[0])
    return known.get(label, label)
