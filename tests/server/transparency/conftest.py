"""Sites lie beside the data folder of all tests; the installation's keys stay those its cards were signed with."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.people import Force
from upstander.server.transparency import actions
from upstander.server.transparency.models import Publication


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder for sites."""
    return tmp_path


@pytest.fixture
def delivered(force: Force, folder: Path) -> Publication:
    """A publication under embargo, that nobody has signed for."""
    from tests.server.transparency.test_publishing import site_for, soon

    publication = actions.announce([force.institution], soon())
    actions.deliver(publication, site_for(force, soon(), folder / "site"))
    return publication
