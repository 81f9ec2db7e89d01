"""What a reporter's browser does with the interface, in a few lines."""

from __future__ import annotations

import json
import math
from typing import Any

from django.test import Client

from tests import people
from upstander.formats import b64, ids, statements
from upstander.formats.hashes import hash_of
from upstander.ledger import leaf as ledger
from upstander.sealing import age, padding
from upstander.sealing.envelopes import seal_envelope
from upstander.sealing.report import SealedUpload
from upstander.sealing.words import ReceiptKeys
from upstander.server.cases.models import Act

PART = 1024 * 1024


def send(method: str, path: str, body: Any = None, token: str = "", raw: bytes | None = None) -> Any:
    """One request without any cookie."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    data = raw if raw is not None else b"" if body is None else json.dumps(body).encode()
    content_type = "application/octet-stream" if raw is not None else "application/json"
    return Client(headers=headers).generic(method, f"/api/v1/i/{path}", data, content_type=content_type)


def login(force: people.Force, receipt: ReceiptKeys, **other: Any) -> tuple[bytes, str]:
    """Mailbox id and signed statement for opening; `other` replaces fields of what is signed."""
    challenge = send("POST", f"{force.slug}/mailbox/challenge").json()["challenge"]
    body = {"challenge": challenge, "origin": "http://testserver", "subject": receipt.mailbox, **other}
    return receipt.mailbox_id, statements.sign("login", body, receipt.signing)


def open_mailbox(force: people.Force, mailbox: bytes, statement: str) -> Any:
    """The answer to an opening."""
    body = {"mailbox": b64.encode(mailbox), "statement": statement}
    return send("POST", f"{force.slug}/mailbox/open", body)


def token(force: people.Force, receipt: ReceiptKeys) -> str:
    """A token for the reporter's own mailbox."""
    return str(open_mailbox(force, *login(force, receipt)).json()["token"])


def leaf(receipt: ReceiptKeys, number: int = 0) -> dict[str, Any]:
    """Act, number, label and salt of the mailbox's next act, unless another number is said."""
    number = number or Act.objects.filter(case__mailbox=receipt.mailbox).count() + 1
    label, salt = ledger.label_and_salt(receipt.log, number)
    return {"act": ids.new_id(), "number": number, "label": label, "salt": b64.encode(salt)}


def record(
    force: people.Force, receipt: ReceiptKeys, case: str, expires: str, text: str = ""
) -> dict[str, Any]:
    """A private record as the interface takes it."""
    return {
        **leaf(receipt),
        "case": case,
        "mailbox": receipt.mailbox,
        "reporter": {"seal": receipt.seal, "sign": receipt.sign},
        "envelope": _entry(
            "record", "self", 0, _sealed(force, receipt, case, "record", [receipt.seal], text)
        ),
        "expires": expires,
    }


def message(
    force: people.Force, receipt: ReceiptKeys, case: str, case_seal: str, **other: Any
) -> dict[str, Any]:
    """A message to the desk as the interface takes it."""
    sealed = _sealed(force, receipt, case, "message", [case_seal, receipt.seal], "One more thing.")
    entry = {**_entry("message", "to-desk", 1, sealed), **other.pop("envelope", {})}
    return {**leaf(receipt), "envelope": entry, "uploads": [], **other}


def sealed_file(content: bytes, recipient: str) -> bytes:
    """A file as it is uploaded."""
    return age.seal(content.ljust(padding.padme(len(content)), b"\0"), [recipient])


def upload(force: people.Force, sealed: bytes) -> SealedUpload:
    """Announces and sends all parts."""
    name, parts = ids.new_id(), math.ceil(len(sealed) / PART)
    path = f"{force.slug}/uploads/{name}"
    assert send("PUT", path, {"size": len(sealed), "parts": parts}).status_code == 204
    for number in range(parts):
        answer = send("PUT", f"{path}/parts/{number}", raw=sealed[number * PART : (number + 1) * PART])
        assert answer.status_code == 204, answer.content
    return SealedUpload(name, hash_of(sealed))


def _sealed(
    force: people.Force, receipt: ReceiptKeys, case: str, kind: Any, recipients: list[str], text: str
) -> bytes:
    return seal_envelope(
        {"format": f"upstander/{kind}/v1", "text": text},
        kind=kind,
        case=case,
        author=receipt.signer,
        role="reporter",
        direction="self" if kind == "record" else "to-desk",
        counter=1,
        day=force.today().isoformat(),
        epoch=0 if kind == "record" else 1,
        last="",
        recipients=recipients,
    )


def _entry(kind: str, direction: str, epoch: int, sealed: bytes) -> dict[str, Any]:
    return {
        "id": ids.new_id(),
        "kind": kind,
        "direction": direction,
        "epoch": epoch,
        "sealed": b64.encode(sealed),
    }
