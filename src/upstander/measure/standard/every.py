"""All parts of the standard set, one after the other, with what became of every row."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from upstander.measure.account import Account
from upstander.measure.disclosure.cells import Relation, Table
from upstander.measure.disclosure.show import Backed
from upstander.measure.plan import Plan
from upstander.measure.standard import answers, handling, people, repeats, reports, series, ties, units
from upstander.measure.standard.part import Part, joined

if TYPE_CHECKING:
    from upstander.measure.extract import Extract


@dataclass(frozen=True, slots=True)
class Findings:
    """Everything measured, before disclosure control: not for anybody's eyes but those who run it."""

    tables: tuple[Table, ...]
    backed: tuple[Backed, ...]
    accounts: tuple[Account, ...]
    ties: tuple[Relation, ...] = ()


def steps(extract: Extract, plan: Plan) -> Iterator[tuple[str, Callable[[], Part]]]:
    """The parts by name, each as a function that makes it."""
    yield "people", lambda: Part(accounts=people.prepare(extract, plan))
    yield "gaps between groups", lambda: people.disproportionality(extract, plan)
    yield "repeat subjects", lambda: repeats.repeat_subjects(extract, plan)
    yield "escalation", lambda: repeats.foreshadowing(extract)
    yield "reports", lambda: Part(accounts=reports.prepare(extract))
    yield "times and parity", lambda: reports.strands(extract, plan)
    yield "handling", lambda: handling.handling(extract, plan)
    yield "months", lambda: series.months(extract, plan)
    yield "units", lambda: units.units(extract, plan)
    yield "survey", lambda: answers.answers(extract, plan)


def measure(extract: Extract, plan: Plan, tell: Callable[[str], None] = lambda _: None) -> Findings:
    """Makes the whole set. `tell` is called with the name of each part before it is made."""
    parts = []
    for name, make in steps(extract, plan):
        tell(name)
        parts.append(make())
    whole = joined(parts)
    backed = tuple(one for one in whole.backed if one.rows)
    return Findings(whole.tables, backed, whole.accounts, (*whole.ties, *ties.across(whole.tables)))
