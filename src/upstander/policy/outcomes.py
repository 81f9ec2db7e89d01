"""The ladder of outcomes: what is open on a finding, and what only with a record behind it. Pure.

Finding, outcome and learning are three fields. A finding says what was shown, an outcome what follows for the
person, learning what has to change.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from upstander.policy.law import Law, Opening, Sanction, Severity
from upstander.policy.predicates import Coding, evaluate
from upstander.policy.working_days import end_of_months


class OutcomeError(ValueError):
    """An outcome above its ladder. The message quotes the rule and says the way forward."""


@dataclass(frozen=True)
class Warned:
    """A sanction of record. `kind` is the kind of sanction, `until` the last day on which it is live."""

    kind: str
    given: date
    until: date


@dataclass(frozen=True)
class Shown:
    """A misconduct that was shown. `incident` joins what is closely connected in fact (empty: on its own)."""

    allegation: str
    incident: str = ""


@dataclass(frozen=True)
class Standing:
    """What the record says about the person on the day that counts (`on`), and the incidents shown now."""

    on: date
    warnings: Sequence[Warned] = ()
    shown: Sequence[Shown] = ()


@dataclass(frozen=True)
class Rung:
    """A sanction and whether it is open now. `why` quotes what opens it, or what is missing."""

    sanction: Sanction
    open: bool
    why: str


def severity_of(law: Law, severity: str) -> Severity:
    """The severity with this id. Raises OutcomeError."""
    for one in law.severities:
        if one.id == severity:
            return one
    raise OutcomeError("There is no such severity.")


def check_severity(law: Law, severity: str, coding: Coding, marks: Collection[str] = ()) -> Severity:
    """The severity, if nothing says that it is graver. Raises OutcomeError with the rule, and CodingError."""
    found = severity_of(law, severity)
    for floor in law.floors:
        least = severity_of(law, floor.severity)
        if found.rank >= least.rank or (floor.mark and floor.mark not in marks):
            continue
        reason = evaluate(law, floor.rule, coding)
        if reason:
            raise OutcomeError(f"At least: {least.label}. {reason} ({floor.source})")
    return found


def openings_of(law: Law, standing: Standing) -> list[Opening]:
    """What stands on the record and opens a sanction that is closed otherwise, in the pack's order."""
    return [opening for opening in law.openings if _stands(opening, standing)]


def unconnected(shown: Iterable[Shown]) -> list[list[str]]:
    """The allegations shown, in groups that are closely connected in fact.

    More than one group is a pattern.
    """
    groups: dict[str, list[str]] = {}
    for one in shown:
        groups.setdefault(one.incident or f" {one.allegation}", []).append(one.allegation)
    return list(groups.values())


def ladder(law: Law, forum: str, finding: str, standing: Standing, marks: Collection[str] = ()) -> list[Rung]:
    """Every sanction of this forum on this finding, open or not, in the pack's order.

    `marks` are those of the matter's regime.
    """
    stands = {opening.id for opening in openings_of(law, standing)}
    words = {opening.id: opening.label for opening in law.openings}
    return [
        _rung(one, stands, words)
        for one in law.sanctions
        if one.forum == forum and one.finding == finding and _in_force(one, marks)
    ]


def check_outcome(
    law: Law,
    forum: str,
    finding: str,
    sanction: str,
    standing: Standing,
    *,
    marks: Collection[str] = (),
    reasons: bool,
    special: bool = False,
) -> Sanction:
    """The sanction, if it is open. Raises OutcomeError with the rule and what is open instead.

    `special`: the reasons say why the presumed sanction was not imposed, where the regime presumes one.
    """
    if not reasons:
        raise OutcomeError("Write the reasons for the outcome.")
    rungs = ladder(law, forum, finding, standing, marks)
    found = next((rung for rung in rungs if rung.sanction.id == sanction), None)
    open_ = ", ".join(rung.sanction.label for rung in rungs if rung.open) or "nothing"
    if found is None:
        raise OutcomeError(f"This outcome is not on the ladder of this finding here. Open are: {open_}.")
    if not found.open:
        raise OutcomeError(f"{found.sanction.label}: {found.why} Open are: {open_}.")
    presumed = [rung.sanction for rung in rungs if rung.sanction.presumed in marks and rung.sanction.presumed]
    if presumed and found.sanction not in presumed and not special:
        one = presumed[0]
        raise OutcomeError(f"{one.label} is presumed ({one.source}). Write why it is not imposed.")
    return found.sanction


def live_until(sanction: Sanction, notified: date, months: int = 0) -> date | None:
    """The last day on which a warning is live; None for what does not run out.

    The period begins with the day on which it was notified, so its last day is the one before the
    corresponding day. `months`: a longer time, where it may be extended. Time on a career break does not
    count: the record has to say a later day then. Raises OutcomeError for a time out of bounds.
    """
    if not sanction.months:
        return None
    count = months or sanction.months
    if not sanction.months <= count <= (sanction.months_most or sanction.months):
        raise OutcomeError(f"{sanction.label}: from {sanction.months} to {sanction.months_most} months.")
    return end_of_months(notified, count) - timedelta(days=1)


def _rung(one: Sanction, stands: Collection[str], words: Mapping[str, str]) -> Rung:
    closing = [name for name in one.not_if if name in stands]
    opening = [name for name in one.only_if if name in stands]
    if closing:
        return Rung(one, False, f"Not where {_either(closing, words)} ({one.source}).")
    if one.only_if and not opening:
        return Rung(one, False, f"Only where {_either(one.only_if, words)} ({one.source}).")
    return Rung(
        one, True, f"Where {_either(opening, words)} ({one.source})." if opening else f"{one.source}."
    )


def _either(names: Iterable[str], words: Mapping[str, str]) -> str:
    return ", or ".join(words[name] for name in names)


def _stands(opening: Opening, standing: Standing) -> bool:
    if opening.test == "several":
        return len(unconnected(standing.shown)) > 1
    return any(
        warned.kind in opening.of and warned.given <= standing.on <= warned.until
        for warned in standing.warnings
    )


def _in_force(sanction: Sanction, marks: Collection[str]) -> bool:
    return (not sanction.mark or sanction.mark in marks) and (
        not sanction.unless or sanction.unless not in marks
    )
