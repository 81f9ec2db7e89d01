"""The receipt of a plan on a command line: every page then says on which day the plan was in the log."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from upstander.cli.environment import StopError
from upstander.cli.mirrored import read_judge

if TYPE_CHECKING:
    from upstander.measure.plan import Plan
    from upstander.measure.registration import Registration


def add_receipt(parser: argparse.ArgumentParser) -> None:
    """`--receipt`. A command that takes it has `--plan` and `--policy` too."""
    parser.add_argument("--receipt", type=Path, metavar="FILE", help="the receipt of `upstander plan`")


def registration(arguments: argparse.Namespace, plan: Plan) -> Registration | None:
    """What the receipt shows. Raises PlanError where it does not hold: a page must not look registered."""
    from upstander.measure.registration import read_registration

    if arguments.receipt is None:
        return None
    if arguments.plan is None:
        raise StopError("a receipt needs the plan it is for: give --plan as well.")
    judge = read_judge(arguments.policy) if arguments.policy is not None else None
    if judge is None:
        return read_registration(arguments.receipt, plan)
    return read_registration(arguments.receipt, plan, judge.policy, judge.sign)
