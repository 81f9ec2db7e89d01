"""Asks the witnesses to sign the newest tree heads (C2SP tlog-witness), and keeps what each of them said.

They are asked at the same time and each for a short while, so that one that is slow holds up nobody. What a
witness answers is believed only as far as its signature goes, with one exception: when it says that it has
seen more of the log than we have, or another log, nothing is signed until that is cleared up.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, date, datetime

from django.db import transaction
from django.db.models import Q

from upstander.ledger.errors import LedgerError
from upstander.ledger.merkle import consistency_path
from upstander.ledger.notes import VerifierKey, b64std, parse_note, split_line
from upstander.ledger.policy import Party, Policy
from upstander.server.log import ask, generations, tree
from upstander.server.log.errors import BehindError
from upstander.server.log.models import Checkpoint, Cosignature, Log, Witness
from upstander.server.log.witnesses import configured

AT_ONCE = 16
log = logging.getLogger("upstander.log")
_asked: set[int] = set()  # generations whose witnesses have been asked since this process started


@dataclass(frozen=True)
class Said:
    """What a witness answered: a status of tlog-witness (0: it did not answer), and the body or why not."""

    status: int
    body: bytes = b""
    problem: str = ""


def collect() -> int:
    """Asks for the signatures that are missing under the newest tree heads; answers how many came."""
    policy = configured()
    came = 0
    for here in Log.objects.order_by("generation"):
        newest = here.checkpoints.order_by("-size").first()
        if newest is None:
            continue
        signed = set(newest.cosignatures.values_list("witness", flat=True))
        if here.closed and policy.satisfied(signed):
            continue
        again = Q(against=True)
        if newest.size == here.published and not here.closed:  # once a day, so that a quiet log stays seen
            again |= Q(day__lt=_today())
        ask_again = set(here.witnesses.filter(again).values_list("name", flat=True))
        missing = [one for name, one in policy.witnesses.items() if name not in signed or name in ask_again]
        came += _ask_all(here, newest, missing)
    return came


def ask_first() -> None:
    """Once in the life of a process, before it signs: shows the witnesses the last tree head again.

    Raises BehindError when one of them has seen more, or when so few answer that nobody could tell.
    """
    here = generations.newest()
    newest = here.checkpoints.order_by("-size").first()
    policy = configured()
    if here.generation in _asked or not policy.witnesses:
        return
    if newest is None:  # nothing was signed that anybody could have seen
        _asked.add(here.generation)
        return
    _ask_all(here, newest, list(policy.witnesses.values()))
    check_against(here)
    rows = here.witnesses.filter(name__in=policy.witnesses, problem="", size__gte=newest.size)
    if not policy.satisfied(set(rows.values_list("name", flat=True))):
        raise BehindError("Too few witnesses answer to say whether this is the whole log.")
    _asked.add(here.generation)


def check_against(here: Log) -> None:
    """Raises BehindError when a witness of the policy has seen more than we have, or another log."""
    row = here.witnesses.filter(against=True, name__in=configured().witnesses).order_by("name").first()
    if row is not None:
        raise BehindError(f"The witness {row.name}: {row.problem}.")


def _ask_all(here: Log, newest: Checkpoint, parties: Sequence[Party]) -> int:
    """Asks these witnesses for one tree head, twice where the first answer says from which size on."""
    asked = [one for one in parties if one.url]
    if not asked:
        return 0
    rows = {row.name: row for row in here.witnesses.all()}
    known = {one.name: rows[one.name].size if one.name in rows else 0 for one in asked}
    came = 0
    for _ in range(2):
        requests = [(one.url, _request(here, newest, min(known[one.name], newest.size))) for one in asked]
        with ThreadPoolExecutor(max_workers=AT_ONCE) as pool:
            answers = list(pool.map(_post, requests))
        again = []
        for one, said in zip(asked, answers, strict=True):
            size = _size(said)
            if size is not None and size <= newest.size and size != known[one.name]:
                known[one.name] = size
                again.append(one)
                continue
            came += _hear(here, newest, one, said)
        asked = again
        if not asked:
            break
    for one in asked:
        _hear(here, newest, one, Said(0, problem="it changes its mind about what it has seen"))
    return came


def _request(here: Log, newest: Checkpoint, old: int) -> bytes:
    """The body of add-checkpoint (tlog-witness, "add-checkpoint")."""
    path = consistency_path(old, newest.size, tree.reader(here, newest.size))
    lines = [f"old {old}\n", *(f"{b64std(step)}\n" for step in path), "\n", newest.note]
    return "".join(lines).encode()


def _post(request: tuple[str, bytes]) -> Said:
    url, body = request
    try:
        status, answer = ask.post(f"{url.rstrip('/')}/add-checkpoint", body)
    except ask.NoAnswer as error:
        return Said(0, problem=str(error))
    return Said(status, answer)


def _size(said: Said) -> int | None:
    """The size a witness says it has seen, where that is its answer."""
    text = said.body.decode("ascii", "replace").removesuffix("\n")
    return int(text) if said.status == 409 and text.isdigit() and len(text) < 19 else None


def _hear(here: Log, newest: Checkpoint, party: Party, said: Said) -> bool:
    """Writes down what a witness said; answers whether it signed."""
    with transaction.atomic():
        row, _ = Witness.objects.select_for_update().get_or_create(log=here, name=party.name)
        size, before = _size(said), row.problem
        row.problem, signed = "", False
        if said.status == 200:
            try:
                line = signature_line(newest.note, said.body, party.key)
            except LedgerError as error:
                row.problem = str(error)
            else:
                Cosignature.objects.update_or_create(
                    checkpoint=newest, witness=party.name, defaults={"line": line}
                )
                row.size, row.day, row.against, signed = newest.size, _today(), False, True
        elif size is not None and size > newest.size:
            # unless another process of ours has signed that meanwhile
            row.against = not here.checkpoints.filter(size=size).exists()
            row.size = max(row.size, size)
            row.problem = f"it has seen {size} entries; this database has signed {newest.size}"
        elif said.status == 422:
            row.against = True
            row.problem = "it has seen another log than this database holds"
        else:
            row.problem = said.problem or _WORDS.get(said.status, f"it answered with status {said.status}")
        row.save()
    if row.problem and row.problem != before:  # said once, not at every beat
        log.warning("the witness %s did not sign: %s", party.name, row.problem)
    return signed


_WORDS = {
    403: "it does not know the key that signs this log",
    404: "it does not watch this log",
    409: "it answered with a size that cannot be",
}


def signature_line(note: str, answer: bytes, key: VerifierKey) -> str:
    """The witness's own line out of its answer, verified over the tree head. Raises LedgerError."""
    text = parse_note(note).text
    try:
        lines = answer.decode().splitlines()
    except UnicodeDecodeError:
        raise LedgerError("it answered with something that is not text") from None
    for line in lines:
        name, id_, signature = split_line(line)
        if (name, id_) == (key.name, key.id):
            key.check(signature, text)
            return f"{line}\n"
    raise LedgerError("it answered without its signature")


def _today() -> date:
    return datetime.now(UTC).date()


def late(policy: Policy, newest: Checkpoint) -> list[str]:
    """Witnesses that have not signed this tree head."""
    signed = set(newest.cosignatures.values_list("witness", flat=True))
    return [name for name in policy.witnesses if name not in signed]
