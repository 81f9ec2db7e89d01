"""An installation made by `upstander init`, shared by the tests that only look at it."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.cli.command import Ran, upstander

ORIGIN = "https://speak.example.org"


@dataclass(frozen=True)
class Made:
    """A data folder, the custodians' slips, and what `init` said."""

    data: Path
    slips: Path
    said: Ran


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Marlshire Police as `init` makes it. Do not change it."""
    folder = tmp_path_factory.mktemp("made")
    data, slips = folder / "data", folder / "slips"
    said = upstander(
        *("init", "--data", data, "--name", "Marlshire Police", "--slug", "marlshire"),
        *("--channel", "Professional Standards: reporting team", "--prescribed", "Fellmoor Oversight"),
        *("--origin", ORIGIN, "--shares-dir", slips),
    )
    assert said.code == 0, said.errors
    return Made(data, slips, said)


@pytest.fixture
def own(made: Made, tmp_path: Path) -> Path:
    """A copy of its data folder, to be changed."""
    shutil.copytree(made.data, tmp_path / "data")
    (tmp_path / "data").chmod(0o700)
    return tmp_path / "data"
