"""What the routes about pledges take and answer. Everything in it is sealed, and stays bytes."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints, model_validator

from upstander.server.cases.inputs import Bytes32, Id, Input, Label, sized

NOTE = 24 * 1024  # bytes of a sealed note, at most: 16 KiB, its age header and its stream's tags
SLIP = 96 * 1024  # bytes of a sealed slip
PARCEL = 256 * 1024  # bytes
ASKED = 8 * 1024  # bytes of a sealed request, as it is written
MOST_KEEPERS = 32
MOST_PLEDGES = 30  # of one case: what has ended is written over when she changes what is held

Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,31}$")]
Note = Annotated[bytes, *sized(NOTE, 1024)]
Slip = Annotated[bytes, *sized(SLIP, 1024)]
Parcel = Annotated[bytes, *sized(PARCEL, 1024)]
Notes = Annotated[dict[Name, Note], Field(max_length=MOST_KEEPERS)]
Work = Annotated[str, StringConstraints(max_length=400)]


class AskIn(Input):
    """A text for each of some keepers, which gets it as it is: blinded names, or a claim; sealed to it."""

    bodies: Annotated[
        dict[Name, Annotated[str, StringConstraints(min_length=2, max_length=ASKED)]],
        Field(min_length=1, max_length=MOST_KEEPERS),
    ]
    work: Work = ""


class LeafIn(Input):
    """The leaf of an act that belongs to no case: label and salt look random to all but the reporter."""

    act: Id
    label: Label
    salt: Bytes32


class PledgeIn(LeafIn):
    """What is kept of a new pledge."""

    id: Id
    slip: Slip
    notes: Annotated[Notes, Field(min_length=1)]
    parcel: Parcel


class SlipIn(LeafIn):
    """The reporter's slip, written anew; with notes and parcel where another pledge comes in its place."""

    slip: Slip
    notes: Notes = Field(default_factory=dict)
    parcel: Parcel = b""

    @model_validator(mode="after")
    def _both(self) -> SlipIn:
        if bool(self.notes) != bool(self.parcel):
            raise ValueError("notes and parcel come together")
        return self


class TellIn(Input):
    """What the keepers are to be told: these notes, or (none) those that are kept; with the parcel or not."""

    notes: Notes
    parcel: bool
    work: Work = ""


class KeepersOut(BaseModel):
    """The roster, signed by every keeper, and each one's keys of this month and the next; empty: none."""

    roster: list[str]
    transports: dict[str, list[str]]


class AnswersOut(BaseModel):
    """What each keeper answered, by its name, as it said it; empty for one that did not answer."""

    answers: dict[str, str]


class PledgeOut(BaseModel):
    """A pledge of the opened mailbox."""

    id: str
    day: str
    slip: str


class CountsOut(BaseModel):
    """Signed statements, oldest quarter first."""

    counts: list[str]


class ParcelOut(BaseModel):
    """What is locked, as it was stored."""

    parcel: str


class PledgesOut(BaseModel):
    """All pledges of the opened mailbox."""

    pledges: list[PledgeOut]
