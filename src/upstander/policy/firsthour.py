"""The first hour: a card of dated decisions, and the clock of evidence that gets wiped. Pure."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from upstander.policy.law import Law, Task
from upstander.policy.law_duties import FirstDecision


class FirstHourError(ValueError):
    """A decision that does not count. The message is for the person at the desk."""


@dataclass(frozen=True)
class Decided:
    """One decision, by whom and when. `needs` are the ids of what came with it."""

    decision: str
    choice: str
    by: str
    day: date
    needs: Collection[str] = ()


@dataclass(frozen=True)
class Wiped:
    """Evidence that will be gone, and the first day on which it is (`gone`), as the handler found out.

    `secured`: the day on which it was made safe. `lost`: somebody said that it was not, and is gone.
    """

    kind: str
    gone: date
    secured: date | None = None
    lost: bool = False

    @property
    def last(self) -> date:
        """The last day on which it can be made safe: the one before it is gone."""
        return self.gone - timedelta(days=1)

    @property
    def waits(self) -> bool:
        """Whether nobody has said yet what became of it."""
        return self.secured is None and not self.lost


@dataclass(frozen=True)
class Loss:
    """How it stands with one piece of evidence: "secured", "lost", "today" or "left" with `days` to go."""

    of: Wiped
    state: str
    days: int

    @property
    def order(self) -> tuple[bool, date, str]:
        """What is gone first at the top, what was made safe last."""
        return self.state == "secured", self.of.gone, self.of.kind


def check_decision(law: Law, decided: Decided) -> tuple[Task, ...]:
    """The tasks the decision sets off. Raises FirstHourError with what is missing."""
    decision = _decision(law, decided.decision)
    choice = next((one for one in decision.choices if one.id == decided.choice), None)
    if choice is None:
        raise FirstHourError("Choose one of the answers.")
    if not decided.by.strip():
        raise FirstHourError("A decision needs somebody who took it.")
    words = {need.id: need.missing for need in law.needs}
    missing = [words[need] for need in choice.needs if need not in decided.needs]
    if missing:
        raise FirstHourError("\n".join(missing))
    return tuple(task for task in law.tasks if task.id in choice.tasks)


def still_open(law: Law, decided: Iterable[Decided]) -> list[FirstDecision]:
    """Decisions of the card that nobody took yet, in order."""
    done = {one.decision for one in decided}
    return [one for one in law.first_hour if one.id not in done]


def losses(wiped: Sequence[Wiped], today: date) -> list[Loss]:
    """The evidence clock, what is gone first at the top. The last day to act is the day before it is gone."""
    return sorted((how_it_stands(one, today) for one in wiped), key=lambda loss: loss.order)


def how_it_stands(one: Wiped, today: date) -> Loss:
    """The same of one piece."""
    return Loss(one, _state(one, today), max((one.gone - today).days, 0))


def to_secure(wiped: Iterable[Wiped]) -> date | None:
    """The house clock of evidence loss: the first last day of what nobody has made safe or called lost.

    It does not stop by running out: like any limit that was missed it stays due until somebody says what
    became of the evidence.
    """
    return min((one.last for one in wiped if one.waits), default=None)


def _state(one: Wiped, today: date) -> str:
    if one.secured is not None and one.secured < one.gone:
        return "secured"
    if one.lost or today >= one.gone:
        return "lost"
    return "today" if (one.gone - today).days == 1 else "left"


def _decision(law: Law, decision: str) -> FirstDecision:
    for one in law.first_hour:
        if one.id == decision:
            return one
    raise FirstHourError("The card has no such decision.")
