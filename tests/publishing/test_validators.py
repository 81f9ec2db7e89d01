"""What outsiders' tools say: pages read by a strict HTML parser, feeds by a reader's library and JSON Feed's own rules."""

from __future__ import annotations

import importlib.util
import json
import re
from datetime import datetime
from typing import Any

import pytest
from html5lib import HTMLParser
from html5lib.html5parser import ParseError

from tests.publishing.conftest import Published
from tests.publishing.test_languages import review_files  # noqa: F401  (the fixture)

LANGUAGE = re.compile(r"[a-z]{2}(?:-[A-Z]{2})?")
ITEM = {"id", "url", "title", "content_text", "date_published", "tags", "language"}  # JSON Feed 1.1, as used
TOP = {"version", "title", "home_page_url", "feed_url", "language", "items"}


def strict(data: bytes) -> None:
    """Raises ParseError at the first thing the HTML standard calls a parse error."""
    HTMLParser(strict=True).parse(data.decode())


def test_every_page_of_site_and_review_is_html_without_an_error(
    published: Published,
    review_files: dict[str, bytes],  # noqa: F811
) -> None:
    pages = [
        (name, data)
        for files in (published.files, review_files)
        for name, data in files.items()
        if name.endswith(".html")
    ]
    assert len(pages) > 80
    for name, data in pages:
        try:
            strict(data)
        except ParseError as error:  # pragma: no cover
            raise AssertionError(f"{name}: {error}") from error


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        ("</h1>", "</h2>"),
        ("<tbody>", "<tbody><p>"),
        ('id="main"', 'id="main" id="other"'),
        ("<!doctype html>", ""),
        ("</main>", ""),
    ],
)
def test_the_parser_sees_what_is_broken(published: Published, was: str, becomes: str) -> None:
    page = published.files["i/marlshire/handling/index.html"].decode()
    assert was in page
    with pytest.raises(ParseError):
        strict(page.replace(was, becomes, 1).encode())


def feeds(published: Published, ending: str) -> dict[str, bytes]:
    found = {name: data for name, data in published.files.items() if name.endswith(ending)}
    assert len(found) == 2 * 4  # in two languages: everything, the institution, two areas
    return found


def test_a_readers_library_finds_nothing_wrong_with_any_atom_feed(published: Published) -> None:
    if importlib.util.find_spec("feedparser") is None:
        pytest.skip("!! feedparser is not installed, so Atom feeds were not read with it. Run: make test")
    import feedparser

    for name, data in feeds(published, "feed.atom").items():
        read = feedparser.parse(data)
        assert not read.bozo, (name, read.get("bozo_exception"))
        assert read.version == "atom10"
        assert read.feed.language == ("cy" if name.startswith("cy/") else "en-GB")
        assert read.feed.updated == max(one.updated for one in read.entries)
        hrefs = {one.rel: one.href for one in read.feed.links}
        assert hrefs["self"] == published.site.address + name
        assert hrefs["alternate"] == published.site.address + name.removesuffix("feed.atom")
        for one in read.entries:
            assert one.title
            assert one.summary
            assert one.updated_parsed
            assert page_of(published, one.link)


def page_of(published: Published, link: str) -> bool:
    path = link.removeprefix(published.site.address).partition("#")[0]
    return f"{path}index.html" in published.files


def test_every_json_feed_keeps_the_rules_of_json_feed(published: Published) -> None:
    """https://www.jsonfeed.org/version/1.1/: what must be there, of which kind, and nothing it does not know."""
    for name, data in feeds(published, "feed.json").items():
        feed: dict[str, Any] = json.loads(data)
        assert set(feed) <= TOP
        assert feed["version"] == "https://jsonfeed.org/version/1.1"
        assert isinstance(feed["title"], str)
        assert feed["feed_url"] == published.site.address + name
        assert page_of(published, feed["home_page_url"])
        assert LANGUAGE.fullmatch(feed["language"])
        ids = [one["id"] for one in feed["items"]]
        assert len(set(ids)) == len(ids) > 0
        for one in feed["items"]:
            assert set(one) <= ITEM
            assert all(isinstance(one[key], str) for key in ITEM & set(one) - {"tags"})
            assert one["content_text"]
            assert page_of(published, one["url"])
            assert datetime.fromisoformat(one["date_published"]).tzinfo is not None
            assert LANGUAGE.fullmatch(one.get("language", "cy"))
            assert all(isinstance(tag, str) for tag in one["tags"])
