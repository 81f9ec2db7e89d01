"""Which version of each law holds for a matter: the transitional test of each instrument. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from upstander.formats.days import words
from upstander.policy.law import Instrument, Law, Version


class RegimeError(ValueError):
    """A day the transitional test asks for is missing. The message is for the person at the desk."""


@dataclass(frozen=True)
class Regime:
    """The versions that hold for a matter, by instrument."""

    versions: Mapping[str, Version]

    @property
    def id(self) -> str:
        """A name to keep with the case, such as "conduct:2025 complaints:2020"."""
        return " ".join(f"{instrument}:{one.id}" for instrument, one in sorted(self.versions.items()))

    @property
    def marks(self) -> frozenset[str]:
        """Names of all rules that came in up to these versions."""
        return frozenset(mark for version in self.versions.values() for mark in version.marks)

    @property
    def sources(self) -> tuple[str, ...]:
        """What makes each version hold."""
        return tuple(version.source for _, version in sorted(self.versions.items()))


def regime_for(
    law: Law, days: Mapping[str, date], *, earlier: date | None = None, ordered: bool = False
) -> Regime:
    """The regime of a matter, from the days the tests ask about.

    "came" is the day on which a complaint was made or a matter came to attention. `earlier` is that day of an
    earlier matter it relates to, if that one was still being handled when this one came: they keep one law.
    `ordered`: the outside body ordered a new investigation, or that an old case be dealt with; then the
    newest law holds whatever the day. A test whose day is not there yet keeps the version before (the
    thing has not happened), but the first version's day has to be there. Raises RegimeError.
    """
    known = dict(days)
    if earlier is not None and "came" in known:
        known["came"] = min(known["came"], earlier)
    return Regime({one.id: _version(one, known, ordered) for one in law.instruments})


def _version(instrument: Instrument, days: Mapping[str, date], ordered: bool) -> Version:
    first = instrument.versions[0]
    if first.test not in days:
        raise RegimeError(f"Say on which day this was made or came to attention: {instrument.label} asks.")
    if days[first.test] < first.since and not ordered:
        raise RegimeError(
            f"{instrument.label} holds for what came up from {words(first.since)} on. "
            "An earlier matter is under older law, which this pack does not hold."
        )
    holding = first
    marks = first.marks
    for version in instrument.versions[1:]:
        if ordered or (version.test in days and days[version.test] >= version.since):
            marks = (*marks, *version.marks)
            holding = version
    return Version(holding.id, holding.label, holding.since, holding.test, holding.source, marks)
