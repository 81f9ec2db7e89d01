"""A hostile server with the keys of handlers who do not hold a case tries to get its next key, or to speak in it.

It writes into its own tables what it likes, and shows readers what it likes. They go by what holders signed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from tests import people
from tests.server.casework.desk import Desk, report
from tests.server.reporting import browser
from upstander.formats import b64, ids
from upstander.formats.errors import FormatError
from upstander.formats.hashes import hash_of
from upstander.sealing import age
from upstander.sealing.envelopes import Held, Judged, Listed, Reader, judge, seal_envelope
from upstander.sealing.epochs import Epochs, ListedEpoch, check_epochs, make_admit, make_epoch
from upstander.sealing.report import message_body
from upstander.sealing.signers import KnownKey
from upstander.sealing.words import ReceiptKeys
from upstander.server.accounts import actions as accounts
from upstander.server.cases.models import Admit, Case, Envelope, Epoch

pytestmark = [pytest.mark.django_db, pytest.mark.db]


@dataclass
class Mailbox:
    """What the reporter's page makes of what the server hands her."""

    epochs: Epochs
    judged: list[Judged]
    newest: str  # what she seals to


def come_back(force: people.Force, receipt: ReceiptKeys) -> Mailbox:
    """The reporter reads her mailbox. Raises FormatError where the case's keys do not hold together."""
    told = browser.send("GET", f"{force.slug}/mailbox", token=browser.token(force, receipt)).json()
    known = {m.key: KnownKey(m.sign, "handler") for c in force.card().channels for m in c.members}
    known |= receipt.public.known
    listed = [ListedEpoch(**one) for one in told["epochs"]]
    epochs = check_epochs(listed, told["admits"], told["case"], known)
    items = [
        Listed(one["kind"], one["epoch"], one["sha256"], b64.decode(one["sealed"]))
        for one in told["envelopes"]
    ]
    held = [Held("reporter", 0, receipt.identity)]
    judged = judge(items, Reader(told["case"], known, epochs, receipt.seal, held))
    return Mailbox(epochs, judged, epochs.newest("case")[1])


@pytest.fixture
def desk(force: people.Force, receipt: ReceiptKeys) -> Desk:
    """A case of the inside team, as its first handler has it open."""
    return Desk.of(
        force, force.handler, report(force, receipt, channels=[force.inside], excluded=[force.excluded])
    )


def put_epoch(case: str, by: people.Colleague, previous: str, holders: list[str], **changes: Any) -> str:
    """The server writes a next epoch into its tables, made by an accomplice. Answers its recipient."""
    identity = age.new_identity()
    said: dict[str, Any] = {
        "case": case,
        "scope": "case",
        "epoch": 2,
        "identity": identity,
        "previous": previous,
        "holders": holders,
        "by": by.keyring.signer,
        "day": "2026-11-23",
    }
    recipient = age.recipient_of(identity)
    statement = make_epoch(**(said | changes))
    Epoch.objects.create(case_id=case, scope="case", number=2, recipient=recipient, statement=statement)
    return recipient


def put_message(case: str, by: people.Colleague, to: list[str], epoch: int = 1) -> None:
    """The server puts in a message that an accomplice signed."""
    sealed = seal_envelope(
        message_body("Meet me in the car park."),
        kind="message",
        case=case,
        author=by.keyring.signer,
        role="handler",
        direction="to-reporter",
        counter=1,
        day="2026-11-23",
        epoch=epoch,
        last="",
        recipients=to,
    )
    Envelope.objects.create(
        id=ids.new_id(),
        case_id=case,
        order=90 + Envelope.objects.filter(case=case).count(),
        kind="message",
        direction="to-reporter",
        epoch=epoch,
        author=by.key,
        day="2026-11-23",
        sha256=hash_of(sealed),
        sealed=sealed,
    )


def refuses(force: people.Force, receipt: ReceiptKeys, desk: Desk, why: str) -> None:
    """Neither the reporter's page nor a colleague's desk takes it."""
    with pytest.raises(FormatError, match=why):
        come_back(force, receipt)
    with pytest.raises(FormatError, match=why):
        desk.load()


@pytest.mark.parametrize("retired", [True, False])
def test_the_key_of_a_handler_who_does_not_hold_the_case_makes_no_next_key(
    force: people.Force, receipt: ReceiptKeys, desk: Desk, retired: bool
) -> None:
    accomplice = force.excluded if retired else force.overseer
    if retired:
        accounts.leave(force.inside, accomplice.key)
    states = {m.key: m.state for c in force.card().channels for m in c.members}
    assert states[accomplice.key.id] == ("retired" if retired else "active")
    first = desk.epochs.newest("case")[1]
    put_epoch(desk.case, accomplice, first, [accomplice.key.id])
    refuses(force, receipt, desk, "made by somebody who did not hold")
    Epoch.objects.filter(case=desk.case, number=2).delete()
    put_epoch(desk.case, accomplice, first, sorted(desk.epochs.holders("case", 1)))  # naming the right people
    refuses(force, receipt, desk, "made by somebody who did not hold")


def test_an_accomplice_cannot_let_herself_in(force: people.Force, receipt: ReceiptKeys, desk: Desk) -> None:
    accomplice = force.overseer
    admit = make_admit(
        case=desk.case,
        scope="case",
        epoch=1,
        identity=accomplice.keyring.identity,
        to=accomplice.key.id,
        day="2026-11-23",
    )
    Admit.objects.create(case_id=desk.case, scope="case", epoch=1, to=accomplice.key.id, statement=admit)
    refuses(force, receipt, desk, "signature is wrong")


