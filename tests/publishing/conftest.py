"""One invented institution, published once for all tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.publishing.town import Town, found_town
from upstander.cli.main import main
from upstander.cli.publish import built_look
from upstander.cli.published import recounted
from upstander.measure.disclosure import opened
from upstander.measure.extract import open_extract
from upstander.measure.plan import read_plan
from upstander.publishing.check import Check, check
from upstander.publishing.making import Made, make, read_history
from upstander.publishing.markup import raw
from upstander.publishing.page import Look
from upstander.publishing.settings import read_settings
from upstander.publishing.site import Site, build

ASSETS = Path(__file__).parents[2] / "src/upstander/server/built/assets"


@dataclass
class Published:
    """A town, its release, the check against its log, and every file of its site."""

    town: Town
    made: Made
    check: Check
    mirror: Path
    site: Site
    files: dict[str, bytes]


def look() -> tuple[Look, dict[str, bytes]]:
    """The look from the build; before there is one, a plain one with the same names."""
    if (ASSETS / "public.css").is_file():
        return built_look()
    return Look(raw("<svg></svg>")), {"public.css": b"", "icon.svg": b"<svg/>"}


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Published]:
    folder = tmp_path_factory.mktemp("town")
    town = found_town(folder)
    mirror = folder / "mirror"
    with town.serve() as url:
        assert main(["mirror", url, str(mirror)]) == 0
    plan, settings = read_plan(folder / "plan.toml"), read_settings(folder / "site.toml")
    made = make(open_extract(town.extract), plan, settings, read_history(folder / "none.json"), name="first")
    recount, origin, size = recounted(str(mirror), None, made.release.cutoff, plan.limits["answered"])
    claims = [safe for safe in made.release.tables if opened(safe).name == "claims"]
    compared = check(claims, recount, whole=True, origin=origin, size=size)
    style, assets = look()
    site = Site(settings.address, (made.release,), style, assets, compared, "", demonstration=True)
    yield Published(town, made, compared, mirror, site, build(site))
