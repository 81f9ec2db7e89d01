"""Findings about how reports are handled: how fast, against what limit, and how they ended."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from upstander.measure.disclosure import opened
from upstander.publishing.charts import Mark
from upstander.publishing.figures import Figure, Panel, Tables, notes_of
from upstander.publishing.labels import lower, word
from upstander.publishing.language import say
from upstander.publishing.rows import Line, bar_of, counts, lines, mark_of, matrix, per, pick

MARGINS = re.compile(r"The same means: within ([0-9.]+) days, or ([0-9.]+)% of reports")


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
        finding = say(
            "About {mine} in 100 reports about violence against women and girls had a first answer within "
            "{days} days; of other reports about {rest} in 100.",
            mine=per(first["vawg"]),
            rest=per(first["other"]),
            days=_days(shown[0].labels[1]),
        )
    else:
        finding = say("How many reports reached each step in time.")
    head, head_says = first.get("vawg"), ""
    if head is not None:
        says = say(
            "reports about women and girls had a first answer within {days} days", days=_days(head.labels[1])
        )
        head_says = f"{says}|{head.sentence} {say('Higher is better.')}"
    return Figure(
        "in_time",
        "handling",
        finding,
        say(
            "Share of all reports that got this far within the limit. Reports that are still waiting "
            "count for as long as they have waited. Higher is better."
        ),
        safe,
        (Panel(tuple(marks), "share"),),
        notes_of(safe),
        head=f"{per(head)}|{say('in 100')}" if head is not None and head.value is not None else "",
        head_says=head_says,
        short=_in_time_short(first),
    )


def _in_time_short(first: dict[str, Line]) -> str:
    mine = first.get("vawg")
    if mine is None or mine.value is None or len(first) < 2:
        return ""
    return say(
        "About {mine} in 100 reports about violence against women and girls had a first answer within "
        "{days} days.",
        mine=per(mine),
        days=_days(mine.labels[1]),
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
        say("About {count} reports were still open past the limit.", count=f"{late:,}")
        if late is not None
        else say("How many reports are open, and how many closed in time.")
    )
    parts = [say("Where every report stood on the day the data were cut. Fewer past the limit is better.")]
    mine, others = found["vawg", "open overdue"][1], found["other", "open overdue"][1]
    if mine is not None and others is not None:
        parts.append(
            say(
                "Of reports about women and girls, {mine} in 100 are open, past the limit; of others "
                "{others}.",
                mine=mine,
                others=others,
            )
        )
    head_says = (
        f"{say('reports were open past the limit')}|{say('Rounded to the nearest 5. Lower is better.')}"
    )
    return Figure(
        "standing",
        "handling",
        finding,
        " ".join(parts),
        safe,
        (Panel(tuple(marks), "count", bars=True),),
        notes_of(safe),
        head=f"{late:,}" if late is not None else "",
        head_says=head_says,
        matrix=matrix(found, ("vawg", "other", "All"), states),
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
        say(
            "About {none} reports ended with no action, and about {acted} with action.",
            none=f"{none:,}",
            acted=f"{acted:,}",
        )
        if none is not None and acted is not None
        else say("How reports ended, by what they were about.")
    )
    return Figure(
        "outcomes",
        "handling",
        finding,
        say(
            "All reports in these data, by the kind of matter and how they ended. A report is not a finding."
        ),
        safe,
        notes=notes_of(safe),
        matrix=matrix(found, kinds, [*endings, "All"]),
    )


def parity(tables: Tables) -> Figure | None:
    """Violence against women and girls beside other reports of the same severity."""
    safe = tables.get("parity")
    if safe is None:
        return None
    found = list(lines(safe))
    days = pick(found, lambda one: one.unit == "extra days")
    shares = pick(found, lambda one: one.unit == "difference")
    margins = _margins(opened(safe).notes)
    panels = [
        Panel(tuple(_judged(one) for one in group), axis, same=same, ends=ends, title=title)
        for group, axis, same, ends, title in (
            (days, "extra days", margins[0], say("shorter|longer for women and girls"), say("Days open")),
            (
                shares,
                "difference",
                margins[1],
                say("fewer|more for women and girls"),
                say("Reports that led to action, in 100"),
            ),
        )
        if group
    ]
    whole = next((one for one in days if one.labels[0] == "all severities"), None)
    return Figure(
        "parity",
        "handling",
        _parity_finding(whole),
        say(
            "Reports about violence against women and girls held against others of the same severity. Open "
            "reports are counted. What still counts as the same was fixed in the plan."
        ),
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
        return replace(mark, said=say("The same"), more=reach, cannot=False)
    return mark if verdict == "cannot tell" or mark.cannot else replace(mark, strong=True)


def _parity_finding(one: Line | None) -> str:
    cannot = say(
        "We cannot tell whether reports about violence against women and girls take longer than others."
    )
    if one is None or one.value is None:
        return cannot
    verdict, days = one.labels[2], round(abs(one.value))
    if verdict == "same":
        return say("Reports about violence against women and girls are open about as long as others.")
    if verdict == "cannot tell" or one.unsure:
        return cannot
    if one.value > 0:
        return say(
            "Reports about violence against women and girls are open about {days} days longer than others.",
            days=days,
        )
    return say(
        "Reports about violence against women and girls are open about {days} days less than others.",
        days=days,
    )


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
        finding = say(
            "Half of reports about women and girls were closed within {mine} days; half of others within "
            "{others}.",
            mine=mine,
            others=others,
        )
    else:
        finding = say("How long reports are open, and how they end.")
    shares = pick(found, lambda one: one.unit == "proportion")
    panels = (
        Panel(tuple(_labelled(one) for one in days), "days", title=say("Days")),
        Panel(
            tuple(_labelled(one) for one in shares),
            "share",
            title=say("How reports had ended after a year, in 100"),
        ),
    )
    return Figure(
        "times",
        "handling",
        finding,
        say(
            "From the day a report came to the day it was closed. Reports that are still open count for as "
            "long as they have been."
        ),
        safe,
        panels,
        notes_of(safe),
    )


def _labelled(one: Line) -> Mark:
    return mark_of(one, f"{_what(one.labels[1])}: {lower(one.labels[0])}")


def all_of(tables: Tables) -> Iterator[Figure]:
    """Every finding about handling that these tables allow."""
    for tell in (in_time, standing, parity, lengths, ended):
        found = tell(tables)
        if found is not None:
            yield found


def _days(step: str) -> str:
    return step.rpartition(" within ")[2].removesuffix(" days")


def _step(step: str) -> str:
    name, _, limit = step.partition(" within ")
    return say("{step} within {days} days", step=word(name), days=limit.removesuffix(" days"))


def _what(label: str) -> str:
    if label == "median days to the end":
        return say("Half were closed within")
    if label.startswith("mean days open"):
        return say("Mean days open in the first year")
    if label.startswith("ended with "):
        return word(label.removeprefix("ended with ").split(" within ")[0])
    return word(label)
