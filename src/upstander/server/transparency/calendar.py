"""Hearings in words: what may be told of each, for the calendar, its feed and the interface."""

from __future__ import annotations

from dataclasses import dataclass

from upstander.publishing.feeds import Feed, News
from upstander.publishing.labels import long_day
from upstander.publishing.language import folder, say
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
    """A hearing as it is told: `held` says what the chair keeps back, `access` the same as a code."""

    institution: str
    slug: str
    day: str
    kind: str
    held: str
    place: str
    standards: tuple[str, ...]
    outcome: str
    until: str
    access: str


def told(hearing: Hearing) -> Told:
    """What may be said of it. Of one in private, that it takes place and nothing else."""
    private = hearing.access == Hearing.Access.PRIVATE
    outcome = "" if private or not hearing.outcome else say(hearing.outcome)
    return Told(
        hearing.institution.name,
        hearing.institution.slug,
        long_day(hearing.day),
        say(str(hearing.kind)),
        say(str(hearing.access)),
        "" if private else hearing.place,
        () if private else tuple(say(STANDARDS[one - 1]) for one in hearing.standards),
        outcome,
        long_day(hearing.until) if outcome and hearing.until else "",
        str(hearing.access),
    )


def listed(institution: Institution | None = None) -> list[Told]:
    """The calendar as it stands today."""
    return [told(one) for one in access.hearings(institution)]


def news(institution: Institution | None = None) -> list[News]:
    """The calendar as news: a hearing when it is listed, an outcome when it is told."""
    found = []
    for hearing in access.hearings(institution):
        one = told(hearing)
        held = say("in public") if hearing.access == Hearing.Access.PUBLIC else one.held
        what = say("{name}: {kind} on {day}", name=one.institution, kind=one.kind, day=one.day)
        text = (
            say("It is held {how} at {place}.", how=held, place=one.place)
            if one.place
            else say("It is held {how}.", how=held)
        )
        page = f"{folder()}hearings/#h-{hearing.id}"
        found.append(News("hearing", hearing.listed, what, text, page))
        if one.outcome and hearing.outcome_day:
            said = say(
                "{name}: outcome of the {kind} of {day}", name=one.institution, kind=one.kind, day=one.day
            )
            until = say("This stands here until {day}.", day=one.until)
            text = f"{one.outcome[:1].upper()}{one.outcome[1:]}. {until}"
            found.append(News("outcome", hearing.outcome_day, said, text, page))
    return found


def feed(site: str, institution: Institution | None = None) -> Feed:
    """The calendar's feed, of all institutions or of one."""
    title = say("Hearings in public, and their outcomes")
    if institution is None:
        return Feed(site, f"{folder()}hearings/", title, tuple(news()))
    path = f"{folder()}hearings/{institution.slug}/"
    return Feed(site, path, f"{institution.name}: {title}", tuple(news(institution)))
