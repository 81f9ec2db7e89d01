"""What there is to tell of an institution now: its pages' feed, hearings, a review, and what is late."""

from __future__ import annotations

import datetime
import json
from typing import Any

from django.conf import settings
from django.utils import timezone

from upstander.publishing.feeds import Feed, News
from upstander.publishing.labels import long_day
from upstander.publishing.language import current, folder, say
from upstander.server.errors import Refusal
from upstander.server.institutions.models import Institution
from upstander.server.transparency import access, calendar
from upstander.server.transparency.models import Publication

GRACE = datetime.timedelta(minutes=30)  # after its moment, until what is not public counts as late


def late(institution: Institution | None = None) -> list[Publication]:
    """What was announced for a moment that has passed, and is not public."""
    found = access.announced().filter(moment__lt=timezone.now() - GRACE)
    return list(found.filter(institutions=institution).distinct() if institution else found)


def why_late(publication: Publication) -> str:
    """What it waits for, in a sentence."""
    if publication.state == Publication.State.ANNOUNCED:
        return say("Nothing has been handed in.")
    try:
        unsigned = [one.name for one in access.missing(publication)]
    except Refusal:
        unsigned = []
    if unsigned:
        return say("Nobody outside has signed for it yet: {names}.", names=", ".join(unsigned))
    return say("It is signed for, and has to be made anew before it can be public.")


def day_said(publication: Publication) -> str:
    """The day it was announced for."""
    return long_day(access.day_of(publication))


def news_of(institution: Institution, area: str = "") -> list[News]:
    """All of it, the newest first: what the feed of the institution, or of an area of it, says now."""
    return _sorted([*_figures_of(institution, area), *calendar.news(institution), *_beside(institution)])


def _sorted(found: list[News]) -> list[News]:
    return sorted(found, key=lambda one: one.day, reverse=True)


def _beside(institution: Institution) -> list[News]:
    """What the figures' own feed cannot know: a review, and what is late."""
    found, name = [], institution.name
    review = access.newest(institution.slug, Publication.Kind.REVIEW)
    if review is not None and review.cutoff is not None:
        found.append(
            News(
                "release",
                access.day_of(review),
                say("{name}: a review, data to {day}", name=name, day=long_day(review.cutoff)),
                say("What was found, how it was counted, and how far earlier recommendations are."),
                f"i/{institution.slug}/review/{folder()}",
            )
        )
    found += [
        News(
            "release",
            access.day_of(one),
            say("{name}: what was announced for {day} is not public", name=name, day=day_said(one)),
            why_late(one),
            f"{folder()}releases/",
        )
        for one in late(institution)
    ]
    return found


def feed_at(publication: Publication, path: str) -> Feed | None:
    """The feed of a folder of the site as it is now: what was published there, and what came since.

    None where the publication has no feed there. Raises Refusal.
    """
    try:
        title, told = _feed_of(publication, path)
    except LookupError:
        return None
    slug = path.split("/")[1] if path.startswith("i/") else ""
    about = [one for one in access.with_figures() if slug in ("", one.slug)]
    if not slug:
        told = [one for found in about for one in _figures_of(found)]
    more = [item for one in about for item in (*calendar.news(one), *_beside(one))]
    return Feed(f"{settings.ORIGIN}/public/", folder() + path, title, tuple(_sorted([*told, *more])))


def _figures_of(institution: Institution, area: str = "") -> list[News]:
    """What its own pages say; those of all of it where there is no such area any more."""
    publication, own = access.newest(institution.slug), f"i/{institution.slug}/"
    if publication is None:
        return []
    try:
        return _feed_of(publication, f"{own}areas/{area}/" if area else own)[1]
    except LookupError:
        return _feed_of(publication, own)[1]


def _feed_of(publication: Publication, path: str) -> tuple[str, list[News]]:
    """Title and items of a published feed, in the language that is spoken. Raises LookupError."""
    body = _body(publication, f"{folder()}{path}feed.json") or _body(publication, f"{path}feed.json")
    if body is None:
        raise LookupError(path)
    site = f"{settings.ORIGIN}/public/"
    return body["title"], [
        News(
            item["tags"][0],
            datetime.date.fromisoformat(item["date_published"][:10]),
            item["title"],
            item["content_text"],
            str(item["url"]).removeprefix(site),
            language=item.get("language", "" if body["language"] == current() else body["language"]),
        )
        for item in body["items"]
    ]


def _body(publication: Publication, name: str) -> dict[str, Any] | None:
    try:
        return dict(json.loads(access.file_of(publication, name)[0]))
    except Refusal as refusal:
        if refusal.type != "not-found":
            raise
        return None  # of a publication from before there was Welsh
