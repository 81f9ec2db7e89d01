"""Seals a whole report, envelopes, epochs, grants and leaf, as the interface takes it.

What the reporter's page does, for the demonstration, the tests and the benchmark; and the few other things
that people write, in the same short form.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from upstander.formats import b64, ids
from upstander.formats.errors import FormatError
from upstander.formats.hashes import hash_of
from upstander.ledger import leaf
from upstander.sealing import age
from upstander.sealing.cards import Card, Channel, same_people
from upstander.sealing.envelopes import (
    ALLOWED,
    Judged,
    Kind,
    next_place,
    recipients_of,
    scope_of,
    seal_envelope,
)
from upstander.sealing.epochs import Epochs, Scope, make_epoch
from upstander.sealing.grants import make_grant
from upstander.sealing.signers import ReporterKeys, Signer
from upstander.sealing.words import ReceiptKeys


@dataclass(frozen=True, slots=True)
class NewCase:
    """A case before it is sent: its id, and fresh identities for the case and for the source sheet."""

    id: str
    identity: str = field(repr=False)
    sheet_identity: str = field(repr=False)

    @classmethod
    def new(cls, case_id: str = "") -> "NewCase":
        """A fresh case. A private record that becomes a report keeps its case id."""
        return cls(case_id or ids.new_id(), age.new_identity(), age.new_identity())

    def identity_of(self, scope: Scope) -> str:
        """The identity of one scope."""
        return self.sheet_identity if scope == "sheet" else self.identity


@dataclass(frozen=True, slots=True)
class SealedUpload:
    """A sealed file that is on the server: its id, and the hash of all its sealed bytes."""

    id: str
    sha256: str


def build_submission(
    *,
    card: Card,
    channels: Sequence[str],
    answers: Sequence[Mapping[str, Any]],
    receipt: ReceiptKeys,
    day: str,
    sheet: Sequence[Mapping[str, Any]] = (),
    excluded: Sequence[str] = (),
    files: Sequence[Mapping[str, Any]] = (),
    fingerprints: Sequence[Mapping[str, Any]] = (),
    named: Sequence[Mapping[str, Any]] = (),
    uploads: Sequence[SealedUpload] = (),
    wishes: Mapping[str, Any] | None = None,
    language: str = "en",
    urgent: bool = False,
    case: NewCase | None = None,
    act: str = "",
    number: int = 1,
) -> dict[str, Any]:
    """The body of `POST reports`: sealed to every active member who is not excluded, and to the custodians.

    `channels` are channel ids of the card, `excluded` key ids (other keys under the
    same label are shut out with them); `answers`, `sheet` and `named` as in formats section 4.
    Files are sealed to `case`, so make it before them. `number` is the act's in its case: more than 1 where a
    private record becomes the report. Raises FormatError for channels not on the card.
    """
    case = case or NewCase.new()
    act = act or ids.new_id()
    chosen = _chosen(card, channels)
    excluded = same_people(card, excluded)
    scopes: tuple[Scope, ...] = ("case", "sheet") if sheet else ("case",)
    recipients: dict[str, str] = {scope: age.recipient_of(case.identity_of(scope)) for scope in scopes}
    report = {
        "format": "upstander/report/v1",
        "answers": list(answers),
        "card": card.sha256,
        "excluded": list(excluded),
        "files": list(files),
        "language": language,
        "pack": {"id": card.pack.id, "sha256": card.pack.sha256, "version": card.pack.version},
        "wishes": dict(wishes or {}),
    }
    if fingerprints:
        report["fingerprints"] = list(fingerprints)
    if named:
        report["named"] = list(named)
    bodies: dict[Scope, dict[str, Any]] = {
        "case": report,
        "sheet": {"format": "upstander/sheet/v1", "answers": list(sheet)},
    }
    envelopes = []
    for scope in scopes:
        kind: Kind = "sheet" if scope == "sheet" else "report"
        sealed = seal_envelope(
            bodies[scope],
            kind=kind,
            case=case.id,
            author=receipt.signer,
            role="reporter",
            direction="to-desk",
            counter=1,
            day=day,
            epoch=1,
            last="",
            recipients=[recipients[scope]],
        )
        envelopes.append(_entry(kind, "to-desk", 1, sealed))
    receivers = {scope: _receivers(chosen, scope, excluded) for scope in scopes}
    epochs = [
        make_epoch(
            case=case.id,
            scope=scope,
            epoch=1,
            identity=case.identity_of(scope),
            previous="",
            holders=receivers[scope],
            by=receipt.signer,
            day=day,
        )
        for scope in scopes
    ]
    grants = [
        {
            "scope": scope,
            "epoch": 1,
            "to": key,
            "sealed": b64.encode(_grant(case, scope, (key, seal), receipt, day)),
        }
        for scope in scopes
        for key, seal in receivers[scope].items()
    ]
    label, salt = leaf.label_and_salt(receipt.log, number)
    return {
        "act": act,
        "card": card.sha256,
        "case": case.id,
        "channels": list(channels),
        "mailbox": receipt.mailbox,
        "number": number,
        "reporter": {"seal": receipt.seal, "sign": receipt.sign},
        "epochs": epochs,
        "recipients": {"case": recipients["case"], "sheet": recipients.get("sheet", "")},
        "envelopes": envelopes,
        "grants": grants,
        "excluded": list(excluded),
        "uploads": [upload.id for upload in uploads],
        "urgent": urgent,
        "label": label,
        "salt": b64.encode(salt),
        "work": "",
    }


def received_digest(body: Mapping[str, Any], upload_hashes: Sequence[str]) -> bytes:
    """What the leaf of a report commits to; `upload_hashes` of the sealed files in the order of `uploads`."""
    return leaf.digest(
        "received",
        card=body["card"],
        case=body["case"],
        channels=sorted(body["channels"]),
        envelopes=[hash_of(b64.decode(one["sealed"])) for one in body["envelopes"]],
        excluded=sorted(body["excluded"]),
        grants=[hash_of(b64.decode(one["sealed"])) for one in body["grants"]],
        uploads=list(upload_hashes),
    )


def build_envelope(
    body: Mapping[str, Any],
    *,
    kind: Kind,
    case: str,
    author: Signer,
    role: str,
    epochs: Epochs,
    reporter: ReporterKeys,
    judged: Sequence[Judged] = (),
    day: str,
) -> dict[str, Any]:
    """An envelope as the interface takes it, sealed to whom its kind goes in the newest epoch.

    `judged` is the conversation as the author sees it: from it come counter and `last`.
    """
    epoch = 0 if kind == "record" else epochs.newest(scope_of(kind))[0]
    direction = ALLOWED.get((kind, cast(Any, role)))
    if direction is None:
        raise FormatError("This author may not write this.")
    counter, last = next_place(judged, author.key, kind)
    sealed = seal_envelope(
        body,
        kind=kind,
        case=case,
        author=author,
        role=cast(Any, role),
        direction=direction,
        counter=counter,
        day=day,
        epoch=epoch,
        last=last,
        recipients=recipients_of(kind, epoch, epochs, reporter.seal),
    )
    return _entry(kind, direction, epoch, sealed)


def message_body(text: str, files: Sequence[Mapping[str, Any]] = ()) -> dict[str, Any]:
    """What a message says."""
    return {"format": "upstander/message/v1", "text": text, "files": list(files)}


def note_body(text: str) -> dict[str, Any]:
    """What a note among handlers says."""
    return {"format": "upstander/note/v1", "text": text}


def _chosen(card: Card, wanted: Sequence[str]) -> list[Channel]:
    chosen = [channel for channel in card.channels if channel.id in wanted]
    if not chosen or len(chosen) != len(wanted):
        raise FormatError("Choose who receives the report.")
    return chosen


def _receivers(channels: Sequence[Channel], scope: Scope, excluded: Sequence[str]) -> dict[str, str]:
    """Key id and recipient of everybody a grant is made for, each once."""
    found: dict[str, str] = {}
    for channel in channels:
        for member in channel.active:
            if member.key not in excluded and (scope == "case" or member.sheet):
                found[member.key] = member.seal
        found[channel.custodian.key] = channel.custodian.seal
    return found


def _grant(case: NewCase, scope: Scope, to: tuple[str, str], receipt: ReceiptKeys, day: str) -> bytes:
    return make_grant(
        case=case.id,
        scope=scope,
        epoch=1,
        identity=case.identity_of(scope),
        log=receipt.log,
        reporter=receipt.public,
        by=receipt.signer,
        role="reporter",
        to_key=to[0],
        to_seal=to[1],
        day=day,
    )


def _entry(kind: str, direction: str, epoch: int, sealed: bytes) -> dict[str, Any]:
    return {
        "id": ids.new_id(),
        "kind": kind,
        "direction": direction,
        "epoch": epoch,
        "sealed": b64.encode(sealed),
    }
