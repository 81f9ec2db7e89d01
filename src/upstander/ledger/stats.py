"""What anybody can count in a log: how many acts of which kind, and how long reports waited for an answer."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from statistics import median

from upstander.ledger.errors import LedgerError
from upstander.ledger.leaf import Leaf


@dataclass(frozen=True, slots=True)
class Waiting:
    """The reports of one month: how many came, and how many days those waited that were answered."""

    month: str
    received: int
    days: tuple[int, ...]

    @property
    def waiting(self) -> int:
        """How many wait for a first answer."""
        return self.received - len(self.days)

    @property
    def median(self) -> float | None:
        """The median of the days to the first answer, over those that were answered."""
        return median(self.days) if self.days else None


@dataclass(slots=True)
class Stats:
    """Counts leaves; give it to an audit as its visitor, so that only what holds is counted."""

    kinds: Counter[tuple[str, str]] = field(default_factory=Counter)  # by month and shown kind
    _received: dict[str, str] = field(default_factory=dict)  # day by label
    _answers: dict[str, tuple[int, str]] = field(default_factory=dict)  # entry and day by what they answer

    def __call__(self, index: int, leaf: Leaf, _hash: bytes) -> None:
        """One leaf. Raises LedgerError for a second report under a label, or a second first answer."""
        self.kinds[leaf.day[:7], leaf.shown] += 1
        if leaf.shown == "received":
            if leaf.label in self._received:
                raise LedgerError(f"Entry {index} has the label of an earlier report.")
            self._received[leaf.label] = leaf.day
        elif leaf.shown == "answered":
            if leaf.of in self._answers:
                raise LedgerError(f"Entry {index} answers a report that was answered before.")
            self._answers[leaf.of] = index, leaf.day

    def merge(self, earlier: "Stats") -> None:
        """Adds what an earlier generation of the log counted: an answer may stand in a later one."""
        self.kinds += earlier.kinds
        self._received |= earlier._received
        self._answers = earlier._answers | self._answers

    def waits(self) -> list[Waiting]:
        """Month by month of their arrival, what became of reports.

        Raises LedgerError for an answer to a report that is not in the log, or from before it came.
        """
        days: dict[str, list[int]] = {}
        for label, (index, day) in self._answers.items():
            came = self._received.get(label)
            if came is None:
                raise LedgerError(f"Entry {index} answers a report that is not in the log.")
            waited = (date.fromisoformat(day) - date.fromisoformat(came)).days
            if waited < 0:
                raise LedgerError(f"Entry {index} answers a report from before that came.")
            days.setdefault(came[:7], []).append(waited)
        months = Counter(day[:7] for day in self._received.values())
        return [
            Waiting(month, count, tuple(sorted(days.get(month, ()))))
            for month, count in sorted(months.items())
        ]


def overall(waits: Sequence[Waiting]) -> Waiting:
    """All months together."""
    days = tuple(sorted(day for one in waits for day in one.days))
    return Waiting("all", sum(one.received for one in waits), days)
