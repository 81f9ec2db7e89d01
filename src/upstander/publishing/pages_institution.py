"""The pages of one institution: overview, a page a topic, areas, data, corrections."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from upstander.measure.disclosure import opened
from upstander.publishing.figures import TOPICS, Figure
from upstander.publishing.labels import long_day
from upstander.publishing.markup import Html, el, join
from upstander.publishing.page import Page, figure, table
from upstander.publishing.pages_check import claims
from upstander.publishing.shared import LEAD, marks, not_shown, state

if TYPE_CHECKING:
    from upstander.publishing.site import Area, Release, Site


def institution(site: Site, release: Release, figures: Sequence[Figure]) -> Iterator[Page]:
    """The institution's overview, one page a topic, areas, data, releases."""
    yield _overview(site, release, figures)
    for topic, title in TOPICS.items():
        found = [one for one in figures if one.topic == topic]
        if not found:
            continue
        body = join(
            _where(release),
            el("h1", title),
            *(figure(one, "../data/") for one in found),
            claims(site, release) if topic == "reports" else None,
            not_shown(),
            el("p", el("a", f"Back to {release.name}", href="../"), class_="small"),
        )
        yield Page(f"{release.path}{topic}/", f"{title}: {release.name}", body, release.path, release.report)
    for area in release.areas:
        yield _area(release, area)
    yield _data(release)
    yield _releases(release)


def _where(release: Release) -> Html:
    return el(
        "p",
        f"{release.name} \N{NO-BREAK SPACE}·\N{NO-BREAK SPACE} data to {long_day(release.cutoff)} "
        f"\N{NO-BREAK SPACE}·\N{NO-BREAK SPACE} published {long_day(release.published)}",
        class_="second",
    )


def _overview(site: Site, release: Release, figures: Sequence[Figure]) -> Page:
    heads = [one for one in figures if one.head][:4]
    sentence = next((one.finding for one in figures if one.name == "parity"), "")
    first = next((one.finding for one in figures if one.name == "in_time"), "")
    title = (
        first.split(";")[0].rstrip(".") + "."
        if first
        else f"{release.name}: what was reported, and what was done."
    )
    topics = []
    for topic, name in TOPICS.items():
        found = [one for one in figures if one.topic == topic]
        if found:
            topics.append(
                el(
                    "section",
                    el("h2", el("a", name, href=f"{topic}/")),
                    el(
                        "ul",
                        *(
                            el("li", el("a", one.finding, href=f"{topic}/#{one.name}", class_="plain"))
                            for one in found
                        ),
                        class_="finds",
                    ),
                    class_="flow-s",
                )
            )
    body = join(
        _where(release),
        el("h1", title, *([" ", sentence] if sentence else []), class_="display pubh"),
        el("p", LEAD, class_="lead measure"),
        el("div", *(_head(one) for one in heads), class_="figures") if heads else None,
        state(site.check, "../../check/"),
        *topics,
        not_shown(),
        _areas(release),
        el(
            "p",
            el("a", "Follow by e-mail", href=f"{site.follow}?for={release.slug}") if site.follow else None,
            " · " if site.follow else None,
            el("a", "Hearings in public", href=site.hearings) if site.hearings else None,
            " · " if site.hearings else None,
            el("a", "Take the data away", href="data/"),
            " · ",
            el("a", "Corrections and earlier releases", href="releases/"),
            " · ",
            el("a", "News as a feed (Atom)", href="feed.atom"),
            " · ",
            el("a", "JSON Feed", href="feed.json"),
            class_="small",
        ),
        _made(release),
    )
    return Page(
        release.path,
        f"{release.name}: what was reported, and what was done",
        body,
        release.path,
        release.report,
    )


def _head(one: Figure) -> Html:
    number, _, small = one.head.partition("|")
    says, _, more = one.head_says.partition("|")
    return el(
        "div",
        el("b", number, *([" ", el("small", small)] if small else [])),
        el("span", says, class_="is"),
        el("span", more),
        class_="figure",
    )


