"""What the whole set says of extracts that are right in form and useless in substance: why there is no figure."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from upstander.measure.errors import ExtractError
from upstander.measure.estimate import Estimate, NotEstimable, Result, Span
from upstander.measure.extract import open_extract, write_extract
from upstander.measure.plan import Plan
from upstander.measure.standard import measure
from upstander.measure.standard.every import Findings
from upstander.measure.synthetic import Truth, invent

MADE = invent(staff=300, units=3, months=18, seed=4, truth=Truth(rate=0.15))
Tables = dict[str, pa.Table]


def all_alike(table: str, **values: Any) -> Tables:
    """A table of which columns hold one value only."""
    made = MADE.tables[table]
    for name, value in values.items():
        kind = made.schema.field(name).type
        kind = pa.string() if pa.types.is_dictionary(kind) else kind
        column = pa.array([value] * made.num_rows, kind)
        made = made.set_column(made.schema.get_field_index(name), name, column)
    return {table: made}


def nothing_in(*tables: str) -> Tables:
    return {name: MADE.tables[name].slice(0, 0) for name in tables}


def still_open() -> Tables:
    event = MADE.tables["event"]
    return {"event": event.filter(pc.not_equal(pc.cast(event["type"], pa.string()), "closed"))}


def found(folder: Path, changed: Tables) -> Findings:
    write_extract(folder, MADE.tables | changed, institution="Marlshire", cutoff=MADE.cutoff)
    return measure(open_extract(folder), replace(Plan(), lenient=0.0))


def results(findings: Findings) -> dict[tuple[str, ...], Result]:
    return {(backed.name, *row.labels): row.result for backed in findings.backed for row in backed.rows}


def adjusted(rows: Mapping[tuple[str, ...], Result], table: str) -> list[Result]:
    return [one for key, one in rows.items() if key[0] == table and "role, grade and unit" in key[2]]


CASES: dict[str, Tables] = {
    "no exposure": nothing_in("exposure"),
    "no time on duty": all_alike("exposure", duty_fte=0.0),
    "no reports": nothing_in("report", "involvement", "event"),
    "nobody linked": all_alike("involvement", pid=None, link_prob=None),
    "all still open": still_open(),
    "women only": all_alike("person", sex="female"),
    "nobody says": all_alike("person", sex="not_stated", ethnicity5="not_stated"),
    "one strand": all_alike("report", vawg=True),
    "one unit": {
        **all_alike("person", unit_id=0),
        **all_alike("exposure", unit_id=0),
        **all_alike("report", unit_id=0),
    },
    "no survey": nothing_in("survey"),
    "no staff totals": nothing_in("pop"),
    "no answers": all_alike("survey", bullied="not_stated", harassed="not_stated", sexism="not_stated"),
}
NOT_TOLD = {
    "no exposure": ["gaps_sex", "gaps_ethnicity5"],
    "no reports": ["gaps_sex", "gaps_ethnicity5", "times", "parity"],
    "nobody linked": ["gaps_sex", "gaps_ethnicity5", "escalation"],
    "women only": ["gaps_sex"],
    "nobody says": ["gaps_sex", "gaps_ethnicity5"],
    "one strand": ["parity"],
    "no answers": ["prevalence_bullied_1"],
}
"""Tables of which every row has to say that it cannot be told, but for what is only a bound."""
BOUND = "with those not stated"


@pytest.mark.parametrize("case", CASES)
def test_what_cannot_be_told_is_said_with_its_reason(tmp_path: Path, case: str) -> None:
    rows = results(found(tmp_path / "x", CASES[case]))
    for key, result in rows.items():
        if isinstance(result, NotEstimable):
            assert result.reason.endswith("."), (key, result)
        else:
            ends = (result.strict, result.lenient) if isinstance(result, Span) else (result,)
            assert all(isinstance(one, Estimate) and math.isfinite(one.value) for one in ends), (key, result)
    for table in NOT_TOLD.get(case, []):
        told = {key: one for key, one in rows.items() if key[0] == table and BOUND not in str(key)}
        assert all(isinstance(result, NotEstimable) for result in told.values()), told


def test_nobody_is_dropped_in_silence(tmp_path: Path) -> None:
    accounts = {one.what: one for one in found(tmp_path / "x", nothing_in("exposure")).accounts}
    assert accounts["people"].used == 0
    assert accounts["people"].reasons == {"without a month of service": 300}


def test_both_adjusted_ratios_are_there_where_they_can_be(tmp_path: Path) -> None:
    told = adjusted(results(found(tmp_path / "x", {})), "gaps_sex")
    methods = {result.method.split(" r")[0] for result in told if not isinstance(result, Span)}
    assert {"Mantel-Haenszel", "modified Poisson"} < methods
    assert any(one.startswith("E-value") for one in methods)
    assert any(isinstance(result, Estimate) for result in told)


@pytest.mark.parametrize("month", [0, -1])
def test_a_month_that_comes_twice_is_told(tmp_path: Path, month: int) -> None:
    """Also the last of a long service, in another word of bits than the first."""
    exposure = MADE.tables["exposure"]
    order = np.argsort(np.array(exposure["month"].to_pylist()))
    row = int(order[month])
    twice = pa.concat_tables([exposure, exposure.slice(row, 1)])
    write_extract(tmp_path / "x", MADE.tables | {"exposure": twice}, institution="M", cutoff=MADE.cutoff)
    with pytest.raises(ExtractError, match=r"exposure\.pid \+ month: 1 rows repeat another row's key"):
        open_extract(tmp_path / "x")


def test_months_of_strangers_and_outside_service_are_told(tmp_path: Path) -> None:
    exposure = MADE.tables["exposure"]
    strange = exposure.slice(0, 1).set_column(
        exposure.schema.get_field_index("pid"), "pid", pa.array([10**9], exposure.schema.field("pid").type)
    )
    tables = MADE.tables | {"exposure": pa.concat_tables([exposure, strange])}
    write_extract(tmp_path / "x", tables, institution="M", cutoff=MADE.cutoff)
    with pytest.raises(ExtractError, match=r"exposure\.pid: 1 rows name a person who is not in `person`"):
        open_extract(tmp_path / "x")
    late = all_alike("person", start=MADE.cutoff, end=None)
    write_extract(tmp_path / "y", MADE.tables | late, institution="M", cutoff=MADE.cutoff)
    with pytest.raises(ExtractError, match="months lie before the person's start or after her end"):
        open_extract(tmp_path / "y")
