"""Figures that others published about real records, made again from those records.

Read where they lie, never copied.
"""

from __future__ import annotations

import csv

import duckdb
import numpy as np
import pytest

from tests.measure.reference import shared
from upstander.measure import concentration, gaps, poisson, times, watch
from upstander.measure.estimate import Estimate, NotEstimable
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
        named = [row for name, row in rows.items() if part == name.lower()]
        (row,) = named or [row for name, row in rows.items() if part in name.lower()]
        found = gaps.share(Group(int(row["investigated_n"]), int(row["total_finalised_sch3"])))
        assert isinstance(found, Estimate)
        return round(100 * found.value)

    assert (share("use of force"), share("sexual purpose")) == (33, 74)
    assert (share("race"), share("sex")) == (28, 22)


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


def test_open_complaints_count_until_the_last_day(chicago: duckdb.DuckDBPyConnection) -> None:
    """3,124 complaints have no closing date: leaving them out makes the work look faster than it is."""
    last = "(SELECT max(closed_date)::DATE FROM complaints)"
    found = chicago.execute(
        f"SELECT date_diff('day', complaint_date::DATE, coalesce(closed_date::DATE, {last})) AS days, "
        "closed_date IS NOT NULL AS closed FROM complaints WHERE complaint_date IS NOT NULL"
    ).fetchnumpy()
    days, closed = np.asarray(found["days"]).astype(np.int64), np.asarray(found["closed"]).astype(bool)
    kept = days >= 0  # some were closed, by the record, before they came
    days, closed = days[kept], closed[kept]
    whole = times.restricted_mean(days, closed, 365)
    without = times.restricted_mean(days[closed], closed[closed], 365)
    assert isinstance(whole, Estimate) and isinstance(without, Estimate)
    assert (~closed).sum() > 3_000
    assert whole.lo > without.value


def test_two_ways_to_compare_within_unit_and_rank_agree(chicago: duckdb.DuckDBPyConnection) -> None:
    """Black officers beside white ones of the same unit and rank: a complaint in the ten years of the article."""
    found = chicago.execute(
        "SELECT race, current_unit::INTEGER AS unit, rank, count(*)::BIGINT AS n, "
        "count(*) FILTER (officer_id IN (SELECT officer_id FROM rows))::BIGINT AS events FROM officers "
        "WHERE race IN ('BLACK', 'WHITE') AND current_unit IS NOT NULL AND rank IS NOT NULL "
        "AND (resignation_date IS NULL OR resignation_date >= '2007-01-01') GROUP BY ALL ORDER BY ALL"
    ).fetchnumpy()
    first = np.asarray(found["race"]).astype(str) == "BLACK"
    n, events = (np.asarray(found[name]).astype(np.int64) for name in ("n", "events"))
    places = [
        np.unique(np.asarray(found[name]).astype(str), return_inverse=True)[1] for name in ("unit", "rank")
    ]
    cells: dict[tuple[int, ...], dict[bool, Group]] = {}
    for at, place in enumerate(zip(*places, strict=True)):
        cells.setdefault(place, {})[bool(first[at])] = Group(int(events[at]), int(n[at]))
    nobody = Group(0, 0)
    held = gaps.mantel_haenszel([(one.get(True, nobody), one.get(False, nobody)) for one in cells.values()])
    modelled = poisson.adjusted_risk_ratio(first, events, n, places)
    assert not isinstance(held, NotEstimable) and isinstance(held.risk_ratio, Estimate)
    assert isinstance(modelled, Estimate)
    assert modelled.value == pytest.approx(held.risk_ratio.value, rel=0.05)
    assert n.sum() > 10_000
