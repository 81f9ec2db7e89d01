"""The shapes of what a handler's browser sends and gets about holds."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, StringConstraints

from upstander.server.cases.inputs import ActIn, Id

Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,39}$")]


class HoldIn(ActIn):
    """A hold to place (`set`) or to lift. `reasons` is a note of this case, written by whoever sends this."""

    rule: Code
    set: bool
    reasons: Id


class HoldOut(BaseModel):
    """A hold as it was placed or lifted."""

    rule: str
    set: bool
    day: str


class HoldsOut(BaseModel):
    """What was placed and lifted, what stands, the grounds there are, and the last day the case is kept."""

    holds: list[HoldOut]
    standing: list[str]
    grounds: list[dict[str, str]]
    kept_until: str
