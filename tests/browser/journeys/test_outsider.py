"""A hostile server, with the key of a handler who never held the case, in real browsers: it is seen, in plain words.

It speaks to the reporter in the handler's name, lists him as somebody who can open her report, and at last shows a
next key that he made.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.handler import Handler
from tests.browser.reporter import Reporter, button, pick, write
from tests.world import World
from upstander.formats import ids
from upstander.formats.hashes import hash_of
from upstander.sealing import age
from upstander.sealing.envelopes import seal_envelope
from upstander.sealing.epochs import make_epoch
from upstander.sealing.report import message_body
from upstander.sealing.words import Words, unlock_keys
from upstander.sealing.wrapped import Keyring, unwrap_with_words
from upstander.server import installation

pytestmark = pytest.mark.browser

TOLD = "He reads out messages from victims for a laugh."
LURE = "We need to meet. Come to the car park behind the station."


@pytest.fixture
def world(own_world: World) -> World:
    """Its database is changed by hand."""
    return own_world


@dataclass
class Hostile:
    """Whoever has the machine, and the keys of Aled, who works for the outside body."""

    world: World
    case: str
    aled: Keyring

    @classmethod
    def of(cls, world: World, case: str) -> Hostile:
        door = next(one for one in world.demonstration["doors"] if one["username"] == "aled")
        unlock = unlock_keys(Words.parse(door["words"]), installation.load(world.data).id, "aled")
        here = cls(world, case, Keyring.new())
        ((blob,),) = here.ask(
            "SELECT blob FROM accounts_wrappedkey w JOIN accounts_key k ON k.id = w.key_id"
            " JOIN accounts_person p ON p.id = k.person_id WHERE p.username = 'aled' AND w.method = 'words'"
        )
        return cls(world, case, unwrap_with_words(json.loads(blob), unlock))

    def ask(self, sql: str, *values: Any) -> list[Any]:
        with closing(sqlite3.connect(self.world.data / "db.sqlite3", timeout=30)) as database, database:
            return database.execute(sql, values).fetchall()

    def first(self) -> tuple[str, str]:
        """The case's recipient in its first epoch, and the day."""
        ((recipient, day),) = self.ask(
            "SELECT e.recipient, c.day FROM cases_epoch e JOIN cases_case c ON c.id = e.case_id"
            " WHERE c.id = ? AND e.scope = 'case'",
            self.case,
        )
        return recipient, day

    def speak(self) -> None:
        """A message in Aled's name, signed with his key and sealed as it has to be."""
        recipient, day = self.first()
        ((reporter,),) = self.ask("SELECT reporter_seal FROM cases_case WHERE id = ?", self.case)
        sealed = seal_envelope(
            message_body(LURE),
            kind="message",
            case=self.case,
            author=self.aled.signer,
            role="handler",
            direction="to-reporter",
            counter=1,
            day=day,
            epoch=1,
            last="",
            recipients=[recipient, reporter],
        )
        self.ask(
            "INSERT INTO cases_envelope"
            ' (id, case_id, "order", kind, direction, epoch, author_id, day, sha256, sealed)'
            " VALUES (?, ?, 50, 'message', 'to-reporter', 1, ?, ?, ?, ?)",
            ids.new_id(),
            self.case,
            self.aled.key,
            day,
            hash_of(sealed),
            sealed,
        )

    def list_him(self) -> None:
        """A grant that holds nothing, so that he is listed as a holder."""
        self.ask(
            "INSERT INTO cases_grant (case_id, scope, epoch, key_id, sealed, day, live)"
            " VALUES (?, 'case', 1, ?, ?, ?, 1)",
            self.case,
            self.aled.key,
            b"nothing",
            self.first()[1],
        )

    def next_key(self) -> None:
        """A next epoch, made by him for himself."""
        (recipient, day), identity = self.first(), age.new_identity()
        said: dict[str, Any] = {"case": self.case, "scope": "case", "epoch": 2, "day": day}
        statement = make_epoch(
            **said, identity=identity, previous=recipient, holders=[self.aled.key], by=self.aled.signer
        )
        self.ask(
            "INSERT INTO cases_epoch (case_id, scope, number, recipient, statement) VALUES (?, 'case', 2, ?, ?)",
            self.case,
            age.recipient_of(identity),
            statement,
        )


def test_a_handler_who_does_not_hold_the_case_is_told_from_the_team(
    world: World, reporter: Callable[..., Reporter], handler: Callable[..., Handler]
) -> None:
    zoe = reporter("zoe")
    zoe.begin(quick=True)
    zoe.answer({"danger": pick("No"), "Tell us": write(TOLD)}, until="You could send now")
    button(zoe.page, "Finish here and check").click()
    zoe.answer({"Who should get it": pick("Professional Standards")})
    zoe.send()

    server = Hostile.of(world, zoe.case)
    server.speak()
    server.list_him()
    zoe.come_back(whole=False)
    main = zoe.page.locator("main")
    expect(main.get_by_role("alert")).to_be_visible()  # he wrote past the log: no act names his letter
    letter = main.locator("article").filter(has_text="car park")
    expect(letter).to_contain_text("does not hold a key to your report")
    expect(letter).to_contain_text("Aled, Fellmoor Oversight")
    listed = main.get_by_role("listitem").filter(has_text="Aled, Fellmoor Oversight")
    expect(listed).to_contain_text("Only the server says so")
    marian_listed = main.get_by_role("listitem").filter(has_text="Marian, reporting team")
    expect(marian_listed).not_to_contain_text("Only the server says so")
    zoe.visitor.look("mailbox with an outsider")

    marian = handler("marian")
    marian.sign_in()
    marian.open_case(zoe.case, first=True, whole=False)
    expect(marian.part("record").get_by_role("alert")).to_be_visible()
    expect(marian.part("talk")).to_contain_text("written by a handler who does not hold a key to this case")
    expect(marian.part("holders")).to_contain_text("Only the server says that Aled Pryce holds a key")
    marian.part("holders").get_by_text("Take a key away").click()
    expect(marian.part("holders")).to_contain_text("was never let in by those who hold it")

    server.next_key()
    main.get_by_role("button", name="Look again for news").click()
    expect(zoe.title).to_have_text("Don't write here for now")
    zoe.visitor.look("a key nobody signed for")
    marian.visitor.go(f"/desk/cases/{zoe.case}/")
    expect(marian.page.locator("main")).to_contain_text("made by somebody who did not hold the one before")
