"""The review: tagged, reproducible, whole, and beside the one before."""

from __future__ import annotations

import itertools
import json
import re
import zlib
from datetime import date
from pathlib import Path

import pytest

from tests.publishing.conftest import Published
from tests.publishing.test_site import read
from upstander.cli.main import main
from upstander.measure.disclosure import opened
from upstander.publishing.errors import PublishError
from upstander.publishing.register import read_register
from upstander.publishing.review import Review, read_review
from upstander.publishing.review_pages import build
from upstander.publishing.review_pdf import pdf

REGISTER = """\
kind = "upstander/register/v1"

[[recommendation]]
number = "1"
text = "Name an investigator from another force"
source = "Review of 2019"
day = 2019-03-01
due = 2021-03-01
progress = "done"
said = "Since May 2020, in every case"
independent = true

[[recommendation]]
number = "2"
text = "Tell every reporter what was found"
source = "Review of 2019"
day = 2019-03-01
due = 2021-06-01
progress = "under way"
"""
BEFORE = {
    "kind": "upstander/review/v1",
    "institution": "Marlshire Police",
    "to": "2019-12-31",
    "findings": [
        {"name": "parity", "finding": "We cannot tell whether they take longer."},
        {"name": "gone", "finding": "Nobody tells this any more."},
    ],
}


@pytest.fixture(scope="module")
def review(published: Published, tmp_path_factory: pytest.TempPathFactory) -> Review:
    path = tmp_path_factory.mktemp("register") / "register.toml"
    path.write_text(REGISTER, "utf-8")
    release = published.made.release
    return Review(
        release,
        date(2020, 1, 1),
        tuple(release.figures()),
        published.check,
        read_register(path),
        dict(BEFORE),
    )


@pytest.fixture(scope="module")
def files(review: Review, published: Published) -> dict[str, bytes]:
    return build(review, published.site.look, dict(published.site.assets), demonstration=True)


def streams(data: bytes) -> bytes:
    """Everything in the PDF that is packed, unpacked."""
    found = []
    for part in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", data, re.S):
        try:
            found.append(zlib.decompress(part))
        except zlib.error:
            found.append(part)
    return b"\n".join([data, *found])


def test_the_pdf_is_tagged_in_english_and_in_reading_order(files: dict[str, bytes]) -> None:
    data = streams(files["review.pdf"])
    assert b"/MarkInfo" in data
    assert re.search(rb"/Marked true", data)
    assert b"/StructTreeRoot" in data
    assert re.search(rb"/Lang ?\(en-GB\)", data)
    assert b"pdfuaid" in data
    assert b"DisplayDocTitle true" in data
    kinds = set(re.findall(rb"/S ?/(H1|H2|Table|TH|TD|L|LI|Figure|P|TOC|TOCI)\b", data))
    assert kinds >= {b"H1", b"H2", b"Table", b"TH", b"TD", b"L", b"Figure", b"P"}
    figures = len(re.findall(rb"/S ?/Figure\b", data))
    assert figures > 10
    assert len(re.findall(rb"/Alt ?[(<]", data)) >= figures  # every picture has its words


def objects(data: bytes) -> dict[int, bytes]:
    """The PDF's objects by their numbers."""
    return {int(name): body for name, body in re.findall(rb"(\d+) 0 obj\r?\n(.*?)\r?\nendobj", data, re.S)}


def read_aloud(data: bytes) -> tuple[list[bytes], list[tuple[int, int]]]:
    """As a screen reader goes through the tags: kinds of elements, and which piece of which page each speaks."""
    found = objects(data)
    kids = next(body for body in found.values() if re.match(rb"<</Type ?/Pages", body))
    pages = [int(one) for one in re.findall(rb"(\d+) 0 R", re.findall(rb"/Kids ?\[([^\]]*)\]", kids)[0])]
    kinds: list[bytes] = []
    spoken: list[tuple[int, int]] = []

    def go(body: bytes, page: int) -> None:
        kinds.extend(re.findall(rb"/S ?/(\w+)", body)[:1])
        if at := re.search(rb"/Pg (\d+) 0 R", re.sub(rb"<</Type ?/(?:MCR|OBJR).*?>>", b"", body)):
            page = int(at[1])
        inside = re.search(rb"/K ?(\[.*?\]|\d+ 0 R|\d+)", body, re.S)
        for part in re.findall(
            rb"<</Type ?/OBJR.*?>>|<</Type ?/MCR.*?>>|\d+ 0 R|\d+", inside[1] if inside else b""
        ):
            if part.endswith(b" 0 R"):
                go(found[int(part.split()[0])], page)
            elif b"/MCR" in part:
                where = re.search(rb"/Pg (\d+) 0 R", part)
                piece = re.search(rb"/MCID (\d+)", part)
                assert piece
                spoken.append((pages.index(int(where[1]) if where else page), int(piece[1])))
            elif part.isdigit():
                spoken.append((pages.index(page), int(part)))

    root = next(body for body in found.values() if b"/StructTreeRoot" in body[:40])
    go(root, 0)
    return kinds, spoken


