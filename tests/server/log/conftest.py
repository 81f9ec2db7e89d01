"""A log of its own for each test: own keys, own memory of what was signed, no witnesses unless a test adds some."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from upstander.server import installation
from upstander.server.log import cosign


@pytest.fixture
def folder(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installation's data folder that nothing else has used."""
    settings.DATA = tmp_path
    installation.create(tmp_path)
    monkeypatch.setattr(cosign, "_asked", set())
    return tmp_path
