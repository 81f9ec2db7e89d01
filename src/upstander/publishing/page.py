"""One page: frame, head, and figures with chart, words, table and links. No script, nothing from afar."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from upstander.measure.disclosure import opened
from upstander.publishing import charts
from upstander.publishing.charts import Mark
from upstander.publishing.figures import Figure, Panel
from upstander.publishing.labels import column, word
from upstander.publishing.language import ENGLISH, FOLDERS, NAMES, current, folder, other, say, told_part
from upstander.publishing.markup import Html, el, join, raw
from upstander.publishing.rows import in_words

_OWN = "style-src 'self'; img-src 'self'; font-src 'self'; form-action 'self'"
POLICY = f"default-src 'none'; {_OWN}; base-uri 'none'"
KEYS = {
    "dots": (
        ("iv", "Upright: our best estimate. Line: where the true figure is likely to be."),
        ("cant", "Broken line, no upright: we cannot tell."),
    ),
    "same": (
        ("iv", "Upright: our best estimate. Line: where the true figure is likely to be."),
        ("cant", "Broken line, no upright: we cannot tell."),
        ("same", "Grey band: counts as the same, fixed beforehand."),
    ),
    "parts": (("bar", "About women and girls."), ("rest", "Other reports.")),
}
PATTERNS = raw(
    '<svg class="vh" width="0" height="0" aria-hidden="true"><defs>'
    '<pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    '<path class="stripe" d="M0 0h2v6H0z"/></pattern></defs></svg>'
)


@dataclass(frozen=True, slots=True)
class Look:
    """What every page has: the wordmark as inline SVG, and where the style lies below the site's root."""

    mark: Html
    style: str = "assets/public.css"
    icon: str = "assets/icon.svg"

    @classmethod
    def of(cls, wordmark: str) -> Look:
        """From the wordmark's file: its own colours go, the page's come."""
        return cls(raw(re.sub(r"<style>.*?</style>", "", wordmark, flags=re.S).strip()))


@dataclass(frozen=True, slots=True)
class Page:
    """A page at `path` (a folder with a slash at its end, or nothing for the root), in any language."""

    path: str
    title: str
    body: Html
    feed: str = ""  # the folder of its feed
    report: str = ""  # where to report

    @property
    def root(self) -> str:
        """The way up to the first page in this language."""
        return "../" * self.path.count("/")


def top(path: str) -> str:
    """The way from a page up to the root of the site, where styles, data and the other language lie."""
    return "../" * (folder() + path).count("/")


LINKS = (("How we count", "how/"), ("Checked against the log", "check/"))


def render(page: Page, look: Look, *, demonstration: bool, links: Sequence[tuple[str, str]] = LINKS) -> bytes:
    """The whole page. Without `links` it belongs to no site: no feeds, no way to other institutions."""
    root, up = page.root, top(page.path)
    elsewhere = f"{up}{FOLDERS[other()]}{page.path}" or "./"
    feeds = [
        el("link", rel="alternate", type=kind, href=f"{root}{page.feed}{name}", title=title)
        for kind, name, title in (
            ("application/atom+xml", "feed.atom", say("News (Atom)")),
            ("application/feed+json", "feed.json", say("News (JSON Feed)")),
        )
        if links
    ]
    head = el(
        "head",
        el("meta", charset="utf-8"),
        el("meta", name="viewport", content="width=device-width, initial-scale=1, viewport-fit=cover"),
        el("meta", name="referrer", content="no-referrer"),
        el("meta", http_equiv="Content-Security-Policy", content=POLICY),
        el("title", f"{page.title} - Upstander"),
        el("link", rel="icon", href=f"{up}{look.icon}", type="image/svg+xml"),
        el("link", rel="stylesheet", href=f"{up}{look.style}"),
        el("link", rel="alternate", hreflang=other(), href=elsewhere),
        *feeds,
    )
    head_of_page = el(
        "header",
        el(
            "div",
            el("a", look.mark, class_="mark", href=root or "./"),
            el("nav", el("a", say("All institutions"), href=root or "./"), aria_label=say("Site"))
            if links
            else None,
            el("a", say("How to report"), class_="lang", href=page.report) if page.report else None,
            el("a", NAMES[other()], class_="lang", href=elsewhere, lang=other(), hreflang=other()),
            class_="frame",
        ),
        class_="top",
    )
    foot = el(
        "footer",
        el(
            "div",
            *(el("a", say(name), href=f"{root}{path}") for name, path in links),
            el("p", say("Invented for a demonstration: no institution, person or case here is real."))
            if demonstration
            else None,
            class_="frame",
        ),
        class_="foot",
    )
    main = el("main", el("div", unchecked(), page.body, class_="frame flow"), class_="page", id="main")
    skip = el("a", say("Skip to the page"), class_="skip", href="#main")
    body = el("body", skip, PATTERNS, head_of_page, main, foot, class_="pubpage")
    return f"<!doctype html>\n{el('html', head, body, lang=current())}\n".encode()


def unchecked() -> Html | None:
    """What every Welsh page says of its words."""
    if current() == ENGLISH:
        return None
    return el("p", say("No Welsh speaker has checked the words of this page yet."), class_="second")


