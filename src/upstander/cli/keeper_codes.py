"""`upstander keeper codes`: claim codes for staff passes: made by one hand, taken by every keeper."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from upstander.cli.environment import Formatter, StopError, write_private
from upstander.formats.errors import FormatError
from upstander.keepers.errors import RefusalError

if TYPE_CHECKING:
    from upstander.cli.environment import Commands

ABOUT = """\
A staff pass says to the keepers "one person of the staff" and not which. Whoever brings the codes to
people (a staff association, a union; not those who handle reports) makes as many as there are staff,
handlers left out, prints a slip for each, and sends one file to every keeper. Each keeper compares
the number with the staff count it asked for itself, by telephone.

  upstander keeper codes make --keepers roster.json --name marlshire --count 4312 --to codes
  upstander keeper codes take --folder /var/lib/keeper --count 4312 codes/keepers.json

Unclaimed codes can be claimed by whoever made them, so how many were claimed is public at every
keeper (/v1/passes). Destroy the slips' file once they are printed."""


def add(steps: Commands) -> None:
    """Adds the step and its two acts."""
    step = steps.add_parser(
        "codes", help="claim codes for staff passes", description=ABOUT, formatter_class=Formatter
    )
    acts = step.add_subparsers(title="acts", metavar="ACT", required=True)
    make = acts.add_parser("make", help="make codes: slips for people, one file for the keepers")
    make.add_argument("--keepers", type=Path, required=True, metavar="FILE", help="the roster: roster.json")
    make.add_argument("--name", required=True, help="whose staff: a to z, 0 to 9, hyphens")
    make.add_argument("--count", type=int, required=True, help="how many people, handlers left out")
    make.add_argument("--to", type=Path, required=True, metavar="FOLDER", help="a new folder for both files")
    make.set_defaults(run=run_make)
    take = acts.add_parser("take", help="take the codes that were made, at one keeper")
    take.add_argument("--folder", type=Path, required=True, metavar="FOLDER", help="the keeper's folder")
    take.add_argument(
        "--count", type=int, required=True, help="the staff count, as you asked for it yourself"
    )
    take.add_argument("file", type=Path, help="what was made for the keepers")
    take.set_defaults(run=run_take)


def run_make(arguments: argparse.Namespace) -> int:
    """Makes slips and the keepers' file."""
    from upstander.cli.open_keepers import read_roster_file
    from upstander.keepers import codes

    roster = read_roster_file(arguments.keepers)
    try:
        made = codes.make_codes(arguments.count)
        batch = codes.make_batch(arguments.name, roster.epoch, made, list(roster.keepers))
        arguments.to.mkdir(mode=0o700)
    except FormatError as error:
        raise StopError(str(error)) from error
    except FileExistsError as error:
        raise StopError(f"{arguments.to} is there already; nothing was written.") from error
    slips = "\n".join(f"{number}\t{codes.shown(code)}" for number, code in enumerate(made, 1))
    write_private(arguments.to / "slips.txt", slips + "\n")
    write_private(arguments.to / "keepers.json", codes.encode(batch))
    print(f"{len(made)} codes. Print {arguments.to / 'slips.txt'}, then destroy it.")
    print(f"Send {arguments.to / 'keepers.json'} to every keeper, and tell each the number by telephone.")
    return 0


def run_take(arguments: argparse.Namespace) -> int:
    """Takes codes at a keeper."""
    from upstander.keeper import home, passes
    from upstander.keeper.process import DATABASE
    from upstander.keeper.store import Store
    from upstander.keepers import codes

    try:
        keeper = home.load(arguments.folder)
        batch = codes.decode(arguments.file.read_text("utf-8"))
        store = Store(arguments.folder / DATABASE)
        try:
            taken = passes.take_codes(store, keeper, batch, arguments.count)
        finally:
            store.close()
    except OSError as error:
        raise StopError(f"cannot read {error.filename}: {error.strerror}.") from error
    except (FormatError, RefusalError, UnicodeDecodeError) as error:
        raise StopError(f"nothing was taken: {error}") from error
    print(f"{taken} codes for the staff of {batch.name} are here now.")
    return 0
