"""The server takes the keepers' renewed parts by itself: from as many as are needed, and nothing else."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.keepers import scene
from tests.server.pledges import village
from upstander.formats import statements
from upstander.keepers import threshold
from upstander.keepers.roster import roster_body
from upstander.server import roster
from upstander.server.pledges import relay

WHERE = {name: f"https://{name}.example" for name in scene.NAMES}


def signed(where: dict[str, str] = WHERE) -> tuple[str, ...]:
    """The scene's keepers with new parts of their key, signed by all."""
    shares = dict(zip(scene.NAMES, threshold.split(scene.WHOLE, scene.NEEDS, 3), strict=True))
    public = threshold.PublicKey(
        scene.PUBLIC.key,
        scene.NEEDS,
        {name: one.place for name, one in shares.items()},
        {name: one.public for name, one in shares.items()},
    )
    signs = {name: statements.public_of(one) for name, one in scene.SIGNING.items()}
    body = roster_body("2026", public, where, signs)
    return tuple(statements.sign("roster", body, scene.SIGNING[name]) for name in scene.NAMES)


OURS = roster.parse(village.roster_at(WHERE))
NEWER = signed()


def test_as_many_as_are_needed_have_to_show_it() -> None:
    old = OURS.texts
    assert roster.renewed(OURS, [NEWER, NEWER, old]) == NEWER
    assert roster.renewed(OURS, [NEWER, NEWER, NEWER]) == NEWER
    assert roster.renewed(OURS, [NEWER, (), ()]) is None
    assert roster.renewed(OURS, [NEWER, old, old]) is None
    assert roster.renewed(OURS, [old, old, old]) is None
    assert roster.renewed(OURS, []) is None


def test_another_roster_is_never_taken_by_itself() -> None:
    elsewhere = signed({**WHERE, "union": "https://elsewhere.example"})
    forged = (*NEWER[:2], statements.sign("roster", statements.peek(NEWER[0], "roster"), scene.key("x")))
    for wrong in (elsewhere, forged, NEWER[:2], ("x", "y", "z"), ()):
        assert roster.renewed(OURS, [wrong] * 3) is None


def test_the_file_is_replaced_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert relay.take_renewed() == 0
    village.install(folder, WHERE)
    pinned = roster.pin()
    shown = dict.fromkeys([*WHERE.values()][:2], NEWER)
    monkeypatch.setattr(relay, "_rosters", shown)
    assert relay.take_renewed() == 1
    assert tuple(json.loads((folder / "roster.json").read_text())) == NEWER
    assert roster.pin() == pinned
    assert relay.take_renewed() == 0
