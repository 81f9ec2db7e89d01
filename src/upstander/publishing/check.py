"""Figures against the log: what institutions say they received and answered in time, and what it gives.

A log does not say which institution a report went to, so that small forces are hidden in big ones. What is
compared is therefore the sum over all institutions of the installation; where a publication has only some of
them, its sum may be smaller than the log's and never larger. Where a number is hidden on a page, the log's
is not put beside it either.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Literal

from upstander.ledger.errors import LedgerError
from upstander.ledger.leaf import Leaf
from upstander.measure.disclosure import Published, Rules, Safe
from upstander.measure.standard.part import last_day
from upstander.publishing.errors import PublishError
from upstander.publishing.rows import lines

What = Literal["received", "answered in time"]
WHATS: tuple[What, ...] = ("received", "answered in time")
Verdict = Literal["agrees", "differs", "kept back"]
Claims = Mapping[tuple[str, str], int | None]
"""By period and what: the number the institutions give, None where one of them keeps it back."""


class Recount:
    """Counts a log up to a day; give it to an audit as its visitor, so that only what holds is counted."""

    def __init__(self, cutoff: date, limit: int) -> None:
        self.cutoff, self.limit = cutoff, limit
        self._received: dict[str, date] = {}
        self._answered: dict[str, date] = {}

    def __call__(self, index: int, leaf: Leaf, _hash: bytes) -> None:
        """One leaf. Raises LedgerError for a second report under a label, or a second first answer."""
        day = date.fromisoformat(leaf.day)
        if leaf.shown == "received":
            if leaf.label in self._received:
                raise LedgerError(f"Entry {index} has the label of an earlier report.")
            self._received[leaf.label] = day
        elif leaf.shown == "answered":
            if leaf.of in self._answered:
                raise LedgerError(f"Entry {index} answers a report that was answered before.")
            self._answered[leaf.of] = day

    def merge(self, earlier: Recount) -> None:
        """Adds what an earlier generation of the log counted: an answer may stand in a later one."""
        self._received = earlier._received | self._received
        self._answered = earlier._answered | self._answered

    def numbers(self) -> dict[tuple[str, str], int]:
        """By quarter and by year: how many came, and how many of them were answered within the limit.

        Only periods that were over on the day, as the institutions tell them.
        """
        due = self.cutoff - timedelta(days=self.limit)
        found: dict[tuple[str, str], int] = {}
        for label, came in self._received.items():
            if came > self.cutoff:
                continue
            answered = self._answered.get(label)
            soon = answered is not None and answered <= min(came + timedelta(days=self.limit), self.cutoff)
            for period in (f"{came.year} Q{(came.month + 2) // 3}", str(came.year)):
                if last_day(period) > self.cutoff:
                    continue
                for what in WHATS if last_day(period) <= due else WHATS[:1]:
                    found[period, what] = found.get((period, what), 0) + (what == "received" or soon)
        return found


@dataclass(frozen=True, slots=True)
class Compared:
    """One published number and the log's, which is None where it may not stand beside a hidden one."""

    period: str
    what: str
    published: int | None
    log: int | None
    verdict: Verdict


def large(number: int | None) -> int | None:
    """The number, unless it is a small one, which is put on no page: not even where it shows a difference."""
    return None if number is not None and 0 < number < Rules().threshold else number


@dataclass(frozen=True, slots=True)
class Check:
    """All of them. `whole`: the publication has every institution of the log. `head` names what was read."""

    compared: tuple[Compared, ...]
    whole: bool
    origin: str = ""
    size: int = 0
    cutoff: str = ""
    limit: int = 0
    problem: str = field(default="")

    @property
    def differing(self) -> tuple[Compared, ...]:
        """What does not agree."""
        return tuple(one for one in self.compared if one.verdict == "differs")

    @property
    def holds(self) -> bool:
        """Whether something was compared and nothing differs."""
        return bool(self.compared) and not self.differing and not self.problem


def claims_of(tables: Iterable[Safe[Published]]) -> dict[tuple[str, str], int | None]:
    """The sums of what the institutions say, one table `claims` each."""
    return summed(
        (*line.labels, None if line.value is None else int(line.value))
        for safe in tables
        for line in lines(safe)
    )


def summed(rows: Iterable[Sequence[str | int | None]]) -> dict[tuple[str, str], int | None]:
    """Rows of period, what and number, added up; a hidden number (None) hides the sum."""
    found: dict[tuple[str, str], int | None] = {}
    for period, what, value in rows:
        key, number = (str(period), str(what)), None if value is None else int(value)
        before = found.get(key, 0)
        found[key] = None if number is None or before is None else before + number
    return found


def in_order(period: str) -> tuple[str, bool, str]:
    """The place of a period: quarters one after the other, a year behind its quarters."""
    return period[:4], len(period) == 4, period


def compare(claims: Claims, numbers: Mapping[tuple[str, str], int], *, whole: bool) -> tuple[Compared, ...]:
    """Holds the sums against the log's, period by period.

    A period that the log has and the institutions do not give differs too: that is how a report that was
    left out of a whole quarter shows.
    """
    periods = sorted({period for period, _ in (*claims, *numbers)}, key=in_order)
    found = []
    for period in periods:
        for what in WHATS:
            said, counted = claims.get((period, what), 0), numbers.get((period, what), 0)
            if (period, what) not in claims and not counted:
                continue
            if said is None:
                found.append(Compared(period, what, None, None, "kept back"))
                continue
            fits = said == counted if whole else said <= counted
            found.append(Compared(period, what, said, counted, "agrees" if fits else "differs"))
    return tuple(found)


def check(
    tables: Sequence[Safe[Published]], recount: Recount, *, whole: bool, origin: str = "", size: int = 0
) -> Check:
    """The whole comparison. Raises PublishError where the log has reports and no table says how many."""
    if not tables and recount.numbers():
        raise PublishError("The release has no table `claims`, so there is nothing to hold against the log.")
    compared = compare(claims_of(tables), recount.numbers(), whole=whole)
    return Check(compared, whole, origin, size, recount.cutoff.isoformat(), recount.limit)
