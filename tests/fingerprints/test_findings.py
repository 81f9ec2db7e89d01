"""What a distance means, and what nobody may read into it."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fingerprints import making
from tests.fingerprints.pictures import scene
from upstander.fingerprints import colour, findings, sheet
from upstander.fingerprints.scan import Result
from upstander.formats import canonical

LEAD = findings.Lead(
    where=("/evidence/a.zip", "b \u202e#set text(red) $x$ .jpg"),
    sha256="0" * 64,
    size=123,
    modified="2026-11-23 21:04:09 UTC",
    picture=0,
    case=making.CASE,
    band="match",
    distance=4,
    quality=97,
    changed="mirrored, cropped by about 8 %",
    second="the colour layout agrees (3 of 128 bits differ)",
    sender="D. Marsh *bold*",
    sent="23/11/2026, 21:04:09",
    chat="_chat.txt",
    second_of_film=7,
)


@pytest.mark.parametrize(
    ("distance", "colours", "agreeing", "band"),
    [
        (0, 0, 1, "match"),
        (31, colour.NEAR, 1, "match"),
        (31, None, 7, "possible"),
        (0, colour.NEAR + 1, 7, "weak"),
        (32, 0, 7, "possible"),
        (40, None, 1, "possible"),
        (40, 128, 1, "weak"),
        (41, 0, 1, None),
        (60, 0, 2, "weak"),
        (60, None, 2, "weak"),
        (60, 128, 7, None),
        (61, 0, 7, None),
    ],
)
def test_bands(distance: int, colours: int | None, agreeing: int, band: str | None) -> None:
    assert findings.band(distance, colours, agreeing) == band


@given(st.integers(0, 256), st.none() | st.integers(0, 128), st.integers(1, 7))
def test_nothing_is_a_match_without_a_second_look(distance: int, colours: int | None, agreeing: int) -> None:
    if findings.band(distance, colours, agreeing) == "match":
        assert colours is not None
        assert colours <= colour.NEAR
        assert distance <= findings.MATCH


def test_in_words() -> None:
    assert findings.in_words("as it is", "", 0) == "as it is"
    assert findings.in_words("mirrored", "bars cut off", 8) == "mirrored, bars cut off, cropped by about 8 %"


def test_a_lead_comes_back_from_its_json() -> None:
    assert findings.lead_from_json(json.loads(json.dumps(LEAD.to_json()))) == LEAD


def value() -> dict[str, object]:
    result = Result(files=9, pictures=5, frames=6, other=3, plain=["/evidence/blank.png"], leads=[LEAD])
    result.unread = [("/evidence/x.pdf", "a PDF: not opened by this version")]
    result.set_aside = [(1, 60)]
    about = sheet.Circumstances(
        making.DEVICE, ("/evidence",), "1" * 64, datetime(2026, 11, 23, 21, 4, tzinfo=UTC)
    )
    return sheet.body(result, making.bank_of([scene(1)]), making.authority(), about, making.CASE)


def test_the_sheet_holds_no_fingerprint_and_says_what_it_is() -> None:
    text = canonical.encode(value()).decode()  # type: ignore[arg-type]
    for one in making.bank_of([scene(1)]).pictures[0].prints:
        assert one.hash.hex() not in text
        assert one.colour.hex() not in text
    assert "not evidence until confirmed by an accredited laboratory" in text
    assert making.authority().sha256 in text


def test_the_error_is_counted_for_this_bank_and_these_files() -> None:
    error = sheet.error(700, 10_000)
    assert error["asked"] == 700 * 10_000 * 24
    assert (
        float(error["by_chance"]["31"])
        < float(error["by_chance"]["40"])
        < float(error["by_chance"]["60"])
        < 1
    )
    assert "0.5%" in error["measured"]


def test_the_pdf_is_tagged_and_takes_names_as_they_are() -> None:
    made = sheet.pdf(value())
    assert made.startswith(b"%PDF-")
    assert b"/StructTreeRoot" in made
    assert b"/Lang" in made


def test_an_empty_sheet_says_that_nothing_was_found() -> None:
    about = sheet.Circumstances(making.DEVICE, ("/evidence",), "1" * 64, datetime(2026, 11, 23, tzinfo=UTC))
    empty = sheet.body(Result(), making.bank_of([scene(1)]), making.authority(), about, making.CASE)
    assert empty["leads"] == []
    assert sheet.pdf(empty).startswith(b"%PDF-")
