"""However many cases there are, a page of the desk asks the database a handful of things: the number, not the time."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests import people
from tests.many import many_cases
from tests.server.oversight.seers import overseer_of

pytestmark = [pytest.mark.django_db]
PAGES = (
    "/desk/",
    "/desk/queue/",
    "/desk/queue/?view=late",
    "/desk/cases/{case}/",
    "/desk/cases/{case}/file/",
)
MOST = 40


def queries(client: Client, path: str) -> int:
    """How many a page takes."""
    with CaptureQueriesContext(connection) as found:
        assert client.get(path).status_code == 200, path
    return len(found)


def test_pages_take_no_more_queries_with_more_cases(force: people.Force) -> None:
    overseer = overseer_of(force)
    first = many_cases(force, 40)[0]
    desk = force.handler.client()
    paths = [path.format(case=first) for path in PAGES]
    seen = [f"/desk/oversight/{path}" for path in ("", "list/silent/", f"cases/{first}/")]
    before = [queries(desk, path) for path in paths] + [queries(overseer, path) for path in seen]
    many_cases(force, 160, seed=2)
    after = [queries(desk, path) for path in paths] + [queries(overseer, path) for path in seen]
    assert max(after) <= MOST
    for path, fewer, more in zip([*paths, *seen], before, after, strict=True):
        assert more <= fewer + 1, path
