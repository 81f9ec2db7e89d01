"""Copies of the bundled pack for tests to break, and how patient property tests are."""

import shutil
from functools import cache
from pathlib import Path

from hypothesis import HealthCheck, settings

from upstander.policy import load
from upstander.policy.model import Pack

PATIENT = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
BUNDLED = Path(load.__file__).parent / "packs" / "uk_police"


def copy_of_pack(folder: Path) -> Path:
    """A copy of the uk-police pack inside `folder`."""
    target = folder / "pack"
    shutil.copytree(BUNDLED, target, ignore=shutil.ignore_patterns("__pycache__"))
    return target


def change(folder: Path, file: str, old: str, new: str) -> int:
    """Replaces the first `old` in a file by `new`; the line, from 1, on which the change begins."""
    path = folder / file
    text = path.read_text(encoding="utf-8")
    at = text.index(old)
    path.write_text(text[:at] + new + text[at + len(old) :], encoding="utf-8")
    return text.count("\n", 0, at) + 1


@cache
def pack_of(pack_id: str) -> Pack:
    """A bundled pack, read once."""
    return load.bundled(pack_id)
