"""Units, changes and what is left unmeasured, as they reach the tables: with words, and what they do not mean."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from upstander.measure import gaps, words
from upstander.measure.disclosure import opened, release
from upstander.measure.disclosure.show import Backed
from upstander.measure.estimate import Estimate, NotEstimable
from upstander.measure.extract import Extract, open_extract, write_extract
from upstander.measure.plan import Plan
from upstander.measure.standard import Findings, measure, units
from upstander.measure.synthetic import Truth, invent

MADE = invent(staff=9_000, units=20, months=40, seed=8, truth=Truth(rate=0.01, units_spread=0.2))


@pytest.fixture(scope="module")
def extract(tmp_path_factory: pytest.TempPathFactory) -> Extract:
    """One unit has four times the reports that it would have had; a change of the calendar is in the middle."""
    report = MADE.tables["report"]
    of = np.array(report["unit_id"].to_pylist())
    share = np.random.default_rng(1).random(len(of)) < 0.1
    moved = np.where(share & (of != 3), 3, of)
    at = report.schema.get_field_index("unit_id")
    tables = MADE.tables | {"report": report.set_column(at, "unit_id", pa.array(moved))}
    folder = tmp_path_factory.mktemp("extract")
    write_extract(folder, tables, institution="Marlshire", cutoff=MADE.cutoff)
    return open_extract(folder)


@pytest.fixture(scope="module")
def findings(extract: Extract) -> Findings:
    return measure(extract, Plan())


def named(findings: Findings, name: str) -> Backed:
    (one,) = [one for one in findings.backed if one.name == name]
    return one


def test_an_outlying_unit_stands_with_its_shrunken_ratio(findings: Findings) -> None:
    held = named(findings, "units_outside")
    rows = {row.labels: row.result for row in held.rows}
    counted, shrunken = rows["3", "as counted"], rows["3", "shrunken"]
    assert isinstance(counted, Estimate)
    assert isinstance(shrunken, Estimate)
    assert 1 < shrunken.value < counted.value
    assert shrunken.unit == "ratio"
    assert {labels[0] for labels in rows} == {"3"}, "units that are not outside are not named"
    said = " ".join(finding for finding, _ in held.findings)
    assert "With chance taken out, nine in ten units lie between 0." in said
    assert any("no judgement of anybody" in note for note in held.notes)


@pytest.mark.parametrize(
    ("teams", "off_duty", "why"),
    [
        (3, (), "fewer than five units"),
        (20, (4,), "nobody is known to have been on duty"),
    ],
)
def test_why_units_cannot_be_told_apart_stands_in_the_place_of_their_ratios(
    tmp_path: Path, teams: int, off_duty: tuple[int, ...], why: str
) -> None:
    made = invent(staff=3_000, units=teams, months=24, seed=8, truth=Truth(rate=0.02))
    exposure = made.tables["exposure"]
    at = exposure.schema.get_field_index("duty_fte")
    there = [
        0.0 if unit in off_duty else fte
        for unit, fte in zip(exposure["unit_id"].to_pylist(), exposure["duty_fte"].to_pylist(), strict=True)
    ]
    exposure = exposure.set_column(
        at, exposure.schema.field(at), pa.array(there, exposure.schema.field(at).type)
    )
    write_extract(tmp_path / "x", made.tables | {"exposure": exposure}, institution="M", cutoff=made.cutoff)
    (backed,) = units.units(open_extract(tmp_path / "x"), Plan()).backed
    (row,) = backed.rows
    assert isinstance(row.result, NotEstimable) and why in row.result.reason


@pytest.mark.parametrize(
    ("expected", "low", "high"),
    [(15, 0.5596924, 1.649348), (20, 0.6108260, 1.544419), (30, 0.6746958, 1.427562)],
)
def test_exact_limits_are_those_that_are_printed(expected: int, low: float, high: float) -> None:
    """FunnelPlotR, tests/testthat/test-poisson_limits.R: 95 % limits of a unit that has what is expected of it."""
    found = units._standing(expected, float(expected))
    assert isinstance(found, Estimate)
    assert round(found.lo, 7) == low
    assert round(found.hi, 6) == high


def test_a_month_is_looked_for_and_called_exploratory(findings: Findings) -> None:
    held = named(findings, "change_search")
    assert held.title.startswith("Exploratory")
    (row,) = held.rows
    assert isinstance(row.result, Estimate)
    assert row.result.value > 1
    assert any(finding.startswith("The month that fits best is 2021-0") for finding, _ in held.findings)
    assert any("question, not a finding" in note for note in held.notes)


@pytest.mark.parametrize(
    ("when", "reason"),
    [
        (date(2031, 5, 1), "The change, 2031-05, is outside the months of the data, 2020-01 to 2023-04."),
        (None, ""),
    ],
)
def test_a_change_outside_the_data_is_told_and_not_dropped(
    extract: Extract, when: date | None, reason: str
) -> None:
    rows = named(measure(extract, Plan(change=when)), "change").rows
    assert len(rows) == 3
    for row in rows:
        assert isinstance(row.result, NotEstimable) == bool(reason)
        assert not reason or (isinstance(row.result, NotEstimable) and row.result.reason == reason)


def test_a_change_that_nobody_named_is_told_too(tmp_path: Path) -> None:
    small = invent(staff=900, units=6, months=26, seed=4, truth=Truth(rate=0.05))
    tables = {name: table for name, table in small.tables.items() if name != "calendar"}
    write_extract(tmp_path, tables, institution="Small", cutoff=small.cutoff)
    findings = measure(open_extract(tmp_path), replace(Plan(), lenient=0.0))
    table = opened(
        release("r", findings.tables, findings.backed, findings.accounts, ties=findings.ties).named("change")
    )
    assert all(
        words.row(table, row) == "We cannot tell: neither the plan nor the calendar names a change."
        for row in table.rows
    )


def test_e_values_stand_beside_adjusted_ratios(findings: Findings) -> None:
    """VanderWeele and Ding (2017), their worked example: a ratio of 3.9 (1.8 to 8.7) has 7.26, its limit 3.00."""
    held = gaps.explained_away(Estimate(3.9, 1.8, 8.7, 100, 100, "m", "ratio", events=20))
    assert isinstance(held, Estimate)
    assert (round(held.value, 2), round(held.lo, 2)) == (7.26, 3.0)
    below = gaps.explained_away(Estimate(1 / 3.9, 1 / 8.7, 1 / 1.8, 100, 100, "m", "ratio", events=20))
    assert isinstance(below, Estimate)
    assert (round(below.value, 2), round(below.lo, 2)) == (7.26, 3.0)
    assert isinstance(gaps.explained_away(Estimate(1.1, 0.9, 1.4, 9, 9, "m", "ratio")), NotEstimable)
    rows = named(findings, "gaps_ethnicity5").rows
    told = {row.labels: row.result for row in rows if "explained away" in row.labels[1]}
    assert {labels[3] for labels in told} == {"strict", "lenient", "range"}
    black = told["black", "reported, explained away, beyond role, grade and unit", "all", "lenient"]
    assert isinstance(black, Estimate)
    assert 1 < black.lo < black.value
    assert "as often with being reported" in words.sentence("E-value", black.value, black.lo, black.hi)
