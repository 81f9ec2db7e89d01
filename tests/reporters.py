"""Reporters without a browser: seal reports beforehand, send them, come back. For load and fault tests."""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.world import World
from upstander.formats import b64, ids, statements
from upstander.ledger import leaf
from upstander.sealing import age
from upstander.sealing.cards import Card, read_card
from upstander.sealing.envelopes import seal_envelope
from upstander.sealing.report import NewCase, build_submission, message_body
from upstander.sealing.words import ReceiptKeys
from upstander.server import installation

# The workload the nearest peer was measured with: a narrative of 1,990 characters and short answers.
NARRATIVE = ("On nights, two people passed a phone round in the parade room. " * 40)[:1990]
SHORT = [
    {"id": f"short-{number}", "question": "A short question?", "value": None, "text": "x", "ask_first": False}
    for number in range(11)
]
DAY = "2026-11-23"


def fast_keys() -> ReceiptKeys:
    """Keys as words would give them, without the slow stretching: 32 random bytes instead of a root."""
    return ReceiptKeys(
        mailbox_id=secrets.token_bytes(32),
        identity=age.new_identity(),
        signing=Ed25519PrivateKey.generate(),
        log=secrets.token_bytes(32),
    )


def card_of(world: World) -> tuple[Card, str]:
    """The verified card of the demonstration, and the installation's public key."""
    sign = installation.load(world.data).sign
    return read_card(json.loads(world.get("/api/v1/i/marlshire/card"))["card"], sign), sign


@dataclass
class Reporter:
    """One reporter with one case."""

    card: Card
    receipt: ReceiptKeys = field(default_factory=fast_keys)
    case: NewCase = field(default_factory=NewCase.new)
    written: int = 0

    def report(
        self, text: str = NARRATIVE, outside: bool = True, uploads: Any = (), excluded: Sequence[str] = ()
    ) -> dict[str, Any]:
        """The sealed report, ready to send. `excluded`: labels on the card of those who are shut out."""
        channel = next(one for one in self.card.channels if one.inside is not outside)
        tell = {"id": "tell", "question": "Tell us.", "value": None, "text": text, "ask_first": False}
        return build_submission(
            card=self.card,
            channels=[channel.id],
            answers=[tell, *SHORT],
            sheet=[SHORT[0]],
            receipt=self.receipt,
            case=self.case,
            day=DAY,
            uploads=uploads,
            excluded=[member.key for member in channel.members if member.label in excluded],
        )

    def message(self, text: str) -> dict[str, Any]:
        """The next message to the desk, ready to send."""
        self.written += 1
        number = 1 + self.written  # the report is number 1
        label, salt = leaf.label_and_salt(self.receipt.log, number)
        sealed = seal_envelope(
            message_body(text),
            kind="message",
            case=self.case.id,
            author=self.receipt.signer,
            role="reporter",
            direction="to-desk",
            counter=1 + self.written,
            day=DAY,
            epoch=1,
            last="",
            recipients=[age.recipient_of(self.case.identity), self.receipt.seal],
        )
        envelope = {
            "id": ids.new_id(),
            "kind": "message",
            "direction": "to-desk",
            "epoch": 1,
            "sealed": b64.encode(sealed),
        }
        act = {"act": ids.new_id(), "number": number, "label": label, "salt": b64.encode(salt)}
        return {**act, "envelope": envelope, "uploads": []}

    def sign_in(self, world: World) -> dict[str, str]:
        """Opens the mailbox; answers the header that goes with every later request."""
        _, answer = world.send("POST", "/api/v1/i/marlshire/mailbox/challenge", {})
        login = statements.sign(
            "login",
            {"challenge": answer["challenge"], "origin": world.origin, "subject": self.receipt.mailbox},
            self.receipt.signing,
        )
        status, answer = world.send(
            "POST",
            "/api/v1/i/marlshire/mailbox/open",
            {"mailbox": b64.encode(self.receipt.mailbox_id), "statement": login},
        )
        assert status == 200, answer
        return {"Authorization": f"Bearer {answer['token']}"}
