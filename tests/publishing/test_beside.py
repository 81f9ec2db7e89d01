"""The log's number stands beside each figure that leaves prove, with a mark where they differ, and never beside a hidden one."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.publishing.conftest import Published
from tests.publishing.test_check import checked_page
from tests.publishing.test_site import read
from upstander.cli.main import main
from upstander.measure.disclosure import Cell, Dimension, Safe, Table, opened, release
from upstander.measure.disclosure import Published as Shown
from upstander.measure.disclosure.show import Backed, Row
from upstander.measure.estimate import Estimate
from upstander.measure.output.tidy import tidy_csv
from upstander.publishing import downloads, pages_check, pages_institution
from upstander.publishing.beside import AGREES, EVERY, LOG, Against, Beside, beside, columns
from upstander.publishing.check import Check, Compared, claims_of, compare
from upstander.publishing.files import write
from upstander.publishing.language import WELSH, speaking
from upstander.publishing.review import Review
from upstander.publishing.review_pages import build as build_review
from upstander.publishing.site import build

PERIODS = ("2021 Q1", "2021 Q2", "2021 Q3", "2021 Q4", "2021")


def said_of(numbers: dict[str, int]) -> Safe[Shown]:
    """A table `claims` of one institution: four quarters and their year, through disclosure control."""
    quarters = Dimension("quarter", PERIODS[:4])
    counts = [numbers[one] for one in PERIODS[:4]]
    table = Table("logged", "Reports", "r", (quarters,), np.array(counts))
    rows = tuple(
        Row(
            (period, "received"),
            Estimate(n, n, n, n, n, "counted", "count", events=n),
            (Cell("r", (("quarter", period),) if "Q" in period else ()),),
        )
        for period, n in numbers.items()
    )
    made = release("x", (table,), (Backed("claims", "What is said", ("period", "what"), rows),))
    return made.named("claims")


def wrong(published: Published) -> Published:
    """The same site where the log has one report more of one quarter and of its year than was published."""
    check = published.check
    off = {"2021 Q2", "2021"}
    changed = tuple(
        replace(one, log=one.log + 1, verdict="differs")
        if one.what == "received" and one.period in off and one.log is not None
        else one
        for one in check.compared
    )
    site = replace(published.site, check=replace(check, compared=changed))
    return replace(published, site=site, files=build(site))


def table_of(data: bytes, name: str) -> list[list[str]]:
    """The rows of the table under a figure, as text."""
    found = re.search(rf'<table><caption id="{name}-log">.*?</table>', data.decode(), re.S)
    assert found
    return [
        [re.sub(r"<[^>]+>", "", cell) for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row)]
        for row in re.findall(r"<tr>(.*?)</tr>", found[0], re.S)[1:]
    ]


@pytest.mark.parametrize(("topic", "name"), [("reports", "quarters"), ("handling", "in_time")])
def test_each_figure_that_leaves_prove_has_the_log_under_it(
    published: Published, topic: str, name: str
) -> None:
    data = published.files[f"i/marlshire/{topic}/index.html"]
    what = {"quarters": "received", "in_time": "answered in time"}[name]
    counted = {(one.period, one.what): one.log for one in published.check.compared}
    rows = table_of(data, name)
    years = [row for row in rows if row[0].startswith("All of")]
    assert len(rows) >= 8
    assert years
    for label, own, log, verdict in years:
        assert int(log.replace(",", "")) == counted[label.removeprefix("All of "), what]
        assert (own, verdict) == (log, "agrees")
    figure = data.decode().split(f'id="{name}"')[1].split("</figure>")[0]
    assert f'id="{name}-log"' in figure, "within the figure itself"


def test_where_they_differ_every_page_of_the_institution_says_so(published: Published) -> None:
    files = wrong(published).files
    rows = table_of(files["i/marlshire/reports/index.html"], "quarters")
    assert [row[0] for row in rows if row[-1] == "differs"] == ["April to June 2021", "All of 2021"]
    assert all(int(log) == int(own) + 1 for _, own, log, verdict in rows if verdict == "differs")
    assert 'class="state late">differs</strong>' in files["i/marlshire/reports/index.html"].decode()
    front = files["i/marlshire/index.html"].decode()
    assert 'class="state late">differs from the public log</strong>' in front, "beside the finding"
    assert re.search(r"in the public log: [\d,]+\. <strong class=\"state late\">differs", front), (
        "beside the number"
    )
    assert "2 numbers differ from the public log" in front
    handling = table_of(files["i/marlshire/handling/index.html"], "in_time")
    assert {row[-1] for row in handling} <= {"agrees", ""}
    cells = list(csv.DictReader(io.StringIO(files["i/marlshire/data/claims.csv"].decode())))
    off = {row["period"] for row in cells if row[AGREES] == "differs"}
    assert off == {"2021 Q2", "2021"}


def test_the_data_have_it_in_every_form(published: Published) -> None:
    import duckdb

    name = "i/marlshire/data/claims"
    rows = list(csv.DictReader(io.StringIO(published.files[f"{name}.csv"].decode())))
    counted = {(one.period, one.what): one for one in published.check.compared}
    assert len(rows) == len(counted)
    for row in rows:
        one = counted[row["period"], row["what"]]
        assert row[AGREES] == one.verdict
        if one.log is not None:
            assert (int(row["value"]), int(row[EVERY]), int(row[LOG])) == (one.log, one.log, one.log)
    path = published.town.folder / "claims.parquet"
    path.write_bytes(published.files[f"{name}.parquet"])
    got = duckdb.sql(f"SELECT {LOG}, {AGREES} FROM '{path}'").fetchall()
    assert [(int(log), held) for log, held in got if log is not None] == [
        (int(row[LOG]), row[AGREES]) for row in rows if row[LOG].isdigit()
    ]
    package = json.loads(published.files["i/marlshire/data/datapackage.json"])
    (mine,) = (one for one in package["resources"] if one["name"] == "claims")
    described = {one["name"]: one for one in mine["schema"]["fields"]}
    assert described[LOG]["type"] == "number"
    assert "does not say whose" in described[LOG]["description"]
    assert "not compared" in mine["schema"]["missingValues"]


def test_of_several_institutions_the_sum_stands_beside_each(published: Published) -> None:
    """The log does not say whose a report is; so the page does not say it either."""
    other = replace(published.made.release, slug="wexhollow", name="Wexhollow Police")
    twice = tuple(
        replace(one, published=2 * one.published, log=2 * one.log)
        if one.published is not None and one.log is not None
        else one
        for one in published.check.compared
    )
    site = replace(
        published.site,
        releases=(published.made.release, other),
        check=replace(published.check, compared=twice),
    )
    data = build(site)["i/wexhollow/reports/index.html"]
    rows = table_of(data, "quarters")
    assert all(
        2 * int(own) == int(every) == int(log) for _, own, every, log, verdict in rows if verdict == "agrees"
    )
    assert "for all institutions together" in " ".join(read(data).text)


def test_what_nobody_compared_says_so(published: Published) -> None:
    files = build(replace(published.site, check=None))
    rows = table_of(files["i/marlshire/reports/index.html"], "quarters")
    assert {row[-1] for row in rows} <= {"not compared", ""}
    assert {row[-2] for row in rows} <= {"", "[c]"}
    assert "not compared" in files["i/marlshire/data/claims.csv"].decode()
    assert "in the public log:" not in files["i/marlshire/index.html"].decode()


def test_a_quarter_that_is_not_told_stands_there_with_what_the_log_has() -> None:
    check = Check(
        compare({("2021", "received"): 7}, {("2021", "received"): 7, ("2021 Q2", "received"): 7}, whole=True),
        whole=True,
    )
    numbers = dict.fromkeys(PERIODS[:4], 20) | {"2021": 80}
    claims = said_of(numbers)
    mine = [one for one in beside((claims,), check, alone=True).rows if one.held == "differs"]
    assert [one.period for one in mine] == ["2021 Q2"]


@pytest.fixture
def outside(published: Published, tmp_path: Path) -> Path:
    write(tmp_path / "site", published.files)
    return tmp_path / "site"


def test_a_site_that_gives_the_logs_number_wrongly_is_seen_from_outside(
    published: Published, outside: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its own numbers are right; what it says of the log is not. Its manifest fits."""
    path = outside / "i/marlshire/data/claims.csv"
    rows = list(csv.reader(io.StringIO(path.read_text())))
    at = rows[0].index(LOG)
    line = next(row for row in rows if row[at].isdigit())
    line[at] = str(int(line[at]) + 3)
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    path.write_text(out.getvalue(), newline="")
    manifest = json.loads((outside / "publication.json").read_text())
    manifest["files"]["i/marlshire/data/claims.csv"] = hashlib.sha256(path.read_bytes()).hexdigest()
    (outside / "publication.json").write_text(json.dumps(manifest))
    assert main(["verify", "publication", str(outside), "--log", str(published.mirror)]) == 1
    said = capsys.readouterr()
    assert f"the site says the log has {line[at]}" in said.out
    assert "gives 1 numbers of the log wrongly" in said.err


