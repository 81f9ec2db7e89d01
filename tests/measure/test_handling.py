"""Steps, candour and claims of an extract, recounted from its rows one by one."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest

from upstander.measure.disclosure import Release, opened, release
from upstander.measure.extract import Extract, open_extract, write_extract
from upstander.measure.plan import Plan
from upstander.measure.standard import Findings, measure
from upstander.measure.synthetic import Institution, Truth, invent


@pytest.fixture(scope="module")
def made() -> Institution:
    return invent(staff=3000, units=6, months=24, seed=4, truth=Truth(rate=0.012), waves=2)


@pytest.fixture(scope="module")
def extract(made: Institution, tmp_path_factory: pytest.TempPathFactory) -> Extract:
    folder = tmp_path_factory.mktemp("extract")
    write_extract(folder, made.tables, institution="Marlshire", cutoff=made.cutoff)
    return open_extract(folder)


@pytest.fixture(scope="module")
def findings(extract: Extract) -> Findings:
    return measure(extract, Plan())


@pytest.fixture(scope="module")
def out(findings: Findings) -> Release:
    return release("first", findings.tables, findings.backed, findings.accounts, ties=findings.ties)


def quarter(day: object) -> str:
    text = str(day)
    return f"{text[:4]} Q{(int(text[5:7]) + 2) // 3}"


def test_claims_are_what_the_rows_say(made: Institution, out: Release) -> None:
    reports = made.tables["report"].to_pylist()
    events = made.tables["event"].to_pylist()
    answers = {row["rid"]: row["t"] for row in events if row["type"] == "answered"}
    through = [row for row in reports if row["channel"] in ("inside", "outside")]
    received = Counter(quarter(row["received"]) for row in through)
    soon = [
        row
        for row in through
        if row["rid"] in answers and answers[row["rid"]] - row["received"] <= timedelta(28)
    ]
    in_time = Counter(quarter(row["received"]) for row in soon)
    table = opened(out.named("claims"))
    said = {(str(row[0]), str(row[1])): row[2] for row in table.rows}
    shown = {key: value for key, value in said.items() if not isinstance(value, str)}
    assert len(shown) > 8
    assert ("2021 Q4", "answered in time") not in said  # not due yet when the data were cut
    for (period, what), value in shown.items():
        counts = received if what == "received" else in_time
        assert value == sum(count for at, count in counts.items() if at.startswith(period))


def test_shares_within_a_limit_lie_near_the_rows(made: Institution, out: Release) -> None:
    table = opened(out.named("in_time"))
    found = {(str(row[0]), str(row[1])): row for row in table.rows}
    events = made.tables["event"].to_pylist()
    answers = {row["rid"]: row["t"] for row in events if row["type"] == "answered"}
    for strand, vawg in (("vawg", True), ("other", False)):
        old = [
            row
            for row in made.tables["report"].to_pylist()
            if row["vawg"] is vawg and row["received"] < made.cutoff - timedelta(28)
        ]
        share = sum(
            row["rid"] in answers and answers[row["rid"]] - row["received"] <= timedelta(28) for row in old
        ) / len(old)
        row = found[strand, "answered within 28 days"]
        assert float(row[3]) - 0.01 <= share <= float(row[4]) + 0.01


def test_what_reporters_were_told_is_counted_by_year(made: Institution, findings: Findings) -> None:
    (table,) = [one for one in findings.tables if one.name == "candour_apologised"]
    events = made.tables["event"].to_pylist()
    sorry = {row["rid"] for row in events if row["type"] == "apologised"}
    closed = {row["rid"]: row["t"].year for row in events if row["type"] == "closed"}
    want = Counter((str(year), "yes" if rid in sorry else "no") for rid, year in closed.items())
    got = {
        (year, said): int(table.counts[at, to])
        for at, year in enumerate(table.dimensions[0].categories)
        for to, said in enumerate(("yes", "no"))
    }
    assert got == want


def test_a_change_between_waves_has_its_own_interval(out: Release) -> None:
    table = opened(out.named("waves_2"))
    rows = {str(row[0]): row for row in table.rows}
    change, low, high = (float(rows["bullied"][at]) for at in (1, 2, 3))
    assert low <= change <= high
    assert rows["bullied"][5] == "difference"
    waves = [opened(out.named(f"prevalence_bullied_{wave}")).rows[0] for wave in (1, 2)]
    assert change == pytest.approx(float(waves[1][2]) - float(waves[0][2]), abs=0.011)


def test_nobody_waits_for_an_answer_that_is_long_due(made: Institution, findings: Findings) -> None:
    (table,) = [one for one in findings.tables if one.name == "logged"]
    cutoff = made.cutoff - timedelta(28)
    last = quarter(cutoff)
    for one in table.structural:
        assert dict(one.place)["answer"] == "not yet due"
        assert dict(one.place)["quarter"] < last
    assert len(table.structural) > 5


def test_the_share_closed_in_time_rests_on_how_many_were(findings: Findings) -> None:
    (table,) = [one for one in findings.backed if one.name == "in_time"]
    rows = [row for row in table.rows if row.labels[1].startswith("closed")]
    assert len(rows) == 2
    assert all(
        ("standing", "closed in time") in [pair for one in row.cells for pair in one.place] for row in rows
    )
