"""Letting somebody in, and taking keys away. Each is one act with one leaf, through `perform`.

What holds after every act: nobody the reporter shut out has a grant; each holder of a scope has every epoch
of it; the author of an act stays, so that a case never loses its last handler, and while there is anybody
else, somebody stays with her, so that nobody is left alone with a case.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from upstander.formats import ids, statements
from upstander.formats.errors import FormatError
from upstander.policy.stages import With
from upstander.server.accounts.models import Key
from upstander.server.cases.acts import Draft
from upstander.server.cases.inputs import GrantIn
from upstander.server.cases.models import Case, Epoch, Grant
from upstander.server.cases.sealed import check_grant
from upstander.server.casework import holders, people
from upstander.server.casework.access import departed
from upstander.server.casework.acts import (
    STALE,
    Asks,
    act,
    check_free,
    check_version,
    day_of,
    hash_of,
    newest_epoch,
    next_state,
    run,
    standing,
    store_step,
    turn,
)
from upstander.server.casework.schemas import EpochIn, EpochsIn, GrantsIn
from upstander.server.errors import Refusal, conflict, malformed
from upstander.server.institutions.models import Custodian

LET_IN, LEFT = "let-in", "left"


def let_in(case: Case, key: Key, sent: GrantsIn) -> str:
    """Seals the case to members who may be let in: the policy is asked again here. Answers the promise."""
    check_sealed(sent.grants)
    made = grant_act(case, key, sent)

    def change(locked: Case) -> None:
        check_may_hand_over(locked, key)
        next_state(locked, LET_IN, With(subject=True))
        for scope in {grant.scope for grant in sent.grants}:
            standing(locked, key, scope)
        for newcomer, grants in by_target(sent.grants).items():
            admit(locked, key, newcomer, grants)
        holders.let_in(locked, sent.admits, holders.newcomers(locked, sent.grants))
        turn(locked)

    return run(key, made, change, asks=None)


def check_may_hand_over(case: Case, key: Key) -> None:
    """Raises `conflict` for somebody with a connection, who lets nobody in while another could do it.

    Where she is the only one, she may: how else could she step back?
    """
    others = Grant.objects.filter(case=case, scope="case", live=True, key__isnull=False)
    others = others.exclude(key__person=key.person)
    if others.exclude(pk__in=departed(others).values("pk")).exists():
        check_free(case, key, Asks.KNOWN)


def grant_act(case: Case, key: Key, sent: GrantsIn) -> Draft:
    """An act that seals a case to somebody else."""
    grants = [hash_of(grant.sealed) for grant in sent.grants]
    return act("grant", case, key, sent, admits=holders.hashes(sent.admits), grants=grants)


def admit(case: Case, by: Key, newcomer: str, grants: Sequence[GrantIn]) -> None:
    """Stores one newcomer's grants and the step that says so. Raises Refusal when the rules say no."""
    target = Key.objects.select_related("person").filter(id=newcomer).first()
    refused = people.NOT_THIS_ONE if target is None else people.why_not(case, target)
    if target is None or refused is not None:
        raise Refusal("refused", str(refused), 403, where="grants")
    check_complete(case, grants)
    store(case, grants)
    store_step(case, LET_IN, by, subject=target)


def take_away(case: Case, key: Key, sent: EpochsIn) -> str:
    """Starts the next epoch for those who stay, ends the others' grants. Answers the promise."""
    check_sealed(sent.grants)
    if sorted(set(sent.withdrawn)) != sent.withdrawn:
        raise malformed("Keys to take away are sorted, each once.", "withdrawn")
    if key.id in sent.withdrawn:
        raise Refusal("refused", "Your own key cannot be taken away by you. Ask a colleague.", 403)
    made = act(
        "epoch",
        case,
        key,
        sent,
        admits=holders.hashes(sent.admits),
        epochs=[hash_of(epoch.statement.encode()) for epoch in sent.epochs],
        grants=[hash_of(grant.sealed) for grant in sent.grants],
        withdrawn=sent.withdrawn,
    )

    def change(locked: Case) -> None:
        check_version(locked, sent.version)
        next_state(locked, LEFT, With(subject=True))
        leaving = keys_leaving(locked, key, sent.withdrawn)
        check_not_alone(locked, leaving)
        scopes = scopes_to_turn(locked, key, sent.withdrawn)
        if sorted(epoch.scope for epoch in sent.epochs) != scopes:
            raise malformed(
                "The next key is made for the case, and for sheet and brief if they were held.", "epochs"
            )
        check_stay(locked, sent)
        before = holders.epochs_of(locked)
        new: set[holders.Place] = set()
        for epoch in sent.epochs:
            number = standing(locked, key, epoch.scope)
            stay = staying(locked, epoch.scope, sent.withdrawn)
            held = before.holders(epoch.scope, number)
            store_epoch(locked, key, epoch, number, stay & held)
            new |= {(epoch.scope, epoch.number, custodian) for custodian in stay - held}
        holders.let_in(locked, sent.admits, new)
        Grant.objects.filter(case=locked, key__in=sent.withdrawn).update(live=False)
        store(locked, sent.grants)
        for subject in leaving:
            store_step(locked, LEFT, key, subject=subject)
        turn(locked)

    return run(key, made, change, Asks.KNOWN)


def keys_leaving(case: Case, by: Key, withdrawn: Sequence[str]) -> list[Key]:
    """One key of each person who leaves. Raises Refusal for a key without a grant, or half a person."""
    held = Grant.objects.filter(case=case, live=True, key__isnull=False)
    keys = {grant.key_id: grant.key for grant in held.select_related("key__person")}
    if not set(withdrawn) <= set(keys):
        raise conflict(STALE)
    leaving: dict[int, Key] = {}
    for key_id in withdrawn:
        key = keys[key_id]
        assert key is not None
        leaving.setdefault(key.person_id, key)
    leaving.pop(by.person_id, None)  # an old key of one's own
    left = {k.person_id for k in keys.values() if k is not None and k.id not in withdrawn}
    if left & set(leaving):
        raise malformed("Somebody who leaves would keep another key. Take all of hers away.", "withdrawn")
    return list(leaving.values())


