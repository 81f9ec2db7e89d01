"""The whole site as files: index, a few pages an institution, areas, data, feeds, the check, how we count.

The same releases give the same bytes. Every page reads without scripts and fits into 60 KB; every address
stays: a later release takes the place of an earlier one, which is kept under its day.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from upstander.measure.disclosure import Published, Safe, opened
from upstander.publishing import downloads, pages, pages_check, pages_institution, told_people, told_reports
from upstander.publishing.beside import beside
from upstander.publishing.check import Check
from upstander.publishing.errors import PublishError
from upstander.publishing.feeds import Feed, News, atom, json_feed
from upstander.publishing.figures import Figure, Tables
from upstander.publishing.labels import long_day
from upstander.publishing.language import ENGLISH, LANGUAGES, current, folder, given, say, speaking
from upstander.publishing.manifest import KIND, SLUG
from upstander.publishing.markup import Html
from upstander.publishing.page import LINKS, Look, Page, render
from upstander.publishing.sharing import each

LARGEST = 60 * 1024  # bytes of a page


@dataclass(frozen=True, slots=True)
class Revision:
    """An earlier release, or a correction: its day, why (also in Welsh), and the address where it is kept."""

    day: date
    reason: str
    path: str = ""
    welsh: str = ""

    def said(self) -> Html | str:
        """Why, in the language that is spoken, or marked as English."""
        return self.welsh if self.welsh and current() != ENGLISH else given(self.reason)


@dataclass(frozen=True, slots=True)
class Area:
    """A place people look for. `safe` counts its reports by year; without it the area is only named.

    `row`: what its rows are called there, if not by its name.
    """

    slug: str
    name: str
    safe: Safe[Published] | None = None
    welsh: str = ""
    row: str = ""

    def spoken(self) -> Area:
        """The same under its name in the language that is spoken."""
        welsh = current() != ENGLISH and self.welsh
        return replace(self, name=self.welsh, row=self.row or self.name) if welsh else self


@dataclass(frozen=True, slots=True)
class Release:
    """One institution's release: what it is, what it was made from, and its tables."""

    slug: str
    name: str
    cutoff: date
    published: date
    standing: str
    extract: str  # SHA-256 of the extract's manifest
    tables: tuple[Safe[Published], ...]
    hidden: int
    width: int
    agreement: float | None = None
    areas: tuple[Area, ...] = ()
    revisions: tuple[Revision, ...] = ()
    signed_off: str = ""  # by which body, never by whom
    report: str = ""  # where to report
    news: tuple[News, ...] = field(default=())
    welsh: str = ""  # what it is called in Welsh

    def spoken(self) -> Release:
        """The same with the names of the language that is spoken."""
        name = self.welsh if self.welsh and current() != ENGLISH else self.name
        return replace(self, name=name, areas=tuple(one.spoken() for one in self.areas))

    def __post_init__(self) -> None:
        if not SLUG.fullmatch(self.slug) or any(not SLUG.fullmatch(one.slug) for one in self.areas):
            raise PublishError(
                f"{self.slug[:60]!r} and its areas need short names of small letters, digits and hyphens."
            )
        if self.published <= self.cutoff:
            raise PublishError(
                f"{self.name}: the day of publication must lie after the day the data were cut."
            )

    @property
    def path(self) -> str:
        """Its folder on the site."""
        return f"i/{self.slug}/"

    def figures(self) -> list[Figure]:
        """What there is to say."""
        tables = Tables(self.tables)
        return [*told_reports.all_of(tables), *told_people.all_of(tables)]

    def publishable(self) -> list[Safe[Published]]:
        """The tables that may be taken away."""
        return list(Tables(self.tables).by_name.values())


@dataclass(frozen=True, slots=True)
class Site:
    """All releases, the check against the log, and what every page says."""

    address: str  # where the site will live, with a slash at its end
    releases: tuple[Release, ...]
    look: Look
    assets: Mapping[str, bytes]
    check: Check | None = None
    log: str = ""  # address of the installation whose log it is held against
    demonstration: bool = False
    earlier: tuple[str, ...] = ()  # SHA-256 of every publication.json its history knows of
    follow: str = ""  # where to ask for news by e-mail
    hearings: str = ""  # where hearings are listed

    def __post_init__(self) -> None:
        slugs = [one.slug for one in self.releases]
        if not slugs or len(set(slugs)) != len(slugs):
            raise PublishError("A site needs institutions with different short names.")
        if not self.address.startswith(("https://", "http://")) or not self.address.endswith("/"):
            raise PublishError("The site's address begins with https:// and ends with a slash.")


def build(site: Site, tell: Callable[[str], None] = lambda _: None) -> dict[str, bytes]:
    """Every file of the site by its path, in both languages. Raises PublishError: a page is too large.

    Institutions are made side by side, one process a core: each is a matter of its own.
    """
    made: dict[str, bytes] = {f"assets/{name}": data for name, data in site.assets.items()}
    for files in each(site, _institution, len(site.releases), tell):
        made |= files
    for language in LANGUAGES:
        with speaking(language):
            made |= _whole(replace(site, releases=tuple(one.spoken() for one in site.releases)))
    made["publication.json"] = manifest(site, made)
    return made


