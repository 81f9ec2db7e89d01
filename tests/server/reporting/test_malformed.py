"""Whatever is sent instead of a report: a clear refusal, no fault of ours, nothing stored."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import people
from tests.server.reporting import browser
from upstander.sealing.words import ReceiptKeys
from upstander.server.cases.models import Case
from upstander.server.log.models import Leaf

pytestmark = [pytest.mark.django_db, pytest.mark.db]

TEXTS = st.one_of(
    st.text(max_size=40),
    st.sampled_from(
        [
            "",
            "\0",
            "\u202egnp.exe",
            "👩🏽‍🚒",
            "Ａ" * 26,
            "a" * 26,
            "../../x",
            "-1",
            "0" * 64,
            "A" * 43,
            "é" * 26,
        ]
    ),
)
VALUES = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), TEXTS
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(TEXTS, inner, max_size=3)),
    max_leaves=6,
)
RUN = settings(
    max_examples=60, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)


def places(value: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a JSON value."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return (
        [at, *(place for key, one in inner for place in places(one, (*at, key)))]
        if at
        else [place for key, one in inner for place in places(one, (*at, key))]
    )


def replaced(value: Any, place: tuple[Any, ...], by: Any) -> Any:
    """A copy with something else in that place."""
    changed = copy.deepcopy(value)
    inside = changed
    for key in place[:-1]:
        inside = inside[key]
    inside[place[-1]] = by
    return changed


def test_anything_in_any_place(force: people.Force, receipt: ReceiptKeys) -> None:
    body = people.submission(force, receipt, excluded=[force.excluded])
    leaves = Leaf.objects.count()

    @RUN
    @given(place=st.sampled_from(places(body)), value=VALUES)
    def run(place: tuple[Any, ...], value: Any) -> None:
        sent = replaced(body, place, value)
        if sent == body or place in {("urgent",), ("work",)}:
            return
        answer = browser.send("POST", f"{force.slug}/reports", sent)
        assert answer.status_code in {400, 409, 422}, (place, value, answer.content)
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert answer.json()["title"]

    run()
    assert not Case.objects.exists() and Leaf.objects.count() == leaves
    assert browser.send("POST", f"{force.slug}/reports", body).status_code == 200


def test_any_bytes_to_any_route(force: people.Force) -> None:
    routes = [
        ("POST", "reports"), ("POST", "records"), ("POST", "mailbox/open"), ("POST", "mailbox/messages"),
        ("PUT", "mailbox/record"), ("DELETE", "mailbox/record"), ("POST", "mailbox/send"), ("POST", "mailbox/take-back"), ("PUT", "uploads/" + "a" * 26),
        ("PUT", "uploads/" + "a" * 26 + "/parts/0"),
    ]  # fmt: skip

    @RUN
    @given(
        route=st.sampled_from(routes),
        data=st.one_of(st.binary(max_size=200), VALUES.map(lambda v: json.dumps(v).encode())),
    )
    def run(route: tuple[str, str], data: bytes) -> None:
        method, path = route
        answer = Client().generic(
            method, f"/api/v1/i/{force.slug}/{path}", data, content_type="application/json"
        )
        assert 400 <= answer.status_code < 500, (route, data, answer.content)
        assert answer.headers["Content-Type"] == "application/problem+json"

    run()
    assert not Case.objects.exists()


@pytest.mark.parametrize(
    "twice", [lambda b: b["grants"].extend(b["grants"] * 300), lambda b: b.update(excluded=["a" * 26] * 501)]
)
def test_too_many_of_anything(force: people.Force, receipt: ReceiptKeys, twice: Any) -> None:
    body = people.submission(force, receipt)
    twice(body)
    answer = browser.send("POST", f"{force.slug}/reports", body)
    assert answer.status_code == 422 and "too many" in answer.json()["detail"].lower()
