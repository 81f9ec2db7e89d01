"""The pages of one institution: overview, a page a topic, areas, data, corrections."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from upstander.measure.disclosure import opened
from upstander.publishing.beside import FIGURES, Against, beside
from upstander.publishing.figures import TOPICS, Figure
from upstander.publishing.labels import long_day, word
from upstander.publishing.language import ENGLISH, folder, given, say, told_part
from upstander.publishing.markup import Html, el, join
from upstander.publishing.page import Page, figure, table, top
from upstander.publishing.pages_check import newest, under
from upstander.publishing.shared import LEAD, marks, not_shown, state

if TYPE_CHECKING:
    from upstander.publishing.site import Area, Release, Site


def institution(site: Site, release: Release, figures: Sequence[Figure]) -> Iterator[Page]:
    """The institution's overview, one page a topic, areas, data, releases."""
    against = beside(release.tables, site.check, alone=len(site.releases) == 1)
    yield _overview(site, release, figures, against)
    for topic, title in TOPICS.items():
        mine = [one for one in figures if one.topic == topic]
        if not mine:
            continue
        data = f"{top(f'{release.path}{topic}/')}{release.path}data/"
        body = join(
            _where(release),
            el("h1", say(title)),
            *(figure(one, data, under(one.name, against, "../../../check/")) for one in mine),
            state(site.check, "../../../check/")
            if any(one.name in FIGURES for one in mine) and not (site.check and site.check.holds)
            else None,
            not_shown(),
            el("p", el("a", say("Back to {name}", name=release.name), href="../"), class_="small"),
        )
        yield Page(
            f"{release.path}{topic}/", f"{say(title)}: {release.name}", body, release.path, release.report
        )
    for area in release.areas:
        yield _area(site, release, area)
    yield _data(release)
    yield _releases(release)


def _where(release: Release) -> Html:
    return el(
        "p",
        " \N{NO-BREAK SPACE}·\N{NO-BREAK SPACE} ".join(
            (
                release.name,
                say("data to {day}", day=long_day(release.cutoff)),
                say("published {day}", day=long_day(release.published)),
            )
        ),
        class_="second",
    )


