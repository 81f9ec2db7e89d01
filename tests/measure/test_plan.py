"""Plans: what they say, what they are told, and when a page may call itself planned."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from upstander.measure.errors import PlanError
from upstander.measure.plan import Plan, read_plan
from upstander.measure.registration import Registration, standing

GOOD = """
kind = "upstander/plan/v1"
name = "Yearly review"
day = 2023-06-01

[survey]
items = ["bullied", "sexism"]
by = ["sex"]
margins = ["stratum", "sex"]

[gaps]
reference = { ethnicity5 = "white" }

[parity]
horizon_days = 180
margin_days = 14
margin_share = 0.03

[more]
top = 0.05
change = 2022-04-01

[rules]
threshold = 10
width = 10
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "plan.toml"
    path.write_text(text, "utf-8")
    return path


def test_a_plan_is_read_and_named_by_its_bytes(tmp_path: Path) -> None:
    plan = read_plan(written(tmp_path, GOOD))
    assert plan.digest == hashlib.sha256(GOOD.encode()).hexdigest()
    assert (plan.items, plan.margin_days, plan.change, plan.rules.threshold) == (
        ("bullied", "sexism"), 14, date(2022, 4, 1), 10,
    )  # fmt: skip


def test_only_a_plan_that_a_log_shows_to_be_older_is_one(tmp_path: Path) -> None:
    plan = read_plan(written(tmp_path, GOOD))
    cutoff = date(2023, 12, 31)
    seen = Registration(date(2023, 6, 1), date(2023, 6, 2), "log.example")
    assert standing(plan, cutoff, seen).startswith("registered on 2023-06-01, before the data were cut")
    assert plan.digest in standing(plan, cutoff, seen)
    assert "own word" in standing(plan, cutoff, replace(seen, seen=None))
    for late in (replace(seen, day=cutoff), replace(seen, seen=cutoff), None):
        assert standing(plan, cutoff, late).startswith("exploratory")
    assert standing(Plan(), cutoff, None) == "exploratory: made without a plan"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"upstander/plan/v1"', '"upstander/plan/v2"', "kind: expected"),
        ('name = "Yearly review"', "", "name: the plan does not say it"),
        ("day = 2023-06-01", 'day = "soon"', "day: expected a day"),
        ('"sexism"]', '"gossip"]', r"survey\.items: expected a list of some of"),
        ("margin_days = 14", "margin_days = 0", r"parity\.margin_days: expected a number from 0.5 to 1000"),
        ("horizon_days = 180", "horizon_days = 180.5", r"parity\.horizon_days: expected a whole number"),
        ('ethnicity5 = "white"', 'ethnicity5 = "purple"', r"gaps\.reference\.ethnicity5"),
        ("top = 0.05", "topp = 0.05", r"more\.topp: a plan has no such entry"),
        ("threshold = 10", "threshold = 3", r"rules: .*stricter"),
        ("top = 0.05", "lenient = 0.99", r"more\.lenient"),
        ("[more]", "[more", "is not TOML"),
    ],
)
def test_a_wrong_plan_is_told_where(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert old in GOOD
    with pytest.raises(PlanError, match=said):
        read_plan(written(tmp_path, GOOD.replace(old, new)))


def test_a_missing_plan_is_told(tmp_path: Path) -> None:
    with pytest.raises(PlanError, match="cannot be read"):
        read_plan(tmp_path / "none.toml")


@settings(max_examples=80, deadline=None)
@given(st.binary(max_size=120) | st.text(max_size=120).map(str.encode))
def test_any_file_is_answered(tmp_path_factory: pytest.TempPathFactory, body: bytes) -> None:
    path = tmp_path_factory.mktemp("plan") / "plan.toml"
    path.write_bytes(body)
    with pytest.raises(PlanError):
        read_plan(path)
