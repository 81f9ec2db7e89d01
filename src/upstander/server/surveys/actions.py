"""What changes the survey: a wave opens and closes, both in the log; an answer is taken, which no log has.

A leaf for each answer would give its day, and its place among other acts. So an answer is the one change that
does not go through `perform`: a row of codes and the hash of a pass, in one transaction, and no more. What
shows that none was added or lost is the count of passes that the issuing body confirmed, beside the count in
the leaf of the closing.
"""

from __future__ import annotations

import datetime
import json
import secrets
from collections.abc import Mapping, Sequence

from django.conf import settings
from django.db import IntegrityError, transaction

from upstander.formats import b64, canonical, days, ids
from upstander.formats.errors import FormatError
from upstander.formats.hashes import hash_of
from upstander.server.errors import Refusal, busy, conflict, malformed
from upstander.server.institutions import access as institutions
from upstander.server.institutions.models import Institution
from upstander.server.log import ask
from upstander.server.log.commit import Done, perform, server_leaf
from upstander.server.places import Places
from upstander.server.surveys import access
from upstander.server.surveys.models import Answer, Body, Spent, Wave
from upstander.surveying import collection, passes
from upstander.surveying.errors import SurveyError
from upstander.surveying.instrument import FIELDS, ITEMS
from upstander.surveying.notice import Notice, check_body, check_instrument, read_notice
from upstander.surveying.totals import Total

AT_ONCE = 8  # passes that are being confirmed at the same time: others come back in a moment
SECONDS = 5.0
ROWS = 200  # in one statement
places = Places(AT_ONCE)
_random = secrets.SystemRandom()


def know_body(institution: Institution, sign: str) -> None:
    """From now on the survey's notices have to be signed with this key: the page carries it, the log says so.

    `sign`: the public key, heard from the body itself. Raises FormatError for what is no key, `conflict`
    while a wave is open.
    """
    b64.decode(sign, 32)

    def change() -> Done:
        if institution.waves.filter(closed=False).exists():
            raise conflict("A wave is open: close it first.")
        place = institution.survey_bodies.count() + 1
        body = Body(id=ids.new_id(), institution=institution, sign=sign, place=place)
        day = days.today(institution.time_zone)
        leaf = server_leaf(
            "admin", institution.slug, day,
            act="know-survey-body", institution=institution.slug, subject=ids.fingerprint(sign),
        )  # fmt: skip
        return Done([body], leaf)

    perform(change)


def open_wave(institution: Institution, text: str, totals: Sequence[Total]) -> Wave:
    """Takes on a notice, and puts its hash in the log. Raises FormatError where it does not fit, `conflict`.

    The body that signed it has to be known, and the collection plan is grown again from the totals: one that
    would ask more is refused.
    """
    notice = read_notice(text)
    check_instrument(notice)
    if notice.institution != institution.slug:
        raise SurveyError(f"The notice is for {notice.institution}, not for {institution.slug}.")
    known = access.known_key(institution)
    if not known:
        raise SurveyError("No body that issues passes is known here yet: upstander survey trust.")
    check_body(notice, known)
    if collection.grow(totals, shares=notice.shares) != notice.tree:
        raise SurveyError("The notice asks other things of people than these staff totals allow.")
    wave = Wave(
        id=ids.new_id(),
        institution=institution,
        name=notice.wave,
        opens=days.parse(notice.opens),
        closes=days.parse(notice.closes),
        notice=text,
        population=json.dumps(collection.population(notice.tree, totals)),
        shuffled=days.today(institution.time_zone),
    )
    slug = institution.slug

    def change() -> Done:
        if institution.waves.filter(name=wave.name).exists():
            raise conflict("There is a wave of this name already.")
        if institution.waves.filter(closed=False).exists():
            raise conflict("Another wave is open: close it first.")
        day = days.today(institution.time_zone)
        leaf = server_leaf("plan", slug, day, institution=slug, of="survey", plan=notice.digest)
        return Done([wave], leaf)

    perform(change, size=len(text))
    return wave


