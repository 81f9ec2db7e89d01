"""The door: from tables and estimates to `Safe` ones.

What is hidden is chosen and audited as if every other number were shown exactly, although it is then
rounded: percentages, which are taken from exact numbers, add nothing to that. Tables over the same
population are judged together, those of earlier releases too. Where a population has grown since an earlier
release, what came in between is a table of its own that anybody can subtract; it is judged with the numbers
as they are shown.

What stands in public elsewhere (`Table.told`) is held against the rest as if it were shown here, hidden or
not: the log says how many reports there were, and a hidden total protects nothing then.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from upstander.measure.account import Account
from upstander.measure.disclosure.audit import Interval, audit, knowledge
from upstander.measure.disclosure.cells import Cell, Relation, Table, all_cells, all_relations, tied
from upstander.measure.disclosure.differences import check_growth
from upstander.measure.disclosure.past import Past
from upstander.measure.disclosure.privacy import Budget, noisy
from upstander.measure.disclosure.published import Published
from upstander.measure.disclosure.rules import Reason, Rules, primary
from upstander.measure.disclosure.safe import Safe, Seal, take_seal
from upstander.measure.disclosure.show import Backed, show_accounts, show_backed, show_noisy, show_table
from upstander.measure.disclosure.suppress import Pattern, suppress
from upstander.measure.errors import DisclosureError

__all__ = ["Backed", "Release", "release", "release_noisy"]


@dataclass(frozen=True, slots=True)
class Release:
    """What may be shown, the history to keep for the next time, and how the audit went.

    `reasons` says why a cell is hidden for its own sake, `intervals` what an outsider can work out about
    it; `optimal` is false where the search for the fewest hidden numbers ran out of time (what it found is
    safe all the same).
    """

    tables: tuple[Safe[Published], ...]
    past: Past
    hidden: frozenset[Cell]
    reasons: Mapping[Cell, Reason]
    intervals: Mapping[Cell, Interval]
    optimal: bool

    def named(self, name: str) -> Safe[Published]:
        """The table of this name. Raises KeyError."""
        return next_of(self.tables, name)


def next_of(tables: Sequence[Safe[Published]], name: str) -> Safe[Published]:
    """The one of this name. Raises KeyError."""
    for one in tables:
        if one.value.name == name:
            return one
    raise KeyError(name)


Parts = tuple[list[Published], Past, Pattern, dict[Cell, Reason], dict[Cell, Interval]]


def _decide(
    name: str,
    tables: Sequence[Table],
    backed: Sequence[Backed],
    accounts: Sequence[Account],
    *,
    rules: Rules,
    past: Past,
    grows: Sequence[tuple[str, str]],
    ties: Sequence[Relation],
) -> Parts:
    together = (*tables, *past.of({table.population for table in tables}))
    counts, relations = all_cells(together), all_relations(together)
    reasons = primary(together, rules)
    printed = counts.keys()
    tiny = {one.population for one, count in counts.items() if not one.place and count < rules.group_base}
    apart = (one for one in ties if not {each.population for each in (one.total, *one.parts)} & tiny)
    left, tie = tied(counts, apart, rules.threshold)
    counts, relations = {**counts, **left}, (*relations, *tie)
    told = frozenset(one for table in together for one in table.told)
    for one in tie:  # what is left of numbers that all stand in public stands there too
        for over in left.keys() & {*one.parts}:
            told |= {over} if {one.total, *one.parts} - {over} <= told | past.shown else frozenset()
    reasons |= dict.fromkeys(left.keys() - told, "small")
    known = past.shown & counts.keys()
    protect = reasons.keys() - known
    whole = {one for one in counts if one.population in tiny} - known  # not worth cutting up, and not safe
    rest = {one: count for one, count in counts.items() if one.population not in tiny}
    sums = tuple(one for one in relations if one.total.population not in tiny)
    sizes = {
        one.total for one in sums if len(one.total.place) <= 1
    } - known  # how big groups are: shown if it can be
    pattern = suppress(rest, sums, protect & rest.keys(), rules.width, known=known & rest.keys(), keep=sizes)
    if told:
        more = suppress(
            *(rest, sums, (protect - told) & rest.keys(), rules.width),
            known=(known | told) & rest.keys(),
            keep=sizes - told,
        )
        pattern = Pattern(pattern.hidden | more.hidden, pattern.optimal and more.optimal)
    pattern = Pattern(pattern.hidden | whole, pattern.optimal)
    leans = frozenset(one for table in backed for row in table.rows for one in row.cells)
    pattern = check_growth(*(tables, past, grows, pattern, rules), protect=protect, told=told, exact=leans)
    bounds = {
        one: (0.0, float("inf")) if one in pattern.hidden else (float(count), float(count))
        for one, count in counts.items()
    }
    found = audit(knowledge(bounds, relations), protect, rules.width)
    if told:
        bounds |= {one: (float(counts[one]), float(counts[one])) for one in told}
        audit(knowledge(bounds, relations), protect - told - whole, rules.width)
    shown = [show_table(table, pattern.hidden, rules) for table in tables]
    shown += [show_backed(one, counts, pattern.hidden, rules) for one in backed]
    if accounts:
        shown.append(show_accounts(accounts, rules))
    if len({one.name for one in shown}) != len(shown):
        raise DisclosureError("Two tables of the release have the same name.")
    out = frozenset(one for table in tables for one in table.cells) - pattern.hidden
    reasons = {one: reason for one, reason in reasons.items() if one in protect}
    pattern = Pattern(pattern.hidden & printed, pattern.optimal)
    return shown, past.after(name, tuple(tables), out), pattern, reasons, found


def _doors(seal: Seal) -> tuple[Callable[..., Release], Callable[..., tuple[Safe[Published], Budget]]]:
    def release(
        name: str,
        tables: Sequence[Table],
        backed: Sequence[Backed] = (),
        accounts: Sequence[Account] = (),
        *,
        rules: Rules | None = None,
        past: Past | None = None,
        grows: Sequence[tuple[str, str]] = (),
        ties: Sequence[Relation] = (),
    ) -> Release:
        """Makes a release of these tables and of the estimates that rest on them.

        `past` is the history of all releases so far; `grows` are pairs of a population and an earlier one
        of the same kind; `ties` are sums across populations, such as some of the same reports under another
        name; `accounts` tell what became of every row, and are rounded like the rest. Raises
        DisclosureError where they cannot be shown together; nothing is shown then.
        """
        shown, history, pattern, reasons, found = _decide(
            name,
            tables,
            backed,
            accounts,
            rules=rules or Rules(),
            past=past or Past(),
            grows=grows,
            ties=ties,
        )
        sealed = tuple(seal(one) for one in shown)
        return Release(sealed, history, pattern.hidden, reasons, found, pattern.optimal)

    def release_noisy(
        name: str,
        title: str,
        counts: Mapping[Cell, int],
        budget: Budget,
        epsilon: float,
        *,
        cells_each: int = 1,
    ) -> tuple[Safe[Published], Budget]:
        """Gives out a fixed list of counts with noise, and the budget that is left.

        Save it before anything is shown.
        """
        left = budget.after(name, epsilon)
        return seal(show_noisy(name, title, noisy(counts, epsilon, cells_each), left)), left

    return release, release_noisy


release, release_noisy = _doors(take_seal())
