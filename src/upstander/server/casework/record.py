"""The trail of a case's acts as its page tells it: which are in the public record, and as which entry."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from upstander.server.cases import trail
from upstander.server.cases.models import Case
from upstander.server.casework.words import full_day

WORDS = {
    "received": "Report received",
    "record": "Private record kept",
    "message": "Message",
    "note": "Note for handlers",
    "grant": "Somebody was let in, or a key changed",
    "epoch": "A key was taken away",
    "step": "Step",
    "bank": "Fingerprints",
}

USES = {
    "basis": "Fingerprints: why they may be used",
    "authorised": "Fingerprints: a search was authorised",
    "exported": "Fingerprints: a bank was sealed for a search",
    "searched": "Fingerprints: a search was recorded",
    "held": "Fingerprints: a legal hold",
    "stopped": "Fingerprints: stopped, possible under-18",
    "withdrawn": "Fingerprints: taken back by the reporter",
}


@dataclass(frozen=True)
class Entry:
    """One act: `place` says its entry, empty while it waits for one; `public` is what the log shows."""

    number: int
    label: str
    when: str
    place: str
    public: str


@dataclass(frozen=True)
class Record:
    """All acts, and in a sentence whether they are in the record."""

    words: str
    entries: list[Entry]


def record(case: Case) -> Record:
    """The acts of a case."""
    told = trail.for_desk(case)
    places = {
        proof["number"]: f"entry {proof['index']} of {one['origin'].rsplit('/', 1)[1]}"
        for one in (*told["earlier"], told["record"])
        for proof in one["proofs"]
    }
    entries = [_entry(act, places.get(act["number"], "")) for act in told["acts"]]
    waiting = sum(not entry.place for entry in entries)
    return Record(_words(len(entries), waiting), entries)


def _entry(act: dict[str, Any], place: str) -> Entry:
    label = WORDS.get(act["kind"], act["kind"])
    if act["kind"] == "step":
        label = f"Step: {act['body']['step'].replace('-', ' ')}"
    if act["kind"] == "bank":
        label = USES[act["body"]["use"]]
    return Entry(act["number"], label, full_day(date.fromisoformat(act["day"])), place, act["shown"])


def _words(acts: int, waiting: int) -> str:
    if not acts:
        return "Nothing that happened here has an entry in the record yet."
    if not waiting:
        return "Everything that was done here is in the record." if acts > 1 else "It is in the record."
    if waiting == acts:
        return "What was done here waits to be entered in the record."
    return f"{waiting} of {acts} acts wait to be entered in the record; the others are in it."
