"""Differential privacy for counts of a survey wave: noise with a proof, and a ledger that keeps the budget.

Counts are made first and noise is added to the finished list (OpenDP's discrete Laplace mechanism). Each
respondent may stand in at most `cells_each` of the list's counts; the noise's scale is that number over
epsilon. What is spent is spent: asking again would let an outsider average the noise away, so the ledger
refuses a name twice.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from upstander.measure.disclosure.cells import Cell
from upstander.measure.errors import DisclosureError
from upstander.measure.estimate import LEVEL, Estimate

KIND = "upstander/privacy-budget/v1"


@dataclass(frozen=True, slots=True)
class Spent:
    """One list of counts that was given out, and what it cost."""

    name: str
    epsilon: float


@dataclass(frozen=True, slots=True)
class Budget:
    """All that may ever be spent on one survey wave, and what was."""

    wave: str
    total: float
    spent: tuple[Spent, ...] = ()

    def __post_init__(self) -> None:
        if not 0 < self.total <= 10:
            raise DisclosureError("A budget is a number above 0 and at most 10 (epsilon).")
        if any(not one.epsilon > 0 for one in self.spent) or self.left < -1e-9:
            raise DisclosureError("The ledger has spent more than there was: it is not to be trusted.")

    @property
    def left(self) -> float:
        """What is left of it."""
        return self.total - sum(one.epsilon for one in self.spent)

    def after(self, name: str, epsilon: float) -> Budget:
        """The budget once this is spent.

        Raises DisclosureError where it is not there, or spent under this name.
        """
        if not epsilon > 0:
            raise DisclosureError("Noise needs a share of the budget above 0.")
        if any(one.name == name for one in self.spent):
            raise DisclosureError(
                f"{name!r} was given out already. Use the numbers that were given out then."
            )
        if epsilon > self.left + 1e-9:
            raise DisclosureError(
                f"The budget of {self.wave} has {self.left:.3g} left, and this needs {epsilon:.3g}. There "
                "is no more: "
                "budgets are not raised after the wave."
            )
        return Budget(self.wave, self.total, (*self.spent, Spent(name, epsilon)))

    def save(self, path: Path) -> None:
        """Writes it whole or not at all."""
        spent = [[one.name, one.epsilon] for one in self.spent]
        part = path.with_name(path.name + ".part")
        body = {"kind": KIND, "wave": self.wave, "total": self.total, "spent": spent}
        part.write_text(json.dumps(body, indent=1) + "\n", "utf-8")
        part.replace(path)


def load(path: Path) -> Budget:
    """Reads what `save` wrote.

    Raises DisclosureError where there is no ledger: a lost one is not an unspent one.
    """
    try:
        body = json.loads(path.read_text("utf-8"))
        if body["kind"] != KIND:
            raise ValueError
        spent = tuple(Spent(str(name), float(epsilon)) for name, epsilon in body["spent"])
        return Budget(str(body["wave"]), float(body["total"]), spent)
    except (OSError, ValueError, KeyError, TypeError) as error:
        if isinstance(error, DisclosureError):
            raise
        raise DisclosureError(
            f"{path.name} is not a ledger of a privacy budget. Nothing is given out without."
        ) from error


def noisy(counts: Mapping[Cell, int], epsilon: float, cells_each: int) -> dict[Cell, Estimate]:
    """Adds discrete Laplace noise to each count; no count below nought comes back.

    The interval holds the true count in 95 of 100 draws, each count taken alone.
    """
    import opendp.prelude as dp

    if cells_each < 1 or not epsilon > 0 or not counts:
        raise DisclosureError("Noise needs counts, a budget, and in how many counts one person can stand.")
    dp.enable_features("contrib")
    scale = cells_each / epsilon
    space = dp.vector_domain(dp.atom_domain(T=int)), dp.l1_distance(T=int)
    mechanism: Any = dp.m.make_laplace(*space, scale=scale)
    if mechanism.map(cells_each) > epsilon * (1 + 1e-9):
        raise DisclosureError("The noise does not keep the budget.")
    reach = float(dp.discrete_laplacian_scale_to_accuracy(scale=scale, alpha=1 - LEVEL))
    method = f"discrete Laplace noise, epsilon {epsilon:g}, at most {cells_each} counts a person"
    found = {}
    for one, value in zip(counts, mechanism(list(counts.values())), strict=True):
        shown = max(0, int(value))
        low, high = max(0.0, value - reach), max(0.0, value + reach)
        found[one] = Estimate(shown, min(low, shown), max(high, shown), shown, shown, method, "count")
    return found
