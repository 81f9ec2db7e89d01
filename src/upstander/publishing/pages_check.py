"""The page that puts the published numbers beside those of the log, and an institution's own part of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from upstander.publishing.beside import KEPT, NOT_COMPARED, Against, Beside
from upstander.publishing.check import Compared, large
from upstander.publishing.labels import long_day, quarter
from upstander.publishing.language import say
from upstander.publishing.markup import Html, el, join
from upstander.publishing.page import Page, table
from upstander.publishing.shared import state

if TYPE_CHECKING:
    from upstander.publishing.site import Site


NOT_DUE = "not due yet"
NEWEST = {
    ("received", True): "Came through Upstander in {year}: {own}; in the public log: {log}.",
    ("received", False): "Came through Upstander in {year}: {own}, to all institutions {every}; in the "
    "public log: {log}.",
    ("answered in time", True): "Through Upstander, answered in time in {year}: {own}; in the public log: "
    "{log}.",
    ("answered in time", False): "Through Upstander, answered in time in {year}: {own}, by all institutions "
    "{every}; in the public log: {log}.",
}  # by what is told, and whether the institution is alone on its site
LAST_QUARTERS = 8  # as many as the chart shows


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
            _period(period) if "Q" in period else el("strong", _period(period)),
            *cells,
            _marked(say("differs"))
            if differs
            else say("agrees")
            if any(one and one.verdict == "agrees" for one in pair)
            else "",
        )


def _two(one: Compared | None) -> tuple[str, str]:
    if one is None:
        return (say(NOT_DUE), "")
    if one.published is None or one.log is None:
        return (KEPT, "")
    return _number(large(one.published)), _number(large(one.log))


@dataclass(frozen=True, slots=True)
class Held:
    """A table of numbers with those of the log, as text: caption, hints, head and rows."""

    caption: str
    hints: tuple[str, ...]
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def held(figure: str, against: Against) -> Held | None:
    """What the log gives for the figure of this name; nothing where leaves prove nothing of it.

    The last quarters and every year, and whatever differs.
    """
    mine = against.of(figure)
    if not mine:
        return None
    quarters = [one.period for one in mine if "Q" in one.period][-LAST_QUARTERS:]
    shown = [one for one in mine if "Q" not in one.period or one.period in quarters or one.held == "differs"]
    caption = (
        say("Through Upstander, and counted again in the public log: how many came")
        if mine[0].what == "received"
        else say("Through Upstander, and counted again in the public log: how many were answered in time")
    )
    hints = [
        say("Only what came through Upstander; reports that came another way are in no public log."),
        say("Exact, because anybody can count them in the log."),
    ]
    if not against.alone:
        hints.append(
            say(
                "The log does not say which institution a report went to, so its number is for all "
                "institutions together."
            )
        )
    if not against.whole:
        hints.append(
            say("The log has institutions that are not here, so its number may be larger, and never smaller.")
        )
    every = () if against.alone else (say("All institutions"),)
    head = (say("Period"), say("Published"), *every, say("In the log"), say("Held against the log"))
    rows = tuple(
        (
            _period(one.period),
            _number(one.own),
            *(() if against.alone else (_number(one.every, one),)),
            _number(one.log, one),
            "" if one.held == "kept back" else say(one.held),
        )
        for one in shown
    )
    return Held(caption, tuple(hints), head, rows)


def under(figure: str, against: Against, path: str = "") -> Html | None:
    """The same as a table under a figure, with the way to the page of the check (`path`), if there is one."""
    one = held(figure, against)
    if one is None:
        return None
    rows = [(*row, _marked(last)) for *row, last in one.rows]
    link = el("a", say("See the numbers and check them yourself"), href=path)
    return join(
        table(f"{figure}-log", one.caption, one.head, rows, one.hints),
        el("p", link, class_="small") if path else None,
    )


def _marked(verdict: str) -> str | Html:
    return el("strong", verdict, class_="state late") if verdict == say("differs") else verdict


def _period(period: str) -> str:
    return quarter(period) if "Q" in period else say("All of {year}", year=period)


def _number(number: int | None, one: Beside | None = None) -> str:
    if number is not None:
        return f"{number:,}"
    return "" if one is not None and one.held == NOT_COMPARED else KEPT


def newest(figure: str, against: Against) -> Html | None:
    """The last whole year of a figure against the log in a sentence, where the figure is only a number."""
    years = [one for one in against.of(figure) if "Q" not in one.period and one.log is not None]
    if not years:
        return None
    last = years[-1]
    said = say(NEWEST[last.what, against.alone], **_of(last))
    return join(said, " ", _marked(say("differs" if against.differing(figure) else "It agrees.")))


def _of(one: Beside) -> dict[str, str]:
    return {
        "year": one.period,
        "own": _number(one.own),
        "every": _number(one.every),
        "log": _number(one.log),
    }
