"""The investigator's version of a case: a key of its own, so that who investigates never holds the report's.

Whoever holds the case begins it and lets investigators in; an investigator reads it and adds to it. Each act
has its leaf, through `perform`, as all acts of a case.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from upstander.formats import ids, statements
from upstander.formats.errors import FormatError
from upstander.policy.bars import INVESTIGATE
from upstander.policy.stages import With
from upstander.server.accounts.models import Key
from upstander.server.cases.acts import Draft, next_order, settle, store_envelope
from upstander.server.cases.inputs import MessageIn
from upstander.server.cases.models import Case, Epoch
from upstander.server.cases.sealed import check_envelope
from upstander.server.casework import grants, holders, investigators, people
from upstander.server.casework.acts import (
    STALE,
    act,
    check_free,
    day_of,
    hash_of,
    newest_epoch,
    next_state,
    run,
    standing,
    store_step,
    turn,
)
from upstander.server.casework.dossier import file_of
from upstander.server.casework.schemas import GrantsIn
from upstander.server.errors import Refusal, conflict, malformed
from upstander.server.tools.access import brief_for
from upstander.server.tools.schemas import BriefIn

BRIEF, KINDS = "brief", ("brief", "work")
NAMELESS = (
    "First write down who this is about, as it is now: whoever investigates answers for herself "
    "before the version opens."
)


def begin(case: Case, key: Key, sent: BriefIn) -> str:
    """Stores the first key of a brief, sealed to everybody who holds the case. Answers the promise."""
    grants.check_sealed(sent.grants)
    statement = sent.epoch.statement
    made = act(
        "epoch",
        case,
        key,
        sent,
        admits=[],
        epochs=[hash_of(statement.encode())],
        grants=[hash_of(grant.sealed) for grant in sent.grants],
        withdrawn=[],
    )

    def change(locked: Case) -> None:
        if Epoch.objects.filter(case=locked, scope=BRIEF).exists():
            raise conflict("There is an investigator's version already. Load the page again.")
        if (sent.epoch.scope, sent.epoch.number) != (BRIEF, 1):
            raise malformed("A brief begins with its first key.", "epoch")
        everybody = grants.staying(locked, "case", []) & holders.epochs_of(locked).ever("case")
        given = sorted((grant.scope, grant.epoch, grant.to) for grant in sent.grants)
        if given != sorted((BRIEF, 1, holder) for holder in everybody):
            raise conflict("The key must go to exactly those who hold the case. Load the page again.")
        _check_first(locked, key, sent, everybody)
        Epoch.objects.create(
            case=locked, scope=BRIEF, number=1, recipient=sent.epoch.recipient, statement=statement
        )
        grants.store(locked, sent.grants)
        holders.let_in(locked, [], set())  # everything that was signed still holds together
        turn(locked)

    return run(key, made, change)


def _check_first(case: Case, key: Key, sent: BriefIn, everybody: set[str]) -> None:
    wanted = {
        "by": key.id,
        "case": case.id,
        "day": day_of(case).isoformat(),
        "epoch": 1,
        "holders": sorted(everybody),
        "previous": "",
        "recipient": ids.fingerprint(sent.epoch.recipient),
        "scope": BRIEF,
    }
    try:
        body = statements.verify(sent.epoch.statement, "epoch", key.sign)
    except FormatError as error:
        raise malformed("This signature does not hold.", "epoch") from error
    if body != {**wanted, "sign": body.get("sign")}:
        raise malformed("This signature is about something else, or from another day.", "epoch")


def let_in(case: Case, key: Key, sent: GrantsIn) -> str:
    """Seals the brief, and nothing else, to members who may be let in. Answers the promise."""
    grants.check_sealed(sent.grants)
    if {grant.scope for grant in sent.grants} != {BRIEF}:
        raise malformed("Here only the investigator's version is given.", "grants")
    made = grants.grant_act(case, key, sent)

    def change(locked: Case) -> None:
        next_state(locked, grants.LET_IN, With(subject=True))
        if investigators.names_stand(locked, file_of(locked)) != "there":
            raise conflict(NAMELESS)
        newest = standing(locked, key, BRIEF)
        for newcomer, given in grants.by_target(sent.grants).items():
            target = Key.objects.select_related("person").filter(id=newcomer).first()
            refused = (
                "This key is not on a team here."
                if target is None
                else people.why_not(locked, target, INVESTIGATE)
            )
            if target is None or refused is not None:
                raise Refusal("refused", str(refused), 403, where="grants")
            if sorted(grant.epoch for grant in given) != list(range(1, newest + 1)):
                raise conflict("A newcomer needs every key of the version, old and new. Load the page again.")
            grants.store(locked, given)
            store_step(locked, grants.LET_IN, key, subject=target)
        holders.let_in(locked, sent.admits, holders.newcomers(locked, sent.grants))
        turn(locked)

    return run(key, made, change)


def write_version(case: Case, key: Key, sent: MessageIn) -> str:
    """A version of the report, or a note beside it, by somebody who holds the case. Answers the promise."""
    return run(key, *written(case, key, sent, KINDS))


def write_work(case: Case, key: Key, sent: MessageIn) -> str:
    """A note by an investigator, who holds the brief's key. Answers the promise."""
    made, change = written(case, key, sent, ("work",))

    def whole(now: Case) -> list[Any]:
        brief_for(key.person, now.id)
        check_free(now, key, of=investigators.capacity(now, key.person))
        change(now)
        return []

    return settle(made, whole)


def written(
    case: Case, key: Key, sent: MessageIn, kinds: tuple[str, ...]
) -> tuple[Draft, Callable[[Case], None]]:
    """The act that writes an envelope of one of these kinds into the version, and its change."""
    envelope = sent.envelope
    if sent.uploads:
        raise malformed("Files cannot be sent from the desk.", "uploads")
    if envelope.kind not in kinds or envelope.direction != "desk":
        raise malformed("Somebody at the desk does not write that here.", "envelope")
    check_envelope(envelope.kind, envelope.sealed, "envelope.sealed")
    made = act("note", case, key, sent, envelope=hash_of(envelope.sealed), uploads=[])

    def change(locked: Case) -> None:
        standing(locked, key, BRIEF)
        if envelope.epoch != newest_epoch(locked, BRIEF).number:
            raise conflict(STALE)
        row = store_envelope(
            locked, envelope, key.id, day_of(locked), hash_of(envelope.sealed), next_order(locked)
        )
        row.save(force_insert=True)

    return made, change
