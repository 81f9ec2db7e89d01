"""Figures that others published about real records, made again from those records.

Read where they lie, never copied.
"""

from __future__ import annotations

import csv

import duckdb
import numpy as np
import pytest

from tests.measure.reference import shared
from upstander.measure import concentration, gaps, watch
from upstander.measure.estimate import Estimate
from upstander.measure.gaps import Group

RECIPE = """
CREATE TABLE rows AS
SELECT a.*, c.complaint_date, c.closed_date, o.race, o.gender
FROM accused a JOIN complaints c USING (cr_id) JOIN officers o USING (officer_id) JOIN categories k USING (complaint_code)
WHERE a.complaint_code IS NOT NULL AND c.complaint_date BETWEEN '2007-01-01' AND '2017-12-31'
  AND NOT c.officer_filed AND c.closed_date IS NOT NULL AND k.citizen_dept = 'CITIZEN'
"""


@pytest.fixture(scope="module")
def chicago() -> duckdb.DuckDBPyConnection:
    database = duckdb.connect()
    for name in ("accused", "complaints", "officers"):
        place = str(shared(f"chicago_{name}.parquet"))
        database.execute(f"CREATE VIEW {name} AS FROM read_parquet('{place}')")
    place = str(shared("chicago_complaint_categories.csv"))
    database.execute(f"CREATE VIEW categories AS FROM read_csv('{place}', all_varchar=true)")
    return database


@pytest.fixture(scope="module")
def counts(chicago: duckdb.DuckDBPyConnection) -> np.ndarray:
    chicago.execute(RECIPE)
    found = chicago.execute("SELECT count(*) FROM rows GROUP BY officer_id").fetchnumpy()
    return np.asarray(next(iter(found.values())))


def test_the_financial_times_tenths(counts: np.ndarray) -> None:
    # Financial Times, police misconduct complaints analysis (Chicago, 2007 to 2017).
    assert (counts.sum(), len(counts)) == (37_270, 9_275)
    assert concentration.tenths(counts) == [928, 928, 928, 1521, 1856, 2588, 3331, 4654, 6831, 13705]
    top = np.sort(counts)[-927:]
    assert round(100 * top.sum() / counts.sum(), 2) == 36.77
    assert np.median(top) == 13


def test_the_same_share_beside_chance(counts: np.ndarray) -> None:
    """The published top tenth is of those with a complaint at all.

    Identical officers would show much of it.
    """
    found = concentration.concentration(counts, np.ones(len(counts)))
    assert isinstance(found.seen, Estimate)
    assert isinstance(found.chance, Estimate)
    assert found.chance.value < found.seen.value
    assert found.chance.value > 0.15


def test_findings_as_published(chicago: duckdb.DuckDBPyConnection, counts: np.ndarray) -> None:
    rows = dict(chicago.execute("SELECT final_finding, count(*) FROM rows GROUP BY 1").fetchall())
    assert rows["SU"] == 490
    # One outcome is written in two ways.
    (none,) = chicago.execute(
        "SELECT count(*) FROM rows WHERE lower(final_outcome) = 'no action taken'"
    ).fetchall()[0]
    assert (none, round(100 * none / counts.sum(), 2)) == (34_172, 91.69)


def test_two_or_more_officers_in_almost_half(chicago: duckdb.DuckDBPyConnection) -> None:
    # Wood, Roithmayr and Papachristos (2019): "almost half" of complaints since 2000 name two or more
    # officers.
    (share,) = chicago.execute(
        "SELECT 100.0 * count(*) FILTER (n > 1) / count(*) FROM (SELECT cr_id, count(DISTINCT officer_id) n "
        "FROM accused JOIN complaints USING (cr_id) WHERE complaint_date >= '2000-01-01' GROUP BY cr_id)"
    ).fetchall()[0]
    assert 45 < share < 52


def test_the_iopc_s_national_means_are_weighted() -> None:
    # IOPC, police complaints statistics 2024/25: 60,031 cases at 22 days, 31,687 at 146 (138 without
    # suspension).
    with shared("iopc_2024_25_timeliness_by_force.csv").open(newline="", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if "total" not in row["force"].lower()]
    assert len(rows) == 44
    outside, under = "n_finalised_outside_sch3", "n_finalised_sch3"
    total = {name: sum(float(row[name] or 0) for row in rows) for name in (outside, under)}
    assert total == {outside: 60_031, under: 31_687}

    def weighted(value: str, weight: str) -> int:
        return round(sum(float(row[value] or 0) * float(row[weight] or 0) for row in rows) / total[weight])

    assert weighted("mean_days_outside_sch3", outside) == 22
    assert weighted("mean_days_sch3_inc_suspension", under) == 146
    assert weighted("mean_days_sch3_exc_suspension", under) == 138
    plain = sum(float(row["mean_days_sch3_inc_suspension"] or 0) for row in rows) / len(rows)
    assert round(plain) != 146


def test_the_iopc_s_shares_investigated() -> None:
    with shared("iopc_2024_25_table18_allegations_by_handling.csv").open(
        newline="", encoding="utf-8"
    ) as file:
        rows = {row["subcategory"]: row for row in csv.DictReader(file)}

    def share(part: str) -> int:
        (row,) = [row for name, row in rows.items() if part in name.lower()]
        found = gaps.share(Group(int(row["investigated_n"]), int(row["total_finalised_sch3"])))
        assert isinstance(found, Estimate)
        return round(100 * found.value)

    assert (share("use of force"), share("sexual purpose")) == (33, 74)


def test_counts_carry_over_less_than_they_promise(chicago: duckdb.DuckDBPyConnection) -> None:
    """Shrunken rates are calibrated in the next period where raw ones are not."""
    found = chicago.execute(
        "SELECT officer_id, count(*) FILTER (year(CAST(complaint_date AS DATE)) IN (2010, 2011)) AS before, "
        "count(*) FILTER (year(CAST(complaint_date AS DATE)) IN (2012, 2013)) AS later FROM accused JOIN "
        "complaints "
        "USING (cr_id) "
        "JOIN officers USING (officer_id) WHERE year(CAST(complaint_date AS DATE)) BETWEEN 2006 AND 2013 "
        "GROUP BY 1"
    ).fetchnumpy()
    before, later = np.asarray(found["before"]), np.asarray(found["later"])
    prior = watch.fit_prior(before, np.ones(len(before)))
    assert isinstance(prior, watch.Prior)
    raw, shrunk, after = watch.calibration(before, np.ones(len(before)), later, prior)[-1]
    assert abs(shrunk - after) < abs(raw - after)
    assert raw > 1.3 * after
