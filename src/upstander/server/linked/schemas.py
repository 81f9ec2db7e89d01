"""What the routes about linked groups take and give."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from upstander.server.cases.inputs import Id, Input

Sealed = Annotated[str, StringConstraints(min_length=1, max_length=64 * 1024, pattern=r"^[A-Za-z0-9_-]+$")]
Code = Literal[
    "could-be-subject",
    "independent",
    "not-same-person",
    "not-subject",
    "one-source",
    "same-reporter",
    "several-sources",
]


class MarkIn(Input):
    """A mark: what is said of how many reports of the group, and sealed which and why (b64)."""

    act: Id
    code: Code
    group: Id
    reports: Annotated[int, Field(ge=1, le=1000)]
    sealed: Sealed


class MarkOut(Input):
    """A mark as it is listed."""

    by: str
    code: str
    day: str
    group: str
    reports: int
    sealed: str


class MarksOut(Input):
    """All marks on a channel."""

    marks: list[MarkOut]
