"""Runs the `upstander` command as a person would: its own process, its own data folder."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass


@dataclass(frozen=True)
class Ran:
    """What a command said, and its exit code."""

    code: int
    output: str
    errors: str


def upstander(*words: object, typed: str = "", **settings: str) -> Ran:
    """Runs one command without a terminal. `settings` are UPSTANDER_* values; none are inherited."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("UPSTANDER_")}
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    done = subprocess.run(
        [sys.executable, "-m", "upstander.cli.main", *map(str, words)],
        input=typed,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env={**environment, **{f"UPSTANDER_{name}": value for name, value in settings.items()}},
    )
    return Ran(done.returncode, done.stdout, done.stderr)