def _overview(site: Site, release: Release, figures: Sequence[Figure], against: Against) -> Page:
    heads = [one for one in figures if one.head][:4]
    sentence = next((one.finding for one in figures if one.name == "parity"), "")
    title = next((one.short for one in figures if one.short), _called(release))
    topics = []
    for topic, name in TOPICS.items():
        found = [one for one in figures if one.topic == topic]
        if found:
            topics.append(
                el(
                    "section",
                    el("h2", el("a", say(name), href=f"{topic}/")),
                    el(
                        "ul",
                        *(
                            el(
                                "li",
                                el("a", one.finding, href=f"{topic}/#{one.name}", class_="plain"),
                                _wrong(one, against),
                            )
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
        el("p", say(LEAD), class_="lead measure"),
        el("div", *(_head(one, newest(one.name, against)) for one in heads), class_="figures")
        if heads
        else None,
        state(site.check, "../../check/"),
        *topics,
        _learned(release),
        not_shown(),
        _areas(release),
        el(
            "p",
            el("a", say("Follow by e-mail"), href=f"{spoken(site.follow)}?for={release.slug}")
            if site.follow
            else None,
            " · " if site.follow else None,
            el("a", say("Hearings in public"), href=_hearings(site, release)) if site.hearings else None,
            " · " if site.hearings else None,
            el("a", say("Take the data away"), href="data/"),
            " · ",
            el("a", say("Corrections and earlier releases"), href="releases/"),
            " · ",
            el("a", say("News as a feed (Atom)"), href="feed.atom"),
            " · ",
            el("a", "JSON Feed", href="feed.json"),
            class_="small",
        ),
        _made(release),
    )
    return Page(
        release.path,
        _called(release).rstrip("."),
        body,
        release.path,
        release.report,
    )


def _hearings(site: Site, release: Release) -> str:
    """Where its hearings stand: on Upstander's server it has a page of its own."""
    own = f"{release.slug}/" if site.hearings.endswith("/public/hearings/") else ""
    return f"{spoken(site.hearings)}{own}"


def _called(release: Release) -> str:
    return say("{name}: what was reported, and what was done.", name=release.name)


def spoken(address: str) -> str:
    """The same page of Upstander's server in the language that is spoken; any other address as it stands."""
    return address.replace("/public/", f"/public/{folder()}", 1)


def _wrong(one: Figure, against: Against) -> Html | None:
    """A mark behind a finding whose numbers are not those of the log."""
    if not against.differing(one.name):
        return None
    return join(" ", el("strong", say("differs from the public log"), class_="state late"))


def _head(one: Figure, log: Html | None) -> Html:
    number, _, small = one.head.partition("|")
    says, _, more = one.head_says.partition("|")
    return el(
        "div",
        el("b", number, *([" ", el("small", small)] if small else [])),
        el("span", says, class_="is"),
        el("span", more),
        el("span", log) if log else None,
        class_="figure",
    )


def _learned(release: Release) -> Html | None:
    """What the institution says it learned and changed, the newest first."""
    told = sorted((one.spoken() for one in release.news if one.kind == "learning"), key=lambda one: one.day)
    if not told:
        return None
    listed = [
        el("li", f"{long_day(one.day)}: ", *([given(said)] if one.language else [said]))
        for one in reversed(told)
        for said in (f"{one.title.rstrip('.')}. {one.text}",)
    ]
    heading = el("h2", say("What was learned and changed"))
    return el("section", heading, el("ul", *listed, class_="dots measure"), class_="flow-s")


def _areas(release: Release) -> Html | None:
    if not release.areas:
        return None
    listed = [el("li", el("a", one.name, href=f"areas/{one.slug}/")) for one in release.areas]
    return el("section", el("h2", say("Areas")), el("ul", *listed, class_="dots"), class_="flow-s")


def _made(release: Release) -> Html:
    facts: tuple[tuple[str, Html | str], ...] = (
        (say("Standing"), told_part(release.standing)),
        (say("Extract (SHA-256)"), el("span", release.extract, class_="mono")),
        (
            say("Two people coded the same reports; their agreement (kappa)"),
            say("not measured") if release.agreement is None else f"{release.agreement:.2f}",
        ),
        (
            say("Kept back"),
            say(
                "{count} numbers, so that nobody can be picked out; none can be worked out to within {width}",
                count=f"{release.hidden:,}",
                width=release.width,
            ),
        ),
        (say("Signed off by"), signed_by(release)),
    )
    rows = [el("div", el("dt", name), el("dd", said)) for name, said in facts]
    return el("details", el("summary", say("How this page was made")), el("dl", *rows, class_="facts"))


def signed_by(release: Release) -> str:
    """Which body signs, as the one who made the page says; what shows whether it did."""
    if not release.signed_off:
        return say("No body outside the institution is named here.")
    return say(
        "{body}, as whoever made this says. `upstander verify publication` looks for the signature in the "
        "log.",
        body=release.signed_off,
    )


def _area(site: Site, release: Release, area: Area) -> Page:
    if area.safe is None:
        shown: Html = el(
            "p",
            say(
                "There are too few reports to give figures for {area} by itself. They are part of the "
                "figures for {name}.",
                area=area.name,
                name=release.name,
            ),
            class_="lead measure",
        )
    else:
        source = opened(area.safe)
        at = source.columns.index("count")
        mine = [row for row in source.rows if row[source.columns.index("area")] == (area.row or area.name)]
        years = [(word(row[source.columns.index("year")]), str(row[at])) for row in mine]
        shown = join(
            el(
                "p",
                say(
                    "Reports from {area}, of all kinds together. Rounded to the nearest 5; [c] is kept back.",
                    area=area.name,
                ),
                class_="measure",
            ),
            table(
                "area-t",
                say("Reports from {area}, by year", area=area.name),
                (say("Year"), say("Reports")),
                years,
            ),
        )
    body = join(
        _where(release),
        el("h1", area.name),
        shown,
        el(
            "p",
            say(
                "What reports from one place are about, who was reported and how it ended is only told for "
                "the whole institution: in a small place it would point at people."
            ),
            class_="measure",
        ),
        not_shown(),
        el(
            "p",
            el("a", say("Everything about {name}", name=release.name), href="../../"),
            " · ",
            el("a", say("Follow by e-mail"), href=f"{spoken(site.follow)}?for={release.slug}/{area.slug}")
            if site.follow
            else None,
            " · " if site.follow else None,
            el("a", say("News as a feed (Atom)"), href="feed.atom"),
            " · ",
            el("a", "JSON Feed", href="feed.json"),
            class_="small",
        ),
        el(
            "p",
            say(
                "The feed says when there are new figures for {area}, and gives all other news of {name}: "
                "those are told of no single place.",
                area=area.name,
                name=release.name,
            ),
            class_="small",
        ),
    )
    path = f"{release.path}areas/{area.slug}/"
    return Page(path, f"{area.name}: {release.name}", body, path, release.report)


def _data(release: Release) -> Page:
    path = f"{release.path}data/"
    data = f"{top(path)}{path}" if folder() else ""  # the files lie beside the English page
    rows = []
    for safe in release.publishable():
        source = opened(safe)
        links = join(
            el("a", "CSV", href=f"{data}{source.name}.csv"),
            " ",
            el("a", "Parquet", href=f"{data}{source.name}.parquet"),
        )
        rows.append((told_part(source.title), f"{source.hidden:,}", links))
    body = join(
        _where(release),
        el("h1", say("Take the data away")),
        el(
            "p",
            say("Every table, as it passed disclosure control."),
            " ",
            say("All of it:"),
            " ",
            el("a", say("a workbook"), href=f"{data}tables.xlsx"),
            "; ",
            say("described as"),
            " ",
            el("a", say("a data package"), href=f"{data}datapackage.json"),
            ", ",
            el("a", "CSV on the Web", href=f"{data}csv-metadata.json", lang=ENGLISH if folder() else None),
            ". ",
            say("You may use it for anything if you say where it is from (CC BY 4.0)."),
            class_="measure",
        ),
        el("p", say("Columns and their descriptions are in English only."), class_="measure")
        if folder()
        else None,
        table("tables", say("Tables"), (say("Table"), say("Kept back"), say("Files")), rows),
        marks(),
    )
    return Page(path, f"{say('Data')}: {release.name}", body, release.path, release.report)


def _releases(release: Release) -> Page:
    path = f"{release.path}releases/"
    listed = [
        el(
            "li",
            f"{long_day(one.day)}: ",
            one.said(),
            " ",
            el("a", say("Kept here"), href=f"{top(path)}{one.path}") if one.path else None,
        )
        for one in sorted(release.revisions, key=lambda one: one.day, reverse=True)
    ]
    title = say("Corrections and earlier releases")
    body = join(
        _where(release),
        el("h1", title),
        el(
            "p",
            say("What was published stays. When something was wrong, it says here what, when and why."),
            class_="lead measure",
        ),
        el("ul", *listed, class_="dots") if listed else el("p", say("There are none so far.")),
    )
    return Page(path, f"{title}: {release.name}", body, release.path, release.report)
