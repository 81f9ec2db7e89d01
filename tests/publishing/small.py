"""A site of one small table, made in no time, for tests of what is done with sites."""

from __future__ import annotations

import datetime
from dataclasses import replace
from pathlib import Path

import numpy as np

from tests.publishing.conftest import look
from upstander.measure.disclosure import Cell, Dimension, Published, Safe, Table, release
from upstander.measure.disclosure.show import Backed, Row
from upstander.measure.estimate import Estimate
from upstander.publishing.check import Check, Compared
from upstander.publishing.files import write
from upstander.publishing.review import Review
from upstander.publishing.review_pages import build as build_review
from upstander.publishing.site import Area, Release, Site, build, manifest


def tables(received: int = 60) -> tuple[Safe[Published], ...]:
    """What an institution received in two quarters, exactly and rounded."""
    quarters = Dimension("quarter", ("2026 Q1", "2026 Q2"))
    table = Table("logged", "Reports through Upstander", "r", (quarters,), np.array([received, 40]))
    rows = tuple(
        Row(
            (quarter, "received"),
            Estimate(n, n, n, n, n, "counted", "count", events=n),
            (Cell("r", (("quarter", quarter),)),),
        )
        for quarter, n in (("2026 Q1", received), ("2026 Q2", 40))
    )
    made = release("small", (table,), (Backed("claims", "What is said", ("period", "what"), rows),))
    return made.tables


def site(
    day: datetime.date,
    *,
    address: str,
    slugs: dict[str, str],
    earlier: tuple[str, ...] = (),
    checked: bool = True,
    received: int = 60,
    signed_off: str = "",
) -> Site:
    """The site of these institutions (names by slug), published on that day."""
    cutoff = day - datetime.timedelta(days=40)
    style, assets = look()
    made = tuple(
        Release(
            slug=slug, name=name, cutoff=cutoff, published=day, standing="planned", extract="0" * 64,
            tables=tables(received), hidden=0, width=5, signed_off=signed_off, areas=(Area("wexhollow-town", "Wexhollow town"),),
        )
        for slug, name in slugs.items()
    )  # fmt: skip
    compared = Check(
        (Compared("2026 Q1", "received", 60, 60, "agrees"),), True, "log", 9, cutoff.isoformat(), 28
    )
    return Site(address, made, style, assets, compared if checked else None, earlier=earlier)


def checked(made: Site, check: Check) -> Site:
    """The same site, held against a log with this result."""
    return replace(made, check=check)


def review(folder: Path, made: Site) -> Path:
    """A review of the one institution of a site, in a folder."""
    (release,) = made.releases
    first = release.cutoff - datetime.timedelta(days=700)
    one = Review(release, first, tuple(release.figures()), made.check)
    files = build_review(one, made.look, dict(made.assets), demonstration=False)
    files["publication.json"] = manifest(made, files, (first, release.cutoff))
    write(folder, files)
    return folder


def written(folder: Path, made: Site) -> Path:
    """The site in a folder."""
    write(folder, build(made))
    return folder