def test_a_true_admit_is_good_for_its_own_case_alone(
    force: people.Force, receipt: ReceiptKeys, desk: Desk
) -> None:
    other = Desk.of(force, force.handler, report(force, people.reporter(), channels=[force.inside]))
    answer = other.post("grants", other.letting_in(force.overseer))
    assert answer.status_code == 200, answer.content
    Admit.objects.filter(case=other.case).update(case=Case.objects.get(id=desk.case))
    refuses(force, receipt, desk, "signature is wrong")


def test_a_holder_does_not_slip_somebody_in_with_a_next_key(
    force: people.Force, receipt: ReceiptKeys, desk: Desk
) -> None:
    held = sorted(desk.epochs.holders("case", 1))
    put_epoch(desk.case, force.handler, desk.epochs.newest("case")[1], [*held, force.overseer.key.id])
    refuses(force, receipt, desk, "goes to somebody who did not hold")


def test_a_message_by_a_handler_who_does_not_hold_the_case_is_shown_as_that(
    force: people.Force, receipt: ReceiptKeys, desk: Desk
) -> None:
    to = [desk.epochs.newest("case")[1], receipt.seal]
    put_message(desk.case, force.overseer, to)
    put_message(desk.case, force.handler, to)
    judged = come_back(force, receipt).judged
    assert [one.faults for one in judged] == [("outsider",), ()]
    assert judged[0].envelope is not None  # it is not hidden from her
    desk.load()
    assert [one.faults for one in desk.judged()][-2:] == [("outsider",), ()]


def test_an_admit_that_is_kept_back_shows(force: people.Force, receipt: ReceiptKeys, desk: Desk) -> None:
    assert desk.post("grants", desk.letting_in(force.overseer)).status_code == 200
    hers = Desk.of(force, force.overseer, desk.case)
    assert hers.post("envelopes", hers.writing("I was let in.")).status_code == 200
    assert [one.faults for one in come_back(force, receipt).judged] == [()]
    kept = Admit.objects.get(case=desk.case)
    kept.delete()
    assert [one.faults for one in come_back(force, receipt).judged] == [("outsider",)]
    kept.save(force_insert=True)
    desk.load()
    assert desk.post("epochs", desk.taking_away(force.colleague)).status_code == 200
    assert force.overseer.key.id in come_back(force, receipt).epochs.holders("case", 2)
    kept.delete()
    refuses(force, receipt, desk, "goes to somebody who did not hold")


@pytest.fixture
def turned(force: people.Force, desk: Desk) -> Desk:
    """The colleague's key was taken away, and she is angry."""
    assert desk.post("grants", desk.letting_in(force.second_overseer)).status_code == 200
    desk.load()
    assert desk.post("epochs", desk.taking_away(force.colleague)).status_code == 200
    desk.load()
    return desk


def test_two_next_keys_are_never_both_taken(force: people.Force, receipt: ReceiptKeys, turned: Desk) -> None:
    told = turned.answer["epochs"]
    first = next(one for one in told if (one["scope"], one["number"]) == ("case", 1))
    rival, _ = Desk.of(force, force.handler, turned.case).next_epoch(
        "case", epoch=2, previous=first["recipient"]
    )
    listed = [ListedEpoch(**one) for one in [*told, {**rival, "number": 2}]]
    with pytest.raises(FormatError, match="there twice"):
        check_epochs(listed, turned.answer["admits"], turned.case, turned.known)


def test_what_stays_open_a_hidden_key_and_what_shows_it(
    force: people.Force, receipt: ReceiptKeys, turned: Desk
) -> None:
    """Threat model, T16: a server hides the newest key, alone or with somebody who held the one before.

    Nothing shows while nothing that follows reaches the reader; what was written under the hidden key does.
    """
    true = Epoch.objects.get(case=turned.case, scope="case", number=2)
    true.delete()
    assert come_back(force, receipt).epochs.newest("case")[0] == 1  # sealed to the leaver too
    first = Epoch.objects.get(case=turned.case, scope="case", number=1).recipient
    rival = put_epoch(turned.case, force.colleague, first, [force.colleague.key.id])
    assert come_back(force, receipt).newest == rival
    Epoch.objects.filter(case=turned.case, number=2).delete()
    true.save(force_insert=True)
    assert turned.post("envelopes", turned.writing("Only we can read this.")).status_code == 200
    assert [one.faults for one in come_back(force, receipt).judged] == [()]
    true.delete()
    assert [one.faults for one in come_back(force, receipt).judged] == [("moved",)]
    put_epoch(turned.case, force.colleague, first, [force.colleague.key.id])
    assert [one.faults for one in come_back(force, receipt).judged] == [("moved",)]


def test_somebody_taken_away_lets_nobody_in_and_speaks_no_more(
    force: people.Force, receipt: ReceiptKeys, turned: Desk
) -> None:
    old = next(held.identity for held in turned.held if (held.scope, held.epoch) == ("case", 1))
    put_message(turned.case, force.colleague, [turned.epochs.newest("case")[1], receipt.seal], epoch=2)
    assert [one.faults for one in come_back(force, receipt).judged] == [("outsider",)]
    admit = turned.admit("case", 2, old, force.excluded.key.id)
    Admit.objects.create(
        case_id=turned.case, scope="case", epoch=2, to=force.excluded.key.id, statement=admit
    )
    refuses(force, receipt, turned, "signature is wrong")
