"""A case as the interface tells it: what reporter and desk see alike, and the reporter's whole view."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from typing import Any

from upstander.formats import b64
from upstander.policy import stages
from upstander.server.cases import trail
from upstander.server.cases.checkins import watch_out
from upstander.server.cases.models import Case, Envelope, Grant, Step
from upstander.server.institutions import packs
from upstander.server.institutions.cards import CardView, current_view

# What a reporter can open. Reports, sheets and notes are not even listed for her, nor counted.
_HERS = ("message", "record")


def for_reporter(case: Case) -> dict[str, Any]:
    """The conversation as `docs/reference/api.md` lists it. Steps as the pack makes them visible."""
    return trail.steady(case, lambda: _for_reporter(case))


def _for_reporter(case: Case) -> dict[str, Any]:
    card = current_view(case.institution.slug)
    steps = list(case.steps.order_by("order"))
    envelopes = list(case.envelopes.filter(kind__in=_HERS).order_by("order"))
    rules = stages.steps_of(packs.compiled(card.pack))
    shown = stages.visible(rules, steps)
    return {
        **head(case),
        "epochs": epochs(case),
        "admits": admits(case),
        # numbered anew: her numbers must not tell how many notes there are between her letters
        "envelopes": [envelope(e, place, True) for place, e in enumerate(envelopes, start=1)],
        "steps": [step(s, place) for place, s in enumerate(shown, start=1)],
        "holders": holders(case, card),
        "due": due(case, card, steps, envelopes),
        "uploads": uploads(case),
        "watch": watch_out(case, shown),
        **trail.for_reporter(case, rules),
    }


def head(case: Case) -> dict[str, Any]:
    """The case's own facts."""
    return {
        "case": case.id,
        "state": case.state,
        "day": case.day.isoformat(),
        "expires": case.expires.isoformat() if case.expires else "",
        "urgent": case.urgent,
        "reporter": {"seal": case.reporter_seal, "sign": case.reporter_sign},
    }


def epochs(case: Case) -> list[dict[str, Any]]:
    """Public halves of the case's keys, with the statements that brought them in."""
    fields = ("scope", "number", "recipient", "statement")
    return list(case.epochs.order_by("scope", "number").values(*fields))


def admits(case: Case) -> list[str]:
    """Statements that say who was let in to which key."""
    return list(case.admits.order_by("pk").values_list("statement", flat=True))


def envelope(row: Envelope, order: int, with_sealed: bool) -> dict[str, Any]:
    """One envelope in its place; `author` is empty for the reporter."""
    told = {
        "id": row.id,
        "order": order,
        "kind": row.kind,
        "direction": row.direction,
        "epoch": row.epoch,
        "author": row.author_id or "",
        "day": row.day.isoformat(),
        "sha256": row.sha256,
    }
    return {**told, "sealed": b64.encode(bytes(row.sealed))} if with_sealed else told


def step(row: Step, order: int) -> dict[str, Any]:
    """One step as a reporter reads it."""
    return {"order": order, "kind": row.kind, "outcome": row.outcome, "day": row.day.isoformat()}


def holders(case: Case, card: CardView) -> list[dict[str, Any]]:
    """Who can open the case now, by the label on the card, and since when."""
    labels = card.labels()
    live: Iterable[Grant] = (
        case.grants.filter(live=True, key__isnull=False)
        .select_related("key__person")
        .order_by("day", "key_id")
    )
    first: dict[tuple[str, str], dict[str, Any]] = {}
    for grant in live:
        key = str(grant.key_id)
        person = grant.key.person if grant.key else None
        label = labels.get(key) or (person.label if person else "")
        told = {"key": key, "label": label, "day": grant.day.isoformat(), "scope": grant.scope}
        first.setdefault((key, grant.scope), told)
    return list(first.values())


def due(
    case: Case, card: CardView, steps: Sequence[Step], envelopes: Sequence[Envelope]
) -> list[dict[str, str]]:
    """What was promised and has not happened: `open`, and `write`, each time from the last letter on."""
    if case.state != Case.State.OPEN:
        return []
    clocks = packs.compiled(card.pack)["clocks"]
    told = max((e.day for e in envelopes if e.direction == "to-reporter"), default=case.day)
    waiting = [("write", told + datetime.timedelta(days=clocks["write_days"]))]
    if not any(s.kind == "opened" for s in steps):
        waiting.insert(0, ("open", case.day + datetime.timedelta(days=clocks["open_days"])))
    return [{"kind": kind, "day": day.isoformat()} for kind, day in waiting]


def uploads(case: Case) -> list[dict[str, Any]]:
    """Files of the case that were not sealed off; sizes and hashes of the sealed bytes."""
    rows = case.uploads.filter(sealed_off=False).order_by("id")
    return [{"id": row.id, "size": row.size, "sha256": row.sha256} for row in rows]
