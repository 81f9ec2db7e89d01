"""The check against the log: whoever changes a figure, deletes a case or shifts a date is seen."""

from __future__ import annotations

import hashlib
import json
import shutil
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.ledger.logs import Host, TestLog, installation, serve
from tests.publishing.conftest import Published
from tests.publishing.town import leaves
from upstander.cli.main import main
from upstander.ledger.errors import LedgerError
from upstander.ledger.leaf import read_leaf
from upstander.measure.disclosure import opened, release
from upstander.measure.extract import open_extract, write_extract
from upstander.measure.plan import Plan
from upstander.measure.standard import handling, reports
from upstander.publishing.check import Check, Recount, claims_of, compare, summed
from upstander.publishing.files import write
from upstander.publishing.pages_check import checked

LIMIT = 28


def recount(entries: list[bytes], cutoff: date) -> Recount:
    found = Recount(cutoff, LIMIT)
    for index, entry in enumerate(entries):
        found(index, read_leaf(entry), b"")
    return found


def tables_of(published: Published) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    tables = published.town.made.tables
    return tables["report"].to_pylist(), tables["event"].to_pylist()


def compared(
    published: Published, cases: list[dict[str, Any]], events: list[dict[str, Any]]
) -> list[tuple[str, str, int | None, int | None]]:
    claims = claims_of([safe for safe in published.made.release.tables if opened(safe).name == "claims"])
    counted = recount(leaves(cases, events), published.made.release.cutoff).numbers()
    return [
        (one.period, one.what, one.published, one.log)
        for one in compare(claims, counted, whole=True)
        if one.verdict == "differs"
    ]


def test_an_honest_publication_agrees_with_its_log(published: Published) -> None:
    assert published.check.holds
    assert (
        len(published.check.compared) == 18
    )  # eight quarters and two years; those that end with the data are not due yet
    assert compared(published, *tables_of(published)) == []


def test_a_case_left_out_of_the_extract_shows(published: Published) -> None:
    """The log has a report that the institution did not count (seen from the log: one entry more)."""
    cases, events = tables_of(published)
    one = next(row for row in cases if row["channel"] == "inside")
    extra = {**one, "rid": "extra"}
    assert len(compared(published, [*cases, extra], events)) == 2  # its quarter and its year


def test_a_report_withheld_from_the_log_shows(published: Published) -> None:
    cases, events = tables_of(published)
    gone = next(row["rid"] for row in cases if row["channel"] == "outside")
    rest = [row for row in cases if row["rid"] != gone]
    assert compared(published, rest, [row for row in events if row["rid"] != gone])


def test_an_answer_dated_earlier_than_it_was_shows(published: Published) -> None:
    """The institution says it answered in time; the log has the day it did."""
    cases, events = tables_of(published)
    came = {row["rid"]: row["received"] for row in cases if row["channel"] == "inside"}
    at = next(
        place
        for place, row in enumerate(events)
        if row["type"] == "answered" and row["rid"] in came and (row["t"] - came[row["rid"]]).days <= LIMIT
    )
    late = {**events[at], "t": came[events[at]["rid"]] + timedelta(LIMIT + 1)}
    found = compared(published, cases, [*events[:at], late, *events[at + 1 :]])
    assert {what for _, what, _, _ in found} == {"answered in time"}
    assert all(said is not None and log is not None and said == log + 1 for _, _, said, log in found)


def test_a_report_moved_to_another_quarter_shows(published: Published) -> None:
    cases, events = tables_of(published)
    at = next(
        place for place, row in enumerate(cases) if row["channel"] == "inside" and row["received"].month == 3
    )
    moved = {**cases[at], "received": cases[at]["received"] + timedelta(40)}
    changed = [*cases[:at], moved, *cases[at + 1 :]]
    kept = [row for row in events if row["rid"] != moved["rid"]]
    found = {period for period, what, _, _ in compared(published, changed, kept) if what == "received"}
    assert len(found) == 2


def test_an_institution_that_takes_a_case_out_of_its_extract_is_seen_on_the_site(
    published: Published, tmp_path: Path
) -> None:
    """From the rows to the words on the page."""
    tables = dict(published.town.made.tables)
    gone = next(row["rid"] for row in tables["report"].to_pylist() if row["channel"] == "inside")
    for name in ("report", "involvement", "event"):
        mask = [one != gone for one in tables[name]["rid"].to_pylist()]
        tables[name] = tables[name].filter(pa.array(mask))
    write_extract(tmp_path, tables, institution="Marlshire Police", cutoff=published.town.made.cutoff)
    extract = open_extract(tmp_path)
    reports.prepare(extract)
    part = handling.logged(extract, Plan())
    made = release("without it", part.tables, part.backed)
    counted = recount(leaves(*tables_of(published)), published.town.made.cutoff)
    found = compare(claims_of([made.named("claims")]), counted.numbers(), whole=True)
    differing = [one for one in found if one.verdict == "differs"]
    assert {one.what for one in differing} >= {"received"}
    said = checked_page(Check(found, whole=True))
    assert "numbers differ from the public log" in said
    assert 'class="state late">differs<' in said


def checked_page(check: Check) -> str:
    class Site:
        address = "https://figures.example.org/"

    site = Site()
    site.check = check  # type: ignore[attr-defined]
    return str(checked(site).body)  # type: ignore[arg-type]


