"""The review as web pages: the same words, figures and tables as on paper, and the data to take away."""

from __future__ import annotations

from datetime import date

from upstander.measure.disclosure import opened
from upstander.publishing import downloads
from upstander.publishing.errors import PublishError
from upstander.publishing.figures import TOPICS, notes_of
from upstander.publishing.labels import long_day
from upstander.publishing.markup import Html, el, join
from upstander.publishing.page import Look, Page, figure, full_table, render, table
from upstander.publishing.review import LIMITS, METHOD, Review, rows_of
from upstander.publishing.review_pdf import pdf
from upstander.publishing.site import LARGEST


def build(review: Review, look: Look, assets: dict[str, bytes], *, demonstration: bool) -> dict[str, bytes]:
    """Every file by its path: pages, PDF, data, and `review.json`. Raises PublishError."""
    made = {f"assets/{name}": data for name, data in assets.items()}
    pages = [_front(review), *(_topic(review, topic) for topic in _topics(review)), *_tables(review)]
    for page in pages:
        data = render(page, look, demonstration=demonstration, links=())
        if len(data) > LARGEST:
            raise PublishError(f"The page {page.path} has {len(data):,} bytes; {LARGEST:,} is the most.")
        made[f"{page.path}index.html"] = data
    release = review.release
    cover = (review.title, f"Data up to {long_day(release.cutoff)}.", f"Extract: {release.extract}.")
    name = f"upstander-review-{release.slug}"
    data_files = downloads.files(release.publishable(), cover, name=name, published=release.published)
    made |= {f"data/{name}": content for name, content in data_files.items()}
    made["review.pdf"] = pdf(review)
    made["review.json"] = review.remember()
    return made


def _topics(review: Review) -> list[str]:
    return [topic for topic in TOPICS if any(one.topic == topic for one in review.figures)]


def _front(review: Review) -> Page:
    release = review.release
    summary = []
    for topic, name in TOPICS.items():
        found = [one for one in review.figures if one.topic == topic]
        if found:
            said = (
                el("li", el("a", one.finding, href=f"{topic}/#{one.name}", class_="plain")) for one in found
            )
            summary.append(join(el("h2", el("a", name, href=f"{topic}/")), el("ul", *said, class_="finds")))
    body = join(
        el("p", f"{release.name} · published {long_day(release.published)}", class_="second"),
        el("h1", review.title, class_="display pubh"),
        el("p", "These are figures about an institution, not about any person.", class_="lead measure"),
        el(
            "p",
            el("a", "The same as a PDF", href="review.pdf"),
            " · ",
            el("a", "The data", href="data/tables.xlsx"),
        ),
        *summary,
        el("section", el("h2", "What these figures do not show"), _list(LIMITS), class_="band measure"),
        _comparison(review),
        _register(review, release.published),
        el("h2", "How it was counted"),
        _list(METHOD),
        table("quality", "How good the data are", ("What", "What is said of it"), review.quality()),
        el("h2", "Every other table"),
        el(
            "ul",
            *(
                el("li", el("a", opened(safe).title, href=f"tables/{opened(safe).name}/"))
                for safe in review.others()
            ),
            class_="dots",
        ),
    )
    return Page("", review.title, body)


def _list(texts: tuple[str, ...]) -> Html:
    return el("ul", *(el("li", one) for one in texts), class_="dots measure")


def _comparison(review: Review) -> Html | None:
    compared = review.comparison()
    if not compared:
        return None
    rows = [
        (one.title or "No longer told", one.before or "Not told", one.now or "Not told") for one in compared
    ]
    hint = f"Data to {review.before['to']}. Two numbers are no trend: look at their intervals."
    return table("compared", "Compared with the review before", ("About", "Before", "Now"), rows, (hint,))


def _register(review: Review, today: date) -> Html:
    if not review.register:
        return join(el("h2", "Recommendations"), el("p", "No register of recommendations was given."))
    rows = [
        (
            one.number,
            f"{one.text} ({one.source})",
            long_day(one.due),
            el("strong", f"{one.progress}, late", class_="state late") if one.late(today) else one.progress,
            f"{one.said}{' (seen by somebody outside)' if one.independent else ''}",
        )
        for one in review.register
    ]
    head = ("No.", "What was recommended", "Due", "How far", "What shows it")
    return table("register", "Recommendations and how far they are", head, rows)


def _topic(review: Review, topic: str) -> Page:
    name = dict(TOPICS)[topic]  # type: ignore[index]
    found = [one for one in review.figures if one.topic == topic]
    body = join(
        el("h1", name),
        *(join(figure(one, "../data/"), full_table(one) if not one.matrix else None) for one in found),
        el("p", el("a", "Back to the review", href="../"), class_="small"),
    )
    return Page(f"{topic}/", f"{name}: {review.release.name}", body)


def _tables(review: Review) -> list[Page]:
    pages = []
    for safe in review.others():
        source = opened(safe)
        head, rows = rows_of(safe)
        body = join(
            el("h1", source.title),
            table("t", source.title, head, rows),
            el("ul", *(el("li", one) for one in notes_of(safe)), class_="dots measure"),
            el(
                "p",
                el("a", "CSV", href=f"../../data/{source.name}.csv"),
                " · ",
                el("a", "Back to the review", href="../../"),
            ),
        )
        pages.append(Page(f"tables/{source.name}/", source.title, body))
    return pages
