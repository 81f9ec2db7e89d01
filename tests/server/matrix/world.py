"""A force in which everybody has a part who ever comes to the server, and one case they are all tried on."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.core import signing
from django.test import Client

from tests import people
from tests.publishing import small
from tests.server.casework import coded
from tests.server.casework.desk import Desk, report
from tests.server.tools import test_briefs as briefs
from tests.server.transparency import test_publishing as made
from upstander.formats import b64, days, ids
from upstander.sealing import age
from upstander.sealing.words import ReceiptKeys, UnlockKeys
from upstander.sealing.wrapped import Keyring, wrap_with_words
from upstander.server import tokens
from upstander.server.accounts import actions as accounts
from upstander.server.accounts.models import Person
from upstander.server.cases.models import Upload
from upstander.server.casework import duties, recovery, second
from upstander.server.casework.models import Drawn, Duty, Sample
from upstander.server.institutions.models import Custodian
from upstander.server.transparency import actions as publishing
from upstander.server.transparency.models import Publication

SIGNED_OUT = "signed out"


@dataclass
class World:
    """The case, what belongs to it, and a browser for each part somebody has."""

    force: people.Force
    other: people.Force
    case: str
    upload: str
    brief: Desk = field(repr=False)  # the investigator's view
    publication: Publication = field(repr=False)
    watched: str
    lent: Drawn = field(repr=False)  # a copy of the case that the overseer can open
    asked: Drawn = field(repr=False)  # one that she waits for
    token: str  # of a link that asks a second person to make somebody an overseer
    clients: dict[str, Client] = field(repr=False)

    def desk(self) -> Desk:
        """The case as its first handler has it now."""
        return Desk.of(self.force, self.force.handler, self.case)

    def fill(self) -> dict[str, Any]:
        """What stands in addresses, by the names the URL configuration gives it."""
        return {
            "case_id": self.case,
            "upload_id": self.upload,
            "channel_id": self.force.inside.id,
            "key_id": self.force.handler.key.id,
            "username": self.force.colleague.person.username,
            "identity": self.publication.id,
            "watched_id": self.watched,
            "slug": self.force.slug,
            "name": "silent",
            "path": "index.html",
            "token": self.token,
            "sample_id": self.lent.sample_id,
            "drawn_id": self.lent.id,
            "pk": 1,
            "sha256": self.force.card().pack,
            "upload": ids.new_id(),
            "pledge": ids.new_id(),
            "number": 1,
            "generation": 1,
            "rest": "0/000",
        }


ABSENT = {"case_id": "a" * 26, "upload_id": "a" * 26, "channel_id": "a" * 26, "key_id": "a" * 26,
          "username": "nobody-here", "identity": "a" * 26, "watched_id": "a" * 26, "token": "x" * 32,
          "sample_id": "a" * 26, "drawn_id": "a" * 26,
          "name": "no-such-list"}  # fmt: skip
"""The same, of things that are not there."""


def build(force: people.Force, other: people.Force, receipt: ReceiptKeys, folder: Path) -> World:
    """Everything, made as their own browsers make it."""
    inside, handler = force.inside, force.handler
    subject = people.join(inside, "subject-marlshire", "Sergeant Under", handler)
    recused = people.join(inside, "recused-marlshire", "Recused", handler)
    leaver = people.join(inside, "leaver-marlshire", "Leaver", handler)
    investigator = people.join(force.outside, "look-marlshire", "Looks", force.overseer)
    case = report(force, receipt, channels=[inside], excluded=[force.excluded])
    desk = Desk.of(force, handler, case)
    desk.work(coded.declaration())
    taken = people.join(inside, "taken-marlshire", "Taken", handler)
    assert desk.post("grants", desk.letting_in(taken)).status_code == 200
    desk.load()
    assert desk.post("epochs", desk.taking_away(taken)).status_code == 200
    desk.load()
    briefs.begin(desk)
    assert briefs.give(desk, investigator).status_code == 200
    told = {"id": ids.new_id(), "to": force.overseer.key.id}
    told["sealed"] = b64.encode(age.seal(b"a name".ljust(4096, b"\0"), [force.overseer.key.seal]))
    desk.load()
    assert desk.post("guardian", told).status_code == 200
    Desk.of(force, force.colleague, case).work(coded.declaration())
    stepping_back = Desk.of(force, recused, case)
    stepped = coded.fact("declaration", declared={"interest": True}, outcome="recuses")
    assert stepping_back.post("facts", stepping_back.working(stepped)).status_code == 200
    accounts.leave(inside, leaver.key)
    desk.load()
    desk.work(coded.party(account=subject.person.username))
    Desk.of(force, force.colleague, case)  # asked again, and answers
    upload = Upload.objects.create(
        id=ids.new_id(),
        institution=force.institution,
        case_id=case,
        size=0,
        parts=0,
        sha256="0" * 64,
        day=force.today(),
    )
    overseer = seer(force)
    clients = {
        "handler": handler.client(),
        "fellow handler": force.colleague.client(),
        "on another channel": force.second_overseer.client(),
        "guardian": force.overseer.client(),
        "investigator": investigator.client(),
        "shut out by the reporter": force.excluded.client(),
        "subject": subject.client(),
        "recused": recused.client(),
        "left the team": leaver.client(),
        "key taken away": taken.client(),
        "administrator": people.signed_in(keyed(force.administrator)),
        "overseer": people.signed_in(overseer),
        "handler elsewhere": other.handler.client(),
        "administrator elsewhere": people.signed_in(keyed(other.administrator)),
        "overseer elsewhere": people.signed_in(seer(other)),
        "without a key": people.signed_in(keyless(force)),
        SIGNED_OUT: Client(),
        "reporter": Client(headers={"Authorization": f"Bearer {mailbox(case, force.slug)}"}),
    }
    candidate = accounts.create_person(
        force.institution, username="candidate-marlshire", name="Candidate", label="Candidate"
    )
    duties.give(force.overseer.person, Duty.Kind.GUARDIAN)
    return World(
        force,
        other,
        case,
        upload.id,
        briefs._as_investigator(desk, investigator),
        delivered(force, folder),
        str(told["id"]),
        drawn(overseer, case, b"sealed"),
        drawn(overseer, case, None),
        second.ask(keyed(candidate)),
        clients,
    )


def keyed(person: Person) -> Person:
    """The person, with a key."""
    keyring = Keyring.new()
    unlock = UnlockKeys(wrap=secrets.token_bytes(32), signing=Ed25519PrivateKey.generate())
    wrapped = [wrap_with_words(keyring, unlock)]
    accounts.register_key(
        person, seal=keyring.seal, sign=keyring.sign, wrapped=wrapped, words_key=unlock.sign
    )
    return person


def seer(force: people.Force) -> Person:
    """An overseer of the force."""
    name = f"seer-{force.slug}"
    person = accounts.create_person(force.institution, username=name, name="Seer", label="Seer")
    duties.give(keyed(person), Duty.Kind.OVERSEER)
    return person


def drawn(overseer: Person, case: str, sealed: bytes | None) -> Drawn:
    """The case, drawn for the overseer; its copy handed over, or still waited for."""
    day = days.today(overseer.institution.time_zone)
    sample = Sample.objects.create(
        id=ids.new_id(),
        person=overseer,
        day=day,
        count=1,
        listed=[case],
        digest="0" * 64,
        act=ids.new_id(),
        root="0" * 64,
        size=1,
        until=day,
    )
    return Drawn.objects.create(
        id=ids.new_id(), sample=sample, case_id=case, place=1, sealed=sealed, handed=day if sealed else None
    )


def keyless(force: people.Force) -> Person:
    """Somebody who was invited and made no key yet."""
    return accounts.create_person(force.institution, username=f"new-{force.slug}", name="New", label="New")


def mailbox(case: str, slug: str) -> str:
    """The token that seven words give."""
    return tokens.issue("mailbox", f"{case}/{slug}".encode(), 600)


def shares(world: World) -> dict[str, str]:
    """What the handler's browser sends once the custodian's shares were put together."""
    custodian = Custodian.objects.get(channel=world.force.inside, retired=False)
    said = {"custodian": custodian.key, "person": world.force.handler.person.pk}
    return {"Authorization": f"Bearer {signing.dumps(said, salt=recovery._SALT)}"}


def delivered(force: people.Force, folder: Path) -> Publication:
    """Figures under embargo."""
    publication = publishing.announce([force.institution], made.soon())
    site = small.written(
        folder / "site",
        small.site(made.soon(), address=made.ADDRESS, slugs={force.slug: force.institution.name}),
    )
    publishing.deliver(publication, site)
    return publication