def test_a_hidden_number_has_none_of_the_log_beside_it() -> None:
    claims = {("2021 Q1", "received"): None, ("2021", "received"): 40}
    counted = {("2021 Q1", "received"): 3, ("2021", "received"): 40}
    found = compare(claims, counted, whole=True)
    assert [(one.period, one.published, one.log, one.verdict) for one in found] == [
        ("2021 Q1", None, None, "kept back"),
        ("2021", 40, 40, "agrees"),
    ]
    assert ">3<" not in checked_page(Check(found, whole=True))


def test_a_part_of_the_institutions_may_have_fewer_and_never_more() -> None:
    assert compare({("2021", "received"): 30}, {("2021", "received"): 40}, whole=False)[0].verdict == "agrees"
    assert (
        compare({("2021", "received"): 41}, {("2021", "received"): 40}, whole=False)[0].verdict == "differs"
    )


def test_a_quarter_nobody_speaks_of_shows() -> None:
    found = compare(
        {("2021", "received"): 7}, {("2021", "received"): 7, ("2021 Q2", "received"): 7}, whole=True
    )
    assert [one.verdict for one in found] == ["differs", "agrees"]


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["2021 Q1", "2021 Q2"]), st.just("received"), st.none() | st.integers(0, 50)
        )
    )
)
def test_one_hidden_number_hides_the_sum(rows: list[tuple[str, str, int | None]]) -> None:
    found = summed(rows)
    for (period, _), value in found.items():
        mine = [number for name, _, number in rows if name == period]
        assert value == (None if None in mine else sum(one for one in mine if one is not None))


def test_a_second_answer_is_no_second_chance() -> None:
    day = date(2021, 1, 5)
    one = [{"rid": 1, "channel": "inside", "received": day}]
    twice = [
        {"rid": 1, "type": "answered", "t": day},
        {"rid": 1, "type": "answered", "t": day + timedelta(1)},
    ]
    with pytest.raises(LedgerError, match="answered before"):
        recount(leaves(one, twice), day + timedelta(9))


@pytest.fixture
def outside(published: Published, tmp_path: Path) -> Path:
    write(tmp_path / "site", published.files)
    return tmp_path / "site"


def verify(site: Path, mirror: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    code = main(["verify", "publication", str(site), "--log", str(mirror)])
    said = capsys.readouterr()
    return code, said.out + said.err


def test_anybody_can_repeat_the_check(
    published: Published, outside: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, said = verify(outside, published.mirror, capsys)
    assert code == 0
    assert "18 published numbers are what the log gives" in said


def test_a_figure_changed_on_the_site_is_seen(
    published: Published, outside: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = outside / "i/marlshire/handling/index.html"
    path.write_bytes(path.read_bytes().replace(b"in 100", b"in 90", 1))
    code, said = verify(outside, published.mirror, capsys)
    assert code == 1
    assert "handling/index.html is not what was published" in said


def test_a_figure_changed_with_its_hash_is_seen_against_the_log(
    published: Published, outside: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = outside / "i/marlshire/data/claims.csv"
    lines = path.read_text().splitlines(keepends=True)
    at = next(place for place, line in enumerate(lines) if ",received," in line)
    cells = lines[at].split(",")
    cells[2] = str(int(cells[2]) - 1)
    lines[at] = ",".join(cells)
    path.write_text("".join(lines), newline="")
    manifest = json.loads((outside / "publication.json").read_text())
    manifest["files"]["i/marlshire/data/claims.csv"] = hashlib.sha256(path.read_bytes()).hexdigest()
    (outside / "publication.json").write_text(json.dumps(manifest))
    code, said = verify(outside, published.mirror, capsys)
    assert code == 1
    assert "1 of 18 numbers differ from the log" in said


def test_a_file_taken_away_is_seen(
    published: Published, outside: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (outside / "feed.atom").unlink()
    code, said = verify(outside, published.mirror, capsys)
    assert (code, "feed.atom is not there" in said) == (1, True)


def test_an_entry_changed_in_the_mirror_is_seen(
    published: Published, outside: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mirror = shutil.copytree(published.mirror, tmp_path / "mirror")
    bundle = next(path for path in (mirror / "1/tile/entries").rglob("*") if path.is_file())
    data = bundle.read_bytes()
    at = data.index(b'"day":"2020') + len(b'"day":"202')
    bundle.write_bytes(data[:at] + b"1" + data[at + 1 :])
    code, said = verify(outside, mirror, capsys)
    assert code == 1
    assert "DOES NOT HOLD" in said


@pytest.mark.parametrize(
    "content", ["", "{}", "[]", '{"kind":"upstander/publication/v1","files":{"../x":"1"},"institutions":[]}']
)
def test_what_is_no_publication_is_answered_plainly(
    content: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "publication.json").write_text(content)
    assert main(["verify", "publication", str(tmp_path)]) == 1
    assert "does not describe a publication" in capsys.readouterr().err


def test_a_log_forked_for_the_check_is_seen(
    published: Published, outside: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A second log under the same key with one report more: whoever has a mirror already sees the fork."""
    cases, events = tables_of(published)
    log = TestLog()
    log.append(leaves([*cases, {**cases[0], "rid": "extra", "channel": "inside"}], events))
    mirror = shutil.copytree(published.mirror, tmp_path / "mirror")
    with serve(Host([log], installation([log]))) as url:
        assert main(["mirror", url, str(mirror)]) == 1
    assert "DOES NOT HOLD" in capsys.readouterr().err


def test_a_kept_check_cannot_be_talked_into_holding(published: Published) -> None:
    assert not replace(published.check, problem="nobody looked").holds
    assert not replace(published.check, compared=()).holds
