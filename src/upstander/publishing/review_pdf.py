"""The review as a tagged, accessible PDF (PDF/UA-1), by typst. The same review gives the same bytes."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from upstander.measure.disclosure import opened
from upstander.publishing import charts
from upstander.publishing.errors import PublishError
from upstander.publishing.figures import TOPICS, Figure, Panel, notes_of
from upstander.publishing.labels import long_day
from upstander.publishing.language import ENGLISH, current, say, told
from upstander.publishing.markup import join, raw
from upstander.publishing.pages_check import held
from upstander.publishing.pages_institution import signed_by
from upstander.publishing.review import HEAD, LIMITS, METHOD, Review, rows_of
from upstander.publishing.shared import LEAD

STYLE = raw(
    "<style>text{font-family:'Libertinus Serif';font-size:17px;fill:#000}.t2{font-size:16px;fill:#262626}"
    ".tb{font-weight:bold}.end{text-anchor:end}.mid{text-anchor:middle}.grid{stroke:#8c8c8c;stroke-width:1}"
    ".zero{stroke:#000;stroke-width:1.5}.iv{stroke:#000;stroke-width:4}.pt{fill:#000}"
    ".cant{stroke:#000;stroke-width:4;stroke-dasharray:4 5}.same{fill:#ddd}.bar{fill:#000}"
    ".rest{stroke:#000;stroke-width:1.5}.stripe{fill:#555}</style>"
)
HATCH = raw(
    '<defs><pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" '
    'patternTransform="rotate(45)">'
    '<path class="stripe" d="M0 0h2v6H0z"/></pattern></defs>'
)

HEADINGS = {
    "contents": "What is in it",
    "short": "In short",
    "limits": "What these figures do not show",
    "compared": "Compared with the review before",
    "register": "Recommendations and how far they are",
    "no_register": "No register of recommendations was given.",
    "method": "How it was counted",
    "quality": "How good the data are",
    "others": "Every other table",
}
HEADS = {
    "compared": ("About", "Before", "Now"),
    "register": HEAD,
    "quality": ("What", "What is said of it"),
}


def pdf(review: Review) -> bytes:
    """The file. Raises PublishError where typst does not take it."""
    import typst

    said = _said(review)
    moment = review.release.published
    try:
        made = typst.compile(
            _template(),
            ignore_system_fonts=True,
            sys_inputs={"review": json.dumps(said, ensure_ascii=False, sort_keys=True)},
            pdf_standards=["ua-1"],
            timestamp=int(datetime(moment.year, moment.month, moment.day, 9, 30, tzinfo=UTC).timestamp()),
        )
    except typst.TypstError as error:
        raise PublishError(f"The review could not be set: {error}") from error
    return bytes(made)


@cache
def _template() -> bytes:
    return (Path(__file__).parent / "review.typ").read_bytes()


def _said(review: Review) -> dict[str, Any]:
    release = review.release
    done = sum(one.progress == "done" for one in review.register)
    late = sum(one.late(release.published) for one in review.register)
    stands, welsh = told(release.standing), current() != ENGLISH
    return {
        "lang": "cy" if welsh else "en",
        "region": None if welsh else "GB",
        "headings": {name: say(text) for name, text in HEADINGS.items()},
        "heads": {name: [say(one) for one in texts] for name, texts in HEADS.items()},
        "title": review.title,
        "name": release.name,
        "keywords": ["review", release.slug],
        "cover": [
            *([say("No Welsh speaker has checked the words of this page yet.")] if welsh else []),
            f"{say('Published on {day}.', day=long_day(release.published))} {say('Signed off by')}: "
            f"{signed_by(release)}",
            say(LEAD),
            review.checked(),
            f"{say('Extract (SHA-256)')}: {release.extract}. {stands[:1].upper()}{stands[1:]}.",
        ],
        "summary": [[name, said] for name, said in review.summary()],
        "limits": [say(one) for one in LIMITS],
        "method": [say(one) for one in METHOD],
        "quality": [list(one) for one in review.quality()],
        "comparison": [
            [one.title, one.before or say("Not told"), one.now or say("Not told")]
            for one in review.comparison()
        ],
        "comparison_says": say(
            "Beside the review of the data to {day}. Two numbers are no trend: look at their intervals, and "
            "at what was changed in between.",
            day=long_day(date.fromisoformat(review.before["to"])) if review.before else "",
        ),
        "register": [
            [
                one.number,
                f"{one.text} ({one.source}, {long_day(one.day)})",
                long_day(one.due),
                one.far(release.published),
                f"{one.said}{say(' (seen by somebody outside)') if one.independent else ''}",
            ]
            for one in review.register
        ],
        "register_says": say(
            "{done} of {count} are done; {late} are past their day.",
            done=done,
            count=len(review.register),
            late=late,
        ),
        "topics": [
            {
                "name": say(name),
                "figures": [_figure(one, review) for one in review.figures if one.topic == topic],
            }
            for topic, name in TOPICS.items()
            if any(one.topic == topic for one in review.figures)
        ],
        "others": [
            {
                "title": told(opened(safe).title),
                "head": rows_of(safe)[0],
                "rows": rows_of(safe)[1],
                "notes": [told(one) for one in notes_of(safe)],
            }
            for safe in review.others()
        ],
    }


def _figure(one: Figure, review: Review) -> dict[str, Any]:
    head, rows = rows_of(one.safe) if opened(one.safe).shows == "estimates" else ([], [])
    return {
        "finding": one.finding,
        "sub": one.sub,
        "charts": [
            {"title": panel.title, "svg": _svg(panel), "alt": _alt(one, panel)} for panel in one.panels
        ],
        "matrix": [list(row) for row in one.matrix],
        "head": head,
        "rows": rows,
        "notes": [told(note) for note in one.notes],
        "log": _log(one, review),
    }


def _log(one: Figure, review: Review) -> dict[str, Any] | None:
    """What the log gives for the figure, as on its page."""
    found = held(one.name, review.against())
    if found is None:
        return None
    return {
        "title": found.caption,
        "says": list(found.hints),
        "head": list(found.head),
        "rows": [list(row) for row in found.rows],
    }


def _alt(one: Figure, panel: Panel) -> str:
    return f"{one.finding} " + " ".join(
        f"{mark.label}: {mark.said}{f', {mark.more}' if mark.more else ''}." for mark in panel.marks
    )


def _svg(panel: Panel) -> str:
    """The wide drawing by itself, in black, with its own style."""
    drawn = (
        charts.bars(panel.marks)
        if panel.bars
        else charts.intervals(panel.marks, panel.axis, panel.same, panel.ends)  # type: ignore[arg-type]
    )
    wide = drawn[: drawn.index("</svg>") + 6]
    head, _, rest = wide.partition(">")
    return f'{head} xmlns="http://www.w3.org/2000/svg">{join(STYLE, HATCH)}{rest}'
