"""Hearings in words: what may be told of each, for the calendar, its feed and the interface."""

from __future__ import annotations

from dataclasses import dataclass

from upstander.publishing.feeds import Feed, News
from upstander.publishing.labels import long_day
from upstander.server.institutions.models import Institution
from upstander.server.transparency import access
from upstander.server.transparency.models import Hearing

STANDARDS = (
    "Honesty and integrity",
    "Authority, respect and courtesy",
    "Equality and diversity",
    "Use of force",
    "Orders and instructions",
    "Duties and responsibilities",
    "Confidentiality",
    "Fitness for duty",
    "Discreditable conduct",
    "Challenging and reporting improper conduct",
)


@dataclass(frozen=True, slots=True)
class Told:
    """A hearing as it is told: `held` says what the chair keeps back."""

    institution: str
    slug: str
    day: str
    kind: str
    held: str
    place: str
    standards: tuple[str, ...]
    outcome: str
    until: str


def told(hearing: Hearing) -> Told:
    """What may be said of it. Of one in private, that it takes place and nothing else."""
    private = hearing.access == Hearing.Access.PRIVATE
    outcome = "" if private else hearing.outcome
    return Told(
        hearing.institution.name,
        hearing.institution.slug,
        long_day(hearing.day),
        hearing.kind,
        hearing.access,
        "" if private else hearing.place,
        () if private else tuple(STANDARDS[one - 1] for one in hearing.standards),
        outcome,
        long_day(hearing.until) if outcome and hearing.until else "",
    )


def listed(institution: Institution | None = None) -> list[Told]:
    """The calendar as it stands today."""
    return [told(one) for one in access.hearings(institution)]


def news(institution: Institution | None = None) -> list[News]:
    """The calendar as news: a hearing when it is listed, an outcome when it is told."""
    found = []
    for hearing in access.hearings(institution):
        one = told(hearing)
        where = f" at {one.place}" if one.place else ""
        what = f"{one.institution}: {one.kind} on {one.day}"
        text = f"It is held {'in public' if one.held == 'public' else one.held}{where}."
        found.append(News("hearing", hearing.listed, what, text, f"hearings/#h-{hearing.id}"))
        if one.outcome and hearing.outcome_day:
            said = f"{one.institution}: outcome of the {one.kind} of {one.day}"
            text = f"{one.outcome[:1].upper()}{one.outcome[1:]}. This stands here until {one.until}."
            found.append(News("outcome", hearing.outcome_day, said, text, f"hearings/#h-{hearing.id}"))
    return found


def feed(site: str) -> Feed:
    """The calendar's feed."""
    return Feed(site, "hearings/", "Hearings in public, and their outcomes", tuple(news()))
