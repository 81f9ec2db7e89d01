"""`upstander plan`: puts the hash of a measurement plan in the log, before the data are cut."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from upstander.cli.environment import StopError, add_data, command, migrate, require_installation, start

if TYPE_CHECKING:
    from upstander.cli.environment import Commands

ABOUT = """\
Puts the hash of a plan (docs/how-to/measure-an-institution.md) in the public log, so that anybody
can see later that it was decided before the data. Run it again after the next tree head with
--receipt: the receipt is what `upstander measure --receipt` shows on every page. The plan itself
stays where it is; publish it when you like, unchanged to the last byte."""


def add(commands: Commands) -> None:
    """Adds the command and its arguments."""
    parser = command(commands, "plan", "put a plan of measurement in the log", ABOUT)
    add_data(parser)
    parser.add_argument("slug", help="the institution's part of the address")
    parser.add_argument("plan", type=Path, metavar="PLAN", help="the plan, a TOML file")
    parser.add_argument("--receipt", type=Path, metavar="FILE", help="write the receipt into a new file")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Registers a plan, or says that it was."""
    require_installation(arguments.data)
    from upstander.measure.errors import PlanError
    from upstander.measure.plan import read_plan

    try:
        plan = read_plan(arguments.plan)
    except PlanError as error:
        raise StopError(f"nothing was put in the log. {error}") from error
    if arguments.receipt is not None and arguments.receipt.exists():
        raise StopError(f"{arguments.receipt} is there already; nothing was changed.")
    start(arguments.data)
    migrate()
    from upstander.server.errors import Refusal
    from upstander.server.institutions import access, actions
    from upstander.server.log import access as log

    try:
        institution = access.institution_for(arguments.slug)
    except Refusal as refusal:
        raise StopError(f"there is no institution at /{arguments.slug}/.") from refusal
    leaf = actions.register_plan(institution, plan.digest)
    print(f"Plan {plan.digest}\nis in the log's keeping since {leaf.day.isoformat()}.")
    receipt, proven = log.receipt_of(leaf)
    if not proven:
        print("It gets its place at the next tree head. Run this again then, with --receipt FILE.")
    elif arguments.receipt is not None:
        arguments.receipt.write_bytes(receipt)
        print(f"The receipt is in {arguments.receipt}. Give it to `upstander measure --receipt`.")
    return 0
