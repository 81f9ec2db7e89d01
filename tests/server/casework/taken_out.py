"""A case taken out, as the desk's page seals it (client/tools/case-file.ts), without a browser."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.server.casework.desk import Desk
from upstander.formats import b64, canonical
from upstander.ledger import leaf as ledger
from upstander.sealing import age
from upstander.sealing.envelopes import open_envelope
from upstander.server.installation import load


def whole_file(desk: Desk) -> dict[str, Any]:
    """The whole case: what was written as it was signed, and what shows that nothing is left out."""
    answer, here = desk.answer, load()
    identities = [one.identity for one in desk.held]
    kept = ("id", "order", "kind", "day", "direction", "epoch", "sha256")
    items = []
    for listed in answer["envelopes"]:
        is_open = listed["kind"] not in ("sheet",) and bool(listed["sealed"])
        statement = open_envelope(b64.decode(listed["sealed"]), identities).statement if is_open else ""
        items.append({**{name: listed[name] for name in kept}, "statement": statement, "doubts": []})
    acts = [
        {**act, "salt": b64.encode(ledger.label_and_salt(desk.log, act["number"])[1])}
        for act in answer["acts"]
    ]
    return {
        "format": "upstander/case-file/v1",
        "kind": "whole",
        "made": answer["today"],
        "by": "Devi",
        "institution": desk.card.name,
        "case": {"id": desk.case, "received": answer["day"], "state": answer["state"]},
        "installation": {"installation": here.id, "key": here.sign},
        "card": desk.card.text,
        "reporter": dict(answer["reporter"]),
        "epochs": answer["epochs"],
        "admits": answer["admits"],
        "items": items,
        "files": [],
        "steps": answer["steps"],
        "custody": [],
        "acts": acts,
        "records": [answer["record"], *answer["earlier"]],
    }


def take_out(desk: Desk, path: Path, recipient: str) -> Path:
    """Seals the case to one key and saves it."""
    path.write_bytes(age.seal(canonical.encode(whole_file(desk)), [recipient]))
    return path
