"""Whether a matter has to be referred to the outside body, evaluated over coded facts, with the rule quoted.

Asked again whenever coding changes. It cannot be skipped: a due referral is made, or a named decider
overrules it with reasons, for exactly the grounds she saw. A ground that appears later is due again.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from upstander.policy.law import Law
from upstander.policy.predicates import Coding, evaluate

__all__ = [
    "Allegation",
    "Coding",
    "Ground",
    "Overrule",
    "ReferralError",
    "check_overrule",
    "grounds",
    "standing",
]


class ReferralError(ValueError):
    """An overruling that does not count. The message is for the person at the desk."""


@dataclass(frozen=True)
class Allegation:
    """One conduct by one subject, as coded.

    `incident` joins allegations of the same incident (empty: alone).
    """

    id: str
    coded: Coding
    incident: str = ""


@dataclass(frozen=True)
class Ground:
    """Why an allegation has to be referred.

    `of` is the allegation that pulls it along, for the same incident.
    """

    allegation: str
    criterion: str
    reason: str
    source: str
    of: str = ""

    @property
    def key(self) -> tuple[str, str]:
        """What an overruling names: allegation and criterion."""
        return self.allegation, self.criterion


@dataclass(frozen=True)
class Overrule:
    """A named decider's decision that these grounds (keys of `Ground`) do not hold, with reasons."""

    by: str
    role: str
    reasons: str
    day: date
    of: Collection[tuple[str, str]]


def grounds(law: Law, allegations: Iterable[Allegation]) -> list[Ground]:
    """Every ground for a referral: of its own first, then those pulled along by the same incident.

    Raises CodingError for facts that the pack does not know.
    """
    rows = list(allegations)
    own = [
        Ground(row.id, criterion.id, reason, criterion.source)
        for row in rows
        for criterion in law.criteria
        if (reason := evaluate(law, criterion.rule, row.coded))
    ]
    spreading = {criterion.id for criterion in law.criteria if criterion.spreads}
    incident_of = {row.id: row.incident for row in rows}
    pulls: dict[str, str] = {}
    for ground in own:
        incident = incident_of[ground.allegation]
        if incident and ground.criterion in spreading:
            pulls.setdefault(incident, ground.allegation)
    hit = {ground.allegation for ground in own}
    rule = law.same_incident
    pulled = [
        Ground(row.id, rule.id, rule.label, rule.source, of=pulls[row.incident])
        for row in rows
        if rule is not None and row.id not in hit and row.incident in pulls
    ]
    return [*own, *pulled]


def recording(law: Law, allegations: Iterable[Allegation]) -> list[Ground]:
    """Why allegations have to be dealt with formally, and not only put right. Raises CodingError."""
    return [
        Ground(row.id, criterion.id, reason, criterion.source)
        for row in allegations
        for criterion in law.recording
        if (reason := evaluate(law, criterion.rule, row.coded))
    ]


def check_overrule(law: Law, found: Iterable[Ground], overrule: Overrule) -> None:
    """Raises ReferralError unless a named decider says with reasons which of the grounds do not hold."""
    if overrule.role != "decider" or not overrule.by.strip():
        raise ReferralError("Only a named decider can overrule a ground for referral.")
    if not overrule.reasons.strip():
        raise ReferralError("Write the reasons. The overseer will read them.")
    known = {ground.key for ground in found}
    if not overrule.of or not set(overrule.of) <= known:
        raise ReferralError("Say which of the grounds do not hold.")


def standing(
    found: Iterable[Ground], referred: Collection[str], overruled: Iterable[Overrule]
) -> tuple[str, list[Ground]]:
    """Where the referral stands, and the grounds that are open: "none", "due", "referred" or "overruled".

    `referred` are the ids of the allegations that were referred. A ground is open until its allegation was
    referred or a decider overruled that very ground; one pulled along by an incident goes with what pulls it.
    """
    rows = list(found)
    if not rows:
        return "none", []
    past = {key for one in overruled for key in one.of}
    live = {row.allegation for row in rows if row.key not in past}
    open_ = [
        row
        for row in rows
        if row.allegation not in referred and row.key not in past and (not row.of or row.of in live)
    ]
    if open_:
        return "due", open_
    return ("referred" if any(row.allegation in referred for row in rows) else "overruled"), []


def by_allegation(found: Iterable[Ground]) -> Mapping[str, list[Ground]]:
    """The grounds, by allegation."""
    rows: dict[str, list[Ground]] = {}
    for ground in found:
        rows.setdefault(ground.allegation, []).append(ground)
    return rows