def _areas(release: Release) -> Html | None:
    if not release.areas:
        return None
    listed = [el("li", el("a", one.name, href=f"areas/{one.slug}/")) for one in release.areas]
    return el("section", el("h2", "Areas"), el("ul", *listed, class_="dots"), class_="flow-s")


def _made(release: Release) -> Html:
    facts = (
        ("Standing", release.standing),
        ("Extract (SHA-256)", release.extract),
        (
            "Two people coded the same reports; their agreement (kappa)",
            "not measured" if release.agreement is None else f"{release.agreement:.2f}",
        ),
        (
            "Kept back",
            f"{release.hidden:,} numbers, so that nobody can be picked out; none can be worked out to "
            f"within {release.width}",
        ),
        ("Signed off by", release.signed_off or "nobody outside the institution yet"),
    )
    rows = [
        el("div", el("dt", name), el("dd", said, class_="mono" if name.startswith("Extract") else None))
        for name, said in facts
    ]
    return el("details", el("summary", "How this page was made"), el("dl", *rows, class_="facts"))


def _area(release: Release, area: Area) -> Page:
    if area.safe is None:
        shown: Html = el(
            "p",
            f"There are too few reports to give figures for {area.name} by itself. They are part of the "
            f"figures for {release.name}.",
            class_="lead measure",
        )
    else:
        source = opened(area.safe)
        at = source.columns.index("count")
        mine = [row for row in source.rows if row[source.columns.index("area")] == area.name]
        years = [(str(row[source.columns.index("year")]), str(row[at])) for row in mine]
        shown = join(
            el(
                "p",
                f"Reports from {area.name}, of all kinds together. Rounded to the nearest 5; [c] is kept "
                f"back.",
                class_="measure",
            ),
            table("area-t", f"Reports from {area.name}, by year", ("Year", "Reports"), years),
        )
    body = join(
        _where(release),
        el("h1", area.name),
        shown,
        el(
            "p",
            "What a place is about, who was reported and how it ended is only told for the whole "
            "institution: in a small place it would point at people.",
            class_="measure",
        ),
        not_shown(),
        el(
            "p",
            el("a", f"Everything about {release.name}", href="../../"),
            " · ",
            el("a", "News as a feed (Atom)", href="feed.atom"),
            class_="small",
        ),
    )
    path = f"{release.path}areas/{area.slug}/"
    return Page(path, f"{area.name}: {release.name}", body, path, release.report)


def _data(release: Release) -> Page:
    rows = []
    for safe in release.publishable():
        source = opened(safe)
        links = join(
            el("a", "CSV", href=f"{source.name}.csv"), " ", el("a", "Parquet", href=f"{source.name}.parquet")
        )
        rows.append((source.title, f"{source.hidden:,}", links))
    body = join(
        _where(release),
        el("h1", "Take the data away"),
        el(
            "p",
            "Every table, as it passed disclosure control. All of it as ",
            el("a", "a workbook", href="tables.xlsx"),
            "; described as ",
            el("a", "a data package", href="datapackage.json"),
            " and as ",
            el("a", "CSV on the Web", href="csv-metadata.json"),
            ". You may use it for anything if you say where it is from (CC BY 4.0).",
            class_="measure",
        ),
        table("tables", "Tables", ("Table", "Kept back", "Files"), rows),
        marks(),
    )
    return Page(f"{release.path}data/", f"Data: {release.name}", body, release.path, release.report)


def _releases(release: Release) -> Page:
    listed = [
        el(
            "li",
            f"{long_day(one.day)}: {one.reason} ",
            el("a", "Kept here", href=f"../../../{one.path}") if one.path else None,
        )
        for one in sorted(release.revisions, key=lambda one: one.day, reverse=True)
    ]
    body = join(
        _where(release),
        el("h1", "Corrections and earlier releases"),
        el(
            "p",
            "What was published stays. When something was wrong, it says here what, when and why.",
            class_="lead measure",
        ),
        el("ul", *listed, class_="dots") if listed else el("p", "There are none so far."),
    )
    return Page(
        f"{release.path}releases/", f"Corrections: {release.name}", body, release.path, release.report
    )
