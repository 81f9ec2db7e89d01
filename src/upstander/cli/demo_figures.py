"""The demonstration's public figures: what its survey that is over says, made and published as anywhere.

Needs what measuring needs (`make analytics`) and a served log to be held against, so that a process beside
the server does it, once, in about half a minute. A demonstration shows at once what else waits for its day:
the notice of a week and the look of somebody outside are gone through, not waited for.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib.util
import shutil
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from upstander.cli.child import start_child, stop_children
from upstander.cli.environment import StopError, private_folder, start
from upstander.surveying.instrument import ITEMS

if TYPE_CHECKING:
    from datetime import date

    from upstander.server.institutions.models import Institution

FOLDER = "figures"  # in the demonstration's data folder; there from when figures are wanted
DONE = "done"  # in it, once they are public
NEEDS = ("duckdb", "numpy", "pyarrow", "scipy", "xlsxwriter")
PATIENCE, EVERY = 180, 2  # seconds until the log has a head; between two looks
REASON = "The first figures of a demonstration, which nobody waits a week for."


def possible() -> bool:
    """Whether what measuring needs is installed."""
    return all(importlib.util.find_spec(name) for name in NEEDS)


def want(data: Path) -> None:
    """Has the figures made when the demonstration is served next."""
    private_folder(data / FOLDER)


@contextlib.contextmanager
def running(data: Path) -> Iterator[None]:
    """Has the figures made beside the server, where they are wanted and not there yet."""
    folder = data / FOLDER
    if not folder.is_dir() or (folder / DONE).exists() or not possible():
        yield
        return
    child = start_child(folder, "demo", "--data", str(data), "--publish")
    try:
        yield
    finally:
        stop_children([child])


def publish(data: Path, slug: str) -> None:
    """Extract, plan, figures, and every step until they are public. Raises StopError."""
    start(data)
    from django.conf import settings
    from django.utils import timezone

    from upstander.cli import extract, publish
    from upstander.server.institutions.access import institution_for

    folder = data / FOLDER
    for begun in folder.glob("*/"):  # by a server that was stopped before they were public
        shutil.rmtree(begun)
    today = timezone.localdate()
    until = today - timedelta(1)  # days that are over, to which the log cannot add
    _mirror(settings.ORIGIN, folder / "log", until)
    where = folder / "extract"
    nobody: dict[str, Any] = {
        "links": [],
        "personnel": None,
        "service": None,
    }  # invented people are in no list of staff
    extract.run(argparse.Namespace(data=data, slug=slug, out=where, until=until.isoformat(), **nobody))
    institution = institution_for(slug)
    (folder / "plan.toml").write_text(_plan(today), "utf-8")
    (folder / "site.toml").write_text(_site(settings.ORIGIN, today, institution), "utf-8")
    publish.run(
        argparse.Namespace(
            extracts=[where],
            plan=folder / "plan.toml",
            site=folder / "site.toml",
            log=str(folder / "log"),
            history=folder / "history",
            out=folder / "public",
            receipt=None,
            policy=None,
        )
    )
    _make_public(folder / "public", slug, today)
    (folder / DONE).touch()


def _mirror(origin: str, folder: Path, until: date) -> None:
    """A copy of the log, as soon as it has a head."""
    from upstander.cli.mirror import look
    from upstander.cli.published import recounted
    from upstander.ledger.errors import LedgerError
    from upstander.ledger.fetch import HttpSource
    from upstander.ledger.store import FolderStore

    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            look(HttpSource(origin), FolderStore(folder), None)
            recounted(str(folder), None, until, 1)
        except (LedgerError, OSError) as error:
            if time.monotonic() > deadline:
                raise StopError(f"no figures were made: {error}") from error
            time.sleep(EVERY)
        else:
            return


def _plan(day: date) -> str:
    items = ", ".join(f'"{item}"' for item in ITEMS)
    return f"""kind = "upstander/plan/v1"
name = "Demonstration"
day = {day.isoformat()}

[survey]
items = [{items}]
by = ["sex"]
margins = ["stratum", "sex"]
"""


def _site(origin: str, day: date, institution: Institution) -> str:
    return f"""kind = "upstander/site/v1"
address = "{origin}/public/"
published = {day.isoformat()}
demonstration = true
follow = "{origin}/public/news/"
hearings = "{origin}/public/hearings/"

[[institution]]
name = "{institution.name}"
slug = "{institution.slug}"
report = "{origin}/{institution.slug}/"
signed_off = "{institution.channels.get(inside=False).name}"
"""


def _make_public(site: Path, slug: str, day: date) -> None:
    """Announced, delivered, signed for by somebody outside, published."""
    from upstander.server.accounts.access import active_members
    from upstander.server.institutions.access import institution_for
    from upstander.server.transparency import actions

    institution = institution_for(slug)
    outside = institution.channels.get(inside=False)
    publication = actions.announce([institution], day, REASON)
    actions.deliver(publication, site)
    actions.sign_off(
        publication,
        active_members(outside)[0].key.person,
        institution,
        manifest=publication.manifest,
        contempt=True,
        victims=True,
        live=True,
    )
    actions.publish_due(publication.moment)
