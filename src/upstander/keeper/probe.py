"""Keepers look after each other: once a day each asks every other about random points, and checks the proof.

A page names a keeper that answers wrongly to the reporter, and does without it. It can prove that to nobody
(decision 0032), and should not have to: what is right and wrong here goes into the counts of a quarter, which
every keeper signs and the log keeps.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from upstander.formats import b64, shape
from upstander.formats.errors import FormatError
from upstander.keeper import renew
from upstander.keeper.home import Identity
from upstander.keeper.store import Store
from upstander.keeper.sync import Ask
from upstander.keepers import group, oprf
from upstander.keepers.errors import GroupError, ProofError
from upstander.keepers.tags import ASKED

RIGHT, WRONG, NONE = "answers-right", "answers-wrong", "answers-none"


def probe(store: Store, keeper: Identity, ask: Ask, today: date) -> list[str]:
    """Asks each other keeper that was not asked today; answers those that were wrong, by name.

    While shares are renewed nobody is asked: then parts of the key differ for a moment, and nobody lies.
    """
    if store.rows("SELECT 1 FROM renewals LIMIT 1") or renew.done_today(store, keeper):
        return []
    wrong = []
    for name in sorted(keeper.roster.keepers):
        if name == keeper.name or _is_asked(store, name, today):
            continue
        what = _asked(keeper, name, ask)
        if what == WRONG:
            wrong.append(name)
        with store.write():
            store.count(today.isoformat(), f"{what}-{name}")
    return wrong


def _is_asked(store: Store, name: str, today: date) -> bool:
    return any(store.counted(today.isoformat(), f"{what}-{name}") for what in (RIGHT, WRONG, NONE))


def _asked(keeper: Identity, name: str, ask: Ask) -> str:
    other = keeper.roster.keepers[name]
    blinded = [group.base_times(group.random_scalar()).encode() for _ in range(ASKED)]
    body = {"elements": [b64.encode(one) for one in blinded], "epoch": keeper.roster.epoch, "work": ""}
    try:
        answer = ask(f"{other.address}/v1/evaluate", body)
    except (OSError, FormatError):
        return NONE
    if "error" in answer:  # its meter asks for work, or it is of another epoch: a refusal and no lie
        return NONE
    try:
        oprf.check_proof(other.part, blinded, *_read(answer))
    except (FormatError, GroupError, ProofError):
        return WRONG
    return RIGHT


def _read(answer: Mapping[str, Any]) -> tuple[list[bytes], bytes]:
    elements = [b64.decode(shape.text(one)) for one in shape.items(answer.get("elements"))]
    return elements, b64.decode(shape.text(answer.get("proof")))
