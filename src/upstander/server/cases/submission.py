"""Checks a sealed report against the card it was sealed for, and lays out its rows. Opens nothing.

Who can open a report is decided here once more: exactly the active members of the chosen channels who are not
shut out, and the channels' custodians. Nobody else, and nobody left out.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Model

from upstander.formats import b64, days, ids, statements
from upstander.formats.errors import FormatError
from upstander.formats.hashes import hash_of
from upstander.server.accounts.models import Key
from upstander.server.cases.inputs import GrantIn, ReportIn
from upstander.server.cases.models import (
    Case,
    Envelope,
    Epoch,
    Exclusion,
    Grant,
    OnCallNotice,
    Step,
)
from upstander.server.cases.sealed import check_envelope, check_grant
from upstander.server.cases.uploads import Claimed
from upstander.server.errors import Refusal, malformed
from upstander.server.institutions.cards import CardView, ChannelOnCard
from upstander.server.log.insert import fresh


def check(report: ReportIn, card: CardView) -> dict[str, int]:
    """Everything that can be known without the database's state. Raises Refusal.

    Answers the persons shut out, by the key id that was named.
    """
    channels = chosen(report, card)
    shut_out, their_keys = _excluded(report, card)
    holders = _check_epochs(report)
    _check_envelopes(report)
    _check_grants(report, channels, their_keys)
    _check_holders(report, holders)
    if report.urgent and not any(channel.on_call for channel in channels):
        raise Refusal("refused", "No team you chose can be called out.", 422, where="urgent")
    return shut_out


def chosen(report: ReportIn, card: CardView) -> list[ChannelOnCard]:
    """The channels of the report, as the card shows them. Raises Refusal."""
    if len(set(report.channels)) != len(report.channels):
        raise malformed("A team is named twice.", "channels")
    found = [card.channels.get(channel) for channel in report.channels]
    if None in found:
        raise malformed("There is no such team here.", "channels")
    return [channel for channel in found if channel is not None]


def fields_of(report: ReportIn, uploads: Sequence[Claimed]) -> dict[str, Any]:
    """What the leaf of the report commits to beside its case (formats, section 7)."""
    return {
        "card": report.card,
        "channels": sorted(report.channels),
        "envelopes": [e.sha256 for e in report.envelopes],
        "excluded": sorted(report.excluded),
        "grants": [hash_of(g.sealed) for g in report.grants],
        "uploads": [u.sha256 for u in uploads],
    }


def case_row(report: ReportIn, institution_id: int, day: datetime.date) -> Case:
    """The case of a report that was not a private record before."""
    return fresh(
        Case,
        id=report.case,
        institution_id=institution_id,
        state=Case.State.OPEN,
        day=day,
        urgent=report.urgent,
        mailbox=report.mailbox,
        reporter_seal=report.reporter.seal,
        reporter_sign=report.reporter.sign,
        reporter_key=report.reporter.key,
    )


def rows_of(
    report: ReportIn, card: CardView, shut_out: Iterable[int], uploads: Sequence[Claimed], day: datetime.date
) -> list[Model]:
    """Every row but the case's own."""
    case = report.case
    custodians = {channel.custodian for channel in card.channels.values()}
    rows: list[Model] = []
    rows += [fresh(Case.channels.through, case_id=case, channel_id=channel) for channel in report.channels]
    rows += [
        fresh(Epoch, case_id=case, scope=scope, number=1, recipient=recipient, statement=statement)
        for (scope, recipient), statement in zip(_scopes(report), report.epochs, strict=True)
    ]
    rows += [
        fresh(
            Envelope,
            id=envelope.id,
            case_id=case,
            order=order,
            kind=envelope.kind,
            direction=envelope.direction,
            epoch=envelope.epoch,
            day=day,
            sha256=envelope.sha256,
            sealed=envelope.sealed,
        )
        for order, envelope in enumerate(report.envelopes, start=1)
    ]
    rows += [grant_row(grant, case, day, grant.to in custodians) for grant in report.grants]
    rows += [Exclusion(case_id=case, person_id=person) for person in sorted(set(shut_out))]
    rows += [fresh(Step, case_id=case, order=1, kind="received", day=day)]
    rows += [upload.row(card.institution_id, case, day) for upload in uploads]
    if report.urgent:
        called = [channel for channel in report.channels if card.channels[channel].on_call]
        rows += [OnCallNotice(case_id=case, channel_id=channel) for channel in called]
    return rows


def grant_row(grant: GrantIn, case: str, day: datetime.date, to_custodian: bool) -> Grant:
    """A grant's unsaved row."""
    return fresh(
        Grant,
        case_id=case,
        scope=grant.scope,
        epoch=grant.epoch,
        key_id=None if to_custodian else grant.to,
        custodian_id=grant.to if to_custodian else None,
        sealed=grant.sealed,
        day=day,
    )


