"""Placing and lifting a hold, and the sweep that deletes sealed bytes when their time is over.

What stays of a case are its codes, days and acts, and the leaves: they prove what was deleted, and under
which rule. Nobody can open what is gone: the grants go with it, and the seven words lead nowhere any more.
"""

from __future__ import annotations

import datetime
import logging
import secrets
from functools import partial

from upstander.formats import days
from upstander.formats.hashes import hash_of
from upstander.policy import retention as policy
from upstander.policy.retention import HoldError
from upstander.server import blobs
from upstander.server.accounts.models import Key
from upstander.server.cases.acts import locked
from upstander.server.cases.models import Case, Envelope, Grant, Step
from upstander.server.casework.acts import act, day_of, pack_of, run
from upstander.server.errors import Refusal, conflict, malformed
from upstander.server.institutions.access import institutions
from upstander.server.institutions.models import Institution
from upstander.server.log.commit import perform
from upstander.server.log.drafts import Done, server_leaf
from upstander.server.pledges.models import Pledge
from upstander.server.retention import access
from upstander.server.retention.models import Hold, Removal
from upstander.server.retention.schemas import HoldIn

log = logging.getLogger("upstander.retention")
MOST = 1000  # cases of an institution in one sweep


def hold(case: Case, key: Key, sent: HoldIn) -> str:
    """Places a hold, or lifts it, with a note of one's own that gives the reasons. Answers the promise.

    Raises `conflict`, in the policy's words, for one that stands already or is not there.
    """
    grounds = (pack_of(case.institution.pack).law.codes or {})["holds"].codes
    if sent.rule not in {ground.id for ground in grounds}:
        raise malformed("There is no such ground for a hold.", "rule")
    made = act("hold", case, key, sent, rule=sent.rule, set=sent.set)

    def change(now: Case) -> None:
        reasons = access.reasons_for(now, sent.reasons, key.id)
        try:
            policy.check_hold(access.holds_of(now), sent.rule, sent.set, reasons is not None)
        except HoldError as refused:
            raise conflict(str(refused)) from refused
        assert reasons is not None
        Hold.objects.create(
            case=now,
            number=sent.number,
            rule=sent.rule,
            set=sent.set,
            day=day_of(now),
            by=key,
            reasons=reasons,
        )

    return run(key, made, change)


def sweep() -> int:
    """Deletes the sealed bytes of every case that is due and that nothing holds; answers of how many."""
    return sum(_sweep(institution) for institution in institutions())


def _sweep(institution: Institution) -> int:
    today = days.today(institution.time_zone)
    law = pack_of(institution.pack).law
    done = 0
    for case in access.perhaps_due(institution, law, today).iterator():
        if done == MOST:
            break
        if _due(case, today) is None:
            continue
        files = list(case.uploads.values_list("id", flat=True))
        try:
            perform(partial(_remove, case.id, today))
        except Refusal as refusal:  # opened again, held or swept by another process meanwhile
            log.info("a closed case was not deleted: %s", refusal.type)
            continue
        # after the commit: what a crash in between leaves, the sweep of files that belong to nothing deletes
        for file in files:
            blobs.store().delete(file)
        done += 1
    return done


def _due(case: Case, today: datetime.date) -> str | None:
    """The id of the rule under which the case's bytes are deleted today, or None."""
    closed, outcome = access.closing_of(case)
    law = pack_of(case.institution.pack).law
    rule = policy.to_delete(law, closed, outcome, access.holds_of(case), today)
    return rule.id if rule else None


def _remove(case_id: str, today: datetime.date) -> Done:
    case = locked(case_id)
    rule = _due(case, today)
    if rule is None or access.removal_of(case) is not None:
        raise conflict("This is not due any more.")
    envelopes = Envelope.objects.filter(case=case)
    hashes = [*envelopes.values_list("sha256", flat=True), *case.uploads.values_list("sha256", flat=True)]
    leaf = server_leaf(
        "retention", case.institution.slug, today, case=case.id, deleted=sorted(hashes), rule=rule
    )
    envelopes.update(sealed=b"")
    Grant.objects.filter(case=case).update(sealed=b"", live=False)
    Step.objects.filter(case=case).update(upload=None)
    case.uploads.all().delete()
    Pledge.objects.filter(case=case).delete()
    case.watched.all().delete()  # the reporter's name, sealed to guardians
    case.drawn.update(sealed=None)  # redacted copies lent to overseers
    case.mailbox, case.reporter_seal, case.reporter_sign = hash_of(secrets.token_bytes(32)), "", ""
    case.version += 1
    case.save(update_fields=["mailbox", "reporter_seal", "reporter_sign", "version"])
    return Done([Removal(case=case, rule=rule, day=today, act=leaf.act)], leaf)
