"""Feeds of an institution, an area or everything: Atom (RFC 4287) and JSON Feed 1.1.

They tell of releases, hearings and what was learned; never of a report or a step.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal
from xml.sax.saxutils import escape, quoteattr

from upstander.publishing.errors import PublishError
from upstander.publishing.language import ENGLISH, current, folder

Kind = Literal["release", "hearing", "outcome", "learning", "correction"]


@dataclass(frozen=True, slots=True)
class News:
    """Something new, with the day it was made public and the page that says more, as a path on the site.

    `welsh`: title and text in Welsh, where there are any. `language`: of its words, if not the feed's.
    """

    kind: Kind
    day: date
    title: str
    text: str
    path: str
    welsh: tuple[str, str] | None = None
    language: str = ""

    def spoken(self) -> News:
        """The same in the language that is spoken, with the page of that language."""
        if current() == ENGLISH:
            return self
        title, text = self.welsh or (self.title, self.text)
        language = "" if self.welsh else ENGLISH
        return replace(self, title=title, text=text, path=folder() + self.path, language=language)

    def __post_init__(self) -> None:
        if not self.title or "\n" in self.title or self.path.startswith("/") or ".." in self.path:
            raise PublishError("News needs a title of one line and a page on this site.")


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed: `site` is the address the site lives at, `path` the page it belongs to."""

    site: str
    path: str
    title: str
    news: tuple[News, ...]

    def sorted(self) -> list[News]:
        """The newest first; of one day in the order of their pages, so that the bytes are always the same."""
        return sorted(self.news, key=lambda one: (-one.day.toordinal(), one.path, one.title))


def atom(feed: Feed) -> bytes:
    """The feed as Atom."""
    base = f"{feed.site.rstrip('/')}/"
    news = feed.sorted()
    updated = _moment(news[0].day) if news else "1970-01-01T00:00:00Z"
    parts = [
        '<?xml version="1.0" encoding="utf-8"?>\n'
        f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{current()}">',
        f"<title>{escape(feed.title)}</title>",
        f"<id>{escape(base + feed.path)}</id>",
        f"<updated>{updated}</updated>",
        f'<link rel="self" type="application/atom+xml" href={quoteattr(base + feed.path + "feed.atom")}/>',
        f"<link href={quoteattr(base + feed.path)}/>",
        "<author><name>Upstander</name></author>",
    ]
    for one in news:
        parts.append(
            f"<entry{_other(one)}><title>{escape(one.title)}</title><id>{escape(_id(base, one))}</id>"
            f"<updated>{_moment(one.day)}</updated><link href={quoteattr(base + one.path)}/>"
            f"<category term={quoteattr(one.kind)}/><summary>{escape(one.text)}</summary></entry>"
        )
    return ("\n".join([*parts, "</feed>"]) + "\n").encode()


def json_feed(feed: Feed) -> bytes:
    """The feed as JSON Feed 1.1."""
    base = f"{feed.site.rstrip('/')}/"
    body = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "home_page_url": base + feed.path,
        "feed_url": f"{base}{feed.path}feed.json",
        "language": current(),
        "items": [
            {
                "id": _id(base, one),
                "url": base + one.path,
                "title": one.title,
                "content_text": one.text,
                "date_published": _moment(one.day),
                "tags": [one.kind],
                **({"language": one.language} if one.language else {}),
            }
            for one in feed.sorted()
        ],
    }
    return (json.dumps(body, indent=1, ensure_ascii=False, sort_keys=True) + "\n").encode()


def _other(one: News) -> str:
    return f' xml:lang="{one.language}"' if one.language else ""


def _id(base: str, one: News) -> str:
    """Two things of one day and page are two; a page with a part of its own (`#`) keeps one `#`."""
    title = hashlib.sha256(one.title.encode()).hexdigest()[:8]
    mark = "/" if "#" in one.path else "#"
    return f"{base}{one.path}{mark}{one.kind}-{one.day.isoformat()}-{title}"


def _moment(day: date) -> str:
    return f"{day.isoformat()}T09:30:00Z"
