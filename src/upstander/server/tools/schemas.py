"""What the tools' routes take and answer."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints

from upstander.server.cases.inputs import Input

Count = Annotated[int, Field(ge=0, le=1000)]
Rule = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,39}$")]


class RuleIn(Input):
    """One rule of one text that was checked: shown so often, of which written anew and left."""

    rule: Rule
    shown: Count
    rewritten: Count
    stood: Count


class WordsIn(Input):
    """Counts of one text. Nothing says which."""

    rules: Annotated[list[RuleIn], Field(max_length=100)]


class OpenableOut(BaseModel):
    """A case the person may open. `opened`: somebody has opened it before, so that opening is no new step."""

    id: str
    opened: bool


class OpenablePage(BaseModel):
    """Cases in a stable order. `next` asks for the page after this one, empty at the end."""

    cases: list[OpenableOut]
    next: str
