"""The forms of coded facts: what a browser may send in the clear about a case. Codes, days, flags; no words.

Codes that a pack defines are checked against the pack in `coding.py`; here only form and size. A fact names
its sealed words (a name, reasons) by the id of the note that holds them, which came with the same act.
"""

from __future__ import annotations

from typing import Annotated, Literal, get_args

from pydantic import Field, StringConstraints

from upstander.server.cases.inputs import Day, Id, Input

Code = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$")]
Codes = Annotated[list[Code], Field(max_length=20)]
Items = Annotated[list[Id], Field(max_length=50)]
Username = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,63}$")]
Rough = Annotated[str, StringConstraints(pattern=r"^(\d{4}(-\d{2}(-\d{2})?)?)?$")]
Reference = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9/._-]{0,39}$")]
Empty = Literal[""]
Coded = Annotated[dict[Code, bool | Code | Codes], Field(max_length=80)]
Values = Annotated[dict[Code, Code | bool], Field(max_length=20)]  # days are written as days are
Ground = Annotated[list[Code], Field(min_length=2, max_length=2)]
YesNo = Literal["yes", "no", "not-known"]


class FactIn(Input):
    """What every fact has: the item it is a version of, and its sealed words if it has any.

    `base` is the number of the act that brought the version it corrects, 0 for a new item: whoever corrects
    a version that somebody else has corrected meanwhile is told, and nothing of hers is lost.
    """

    item: Id
    base: Annotated[int, Field(ge=0, le=2**31 - 1)] = 0
    words: Id | Empty = ""


class Party(FactIn):
    """A person in the case. `who`: the pseudonym, the same wherever the person is met again."""

    kind: Literal["party"]
    role: Literal["subject", "harmed", "witness"]
    known: bool  # by name, or only described
    who: Id
    type_then: Code
    type_now: Code
    grade: Code | Empty = ""
    unit: Code | Empty = ""
    account: Username | Empty = ""  # works here under this user name, and is a subject: shut out
    reporter: bool = False  # is the reporter
    under_18: YesNo = "not-known"
    told: bool = True  # is kept informed like the reporter: of somebody harmed, always
    answers_hold: bool = False  # what whoever records a subject declared is true of this person too
    state: Literal["in", "out"] = "in"


class Unnaming(FactIn):
    """That a colleague was named as a subject wrongly (`of`: the party's item).

    Asked with reasons, decided by somebody else, who neither asked nor named.
    """

    kind: Literal["unnaming"]
    of: Id
    state: Literal["asked", "lifted", "kept"]


class Allegation(FactIn):
    """One conduct by one subject. `coded` are the pack's facts: yes or no, a code, or several."""

    kind: Literal["allegation"]
    subject: Id  # a party's item
    harmed: Items = Field(default_factory=list)
    category: Code
    since: Rough = ""
    until: Rough = ""
    source: Literal["saw", "happened-to-me", "was-told", "found"] = "saw"
    incident: Id  # allegations of one incident share it
    coded: Coded = Field(default_factory=dict)
    withdrawn: bool = False


class SecondCoding(FactIn):
    """The same allegation coded by somebody else, without a look at the first coding."""

    kind: Literal["second-coding"]
    of: Id
    category: Code
    severity: Code | Empty = ""


class Decision(FactIn):
    """An entry of the policy log. What was decided, why, and what was rejected is in its words."""

    kind: Literal["decision"]
    code: Code
    about: Id | Empty = ""  # an allegation or a party
    flagged: Annotated[int, Field(ge=0, le=999)] = 0  # sentences the wording check marked
    stood: Annotated[int, Field(ge=0, le=999)] = 0  # of them, those the decider let stand


class FirstHour(FactIn):
    """One of the decisions of the first hour. `values` are the days and choices that it needs."""

    kind: Literal["first-hour"]
    decision: Code
    choice: Code
    values: Values = Field(default_factory=dict)


