"""Conflicts of interest: whether a person can work on a case at all, with the rule quoted. Pure.

`conflicts.may_let_in` asks who may be let in by the reporter's wish; this asks what the pack's bars say. Both
are asked when a page lists candidates, and again when the grant is made.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

from upstander.policy.law import Bar, Law

OPEN, INVESTIGATE = "open", "investigate"


@dataclass(frozen=True)
class Worker:
    """A person somebody wants to put on a case. All ids are opaque here.

    `organisation` and `unit` say where she works; `subject_of` are the cases in which she is the person
    reported (of any state). `declared` answers the questions asked before opening, by id: True is a
    connection, False is none, absent is not answered. `skilled`: whether somebody vouches for her knowledge
    and skills.
    """

    person: str
    organisation: str = ""
    unit: str = ""
    subject_of: Collection[str] = ()
    declared: Mapping[str, bool] = field(default_factory=dict)
    skilled: bool = False


@dataclass(frozen=True)
class Matter:
    """What the bars need to know of a case.

    `subjects`: person -> organisation; `units`: person -> unit; `managers`: person -> whom she works under
    (several lines are possible); `parties`: harmed people, witnesses and the reporter, where known. `coded`
    are the ids of facts coded yes on any of its allegations; `excluded` the people the reporter shut out.
    """

    case: str
    subjects: Mapping[str, str]
    units: Mapping[str, str] = field(default_factory=dict)
    managers: Mapping[str, Sequence[str]] = field(default_factory=dict)
    parties: Collection[str] = ()
    coded: Collection[str] = ()
    excluded: Collection[str] = ()


@dataclass(frozen=True)
class Barred:
    """A bar that stands: the rule's id, the words for the desk, and the source they quote."""

    bar: str
    says: str
    source: str


def barred(law: Law, worker: Worker, matter: Matter, of: str = OPEN) -> list[Barred]:
    """Every bar against this person in this capacity; none of them means that she may.

    `of` is "open" (any grant) or "investigate" (those and more). A bar from opening bars from everything.
    """
    return [
        Barred(bar.id, bar.says, bar.source)
        for bar in law.bars
        if bar.of in (OPEN, of) and (not bar.when or bar.when in matter.coded)
        if TESTS[bar.test](worker, matter, bar)
    ]


def questions(law: Law, matter: Matter, of: str = OPEN) -> list[str]:
    """Ids of the declarations this person has to make before opening, given what is coded."""
    asked = [
        bar.declares
        for bar in law.bars
        if bar.declares and bar.of in (OPEN, of) and (not bar.when or bar.when in matter.coded)
    ]
    return list(dict.fromkeys(asked))


def line_above(person: str, managers: Mapping[str, Sequence[str]]) -> frozenset[str]:
    """Everybody this person works under, directly or indirectly. A circle in the data ends where it began."""
    above: set[str] = set()
    waiting = list(managers.get(person, ()))
    while waiting:
        manager = waiting.pop()
        if manager not in above:
            above.add(manager)
            waiting.extend(managers.get(manager, ()))
    return frozenset(above - {person})


def _subject(worker: Worker, matter: Matter, bar: Bar) -> bool:
    return worker.person in matter.subjects


def _subject_anywhere(worker: Worker, matter: Matter, bar: Bar) -> bool:
    return bool(worker.subject_of)


def _party(worker: Worker, matter: Matter, bar: Bar) -> bool:
    return worker.person in matter.parties


def _excluded(worker: Worker, matter: Matter, bar: Bar) -> bool:
    return worker.person in matter.excluded


def _works_under(worker: Worker, matter: Matter, bar: Bar) -> bool:
    return not line_above(worker.person, matter.managers).isdisjoint(matter.subjects)


def _manages(worker: Worker, matter: Matter, bar: Bar) -> bool:
    return any(worker.person in line_above(subject, matter.managers) for subject in matter.subjects)


def _same_organisation(worker: Worker, matter: Matter, bar: Bar) -> bool:
    return bool(worker.organisation) and worker.organisation in matter.subjects.values()


def _same_unit(worker: Worker, matter: Matter, bar: Bar) -> bool:
    units = {matter.units.get(subject, "") for subject in matter.subjects}
    return bool(worker.unit) and worker.unit in units


def _declared(worker: Worker, matter: Matter, bar: Bar) -> bool:
    return worker.declared.get(bar.declares, False)


def _not_declared(worker: Worker, matter: Matter, bar: Bar) -> bool:
    return bar.declares not in worker.declared


def _unskilled(worker: Worker, matter: Matter, bar: Bar) -> bool:
    return not worker.skilled


TESTS: Mapping[str, Callable[[Worker, Matter, Bar], bool]] = {
    "subject": _subject,
    "subject-anywhere": _subject_anywhere,
    "party": _party,
    "excluded": _excluded,
    "works-under": _works_under,
    "manages": _manages,
    "same-organisation": _same_organisation,
    "same-unit": _same_unit,
    "declared": _declared,
    "not-declared": _not_declared,
    "unskilled": _unskilled,
}
"""The tests a pack's bars can name."""
