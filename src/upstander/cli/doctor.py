"""`upstander doctor`: looks at an installation and says what to do."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from upstander.cli import checks_acts, checks_card, checks_keepers, checks_ledger, checks_machine, checks_site
from upstander.cli.environment import add_data, command, require_installation, start
from upstander.cli.finding import Finding, report

if TYPE_CHECKING:
    from upstander.cli.environment import Commands

ABOUT = """\
Looks at the machine, the data folder, the keys, the published cards and the running site, and says
for each thing whether it is ok, should be looked at (warn), or must be put right (fail), and how.
Changes nothing. Exit code 1 when something fails."""


def add(commands: Commands) -> None:
    """Adds the command and its arguments."""
    parser = command(commands, "doctor", "look for what is wrong, and say what to do", ABOUT)
    add_data(parser)
    parser.add_argument("--no-site", action="store_true", help="do not ask the running site for its headers")
    parser.add_argument(
        "--ledger",
        action="store_true",
        help="instead, read the whole log: acts and leaves fit each other, and the tree is theirs",
    )
    parser.add_argument(
        "--port",
        type=int,
        default=8000,
        help="port that `serve` listens on, to look who reaches it (default: 8000)",
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Examines and prints."""
    require_installation(arguments.data)
    start(arguments.data)
    if arguments.ledger:
        return 1 if report(ledger()) else 0
    return 1 if report(examine(arguments.data, site=not arguments.no_site, port=arguments.port)) else 0


def ledger() -> list[Finding]:
    """Everything that can be said of the whole log. Reads all of it."""
    findings = [checks_card.migrations()]
    if findings[-1].level == "ok":
        findings += checks_ledger.standing()
        with checks_ledger.as_of_now():
            findings += [*checks_ledger.tree(), *checks_acts.leaves()]
            findings += [*checks_acts.acts(), *checks_acts.people(), *checks_keepers.pledges()]
    return findings


def examine(
    data: Path, *, slug: str = "", going_live: bool = False, site: bool = True, port: int = 8000
) -> list[Finding]:
    """All findings, or those about one institution. Going live is stricter about address and people."""
    findings = [
        checks_machine.sqlite(),
        checks_machine.modes(data),
        checks_machine.disk(data),
        checks_machine.time_zones(),
        checks_machine.built(),
        checks_site.origin(going_live),
        checks_card.migrations(),
    ]
    if findings[-1].level != "ok":
        return findings
    findings += [checks_site.mail(), checks_card.clock(), checks_keepers.roster()]
    findings += checks_ledger.standing()
    findings += checks_card.institutions(slug, going_live)
    if site:
        findings += checks_site.headers()
        findings += checks_site.bare(port)
        findings += [*checks_keepers.cards(), *checks_keepers.answering()]
    return findings