class Wiped(FactIn):
    """Evidence that will be gone on a day unless it is made safe. `lost`: it was not, and is gone."""

    kind: Literal["wiped"]
    what: Code
    gone: Day
    secured: Day | None = None
    lost: bool = False


class Move(FactIn):
    """A step on a track, done on a day. `values` are days, choices and yeses; texts are sealed."""

    kind: Literal["move"]
    track: Code
    of: Id | Empty = ""  # the allegation, or the whole case
    move: Code
    on: Day
    values: Values = Field(default_factory=dict)
    confirmed: Codes = Field(default_factory=list)  # of the guard's list
    bypass: Code | Empty = ""
    person: Username | Empty = ""  # who is to investigate, where it is somebody who works at this desk


class Overrule(FactIn):
    """A decider says with reasons which grounds for a referral do not hold: [allegation, criterion]."""

    kind: Literal["overrule"]
    of: Annotated[list[Ground], Field(min_length=1, max_length=50)]


class Extension(FactIn):
    """A due day that was put off, with a reason. `of`: the allegation or the subject it is counted for."""

    kind: Literal["extension"]
    limit: Code
    of: Id | Empty = ""  # every one of the case
    until: Day
    reason: Code


class Task(FactIn):
    """Something to be done by somebody by a day. `after`: the step or the decision that set it off."""

    kind: Literal["task"]
    what: Code
    after: Id | Empty = ""
    to: Username | Empty = ""
    due: Day | None = None
    state: Literal["open", "done", "dropped"]


class Assignment(FactIn):
    """Who works on the case."""

    kind: Literal["assignment"]
    to: Username


class External(FactIn):
    """The case's number in the institution's own system."""

    kind: Literal["reference"]
    number: Reference


class Declaration(FactIn):
    """What whoever performs the act declares about herself: True is a connection, False is none."""

    kind: Literal["declaration"]
    declared: dict[Code, bool]
    outcome: Literal["stays", "recuses"]


class Told(FactIn):
    """How the reporter knows the outcome: told, held back until a day, or waiting unread in the mailbox."""

    kind: Literal["told"]
    how: Literal["told", "held-back", "waits"]
    reviewer: Username | Empty = ""
    review: Day | None = None


class Informed(FactIn):
    """What one person harmed was told (`what`, `how`), or why she cannot be (`why`) and until when.

    Its words are what she heard, or the reasons. `to`: a party's item; empty for the reporter's mailbox.
    """

    kind: Literal["informed"]
    to: Id | Empty
    on: Day
    what: Code | Empty = ""
    how: Code | Empty = ""
    why: Code | Empty = ""
    review: Day | None = None


class Met(FactIn):
    """A requirement of closing that is met, such as that the subject's account was taken. Words say how."""

    kind: Literal["met"]
    what: Code


class Candour(FactIn):
    """What the institution said about what went wrong. Counted, and published as counts."""

    kind: Literal["candour"]
    acknowledged: bool
    apology: Literal["full", "partial", "none"]
    learning: Code | Empty = ""


class Covert(FactIn):
    """Decides with reasons that the case is covert until it is looked at again, or is covert no more."""

    kind: Literal["covert"]
    state: Literal["on", "off"]
    review: Day | None = None


class Answered(FactIn):
    """The answer to an overseer's direction. `noted`: a comment was read, and asks for nothing."""

    kind: Literal["answer"]
    direction: Id
    answer: Literal["reconsidered", "stands", "noted"]


AnyFact = (
    Party
    | Allegation
    | SecondCoding
    | Decision
    | FirstHour
    | Wiped
    | Move
    | Overrule
    | Extension
    | Task
    | Assignment
    | External
    | Declaration
    | Told
    | Informed
    | Met
    | Candour
    | Covert
    | Answered
    | Unnaming
)
FactsIn = Annotated[list[Annotated[AnyFact, Field(discriminator="kind")]], Field(min_length=1, max_length=60)]
FORMS = {get_args(form.model_fields["kind"].annotation)[0]: form for form in get_args(AnyFact)}
