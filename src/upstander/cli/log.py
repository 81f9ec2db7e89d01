"""`upstander log`: what can be counted in a mirrored log; and, for the server, its closing and its keys."""

from __future__ import annotations

import argparse
from collections import Counter
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from upstander.cli import log_keeping
from upstander.cli.environment import Formatter, StopError, command
from upstander.cli.mirrored import Mirror, add_judging, read_judge
from upstander.ledger.errors import LedgerError

if TYPE_CHECKING:
    from upstander.cli.environment import Commands
    from upstander.ledger.clocks import CaseClock
    from upstander.ledger.stats import Stats, Waiting

ABOUT = """\
Counts what anybody can count in a log: acts of each kind by month, and how long reports waited for
their first answer. With log secrets, which those have who were let into a case, it also shows every
act of these cases with its day, and says when one is missing. The whole mirror is checked first, so
that nothing is counted that does not hold.

  upstander log stats marlshire-log
  upstander log clocks marlshire-log --secrets secrets.txt

A file of secrets has a line for each case: a name, the secret, and, if known, the number of the
case's latest act. Keep it as you would keep the case."""

ACTS: tuple[ModuleType, ...] = (log_keeping,)
"""Modules with more to do with logs, each with `add(acts)`."""


def add(commands: Commands) -> None:
    """Adds the command, its own sub-commands and their arguments."""
    parser = command(commands, "log", "count in a mirrored log; look after one's own", ABOUT)
    acts = parser.add_subparsers(title="what to do", metavar="ACT", required=True)
    stats = acts.add_parser("stats", help="acts by kind and month, and the wait for an answer")
    stats.set_defaults(run=run_stats)
    clocks = acts.add_parser("clocks", help="every act of some cases, from their log secrets")
    clocks.add_argument("--secrets", type=Path, required=True, metavar="FILE", help="names and log secrets")
    clocks.set_defaults(run=run_clocks)
    for one in (stats, clocks):
        one.formatter_class = Formatter
        one.add_argument("folder", metavar="DIR", type=Path, help="a folder made by `upstander mirror`")
        add_judging(one)
    for module in ACTS:
        module.add(acts)


def run_stats(arguments: argparse.Namespace) -> int:
    """Counts, and prints two tables."""
    from upstander.ledger.stats import Stats

    total, lines = Stats(), []
    try:
        for audited, one in _mirror(arguments).audits(Stats, unwitnessed=arguments.unwitnessed):
            assert isinstance(one, Stats)
            one.merge(total)
            total = one
            lines.append(f"{audited.head.origin}: {audited.head.size:,} entries, all of which hold.")
        waits = total.waits()
    except LedgerError as error:
        raise StopError(f"THIS DOES NOT HOLD: {error}") from error
    print("\n".join([*lines, "", *kinds_table(total), "", *waits_table(waits)]))
    return 0


def run_clocks(arguments: argparse.Namespace) -> int:
    """Prints each case. Exit code 1 when an act is withheld."""
    from upstander.ledger.clocks import Clocks, parse_secrets

    try:
        secrets = parse_secrets(arguments.secrets.read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise StopError(f"cannot read {arguments.secrets}: {error}.") from None
    except LedgerError as error:
        raise StopError(f"{arguments.secrets}: {error}") from error
    clocks = Clocks(secrets)
    try:
        for _ in _mirror(arguments).audits(lambda: clocks, unwitnessed=arguments.unwitnessed):
            pass
    except LedgerError as error:
        raise StopError(f"THIS DOES NOT HOLD: {error}") from error
    cases = clocks.cases()
    for case in cases:
        print("\n".join(case_lines(case)))
    return 1 if any(case.withheld or not case.acts for case in cases) else 0


def kinds_table(stats: Stats) -> list[str]:
    """Acts by month and kind."""
    kinds = sorted({kind for _, kind in stats.kinds})
    months = sorted({month for month, _ in stats.kinds})
    widths = [max(len(kind), 6) for kind in kinds]
    rows = [["month  ", *(kind.rjust(width) for kind, width in zip(kinds, widths, strict=True))]]
    for month in months:
        counts = [f"{stats.kinds[month, kind]:,}" for kind in kinds]
        rows.append([month, *(count.rjust(width) for count, width in zip(counts, widths, strict=True))])
    totals: Counter[str] = Counter()
    for (_, kind), count in stats.kinds.items():
        totals[kind] += count
    rows.append(["all    ", *(f"{totals[k]:,}".rjust(w) for k, w in zip(kinds, widths, strict=True))])
    return ["  ".join(row).rstrip() for row in rows]


def waits_table(waits: list[Waiting]) -> list[str]:
    """Reports by the month they came in, and how long they waited for a first answer."""
    from upstander.ledger.stats import overall

    rows = ["reports   received  answered  waiting  median days to first answer"]
    for one in (*waits, overall(waits)):
        middle = "-" if one.median is None else f"{one.median:g}"
        rows.append(f"{one.month:<8}  {one.received:8,}  {len(one.days):8,}  {one.waiting:7,}  {middle:>27}")
    return rows


def case_lines(case: CaseClock) -> list[str]:
    """A case's acts, and what is missing."""
    if not case.acts:
        return [f"{case.name}: NOTHING of this case is in the log."]
    lines = [f"{case.name}: {len(case.acts)} acts in the log."]
    for act in case.acts:
        lines.append(f"  {act.number:4}  {act.leaf.day}  {act.leaf.shown:<11} entry {act.index:,}")
    if case.withheld:
        numbers = ", ".join(map(str, case.withheld))
        lines.append(f"  WITHHELD: act {numbers} must be there, and is not.")
    return lines


def _mirror(arguments: argparse.Namespace) -> Mirror:
    judge = read_judge(arguments.policy) if arguments.policy is not None else None
    return Mirror(arguments.folder, judge)