@pytest.mark.parametrize("name", ["review.pdf", "cy/review.pdf"])
def test_a_screen_reader_reads_the_pdf_in_the_order_of_its_pages(files: dict[str, bytes], name: str) -> None:
    kinds, spoken = read_aloud(files[name])
    assert len(spoken) > 1000
    assert spoken == sorted(spoken)
    levels = [int(kind[1:]) for kind in kinds if re.fullmatch(rb"H\d", kind)]
    assert len(levels) > 40
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels)), "no level is left out"
    for outer, inner in ((b"Table", b"TR"), (b"L", b"LI"), (b"TR", b"TH")):
        assert kinds.count(outer) > 5
        assert kinds.count(inner) >= kinds.count(outer) if outer != b"TR" else inner in kinds


def test_the_same_release_gives_the_same_pdf(review: Review, files: dict[str, bytes]) -> None:
    assert pdf(review) == files["review.pdf"]


def test_every_table_and_figure_is_on_the_pages(review: Review, files: dict[str, bytes]) -> None:
    shown = b"".join(data for name, data in files.items() if name.endswith(".html")).decode()
    for figure in review.figures:
        assert figure.finding in shown
    for safe in review.release.publishable():
        name = opened(safe).name
        assert f"data/{name}.csv" in files
        drawn = [one.name for one in review.figures if opened(one.safe).name == name]
        assert any(f'id="{one}"' in shown for one in drawn) or f"tables/{name}/index.html" in files
    for name, data in files.items():
        if name.endswith(".html"):
            read(data)


def test_the_register_says_what_is_late_and_what_shows_it(files: dict[str, bytes]) -> None:
    page = files["index.html"].decode()
    assert "under way, late" in page
    assert "Since May 2020, in every case (seen by somebody outside)" in page


def test_the_review_before_stands_beside(review: Review, files: dict[str, bytes]) -> None:
    compared = {one.before: one.now for one in review.comparison()}
    assert compared["Nobody tells this any more."] == ""
    assert compared["We cannot tell whether they take longer."].startswith("Reports about violence")
    page = files["index.html"].decode()
    assert "Two numbers are no trend" in page
    kept = json.loads(files["review.json"])
    assert read_review(files["review.json"], "Marlshire Police") == kept
    assert {one["name"] for one in kept["findings"]} == {one.name for one in review.figures}


def test_text_cannot_become_markup_in_the_pdf(review: Review) -> None:
    from dataclasses import replace

    evil = '#panic() $x$ *bold* [x] \\ <a> "; #import "x"'
    hostile = replace(review.register[1], text=evil)
    assert pdf(replace(review, register=(hostile,)))[:5] == b"%PDF-"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "kind"),
        (REGISTER.replace('"under way"', '"soon"'), "progress"),
        (REGISTER.replace('number = "2"', 'number = "1"'), "same number"),
        (REGISTER.replace('said = "Since May 2020, in every case"\n', ""), "say what shows it"),
        (REGISTER + "x = 1\n", "no such entry"),
        ("[[", "not TOML"),
    ],
)
def test_a_register_that_does_not_hold_is_told(text: str, says: str, tmp_path: Path) -> None:
    path = tmp_path / "register.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(PublishError, match=says):
        read_register(path)


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b'{"kind":"upstander/review/v1","findings":1}'])
def test_what_is_no_review_is_told(data: bytes) -> None:
    with pytest.raises(PublishError, match=r"not the review\.json"):
        read_review(data, "Marlshire Police")
    with pytest.raises(PublishError, match="not of Wexhollow"):
        read_review(json.dumps(BEFORE).encode(), "Wexhollow Police")


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"--institution": "Wexhollow Police"}, "is of Marlshire Police"),
        ({"--to": "2021-12-30"}, "was cut on 2021-12-31"),
        ({"--from": "2021-01-01"}, "has reports from 2020"),
    ],
)
def test_a_period_that_is_not_the_extract_s_is_refused(
    published: Published,
    changed: dict[str, str],
    says: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("upstander.cli.publish.built_look", lambda: (published.site.look, {}))
    folder = published.town.folder
    given = {
        "--institution": "Marlshire Police", "--from": "2020-01-01", "--to": "2021-12-31",
        "--plan": str(folder / "plan.toml"), "--site": str(folder / "site.toml"), "--out": str(tmp_path / "out"),
    } | changed  # fmt: skip
    assert (
        main(["review", str(published.town.extract), *(word for pair in given.items() for word in pair)]) == 1
    )
    assert says in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
