"""`upstander keeper`: what an independent body runs. Works where Django is not installed."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from upstander.cli import (
    keeper_card,
    keeper_ceremony,
    keeper_codes,
    keeper_handover,
    keeper_host,
    keeper_refresh,
    leaving,
)
from upstander.cli.environment import Formatter, StopError, command
from upstander.formats.errors import FormatError

if TYPE_CHECKING:
    from upstander.cli.environment import Commands

ABOUT = """\
A keeper is an independent body that holds what reporters pledged until enough others name the
same person, or until a day comes. It can read no report. This command makes a keeper's folder,
serves it, and does by hand what is due. docs/how-to/run-a-keeper.md says all of it.

  upstander keeper init  --folder /var/lib/keeper --name charity
  upstander keeper ceremony --help
  upstander keeper serve --folder /var/lib/keeper --port 8300

To look around, on one machine, with a key that one hand dealt (never for real reports):

  upstander keeper deal-unsafely --into demo-keepers --names charity,college,union --needs 2"""

UNSAFE = """\
UNSAFE: this key was dealt from one hand. Whoever ran this command has had the whole of it and can
test any name, alone and unseen, for as long as it is in use. For trying things out only."""


def add(commands: Commands) -> None:
    """Adds the command and its sub-commands."""
    parser = command(commands, "keeper", "run a keeper: hold pledges for reporters", ABOUT)
    steps = parser.add_subparsers(title="steps", metavar="STEP", required=True)
    _init(steps)
    keeper_ceremony.add(steps)
    keeper_codes.add(steps)
    keeper_card.add(steps)
    keeper_handover.add(steps)
    keeper_host.add(steps)
    keeper_refresh.add(steps)
    _deal(steps)
    _serve(steps)
    _beat(steps)
    _contact(steps)
    _roster(steps)


def _init(steps: Commands) -> None:
    about = "Makes a keeper's folder with a fresh signing key, and prints the public half for the roster."
    step = steps.add_parser(
        "init", help="make a keeper's folder", description=about, formatter_class=Formatter
    )
    _folder(step)
    step.add_argument("--name", required=True, help="the keeper's name: a to z, 0 to 9, hyphens")
    step.set_defaults(run=init)


def _deal(steps: Commands) -> None:
    step = steps.add_parser(
        "deal-unsafely",
        help="make several keepers with a key dealt from one hand: for trying things out",
        description=UNSAFE,
        formatter_class=Formatter,
    )
    step.add_argument(
        "--into", type=Path, required=True, metavar="FOLDER", help="makes one folder a keeper here"
    )
    step.add_argument("--names", required=True, help="the keepers' names, with commas between")
    step.add_argument("--needs", type=int, default=2, help="how many must answer (default: 2)")
    step.add_argument("--first-port", type=int, default=8301, help="their ports on 127.0.0.1, counting up")
    step.add_argument("--epoch", default="trial", help="name of the key (default: trial)")
    step.add_argument("--days", default="1-4", help="wait of a release, in days (default: 1-4)")
    step.set_defaults(run=deal)


def _serve(steps: Commands) -> None:
    about = """\
Serves one keeper until it is told to stop, and does what is due beside it. Put a proxy that does
TLS in front, and let it log nothing. Nothing is written about who asked.

It cosigns the log too, below /witness, once there is a witness in its folder:

  upstander witness init  --name keeper.example.org/one --data /var/lib/keeper/witness
  upstander witness trust https://speak.example.org     --data /var/lib/keeper/witness"""
    step = steps.add_parser("serve", help="serve a keeper", description=about, formatter_class=Formatter)
    _folder(step)
    step.add_argument("--host", default="127.0.0.1", help="address to listen on (default: 127.0.0.1)")
    step.add_argument("--port", type=int, default=8300, help="port to listen on (default: 8300)")
    step.add_argument(
        "--every", type=float, default=600, metavar="SECONDS", help="between two beats (default: 600)"
    )
    step.set_defaults(run=serve)


def _beat(steps: Commands) -> None:
    about = (
        "Catches up with the other keepers, releases what is due, renews the month's key. Serve does it too."
    )
    step = steps.add_parser("beat", help="do what is due, once", description=about, formatter_class=Formatter)
    _folder(step)
    step.set_defaults(run=beat)


def _contact(steps: Commands) -> None:
    about = """\
Enters where a receiving body wants to be told that something waits for it. Telephone them first: a
wrong address here tells a stranger that somebody was reported. The keeper posts one signed line there,
once a day, until everything was fetched; it says that something waits, and nothing else."""
    step = steps.add_parser(
        "contact", help="say where a receiving body is told", description=about, formatter_class=Formatter
    )
    _folder(step)
    step.add_argument("--channel", required=True, metavar="ID", help="the channel's id, from its card")
    step.add_argument("--address", required=True, metavar="URL", help="https://...; empty takes it away")
    step.set_defaults(run=contact)


