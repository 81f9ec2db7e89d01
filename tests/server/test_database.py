"""The database as it is opened: safe against power loss, overwriting what is deleted, migrated completely."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.db import connection

import upstander.sqlite
from upstander.server import settings

pytestmark = [pytest.mark.django_db, pytest.mark.db]


def test_migrations_say_what_models_say() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PRAGMAs are SQLite's")
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("journal_mode", "wal"),
        ("synchronous", 2),
        ("foreign_keys", 1),
        ("secure_delete", 1),
        ("trusted_schema", 0),
    ],
)
def test_sqlite_is_opened_safely(name: str, value: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA {name}")
        assert cursor.fetchone() == (value,)


def test_the_library_is_one_without_the_wal_reset_bug(monkeypatch: pytest.MonkeyPatch) -> None:
    assert upstander.sqlite.version() >= upstander.sqlite.FIRST_SAFE
    assert upstander.sqlite.journal_mode() == "WAL"
    monkeypatch.setattr(upstander.sqlite, "version", lambda: (3, 40, 1))
    assert upstander.sqlite.journal_mode() == "TRUNCATE"


def test_a_database_address_is_read_in_all_its_forms() -> None:
    read = settings._database
    assert read("postgres://a:b%40c@db.example:5433/reports")["PASSWORD"] == "b@c"
    socket = read("postgres://upstander@/postgres?host=/run/x&sslmode=require")
    assert (socket["HOST"], socket["NAME"], socket["OPTIONS"]) == (
        "/run/x",
        "postgres",
        {"sslmode": "require"},
    )
    with pytest.raises(ValueError, match="postgres://"):
        read("mysql://x")