def check_not_alone(case: Case, leaving: Sequence[Key]) -> None:
    """Raises `conflict` where one person would be left with the case: she could then let it lie unseen.

    Keys of people who left may always go, and any key where nobody else can be let in.
    """
    held = Grant.objects.filter(case=case, scope="case", live=True, key__isnull=False)
    present = held.exclude(pk__in=departed(held).values("pk"))
    here = set(present.values_list("key__person", flat=True))
    going = here & {key.person_id for key in leaving}
    if going and len(here - going) < 2 and people.candidates(case):
        raise conflict("Nobody but you would be left with this case. Let somebody else in first.")


def scopes_to_turn(case: Case, by: Key, withdrawn: Sequence[str]) -> list[str]:
    """The scopes that need a new key, sorted: the case, and others that who leaves and who acts both hold."""
    live = Grant.objects.filter(case=case, live=True).exclude(scope="case")
    leaving = set(live.filter(key__in=withdrawn).values_list("scope", flat=True))
    acting = set(live.filter(key=by).values_list("scope", flat=True))
    return sorted({"case"} | (leaving & acting))


def check_stay(case: Case, sent: EpochsIn) -> None:
    """Raises Refusal unless the new grants go to exactly those who stay, each once for each new key."""
    wanted = {
        (epoch.scope, epoch.number, holder)
        for epoch in sent.epochs
        for holder in staying(case, epoch.scope, sent.withdrawn)
    }
    given = [(grant.scope, grant.epoch, grant.to) for grant in sent.grants]
    if len(given) != len(wanted) or set(given) != wanted:
        raise conflict("The new key must go to exactly those who stay. Load the page again.")


def staying(case: Case, scope: str, withdrawn: Sequence[str]) -> set[str]:
    """Keys the next epoch is sealed to: holders who stay, and the present custodians of their channels.

    Raises `conflict` while somebody who left the team would stay.
    """
    live = Grant.objects.filter(case=case, scope=scope, live=True)
    handlers = live.filter(key__isnull=False).exclude(key__in=withdrawn)
    if departed(handlers).exists():
        raise conflict("Somebody who left still holds a key to this case. Take that one away too.")
    channels = live.filter(custodian__isnull=False).values("custodian__channel")
    custodians = Custodian.objects.filter(channel__in=channels, retired=False)
    return {str(key) for key in handlers.values_list("key_id", flat=True)} | set(
        custodians.values_list("key", flat=True)
    )


def store_epoch(case: Case, key: Key, epoch: EpochIn, current: int, named: set[str]) -> None:
    """Stores a statement by its author's key that follows the epoch before and has `named` as its holders.

    Raises Refusal for any other.
    """
    if epoch.number != current + 1:
        raise conflict(STALE)
    previous = newest_epoch(case, epoch.scope)
    wanted = {
        "by": key.id,
        "case": case.id,
        "day": day_of(case).isoformat(),
        "epoch": epoch.number,
        "holders": sorted(named),
        "previous": ids.fingerprint(previous.recipient),
        "recipient": ids.fingerprint(epoch.recipient),
        "scope": epoch.scope,
    }
    try:
        body = statements.verify(epoch.statement, "epoch", key.sign)
    except FormatError as error:
        raise malformed("This signature does not hold.", "epochs") from error
    if body != {**wanted, "sign": body.get("sign")}:
        raise malformed("This signature is about something else, or from another day.", "epochs")
    Epoch.objects.create(
        case=case,
        scope=epoch.scope,
        number=epoch.number,
        recipient=epoch.recipient,
        statement=epoch.statement,
    )


def check_sealed(grants: Sequence[GrantIn]) -> None:
    """Raises Refusal unless every grant is an age file to one key, and none is there twice."""
    for number, grant in enumerate(grants):
        check_grant(grant.sealed, f"grants.{number}.sealed")
    places = {(grant.scope, grant.epoch, grant.to) for grant in grants}
    if len(places) != len(grants):
        raise malformed("A grant is there twice.", "grants")


def by_target(grants: Iterable[GrantIn]) -> dict[str, list[GrantIn]]:
    """Grants by the key they are sealed to."""
    found: dict[str, list[GrantIn]] = defaultdict(list)
    for grant in grants:
        found[grant.to].append(grant)
    return dict(found)


def check_complete(case: Case, grants: Sequence[GrantIn]) -> None:
    """Raises `conflict` unless one key's grants bring every epoch of the case and of what they touch."""
    given = {(grant.scope, grant.epoch) for grant in grants}
    scopes = {"case"} | {grant.scope for grant in grants}
    wanted = set(Epoch.objects.filter(case=case, scope__in=scopes).values_list("scope", "number"))
    if given != wanted:
        raise conflict("A newcomer needs every key of the case, old and new. Load the page again.")


def store(case: Case, grants: Iterable[GrantIn]) -> None:
    """Writes grants to keys or custodians. One that was taken away before becomes live again."""
    custodians = set(Custodian.objects.filter(channel__cases=case).values_list("key", flat=True))
    for grant in grants:
        to: dict[str, Any] = {"custodian_id": grant.to} if grant.to in custodians else {"key_id": grant.to}
        Grant.objects.update_or_create(
            case=case,
            scope=grant.scope,
            epoch=grant.epoch,
            **to,
            defaults={"sealed": grant.sealed, "day": day_of(case), "live": True},
        )
