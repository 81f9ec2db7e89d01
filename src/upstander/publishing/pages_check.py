"""The page that puts the published numbers beside those of the log, and an institution's own part of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING

from upstander.measure.disclosure import opened
from upstander.publishing.check import Compared, claims_of
from upstander.publishing.labels import long_day, quarter
from upstander.publishing.language import say
from upstander.publishing.markup import Html, el, join
from upstander.publishing.page import Page, table
from upstander.publishing.shared import state

if TYPE_CHECKING:
    from upstander.publishing.site import Release, Site


NOT_DUE = "not due yet"


def checked(site: Site) -> Page:
    """Published beside recounted, period by period."""
    check = site.check
    if check is None:
        inside: Html = el(
            "p",
            say("This publication was made without the log, so nothing can be said about it here."),
            class_="lead measure",
        )
    else:
        names = (
            say("What is compared is the sum over all institutions of the log together.")
            if check.whole
            else say(
                "What is compared is the sum over the institutions on this site; the log has others too."
            )
        )
        inside = join(
            state(check, "#own"),
            el(
                "p",
                say("The log says neither which institution a report went to nor what it was about."),
                " ",
                names,
                " ",
                say("In time: a person answered within {days} days.", days=check.limit),
                " ",
                say("Counted up to {day}.", day=long_day(date.fromisoformat(check.cutoff)))
                if check.cutoff
                else None,
                class_="measure",
            ),
            table(
                "checked",
                say("Published, and counted in the log"),
                (
                    say("Period"),
                    say("Received, published"),
                    say("in the log"),
                    say("Answered in time, published"),
                    say("in the log"),
                    "",
                ),
                list(_compared(check.compared)),
                (say("Where a number is kept back, that of the log is not put beside it."),),
            ),
            el(
                "p",
                say("Log: {origin}, {count} entries.", origin=check.origin, count=f"{check.size:,}"),
                class_="micro mono",
            ),
        )
    body = join(
        el("h1", say("Checked against the log")),
        inside,
        el("h2", say("Check it yourself"), id="own"),
        el("p", say("With Upstander installed on a computer of your own:")),
        el("p", f"upstander verify publication {site.address}", class_="mono"),
        el(
            "p",
            say("It fetches this site and the log, checks both from the bottom up, and counts again."),
            class_="measure",
        ),
    )
    return Page("check/", say("Checked against the log"), body)


def _compared(found: Sequence[Compared]) -> Iterator[tuple[str | Html, ...]]:
    periods = list(dict.fromkeys(one.period for one in found))
    by = {(one.period, one.what): one for one in found}
    for period in periods:
        pair = [by.get((period, what)) for what in ("received", "answered in time")]
        cells = [text for one in pair for text in _two(one)]
        differs = any(one is not None and one.verdict == "differs" for one in pair)
        yield (
            quarter(period) if "Q" in period else el("strong", say("All of {year}", year=period)),
            *cells,
            el("strong", say("differs"), class_="state late")
            if differs
            else say("agrees")
            if any(one and one.verdict == "agrees" for one in pair)
            else "",
        )


def _two(one: Compared | None) -> tuple[str, str]:
    if one is None:
        return (say(NOT_DUE), "")
    if one.published is None or one.log is None:
        return ("[c]", "")
    return f"{one.published:,}", f"{one.log:,}"


def claims(site: Site, release: Release) -> Html | None:
    """What this institution says of its reports through the log, and where that is held against it."""
    mine = [safe for safe in release.tables if opened(safe).name == "claims"]
    if not mine:
        return None
    said = claims_of(mine)
    periods = [one for one in dict.fromkeys(period for period, _ in said) if "Q" not in one]
    rows = [
        (
            period,
            *(
                say(NOT_DUE)
                if (period, what) not in said
                else "[c]"
                if (value := said[period, what]) is None
                else f"{value:,}"
                for what in ("received", "answered in time")
            ),
        )
        for period in periods
    ]
    return join(
        table(
            "claims",
            say("Reports through Upstander, which the public log has too."),
            (say("Year"), say("Received"), say("Answered in time")),
            rows,
            (say("Exact, because anybody can count them in the log."),),
        ),
        state(site.check, "../../../check/"),
    )
