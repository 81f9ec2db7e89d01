"""`upstander doctor` and `upstander live`: what is wrong is found, said with what to do, and stands in the way."""

from __future__ import annotations

import sqlite3
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.cli.command import Ran, upstander
from tests.cli.conftest import Made
from upstander.cli import checks_site
from upstander.pages.headers import COMMON


def doctor(data: Path, **settings: str) -> Ran:
    return upstander("doctor", "--data", data, "--no-site", **settings)


def lines(ran: Ran, level: str) -> list[str]:
    return [line for line in ran.output.splitlines() if line.startswith(level + " ")]


def test_a_fresh_installation_has_nothing_that_fails(made: Made) -> None:
    ran = doctor(made.data)
    assert ran.code == 0, ran.output + ran.errors
    assert lines(ran, "fail") == []
    warned = "\n".join(lines(ran, "warn"))
    assert "nobody is on the channel" in warned
    assert "it is a demonstration" in warned
    assert "there is no mail server" in warned


def test_an_open_key_fails_with_the_command_that_closes_it(own: Path) -> None:
    (own / "keys/signing").chmod(0o644)
    ran = doctor(own)
    assert ran.code == 1
    assert "others can read" in lines(ran, "fail")[0]
    assert f"chmod 0600 {own / 'keys'}/*" in ran.output


def test_another_signing_key_than_the_card_s_fails(own: Path, made: Made) -> None:
    other = "A" * 43 + "\n"
    assert (own / "keys/signing").read_text() != other
    (own / "keys/signing").write_text(other)
    ran = doctor(own)
    assert ran.code == 1
    assert "the card does not verify" in ran.output


def test_a_clock_behind_the_log_fails(own: Path) -> None:
    with sqlite3.connect(own / "db.sqlite3") as database:
        database.execute("UPDATE log_leaf SET day = '2199-01-01'")
    ran = doctor(own)
    assert ran.code == 1
    assert "the log already has acts of 2199-01-01" in ran.output


def test_tables_of_an_older_version_fail_before_anything_reads_them(own: Path) -> None:
    with sqlite3.connect(own / "db.sqlite3") as database:
        database.execute("DELETE FROM django_migrations WHERE app = 'cases'")
    ran = doctor(own)
    assert ran.code == 1
    assert "behind this version" in ran.output


def test_an_address_without_tls_fails_unless_it_is_this_machine(own: Path) -> None:
    assert "which is not https" in doctor(own, ORIGIN="http://speak.example.org").output
    assert "this machine only" in doctor(own, ORIGIN="http://127.0.0.1:8000").output


def test_a_folder_without_an_installation_is_said_to_be_one(tmp_path: Path) -> None:
    ran = doctor(tmp_path)
    assert ran.code == 1
    assert "there is no installation" in ran.errors


def test_it_does_not_go_live_while_something_fails(own: Path) -> None:
    ran = upstander("live", "marlshire", "--data", own)
    assert ran.code == 1
    assert "nobody is on the channel" in ran.output
    assert "not switched" in ran.errors
    with sqlite3.connect(own / "db.sqlite3") as database:
        assert database.execute("SELECT demonstration FROM institutions_institution").fetchall() == [(1,)]


def test_the_ready_made_demonstration_never_goes_live(own: Path) -> None:
    (own / "demonstration.json").write_text("{}")
    ran = upstander("live", "marlshire", "--data", own)
    assert ran.code == 1
    assert "never goes live" in ran.errors


class Answers(BaseHTTPRequestHandler):
    """Answers as Upstander does, in plain HTTP, or as something else would."""

    sent: tuple[tuple[str, str], ...] = COMMON

    def do_GET(self) -> None:
        self.send_response(400)
        for name, value in self.sent:
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""


class Strangers(Answers):
    """Another program."""

    sent = ()


@pytest.mark.parametrize(
    ("host", "answers", "level"),
    [
        ("0.0.0.0", Answers, "warn"),
        ("127.0.0.1", Answers, "ok"),
        ("0.0.0.0", Strangers, "ok"),
    ],
)
def test_a_server_that_others_reach_is_pointed_out(host: str, answers: type[Answers], level: str) -> None:
    if not checks_site.own_addresses():
        pytest.skip("!! this machine has no address but its own, so nothing else could reach a server on it")
    with ThreadingHTTPServer((host, 0), answers) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        (found,) = checks_site.bare(server.server_port)
        server.shutdown()
    assert found.level == level
    assert ("can be reached at" in found.what) == (level == "warn")
