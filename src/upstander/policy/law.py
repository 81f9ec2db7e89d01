"""What the desk's half of a pack holds, as plain values: the law, the guidance and the house's own rules.

Nothing here goes to a reporter's browser but the names of the steps she may see. Field by field as in
docs/reference/law.md. Every rule carries `source`; `unchecked` marks one that nobody has read in its source
yet.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from upstander.policy.law_duties import (
    CheckIn,
    FirstDecision,
    Grading,
    OverseerKind,
    OversightList,
    Requirement,
    RetentionRule,
    TimeLimit,
)


@dataclass(frozen=True)
class Stage:
    """A place on a track. `terminal`: the track ends here. `forum`: whose ladder holds there, if any."""

    id: str
    label: str
    terminal: bool = False
    forum: str = ""


@dataclass(frozen=True)
class Premise:
    """What the steps before have to have said before a move can be recorded, with the rule.

    Asked is the last value of `need` on the track: it has to be one of `has`, where that names any, and may
    be none of `lacks`. `at` are the stages at which it is asked (empty: at every one).
    """

    id: str
    need: str
    says: str
    source: str
    has: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()
    at: tuple[str, ...] = ()


@dataclass(frozen=True)
class Move:
    """A step that can be recorded on a track.

    `visible` is now, never or after:<move>, as for steps of a case.

    `begins` are the stages it can be taken in (empty: any that does not end the track), `to` the stage it
    leads to (empty: it stays). `after`: moves of which one has to come first; `needs`: ids of `Need`.
    """

    id: str
    label: str
    track: str
    by: tuple[str, ...]
    begins: tuple[str, ...] = ()
    to: str = ""
    needs: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    tasks: tuple[str, ...] = ()
    guard: str = ""
    visible: str = "never"
    once: bool = False
    pauses: bool = False
    resumes: bool = False
    while_paused: bool = False
    while_closed: bool = False  # may still be recorded once the case is closed
    any_other: bool = False  # the one form for everything a pack has no move of its own for
    source: str = ""  # on this track: what holds for officers need not hold for staff
    premises: tuple[Premise, ...] = ()


@dataclass(frozen=True)
class Track:
    """One line of work on an allegation, such as discipline or crime. Tracks run beside each other."""

    id: str
    label: str
    first: str
    stages: tuple[Stage, ...]
    moves: tuple[Move, ...]


@dataclass(frozen=True)
class Need:
    """What has to come with a move.

    `kind` is text, day, choice or yes; `codes` names a code list for a choice; `ahead` is for a day that has
    to be after the day of the move.
    """

    id: str
    label: str
    missing: str
    kind: str
    codes: str = ""
    ahead: bool = False


@dataclass(frozen=True)
class Confirmation:
    """One thing somebody confirms before a dangerous step."""

    id: str
    label: str


@dataclass(frozen=True)
class Guard:
    """What has to be confirmed before a move. `bypass` is the one ground on which it may be passed over."""

    id: str
    label: str
    confirm: tuple[Confirmation, ...]
    bypass: str
    source: str


@dataclass(frozen=True)
class Task:
    """Work a move sets off. `by` is a role; `due` the need of the move that says by which day, if any."""

    id: str
    label: str
    by: str
    due: str = ""


@dataclass(frozen=True)
class Version:
    """A state of an instrument. It holds for a matter whose day of this `test` is `since` or later."""

    id: str
    label: str
    since: date
    test: str
    source: str
    marks: tuple[str, ...] = ()  # names of the rules that are new with it


@dataclass(frozen=True)
class Instrument:
    """A law or code in its versions, the oldest first."""

    id: str
    label: str
    versions: tuple[Version, ...]


@dataclass(frozen=True)
class Fact:
    """A fact that handlers code about an allegation.

    `kind` is yes, one or many; `codes` names a code list.
    """

    id: str
    label: str
    kind: str
    codes: str = ""
    help: str = ""
    small: bool = False  # asked of a small matter too: what statistics need, and what forbids the short way


@dataclass(frozen=True)
class Criterion:
    """When a matter has to be referred: `rule` names a predicate of the pack's rules.py."""

    id: str
    label: str
    rule: str
    source: str
    spreads: bool = True  # pulls in other matters of the same incident


