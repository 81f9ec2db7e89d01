"""When sealed bytes are deleted, and what holds them. Pure. A hold beats every rule."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from upstander.policy.law import Law
from upstander.policy.law_duties import RetentionRule
from upstander.policy.working_days import end_of_months


class HoldError(ValueError):
    """A hold that cannot be set or lifted. The message is for the person at the desk."""


@dataclass(frozen=True)
class Hold:
    """A legal hold as it was set, or lifted: `set` says which. `rule` names what asks for it."""

    rule: str
    set: bool
    day: date


def rule_for(law: Law, outcome: str) -> RetentionRule:
    """The rule for a case closed with this outcome: the one that names it, else the one for every other."""
    named = [rule for rule in law.retention if outcome in rule.outcomes]
    return named[0] if named else next(rule for rule in law.retention if not rule.outcomes)


def due(law: Law, closed: date | None, outcome: str) -> date | None:
    """The last day on which sealed bytes are kept; None while the case is open."""
    return None if closed is None else end_of_months(closed, rule_for(law, outcome).months)


def held(holds: Iterable[Hold]) -> list[str]:
    """The rules of the holds that stand, in the order they were set."""
    standing: dict[str, None] = {}
    for hold in holds:
        if hold.set:
            standing[hold.rule] = None
        else:
            standing.pop(hold.rule, None)
    return list(standing)


def to_delete(
    law: Law, closed: date | None, outcome: str, holds: Iterable[Hold], today: date
) -> RetentionRule | None:
    """The rule under which the sealed bytes are deleted today, or None while they stay."""
    last = due(law, closed, outcome)
    if last is None or today <= last or held(holds):
        return None
    return rule_for(law, outcome)


def check_hold(holds: Iterable[Hold], rule: str, set: bool, reasons: bool) -> None:
    """Raises HoldError unless this hold can be set, or lifted, with reasons."""
    if not rule.strip():
        raise HoldError("Say what asks for the hold.")
    if not reasons:
        raise HoldError("Write the reasons.")
    standing = held(holds)
    if set and rule in standing:
        raise HoldError("This hold stands already.")
    if not set and rule not in standing:
        raise HoldError("There is no such hold to lift.")
