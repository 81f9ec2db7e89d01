"""Which steps a case may take, and which of them the reporter sees. Pure: from values to values."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from upstander.formats.canonical import JSON
from upstander.policy.model import Step


class StepError(ValueError):
    """A step that may not be taken now. The message is for the person at the desk."""


class HasKind(Protocol):
    """A step that was taken: a row, or anything else that names its kind."""

    @property
    def kind(self) -> str: ...


Taken = TypeVar("Taken", bound=HasKind)

_MISSING = {
    "outcome": "Say how it ended: choose one of the outcomes.",
    "reasons": "Write the reasons. The reporter will read them.",
    "subject": "Say whom this step is about.",
    "upload": "Say which file this step is about.",
}


@dataclass(frozen=True)
class With:
    """What comes with a step: `outcome` is an id, the others say whether the thing is there."""

    outcome: str = ""
    reasons: bool = False
    subject: bool = False
    upload: bool = False


def steps_of(compiled: Mapping[str, JSON]) -> tuple[Step, ...]:
    """The steps of a compiled pack, as kept by hash. Raises ValueError when it is not one."""
    rows = compiled.get("steps")
    if not isinstance(rows, Sequence) or isinstance(rows, str):
        raise ValueError("This is not a compiled pack: it has no steps.")
    return tuple(_step(row) for row in rows)


def outcomes_of(compiled: Mapping[str, JSON]) -> frozenset[str]:
    """Ids of the outcomes of a compiled pack."""
    rows = compiled.get("outcomes")
    if not isinstance(rows, Sequence) or isinstance(rows, str):
        raise ValueError("This is not a compiled pack: it has no outcomes.")
    return frozenset(str(row["id"]) for row in rows if isinstance(row, Mapping))


def check_step(
    steps: Iterable[Step],
    kind: str,
    state: str,
    history: Sequence[str],
    *,
    given: With,
    outcomes: Collection[str],
) -> str:
    """The state the case is in after the step. Raises StepError when it may not be taken.

    `history` are the kinds of the steps taken so far, `outcomes` the ids the pack knows.
    """
    step = _find(steps, kind)
    refusal = _refusal(step, state, history)
    if refusal:
        raise StepError(refusal)
    for need in step.needs:
        if not getattr(given, need):
            raise StepError(_MISSING[need])
    if given.outcome and "outcome" not in step.needs:
        raise StepError("This step has no outcome.")
    if given.outcome and given.outcome not in outcomes:
        raise StepError("There is no such outcome.")
    return step.to or state


def allowed(steps: Iterable[Step], state: str, history: Sequence[str], on: str = "desk") -> list[Step]:
    """Steps that could be taken now, in the pack's order."""
    return [step for step in steps if step.on == on and not _refusal(step, state, history)]


def visible(steps: Iterable[Step], taken: Iterable[Taken]) -> list[Taken]:
    """Of the steps taken, those the reporter may see now. A kind the pack does not know is not shown."""
    rules = {step.id: step.visible for step in steps}
    rows = list(taken)
    kinds = {row.kind for row in rows}
    return [row for row in rows if _shows(rules.get(row.kind, "never"), kinds)]


def _shows(rule: str, kinds: Collection[str]) -> bool:
    return rule == "now" or (rule.startswith("after:") and rule.removeprefix("after:") in kinds)


def _find(steps: Iterable[Step], kind: str) -> Step:
    for step in steps:
        if step.id == kind:
            return step
    raise StepError("There is no such step.")


def _refusal(step: Step, state: str, history: Sequence[str]) -> str:
    """Why the step may not be taken now, or nothing."""
    if step.on == "track":
        return "This step belongs to a track of the case: record it there."
    if state not in step.during:
        return f"This step can't be taken while the case is {state}."
    if step.once and step.id in history:
        return "This step was taken before."
    if step.after and not any(kind in history for kind in step.after):
        return "Another step has to come first."
    return ""


def _step(row: JSON) -> Step:
    if not isinstance(row, Mapping):
        raise ValueError("This is not a compiled pack: a step is not an object.")
    return Step(
        id=str(row["id"]),
        label=str(row["label"]),
        visible=str(row["visible"]),
        terminal=bool(row["terminal"]),
        needs=_strings(row["needs"]),
        on=str(row["on"]),
        during=_strings(row["while"]),
        to=str(row["to"]),
        after=_strings(row["after"]),
        once=bool(row["once"]),
    )


def _strings(value: JSON) -> tuple[str, ...]:
    if not isinstance(value, Sequence) or isinstance(value, str):
        raise ValueError("This is not a compiled pack: a list is missing.")
    return tuple(str(item) for item in value)
