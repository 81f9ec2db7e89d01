"""Drives one case the way browsers do: seals, signs, and hands the server only what browsers hand it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from upstander.formats import b64, days, ids
from upstander.formats.hashes import hash_of
from upstander.ledger.leaf import label_and_salt
from upstander.sealing import age
from upstander.sealing.cards import Card, read_card
from upstander.sealing.envelopes import Judged, Kind, open_envelope
from upstander.sealing.epochs import Epochs
from upstander.sealing.report import (
    NewCase,
    build_envelope,
    build_submission,
    message_body,
    note_body,
)
from upstander.sealing.words import ReceiptKeys, Words, generate, receipt_keys

if TYPE_CHECKING:
    from upstander.cli.populate import Colleague
    from upstander.sealing.signers import Signer
    from upstander.server.cases.models import Case
    from upstander.server.institutions.models import Institution

Answers = Sequence[Mapping[str, Any]]
KEPT = 90  # days a sample private record is kept


@dataclass
class SampleCase:
    """One made-up reporter's case, and what was written in it so far."""

    institution: Institution
    words: Words = field(default_factory=generate)
    new: NewCase = field(default_factory=NewCase.new)
    written: list[Judged] = field(default_factory=list)
    acts: int = 0  # done so far

    def __post_init__(self) -> None:
        from upstander.server.installation import load

        self.installation = load()
        self.receipt: ReceiptKeys = receipt_keys(self.words, self.installation.id)
        self.epochs = Epochs(
            {1: age.recipient_of(self.new.identity)}, {1: age.recipient_of(self.new.sheet_identity)}
        )

    @property
    def day(self) -> str:
        """Today, where the institution is."""
        return days.today(self.institution.time_zone).isoformat()

    def card(self) -> Card:
        """The institution's newest card, checked."""
        text = self.institution.cards.latest("version").text
        return read_card(text, self.installation.sign)

    def send(
        self,
        *,
        answers: Answers,
        sheet: Answers,
        channels: Sequence[str],
        excluded: Sequence[str],
        urgent: bool,
    ) -> None:
        """The reporter sends. `channels` are channel ids, `excluded` key ids."""
        from upstander.server.cases import actions
        from upstander.server.cases.inputs import ReportIn

        body = build_submission(
            card=self.card(),
            channels=channels,
            answers=answers,
            receipt=self.receipt,
            day=self.day,
            sheet=sheet,
            excluded=excluded,
            urgent=urgent,
            case=self.new,
        )
        self.acts = 1
        actions.submit(self.institution.slug, ReportIn.model_validate(body))

    def keep(self, answers: Answers) -> None:
        """The reporter keeps a private record instead."""
        from upstander.server.cases import actions
        from upstander.server.cases.inputs import RecordIn

        card = self.card()
        pack = {"id": card.pack.id, "sha256": card.pack.sha256, "version": card.pack.version}
        said = [{"id": answer["id"], "value": answer["value"]} for answer in answers]
        record = {
            "format": "upstander/record/v1",
            "answers": said,
            "language": "en",
            "pack": pack,
            "path": "W",
        }
        expires = days.today(self.institution.time_zone) + timedelta(days=KEPT)
        body = {
            **self._act(),
            "case": self.new.id,
            "mailbox": self.receipt.mailbox,
            "reporter": {"seal": self.receipt.seal, "sign": self.receipt.sign},
            "envelope": self._seal(record, "record", self.receipt.signer, "reporter"),
            "expires": expires.isoformat(),
        }
        actions.keep_record(self.institution.slug, RecordIn.model_validate(body))

    def reporter_writes(self, text: str) -> None:
        """A message from the reporter."""
        from upstander.server.cases import actions
        from upstander.server.cases.inputs import MessageIn

        envelope = self._seal(message_body(text), "message", self.receipt.signer, "reporter")
        sent = MessageIn.model_validate({**self._act(), "envelope": envelope, "uploads": []})
        actions.reporter_message(self.institution.slug, self._case(), sent)

    def handler_writes(self, who: Colleague, text: str, kind: Kind = "message") -> None:
        """A message to the reporter, or a note for handlers."""
        from upstander.server.cases.inputs import MessageIn
        from upstander.server.casework import actions

        body = note_body(text) if kind == "note" else message_body(text)
        envelope = self._seal(body, kind, who.keyring.signer, "handler")
        sent = MessageIn.model_validate({**self._act(), "envelope": envelope, "uploads": []})
        actions.write(self._case(), who.key, sent)

    def step(self, who: Colleague, step: str, outcome: str = "", reasons: str = "") -> None:
        """A step of the pack, with reasons where it needs them."""
        from upstander.server.casework import actions
        from upstander.server.casework.schemas import StepIn

        case = self._case()
        envelopes = (
            [self._seal(message_body(reasons), "message", who.keyring.signer, "handler")] if reasons else []
        )
        body = {**self._act(), "step": step, "outcome": outcome, "envelopes": envelopes, "upload": ""}
        actions.take_step(case, who.key, StepIn.model_validate({**body, "version": case.version}))

    def work(self, who: Colleague, *facts: Mapping[str, Any], words: Mapping[str, str] | None = None) -> None:
        """Coded facts; `words` are texts to seal, by the item whose fact they belong to."""
        from upstander.server.casework import work
        from upstander.server.casework.schemas import WorkIn

        notes = {
            item: self._seal(note_body(text), "note", who.keyring.signer, "handler")
            for item, text in (words or {}).items()
        }
        said = [{**one, "words": notes[one["item"]]["id"] if one["item"] in notes else ""} for one in facts]
        body = {**self._act(), "facts": said, "envelopes": list(notes.values())}
        work.record(self._case(), who.key, WorkIn.model_validate_json(json.dumps(body)))

    def declare(self, who: Colleague) -> None:
        """Says that there is no connection to anybody in the case."""
        declared = {"interest": False, "prior-connection": False}
        said = {"kind": "declaration", "item": ids.new_id(), "declared": declared, "outcome": "stays"}
        self.work(who, said)

    def _case(self) -> Case:
        from upstander.server.cases.models import Case

        return Case.objects.select_related("institution").get(id=self.new.id)

    def _act(self) -> dict[str, Any]:
        self.acts += 1
        label, salt = label_and_salt(self.receipt.log, self.acts)
        return {"act": ids.new_id(), "number": self.acts, "label": label, "salt": b64.encode(salt)}

    def _seal(self, body: dict[str, Any], kind: Kind, author: Signer, role: str) -> dict[str, Any]:
        entry = build_envelope(
            body,
            kind=kind,
            case=self.new.id,
            author=author,
            role=role,
            epochs=self.epochs,
            reporter=self.receipt.public,
            judged=self.written,
            day=self.day,
        )
        sealed = b64.decode(entry["sealed"])
        identity = self.receipt.identity if kind == "record" else self.new.identity
        opened = open_envelope(sealed, identity)
        self.written.append(Judged(len(self.written), hash_of(sealed), envelope=opened))
        return entry
