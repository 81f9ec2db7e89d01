"""The frame of every act a browser asks for: its number, its leaf, its rows, and the same answer when it is
repeated. What an act was is kept with its case, in one place: here."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from django.db.models import Max, Model

from upstander.formats import canonical
from upstander.formats.hashes import sha256
from upstander.ledger import leaf as ledger
from upstander.server.cases.inputs import ActIn, EnvelopeIn
from upstander.server.cases.models import Act, Case, Envelope
from upstander.server.errors import Refusal, conflict
from upstander.server.institutions.packs import in_force
from upstander.server.log.commit import Done, LeafDraft, perform, repeated
from upstander.server.log.insert import fresh
from upstander.server.log.models import Leaf

T = TypeVar("T")


@dataclass(frozen=True)
class Draft:
    """An act of a case to be: its leaf, which still shows the real kind, and what the case keeps of it.

    `author` is a key id; none: the reporter.
    """

    leaf: LeafDraft
    case: str
    number: int
    author: str | None
    fields: Mapping[str, Any]
    said: bytes = field(repr=False)


def draft(  # noqa: PLR0917  (an act has as many sides)
    kind: str, act: ActIn, case: str, institution: str, day: datetime.date, author: str | None, **fields: Any
) -> Draft:
    """The act of this real kind, whose label and salt the browser made. `fields` are those beside `case`."""
    said = canonical.encode(ledger.body(kind, case=case, **fields))
    leaf = LeafDraft(kind, act.act, institution, day, act.label, act.salt, sha256(said))
    return Draft(leaf, case, act.number, author, fields, said)


def settle(
    made: Draft,
    change: Callable[[Case], Sequence[Model]],
    size: int = 4096,
    *,
    kept: bool = True,
    also: Sequence[LeafDraft] = (),
) -> str:
    """Performs an act on a case that is there; answers its promise, and the same again for a repeat.

    `change` is given the case, locked. `kept` is false where the case is gone afterwards. `also` are
    leaves of the installation that come with it. Raises Refusal, of
    type `act-number` with `next` when another act came first.
    """

    def whole() -> Done:
        case = locked(made.case)
        due = next_number(case)
        shown, of = shown_kind(made, case)
        rows = change(case)
        if made.number != due:  # last: whoever may not do this at all learns no numbers
            raise wrong_number(due)
        act = [act_row(made, shown)] if kept else []
        return Done([*rows, *act], replace(made.leaf, kind=shown, of=of), also)

    return perform(whole, known=made.leaf, size=size)


def settle_first(made: Draft, change: Callable[[], Sequence[Model]], size: int = 4096) -> str:
    """Performs the act that begins a case. As `settle`."""

    def whole() -> Done:
        if made.number != 1:
            raise wrong_number(1)
        return Done([*change(), act_row(made, made.leaf.kind)], made.leaf)

    return perform(whole, known=made.leaf, size=size)


def unless_repeated(made: Draft, check: Callable[[], T]) -> T | str:
    """What `check` answers. Where it refuses an act that was performed already, that act's promise instead:
    what was right then may be refused now, and the retry after a lost answer must not be."""
    try:
        return check()
    except Refusal:
        promise = repeated(made.leaf)
        if promise is None:
            raise
        return promise


def act_row(made: Draft, shown: str) -> Act:
    """What the case keeps of the act, unsaved."""
    return fresh(
        Act,
        case_id=made.case,
        number=made.number,
        act=made.leaf.act,
        author_id=made.author,
        kind=made.leaf.kind,
        shown=shown,
        body=made.said.decode(),
        salt=made.leaf.salt,
    )


def shown_kind(made: Draft, case: Case) -> tuple[str, str]:
    """The kind the leaf shows, and for the first answer the label of the report it answers.

    Decided here and not by who acts: it is what the public counts by. Only while the case is locked.
    """
    kind = made.leaf.kind
    if _writes_to_reporter(made) and not case.acts.filter(shown="answered").exists():
        report = case.acts.filter(kind="received").values("act")[:1]
        label = Leaf.objects.filter(act__in=report).values_list("label", flat=True).first()
        if label is not None:
            return "answered", label
    if kind in {"note", "work", "bank"} or (kind == "step" and _never_shown(case, made.fields["step"])):
        return "restricted", ""
    return kind, ""


def _writes_to_reporter(made: Draft) -> bool:
    if made.author is None:
        return False
    return made.leaf.kind == "message" or (made.leaf.kind == "step" and bool(made.fields["envelopes"]))


def _never_shown(case: Case, step: str) -> bool:
    rules = {rule.id: rule.visible for rule in in_force(case.institution.pack).steps}
    return rules.get(step, "never") == "never"


def next_number(case: Case) -> int:
    """The number of the case's next act; only while the case is locked."""
    return int(case.acts.aggregate(last=Max("number"))["last"] or 0) + 1


def wrong_number(due: int) -> Refusal:
    """It is not this number's turn; the browser makes label and salt for `next` and sends again."""
    title = "Something else was done here in the meantime. Your page sends this again."
    return Refusal("act-number", title, 409, where="number", next=due)


def locked(case_id: str, version: int | None = None) -> Case:
    """The case's row, locked until the change is committed; only inside a change. Raises Refusal.

    With `version`: what the page knew is still so, else `conflict`.
    """
    case = Case.objects.select_for_update().filter(id=case_id).first()
    if case is None:
        raise conflict("This has been deleted in the meantime.")
    if version is not None and case.version != version:
        raise conflict("Something has changed in the meantime. Look at the page again.")
    return case


def next_order(case: Case) -> int:
    """The place of the case's next envelope; only while the case is locked."""
    return int(case.envelopes.aggregate(last=Max("order"))["last"] or 0) + 1


def store_envelope(  # noqa: PLR0917  (a row has as many fields)
    case: Case, envelope: EnvelopeIn, author: str | None, day: datetime.date, sha256: str, order: int
) -> Envelope:
    """The unsaved row of an envelope in this place. `author` is a key id; none: the reporter."""
    return Envelope(
        id=envelope.id,
        case_id=case.id,
        order=order,
        kind=envelope.kind,
        direction=envelope.direction,
        epoch=envelope.epoch,
        author_id=author,
        day=day,
        sha256=sha256,
        sealed=envelope.sealed,
    )
