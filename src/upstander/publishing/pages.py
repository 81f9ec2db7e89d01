"""The pages of the site as a whole: where to start, and how it is counted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from upstander.publishing.added import INSTITUTIONS, PLACES
from upstander.publishing.labels import long_day
from upstander.publishing.language import say
from upstander.publishing.markup import el, join
from upstander.publishing.page import Page
from upstander.publishing.pages_institution import spoken
from upstander.publishing.shared import LEAD, marks, not_shown, state

if TYPE_CHECKING:
    from upstander.publishing.site import Site

FRONT = "What was reported, and what was done"


def front(site: Site) -> Page:
    """All institutions and places, in the order of the alphabet."""
    releases = sorted(site.releases, key=lambda one: one.name)
    listed = el(
        "ul",
        *(
            el("li", el("a", one.name, href=one.path), ", ", say("data to {day}", day=long_day(one.cutoff)))
            for one in releases
        ),
        class_="dots",
        id=INSTITUTIONS,
    )
    places = sorted(
        (area.name, release.name, f"{release.path}areas/{area.slug}/")
        for release in releases
        for area in release.areas
    )
    found = (
        el(
            "section",
            el("h2", say("Find your area"), id="places"),
            el(
                "p",
                say(
                    "The list is on this page: what you look for is sent to nobody. To find a place, search "
                    "within the page."
                ),
            ),
            el(
                "ul",
                *(el("li", el("a", place, href=path), f" ({whose})") for place, whose, path in places),
                class_="dots",
                id=PLACES,
            ),
            class_="flow measure",
            aria_labelledby="places",
        )
        if places
        else None
    )
    body = join(
        el("h1", say(FRONT)),
        el("p", say(LEAD), class_="lead measure"),
        state(site.check, "check/"),
        el("h2", say("Institutions")),
        listed,
        found,
        not_shown(),
        el(
            "p",
            *(join(el("a", name, href=path), " · ") for name, path in _elsewhere(site)),
            el("a", say("News as a feed (Atom)"), href="feed.atom"),
            " · ",
            el("a", "JSON Feed", href="feed.json"),
            class_="small",
        ),
    )
    return Page("", say(FRONT), body)


def _elsewhere(site: Site) -> list[tuple[str, str]]:
    """Pages that Upstander's server has beside the published ones, where it is one that shows them."""
    found = [
        (say("Follow by e-mail"), spoken(site.follow)) if site.follow else None,
        (say("Hearings in public"), spoken(site.hearings)) if site.hearings else None,
        (say("All releases"), "releases/") if site.address.endswith("/public/") else None,
    ]
    return [one for one in found if one]


def how(site: Site) -> Page:
    """How we count, what is never shown, and what the marks mean."""
    never = (
        say("a person, a rank or a number that could be somebody's"),
        say("anything by day"),
        say("a live case"),
        say(
            "a small number, or one that could be worked out by subtraction, here or from an earlier release"
        ),
        say("what reports from one station or area are about"),
        say("retaliation in a unit"),
        say("an order of units, people or institutions from best to worst"),
        say("a percentage of fewer than 50 people"),
        say("an allegation called an offence"),
    )
    body = join(
        el("h1", say("How we count")),
        el(
            "p",
            say(
                "Names and words stay sealed. Codes and dates are counted, pass disclosure control, and "
                "only then reach a page."
            ),
            class_="lead measure",
        ),
        el("h2", say("What is never shown")),
        el("ul", *(el("li", one) for one in never), class_="dots measure"),
        el("h2", say("How sure a number is")),
        el(
            "p",
            say(
                "“Likely” means a 95 % interval. Where both directions fit the data, we say that we cannot "
                "tell; that is not the same as no difference. Many things are compared here, so a few will "
                "look different by chance."
            ),
            class_="measure",
        ),
        el("h2", say("Open reports")),
        el(
            "p",
            say(
                "Reports that are still open are counted for as long as they have been. A mean of closed "
                "ones only would look shorter than it is. People who leave before the end are counted by "
                "themselves."
            ),
            class_="measure",
        ),
        marks(),
    )
    return Page("how/", say("How we count"), body)
