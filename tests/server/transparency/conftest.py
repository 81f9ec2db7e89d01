"""Sites lie beside the data folder of all tests; the installation's keys stay those its cards were signed with."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder for sites."""
    return tmp_path