def figure(one: Figure, data: str, beside: Html | None = None) -> Html:
    """A figure. `data` is the way from its page to the folder of downloads, `beside` what the log gives."""
    title = f"{one.name}-t"
    shown = [_panel(one, panel, number, title) for number, panel in enumerate(one.panels)]
    return el(
        "figure",
        el("h2", one.finding, class_="h", id=title),
        el("p", one.sub, class_="sub"),
        *shown,
        _matrix(one) if one.matrix else None,
        beside,
        el(
            "figcaption",
            _details(
                say("What goes with these figures"),
                notes(one.notes),
            )
            if one.notes
            else None,
            _numbers(one) if one.panels else None,
            el("p", say("All of it:"), " ", _files(opened(one.safe).name, data)),
        ),
        class_="chart",
        id=one.name,
    )


def _panel(one: Figure, panel: Panel, number: int, title: str) -> Html:
    drawn = (
        charts.bars(panel.marks)
        if panel.bars
        else charts.intervals(panel.marks, panel.axis, panel.same, panel.ends)  # type: ignore[arg-type]
    )
    described = f"{one.name}-d{number}"
    return join(
        el("p", panel.title, class_="h3 below") if panel.title else None,
        el("div", drawn, role="img", aria_labelledby=title, aria_describedby=described),
        el("p", " ".join(_told(mark) for mark in panel.marks), class_="vh", id=described),
        _key(panel.key or ("" if panel.bars else "dots" if panel.same is None else "same"))
        if panel is one.panels[-1]
        else None,
    )


def _told(mark: Mark) -> str:
    more = f", {mark.more}" if mark.more else ""
    return f"{mark.label}: {mark.said}{more}."


def _key(name: str) -> Html | None:
    """What the shapes mean; bars with their numbers need no key."""
    if name not in KEYS:
        return None
    shapes = {
        "iv": '<line class="iv" x1="2" x2="42" y1="10" y2="10"/>'
        '<rect class="pt" x="20" y="0" width="4" height="20"/>',
        "cant": '<line class="cant" x1="2" x2="42" y1="10" y2="10"/>',
        "same": '<rect class="same" x="2" y="0" width="40" height="20"/>',
        "bar": '<rect class="bar" x="2" y="0" width="40" height="20"/>',
        "rest": '<rect class="rest" fill="url(#hatch)" x="2" y="0" width="40" height="20"/>',
    }
    said = [
        el("span", raw(f'<svg viewBox="0 0 44 20" aria-hidden="true">{shapes[shape]}</svg>'), say(text))
        for shape, text in KEYS[name]
    ]
    return el("p", *said, class_="key")


def _numbers(one: Figure) -> Html:
    """The numbers under the chart, in words, as a table."""
    if one.panels[0].bars:
        rows = [(mark.label, mark.said, mark.more) for panel in one.panels for mark in panel.marks]
        extra = any(row[2] for row in rows)
        head: tuple[str, ...] = ("", say("Number"), *((say("of them"),) if extra else ()))
        body = [row if extra else row[:2] for row in rows]
    else:
        shown = {id(mark): mark for panel in one.panels for mark in panel.marks}
        said = {mark.label: (mark.said, mark.more) for mark in shown.values()}
        head = ("", say("Figure"), say("Interval"))
        body = [(label, *words) for label, words in said.items()]
    return _details(say("The figures as a table"), table(f"{one.name}-n", "", head, body))


def notes(said: Sequence[str], *, narrow: bool = False) -> Html:
    """Notes as a list. What has no Welsh says that it is English."""
    return el("ul", *(el("li", told_part(one)) for one in said), class_="dots measure" if narrow else "dots")


def _details(summary: str, inside: Html) -> Html:
    return el("details", el("summary", summary), inside)


def _matrix(one: Figure) -> Html:
    head, *body = one.matrix
    hidden = any("[c]" in row for row in body)
    hint = say("[c]: kept back, a small number or one that would give a small number away.")
    hints = (hint,) if hidden else ()
    return table(f"{one.name}-m", "", head, body, hints)


def table(
    name: str,
    caption: str,
    head: Sequence[str],
    body: Sequence[Sequence[str | Html]],
    hints: Sequence[str] = (),
    *,
    prose: bool = False,
) -> Html:
    """A table that scrolls by itself where it is too wide. The first column names the row.

    `prose`: its cells are sentences, which begin at the left.
    """
    number = None if prose else "num"
    named = el(
        "caption",
        caption or el("span", say("The figures"), class_="vh"),
        *(el("span", one, class_="hint") for one in hints),
        id=name,
    )
    top = el(
        "tr",
        *(
            el("th", one, scope="col", class_=number if at else None) if one else el("td", class_="none")
            for at, one in enumerate(head)
        ),
    )
    rows = [
        el("tr", el("th", row[0], scope="row"), *(el("td", one, class_=number) for one in row[1:]))
        for row in body
    ]
    whole = el("table", named, el("thead", top), el("tbody", *rows))
    return el("div", whole, class_="wrapx pub", tabindex=0, role="region", aria_labelledby=name)


def _files(name: str, data: str) -> Html:
    return join(
        el("a", "CSV", href=f"{data}{name}.csv"),
        ", ",
        el("a", "Parquet", href=f"{data}{name}.parquet"),
        ", ",
        el("a", say("workbook"), href=f"{data}tables.xlsx"),
        ".",
    )


def full_table(one: Figure) -> Html:
    """Every row of the figure's table, for the review: labels and words."""
    safe = one.safe
    source = opened(safe)
    if source.shows == "estimates":
        body = [
            (", ".join(word(label) for label in line.labels), line.sentence) for line in in_words(safe)[1]
        ]
        return table(f"{one.name}-f", "", ("", say("In words")), body, prose=True)
    head = [column(name) for name in source.columns]
    return table(f"{one.name}-f", "", head, [[word(value) for value in row] for row in source.rows])
