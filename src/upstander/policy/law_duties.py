"""The part of a pack's law that says what those who hold a case owe: values of duties.toml."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Choice:
    """An answer to a decision of the first hour. `needs` are ids of `Need`, `tasks` of `Task`."""

    id: str
    label: str
    needs: tuple[str, ...] = ()
    tasks: tuple[str, ...] = ()


@dataclass(frozen=True)
class FirstDecision:
    """One of the decisions of the first hour. Each is dated, by a named person."""

    id: str
    label: str
    help: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True)
class Requirement:
    """What a closure has to hold. `kinds` are the kinds of closing it counts for (empty: all)."""

    id: str
    label: str
    missing: str
    source: str
    kinds: tuple[str, ...] = ()


@dataclass(frozen=True)
class CheckIn:
    """When the reporter is asked how she is: so many days after she reported, or after a move."""

    id: str
    days: int
    after: str = ""  # a move; empty: the day the report arrived


@dataclass(frozen=True)
class TimeLimit:
    """A time limit for a claim of the reporter: so many months less a day, for acts from `since` on."""

    id: str
    label: str
    months: int
    since: date
    until: date | None
    source: str
    note: str = ""
    unchecked: bool = False


LIST_TESTS = frozenset({"silent", "unreferred", "no-action", "without-record"})
"""What a list of the overseer can ask of a case: `server.oversight.lists` has the questions."""


@dataclass(frozen=True)
class OversightList:
    """A list an overseer sees. `test` names one of `LIST_TESTS`; the rest is what it asks about."""

    id: str
    label: str
    test: str
    days: int = 0
    when: str = ""
    lacks: str = ""
    outcomes: tuple[str, ...] = ()
    source: str = ""


@dataclass(frozen=True)
class OverseerKind:
    """A kind of outside body that oversees. `covert`: it also sees that a covert case exists."""

    id: str
    label: str
    covert: bool = False
    source: str = ""


@dataclass(frozen=True)
class RetentionRule:
    """How long sealed bytes stay after a case closed, by how it closed. `months` after the closing day."""

    id: str
    label: str
    months: int
    source: str
    outcomes: tuple[str, ...] = ()  # empty: every other
    basis: str = "house"


@dataclass(frozen=True)
class Grade:
    """One step of a grading scale."""

    id: str
    label: str
    meaning: str


@dataclass(frozen=True)
class Grading:
    """Source, information and handling; `nearest` maps how near the reporter was to the first two."""

    source: str
    sources: tuple[Grade, ...]
    information: tuple[Grade, ...]
    handling: tuple[Grade, ...]
    nearest: Mapping[str, tuple[str, str]]
