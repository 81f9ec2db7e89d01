"""Steps and clocks of a case as a list to read: what was done, and what is due and not done yet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from upstander.policy.limits import Run, Taken, runs
from upstander.policy.model import Pack
from upstander.server.cases.models import Case, Step
from upstander.server.casework.summary import due
from upstander.server.casework.words import BASIS, STEPS, distance, full_day

PROMISED = {"opened": "Open it", "written": "Write to the reporter"}


@dataclass(frozen=True)
class Line:
    """One line. `mark` is the class of its stroke: empty (done), now, todo, late. `why`: what asks for it."""

    label: str
    when: str
    mark: str = ""
    hidden: bool = False
    why: str = ""


@dataclass(frozen=True)
class Late:
    """A promise to the reporter whose day is past."""

    label: str
    words: str
    day: str


def lines(case: Case, steps: list[Step], pack: Pack, today: date) -> list[Line]:
    """Done steps in their order, then the limits that run, the one that ends first first."""
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
    waiting = [run for run in open_runs(steps, pack) if case.state != Case.State.CLOSED]
    return [*done, *(_waiting(run, pack, today) for run in waiting)]


def open_runs(steps: list[Step], pack: Pack) -> list[Run]:
    """The limits of the whole case that run now, the one that ends first first; those that stand still last.

    What is counted for an allegation or a person stands in the file (`clocks.py`).
    """
    whole = [limit for limit in pack.limits if limit.per == "case"]
    found = runs(whole, [Taken(step.kind, step.day) for step in steps])
    return sorted(
        (run for run in found if run.met is None), key=lambda run: run.due(pack.calendar) or date.max
    )


def open_promises(case: Case, steps: list[Step], pack: Pack) -> list[tuple[str, date]]:
    """What the reporter was promised and is not done yet; nothing of a closed case."""
    if case.state == Case.State.CLOSED:
        return []
    opened = any(step.kind == "opened" for step in steps)
    return [(kind, day) for kind, day in due(case, steps, pack.clocks) if kind != "opened" or not opened]


def lates(case: Case, steps: list[Step], pack: Pack, today: date) -> list[Late]:
    """Promises whose day is past."""
    return [
        Late(PROMISED[kind], distance(day, today), full_day(day))
        for kind, day in open_promises(case, steps, pack)
        if day < today
    ]


def _waiting(run: Run, pack: Pack, today: date) -> Line:
    day = run.due(pack.calendar)
    why = f"{BASIS[run.limit.basis]}: {run.limit.source}"
    if run.limit.unchecked:
        why += " (from memory: read it before you rely on it)"
    if day is None:
        return Line(run.limit.label, "stands still", "todo", why=why)
    if not run.sure(pack.calendar):
        why += f". Bank holidays after {full_day(pack.calendar.known_until)} are not known yet"
    if day < today:
        return Line(run.limit.label, f"was due {full_day(day)}", "late", why=why)
    when = f"due {full_day(day)}, {distance(day, today)}"
    return Line(run.limit.label, when, "now" if day == today else "todo", why=why)


def _about(step: Step) -> str:
    by = str(step.by.person.name) if step.by is not None else ""
    if step.subject is not None:
        return f"{step.subject.person.name}, by {by}"
    return by