def _whole(site: Site) -> dict[str, bytes]:
    """What belongs to no institution alone, in the language that is spoken."""
    made: dict[str, bytes] = {}
    for page in (pages.front(site), pages.how(site), pages_check.checked(site)):
        put(made, page, site.look, demonstration=site.demonstration)
    news = [one for release in site.releases for one in own_news(release)]
    return made | _feeds(site, "", say("Upstander: releases, hearings and learning"), news)


def _institution(site: Site, at: int) -> dict[str, bytes]:
    release = site.releases[at]
    cover = (
        f"{release.name}: figures published on {long_day(release.published)}",
        f"Data up to {long_day(release.cutoff)}.",
        f"Standing: {release.standing}.",
        f"Extract: {release.extract}.",
        "These are figures about an institution, not about any person.",
    )
    data = downloads.files(
        release.publishable(),
        cover,
        name=f"upstander-{release.slug}",
        published=release.published,
        against=beside(release.tables, site.check, alone=len(site.releases) == 1),
    )
    made = {f"{release.path}data/{name}": content for name, content in data.items()}
    for language in LANGUAGES:
        with speaking(language):
            made |= _spoken(site, release.spoken())
    return made


def _spoken(site: Site, release: Release) -> dict[str, bytes]:
    """The institution's pages and feeds in the language that is spoken."""
    made: dict[str, bytes] = {}
    for page in pages_institution.institution(site, release, release.figures()):
        put(made, page, site.look, demonstration=site.demonstration)
    own = own_news(release)
    made |= _feeds(site, release.path, say("{name}: releases, hearings and learning", name=release.name), own)
    for area in release.areas:
        title = say("{area}: its figures, and the news of {name}", area=area.name, name=release.name)
        made |= _feeds(site, f"{release.path}areas/{area.slug}/", title, [area_news(release, area), *own[1:]])
    return made


def area_news(release: Release, area: Area) -> News:
    """What an area's feed says of this release, instead of what its institution's says."""
    told = (
        say("How many reports came from {area}, year by year.", area=area.name)
        if area.safe
        else say("There are too few reports to tell of {area} by itself.", area=area.name)
    )
    rest = say(
        "Everything else is told of {name} as a whole: in a small place it would point at people.",
        name=release.name,
    )
    title = say("{area}: new figures, to {day}", area=area.name, day=long_day(release.cutoff))
    path = f"{folder()}{release.path}areas/{area.slug}/"
    return News("release", release.published, title, f"{told} {rest}", path)


def own_news(release: Release) -> list[News]:
    """What the institution's feed says: this release, its corrections, and what it was given."""
    first = News(
        "release",
        release.published,
        say("{name}: new figures, to {day}", name=release.name, day=long_day(release.cutoff)),
        say("What was reported, how fast it was answered, how it ended, and what staff say."),
        folder() + release.path,
    )
    put_right = say("{name}: figures put right", name=release.name)
    corrections = [
        News("correction", one.day, put_right, one.reason, f"{release.path}releases/", (put_right, one.welsh))
        if one.welsh
        else News("correction", one.day, put_right, one.reason, f"{release.path}releases/")
        for one in release.revisions
        if not one.path
    ]
    return [first, *(one.spoken() for one in (*corrections, *release.news))]


def _feeds(site: Site, path: str, title: str, news: Sequence[News]) -> dict[str, bytes]:
    feed = Feed(site.address, folder() + path, title, tuple(news))
    return {f"{feed.path}feed.atom": atom(feed), f"{feed.path}feed.json": json_feed(feed)}


def put(
    made: dict[str, bytes],
    page: Page,
    look: Look,
    *,
    demonstration: bool,
    links: Sequence[tuple[str, str]] = LINKS,
) -> None:
    """Draws the page and lays it where its language has its pages. Raises PublishError: it is too large."""
    data = render(page, look, demonstration=demonstration, links=links)
    if len(data) > LARGEST:
        raise PublishError(
            f"The page {folder()}{page.path or 'index'} has {len(data):,} bytes; {LARGEST:,} is the most."
        )
    made[f"{folder()}{page.path}index.html"] = data


def manifest(site: Site, made: Mapping[str, bytes], review: tuple[date, date] | None = None) -> bytes:
    """`publication.json`: what was published, of what, and every file's hash, for the check from outside.

    `review`: its first and last day, where it is no site but a review.
    """
    body = {
        "kind": KIND,
        "address": site.address,
        "log": site.log,
        "whole": site.check.whole if site.check else False,
        "checked": None
        if site.check is None
        else {
            "cutoff": site.check.cutoff,
            "limit": site.check.limit,
            "origin": site.check.origin,
            "size": site.check.size,
            "differing": len(site.check.differing),
        },
        "earlier": list(site.earlier),
        "institutions": [
            {
                "areas": [{"slug": area.slug, "name": area.name} for area in one.areas],
                "slug": one.slug,
                "name": one.name,
                "cutoff": one.cutoff.isoformat(),
                "published": one.published.isoformat(),
                "signed_off": one.signed_off,
                "extract": one.extract,
                "tables": sorted(opened(safe).name for safe in one.publishable()),
            }
            for one in site.releases
        ],
        **({"review": [day.isoformat() for day in review]} if review else {}),
        "files": {name: hashlib.sha256(data).hexdigest() for name, data in sorted(made.items())},
    }
    return (json.dumps(body, indent=1, ensure_ascii=False, sort_keys=True) + "\n").encode()
