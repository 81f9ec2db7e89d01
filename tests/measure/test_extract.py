"""The extract: what a good one gives back, and what a bad one is told."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from upstander.measure.account import Account
from upstander.measure.errors import ExtractError, MeasureError
from upstander.measure.extract import open_extract, write_extract
from upstander.measure.synthetic import Truth, invent

SMALL = invent(staff=300, units=4, months=24, truth=Truth(rate=0.05))


def written(folder: Path, **changes: pa.Table) -> Path:
    write_extract(
        folder, SMALL.tables | changes, institution="Marlshire", cutoff=SMALL.cutoff, coder_agreement=0.8
    )
    return folder


def changed(table: str, column: str, values: Any, row: int = 2) -> dict[str, pa.Table]:
    """The table with one value of a column changed."""
    old = SMALL.tables[table]
    at = old.schema.names.index(column)
    kept = old.column(column).to_pylist()
    kept[row] = values
    kind = old.schema.field(at).type
    kind = pa.string() if pa.types.is_dictionary(kind) or (isinstance(values, str)) else kind
    if pa.types.is_string(kind):
        kept = [one if one is None else str(one) for one in kept]
    return {table: old.set_column(at, column, pa.array(kept, kind))}


def test_a_good_extract_opens_with_its_counts(tmp_path: Path) -> None:
    extract = open_extract(written(tmp_path))
    assert extract.rows == {name: table.num_rows for name, table in SMALL.tables.items()}
    for name, count in extract.rows.items():
        assert extract.database.execute(f"SELECT count(*) FROM {name}").fetchall() == [(count,)]
    assert extract.cutoff == date(2021, 12, 31)


@pytest.mark.parametrize(
    ("table", "column", "value", "said"),
    [
        ("person", "sex", "F", "person.sex holds an unknown code: 1 rows, the first is row 3."),
        ("person", "pid", 0, "person.pid: 1 rows repeat another row's key."),
        ("person", "start", date(1066, 10, 14), "person.start lies before 1940: 1 rows, the first is row 3."),
        ("person", "start", date(2031, 1, 1), "person.start lies after the cut-off: 1 rows"),
        ("person", "end", date(1999, 1, 1), "person.end lies before start: 1 rows"),
        ("person", "unit_id", None, "person.unit_id is empty: 1 rows, the first is row 3."),
        (
            "person",
            "unit_id",
            "Dave Smith, 4th floor",
            "person.unit_id holds something that is not an identifier",
        ),
        ("report", "received", date(2030, 1, 1), "report.received lies after the cut-off: 1 rows"),
        ("report", "category", "rape", "report.category holds an unknown code"),
        ("event", "t", date(1990, 1, 1), "event.t: 1 events lie before the day their report was received."),
        ("event", "rid", 10**9, "event.rid: 1 rows name a report that is not in `report`."),
        ("involvement", "pid", 10**9, "involvement.pid: 1 rows name a person who is not in `person`."),
        ("involvement", "link_prob", 1.5, "involvement.link_prob lies outside 0 to 1"),
        ("involvement", "link_prob", float("nan"), "involvement.link_prob is not a number"),
        ("exposure", "duty_fte", -1.0, "exposure.duty_fte lies outside 0 to 2"),
        ("exposure", "month", date(2020, 1, 2), "exposure.month is not the first day of a month"),
        ("survey", "base_weight", 0.0, "survey.base_weight lies outside"),
        ("survey", "bullied", "probably", "survey.bullied holds an unknown code"),
        ("pop", "n", -1, "pop.n is below nought"),
    ],
)
def test_a_bad_extract_is_told_what_and_where(
    tmp_path: Path, table: str, column: str, value: Any, said: str
) -> None:
    folder = written(tmp_path, **changed(table, column, value))
    with pytest.raises(ExtractError) as error:
        open_extract(folder)
    assert any(problem.startswith(said) for problem in error.value.problems), error.value.problems
    assert "Smith" not in str(error.value)


def test_all_problems_are_told_at_once(tmp_path: Path) -> None:
    folder = written(tmp_path, **changed("person", "sex", "F"), **changed("report", "tier", "high"))
    with pytest.raises(ExtractError) as error:
        open_extract(folder)
    assert len(error.value.problems) == 2


def test_there_is_no_room_for_words(tmp_path: Path) -> None:
    words = SMALL.tables["report"].append_column(
        "what the reporter said", pa.array(["x"] * SMALL.tables["report"].num_rows)
    )
    with pytest.raises(ExtractError, match="no room for words") as error:
        open_extract(written(tmp_path, report=words))
    assert "reporter said" not in str(error.value)


def test_a_missing_column_and_a_wrong_type_are_told(tmp_path: Path) -> None:
    with pytest.raises(ExtractError, match=r"exposure\.duty_fte: the column is missing"):
        open_extract(written(tmp_path, exposure=SMALL.tables["exposure"].drop_columns(["duty_fte"])))
    text = SMALL.tables["report"].set_column(
        1, "received", pc.cast(SMALL.tables["report"]["received"], pa.string())
    )
    with pytest.raises(ExtractError, match=r"report\.received: expected days, found the type VARCHAR"):
        open_extract(written(tmp_path, report=text))


def test_closing_twice_is_told(tmp_path: Path) -> None:
    event = SMALL.tables["event"]
    closed = event.filter(pc.equal(event["type"], "closed")).slice(0, 1)
    with pytest.raises(ExtractError, match="1 reports were closed more than once"):
        open_extract(written(tmp_path, event=pa.concat_tables([event, closed])))


def test_missing_and_exchanged_files_are_told(tmp_path: Path) -> None:
    with pytest.raises(ExtractError, match="this is not an extract"):
        open_extract(tmp_path)
    folder = written(tmp_path)
    (folder / "report.parquet").write_bytes((folder / "event.parquet").read_bytes())
    with pytest.raises(ExtractError, match="report: the file is not the one"):
        open_extract(folder)
    (folder / "report.parquet").unlink()
    with pytest.raises(ExtractError, match=r"report: .* its file is missing"):
        open_extract(folder)


@settings(max_examples=25, deadline=None)
@given(st.binary(max_size=400), st.integers(0, 400))
def test_a_damaged_table_is_told(tmp_path_factory: pytest.TempPathFactory, junk: bytes, at: int) -> None:
    folder = written(tmp_path_factory.mktemp("x"))
    whole = (folder / "report.parquet").read_bytes()
    broken = whole[:at] + junk if len(junk) % 2 else junk + whole[at:]
    (folder / "report.parquet").write_bytes(broken)
    manifest = json.loads((folder / "extract.json").read_text("utf-8"))
    manifest["tables"]["report"]["sha256"] = hashlib.sha256(broken).hexdigest()
    (folder / "extract.json").write_text(json.dumps(manifest), "utf-8")
    if broken != whole:
        with pytest.raises(ExtractError):
            open_extract(folder)


def test_optional_tables_may_be_absent(tmp_path: Path) -> None:
    tables = {name: SMALL.tables[name] for name in ("person", "exposure", "report", "involvement", "event")}
    write_extract(tmp_path, tables, institution="Marlshire", cutoff=SMALL.cutoff)
    assert open_extract(tmp_path).rows["survey"] == 0


def test_an_empty_extract_is_still_one(tmp_path: Path) -> None:
    tables = {name: table.slice(0, 0) for name, table in SMALL.tables.items()}
    write_extract(tmp_path, tables, institution="Marlshire", cutoff=SMALL.cutoff)
    assert set(open_extract(tmp_path).rows.values()) == {0}


@settings(max_examples=60, deadline=None)
@given(st.one_of(st.binary(max_size=200), st.text(max_size=100).map(str.encode)))
def test_any_manifest_is_answered(tmp_path_factory: pytest.TempPathFactory, body: bytes) -> None:
    folder = tmp_path_factory.mktemp("x")
    (folder / "extract.json").write_bytes(body)
    with pytest.raises(ExtractError):
        open_extract(folder)


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(["kind", "institution", "cutoff", "coder_agreement", "tables"]),
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(),
        st.text(),
        st.lists(st.none()),
        st.dictionaries(st.text(), st.none()),
    ),
)
def test_any_value_in_the_manifest_is_answered(
    tmp_path_factory: pytest.TempPathFactory, key: str, value: Any
) -> None:
    folder = tmp_path_factory.mktemp("x")
    good = {
        "kind": "upstander/extract/v1",
        "institution": "x",
        "cutoff": "2021-12-31",
        "coder_agreement": None,
        "tables": {},
    }
    (folder / "extract.json").write_text(json.dumps(good | {key: value}))
    with pytest.raises(ExtractError):
        open_extract(folder)


def test_counts_in_are_counts_out() -> None:
    account = Account("reports", 10, 7, {"with no link": 3})
    assert str(account) == "7 of 10 reports used (left out: 3 with no link)"
    with pytest.raises(MeasureError, match="does not add up"):
        Account("reports", 10, 7, {"with no link": 2})
    with pytest.raises(MeasureError, match="does not add up"):
        Account("reports", 10, 13, {"with no link": -3})


def test_an_invented_institution_is_the_same_twice_and_true_to_its_truth() -> None:
    again = invent(staff=300, units=4, months=24, truth=Truth(rate=0.05))
    assert all(again.tables[name].equals(SMALL.tables[name]) for name in SMALL.tables)
    big = invent(staff=20_000, months=12, truth=Truth(rate=0.02))
    survey = big.tables["survey"].to_pydict()
    women = [b == "yes" for b, s in zip(survey["bullied"], survey["sex"], strict=True) if s == "female"]
    assert abs(np.mean(women) - Truth().bullied[0]) < 0.03


def test_an_extract_of_the_first_version_is_read(tmp_path: Path) -> None:
    """It had no `lenient_pid`: then every figure rests on `pid` and its probability, as before."""
    folder = written(tmp_path)
    table = pq.read_table(folder / "involvement.parquet").drop_columns(["lenient_pid"])
    pq.write_table(table, folder / "involvement.parquet")
    body = json.loads((folder / "extract.json").read_text("utf-8"))
    digest = hashlib.sha256((folder / "involvement.parquet").read_bytes()).hexdigest()
    body["tables"]["involvement"]["sha256"] = digest
    (folder / "extract.json").write_text(json.dumps(body))
    with pytest.raises(ExtractError, match=r"involvement\.lenient_pid: the column is missing"):
        open_extract(folder)
    (folder / "extract.json").write_text(json.dumps(body | {"kind": "upstander/extract/v1"}))
    assert open_extract(folder).rows["involvement"] == SMALL.tables["involvement"].num_rows


def test_who_is_meant_leniently_is_somebody_in_the_extract(tmp_path: Path) -> None:
    involvement = SMALL.tables["involvement"]
    at = involvement.schema.get_field_index("lenient_pid")
    strange = involvement.set_column(at, "lenient_pid", pa.array([10**9] * involvement.num_rows))
    linked = strange.filter(pc.is_valid(strange["pid"]))
    with pytest.raises(ExtractError, match=r"lenient_pid: .* who is not in `person`"):
        open_extract(written(tmp_path, involvement=linked))
    with pytest.raises(ExtractError, match="lenient_pid is given without a pid"):
        open_extract(written(tmp_path / "other", involvement=strange))
