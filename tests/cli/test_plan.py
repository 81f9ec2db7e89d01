"""`upstander plan`: a plan is put in the log, its receipt read by `upstander measure`, and every trick is refused."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests import people
from tests.cli.test_measure import PLAN
from upstander.measure.errors import PlanError
from upstander.measure.plan import read_plan
from upstander.measure.registration import read_registration, standing
from upstander.server.institutions import actions
from upstander.server.log import access
from upstander.server.log import actions as log
from upstander.server.log.models import Leaf

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.db]


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    path = tmp_path / "plan.toml"
    path.write_text(PLAN, "utf-8")
    return path


def receipt(force: people.Force, plan: Path, into: Path) -> Path:
    """Registers the plan, lets the beat place it, and writes the receipt."""
    leaf = actions.register_plan(force.institution, read_plan(plan).digest)
    assert access.receipt_of(leaf)[1] is False
    log.beat()
    made, proven = access.receipt_of(Leaf.objects.get(act=leaf.act))
    assert proven
    into.write_bytes(made)
    return into


def test_a_plan_in_the_log_is_registered(folder: Path, force: people.Force, plan: Path) -> None:
    path = receipt(force, plan, folder / "receipt.json")
    found = read_registration(path, read_plan(plan))
    assert found.day == date.today()
    tomorrow = date.today() + timedelta(1)
    assert standing(read_plan(plan), tomorrow, found).startswith(f"registered on {date.today()}")
    assert standing(read_plan(plan), date.today(), found).startswith("exploratory")
    again = actions.register_plan(force.institution, read_plan(plan).digest)
    assert Leaf.objects.filter(kind="plan").count() == 1 and again.day == date.today()


def test_a_changed_plan_is_not_the_one_that_was_registered(
    folder: Path, force: people.Force, plan: Path
) -> None:
    path = receipt(force, plan, folder / "receipt.json")
    plan.write_text(PLAN + "# one more thought\n", "utf-8")
    with pytest.raises(PlanError, match="another plan"):
        read_registration(path, read_plan(plan))


@pytest.mark.parametrize("what", ["day", "plan", "of", "tlog_proof", "promise", "salt"])
def test_a_receipt_that_was_touched_does_not_hold(
    folder: Path, force: people.Force, plan: Path, what: str
) -> None:
    path = receipt(force, plan, folder / "receipt.json")
    body = json.loads(path.read_bytes())
    if what == "day":
        body["leaf"]["day"] = "2020-01-01"
    elif what in body["fields"]:
        body["fields"][what] = "0" * 64 if what == "plan" else "survey"
    else:
        body[what] = "" if what == "tlog_proof" else body[what][:-2] + "AA"
    path.write_text(json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False) + "\n")
    with pytest.raises(PlanError):
        read_registration(path, read_plan(plan))


def test_the_receipt_of_something_else_is_refused(folder: Path, force: people.Force, plan: Path) -> None:
    path = receipt(force, plan, folder / "receipt.json")
    other = next(one for one in Leaf.objects.filter(kind="card"))
    path.write_bytes(access.receipt_of(other)[0])
    with pytest.raises(PlanError, match="something else"):
        read_registration(path, read_plan(plan))
