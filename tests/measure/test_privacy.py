"""The privacy budget, and the noise it pays for."""

from __future__ import annotations

from pathlib import Path

import pytest

from upstander.measure.disclosure import opened, privacy, release_noisy
from upstander.measure.disclosure.cells import cell
from upstander.measure.disclosure.privacy import Budget, noisy
from upstander.measure.errors import DisclosureError

COUNTS = {cell("wave 1", answer=name): count for name, count in (("yes", 40), ("no", 3), ("unsure", 0))}


def test_a_budget_is_spent_once() -> None:
    budget = Budget("wave 1", 1.0)
    safe, left = release_noisy("bullied", "Bullied", COUNTS, budget, 0.6)
    assert left.left == pytest.approx(0.4)
    assert [row[0] for row in opened(safe).rows] == ["yes", "no", "unsure"]
    assert all(row[2] <= row[1] <= row[3] for row in opened(safe).rows)  # type: ignore[operator]
    with pytest.raises(DisclosureError, match=r"has 0\.4 left"):
        release_noisy("harassed", "Harassed", COUNTS, left, 0.5)
    with pytest.raises(DisclosureError, match="given out already"):
        release_noisy("bullied", "Bullied", COUNTS, left, 0.1)


def test_the_ledger_survives_the_disk_and_is_not_replaced_by_nothing(tmp_path: Path) -> None:
    path = tmp_path / "budget.json"
    with pytest.raises(DisclosureError, match="not a ledger"):
        privacy.load(path)
    left = Budget("wave 1", 1.0).after("a", 0.25)
    left.save(path)
    assert privacy.load(path) == left
    path.write_text(path.read_text().replace("0.25", "-5"))
    with pytest.raises(DisclosureError, match="not to be trusted"):
        privacy.load(path)


@pytest.mark.parametrize("total", [0, -1, 11, float("nan")])
def test_a_budget_is_a_sensible_number(total: float) -> None:
    with pytest.raises(DisclosureError):
        Budget("w", total)


def test_the_limits_hold_the_truth_as_often_as_they_say() -> None:
    counts = {cell("w", n=str(number)): 500 for number in range(4000)}
    found = noisy(counts, 0.5, 2)
    inside = sum(one.lo <= 500 <= one.hi for one in found.values()) / len(found)
    assert 0.93 <= inside <= 0.985  # whole numbers make the limits a little wide
    assert sum(one.value != 500 for one in found.values()) > 3000
