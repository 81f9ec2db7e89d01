"""The review as web pages: the same words, figures and tables as on paper, and the data to take away."""

from __future__ import annotations

from datetime import date

from upstander.measure.disclosure import opened
from upstander.publishing import downloads
from upstander.publishing.figures import TOPICS, notes_of
from upstander.publishing.labels import long_day
from upstander.publishing.language import LANGUAGES, folder, given, say, speaking, told, told_part
from upstander.publishing.markup import Html, el, join
from upstander.publishing.page import Look, Page, figure, full_table, notes, table, top
from upstander.publishing.pages_check import under
from upstander.publishing.pages_institution import signed_by
from upstander.publishing.review import HEAD, LIMITS, METHOD, Review, rows_of
from upstander.publishing.review_pdf import pdf
from upstander.publishing.site import put


def build(review: Review, look: Look, assets: dict[str, bytes], *, demonstration: bool) -> dict[str, bytes]:
    """Every file by its path: pages and PDF in both languages, data, `review.json`. Raises PublishError."""
    made = {f"assets/{name}": data for name, data in assets.items()}
    for language in LANGUAGES:
        with speaking(language):
            said = review.spoken()
            for page in (_front(said), *(_topic(said, topic) for topic in _topics(said)), *_tables(said)):
                put(made, page, look, demonstration=demonstration, links=())
            made[f"{folder()}review.pdf"] = pdf(said)
    release = review.release
    cover = (review.title, f"Data up to {long_day(release.cutoff)}.", f"Extract: {release.extract}.")
    name = f"upstander-review-{release.slug}"
    data_files = downloads.files(
        release.publishable(), cover, name=name, published=release.published, against=review.against()
    )
    made |= {f"data/{name}": content for name, content in data_files.items()}
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
            summary.append(
                join(el("h2", el("a", say(name), href=f"{topic}/")), el("ul", *said, class_="finds"))
            )
    body = join(
        el(
            "p",
            f"{release.name} · {say('published {day}', day=long_day(release.published))}",
            class_="second",
        ),
        el("h1", review.title, class_="display pubh"),
        el("p", say("These are figures about an institution, not about any person."), class_="lead measure"),
        el("p", f"{say('Signed off by')}: {signed_by(release)}", class_="measure"),
        el(
            "p",
            el("a", say("The same as a PDF"), href="review.pdf"),
            " · ",
            el("a", say("The data"), href=f"{top('')}data/tables.xlsx"),
        ),
        *summary,
        el("section", el("h2", say("What these figures do not show")), _list(LIMITS), class_="band measure"),
        _comparison(review),
        _register(review, release.published),
        el("h2", say("How it was counted")),
        _list(METHOD),
        table(
            "quality",
            say("How good the data are"),
            (say("What"), say("What is said of it")),
            review.quality(),
            prose=True,
        ),
        el("h2", say("Every other table")),
        el(
            "ul",
            *(
                el("li", el("a", told_part(opened(safe).title), href=f"tables/{opened(safe).name}/"))
                for safe in review.others()
            ),
            class_="dots",
        ),
    )
    return Page("", review.title, body)


def _list(texts: tuple[str, ...]) -> Html:
    return el("ul", *(el("li", say(one)) for one in texts), class_="dots measure")


def _comparison(review: Review) -> Html | None:
    compared = review.comparison()
    if not compared:
        return None
    rows = [
        (one.title or say("No longer told"), one.earlier(), one.now or say("Not told")) for one in compared
    ]
    day = long_day(date.fromisoformat(review.before["to"]))
    hint = f"{say('Data to {day}.', day=day)} {say('Two numbers are no trend: look at their intervals.')}"
    head = (say("About"), say("Before"), say("Now"))
    return table("compared", say("Compared with the review before"), head, rows, (hint,), prose=True)


def _register(review: Review, today: date) -> Html:
    if not review.register:
        said = say("No register of recommendations was given.")
        return join(el("h2", say("Recommendations")), el("p", said))
    rows = [
        (
            one.number,
            given(f"{one.text} ({one.source})"),
            long_day(one.due),
            el("strong", one.far(today), class_="state late") if one.late(today) else one.far(today),
            join(given(one.said), say(" (seen by somebody outside)") if one.independent else None),
        )
        for one in review.register
    ]
    caption = say("Recommendations and how far they are")
    return table("register", caption, tuple(map(say, HEAD)), rows, prose=True)


def _topic(review: Review, topic: str) -> Page:
    name = say(dict(TOPICS)[topic])  # type: ignore[index]
    data = f"{top(f'{topic}/')}data/"
    found = [one for one in review.figures if one.topic == topic]
    body = join(
        el("h1", name),
        *(
            join(
                figure(one, data, under(one.name, review.against())),
                full_table(one) if not one.matrix else None,
            )
            for one in found
        ),
        el("p", el("a", say("Back to the review"), href="../"), class_="small"),
    )
    return Page(f"{topic}/", f"{name}: {review.release.name}", body)


def _tables(review: Review) -> list[Page]:
    pages = []
    for safe in review.others():
        source = opened(safe)
        path = f"tables/{source.name}/"
        head, rows = rows_of(safe)
        body = join(
            el("h1", told_part(source.title)),
            table("t", told(source.title), head, rows),
            notes(notes_of(safe), narrow=True),
            el(
                "p",
                el("a", "CSV", href=f"{top(path)}data/{source.name}.csv"),
                " · ",
                el("a", say("Back to the review"), href="../../"),
            ),
        )
        pages.append(Page(path, told(source.title), body))
    return pages
