"""Fixtures every server test can use. A test that touches the database says so with the mark `db`."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from tests import people
from upstander.sealing.words import ReceiptKeys
from upstander.server import installation
from upstander.server.log import cosign, head


@pytest.fixture(autouse=True)
def nothing_remembered() -> None:
    """Each test's database begins empty; a tree head remembered from another test would stop it from signing."""
    shutil.rmtree(head.folder(), ignore_errors=True)


@pytest.fixture
def force(db: None) -> people.Force:
    """Marlshire Police with two channels and five handlers."""
    return people.found_force()


@pytest.fixture
def other_force(db: None) -> people.Force:
    """Another institution of the same installation."""
    return people.found_force("wexhollow", "Wexhollow Police")


@pytest.fixture
def outsider(other_force: people.Force) -> people.Colleague:
    """A handler of the other institution."""
    return other_force.handler


@pytest.fixture
def receipt() -> ReceiptKeys:
    """A reporter's keys."""
    return people.reporter()


@pytest.fixture
def folder(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder of its own: own keys, own memory of what was signed, no witnesses unless a test adds some."""
    settings.DATA = tmp_path
    installation.create(tmp_path)
    monkeypatch.setattr(cosign, "_asked", set())
    return tmp_path
