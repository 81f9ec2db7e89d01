"""Steps and clocks of a case as a list to read: what was done, and what was promised and is not done yet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from upstander.policy.model import Pack
from upstander.server.cases.models import Case, Step
from upstander.server.casework.summary import due
from upstander.server.casework.words import STEPS, distance, full_day

PROMISED = {"opened": "Open it", "written": "Write to the reporter"}


@dataclass(frozen=True)
class Line:
    """One line. `mark` is the class of its stroke: empty (done), now, todo, late."""

    label: str
    when: str
    mark: str = ""
    hidden: bool = False


@dataclass(frozen=True)
class Late:
    """A promise to the reporter whose day is past."""

    label: str
    words: str
    day: str


def lines(case: Case, steps: list[Step], pack: Pack, today: date) -> list[Line]:
    """Done steps in their order, then what is promised."""
    known = {step.id: step for step in pack.steps}
    outcomes = {outcome.id: outcome.label for outcome in pack.outcomes}
    done = []
    for step in steps:
        rule = known.get(step.kind)
        label = STEPS.get(step.kind) or (rule.label if rule else step.kind)
        who = _about(step)
        when = full_day(step.day) + (f", {who}" if who else "")
        if step.outcome:
            when += f": {outcomes.get(step.outcome, step.outcome)}"
        done.append(Line(label, when, hidden=rule is not None and rule.visible == "never"))
    return [*done, *(_promised(kind, day, today) for kind, day in open_promises(case, steps, pack))]


def open_promises(case: Case, steps: list[Step], pack: Pack) -> list[tuple[str, date]]:
    """What the receipt promised and is not done yet; nothing of a closed case."""
    if case.state == Case.State.CLOSED:
        return []
    kinds = {step.kind for step in steps}
    met = {"opened"} & kinds
    if kinds & {"replied", "closed"}:
        met.add("written")
    return [(kind, day) for kind, day in due(case, pack.clocks) if kind not in met]


def lates(case: Case, steps: list[Step], pack: Pack, today: date) -> list[Late]:
    """Promises whose day is past."""
    return [
        Late(PROMISED[kind], distance(day, today), full_day(day))
        for kind, day in open_promises(case, steps, pack)
        if day < today
    ]


def _promised(kind: str, day: date, today: date) -> Line:
    if day < today:
        return Line(PROMISED[kind], f"was due {full_day(day)}", "late")
    return Line(
        PROMISED[kind], f"due {full_day(day)}, {distance(day, today)}", "now" if day == today else "todo"
    )


def _about(step: Step) -> str:
    by = str(step.by.person.name) if step.by is not None else ""
    if step.subject is not None:
        return f"{step.subject.person.name}, by {by}"
    return by
