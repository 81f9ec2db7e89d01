"""The log in words, for its page: what is published, who has seen it, and what is not as it should be."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.conf import settings

from upstander.ledger.errors import LedgerError
from upstander.ledger.policy import Policy, parse_policy
from upstander.publishing.language import say
from upstander.server.installation import load
from upstander.server.log import access, generations, sequence
from upstander.server.log.errors import BehindError
from upstander.server.log.models import Leaf, Log, Witness
from upstander.server.log.witnesses import NOBODY, configured

DAY = 86400  # seconds


def trouble(log: Log) -> str:
    """Why nothing is signed, as far as this can be said without asking the witnesses again; or nothing."""
    try:
        generations.signing_key(log)
        sequence.may_grow(log)
    except (BehindError, LedgerError) as error:
        return str(error)
    return ""


def page() -> dict[str, Any]:
    """What `log.html` shows."""
    log, today = generations.newest(), datetime.now(UTC).date()
    try:
        policy = configured()
    except LedgerError:  # `trouble` says it
        policy = parse_policy(NOBODY)
    served, newest = access.published(log), access.newest(log)
    return {
        "trouble": trouble(log),
        "clock": newest is not None and newest.row.day > today,
        "origin": generations.origin(log),
        "address": access.address(log),
        "installation": load().id,
        "key": load().sign,
        "served": served,
        "enough": served is not None and access.enough(policy, served),
        "asked": _asked(policy),
        "waiting": newest is not None and newest.row.size > log.published,
        "pending": Leaf.objects.filter(log=None).exists(),
        "witnesses": [_witness(log, name, served) for name in policy.witnesses],
        "site": settings.ORIGIN,
        "earlier": Log.objects.filter(closed=True).order_by("generation"),
        "every": _every(settings.LOG_BEAT),
        "daily": settings.LOG_BEAT >= DAY,
    }


def _witness(log: Log, name: str, served: access.Published | None) -> dict[str, Any]:
    row = log.witnesses.filter(name=name).first() or Witness(name=name)
    return {
        "name": name,
        "day": row.day,
        "size": row.size,
        "signed": served is not None and name in served.signed,
        "late": served is None or name not in served.signed,
        "problem": row.problem,
    }


def _asked(policy: Policy) -> str:
    group = policy.groups.get(policy.quorum)
    if group is not None:
        return say("{least} of {all} must have signed.", least=group.least, all=len(group.members))
    return say("Who must have signed: {who}.", who=policy.quorum)


def _every(seconds: int) -> str:
    if seconds % DAY:
        return say("New entries come in every {count} seconds, all at once and in no order.", count=seconds)
    days = seconds // DAY
    if days == 1:
        return say("New entries come in once a day, all at once and in no order.")
    return say("New entries come in every {count} days, all at once and in no order.", count=days)
