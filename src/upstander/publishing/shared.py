"""What pages have in common: the lead, the band on what is not shown, the marks, the state of the check."""

from __future__ import annotations

from upstander.measure.disclosure.published import MARKS
from upstander.publishing.check import Check
from upstander.publishing.language import given, say
from upstander.publishing.markup import Html, el, join

LEAD = (
    "These are figures about an institution, not about any person. They come from coded reports, a staff "
    "survey "
    "and a public log that anyone can recount."
)
NOT_SHOWN = (
    "They do not show how much misconduct there is. A report is not a finding. Few reports can mean fear, "
    "and many "
    "can mean trust. They say nothing about any person, and they do not say which institution is better."
)


def marks() -> Html:
    """What stands in place of numbers."""
    rows = [el("div", el("dt", mark), el("dd", say(means))) for mark, means in MARKS.items()]
    return el(
        "section",
        el("h2", say("Marks in place of numbers")),
        el("dl", *rows, class_="facts"),
        class_="flow measure",
    )


def not_shown() -> Html:
    """What nobody should read into the figures."""
    return el(
        "section",
        el("h2", say("What these figures do not show")),
        el("p", say(NOT_SHOWN)),
        class_="band measure",
    )


def state(check: Check | None, path: str) -> Html:
    """In one sentence, whether the figures are those of the log."""
    if check is None:
        said: Html | str = say("These figures have not been held against the public log.")
    elif check.problem:
        said = join(say("The figures could not be held against the public log:"), " ", given(check.problem))
    elif check.differing:
        said = say("{count} numbers differ from the public log.", count=len(check.differing))
    else:
        said = say(
            "How many came and how many were answered in time was counted again in the public log. It agrees."
        )
    kind = "band late measure" if check is None or not check.holds else "measure checked"
    return el(
        "p",
        el("strong", said),
        " ",
        el("a", say("See the numbers and check them yourself"), href=path),
        class_=kind,
    )
