"""`upstander beat`: what is due now, done once (or again and again)."""

from __future__ import annotations

import argparse
import time
from typing import TYPE_CHECKING

from upstander.cli.environment import add_data, command, require_installation, start

if TYPE_CHECKING:
    from upstander.cli.environment import Commands

ABOUT = """\
Does what is due: deletes private records past their end, sweeps uploads that belong to no
report, forgets used links. `upstander serve` does the same by itself every minute; this
command is for several workers on PostgreSQL, or for a timer. Running it twice does no harm."""


def add(commands: Commands) -> None:
    """Adds the command and its arguments."""
    parser = command(commands, "beat", "do what is due now (serve does this by itself)", ABOUT)
    add_data(parser)
    parser.add_argument("--every", type=int, metavar="SECONDS", help="go on, once every so many seconds")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Runs every sweep and prints how many things each one did."""
    require_installation(arguments.data)
    start(arguments.data)
    from upstander.server.beat import sweep

    while True:
        for name, done in sweep().items():
            print(f"{name}: {done}", flush=True)
        if not arguments.every:
            return 0
        time.sleep(arguments.every)
