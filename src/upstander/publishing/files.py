"""Writes a site into a folder, whole or not at all."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

from upstander.publishing.errors import PublishError


def write(folder: Path, files: Mapping[str, bytes]) -> None:
    """Writes the files; the folder must be new or empty and appears at once, when all are written.

    Raises PublishError where it is not empty, or a name would leave it.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise PublishError(f"{folder.name} is not empty. Name a new folder: two releases must not be mixed.")
    part = folder.with_name(folder.name + ".part")
    shutil.rmtree(part, ignore_errors=True)
    for name, data in files.items():
        path = part / name
        if ".." in Path(name).parts or Path(name).is_absolute():
            raise PublishError(f"{name} is no path of a site.")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    if folder.exists():
        folder.rmdir()
    part.rename(folder)
