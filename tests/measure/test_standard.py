"""The whole set over an invented institution.

Its truth is found again, and nothing leaves but through the door.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from dataclasses import replace
from datetime import date
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pyarrow as pa
import pytest

from upstander.measure.disclosure import Release, opened, release
from upstander.measure.errors import MeasureError
from upstander.measure.estimate import Estimate
from upstander.measure.extract import Extract, open_extract, write_extract
from upstander.measure.output import Heading, write_all
from upstander.measure.plan import Plan
from upstander.measure.standard import Findings, answers, earlier, measure, populations
from upstander.measure.standard.ties import across
from upstander.measure.synthetic import Truth, invent

TRUTH = Truth(rate=0.008)


@pytest.fixture(scope="module")
def extract(tmp_path_factory: pytest.TempPathFactory) -> Extract:
    made = invent(staff=12_000, units=12, months=36, seed=5, truth=TRUTH)
    folder = tmp_path_factory.mktemp("extract")
    write_extract(folder, made.tables, institution="Marlshire", cutoff=made.cutoff)
    return open_extract(folder)


@pytest.fixture(scope="module")
def findings(extract: Extract) -> Findings:
    return measure(extract, Plan(lenient=0.0))


@pytest.fixture(scope="module")
def made(findings: Findings) -> Release:
    return release("first", findings.tables, findings.backed, findings.accounts, ties=findings.ties)


def result(findings: Findings, table: str, *labels: str) -> Estimate:
    (backed,) = [one for one in findings.backed if one.name == table]
    (row,) = [row for row in backed.rows if (*row.labels, *row.says)[: len(labels)] == labels]
    assert isinstance(row.result, Estimate)
    return row.result


def near(estimate: Estimate, truth: float) -> bool:
    """Within the interval, widened by half: a fixed draw is allowed its bad luck once in many."""
    reach = 0.5 * (estimate.hi - estimate.lo) / 2
    return estimate.lo - reach <= truth <= estimate.hi + reach


def test_the_truth_is_found_again(findings: Findings) -> None:
    for group, ratio in (("black", 1.8), ("asian", 1.5)):
        found = result(findings, "gaps_ethnicity5", group, "reported", "all", "lenient")
        assert (
            1 < found.value <= ratio * 1.15
        )  # people with two reports count once, so a little less than the rate's ratio
    women = result(findings, "prevalence_bullied_1", "sex", "female")
    men = result(findings, "prevalence_bullied_1", "sex", "male")
    assert near(women, TRUTH.bullied[0])
    assert near(men, TRUTH.bullied[1])
    assert result(findings, "parity", "all severities", "days open, VAWG less other", "worse").value > 0
    assert (
        result(findings, "parity", "all severities", "share with action, VAWG less other", "worse").value < 0
    )
    seen = result(findings, "concentration", "seen in the first period", "lenient").value
    chance = result(findings, "concentration", "what identical people would show", "lenient").value
    after = result(findings, "concentration", "held by the same people in the next period", "lenient").value
    assert seen > chance
    assert seen > after > 0.1


def test_every_row_is_accounted_for(findings: Findings, extract: Extract) -> None:
    assert all(one.used + sum(one.reasons.values()) == one.given for one in findings.accounts)
    given = {one.what: one.given for one in findings.accounts}
    assert given["people"] == extract.rows["person"]
    assert given["reports"] == extract.rows["report"]
    assert given["mentions of a subject"] == extract.rows["involvement"]


def test_hidden_numbers_stay_hidden(made: Release) -> None:
    assert made.hidden
    assert all(interval.width >= 5 for interval in made.intervals.values())
    for safe in made.tables:
        table = opened(safe)
        if table.shows == "counts":
            counts = [row[table.columns.index("count")] for row in table.rows]
            assert all(one == "[c]" or (isinstance(one, int) and one % 5 == 0) for one in counts)


def test_the_files_hold_what_they_should(made: Release, tmp_path: Path) -> None:
    files = write_all(tmp_path / "out", Heading("Marlshire", ("exploratory",)), made.tables)
    assert {"report.md", "tables.xlsx", "tables/parity.csv", "figures/concentration.svg"} <= set(files)
    for safe in made.tables:
        table = opened(safe)
        rows = list(
            csv.reader((tmp_path / f"out/tables/{table.name}.csv").open(newline="", encoding="utf-8"))
        )
        assert tuple(rows[0]) == table.columns
        assert len(rows) == len(table.rows) + 1
    page = (tmp_path / "out/report.md").read_text("utf-8")
    assert "We cannot tell" in page
    assert not re.search(r"\bnan\b|\binf\b|NotEstimable", page)
    for name in re.findall(r"\]\(([^)]+)\)", page):
        assert (tmp_path / "out" / name).is_file(), name
    with pytest.raises(MeasureError, match="not empty"):
        write_all(tmp_path / "out", Heading("Marlshire", ()), made.tables)
    assert not (tmp_path / "out.part").exists()


def test_charts_are_pictures_with_words(made: Release, tmp_path: Path) -> None:
    write_all(tmp_path / "out", Heading("Marlshire", ()), made.tables)
    drawn = list((tmp_path / "out/figures").glob("*.svg"))
    assert len(drawn) >= 5
    for path in drawn:
        root = ElementTree.fromstring(path.read_text("utf-8"))
        assert root.get("role") == "img"
        space = "{http://www.w3.org/2000/svg}"
        title, alt = root.find(f"{space}title"), root.find(f"{space}desc")
        assert title is not None
        assert alt is not None
        assert title.text
        assert len(alt.text or "") > len(title.text)
        assert not root.findall(f".//{space}script")


def test_the_workbook_follows_the_rules(made: Release, tmp_path: Path) -> None:
    write_all(tmp_path / "out", Heading("Marlshire", ("exploratory",)), made.tables)
    with zipfile.ZipFile(io.BytesIO((tmp_path / "out/tables.xlsx").read_bytes())) as book:
        names = book.namelist()
        sheets = re.findall(r'<sheet name="([^"]+)"', book.read("xl/workbook.xml").decode())
        every = "".join(book.read(name).decode() for name in names if name.startswith("xl/worksheets/sheet"))
    assert sheets[:3] == ["Cover", "Contents", "Notes"]
    assert len(sheets) == len(made.tables) + 3
    assert sum(name.startswith("xl/tables/") for name in names) == len(made.tables) + 1
    assert "mergeCell" not in every
    assert 'hidden="1"' not in every


def test_a_year_later_is_judged_with_the_year_before(made: Release, tmp_path: Path) -> None:
    later = invent(staff=12_000, units=12, months=36, seed=5, truth=TRUTH)
    event = later.tables["event"]
    tables = later.tables | {"event": event.slice(0, event.num_rows - 3)}
    write_extract(tmp_path, tables, institution="Marlshire", cutoff=date(2023, 1, 31))
    extract = open_extract(tmp_path)
    findings = measure(extract, Plan(lenient=0.0))
    grows = [(one, other) for one in populations(findings.tables) for other in earlier(one, made.past)]
    assert len(grows) == len(populations(findings.tables))
    again = release(
        "second",
        findings.tables,
        findings.backed,
        findings.accounts,
        past=made.past,
        grows=grows,
        ties=findings.ties,
    )
    assert len(again.past.names) == 2
    other = replace(findings.tables[0], population="others", structural=frozenset(), told=frozenset())
    with pytest.raises(MeasureError, match="already"):
        release("second", [other], past=again.past)


def test_what_silence_could_hide_rests_on_how_many_said_yes(findings: Findings) -> None:
    """From a bound and the number invited, which is public, the yeses follow: they must not be hidden elsewhere."""
    (bounds,) = [one for one in findings.backed if one.name == "response_bounds_1"]
    items = {pair for row in bounds.rows for one in row.cells for pair in one.place if pair[0] != "answered"}
    assert items == {("bullied", "yes"), ("harassed", "yes")}


def changed_to(values: pa.ChunkedArray, new: str, where: np.ndarray) -> pa.DictionaryArray:
    old = np.array(values.cast(pa.string()).to_pylist(), dtype=object)
    old[where] = new
    return pa.array(old.tolist(), pa.string()).dictionary_encode().cast(values.type)


def test_nobody_saying_yes_in_one_wave_does_not_stop_the_release(tmp_path: Path) -> None:
    small = invent(staff=900, units=2, months=26, seed=4, truth=Truth(rate=0.02), waves=2)
    survey = small.tables["survey"]
    first = np.array(survey["wave"].to_pylist()) == 1
    at = survey.schema.get_field_index("retaliation")
    said = changed_to(survey["retaliation"], "no", first)
    tables = small.tables | {"survey": survey.set_column(at, "retaliation", said)}
    write_extract(tmp_path, tables, institution="Small", cutoff=small.cutoff)
    part = answers.answers(open_extract(tmp_path), Plan(items=("retaliation", "bullied"), survey_by=("sex",)))
    made = release("r", part.tables, part.backed, part.accounts)
    rows = {row[0]: row[1] for row in opened(made.named("waves_2")).rows}
    assert rows["retaliation"] == "[z]"
    assert isinstance(rows["bullied"], float)


def test_a_report_that_mentions_somebody_twice_is_one_report(tmp_path: Path) -> None:
    small = invent(staff=900, units=2, months=26, seed=4, truth=Truth(rate=0.05))
    mentions = small.tables["involvement"]
    again = mentions.set_column(
        mentions.schema.get_field_index("mention_id"),
        "mention_id",
        pa.array(np.arange(mentions.num_rows) + mentions.num_rows),
    )
    seen = []
    for name, involvement in (("once", mentions), ("twice", pa.concat_tables([mentions, again]))):
        folder = tmp_path / name
        write_extract(
            folder, small.tables | {"involvement": involvement}, institution="Small", cutoff=small.cutoff
        )
        findings = measure(open_extract(folder), Plan(lenient=0.0))
        tables = [one for one in findings.tables if one.name.startswith("repeat_subjects")]
        accounts = [one for one in findings.accounts if one.what.startswith("reports about a person")]
        seen.append(([one.counts.tolist() for one in tables], [one.given for one in accounts]))
    assert seen[0] == seen[1]
    strict, lenient = seen[0][0]
    assert strict[0] > lenient[0], "what rests on links is shown for both"
    assert strict[-1] < lenient[-1]


@pytest.mark.parametrize("rows", [0, 1, 10])
def test_tiny_extracts_are_answered(tmp_path: Path, rows: int) -> None:
    small = invent(staff=10, units=2, months=13, seed=2, truth=Truth(rate=0.2))
    kept = dict(small.tables)
    if rows < 10:
        person = kept["person"].slice(0, rows)
        kept["person"] = person
        keep = set(person["pid"].to_pylist())
        for name in ("exposure",):
            mask = np.array([one in keep for one in kept[name]["pid"].to_pylist()], dtype=bool)
            kept[name] = kept[name].filter(mask)
        for name in ("report", "involvement", "event", "survey", "pop"):
            kept[name] = kept[name].slice(0, 0)
    write_extract(tmp_path, kept, institution="Small", cutoff=small.cutoff)
    findings = measure(open_extract(tmp_path), replace(Plan(), lenient=0.0))
    made = release("r", findings.tables, findings.backed, findings.accounts, ties=findings.ties)
    for safe in made.tables:
        table = opened(safe)
        if table.shows == "estimates":
            assert all(isinstance(row[table.columns.index("value")], str) for row in table.rows)


def test_people_who_do_not_say_their_group_do_not_stop_the_weighting() -> None:
    """A quarter did not say: they count as a quarter of all, and the others are weighted to the rest."""
    known = {"female": 300.0, "male": 600.0, "not_stated": 100.0}
    said = np.array(["female"] * 30 + ["male"] * 30 + ["not_stated"] * 20, dtype=object)
    totals = answers._spread(known, said, np.ones(80))
    assert totals == pytest.approx({"female": 250.0, "male": 500.0, "not_stated": 250.0})
    nobody = answers._spread(known, said[:60], np.ones(60))
    assert nobody == pytest.approx({"female": 1000 / 3, "male": 2000 / 3, "not_stated": 0.0})
    assert answers._spread({"not_stated": 9.0}, said, np.ones(80)) == {"not_stated": 9.0}


def test_a_share_does_not_say_how_few_left_a_question_blank(tmp_path: Path) -> None:
    """It is of those who answered: with its base it gives their number, and then the others' who did not."""
    made = invent(staff=6_000, units=3, months=14, seed=3, truth=Truth(rate=0.01))
    write_extract(tmp_path, made.tables, institution="M", cutoff=made.cutoff)
    part = answers.answers(open_extract(tmp_path), Plan())
    of = next(one.population for one in part.tables if one.name.startswith("answers_bullied_sex"))
    blank = {
        c
        for one in part.tables
        for c, n in one.cells.items()
        if 0 < n < 10 and ("bullied", "not_stated") in c.place
    }
    assert blank, "somewhere a few left it blank"
    out = release("r", part.tables, part.backed, ties=across(part.tables))
    (backed,) = [one for one in part.backed if one.name == "prevalence_bullied_1"]
    shown = {row[:2] for row in opened(out.named("prevalence_bullied_1")).rows if row[2] != "[c]"}
    assert shown
    for row in backed.rows:
        few = {c for c in blank if row.labels in c.place}
        assert not few or row.labels not in shown, row.labels
        assert any(("bullied", "no") in one.place for one in row.cells)
    assert all(one.population == of for one in blank)
