"""What reporters do: send a report, keep, replace, delete or send a private record, write a message.

Each act checks what needs no database first, then reads, checks and writes inside one `perform`.
"""

from __future__ import annotations

import datetime
import logging
from collections.abc import Callable, Sequence
from functools import partial
from typing import TypeVar

from django.db.models import Model

from upstander.formats import days, statements
from upstander.formats.errors import FormatError
from upstander.server.cases import submission
from upstander.server.cases.acts import (
    Draft,
    draft,
    locked,
    next_order,
    settle,
    settle_first,
    store_envelope,
    unless_repeated,
)
from upstander.server.cases.inputs import (
    EnvelopeIn,
    MessageIn,
    RecordChangeIn,
    RecordIn,
    ReportIn,
    WithdrawIn,
)
from upstander.server.cases.models import Case
from upstander.server.cases.sealed import check_envelope
from upstander.server.cases.uploads import Claimed, claim_uploads, claimed_before
from upstander.server.errors import Refusal, conflict, malformed
from upstander.server.institutions.access import institution_for
from upstander.server.institutions.cards import (
    CardView,
    check_still_newest,
    known_view,
    view_of,
)
from upstander.server.institutions.models import Institution
from upstander.server.log.commit import Done, LeafDraft, perform, repeated, server_leaf

log = logging.getLogger("upstander.cases")
T = TypeVar("T")
LONGEST_RECORD = 2 * 366  # days a private record may be kept before its author has to come back


def submit(slug: str, report: ReportIn, private: Case | None = None) -> str:
    """Takes a sealed report; with `private`, the author's private record becomes that report.

    Answers the promise.
    """
    if private is not None and (report.case, report.mailbox) != (private.id, private.mailbox):
        raise malformed("A private record is sent under its own number.", "case")
    day = days.today(_time_zone(slug, report))

    def act_of(uploads: Sequence[Claimed]) -> Draft:
        said = submission.fields_of(report, uploads)
        return draft("received", report, report.case, slug, day, None, **said)

    def checked() -> tuple[CardView, dict[str, int]]:
        card = view_of(slug, report.card)
        return card, submission.check(report, card)

    found = _with_files(slug, report.uploads, act_of, checked)
    if isinstance(found, str):
        return found
    act, uploads, (card, shut_out) = found
    rows = submission.rows_of(report, card, shut_out.values(), uploads, day)
    size = sum(len(envelope.sealed) for envelope in report.envelopes) + 4096
    if private is not None:
        return settle(act, partial(_sent, report, card, rows, day), size)
    return settle_first(act, partial(_first, report, card, rows, day), size)


def _with_files(
    slug: str,
    names: Sequence[str],
    act_of: Callable[[Sequence[Claimed]], Draft],
    check: Callable[[], T],
) -> tuple[Draft, list[Claimed], T] | str:
    """Act, files and what `check` answers; no file is read for an act that is refused.

    As `unless_repeated`, the promise of an act that was performed before: its files have rows then.
    """
    try:
        found = check()
    except Refusal:
        before = claimed_before(slug, names)
        promise = repeated(act_of(before).leaf) if before is not None else None
        if promise is None:
            raise
        return promise
    uploads = claim_uploads(slug, names)
    return act_of(uploads), uploads, found


def _time_zone(slug: str, report: ReportIn) -> str:
    view = known_view(slug, report.card)
    return view.time_zone if view is not None else institution_for(slug).time_zone


def _first(report: ReportIn, card: CardView, rows: list[Model], day: datetime.date) -> list[Model]:
    # Inside the transaction: once somebody has left a channel, no report still sealed to them is taken.
    check_still_newest(card)
    return [submission.case_row(report, card.institution_id, day), *rows]


def _sent(report: ReportIn, card: CardView, rows: list[Model], day: datetime.date, case: Case) -> list[Model]:
    """A private record becomes the report: what was in it is gone."""
    check_still_newest(card)
    _must_be_private(case)
    if case.reporter_sign != report.reporter.sign or case.reporter_seal != report.reporter.seal:
        raise malformed("A private record is sent with the keys it was kept with.", "reporter")
    case.envelopes.all().delete()
    case.state, case.day, case.expires, case.urgent = Case.State.OPEN, day, None, report.urgent
    case.version += 1
    case.save()
    return rows


def keep_record(slug: str, record: RecordIn) -> str:
    """Keeps a private record that nobody but its author can open, until its day. Answers the promise."""
    institution = institution_for(slug)
    day = days.today(institution.time_zone)
    act = _record(slug, record, record.case, record.envelope, day)
    found = unless_repeated(act, lambda: _check_record(record.envelope, record.expires, day))
    if isinstance(found, str):
        return found
    case = Case(
        id=record.case,
        institution_id=institution.id,
        state=Case.State.PRIVATE,
        day=day,
        expires=record.expires,
        mailbox=record.mailbox,
        reporter_seal=record.reporter.seal,
        reporter_sign=record.reporter.sign,
        reporter_key=record.reporter.key,
    )
    envelope = store_envelope(case, record.envelope, None, day=day, sha256=record.envelope.sha256, order=1)
    return settle_first(act, lambda: [case, envelope], len(record.envelope.sealed))


