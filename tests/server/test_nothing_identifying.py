"""What a reporter's visit leaves in logs and tables: nothing of who, where from, or when but the day."""

from __future__ import annotations

import io
import logging
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client

from tests import people
from tests.server.reporting import browser
from upstander.sealing.words import ReceiptKeys
from upstander.server.logs import PlainFormatter

pytestmark = [pytest.mark.django_db, pytest.mark.db]

ADDRESS, AGENT, REFERRER = "203.0.113.77", "Marker-Agent/7.1", "https://marker.example/page"
APPS = ("log", "institutions", "cases", "pledges")
FINE = {"DateTimeField", "TimeField", "DurationField", "GenericIPAddressField"}


def marked(path: str, body: Any) -> Any:
    client = Client(headers={"user-agent": AGENT, "referer": REFERRER, "x-forwarded-for": ADDRESS})
    return client.post(path, body, content_type="application/json", REMOTE_ADDR=ADDRESS)


def test_no_table_about_reports_can_hold_a_time_or_an_address() -> None:
    fields = [
        f for label in APPS for model in apps.get_app_config(label).get_models() for f in model._meta.fields
    ]
    assert len(fields) > 40
    assert [f"{f.model.__name__}.{f.name}" for f in fields if f.get_internal_type() in FINE] == []


def test_no_row_holds_who_sent(force: people.Force, receipt: ReceiptKeys) -> None:
    body = people.submission(force, receipt)
    assert marked(f"/api/v1/i/{force.slug}/reports", body).status_code == 200
    assert marked(f"/api/v1/i/{force.slug}/reports", {}).status_code == 422
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT * FROM "{table}"')
            rows = repr(
                [[bytes(v) if isinstance(v, memoryview) else v for v in row] for row in cursor.fetchall()]
            )
            for marker in (ADDRESS, AGENT, REFERRER):
                assert marker not in rows, table


def test_reporters_have_no_session_row(force: people.Force, receipt: ReceiptKeys) -> None:
    marked(f"/api/v1/i/{force.slug}/reports", people.submission(force, receipt))
    browser.token(force, receipt)
    assert apps.get_model("sessions", "Session").objects.count() == 0


@pytest.fixture
def written() -> Any:
    """Everything our formatter writes while a test runs."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(PlainFormatter())
    names = ["", "django", "django.request", "django.security", "upstander"]
    loggers = [logging.getLogger(name) for name in names]
    for logger in loggers:
        logger.addHandler(handler)
    yield stream
    for logger in loggers:
        logger.removeHandler(handler)


def test_errors_are_logged_without_what_was_sent(
    force: people.Force, receipt: ReceiptKeys, written: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    from upstander.server.cases import actions

    def broken(slug: str, report: Any, private: Any = None) -> str:
        raise RuntimeError(f"could not take {report.case} for {slug}")

    monkeypatch.setattr(actions, "submit", broken)
    body = people.submission(force, receipt)
    assert marked(f"/api/v1/i/{force.slug}/reports", body).status_code == 500
    marked("/api/v1/i/nowhere/reports?words=marker", body)
    Client(headers={"host": "marker.example"}).get("/")
    log = written.getvalue()
    assert "RuntimeError" in log and "api.py" in log  # it says what went wrong and where
    for marker in (ADDRESS, AGENT, REFERRER, body["case"], body["act"], force.slug, "marker", "/api/"):
        assert marker not in log, log