quarter = st.integers(0, 40)


@settings(max_examples=40)
@given(st.lists(quarter, min_size=4, max_size=4), st.lists(quarter, min_size=4, max_size=4), st.booleans())
def test_no_number_of_the_log_stands_beside_a_hidden_one(
    mine: list[int], others: list[int], together: bool
) -> None:
    """Whatever two institutions have: where either keeps a number back, nothing stands beside it anywhere."""
    totals = [
        {**dict(zip(PERIODS[:4], numbers, strict=True)), "2021": sum(numbers)} for numbers in (mine, others)
    ]
    tables = [said_of(numbers) for numbers in totals]
    log = {(period, "received"): sum(one[period] for one in totals) for period in PERIODS}
    claims = claims_of(tables) if together else claims_of(tables[:1])
    check = Check(compare(claims, log, whole=together), together)
    for safe in tables if together else tables[:1]:
        against = beside((safe,), check, alone=not together)
        text = tidy_csv(safe, columns(safe, against))
        rows = {row["period"]: row for row in csv.DictReader(io.StringIO(text))}
        hidden = {period for (period, _), value in claims.items() if value is None}
        own = {period for period, row in rows.items() if not row["value"].isdigit()}
        assert own <= hidden
        for one in against.rows:
            if one.period in hidden:
                assert (one.every, one.log) == (None, None)
        assert {period for period, row in rows.items() if row[LOG] == "[c]"} == hidden
        found = pages_check.held("quarters", against)
        assert found is not None
        for row in found.rows:
            assert ("[c]" in row[1:]) == (row[-1] == "")
        missing = [one for one in PERIODS if not rows[one][LOG].isdigit()]
        if [one for one in missing if rows[one]["value"] == "[c]"]:  # [x] is not kept back, only not told
            assert len(missing) != 1, "one hidden number is what is left of its year"


