"""`upstander verify sample`, as an outsider uses it: a draw that was drawn holds, one that was chosen is named."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.cli.test_log import WITNESSES, World, mirrored
from tests.ledger.test_mirror import entry
from upstander.formats import b64, ids
from upstander.ledger import leaf as leaves
from upstander.ledger.errors import LedgerError
from upstander.ledger.sample import digest, draw, read_drawing

SALT = bytes(range(32))
LISTED = sorted(ids.new_id() for _ in range(12))
SAID = digest(LISTED)


def fixing(salt=SALT, said=SAID):
    """The entry that fixes the list."""
    body = leaves.digest(
        "oversight", act="sample-fixed", institution="marlshire", subject=f"3 of 12 by {said}"
    )
    return leaves.leaf_bytes("oversight", "2026-03-02", "a" * 32, leaves.commitment(salt, body))


@pytest.fixture(name="world")
def a_world(tmp_path, capsys):
    """A log in which the list is fixed, and three heads after that, the first of which draws."""
    world = World(tmp_path, capsys)
    world.old.witnesses = WITNESSES[:2]
    world.old.publish()
    world.log.append([fixing()])
    mirrored(world)
    world.drew = world.log.head
    world.log.append([entry(9000 + number) for number in range(300)])
    mirrored(world)
    return world


def saved(world, **changes):
    head = world.drew
    told = {
        "count": 3,
        "digest": SAID,
        "drawn": draw(head.root, LISTED, 3),
        "fixed": {"institution": "marlshire", "salt": b64.encode(SALT)},
        "ids": LISTED,
        "root": head.root.hex(),
        "size": head.size,
        **changes,
    }
    path = world.path / "sample.json"
    path.write_text(json.dumps(told), "utf-8")
    return path


def test_a_draw_is_drawn_again_with_and_without_the_log(world):
    code, said = world.run("verify", "sample", saved(world))
    assert code == 0 and "3 of 12 cases" in said and "The log was not asked" in said
    code, said = world.run(
        "verify", "sample", saved(world), "--mirror", world.mirror, "--policy", world.policy()
    )
    assert code == 0, said
    assert f"fixed by entry {world.drew.size - 1:,}," in said


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"drawn": LISTED[:3]}, "other cases are drawn"),
        ({"ids": LISTED[1:]}, "not the list that the log fixed"),
        ({"root": ""}, "not drawn yet"),
        ({"root": "00"}, "wrong length"),
        ({"fixed": {}}, "not the list of a sample"),
        ({"extra": 1}, "not the list of a sample"),
    ],
)
def test_what_was_changed_is_named_without_a_log(world, changes, why):
    code, said = world.run("verify", "sample", saved(world, **changes))
    assert code == 1 and why in said, said


def test_a_list_that_the_log_never_fixed(world):
    other = {"institution": "marlshire", "salt": b64.encode(bytes(32))}
    code, said = world.run("verify", "sample", saved(world, fixed=other), "--mirror", world.mirror)
    assert code == 1 and "never fixed this list" in said


def test_a_root_that_was_made_up(world):
    root = bytes(32)
    made = saved(world, root=root.hex(), drawn=draw(root, LISTED, 3))
    code, said = world.run("verify", "sample", made, "--mirror", world.mirror)
    assert code == 1 and "never had this root" in said


def test_a_head_that_somebody_waited_for(world):
    """Of two heads over the list the second drew: whoever chose when to draw chose what."""
    late = world.log.head
    made = saved(world, root=late.root.hex(), size=late.size, drawn=draw(late.root, LISTED, 3))
    code, said = world.run("verify", "sample", made, "--mirror", world.mirror)
    assert code == 1 and "An earlier head" in said, said


def test_a_head_from_before_the_list(world):
    made = saved(world, size=10)
    code, said = world.run("verify", "sample", made, "--mirror", world.mirror)
    assert code == 1 and "older than the list" in said, said


def test_a_mirror_that_ends_too_early(world):
    made = saved(world, size=10_000)
    code, said = world.run("verify", "sample", made, "--mirror", world.mirror)
    assert code == 1 and "Renew it" in said


@given(
    st.one_of(
        st.binary(max_size=200),
        st.recursive(st.none() | st.text(), st.lists).map(lambda one: json.dumps(one).encode()),
    )
)
def test_whatever_else_a_file_holds_is_refused_in_words(data):
    with pytest.raises(LedgerError):
        read_drawing(data)
