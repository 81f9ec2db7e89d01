"""`upstander init`: what it makes, what it hands out once, and what it refuses."""

from __future__ import annotations

import sqlite3
import stat
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.cli.command import upstander
from tests.cli.conftest import ORIGIN, Made
from upstander.cli.environment import StopError
from upstander.cli.founding import ChannelPlan, Plan, check
from upstander.formats import ids
from upstander.sealing import age, shares

NEEDED = ("--name", "Wexhollow Police", "--slug", "wexhollow", "--channel", "Team", "--origin", ORIGIN)


def rows(data: Path, query: str) -> list[tuple[object, ...]]:
    with sqlite3.connect(data / "db.sqlite3") as database:
        return database.execute(query).fetchall()


def test_only_the_owner_can_enter_the_folder_or_read_a_key(made: Made) -> None:
    assert stat.S_IMODE(made.data.stat().st_mode) == 0o700
    keys = sorted((made.data / "keys").iterdir())
    assert [key.name for key in keys] == ["installation", "log", "secret", "signing"]
    assert {stat.S_IMODE(key.stat().st_mode) for key in keys} == {0o600}


def test_it_makes_an_institution_with_inside_and_outside_channels(made: Made) -> None:
    query = "SELECT slug, name, demonstration FROM institutions_institution"
    assert rows(made.data, query) == [("marlshire", "Marlshire Police", 1)]
    channels = rows(made.data, "SELECT name, inside, prescribed FROM institutions_channel ORDER BY inside")
    assert channels == [
        ("Fellmoor Oversight", 0, 1),
        ("Professional Standards: reporting team", 1, 0),
    ]


def test_each_share_is_on_a_slip_of_its_own_and_two_make_the_custodian_s_key(made: Made) -> None:
    slips = sorted(made.slips.iterdir())
    assert len(slips) == 6
    assert {stat.S_IMODE(slip.stat().st_mode) for slip in slips} == {0o600}
    outside = [slip.read_text() for slip in slips if slip.name.startswith("fellmoor")]
    found = [text[text.index("us1-") :].split("\n\n")[0] for text in outside]
    seed = shares.combine([shares.from_text(found[0]), shares.from_text(found[2])])
    key = ids.key_id("", age.recipient_of(age.identity_from_seed(seed)))
    assert (key,) in rows(made.data, "SELECT key FROM institutions_custodian")


def test_no_share_and_no_custodian_s_identity_stays_in_the_data_folder(made: Made) -> None:
    kept = b"".join(path.read_bytes() for path in made.data.rglob("*") if path.is_file())
    for slip in made.slips.iterdir():
        text = slip.read_text()
        share = text[text.index("us1-") :].split()[0]
        assert share.encode() not in kept
    assert b"AGE-SECRET-KEY" not in kept


def test_it_prints_the_first_administrator_s_link_and_keeps_only_its_hash(made: Made) -> None:
    start = made.said.output.index(f"{ORIGIN}/desk/welcome/")
    token = made.said.output[start:].split("/")[5]
    assert len(token) > 20
    kept = b"".join(path.read_bytes() for path in made.data.rglob("*") if path.is_file())
    assert token.encode() not in kept
    assert rows(made.data, "SELECT username FROM accounts_person WHERE administrator") == [
        ("marlshire-admin",)
    ]


def test_it_refuses_to_run_twice_and_changes_nothing(own: Path) -> None:
    before = (own / "keys/signing").read_bytes()
    again = upstander("init", "--data", own, *NEEDED)
    assert again.code == 1
    assert "already; nothing was changed" in again.errors
    assert (own / "keys/signing").read_bytes() == before
    assert rows(own, "SELECT slug FROM institutions_institution") == [("marlshire",)]


def test_a_second_institution_is_added_under_the_same_keys(own: Path) -> None:
    before = (own / "keys/signing").read_bytes()
    added = upstander("init", "--data", own, "--add", *NEEDED)
    assert added.code == 0, added.errors
    assert (own / "keys/signing").read_bytes() == before
    assert f"{ORIGIN}/wexhollow/" in added.output
    assert len(rows(own, "SELECT slug FROM institutions_institution")) == 2


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"slug": "Not a slug"}, "lower-case letters"),
        ({"slug": "desk"}, "taken by Upstander itself"),
        ({"pack": "no-such"}, "there is no policy pack"),
        ({"needs": 4}, "at most as many as there are"),
        ({"needs": 1}, "at least 2 shares"),
        ({"channels": (ChannelPlan("A team", True), ChannelPlan("a Team", False))}, "same name"),
    ],
)
def test_a_plan_that_cannot_be_carried_out_is_refused_in_words(change: dict[str, Any], said: str) -> None:
    good = Plan("Wexhollow Police", "wexhollow", "uk-police", (ChannelPlan("Team", True),), 3, 2, "admin")
    check(good)
    with pytest.raises(StopError, match=said):
        check(replace(good, **change))


def test_a_wrong_flag_makes_nothing_and_does_not_stand_in_the_way(tmp_path: Path) -> None:
    data = tmp_path / "data"
    wrong = upstander("init", "--data", data, *NEEDED, "--slug", "desk")
    assert (wrong.code, data.exists()) == (1, False)
    assert "Traceback" not in wrong.errors
    no_scheme = upstander("init", "--data", data, *NEEDED, "--origin", "speak.example.org")
    assert (no_scheme.code, data.exists()) == (1, False)
    assert "such as https://" in no_scheme.errors
    right = upstander("init", "--data", data, *NEEDED)
    assert right.code == 0, right.errors


def test_without_a_terminal_a_missing_flag_is_named(tmp_path: Path) -> None:
    ran = upstander("init", "--data", tmp_path / "data", "--name", "Wexhollow Police")
    assert (ran.code, ran.errors) == (1, "upstander: --slug is missing.\n")
