"""Reporters whose reports are really sealed: to handlers and custodians on a card, held by the scene's keepers."""

import secrets
from dataclasses import dataclass, field
from functools import cached_property

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.vectors import scene as vectors
from upstander.formats import b64, statements
from upstander.formats.days import parse
from upstander.formats.hashes import hash_of
from upstander.keepers import conditions, tags
from upstander.keepers.holding import Holding, hold
from upstander.keepers.pledges import Beneficiary, Condition, Match
from upstander.keepers.roster import Roster
from upstander.sealing import age, padding
from upstander.sealing.cards import PackName, make_card, read_card
from upstander.sealing.report import build_submission
from upstander.sealing.words import ReceiptKeys

CARD = read_card(
    make_card(
        signing=vectors.INSTALLATION_KEY,
        installation=vectors.INSTALLATION,
        institution="marlshire",
        name="Marlshire Police",
        channels=[vectors.channel()],
        pack=PackName("uk_police", "0" * 64, "1"),
        day=parse("2026-11-01"),
        expires=parse("2032-11-01"),
        previous="",
        version=1,
        demonstration=True,
    ),
    vectors.INSTALLATION_SIGN,
)
READERS = tuple(
    sorted([*(member.sign for member in CARD.channels[0].active), CARD.channels[0].custodian.key])
)


def keys() -> ReceiptKeys:
    """A reporter's keys as her words would give them."""
    return ReceiptKeys(
        secrets.token_bytes(32), age.new_identity(), Ed25519PrivateKey.generate(), secrets.token_bytes(32)
    )


@dataclass
class Held:
    """Somebody who holds a report. `names` are the function's outputs by kind of identifier."""

    text: str
    names: list[tuple[str, bytes]]
    roster: Roster
    recipients: dict[str, str]
    day: str
    expires: str
    conditions: tuple[Condition, ...] = (Match(2),)
    sheet: str = ""
    files: tuple[tuple[str, bytes], ...] = ()  # that go with it: name and content
    receipt: ReceiptKeys = field(default_factory=keys)

    @cached_property
    def body(self) -> dict:
        """As it would be posted."""
        return build_submission(
            card=CARD,
            channels=[vectors.CHANNEL],
            answers=[answer(self.text)],
            sheet=[answer(self.sheet)] if self.sheet else (),
            files=[entry(number, *one) for number, one in enumerate(self.files)],
            receipt=self.receipt,
            day=self.day,
        )

    @cached_property
    def attached(self) -> dict[str, str]:
        """Her files as the parcel has them: filled up with zeros, sealed to the case."""
        to = [self.body["recipients"]["case"]]
        return {
            entry(number, name, content)["id"]: b64.encode(
                age.seal(content.ljust(padding.padme(len(content)), b"\0"), to)
            )
            for number, (name, content) in enumerate(self.files)
        }

    @cached_property
    def held(self) -> Holding:
        """The pledge, the parcel and the notes."""
        named = [{"kind": kind, "link": label(output)} for kind, output in self.names]
        report = {name: value for name, value in self.body.items() if name != "grants"} | {"named": named}
        if self.files:
            report["attached"] = self.attached
        return hold(
            report=report,
            grants=self.body["grants"],
            outputs=[output for _, output in self.names],
            conditions=self.conditions,
            beneficiary=Beneficiary(vectors.CHANNEL, READERS),
            expires=self.expires,
            day=self.day,
            by=self.receipt.signing,
            roster=self.roster,
            recipients=self.recipients,
        )


def label(output: bytes) -> str:
    """The label of a name."""
    return conditions.link(statements.public_of(tags.tag_key(output)))


def entry(number: int, name: str, content: bytes) -> dict:
    """A file as a report names it."""
    digest = hash_of(content)
    return {
        **{"id": vectors.id_(f"file {number}"), "name": name, "type": "image/jpeg", "size": len(content)},
        **{"sha256": digest, "original": digest, "stripped": False, "what": "photo"},
    }


def answer(text: str) -> dict:
    """An answer as a report carries it."""
    return {"id": "what", "question": "What happened?", "value": None, "text": text, "ask_first": False}
