"""`upstander demo` and `serve`: the same sheet every time, people who can open what was sent, a clean stop."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from tests.cli.command import upstander
from tests.world import free_port


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A demonstration, just made."""
    data = tmp_path_factory.mktemp("demo") / "data"
    ran = upstander("demo", "--data", data)
    assert ran.code == 0, ran.errors
    return data


def test_a_second_run_prints_the_same_and_loses_nothing(demo: Path) -> None:
    before = (demo / "db.sqlite3").read_bytes()
    first, second = (upstander("demo", "--data", demo) for _ in range(2))
    assert first.output == second.output
    assert "do not use it for a real report" in first.output
    assert (demo / "demonstration.txt").read_text() in first.output
    assert (demo / "db.sqlite3").read_bytes() == before


def test_another_port_changes_the_addresses_and_nothing_else(demo: Path) -> None:
    here, there = upstander("demo", "--data", demo), upstander("demo", "--data", demo, "--port", "8123")
    assert here.output.replace(":8000", ":8123") == there.output


def test_it_shows_cases_in_different_states(demo: Path) -> None:
    with sqlite3.connect(demo / "db.sqlite3") as database:
        states = dict(database.execute("SELECT state, count(*) FROM cases_case GROUP BY state"))
        leaves = database.execute("SELECT count(*) FROM log_leaf").fetchone()[0]
    assert states == {"open": 6, "closed": 2, "private": 1}
    assert leaves > 15


def test_a_folder_with_something_else_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    ran = upstander("demo", "--data", tmp_path)
    assert ran.code == 1
    assert "is not empty" in ran.errors
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_broken_off_attempt_does_not_stand_in_the_way(tmp_path: Path) -> None:
    making = tmp_path / "data.making"
    making.mkdir()
    (making / "db.sqlite3").write_text("half")
    assert upstander("demo", "--data", tmp_path / "data").code == 0
    assert not making.exists()
    assert len(json.loads((tmp_path / "data/demonstration.json").read_text())["doors"]) == 6


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_it_serves_and_stops_cleanly(demo: Path, how: signal.Signals) -> None:
    port = free_port()
    command = [sys.executable, "-m", "upstander.cli.main", "serve", "--data", str(demo), "--port", str(port)]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("UPSTANDER_")}
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    server = subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True
    )
    try:
        while True:
            assert server.poll() is None, "the server ended before it answered"
            try:
                page = urllib.request.urlopen(f"http://127.0.0.1:{port}/marlshire/").read()
                break
            except OSError:
                time.sleep(0.1)
        assert b"upstander-installation" in page
        os.killpg(server.pid, how)  # as a terminal does: to everything that was started in it
        output, _ = server.communicate(timeout=60)
    finally:
        server.kill()
    assert server.returncode == 0
    assert output == b""
    with pytest.raises(OSError, match="refused"):
        urllib.request.urlopen(f"http://127.0.0.1:{port}/marlshire/")
