"""However many cases there are, a page of the desk asks the database a handful of things: the number, not the time."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from tests import people
from tests.desk_pages import PAGES, address, readers
from tests.many import many_cases
from tests.server.oversight.seers import give_key, overseer_of

MOST = 25  # queries of one page, those of session, key and places among them
# Pages for one person, key, sample or publication, and those before anybody is signed in: no case is asked for.
OTHERS = {
    "sign-in/", "sign-out/", "again/", "welcome/<>/", "keys/new/", "keys/passkey/", "keys/words/", "people/<>/invite/",
    "people/<>/lost/", "people/<>/end/", "people/<>/duties/", "duties/<>/", "channel/<>/leave/<>/", "channel/<>/first/<>/",
    "figures/<>/", "figures/<>/look/", "figures/<>/look/<>", "oversight/sample/",
    "oversight/sample/<>/", "oversight/sample/<>/list.json",
}  # fmt: skip


def queries(client: Client, path: str) -> int:
    """How many a page takes once what never changes has been read."""
    found: list[str] = []

    def count(execute: Any, sql: str, *rest: Any) -> Any:
        found.append(sql)
        return execute(sql, *rest)

    client.get(path)
    with connection.execute_wrapper(count):
        answer = client.get(path)
    assert answer.status_code == 200, path
    return len(found)


@pytest.mark.django_db
def test_pages_take_no_more_queries_with_more_cases(force: people.Force) -> None:
    overseer_of(force)
    give_key(force.administrator)
    case = many_cases(force, 50)[0]
    clients = readers()
    asked = [(clients[who], address(path, case)) for path, who in PAGES]
    fewer = {path: queries(client, path) for client, path in asked}
    many_cases(force, 250, seed=2)
    more = {path: queries(client, path) for client, path in asked}
    assert more == fewer
    assert {path: number for path, number in more.items() if not 3 < number <= MOST} == {}


def routes(patterns: list[URLPattern | URLResolver], before: str = "") -> Iterator[str]:
    """Every address below these patterns, with what it names left open."""
    for one in patterns:
        here = before + re.sub("<[^>]*>", "<>", str(one.pattern))
        if isinstance(one, URLResolver):
            yield from routes(one.url_patterns, here)
        else:
            yield here


def test_every_page_of_the_desk_is_measured() -> None:
    there = {
        path.removeprefix("desk/") for path in routes(get_resolver().url_patterns) if path.startswith("desk/")
    }
    there = {path for path in there if not path.startswith("account/")}  # allauth's
    measured = {re.sub("{[^}]*}", "<>", path.split("?")[0]).removeprefix("/desk/") for path, _ in PAGES}
    measured = {re.sub("^oversight/list/.*", "oversight/list/<>/", path) for path in measured}
    assert there - OTHERS == measured
