"""`upstander serve`: the web server, in the foreground, until it is told to stop."""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
from typing import TYPE_CHECKING

from upstander.cli import demo_figures, demo_keepers, demo_survey, demonstration, neighbours
from upstander.cli.environment import (
    StopError,
    add_data,
    command,
    migrate,
    read_settings,
    require_installation,
    start,
)

if TYPE_CHECKING:
    from upstander.cli.environment import Commands

ABOUT = """\
Serves pages and interface on one address. Brings the database up to date first.

With SQLite (the default) there is one worker process: it gathers what arrives together into
one durable commit. With PostgreSQL (UPSTANDER_DATABASE_URL) several workers may share the work.
Requests are never logged. Put a proxy that does TLS in front, and do not let it log either:
docs/how-to/run-for-real.md."""

THREADS = 16  # how many requests one worker takes at once; more gain nothing on a group-committed SQLite


def add(commands: Commands) -> None:
    """Adds the command and its arguments."""
    parser = command(commands, "serve", "serve an installation", ABOUT)
    add_data(parser)
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: 127.0.0.1)")
    parser.add_argument("--port", type=int, default=8000, help="port to listen on (default: 8000)")
    parser.add_argument(
        "--workers",
        type=int,
        default=1,
        metavar="N",
        help="worker processes; more than 1 only with PostgreSQL",
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Serves until SIGINT or SIGTERM, then finishes what it has begun."""
    require_installation(arguments.data)
    settings = {**read_settings(arguments.data), **os.environ}
    if arguments.workers > 1 and not settings.get("UPSTANDER_DATABASE_URL"):
        raise StopError(
            "several workers need PostgreSQL: set UPSTANDER_DATABASE_URL, or leave --workers at 1."
        )
    if "UPSTANDER_ORIGIN" not in settings:
        os.environ["UPSTANDER_ORIGIN"] = f"http://{arguments.host}:{arguments.port}"
    start(arguments.data)
    migrate()
    data = arguments.data.resolve()
    made = demonstration.load(data)
    with contextlib.ExitStack() as beside:
        beside.enter_context(neighbours.running(data))
        beside.enter_context(demo_keepers.running(data))
        if made is not None:
            beside.enter_context(demo_survey.running(data, made.slug, made.codes))
            beside.enter_context(demo_figures.running(data))
        listen(arguments.host, arguments.port, arguments.workers)
    return 0


def listen(host: str, port: int, workers: int) -> None:
    """Runs Granian. Its workers import `upstander.cli.application`, which also starts the beat."""
    from granian import Granian
    from granian.constants import HTTPModes, Interfaces
    from granian.log import LogLevels

    server = Granian(
        "upstander.cli.application:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=THREADS,
        blocking_threads_idle_timeout=600,
        http=HTTPModes.http1,
        websockets=False,
        log_level=LogLevels.error,
        log_access=False,
        workers_kill_timeout=20,
    )
    # A closed terminal means stop. Granian would take it for "load again", and stay without a terminal.
    server.on_startup(lambda: signal.signal(signal.SIGHUP, server.signal_handler_interrupt))
    server.serve()
