"""What the tools' routes take and answer."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints

from upstander.server.cases.inputs import MOST_GRANTS, ActIn, GrantIn, Input
from upstander.server.casework.schemas import EnvelopeOut, EpochIn, EpochOut, GrantOut, ReporterOut

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


class BriefIn(ActIn):
    """Begins a brief: its first key, and a grant for everybody who holds the case."""

    epoch: EpochIn
    grants: Annotated[list[GrantIn], Field(min_length=1, max_length=MOST_GRANTS)]


class QuestionOut(BaseModel):
    """A question about connections, and the rule that asks it."""

    id: str
    label: str
    source: str


class BriefOut(BaseModel):
    """Everything an investigator's browser needs to open a brief and to add to it. Nothing of the report.

    While there is something to `declare`, `envelopes` has only the one that says whom it is about (`names`).
    `waits`: that one is missing or old. `again`: she answered before somebody was added.
    """

    case: str
    state: str
    day: str
    today: str
    number: int  # of the case's next act
    reporter: ReporterOut
    epochs: list[EpochOut]
    admits: list[str]
    envelopes: list[EnvelopeOut]
    grants: list[GrantOut]
    declare: list[QuestionOut]
    again: bool
    names: str
    waits: bool
