"""`upstander roster`: gives an installation its keepers, or says who they are."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from upstander.cli.environment import (
    StopError,
    add_data,
    command,
    migrate,
    require_installation,
    start,
)
from upstander.formats import hashes
from upstander.formats.errors import FormatError

if TYPE_CHECKING:
    from upstander.cli.environment import Commands

ABOUT = """\
The roster says who the keepers are and which key they share; every keeper signed it. With a FILE
(any keeper's roster.json) this installation takes it: from then on its page offers to hold a
report, or to pass it on by itself, and carries the roster's hash, which it holds everything
against. Read the hash aloud with the keepers first. Without a FILE it says what is there.

The log gets an entry with the roster's hash and the ceremony's (--transcript). New parts of the key
after a monthly refresh leave the hash as it is, so they need no entry.

A roster of another epoch has another key: pledges made before stay with the keepers as they are,
and the page of a reporter who comes back says that they are of an earlier roster."""


def add(commands: Commands) -> None:
    """Adds the command and its arguments."""
    parser = command(commands, "roster", "give an installation its keepers", ABOUT)
    add_data(parser)
    parser.add_argument(
        "file", nargs="?", type=Path, metavar="FILE", help="the roster that all keepers signed"
    )
    parser.add_argument(
        "--transcript", default="", metavar="HASH", help="of the ceremony, as every keeper printed it"
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Takes a roster, or shows the one there is."""
    require_installation(arguments.data)
    start(arguments.data)
    from upstander.server import roster

    if arguments.file is not None:
        try:
            text = arguments.file.read_text("utf-8")
            taken = roster.parse(text)
            transcript = arguments.transcript and hashes.check_hash(arguments.transcript)
        except (OSError, UnicodeDecodeError) as error:
            raise StopError(f"{arguments.file} cannot be read: {error}") from error
        except FormatError as error:
            raise StopError(
                f"{arguments.file} is not a roster that all its keepers signed, or the hash is none: {error}"
            ) from error
        known = roster.pin()
        put(arguments.data, text)
        if taken.roster.sha256 != known:
            migrate()
            roster.enter(taken, transcript)
            print("The log has an entry that says so from now on: anybody can see when it changed.")
            print("Ask each keeper to cosign your card (`upstander keeper card`).")
            print("Until enough have, the page takes no report.")
    try:
        found = roster.ours()
    except FormatError as error:
        raise StopError(f"the roster in {arguments.data} cannot be used: {error}") from error
    if found is None:
        print("This installation has no keepers. Its page does not offer to hold a report.")
        return 0
    ours = found.roster
    print(
        f"{ours.needs} of {len(ours.keepers)} keepers, epoch {ours.epoch}. Hash of the roster:\n{ours.sha256}"
    )
    for name, keeper in ours.keepers.items():
        print(f"  {name:20} {keeper.address}")
    return 0


def put(data: Path, text: str) -> None:
    """Writes the roster into the data folder, in the place of the last one; never half of it."""
    from upstander.server.roster import FILE

    new = data / f"{FILE}.new"
    new.write_text(text, "utf-8")
    new.replace(data / FILE)
