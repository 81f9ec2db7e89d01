"""The doctor's questions about acts: each has its leaf, each leaf its act, and all that is there has both."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from upstander.cli.checks_ledger import CHANGED, RESTORE, counted, few
from upstander.cli.finding import Finding, fail, ok
from upstander.formats.errors import FormatError
from upstander.formats.hashes import hash_of, sha256
from upstander.ledger import leaf as ledger
from upstander.sealing.epochs import is_added

if TYPE_CHECKING:
    from upstander.server.cases.models import Act, Case
    from upstander.server.log.models import Leaf

OF_THE_LOG = frozenset(
    {
        "admin",
        "card",
        "expired",
        "key",
        "overdue",
        "oversight",
        "plan",
        "pledge",
        "policy",
        "retention",
        "roster",
        "succeeded",
        "survey",
    }
)
"""Kinds by the installation itself: the log keeps what they commit to."""

OUTLIVE = OF_THE_LOG | {"hold", "record", "withdraw"}
"""Kinds whose leaves stay when their case is gone. Any other leaf has an act, in a case that is there."""


def acts(progress: bool = True) -> Iterator[Finding]:
    """Every case: its acts with their leaves, and what else is in it with the acts that brought it."""
    from upstander.server.cases.models import Case

    cases = Case.objects.order_by("id").prefetch_related("acts", "channels").iterator(200)
    total = Case.objects.count()
    wrong = list(
        few(
            (one for case in counted(cases, total, "cases", progress) for one in _case(case)),
            "more about cases",
        )
    )
    yield from wrong or [ok(f"all {total} cases: each act has its leaf, and everything there has its act")]


def leaves(progress: bool = True) -> Iterator[Finding]:
    """Every leaf: it has an act, or is of a kind that may be there without."""
    wrong = list(few(_leaves(progress), "more about leaves"))
    yield from wrong or [ok("each leaf has its act, or is of a kind that outlives its case")]


def people() -> Iterator[Finding]:
    """Every card and key is named by an act of the installation."""
    from upstander.server.accounts.models import Key
    from upstander.server.institutions.models import Card
    from upstander.server.log.models import Opening

    named: set[str] = set()
    for body in Opening.objects.values_list("body", flat=True).iterator():
        said = json.loads(body)
        named |= {str(said.get("card")), str(said.get("key")) if said.get("change") == "added" else ""}
    cards = set(Card.objects.values_list("sha256", flat=True)) - named
    keys = set(Key.objects.values_list("id", flat=True)) - named
    wrong = [fail(f"the card {one} has no act", CHANGED) for one in sorted(cards)]
    wrong += [fail(f"the key {one} was not added by an act", CHANGED) for one in sorted(keys)]
    yield from list(few(wrong, "more cards and keys")) or [ok("each card and each key was brought by an act")]


def _leaves(progress: bool) -> Iterator[Finding]:
    from upstander.server.cases.models import Act
    from upstander.server.log.models import Leaf, Opening

    total = Leaf.objects.count()
    rows = Leaf.objects.order_by("pk").iterator(2000)
    batch: list[Leaf] = []

    def look(batch: list[Leaf]) -> Iterator[Finding]:
        names = [leaf.act for leaf in batch]
        there = set(Act.objects.filter(act__in=names).values_list("act", flat=True))
        said = {row.act: row for row in Opening.objects.filter(act__in=names)}
        for leaf in batch:
            kept = said.get(leaf.act)
            if leaf.kind in OF_THE_LOG or kept is not None:
                if kept is None or not _opens(leaf, kept.body, bytes(kept.salt)):
                    yield fail(f"{_name(leaf)}: what it commits to is not what the log kept", CHANGED)
            elif leaf.act not in there and leaf.kind not in OUTLIVE:
                yield fail(f"{_name(leaf)}: its act and case are gone, and nothing says why", RESTORE)

    for leaf in counted(rows, total, "leaves", progress):
        batch.append(leaf)
        if len(batch) == 500:
            yield from look(batch)
            batch = []
    yield from look(batch)


def _case(case: Case) -> Iterator[Finding]:
    from upstander.server.log.access import leaves_of

    rows = sorted(case.acts.all(), key=lambda act: act.number)
    there = leaves_of(act.act for act in rows)
    if [act.number for act in rows] != list(range(1, len(rows) + 1)):
        yield fail(f"case {case.id}: its acts are not numbered 1, 2, 3 ...", RESTORE)
    whole = True
    for act in rows:
        leaf = there.get(act.act)
        why = "it has no leaf" if leaf is None else _differs(act, leaf)
        if why:
            whole = False
            yield fail(f"case {case.id}, act {act.number} ({act.kind}): {why}", CHANGED)
    if not whole:  # what the acts say is not to be built on
        return
    yield from _answers(case, rows, there)
    yield from _contents(case, rows)


def _differs(act: Act, leaf: Leaf) -> str:
    try:
        said = json.loads(act.body)
        right = said["kind"] == act.kind and said["case"] == act.case_id
        right = right and leaf.kind == act.shown and act.shown in ledger.shown_kinds(act.kind)
    except (ValueError, KeyError, FormatError):
        right = False
    if not right:
        return "what was kept of it is about something else, or its leaf shows another kind"
    return "" if _opens(leaf, act.body, bytes(act.salt)) else "its leaf commits to something else"


def _opens(leaf: Leaf, body: str, salt: bytes) -> bool:
    return len(salt) == 32 and leaf.commitment == ledger.commitment(salt, sha256(body.encode()))


def _name(leaf: Leaf) -> str:
    place = f"entry {leaf.index} of log {leaf.log_id}" if leaf.index is not None else "a waiting leaf"
    return f"{place} ({leaf.kind}, {leaf.day}, {leaf.institution})"


def _answers(case: Case, rows: list[Act], there: dict[str, Leaf]) -> Iterator[Finding]:
    """The first answer shows as one, and says which report it answers."""
    reports = [act for act in rows if act.kind == "received"]
    writing = [act for act in rows if reports and _writes_to_reporter(act)]
    first = writing[0].number if writing else 0
    label = there[reports[0].act].label if reports and reports[0].act in there else ""
    for act in rows:
        leaf = there.get(act.act)
        if leaf is not None and (
            (act.shown == "answered") != (act.number == first) or leaf.of not in {"", label}
        ):
            yield fail(f"case {case.id}, act {act.number}: the first answer does not show as one", CHANGED)


def _writes_to_reporter(act: Act) -> bool:
    if act.author_id is None:
        return False
    return act.kind == "message" or (act.kind == "step" and bool(json.loads(act.body)["envelopes"]))


def _contents(case: Case, rows: list[Act]) -> Iterator[Finding]:
    """Everything in the case is named by an act, and everything an act names, and that stays, is there."""
    said = [json.loads(act.body) for act in rows]
    named: dict[str, set[str]] = {
        name: set() for name in ("admits", "envelopes", "grants", "epochs", "uploads")
    }
    lasting: dict[str, set[str]] = {"admits": set(), "envelopes": set(), "uploads": set()}
    for one in said:
        brought = {name: set(one.get(name, ())) for name in named}
        brought["envelopes"] |= {one["envelope"]} if "envelope" in one else set()
        for name, hashes in brought.items():
            named[name] |= hashes
            if name in lasting and one["kind"] != "record":  # a record is replaced, and gone when it is sent
                lasting[name] |= hashes
    gone = _deleted(case)
    lasting["uploads"] -= {one["document"] for one in said if one.get("use") == "withdrawn"} | gone
    envelopes = {
        row.sha256: row.sha256 if row.sha256 in gone and not row.sealed else hash_of(bytes(row.sealed))
        for row in case.envelopes.all()
    }
    there = {
        "admits": {hash_of(admit.statement.encode()) for admit in case.admits.all()},
        "envelopes": set(envelopes),
        "grants": {hash_of(bytes(grant.sealed)) for grant in case.grants.all() if grant.sealed or not gone},
        "epochs": {
            hash_of(epoch.statement.encode())
            for epoch in case.epochs.all()
            if is_added(epoch.scope, epoch.number)
        },
        "uploads": set(case.uploads.values_list("sha256", flat=True)),
    }
    for name, hashes in there.items():
        for hash_ in sorted(hashes - named[name]):
            yield fail(f"case {case.id}: no act names one of its {name} ({hash_})", CHANGED)
    for name, hashes in lasting.items():
        for hash_ in sorted(hashes - there[name]):
            yield fail(f"case {case.id}: an act names one of its {name} that is gone ({hash_})", RESTORE)
    if any(row != real for row, real in envelopes.items()):
        yield fail(f"case {case.id}: sealed bytes were changed", CHANGED)
    yield from _received(case, said)
    yield from _steps(case, rows, said)


def _deleted(case: Case) -> set[str]:
    """Hashes of what retention took away from a case, as the log kept what its leaf commits to."""
    from upstander.server.log.models import Opening
    from upstander.server.retention.models import Removal

    acts = Removal.objects.filter(case=case).values("act")
    said = [json.loads(body) for body in Opening.objects.filter(act__in=acts).values_list("body", flat=True)]
    return {hash_ for one in said if one.get("case") == case.id for hash_ in one.get("deleted", ())}


def _received(case: Case, said: list[dict[str, Any]]) -> Iterator[Finding]:
    for one in said:
        if one["kind"] == "received" and one["channels"] != sorted(row.id for row in case.channels.all()):
            yield fail(f"case {case.id}: it lies with other teams than it was sent to", CHANGED)


def _steps(case: Case, rows: list[Act], said: list[dict[str, Any]]) -> Iterator[Finding]:
    """Steps of the pack are acts of their own; the server writes the others with the act they belong to."""
    taken = Counter(case.steps.values_list("kind", "outcome"))
    acted = Counter((one["step"], one["outcome"]) for one in said if one["kind"] == "step")
    acted["received", ""] += sum(one["kind"] == "received" for one in said)
    acted["replied", ""] += sum(act.kind == "message" and act.author_id is not None for act in rows)
    kinds = {one["kind"] for one in said}
    for step, act in (("let-in", "grant"), ("left", "epoch")):  # one act may be about several people
        if act in kinds:
            taken.pop((step, ""), None)
    for step, outcome in sorted((taken - acted) | (acted - taken)):
        name = f"{step} ({outcome})" if outcome else step
        yield fail(f"case {case.id}: the step {name} and the acts do not fit each other", CHANGED)
