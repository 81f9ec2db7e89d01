"""Cohen's kappa, against worked examples."""

import pytest

from upstander.measure.agreement import kappa


def test_worked_example() -> None:
    """Two readers, 50 proposals: 20 yes-yes, 15 no-no, 5 yes-no, 10 no-yes. Observed 0.7, chance 0.5."""
    pairs = [("y", "y")] * 20 + [("n", "n")] * 15 + [("y", "n")] * 5 + [("n", "y")] * 10
    assert kappa(pairs) == pytest.approx(0.4)


def test_ends() -> None:
    assert kappa([("a", "a"), ("b", "b")]) == 1
    assert kappa([("a", "b"), ("b", "a")]) == pytest.approx(-1)
    assert kappa([]) is None and kappa([("a", "a")] * 9) is None
