"""What was committed is carried into the database file beside the commits, and nothing is lost on the way."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from django.db import connection

from upstander.server.institutions.actions import create_institution
from upstander.server.log import checkpoint, commit
from upstander.server.log.commit import Done, perform, server_leaf
from upstander.server.log.models import Leaf

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.db]


@pytest.fixture(autouse=True)
def on_sqlite() -> None:
    if connection.vendor != "sqlite":
        pytest.skip("checkpoints are SQLite's")
    create_institution(slug="marlshire", name="Marlshire Police", pack="uk-police")


def write(times: int) -> None:
    for _ in range(times):
        perform(lambda: Done([], server_leaf("card", "marlshire", card="0" * 64, version=1)))


def length_of_log() -> int:
    return Path(f"{connection.settings_dict['NAME']}-wal").stat().st_size


def test_everything_is_carried_over() -> None:
    write(5)
    done = checkpoint.carry()
    assert done.pages == done.carried > 0
    assert checkpoint.carry().carried == done.carried  # nothing new
    assert Leaf.objects.count() == 5


def test_a_log_that_was_carried_over_starts_anew() -> None:
    write(40)
    checkpoint.carry()
    before = length_of_log()
    write(5)
    assert checkpoint.carry().pages < before // 4096  # written over from the beginning
    assert length_of_log() == before and Leaf.objects.count() == 45


def test_a_long_log_is_finished_between_two_commits(monkeypatch: pytest.MonkeyPatch) -> None:
    rounds: list[bool] = []
    whole = checkpoint._passive

    def passive() -> checkpoint.Carried:
        done = whole()
        if not rounds:
            write(3)  # somebody commits while the first round carries
        rounds.append(commit.between().locked())
        return done

    monkeypatch.setattr(checkpoint, "_passive", passive)
    monkeypatch.setattr(checkpoint, "LONG", 1)
    write(3)
    done = checkpoint.carry()
    assert rounds == [False, True] and done.pages == done.carried
    monkeypatch.setattr(checkpoint, "LONG", 1_000_000)
    checkpoint.carry()
    assert rounds == [False, True, False]


def test_the_thread_carries_after_a_commit_and_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    carried = threading.Event()
    monkeypatch.setattr(checkpoint, "_safely", carried.set)
    before = set(threading.enumerate())
    commit.written.clear()
    end = checkpoint.start_thread(pause=0.001)
    (thread,) = set(threading.enumerate()) - before
    assert not carried.wait(0.05)
    write(1)
    assert carried.wait(10)
    end()
    thread.join(10)
    assert not thread.is_alive()
