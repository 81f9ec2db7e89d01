"""Leaves promises with witnesses on behalf of a page, which never speaks to other hosts itself."""

from __future__ import annotations

import json
import threading
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

from upstander.formats.errors import FormatError
from upstander.ledger.errors import LedgerError
from upstander.ledger.logpolicy import read_watching
from upstander.ledger.policy import Party
from upstander.ledger.promise import Promise, read_promise
from upstander.server.errors import malformed, not_found
from upstander.server.installation import load
from upstander.server.log import access, ask
from upstander.server.log.witnesses import configured
from upstander.server.places import Places

AT_ONCE = 4  # requests that are relayed at the same time: others come back in a moment
KEPT = 256  # answers that are kept, so that asking again and again for one promise takes no place
places = Places(AT_ONCE)
_answers: OrderedDict[str, list[str]] = OrderedDict()  # by promise and witnesses, the last one used last
_lock = threading.Lock()


def watch(text: str) -> list[str]:
    """What the witnesses signed about this promise of ours.

    Raises `malformed` for what is no promise of this installation, or one whose day is past, not-found where
    there is no such leaf, and `busy`.
    """
    try:
        promise = read_promise(text, load().sign)
    except FormatError as error:
        raise malformed("This is not a promise by this installation.", "promise") from error
    leaf = access.leaves_of([promise.act]).get(promise.act)
    if leaf is None or leaf.hash != promise.leaf:
        raise not_found()
    if promise.by < datetime.now(UTC).date().isoformat():
        raise malformed("The day of this promise is past: look for its proof.", "promise")
    parties = [one for one in configured().witnesses.values() if one.url]
    if not parties:
        return []
    name = "\n".join([text, *(party.url for party in parties)])
    with _lock:
        if name in _answers:
            _answers.move_to_end(name)
            return _answers[name]
    with places.one():
        found = _ask(text, promise, parties)
    if len(found) == len(parties):
        with _lock:
            _answers[name] = found
            while len(_answers) > KEPT:
                _answers.popitem(last=False)
    return found


def _ask(text: str, promise: Promise, parties: list[Party]) -> list[str]:
    body = json.dumps({"policy": access.policy_statement(), "promise": text}).encode()
    with ThreadPoolExecutor(max_workers=len(parties)) as pool:
        answers = list(pool.map(lambda one: _one(one, body, promise), parties))
    return [answer for answer in answers if answer]


def _one(party: Party, body: bytes, promise: Promise) -> str:
    """The witness's statement, or nothing where it gave none that holds."""
    try:
        status, answer = ask.post(f"{party.url.rstrip('/')}/watch", body, kind="application/json")
        said = answer.decode()
        watching = read_watching(said, party.key)
    except (ask.NoAnswer, LedgerError, UnicodeDecodeError):
        return ""
    right = status == 200 and (watching.leaf, watching.by, watching.log) == (
        promise.leaf,
        promise.by,
        promise.log,
    )
    return said if right else ""
