"""What most commands need first: the data folder, Django started on it, and its tables up to date."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]


class StopError(Exception):
    """A command cannot go on. The message says why and what to do, in plain words."""


class Formatter(argparse.RawDescriptionHelpFormatter):
    """Keeps line breaks of descriptions, and puts the help of an argument beside it at a fixed width."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=26, width=100)
        self._action_max_length = 14  # argparse forgets the indent of sub-commands when it measures


def command(commands: Commands, name: str, summary: str, about: str) -> argparse.ArgumentParser:
    """Adds a sub-command whose long description keeps its line breaks."""
    return commands.add_parser(
        name,
        help=summary,
        description=about,
        formatter_class=Formatter,
    )


def add_data(parser: argparse.ArgumentParser) -> None:
    """Adds `--data`, the folder that holds everything an installation is."""
    parser.add_argument(
        "--data",
        type=Path,
        default=Path(os.environ.get("UPSTANDER_DATA", "data")),
        metavar="FOLDER",
        help="the installation's folder: database, sealed files, keys (default: $UPSTANDER_DATA or ./data)",
    )


def read_settings(data: Path) -> dict[str, str]:
    """What `settings.env` in the data folder says: NAME=value lines, `#` begins a comment."""
    path = data / "settings.env"
    if not path.is_file():
        return {}
    lines = [line.strip() for line in path.read_text("utf-8").splitlines()]
    pairs = [line.partition("=") for line in lines if line and not line.startswith("#")]
    wrong = [name for name, equals, _ in pairs if not equals or not name.startswith("UPSTANDER_")]
    if wrong:
        raise StopError(f"{path}: expected lines of the form UPSTANDER_NAME=value, found {wrong[0]!r}.")
    return {name: value for name, _, value in pairs}


def start(data: Path) -> None:
    """Starts Django on a data folder. The environment comes before the folder's own `settings.env`."""
    os.environ["UPSTANDER_DATA"] = str(data.resolve())
    for name, value in read_settings(data).items():
        os.environ.setdefault(name, value)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "upstander.server.settings")
    import django

    django.setup()


def require_installation(data: Path) -> None:
    """Raises StopError where no installation lives in the folder."""
    if not (data / "keys").is_dir():
        raise StopError(
            f"there is no installation in {data}. Make one with `upstander init`, "
            "or a demonstration with `upstander demo`."
        )


def migrate() -> None:
    """Brings the tables up to date, saying so when there is anything to do."""
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if not plan:
        return
    print(f"Bringing the database up to date: {len(plan)} steps ...", flush=True)
    call_command("migrate", interactive=False, verbosity=0)


def private_folder(folder: Path) -> None:
    """Makes a folder that only its owner can enter (0700)."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)


def write_private(path: Path, text: str) -> None:
    """Writes a new file that only its owner can read (0600). Raises FileExistsError."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
