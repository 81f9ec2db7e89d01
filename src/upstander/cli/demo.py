"""`upstander demo`: makes the demonstration, or says again how to enter it."""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from upstander.cli import demo_figures, demo_keepers, demonstration, neighbours
from upstander.cli.environment import StopError, add_data, command, migrate, private_folder, start

if TYPE_CHECKING:
    from upstander.cli.environment import Commands

LOG_BEAT = 5  # seconds between two tree heads: a day is too long to look around in
ABOUT = """\
Makes a demonstration installation where there is none: a made-up force with an inside and an outside
channel, handlers with ready-made keys, and a few sealed cases in different states. Then, and every
time after, prints what to open and how to sign in (also in demonstration.txt in the data folder).

Its keys and words are printed, so nothing in it is private. Never put it on the internet."""


def add(commands: Commands) -> None:
    """Adds the command and its arguments."""
    parser = command(commands, "demo", "make a demonstration, or say again how to enter it", ABOUT)
    add_data(parser)
    parser.add_argument(
        "--host", default="127.0.0.1", help="address it will be served on (default: 127.0.0.1)"
    )
    parser.add_argument("--port", type=int, default=8000, help="port it will be served on (default: 8000)")
    parser.add_argument(
        "--figures", action="store_true", help="publish figures of its survey too, when it is served"
    )
    parser.add_argument("--publish", action="store_true", help="make these figures now: `serve` does that")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Makes it if need be, and prints the sheet."""
    data: Path = arguments.data.resolve()
    origin = os.environ.get("UPSTANDER_ORIGIN", f"http://{arguments.host}:{arguments.port}")
    made = demonstration.load(data)
    if arguments.publish:
        if made is None:
            raise StopError(f"there is no demonstration in {arguments.data}.")
        demo_figures.publish(data, made.slug)
        return 0
    made = made or make(data, origin)
    if arguments.figures:
        demo_figures.want(data)
    text = demonstration.sheet(made, origin)
    (data / demonstration.SHEET).write_text(text, "utf-8")
    print(f"\n{text}\nThis is also in {arguments.data / demonstration.SHEET}.\n", flush=True)
    return 0


def make(data: Path, origin: str) -> demonstration.Demonstration:
    """Makes everything in a folder beside, which takes its place only when it is whole."""
    if data.exists() and any(data.iterdir()):
        raise StopError(
            f"{data} is not empty and holds no demonstration. Choose another folder with --data (DATA=)."
        )
    if os.environ.get("UPSTANDER_DATABASE_URL"):
        raise StopError("the demonstration brings its own SQLite: unset UPSTANDER_DATABASE_URL.")
    print("Making the demonstration (some seconds: the words are slow to try out on purpose) ...", flush=True)
    making = data.with_name(data.name + ".making")
    shutil.rmtree(making, ignore_errors=True)
    private_folder(making)
    os.environ.update(UPSTANDER_DEMO="1", UPSTANDER_ORIGIN=origin)
    start(making)
    from django.db import connections

    from upstander.cli import populate
    from upstander.server import beat

    made = populate.populate(making, migrate)
    with contextlib.redirect_stdout(
        io.StringIO()
    ):  # the message to an on-call address, which nobody reads here
        beat.sweep(log=False)  # that begins with the server, when its witnesses run
    demo_keepers.make(making)
    connections.close_all()
    (making / "settings.env").write_text(f"UPSTANDER_DEMO=1\nUPSTANDER_LOG_BEAT={LOG_BEAT}\n", "utf-8")
    neighbours.make(making)
    demonstration.save(making, made)
    making.rename(data)
    return made
