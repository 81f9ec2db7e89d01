"""A case's acts with their leaves, for those who hold its log secret: they look whether one is withheld."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from upstander.policy import stages
from upstander.policy.model import Step as Rule
from upstander.server.cases.models import Act, Case
from upstander.server.log.access import leaves_of, record_of
from upstander.server.log.append import promise
from upstander.server.log.models import Leaf

T = TypeVar("T")


def for_reporter(case: Case, rules: Sequence[Rule]) -> dict[str, Any]:
    """`acts` and `record` as `docs/reference/api.md` lists them; what a step or note was, only once she may
    know. That there was an act she sees always; and every use of her fingerprints, in full."""
    acts = _acts(case)
    steps = [_StepKind(_body(act)["step"]) for act in acts if act.kind == "step"]
    seen = {step.kind for step in stages.visible(rules, steps)}
    hidden = {act.number for act in acts if _restricted(act) or _unseen(act, seen)}
    return _told(acts, hidden)


def for_desk(case: Case, *, bare: bool = False) -> dict[str, Any]:
    """`acts` and `record`, with everything a handler may see; `bare`: no more than that there were acts."""
    acts = _acts(case)
    return _told(acts, {act.number for act in acts} if bare else set())


def steady(case: Case, tell: Callable[[], T]) -> T:
    """What `tell` answers about a case, asked again when an act came meanwhile: it could be in one part of
    the answer and not yet in another, and the reader's page would warn that something is kept from her."""
    while True:
        before = case.acts.count()
        told = tell()
        if case.acts.count() == before:
            return told


class _StepKind:
    """A step, as the rules about what is visible ask for it."""

    def __init__(self, kind: str) -> None:
        self.kind = kind


def _acts(case: Case) -> list[Act]:
    return list(case.acts.order_by("number"))


def _body(act: Act) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(act.body)
    return body


def _restricted(act: Act) -> bool:
    return act.shown == "restricted" and act.kind != "bank"


def _unseen(act: Act, seen: set[str]) -> bool:
    return act.kind == "step" and _body(act)["step"] not in seen


def _told(acts: Sequence[Act], hidden: set[int]) -> dict[str, Any]:
    leaves = leaves_of(act.act for act in acts)
    # an act whose leaf somebody took away is left out: its number is missing then, and that is looked for
    numbered = {act.number: leaves[act.act] for act in acts if act.act in leaves}
    return {
        "acts": [
            _act(act, numbered[act.number], act.number in hidden) for act in acts if act.number in numbered
        ],
        **record_of(numbered),
    }


def _act(act: Act, leaf: Leaf, hidden: bool) -> dict[str, Any]:
    return {
        "number": act.number,
        "kind": "" if hidden else act.kind,
        "shown": leaf.kind,
        "day": leaf.day.isoformat(),
        "of": leaf.of,
        "leaf": leaf.hash,
        "commitment": leaf.commitment,
        "label": leaf.label,
        "body": None if hidden else _body(act),
        "promise": promise(leaf),
    }
