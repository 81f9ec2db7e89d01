"""`upstander backup`: a whole copy of an installation, taken while it serves."""

from __future__ import annotations

import argparse
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from upstander.cli.environment import (
    StopError,
    add_data,
    command,
    private_folder,
    require_installation,
    start,
)

if TYPE_CHECKING:
    from upstander.cli.environment import Commands

ABOUT = """\
Copies database, sealed files, packs, keys and settings into a new folder, which can take the data
folder's place later (restore: stop, put it there, start, doctor). Safe while the site serves.

What is sealed stays sealed in the copy, but keys/ is the installation's signing key: keep the copy as
closely as the machine, and destroy it when the retention rule says so."""

FOLDERS = ("blobs", "packs", "keys", "witnesses", "keepers")  # the last two in a demonstration only
FILES = ("settings.env", "witnesses.txt", "roster.json", "demonstration.json")


def add(commands: Commands) -> None:
    """Adds the command and its arguments."""
    parser = command(commands, "backup", "copy a whole installation while it serves", ABOUT)
    add_data(parser)
    parser.add_argument(
        "--to", type=Path, required=True, metavar="FOLDER", help="a folder that is new or empty"
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Copies, database first: files it names were on disk before it named them, so none can be missing."""
    data, to = arguments.data, arguments.to
    require_installation(data)
    if to.exists() and any(to.iterdir()):
        raise StopError(f"{to} is not empty; nothing was copied.")
    os.umask(0o077)
    private_folder(to)
    start(data)
    database(to)
    for name in FOLDERS:
        if (data / name).is_dir():
            shutil.copytree(data / name, to / name, ignore=shutil.ignore_patterns("*.new", "keeper.sqlite3*"))
    for name in FILES:
        if (data / name).is_file():
            shutil.copy2(data / name, to / name)
    print(f"Copied {data} to {to}.")
    return 0


def database(to: Path) -> None:
    """Copies the SQLite database as of one moment, or says how PostgreSQL's is copied."""
    from django.db import connection

    if connection.vendor == "postgresql":
        print(
            f"The database is on PostgreSQL. Copy it BEFORE the rest: pg_dump -Fc <url> -f {to / 'db.dump'}"
        )
        return
    with connection.cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [str(to / "db.sqlite3")])