def replace_record(slug: str, case: Case, record: RecordChangeIn) -> str:
    """Puts a new version in the place of a private record; the old one is gone. Answers the promise."""
    day = days.today(case.institution.time_zone)
    act = _record(slug, record, case.id, record.envelope, day)
    found = unless_repeated(act, lambda: _check_record(record.envelope, record.expires, day))
    if isinstance(found, str):
        return found

    def change(now: Case) -> list[Model]:
        _must_be_private(now)
        now.envelopes.all().delete()
        now.expires = record.expires
        now.version += 1
        now.save()
        return [store_envelope(now, record.envelope, None, day=day, sha256=record.envelope.sha256, order=1)]

    return settle(act, change, len(record.envelope.sealed))


def withdraw_record(slug: str, case: Case, withdrawal: WithdrawIn) -> str:
    """Deletes a private record; its author signed for it. Answers the promise, which is all that is left."""
    day = days.today(case.institution.time_zone)
    try:
        body = statements.verify(withdrawal.statement, "withdraw", case.reporter_sign)
        days.parse(body.get("day"))
    except FormatError as error:
        raise malformed("The request to delete is not signed by you.", "statement") from error
    if body.keys() != {"case", "day"} or body["case"] != case.id:
        raise malformed("The request to delete is about something else.", "statement")
    hashes = list(case.envelopes.order_by("order").values_list("sha256", flat=True))
    act = draft("withdraw", withdrawal, case.id, slug, day, None, envelopes=hashes)

    def change(now: Case) -> list[Model]:
        _must_be_private(now)
        if list(now.envelopes.order_by("order").values_list("sha256", flat=True)) != hashes:
            raise conflict("The record has changed in the meantime. Look at it again.")
        now.delete()
        return []

    return settle(act, change, kept=False)


def reporter_message(slug: str, case: Case, message: MessageIn) -> str:
    """Takes a message of the reporter, with files. Answers the promise."""
    day = days.today(case.institution.time_zone)

    def act_of(uploads: Sequence[Claimed]) -> Draft:
        said = {"envelope": message.envelope.sha256, "uploads": [u.sha256 for u in uploads]}
        return draft("message", message, case.id, slug, day, None, **said)

    def check() -> None:
        if message.envelope.kind != "message" or message.envelope.direction != "to-desk":
            raise malformed("A reporter writes messages to the desk.", "envelope")
        check_envelope("message", message.envelope.sealed, "envelope.sealed")

    found = _with_files(slug, message.uploads, act_of, check)
    if isinstance(found, str):
        return found
    act, uploads, _ = found

    def change(now: Case) -> list[Model]:
        if now.state == Case.State.PRIVATE:
            raise conflict("Nobody receives this yet. Send your record first.")
        if message.envelope.epoch != newest_epoch(now):
            raise conflict("The keys of this case have changed. Open it again, then send.")
        envelope = store_envelope(
            now, message.envelope, None, day=day, sha256=message.envelope.sha256, order=next_order(now)
        )
        now.wrote = day
        now.save(update_fields=["wrote"])
        return [envelope, *(u.row(now.institution_id, now.id, day) for u in uploads)]

    return settle(act, change, len(message.envelope.sealed))


def newest_epoch(case: Case) -> int:
    """Number of the newest epoch of the case key."""
    newest = case.epochs.filter(scope="case").order_by("-number").first()
    return newest.number if newest is not None else 0


def expire_records(institution: Institution) -> int:
    """Deletes private records past their end, each with its leaf; answers how many. Harmless to repeat."""
    today = days.today(institution.time_zone)
    due = Case.objects.filter(institution=institution, state=Case.State.PRIVATE, expires__lt=today)
    done = 0
    for case in due.order_by("expires")[:1000]:
        hashes = list(case.envelopes.order_by("order").values_list("sha256", flat=True))
        leaf = server_leaf("expired", institution.slug, today, case=case.id, envelopes=hashes)
        try:
            perform(partial(_expired, case.id, today, leaf))
        except Refusal as refusal:  # renewed, sent or swept by another process meanwhile
            log.info("a private record was not deleted: %s", refusal.type)
            continue
        done += 1
    return done


def _expired(case_id: str, today: datetime.date, leaf: LeafDraft) -> Done:
    case = locked(case_id)
    _must_be_private(case)
    if case.expires is None or case.expires >= today:
        raise conflict("The record was renewed in the meantime.")
    case.delete()
    return Done([], leaf)


def _record(
    slug: str, act: RecordIn | RecordChangeIn, case: str, envelope: EnvelopeIn, day: datetime.date
) -> Draft:
    return draft("record", act, case, slug, day, None, envelopes=[envelope.sha256])


def _check_record(envelope: EnvelopeIn, expires: datetime.date, day: datetime.date) -> None:
    if envelope.kind != "record" or envelope.direction != "self" or envelope.epoch != 0:
        raise malformed("A private record is sealed to yourself alone.", "envelope")
    if not day < expires <= day + datetime.timedelta(days=LONGEST_RECORD):
        raise malformed("Choose a day from tomorrow on, within two years.", "expires")
    check_envelope("record", envelope.sealed, "envelope.sealed")


def _must_be_private(case: Case) -> None:
    if case.state != Case.State.PRIVATE:
        raise conflict("This has been sent already.")
