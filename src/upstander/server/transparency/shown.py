"""Pages and feeds as they are shown now: as signed for, with what has come since said above them.

A page that was signed for cannot know that it was superseded, that what was announced did not come, or who
was published apart. So that is said when it is read. `?as=signed` gives the bytes that were signed for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from upstander.publishing.added import with_all, with_notice
from upstander.publishing.feeds import atom, json_feed
from upstander.publishing.labels import long_day
from upstander.publishing.language import folder, given, say
from upstander.publishing.markup import Html, el, join
from upstander.server.errors import Refusal
from upstander.server.institutions.models import Institution
from upstander.server.transparency import access, tidings
from upstander.server.transparency.models import Publication

OF = re.compile(r"(?:cy/)?i/([a-z0-9-]+)/")
CHECK = re.compile(r'href="(?:\.\./)+check/"')
Kind = Publication.Kind


def page(publication: Publication, path: str, data: bytes) -> bytes:
    """A page with its notices. `path` is its place in the publication, with the folder of its language."""
    of = OF.match(path)
    about = [one for one in access.measured(publication) if of is None or one.slug == of[1]]
    notice = join(*_superseded(publication, about), *_late(about))
    return with_notice(data.decode(), notice).encode()


def now(publication: Publication, path: str, data: bytes) -> bytes:
    """The same at an address that always has what is newest; the first page names every institution."""
    text = page(publication, path, data).decode()
    if path == f"{folder()}index.html":
        return with_all(text, _fronts()).encode()
    if publication != access.newest():  # the check that is about these pages, not the newest of all
        text = CHECK.sub(f'href="/public/releases/{publication.id}/{folder()}check/"', text)
    return text.encode()


def feed(publication: Publication, path: str) -> bytes | None:
    """A feed as it is now; None where this is no feed of the publication."""
    place, _, form = path.removeprefix(folder()).rpartition("feed.")
    found = tidings.feed_at(publication, place) if form in ("atom", "json") else None
    if found is None:
        return None
    return atom(found) if form == "atom" else json_feed(found)


def _fronts() -> dict[str, str]:
    """By institution, the first page of the newest publication about it, in the language that is spoken."""
    found = {}
    for one in access.with_figures():
        publication = access.newest(one.slug)
        if publication is None:
            continue
        try:
            found[one.slug] = access.file_of(publication, f"{folder()}index.html")[0].decode()
        except Refusal:  # of a publication from before there was Welsh
            found[one.slug] = access.file_of(publication, "index.html")[0].decode()
    return found


def _superseded(publication: Publication, about: list[Institution]) -> Iterator[Html]:
    """That there are newer ones, and what they put right. Nothing while one institution has no newer ones."""
    newer = [access.newest(one.slug, publication.kind) for one in about]
    if publication.state != Publication.State.PUBLISHED or not newer or publication in newer:
        return
    since = access.since(publication, about)
    said = (
        say("This is an earlier review. There has been a newer one since {day}.", day=_day(since[0]))
        if publication.kind == Kind.REVIEW
        else say("These are earlier figures. Newer ones have been public since {day}.", day=_day(since[0]))
    )
    slug = about[0].slug if len(about) == 1 else ""
    there = f"/public/{folder()}{f'i/{slug}/' if slug else ''}"
    if publication.kind == Kind.REVIEW:
        there = f"/public/i/{slug}/review/{folder()}"
    yield el(
        "section",
        el("p", el("strong", said), " ", el("a", say("See what is public now"), href=there)),
        *(
            el("p", say("Put right on {day}:", day=_day(one)), " ", given(one.reason))
            for one in since
            if one.reason
        ),
        el("p", el("a", say("The page without this notice, as it was signed for"), href="?as=signed")),
        class_="band late measure flow-s",
    )


def _late(about: list[Institution]) -> Iterator[Html]:
    """What was announced about these and did not come."""
    seen = {one.pk: one for institution in about for one in tidings.late(institution)}
    for one in seen.values():
        said = say("What was announced for {day} is not public.", day=tidings.day_said(one))
        link = el("a", say("All releases"), href=f"/public/{folder()}releases/")
        yield el("p", el("strong", said), " ", tidings.why_late(one), " ", link, class_="band late measure")


def _day(publication: Publication) -> str:
    return long_day(access.day_of(publication))
