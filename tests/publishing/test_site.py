"""The whole site: it reads without scripts, every link leads somewhere, pages are small, bytes are the same."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import posixpath
import zipfile
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlsplit
from xml.etree import ElementTree

import pytest

from tests.publishing.conftest import Published
from upstander.measure.disclosure import opened
from upstander.publishing.errors import PublishError
from upstander.publishing.feeds import Feed, News, json_feed
from upstander.publishing.files import write
from upstander.publishing.page import Page, render
from upstander.publishing.settings import read_settings
from upstander.publishing.site import LARGEST, Release, Site, build

VOID = {"br", "col", "hr", "img", "input", "link", "meta"}
SHAPES = {"circle", "line", "path", "rect"}


class Reader(HTMLParser):
    """Reads a page strictly: every element closed in its turn, every id once."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.named: list[str] = []
        self.links: list[str] = []
        self.tags: set[str] = set()
        self.text: list[str] = []
        self.headings: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        given = dict(attrs)
        assert len(given) == len(attrs), f"an attribute twice on {tag}"
        assert not [name for name in given if name.startswith("on") or name == "style"]
        if given.get("id"):
            self.ids.append(str(given["id"]))
        for name in ("aria-labelledby", "aria-describedby"):
            self.named += (given.get(name) or "").split()
        for name in ("href", "src"):
            if name in given:
                self.links.append(str(given[name]))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in SHAPES, tag
        self.tags.add(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text.append(data)
        if self.open and self.open[-1] in ("h1", "h2"):
            self.headings.append(data)


def read(data: bytes) -> Reader:
    reader = Reader()
    reader.feed(data.decode())
    reader.close()
    assert reader.open == []
    return reader


def pages(files: dict[str, bytes]) -> dict[str, bytes]:
    return {name: data for name, data in files.items() if name.endswith(".html")}


def test_every_page_is_well_formed_and_needs_no_script(published: Published) -> None:
    found = pages(published.files)
    assert len(found) > 10
    for name, data in found.items():
        reader = read(data)
        assert len(set(reader.ids)) == len(reader.ids), name
        assert set(reader.named) <= set(reader.ids), name
        assert not reader.tags & {"script", "iframe", "form", "img"}, name
        language = b"cy" if name.startswith("cy/") else b"en-GB"
        assert data.startswith(b'<!doctype html>\n<html lang="%b">' % language)
        assert b"<h1" in data


def test_pages_are_small(published: Published) -> None:
    sizes = {name: len(data) for name, data in pages(published.files).items()}
    assert max(sizes.values()) < LARGEST
    with pytest.raises(PublishError, match="is the most"):
        build(Site(published.site.address, (bloated(published.made.release),), published.site.look, {}))


def bloated(release: Release) -> Release:
    from dataclasses import replace

    from upstander.publishing.site import Revision

    return replace(release, revisions=tuple(Revision(release.published, "x" * 400) for _ in range(200)))


def test_every_link_leads_somewhere_on_the_site(published: Published) -> None:
    ids = {name: set(read(data).ids) for name, data in pages(published.files).items()}
    looked = 0
    for name, data in pages(published.files).items():
        for link in read(data).links:
            parts = urlsplit(link)
            if parts.scheme:
                assert link == "https://speak.example.org/marlshire/"
                continue
            target = (
                posixpath.normpath(posixpath.join(posixpath.dirname(name), parts.path))
                if parts.path
                else name
            )
            if parts.path.endswith("/"):
                target = posixpath.normpath(f"{target}/index.html")
            assert not target.startswith(".."), (name, link)
            assert target in published.files, (name, link)
            if parts.fragment:
                assert parts.fragment in ids[target], (name, link)
            looked += 1
    assert looked > 100


def test_the_same_tables_give_the_same_bytes(published: Published) -> None:
    assert build(published.site) == published.files


def test_the_manifest_names_every_file(published: Published) -> None:
    body = json.loads(published.files["publication.json"])
    rest = {name: data for name, data in published.files.items() if name != "publication.json"}
    assert body["files"] == {name: hashlib.sha256(data).hexdigest() for name, data in rest.items()}


def test_titles_state_findings_and_words_say_the_interval(published: Published) -> None:
    for figure in published.made.release.figures():
        assert figure.finding.endswith(".")
        assert len(figure.finding) < 200
        assert figure.sub
    staff = read(published.files["i/marlshire/staff/index.html"])
    text = " ".join(staff.text)
    assert "in 100 staff say they were bullied" in text
    assert "people answered" in text  # response before any result
    assert text.index("people answered") < text.index("likely")


def test_feeds_are_valid_and_tell_of_no_report(published: Published) -> None:
    feeds = [name for name in published.files if name.endswith(("feed.atom", "feed.json"))]
    assert len(feeds) == 2 * 2 * 4  # in two languages: everything, the institution, two areas
    atom = "{http://www.w3.org/2005/Atom}"
    for name in feeds:
        data = published.files[name]
        if name.endswith(".json"):
            body = json.loads(data)
            assert body["version"] == "https://jsonfeed.org/version/1.1"
            items = [(item["id"], item["tags"]) for item in body["items"]]
        else:
            root = ElementTree.fromstring(data)
            assert root.tag == f"{atom}feed"
            assert {child.tag for child in root} >= {
                f"{atom}{one}" for one in ("title", "id", "updated", "author")
            }
            items = [
                (entry.findtext(f"{atom}id"), [one.get("term") for one in entry.iter(f"{atom}category")])
                for entry in root.iter(f"{atom}entry")
            ]
            assert all(
                entry.findtext(f"{atom}updated", "").endswith("T09:30:00Z")
                for entry in root.iter(f"{atom}entry")
            )
        assert len({one for one, _ in items}) == len(items) >= 3
        assert {tag for _, tags in items for tag in tags} <= {
            "release",
            "hearing",
            "outcome",
            "learning",
            "correction",
        }


def test_downloads_hold_the_same_numbers(published: Published) -> None:
    import duckdb

    folder = published.town.folder / "downloads"
    write(folder, {name: data for name, data in published.files.items() if "/data/" in name})
    data = folder / "i/marlshire/data"
    package = json.loads((data / "datapackage.json").read_text())
    assert {one["path"] for one in package["resources"]} == {path.name for path in data.glob("*.csv")}
    for one in package["resources"]:
        content = (data / one["path"]).read_bytes()
        assert one["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}"
        rows = list(csv.DictReader(io.StringIO(content.decode())))
        assert [field["name"] for field in one["schema"]["fields"]] == list(rows[0])
        parquet = (data / one["path"]).with_suffix(".parquet")
        table = duckdb.sql(f"SELECT * FROM '{parquet}'")
        assert len(table) == len(rows)
        for row, got in zip(rows, table.fetchall(), strict=True):
            here = dict(zip(table.columns, got, strict=True))
            for name, value in row.items():
                number = here[name]
                if isinstance(number, float):
                    assert float(value) == number
                else:
                    assert value.lstrip("'") == (here[f"{name}_mark"] if number is None else number)
    csvw = json.loads((data / "csv-metadata.json").read_text())
    assert {one["url"] for one in csvw["tables"]} == {path.name for path in data.glob("*.csv")}
    with zipfile.ZipFile(data / "tables.xlsx") as book:
        assert "xl/workbook.xml" in book.namelist()


def test_a_page_cannot_be_broken_out_of(published: Published) -> None:
    from upstander.publishing.markup import el

    evil = '<script>alert(1)</script>" onload="x'
    data = render(Page("a/", evil, el("p", evil, title=evil)), published.site.look, demonstration=False)
    assert b"<script" not in data
    assert b'onload="x"' not in data
    read(data)


def test_two_releases_are_never_mixed(published: Published, tmp_path: Path) -> None:
    write(tmp_path / "out", {"a/index.html": b"1"})
    with pytest.raises(PublishError, match="not empty"):
        write(tmp_path / "out", {"a/index.html": b"2"})
    assert (tmp_path / "out/a/index.html").read_bytes() == b"1"
    with pytest.raises(PublishError, match="no path"):
        write(tmp_path / "other", {"../a": b""})


def test_every_table_is_there_but_those_that_name_units(published: Published) -> None:
    names = {opened(safe).name for safe in published.made.release.tables}
    shown = {opened(safe).name for safe in published.made.release.publishable()}
    never = {"units", "units_outside"} | {name for name in names if name.endswith("_stratum")}
    assert names - shown == never & names
    assert "units" in names


def test_news_and_hearings_are_linked_where_there_are_any(published: Published) -> None:
    from dataclasses import replace

    page = published.files["i/marlshire/index.html"].decode()
    assert "Follow by e-mail" not in page
    linked = replace(
        published.site, follow="https://x.example.org/news/", hearings="https://x.example.org/hearings/"
    )
    page = build(linked)["i/marlshire/index.html"].decode()
    assert 'href="https://x.example.org/news/?for=marlshire"' in page
    assert 'href="https://x.example.org/hearings/"' in page


def test_what_was_learned_stands_on_the_page_and_not_only_in_feeds(published: Published) -> None:
    page = published.files["i/marlshire/index.html"].decode()
    assert "What was learned and changed" in page
    assert "What reporters want is now asked before an investigator is named" in page
    welsh = published.files["cy/i/marlshire/index.html"].decode()
    assert '<span lang="en-GB">What reporters want' in welsh


def test_two_things_learned_on_one_day_are_two_and_every_id_is_an_address() -> None:
    """A reader drops the second of two entries with one id; an address has one `#` at most (RFC 3986)."""
    day = date(2026, 3, 2)
    told = (
        News("learning", day, "One", "First.", "i/x/"),
        News("learning", day, "Two", "Second.", "i/x/"),
        News("hearing", day, "Three", "Third.", "hearings/#h-1"),
    )
    feed = Feed("https://a.example/", "i/x/", "T", told)
    found = [one["id"] for one in json.loads(json_feed(feed))["items"]]
    assert len(set(found)) == 3
    assert all(one.count("#") == 1 for one in found)


def test_an_outcome_cannot_be_put_into_a_release_that_stays(tmp_path: Path) -> None:
    path = tmp_path / "site.toml"
    item = '\n[[institution.news]]\nkind = "outcome"\nday = 2026-03-02\ntitle = "T"\ntext = "T"\n'
    head = 'kind = "upstander/site/v1"\naddress = "https://a.example/"\npublished = 2026-03-03\n'
    path.write_text(f'{head}[[institution]]\nname = "X"\n{item}', "utf-8")
    with pytest.raises(PublishError, match="has to go when its time is over"):
        read_settings(path)
