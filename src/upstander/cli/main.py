"""The `upstander` command: reads the arguments and hands over to one module a sub-command."""

from __future__ import annotations

import upstander.sqlite  # noqa: F401  (first: before anything imports sqlite3)

# isort: split
import argparse
import os
import sys
from collections.abc import Sequence

from upstander import __version__
from upstander.cli import (
    backup,
    bank,
    beat,
    compare,
    custodian,
    demo,
    doctor,
    extract,
    init,
    keeper,
    link,
    live,
    log,
    measure,
    mirror,
    open_,
    plan,
    publish,
    release,
    review,
    roster,
    scan,
    serve,
    survey,
    verify,
    witness,
)
from upstander.cli.environment import Formatter, StopError

ABOUT = """\
Upstander: say what you saw, and let nobody make it disappear.

Reports are sealed in the reporter's browser. Nothing this command does can read one, except
`open`, which needs a key that the server never has."""

EXAMPLES = """\
to look around:
  make run                                a demonstration on http://127.0.0.1:8000

to run it for real (docs/how-to/run-for-real.md):
  upstander init --data /var/lib/upstander --name "Marlshire Police" --slug marlshire \\
      --channel "Professional Standards" --outside "Fellmoor Oversight" \\
      --origin https://speak.example.org --shares-dir /media/stick
  upstander doctor --data /var/lib/upstander
  upstander live marlshire --data /var/lib/upstander
  upstander serve --data /var/lib/upstander

to open a sealed file when there is no server any more:
  upstander open report.age --identity key.txt --to report.json"""

COMMANDS = (
    *(demo, init, serve, beat, doctor, live, backup, custodian, open_),
    *(compare, mirror, verify, log, witness, roster, keeper, bank, scan),
    *(plan, extract, measure, link, survey, publish, release, review),
)


def parser() -> argparse.ArgumentParser:
    """All arguments of all commands."""
    top = argparse.ArgumentParser(
        prog="upstander",
        description=ABOUT,
        epilog=EXAMPLES,
        formatter_class=Formatter,
    )
    top.add_argument("--version", action="version", version=f"upstander {__version__}")
    commands = top.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for command in COMMANDS:
        command.add(commands)
    return top


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command. Returns the exit code: 0 done, 1 not done (said why), 2 misunderstood."""
    arguments = parser().parse_args(argv)
    try:
        code: int = arguments.run(arguments)
    except StopError as stop:
        print(f"upstander: {stop}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # whoever read the output has seen enough; nothing may be written after this
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    return code


if __name__ == "__main__":
    sys.exit(main())