def answer(slug: str, carried: str, row: Mapping[str, str]) -> None:
    """Takes one answer for one pass.

    Raises `survey-closed`, `pass` for what is no pass of this wave, `pass-spent`, `malformed` for an answer
    that says more than is asked, and `busy` while the issuing body cannot be reached.
    """
    wave = access.open_wave(institutions.institution_for(slug))
    notice = access.notice_of(wave)
    try:
        collection.check_row(notice.tree, row)
    except SurveyError as error:
        raise malformed(str(error), "answers") from None
    try:
        shown = passes.read_pass(carried)
    except FormatError as error:
        raise _not_a_pass(str(error)) from None
    if shown.key != passes.key_name(notice.key):
        raise _not_a_pass("This pass is for another survey.")
    name = passes.spent_name(wave.name, shown.nonce)
    if access.is_spent(name):
        raise _spent()
    _confirm(notice, shown)
    try:
        with transaction.atomic():
            access.locked(wave)
            Spent(id=_number(), name=name, wave=wave).save(force_insert=True)
            _row(wave, row).save(force_insert=True)
    except IntegrityError:
        raise _spent() from None


def take_invented(wave: Wave, rows: Sequence[Mapping[str, str]]) -> None:
    """Takes answers that nobody gave, for a demonstration only. Raises `conflict` elsewhere."""
    if not settings.DEMO:
        raise conflict("Only a demonstration has invented answers.")
    tree = access.notice_of(wave).tree
    for row in rows:
        collection.check_row(tree, row)
    Answer.objects.bulk_create([_row(wave, row) for row in rows], batch_size=ROWS)


def _number() -> int:
    return _random.randrange(1, 2**62)


def _by_number(row: Answer | Spent) -> int:
    return row.id


def _row(wave: Wave, row: Mapping[str, str]) -> Answer:
    return Answer(id=_number(), wave=wave, **{name: row[name] for name in (*FIELDS, *ITEMS)})


def _confirm(notice: Notice, shown: passes.Pass) -> None:
    """Asks the issuing body, which is told the pass and nothing else."""
    body = json.dumps({"pass": shown.text}).encode()
    try:
        with places.one():
            status, said = ask.post(f"{notice.address}/v1/confirm", body, SECONDS, "application/json")
    except ask.NoAnswer:
        raise busy() from None
    if status == 409:
        raise _not_a_pass("This pass is not one of this survey.")
    try:
        valid = status == 200 and json.loads(said) == {"valid": True}
    except ValueError:
        valid = False
    if not valid:
        raise busy()


def _not_a_pass(title: str) -> Refusal:
    return Refusal("pass", title, 409)


def _spent() -> Refusal:
    return Refusal("pass-spent", "This pass has been used. Answers were kept for it once.", 409)


def close_wave(wave: Wave) -> int:
    """Closes a wave for ever, says in the log how many answers there are and which, and forgets spent passes.

    Answers their number. Raises `survey-closed` where it is closed already.
    """
    slug = wave.institution.slug
    counted: list[int] = []

    def change() -> Done:
        found = access.locked(wave)
        rows = access.answers_of(found)
        counted[:] = [len(rows)]
        found.closed = True
        found.save(update_fields=["closed"])
        found.spent.all().delete()
        day = days.today(wave.institution.time_zone)
        digest = digest_of(rows)
        leaf = server_leaf(
            "survey", slug, day, answers=digest, count=len(rows), institution=slug, wave=wave.name
        )
        return Done([], leaf)

    perform(change)
    return counted[0]


def digest_of(rows: Sequence[Answer]) -> str:
    """SHA-256 of the sorted answers, a canonical line each: names them without an order of their own."""
    lines = sorted(canonical.encode({name: getattr(row, name) for name in (*FIELDS, *ITEMS)}) for row in rows)
    return hash_of(b"\n".join(lines))


def close_overdue() -> int:
    """Closes waves whose last day is past; answers how many."""
    waves = access.overdue()
    for wave in waves:
        close_wave(wave)
    return len(waves)


def shuffle() -> int:
    """Stores the rows of open waves anew, in an order of chance; answers of how many waves. Once a day."""
    today = datetime.datetime.now(datetime.UTC).date()
    waves = access.unshuffled(today)
    for wave in waves:
        with transaction.atomic():
            found = access.locked(wave)
            rows = list(found.answers.all())
            spent = list(found.spent.all())
            found.answers.all().delete()
            found.spent.all().delete()
            for row in rows:
                row.id = _number()
            for name in spent:
                name.id = _number()
            Answer.objects.bulk_create(sorted(rows, key=_by_number), batch_size=ROWS)
            Spent.objects.bulk_create(sorted(spent, key=_by_number), batch_size=ROWS)
            found.shuffled = today
            found.save(update_fields=["shuffled"])
    return len(waves)
