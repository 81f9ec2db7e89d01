"""The review as a tagged, accessible PDF (PDF/UA-1), by typst. The same review gives the same bytes."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from upstander.measure.disclosure import opened
from upstander.publishing import charts
from upstander.publishing.errors import PublishError
from upstander.publishing.figures import TOPICS, Figure, Panel, notes_of
from upstander.publishing.labels import long_day
from upstander.publishing.markup import join, raw
from upstander.publishing.review import LIMITS, METHOD, Review, rows_of

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
    return {
        "title": review.title,
        "name": release.name,
        "keywords": ["review", release.slug],
        "cover": [
            f"Published on {long_day(release.published)}. Signed off by "
            f"{release.signed_off or 'nobody outside the institution yet'}.",
            "These are figures about an institution, not about any person. They come from coded reports, "
            "a staff survey and "
            "a public log that anyone can recount.",
            review.checked(),
            f"Extract {release.extract}. {release.standing[:1].upper()}{release.standing[1:]}.",
        ],
        "summary": [[name, said] for name, said in review.summary()],
        "limits": list(LIMITS),
        "method": list(METHOD),
        "quality": [list(one) for one in review.quality()],
        "comparison": [
            [one.title, one.before or "Not told", one.now or "Not told"] for one in review.comparison()
        ],
        "comparison_says": f"Beside the review of the data to {review.before.get('to', '')}. Two numbers "
        f"are no trend: look at their "
        "intervals, and at what was changed in between.",
        "register": [
            [
                one.number,
                f"{one.text} ({one.source}, {long_day(one.day)})",
                long_day(one.due),
                f"{one.progress}{', late' if one.late(release.published) else ''}",
                f"{one.said}{' (seen by somebody outside)' if one.independent else ''}",
            ]
            for one in review.register
        ],
        "register_says": f"{done} of {len(review.register)} are done; {late} are past their day.",
        "topics": [
            {"name": name, "figures": [_figure(one) for one in review.figures if one.topic == topic]}
            for topic, name in TOPICS.items()
            if any(one.topic == topic for one in review.figures)
        ],
        "others": [
            {
                "title": opened(safe).title,
                "head": rows_of(safe)[0],
                "rows": rows_of(safe)[1],
                "notes": list(notes_of(safe)),
            }
            for safe in review.others()
        ],
    }


def _figure(one: Figure) -> dict[str, Any]:
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
        "notes": list(one.notes),
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
