"""The generations of the log, their origins and the keys that sign their tree heads."""

from __future__ import annotations

from django.conf import settings
from django.db import transaction

from upstander.ledger.checkpoint import origin_of
from upstander.ledger.notes import ED25519, SigningKey, VerifierKey
from upstander.server.installation import load, log_keys, next_log_key, turn_log_key
from upstander.server.log.errors import BehindError
from upstander.server.log.models import Log, LogKey


def newest() -> Log:
    """The log that grows; made when it is asked for the first time."""
    found = Log.objects.order_by("-generation").first()
    return found if found is not None else Log.objects.get_or_create(generation=1)[0]


def locked() -> Log:
    """The log that grows, locked until the transaction ends."""
    return Log.objects.select_for_update().get(generation=newest().generation)


def origin(log: Log) -> str:
    """The name of this generation in tree heads and keys."""
    return origin_of(load().id, log.generation)


def signing_key(log: Log) -> SigningKey:
    """The key that signs this generation's tree heads. Raises BehindError where keys and database do not fit.

    A change of key that was broken off after it was written down is finished here.
    """
    name, known = origin(log), set(log.keys.values_list("vkey", flat=True))
    keys = [SigningKey(name, ED25519, key) for key in log_keys(settings.DATA)]
    if not known:
        LogKey.objects.get_or_create(log=log, vkey=str(keys[0].verifier))
        return keys[0]
    for place, key in enumerate(keys):
        if str(key.verifier) in known and str(key.verifier) == _last(log):
            if place:
                turn_log_key(settings.DATA)
            return key
    raise BehindError(f"The key in keys/log is not the one that signs {name}.")


def verifier_keys(log: Log) -> tuple[VerifierKey, ...]:
    """Every key that signs or signed this generation's tree heads, the oldest first."""
    if not log.keys.exists():
        signing_key(log)
    return tuple(VerifierKey.parse(row.vkey) for row in log.keys.order_by("pk"))


def rotate_key() -> VerifierKey:
    """A new key signs from now on; the old one is destroyed, and what it signed stays verifiable."""
    with transaction.atomic():
        log = locked()
        signing_key(log)
        key = SigningKey(origin(log), ED25519, next_log_key(settings.DATA)).verifier
        LogKey.objects.create(log=log, vkey=str(key))
    turn_log_key(settings.DATA)
    return key


def _last(log: Log) -> str:
    return str(log.keys.order_by("-pk").values_list("vkey", flat=True)[0])
