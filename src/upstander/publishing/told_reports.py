"""Findings about reports: how many there were, and what those who made them were told."""

from __future__ import annotations

from collections.abc import Iterator

from upstander.publishing import told_handling
from upstander.publishing.figures import Figure, Panel, Tables, notes_of
from upstander.publishing.labels import quarter, word
from upstander.publishing.language import say
from upstander.publishing.rows import bar_of, counts, lines, mark_of, per

LAST_QUARTERS = 8


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
        more = say("{count} about women and girls", count=f"{part:,}") if part is not None else ""
        marks.append(bar_of(quarter(one), whole, part=part, more=more))
    now, before = quarters[-1], quarters[-5] if len(quarters) >= 5 else ""
    count = found[now, "All"][0]
    earlier = found[before, "All"][0] if before else None
    if count is None:
        finding = say("How many reports came in, quarter by quarter.")
    else:
        finding = say(
            "About {count} reports came in from {quarter}.", count=f"{count:,}", quarter=quarter(now)
        )
        if earlier is not None:
            finding += " " + say("A year before it was about {count}.", count=f"{earlier:,}")
    shown = [found[one, "All"][0] for one in quarters[-4:]]
    year = sum(one for one in shown if one is not None) if None not in shown and len(shown) == 4 else None
    not_more = say("More reports is not more misconduct.")
    return Figure(
        "quarters",
        "reports",
        finding,
        " ".join(
            (
                say("All reports, by the quarter in which they came."),
                not_more,
                say("It can mean that people feel safer to speak; fewer can mean fear."),
                say("Numbers are rounded to the nearest 5."),
            )
        ),
        safe,
        (Panel(tuple(marks), "count", bars=True, key="parts"),),
        notes_of(safe),
        head=f"{year:,}" if year else "",
        head_says=f"{say('reports in the last four quarters')}|{not_more}",
    )


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
        finding = say(
            "In {year} about {wrong} in 100 reporters were told what went wrong, and about {sorry} in 100 "
            "that the institution is sorry.",
            year=years[-1],
            wrong=per(wrong),
            sorry=per(sorry),
        )
    else:
        finding = say("What reporters were told when their report was closed.")
    return Figure(
        "candour",
        "candour",
        finding,
        say(
            "Of all reports closed in the year. Not every report has something to be sorry for: look at how "
            "this changes, and ask where it is nearly nought."
        ),
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
    marks = []
    for one in years:
        count, share = found[one, "yes"]
        marks.append(
            bar_of(one, count, more=say("{number} in 100", number=share) if share is not None else "")
        )
    count, share = found[years[-1], "yes"]
    finding = (
        say(
            "In {year} about {share} in 100 reports were referred to an outside body.",
            year=years[-1],
            share=share,
        )
        if count is not None and share is not None
        else say("How many reports were referred to an outside body.")
    )
    return Figure(
        "referrals",
        "candour",
        finding,
        say("Reports that somebody outside the institution was told of, by the year in which they came."),
        safe,
        (Panel(tuple(marks), "count", bars=True),),
        notes_of(safe),
    )


def all_of(tables: Tables) -> Iterator[Figure]:
    """Every finding about reports that these tables allow."""
    yield from (found for found in (received(tables),) if found is not None)
    yield from told_handling.all_of(tables)
    yield from (found for found in (candour(tables), referred(tables)) if found is not None)