def _roster(steps: Commands) -> None:
    about = "Shows who the keepers are, and the hash of the roster that all of them signed: to be read aloud."
    step = steps.add_parser(
        "roster", help="show the roster and its hash", description=about, formatter_class=Formatter
    )
    _folder(step)
    step.set_defaults(run=roster)


def _folder(step: argparse.ArgumentParser) -> None:
    step.add_argument(
        "--folder", type=Path, required=True, metavar="FOLDER", help="the keeper's folder: keys and database"
    )


def init(arguments: argparse.Namespace) -> int:
    """Makes a folder."""
    from upstander.keeper import home

    try:
        sign = home.create(arguments.folder, arguments.name)
    except FileExistsError as error:
        raise StopError(f"a keeper lives in {arguments.folder} already; nothing was changed.") from error
    except FormatError as error:
        raise StopError(str(error)) from error
    print(
        f"Keeper {arguments.name} is in {arguments.folder}. Its public signing key, for the roster:\n{sign}"
    )
    print("It serves once it has its share of the key and the roster that all keepers signed.")
    return 0


def deal(arguments: argparse.Namespace) -> int:
    """Makes several keepers from one hand."""
    from upstander.keeper import trial

    print(UNSAFE)
    names = [name.strip() for name in arguments.names.split(",")]
    soonest, _, latest = arguments.days.partition("-")
    try:
        made = trial.deal(
            arguments.into,
            names,
            arguments.needs,
            epoch=arguments.epoch,
            first_port=arguments.first_port,
            wait=(int(soonest), int(latest or soonest)),
        )
    except FileExistsError as error:
        raise StopError(f"a keeper lives in {error.filename} already; nothing more was made.") from error
    except ValueError as error:
        raise StopError(str(error)) from error
    for name, address in made.items():
        port = address.rpartition(":")[2]
        print(f"{name}: upstander keeper serve --folder {arguments.into / name} --port {port}")
    return 0


def serve(arguments: argparse.Namespace) -> int:
    """Serves until SIGINT or SIGTERM."""
    from upstander.keeper import process

    with _readable(arguments.folder):
        process.serve(arguments.folder, arguments.host, arguments.port, arguments.every)
    leaving.at_once()
    return 0


def beat(arguments: argparse.Namespace) -> int:
    """Does what is due and says what it did."""
    from upstander.keeper import process

    with _readable(arguments.folder):
        done = process.beat_once(arguments.folder)
    print(f"Caught up: {done.taken} taken, {done.refused} refused. Away: {', '.join(done.away) or 'nobody'}.")
    swept = done.swept
    print(f"Releases: {swept.released} made, {swept.due} put on a day, {swept.undue} taken off it.")
    print(f"Expired: {swept.expired}. Told: {done.told}.")
    for name in done.lied:
        print(f"{name} answered a question about random points wrongly. Telephone them, and the others.")
    for channel in done.untold:
        print(f"Could not tell channel {channel}: nobody answers at its address. Telephone them.")
    return 0


def contact(arguments: argparse.Namespace) -> int:
    """Enters or takes away an address."""
    from upstander.keeper import notices

    with _readable(arguments.folder):
        notices.set_contact(arguments.folder, arguments.channel, arguments.address)
        contacts = notices.read_contacts(arguments.folder)
    for channel, address in contacts.items():
        print(f"{channel}  {address}")
    print(f"Told from now on: {len(contacts)}.")
    return 0


def roster(arguments: argparse.Namespace) -> int:
    """Shows the roster."""
    from upstander.keeper import home

    with _readable(arguments.folder):
        read = home.load(arguments.folder).roster
    print(f"Epoch {read.epoch}: {read.needs} of {len(read.keepers)} keepers are needed.")
    for name, keeper in read.keepers.items():
        print(f"  {name}  {keeper.address}")
    print(f"Hash, to be compared by telephone:\n{read.sha256}")
    return 0


@contextmanager
def _readable(folder: Path) -> Iterator[None]:
    """Turns what is wrong with a keeper's folder into a sentence."""
    try:
        yield
    except FileNotFoundError as error:
        raise StopError(
            f"there is no keeper ready in {folder}: {Path(str(error.filename)).name} is missing. "
            "Make one with `upstander keeper init`, then give it its share and the roster."
        ) from error
    except FormatError as error:
        raise StopError(f"the keeper in {folder} cannot serve: {error}") from error
