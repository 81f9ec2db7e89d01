"""A plan that a log shows to be older than the data: its receipt is read and verified before a page says so.

The day is the installation's own word; what outsiders add is the day on which the log's witnesses signed a
head that holds the plan. Where a policy names witnesses, that day has to lie before the data too.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from upstander.formats import days
from upstander.ledger.errors import LedgerError
from upstander.ledger.policy import Policy
from upstander.ledger.receipt import read_receipt, verify_receipt
from upstander.measure.errors import PlanError
from upstander.measure.plan import EXPLORATORY, Plan


@dataclass(frozen=True, slots=True)
class Registration:
    """The day of the plan's leaf, the day by which all witnesses that signed had done so, and the log.

    `seen` is None where no witness signed.
    """

    day: date
    seen: date | None
    origin: str


def read_registration(path: Path, plan: Plan, policy: Policy | None = None, sign: str = "") -> Registration:
    """What the receipt in a file says about this plan. Raises PlanError where it does not hold.

    `policy` and `sign` are the log's policy and the installation's key, got from elsewhere; without them the
    receipt is judged by what it brings along.
    """
    try:
        receipt = read_receipt(path.read_bytes(), sign)
        examined = verify_receipt(receipt, policy or receipt.policy.policy)
    except OSError as error:
        raise PlanError(f"{path.name} cannot be read: {error.strerror}.") from None
    except LedgerError as error:
        raise PlanError(f"{path.name}: {error}") from None
    fields = receipt.fields
    if fields["kind"] != "plan" or fields["of"] != "measure":
        raise PlanError(f"{path.name} is the receipt of something else than a plan.")
    if fields["plan"] != plan.digest:
        raise PlanError(f"{path.name} is the receipt of another plan than this one, or this one was changed.")
    times = [datetime.fromtimestamp(time, UTC).date() for time in examined.signed.values()]
    return Registration(days.parse(receipt.leaf.day), max(times, default=None), examined.checkpoint.origin)


def standing(plan: Plan, cutoff: date, found: Registration | None) -> str:
    """How a page made with this plan describes itself: registered on a day, or exploratory and why."""
    if not plan.digest:
        return f"{EXPLORATORY}: made without a plan"
    if found is None:
        return f"{EXPLORATORY}: nothing shows that the plan ({plan.digest}) is older than the data"
    if found.day >= cutoff:
        return f"{EXPLORATORY}: the plan ({plan.digest}) was registered on {found.day}, not before the data"
    if found.seen is not None and found.seen >= cutoff:
        return f"{EXPLORATORY}: witnesses saw the plan ({plan.digest}) on {found.seen}, not before the data"
    seen = (
        f"witnesses had seen it by {found.seen}"
        if found.seen
        else "no witness has signed, so the day is the institution's own word"
    )
    return (
        f"registered on {found.day}, before the data were cut; plan {plan.digest} in {found.origin}; {seen}"
    )
