"""This machine's own memory of the log, outside the database: the last tree head it signed.

A database that is put back to yesterday then knows less than the file beside it, and nothing is signed over
what is missing. The file is on the disk before the tree head is in the database.
"""

from __future__ import annotations

import os
from pathlib import Path

from django.conf import settings

from upstander.ledger.checkpoint import Checkpoint
from upstander.ledger.errors import LedgerError
from upstander.ledger.notes import parse_note
from upstander.server.log import tree
from upstander.server.log.errors import BehindError
from upstander.server.log.models import Log


def folder() -> Path:
    """Where the files are: `log/` in the data folder, one for each generation."""
    return Path(settings.DATA) / "log"


def keep(log: Log, note: str) -> None:
    """Writes the tree head down, whole or not at all, and flushes it to the disk. Raises OSError."""
    folder().mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder() / str(log.generation)
    waiting = path.with_name(f"{path.name}.{os.getpid()}.new")
    try:
        handle = os.open(waiting, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(note)
            file.flush()
            os.fsync(file.fileno())
        waiting.replace(path)
    finally:
        waiting.unlink(missing_ok=True)
    directory = os.open(folder(), os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)


def last(log: Log) -> Checkpoint | None:
    """The last tree head this machine signed. Raises BehindError for a file that cannot be read."""
    path = folder() / str(log.generation)
    try:
        return Checkpoint.parse(parse_note(path.read_text("utf-8")).text)
    except FileNotFoundError:
        return None
    except (LedgerError, UnicodeDecodeError) as error:
        raise BehindError(
            f"This machine's memory of log {log.generation} cannot be read ({error})."
        ) from error


def check(log: Log) -> None:
    """Raises BehindError when this machine has signed more than the database has, or another log."""
    later = [int(path.name) for path in _files() if int(path.name) > log.generation]
    if later:
        raise BehindError(
            f"This machine has gone on to log {max(later)}; the database ends with an earlier one."
        )
    known = last(log)
    if known is None:
        return
    if known.size > log.size:
        raise BehindError(f"This machine has signed {known.size} entries; the database has {log.size}.")
    if known.size and tree.root(log, known.size) != known.root:
        raise BehindError(
            f"This machine has signed another tree of {known.size} entries than the database has."
        )


def _files() -> list[Path]:
    return [path for path in folder().glob("[1-9]*") if path.name.isdigit()] if folder().is_dir() else []
