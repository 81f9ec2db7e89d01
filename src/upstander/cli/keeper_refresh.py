"""`upstander keeper refresh`: new shares under the same key, together with all other keepers."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from upstander.cli.environment import Formatter, StopError
from upstander.formats.errors import FormatError

if TYPE_CHECKING:
    from upstander.cli.environment import Commands

ABOUT = """\
Renews the shares of the key, once a month, so that what was stolen before is worth nothing together
with what is stolen after. All keepers must take part. Agree on a day; each runs this command while
its keeper is being served. The rest goes by itself within two beats: each passes on what it has,
all sign the same, then each takes its new share and overwrites the old one.

Run it again to see how far it is. The public key, the roster's hash and all pledges stay. If somebody's
message is wrong, that keeper is named and nothing is changed: talk, then all begin again with
--attempt 2, 3 ..."""


def add(steps: Commands) -> None:
    """Adds the step."""
    step = steps.add_parser(
        "refresh", help="renew the shares of the key", description=ABOUT, formatter_class=Formatter
    )
    step.add_argument("--folder", type=Path, required=True, metavar="FOLDER", help="the keeper's folder")
    step.add_argument(
        "--attempt", type=int, default=1, metavar="N", help="one more after a fault (default: 1)"
    )
    step.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Begins or goes on, and says how far it is. 0 when this keeper has its new share."""
    from upstander.keeper import process
    from upstander.keepers.cocktail import CeremonyError

    if arguments.attempt < 1:
        raise StopError("attempts are counted from 1.")
    try:
        state = process.refresh_once(arguments.folder, arguments.attempt)
    except FileNotFoundError as error:
        raise StopError(
            f"{error.filename} is missing: this keeper is not ready, or was made before."
        ) from error
    except (FormatError, CeremonyError) as error:
        raise StopError(f"nothing was changed: {error}") from error
    if state is not None and state.done:
        print("Done: this keeper has its new share. The old one was overwritten.")
        return 0
    if state is not None and state.openings:
        print(f"Begun. Not yet heard of: {', '.join(state.openings)}.")
    elif state is not None:
        print(f"All have dealt. Not yet signed: {', '.join(state.signatures)}.")
    print("It goes on by itself while this keeper is served. Run this again to see.")
    return 3