@dataclass(frozen=True)
class Floor:
    """A severity below which a matter may not be assessed where `rule`, a predicate of rules.py, holds.

    Only under a version of law with this `mark`, where it names one.
    """

    id: str
    severity: str
    rule: str
    source: str
    mark: str = ""


@dataclass(frozen=True)
class Beside:
    """A track that has to run beside the others where the fact `when` is coded yes."""

    id: str
    when: str
    track: str
    says: str
    source: str


@dataclass(frozen=True)
class Bar:
    """When a person may not work on a case.

    `test` names a test of the core, `when` a fact that must be coded.

    `of` is the capacity it bars from: "investigate" or "open" (a grant of any kind).
    """

    id: str
    test: str
    of: str
    says: str
    source: str
    when: str = ""
    declares: str = ""  # the declaration that the tests "declared" and "not-declared" ask for


@dataclass(frozen=True)
class Severity:
    """How grave it would be if proved; `rank` grows with it."""

    id: str
    label: str
    meaning: str
    rank: int
    source: str
    unchecked: bool = False


@dataclass(frozen=True)
class Sanction:
    """An outcome of proceedings.

    Open in `forum` on `finding`, and only with one of `only_if` where it names any.

    `kind` is what it is wherever it is imposed, such as a final warning: a record and `Opening.of` name
    kinds.
    """

    id: str
    kind: str
    label: str
    forum: str
    finding: str
    source: str
    only_if: tuple[str, ...] = ()
    not_if: tuple[str, ...] = ()  # openings that close it instead
    months: int = 0  # how long it is live, where it runs out
    months_most: int = 0
    mark: str = ""  # only under a version of law with this mark
    unless: str = ""  # not under a version of law with this mark
    presumed: str = ""  # under a version with this mark, anything else needs reasons of its own


@dataclass(frozen=True)
class Named:
    """An id with its words and source."""

    id: str
    label: str
    help: str = ""
    source: str = ""
    unchecked: bool = False


@dataclass(frozen=True)
class Opening:
    """What on the record opens a sanction that is closed otherwise, or closes one that is open.

    `test` is "live" (one of the kinds of sanction in `of` was live on the day that counts) or "several" (more
    than one incident, not closely connected in fact, was shown).
    """

    id: str
    label: str
    test: str
    source: str
    of: tuple[str, ...] = ()


@dataclass(frozen=True)
class Code:
    """One value of a code list. `under` is a code it belongs to; `more` what else the list says of it."""

    id: str
    label: str
    help: str = ""
    under: str = ""
    more: Mapping[str, str] | None = None


@dataclass(frozen=True)
class CodeList:
    """Values to code with, such as standards, factors or kinds of person."""

    id: str
    label: str
    source: str
    codes: tuple[Code, ...]
    unchecked: bool = False


@dataclass(frozen=True)
class Law:
    """The desk's half of a pack, checked. `rules` is the file its predicates stand in."""

    rules: Path
    tracks: tuple[Track, ...] = ()
    needs: tuple[Need, ...] = ()
    guards: tuple[Guard, ...] = ()
    tasks: tuple[Task, ...] = ()
    instruments: tuple[Instrument, ...] = ()
    facts: tuple[Fact, ...] = ()
    criteria: tuple[Criterion, ...] = ()
    same_incident: Named | None = None
    recording: tuple[Criterion, ...] = ()  # when it has to be dealt with formally
    beside: tuple[Beside, ...] = ()
    declarations: tuple[Named, ...] = ()
    bars: tuple[Bar, ...] = ()
    severities: tuple[Severity, ...] = ()
    floors: tuple[Floor, ...] = ()
    forums: tuple[Named, ...] = ()
    findings: tuple[Named, ...] = ()
    openings: tuple[Opening, ...] = ()
    sanctions: tuple[Sanction, ...] = ()
    codes: Mapping[str, CodeList] | None = None
    first_hour: tuple[FirstDecision, ...] = ()
    closing: tuple[Requirement, ...] = ()
    apology: Named | None = None
    check_ins: tuple[CheckIn, ...] = ()
    claims: tuple[TimeLimit, ...] = ()
    oversight: tuple[OversightList, ...] = ()
    overseers: tuple[OverseerKind, ...] = ()
    retention: tuple[RetentionRule, ...] = ()
    grading: Grading | None = None
    left_out: tuple[Named, ...] = ()