def test_a_table_other_than_the_claims_has_nothing_beside_it(published: Published) -> None:
    against = beside(published.made.release.tables, published.check, alone=True)
    for safe in published.made.release.publishable():
        if opened(safe).name != "claims":
            assert columns(safe, against) == {}
            assert downloads.parquet(safe, columns(safe, against)) == downloads.parquet(safe)


def test_the_review_has_it_too_on_its_pages_and_on_paper(published: Published) -> None:
    one = published.made.release
    review = Review(one, date(2020, 1, 1), tuple(one.figures()), published.check)
    files = build_review(review, published.site.look, {}, demonstration=True)
    assert table_of(files["reports/index.html"], "quarters")[-1][-1] in ("agrees", "")
    assert LOG in files["data/claims.csv"].decode().splitlines()[0]
    from upstander.publishing.review_pdf import _said

    said = _said(review)
    logs = [figure["log"] for topic in said["topics"] for figure in topic["figures"] if figure["log"]]
    assert len(logs) == 2
    assert all(len(row) == len(log["head"]) for log in logs for row in log["rows"])


def test_it_is_told_in_welsh() -> None:
    rows = (
        Beside("2021", "received", 40, 60, 61, "differs"),
        Beside("2021", "answered in time", 9, None, None, "kept back"),
    )
    with speaking(WELSH):
        one = pages_check.held("quarters", Against(rows, alone=False, whole=False))
        assert one is not None
        assert one.rows == (("Y cyfan o 2021", "40", "60", "61", "yn wahanol"),)
        assert "Daeth drwy Upstander" in str(pages_check.newest("quarters", Against(rows)))
        assert "yn wahanol" in str(pages_institution._wrong(figure_named("quarters"), Against(rows)))


def figure_named(name: str) -> object:
    class Named:
        pass

    one = Named()
    one.name = name  # type: ignore[attr-defined]
    return one


def test_a_number_of_nobody_is_compared_with_nothing() -> None:
    assert beside((), Check((Compared("2021", "received", 1, 1, "agrees"),), True), alone=True).rows == ()


@settings(max_examples=60)
@given(
    st.dictionaries(st.sampled_from(PERIODS), st.integers(0, 9)),
    st.dictionaries(st.sampled_from(PERIODS), st.none() | st.integers(0, 9)),
)
def test_a_small_number_of_the_log_stands_nowhere_not_even_where_it_differs(
    log: dict[str, int], said: dict[str, int | None]
) -> None:
    """A quarter that nobody tells, or a number that was made larger, is marked, and gives no small count away."""
    claims = {(period, "received"): number for period, number in said.items()}
    found = compare(claims, {(period, "received"): number for period, number in log.items()}, whole=True)
    check = Check(found, whole=True)
    against = beside((said_of(dict.fromkeys(PERIODS[:4], 20) | {"2021": 80}),), check, alone=True)
    differing = {one.period for one in found if one.verdict == "differs"}
    assert {one.period for one in against.rows if one.held == "differs"} == differing
    for one in against.rows:
        assert {one.every, one.log}.isdisjoint({1, 2, 3, 4})
    page = re.sub(r"<[^>]+>", " ", checked_page(check)).split("Check it yourself")[0]
    cells = re.findall(r"(?<![\w,.])\d+(?![\w,.])", page.split("in the log", 2)[-1])
    assert {"1", "2", "3", "4"}.isdisjoint(cells)
