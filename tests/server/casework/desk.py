"""A handler's browser in Python: opens what the interface answers, and builds what her acts post."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from django.test import Client

from tests import people
from tests.server.casework import coded
from upstander.formats import b64, ids
from upstander.formats.hashes import hash_of
from upstander.ledger import leaf as ledger
from upstander.sealing import age
from upstander.sealing.cards import Card
from upstander.sealing.envelopes import Held, Judged, Listed, Reader, judge, open_envelope
from upstander.sealing.epochs import Epochs, ListedEpoch, check_epochs, make_admit, make_epoch
from upstander.sealing.grants import make_grant, open_grant
from upstander.sealing.report import build_envelope, message_body, note_body
from upstander.sealing.signers import KnownKey, ReporterKeys
from upstander.sealing.words import ReceiptKeys
from upstander.server.cases import actions
from upstander.server.cases.inputs import ReportIn
from upstander.server.casework.models import Fact

CLOSING = ("findings", "evidence", "account", "told", "acknowledgement", "learning")


def report(force: people.Force, receipt: ReceiptKeys, **how: Any) -> str:
    """Sends a report; answers the case id."""
    body = people.submission(force, receipt, **how)
    actions.submit(force.slug, ReportIn.model_validate(body))
    return str(body["case"])


def act(log: bytes, number: int) -> dict[str, Any]:
    """Act id, number, label and salt."""
    label, salt = ledger.label_and_salt(log, number)
    return {"act": ids.new_id(), "number": number, "label": label, "salt": b64.encode(salt)}


@dataclass
class Desk:
    """One handler's view of one case. `load` fetches and opens; builders answer bodies; `post` sends."""

    force: people.Force
    who: people.Colleague
    case: str
    browser: Client

    @classmethod
    def of(cls, force: people.Force, who: people.Colleague, case: str, *, answered: bool = True) -> Desk:
        """The case, opened; once she has answered that she has no connection, where she is asked."""
        desk = cls(force, who, case, who.client())
        desk.load()
        if answered and desk.answer["declare"]:
            desk.answer_before()
        return desk

    def answer_before(self) -> None:
        """As if she had answered earlier that she has no connection: the act of that is not what a test is about."""
        said = {"interest": False, "prior-connection": False, "management": False}
        Fact.objects.create(
            case_id=self.case,
            item=ids.new_id(),
            kind="declaration",
            number=len(self.answer["acts"]),
            by=self.who.key,
            day=self.answer["today"],
            data={**coded.declaration(), "base": 0, "words": "", "declared": said},
        )
        self.load()

    def get(self, path: str = "") -> Any:
        return self.browser.get(f"/api/v1/desk/cases/{self.case}{path}")

    def post(self, path: str, body: dict[str, Any]) -> Any:
        return self.browser.post(
            f"/api/v1/desk/cases/{self.case}/{path}", json.dumps(body), content_type="application/json"
        )

    def load(self) -> None:
        """Fetches the case and opens its grants as a browser does. Fails on anything that is off."""
        answer = self.get()
        assert answer.status_code == 200, answer.content
        self.answer: dict[str, Any] = answer.json()
        self.card: Card = self.force.card()
        self.reporter = ReporterKeys(**self.answer["reporter"])
        self.known = {m.key: KnownKey(m.sign, "handler") for c in self.card.channels for m in c.members}
        self.known |= self.reporter.known
        self.epochs: Epochs = check_epochs(
            [ListedEpoch(**epoch) for epoch in self.answer["epochs"]],
            self.answer["admits"],
            self.case,
            self.known,
        )
        self.held = [self._open(grant) for grant in self.answer["grants"] if grant["sealed"]]
        self.log = next(grant.log for grant in self.held if grant.scope == "case")

    def _open(self, grant: dict[str, Any]) -> Any:
        return open_grant(
            b64.decode(grant["sealed"]),
            self.who.keyring.identity,
            case=self.case,
            scope=grant["scope"],
            epoch=grant["epoch"],
            recipient=self.epochs.of(grant["scope"])[grant["epoch"]],
            to=self.who.key.id,
            reporter=self.reporter,
            known=self.known,
        )

    def judged(self) -> list[Judged]:
        """The conversation as this handler's browser judges it."""
        listed = [
            Listed(e["kind"], e["epoch"], e["sha256"], b64.decode(e["sealed"]))
            for e in self.answer["envelopes"]
        ]
        held = [Held(grant.scope, grant.epoch, grant.identity) for grant in self.held]
        return judge(listed, Reader(self.case, self.known, self.epochs, self.reporter.seal, held))

    def act(self) -> dict[str, Any]:
        return act(self.log, len(self.answer["acts"]) + 1)

    def envelope(self, text: str, kind: Any = "message") -> dict[str, Any]:
        return build_envelope(
            note_body(text) if kind == "note" else message_body(text),
            kind=kind,
            case=self.case,
            author=self.who.keyring.signer,
            role="handler",
            epochs=self.epochs,
            reporter=self.reporter,
            judged=self.judged(),
            day=self.answer["today"],
        )

    def writing(self, text: str, kind: str = "message") -> dict[str, Any]:
        return {**self.act(), "envelope": self.envelope(text, kind), "uploads": []}

    def stepping(self, step: str, outcome: str = "", reasons: str = "", upload: str = "") -> dict[str, Any]:
        envelopes = [self.envelope(reasons)] if reasons else []
        version = self.answer["version"]
        said = {"step": step, "outcome": outcome, "envelopes": envelopes, "upload": upload}
        return {**self.act(), **said, "version": version}

    def working(self, *facts: dict[str, Any], words: dict[str, str] | None = None) -> dict[str, Any]:
        """Coded facts; `words` are texts to seal, by the item whose fact they belong to."""
        judged, envelopes, notes = self.judged(), [], {}
        for item, text in (words or {}).items():
            note = build_envelope(
                note_body(text),
                kind="note",
                case=self.case,
                author=self.who.keyring.signer,
                role="handler",
                epochs=self.epochs,
                reporter=self.reporter,
                judged=judged,
                day=self.answer["today"],
            )
            sealed = b64.decode(note["sealed"])
            opened = open_envelope(sealed, [one.identity for one in self.held if one.scope == "case"])
            judged.append(Judged(len(judged), hash_of(sealed), envelope=opened))
            envelopes.append(note)
            notes[item] = note["id"]
        said = [{**one, "words": notes.get(one["item"], one.get("words", ""))} for one in facts]
        return {**self.act(), "facts": said, "envelopes": envelopes}

    def work(self, *facts: dict[str, Any], words: dict[str, str] | None = None) -> None:
        """Records facts, which have to be taken, and loads the case again."""
        answer = self.post("facts", self.working(*facts, words=words))
        assert answer.status_code == 200, answer.content
        self.load()

    def work_away(self, *facts: dict[str, Any]) -> None:
        """Records facts after which the case does not open for her any more."""
        answer = self.post("facts", self.working(*facts))
        assert answer.status_code == 200, answer.content
        assert self.get().status_code == 404

    def using(self, use: str, authority: str = "", document: str = "") -> dict[str, Any]:
        """A use of the case's fingerprints, with its note."""
        said = {"use": use, "authority": authority, "document": document}
        return {**self.act(), **said, "envelope": self.envelope(f"Use: {use}.", "note")}

    def declare(self, **declared: bool) -> None:
        """Declares that there is no connection, or the one given."""
        said = {"interest": False, "prior-connection": False, **declared}
        outcome = "recuses" if any(said.values()) else "stays"
        self.work({"kind": "declaration", "item": ids.new_id(), "declared": said, "outcome": outcome})

    def write_up(self) -> None:
        """Everything a closing has to hold, written down."""
        said = [{"kind": "met", "item": ids.new_id(), "what": what} for what in CLOSING]
        self.work(*said, words={one["item"]: f"What is to be said: {one['what']}." for one in said})

    def letting_in(self, *newcomers: people.Colleague, scopes: tuple[str, ...] = ("case",)) -> dict[str, Any]:
        grants = [
            self._grant(held.scope, held.epoch, held.identity, one.key.id, one.key.seal)
            for one in newcomers
            for held in self.held
            if held.scope in scopes
        ]
        admits = [
            self.admit(held.scope, held.epoch, held.identity, one.key.id)
            for one in newcomers
            for held in self.held
            if held.scope in scopes and held.epoch == self.epochs.newest(held.scope)[0]
        ]
        return {**self.act(), "grants": grants, "admits": admits}

    def admit(self, scope: Any, epoch: int, identity: str, to: str, /, **changes: Any) -> str:
        """Somebody let in to an epoch; `changes` make it wrong on purpose."""
        said = {
            "case": self.case,
            "scope": scope,
            "epoch": epoch,
            "identity": identity,
            "to": to,
            "day": self.answer["today"],
        }
        return make_admit(**(said | changes))

    def departed(self) -> set[str]:
        """Keys of people who left, which have to be taken away with any other."""
        return {one["key"] for one in self.answer["holders"] if one["departed"]}

    def taking_away(self, *leaving: people.Colleague, also: set[str] | None = None) -> dict[str, Any]:
        withdrawn = sorted({one.key.id for one in leaving} | (also or set()))
        sheet = {g["key"] for g in self.answer["grants"] if g["scope"] == "sheet"}
        turns_sheet = self.who.key.id in sheet and bool(sheet & set(withdrawn))
        epochs, admits, grants = [], [], []
        for scope in ("case", "sheet") if turns_sheet else ("case",):
            stay = self.staying(scope, withdrawn)
            held = self.epochs.holders(scope, self.epochs.newest(scope)[0])
            epoch, identity = self.next_epoch(scope, holders=held & stay.keys())
            epochs.append(epoch)
            for key, seal in stay.items():
                grants.append(self._grant(scope, epoch["number"], identity, key, seal))
            admits += [self.admit(scope, epoch["number"], identity, key) for key in stay.keys() - held]
        body = {"withdrawn": withdrawn, "epochs": epochs, "admits": admits, "grants": grants}
        return {**self.act(), **body, "version": self.answer["version"]}

    def next_epoch(self, scope: Any, /, **changes: Any) -> tuple[dict[str, Any], str]:
        """The next epoch and its identity; `changes` make it wrong on purpose."""
        number, previous = self.epochs.newest(scope)
        identity = age.new_identity()
        recipient = age.recipient_of(identity)
        said = {
            "case": self.case,
            "scope": scope,
            "epoch": number + 1,
            "identity": identity,
            "holders": [self.who.key.id],
            "previous": previous,
            "by": self.who.keyring.signer,
            "day": self.answer["today"],
        }
        statement = make_epoch(**(said | changes))
        epoch = {"scope": scope, "number": number + 1, "recipient": recipient, "statement": statement}
        return epoch, identity

    def staying(self, scope: str, withdrawn: list[str]) -> dict[str, str]:
        """Keys and recipients of those who stay; a channel's custodian is the one on the card."""
        members = {m.key: m.seal for c in self.card.channels for m in c.members}
        custodians = {c.id: c.custodian for c in self.card.channels}
        found = {}
        for grant in self.answer["grants"]:
            if grant["scope"] != scope or grant["key"] in withdrawn:
                continue
            if grant["channel"]:
                custodian = custodians[grant["channel"]]
                found[custodian.key] = custodian.seal
            else:
                found[grant["key"]] = members[grant["key"]]
        return found

    def _grant(self, scope: Any, epoch: int, identity: str, key: str, seal: str) -> dict[str, Any]:
        sealed = make_grant(
            case=self.case,
            scope=scope,
            epoch=epoch,
            identity=identity,
            log=self.log,
            reporter=self.reporter,
            by=self.who.keyring.signer,
            role="handler",
            to_key=key,
            to_seal=seal,
            day=self.answer["today"],
        )
        return {"scope": scope, "epoch": epoch, "to": key, "sealed": b64.encode(sealed)}

    def texts(self, kind: str) -> list[str]:
        """What opens, of this kind, in order."""
        return [
            one.envelope.body["text"] for one in self.judged() if one.envelope and one.envelope.kind == kind
        ]


def sealed_hash(entry: dict[str, Any]) -> str:
    """The hash of something sealed, as a leaf commits to it."""
    return hash_of(b64.decode(entry["sealed"]))