def _scopes(report: ReportIn) -> list[tuple[str, str]]:
    """Scopes with their recipients, in the order in which epochs are sent."""
    both = [("case", report.recipients.case), ("sheet", report.recipients.sheet)]
    return [(scope, recipient) for scope, recipient in both if recipient]


def _excluded(report: ReportIn, card: CardView) -> tuple[dict[str, int], set[str]]:
    """Persons shut out by the key that was named, and all their keys on whatever card."""
    if not report.excluded:
        return {}, set()
    if not set(report.excluded) <= card.labels().keys():
        raise malformed("A person who is to be shut out is not on the list.", "excluded")
    persons = dict(Key.objects.filter(id__in=report.excluded).values_list("id", "person_id"))
    return persons, set(Key.objects.filter(person_id__in=persons.values()).values_list("id", flat=True))


def _check_epochs(report: ReportIn) -> list[object]:
    """Answers whom each statement names as holders. Raises Refusal."""
    holders = []
    scopes = _scopes(report)
    if len(report.epochs) != len(scopes):
        raise malformed("There must be one statement for each key of the case.", "epochs")
    key = report.reporter.key
    for place, ((scope, recipient), text) in enumerate(zip(scopes, report.epochs, strict=True)):
        where = f"epochs.{place}"
        try:
            body = statements.verify(text, "epoch", report.reporter.sign)
        except FormatError as error:
            raise malformed("A key of the case is not signed by you.", where) from error
        expected = {
            "day": body.get("day"),
            "by": key,
            "case": report.case,
            "epoch": 1,
            "holders": body.get("holders"),
            "previous": "",
            "recipient": ids.fingerprint(recipient),
            "scope": scope,
            "sign": body.get("sign"),
        }
        if body != expected or not _is_day(body.get("day")) or not _is_sign(body.get("sign")):
            raise malformed("A key of the case is signed for something else.", where)
        holders.append(body["holders"])
    return holders


def _check_holders(report: ReportIn, holders: Sequence[object]) -> None:
    for place, ((scope, _), named) in enumerate(zip(_scopes(report), holders, strict=True)):
        if named != sorted(grant.to for grant in report.grants if grant.scope == scope):
            raise malformed("A key of the case names other people than it is sealed to.", f"epochs.{place}")


def _is_sign(text: object) -> bool:
    try:
        return isinstance(text, str) and len(b64.decode(text, 32)) == 32
    except FormatError:
        return False


def _is_day(text: object) -> bool:
    try:
        days.parse(text)
    except FormatError:
        return False
    return True


def _check_envelopes(report: ReportIn) -> None:
    expected = ["report", "sheet"] if report.recipients.sheet else ["report"]
    if [envelope.kind for envelope in report.envelopes] != expected:
        raise malformed("There must be one report, and a sheet only where it has a key.", "envelopes")
    if len({envelope.id for envelope in report.envelopes}) != len(expected):
        raise malformed("A part is there twice.", "envelopes")
    for place, envelope in enumerate(report.envelopes):
        where = f"envelopes.{place}"
        if envelope.direction != "to-desk" or envelope.epoch != 1:
            raise malformed("A report goes to the desk, in the first epoch.", where)
        check_envelope(envelope.kind, envelope.sealed, f"{where}.sealed")


def _check_grants(report: ReportIn, channels: Sequence[ChannelOnCard], their_keys: set[str]) -> None:
    given = [(grant.scope, grant.to) for grant in report.grants]
    if len(set(given)) != len(given) or any(grant.epoch != 1 for grant in report.grants):
        raise malformed("A key of the case is given twice, or in a later epoch.", "grants")
    expected = _expected(channels, report, their_keys)
    if {key for _, key in expected} <= {channel.custodian for channel in channels}:
        title = "Nobody on the teams you chose could open this. Choose another team."
        raise Refusal("wrong-recipients", title, 422, where="grants")
    if set(given) != expected:
        title = "This is not sealed to exactly the people on the teams you chose."
        raise Refusal("wrong-recipients", title, 422, where="grants")
    for place, grant in enumerate(report.grants):
        check_grant(grant.sealed, f"grants.{place}.sealed")


def _expected(
    channels: Sequence[ChannelOnCard], report: ReportIn, their_keys: set[str]
) -> set[tuple[str, str]]:
    """Scope and key id of every grant there must be."""
    expected = set()
    for channel in channels:
        members = [m for m in channel.members if m.active and m.key not in their_keys]
        custodian = [channel.custodian] if channel.custodian else []
        expected |= {("case", key) for key in [*(m.key for m in members), *custodian]}
        if report.recipients.sheet:
            expected |= {("sheet", key) for key in [*(m.key for m in members if m.sheet), *custodian]}
    return expected
