"""Staff passes at one keeper: keys of the month, codes, claims, and tokens that come back."""

import json
import secrets
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from upstander.formats import b64, canonical, hashes, shape
from upstander.formats.errors import FormatError
from upstander.keeper.home import Identity
from upstander.keeper.months import month_of
from upstander.keeper.store import Store
from upstander.keepers import codes, passes
from upstander.keepers.errors import CodeError, PassError, WrongEpochError


def shown(store: Store, keeper: Identity, today: date) -> dict[str, Any]:
    """This month's keys, and for each batch how many codes there are and how many were claimed."""
    month, epoch = month_of(today), keeper.roster.epoch
    seed = _seed(store, epoch, month, make=True)
    found = store.rows(
        "SELECT batch, count(*), sum(claim != '') FROM codes WHERE epoch = ? GROUP BY batch", epoch
    )
    return {
        "batches": [
            {"claims": int(str(claims)), "codes": int(str(number)), "name": str(name)}
            for name, number, claims in found
        ],
        "keys": passes.make_pass_keys(keeper.name, epoch, month, seed, keeper.signing),
    }


def take_codes(store: Store, keeper: Identity, batch: codes.Batch, count: int) -> int:
    """Keeps this keeper's parts of a batch; answers how many are new.

    `count` is the number of staff as this keeper was told it by a route of its own. Raises WrongEpochError,
    and FormatError for more codes than people, or for a name under which others came already.
    """
    if batch.epoch != keeper.roster.epoch:
        raise WrongEpochError
    parts = batch.parts.get(keeper.name, ())
    if not parts or len(parts) > count:
        raise FormatError(f"There are {len(parts)} codes here for this keeper, and {count} people.")
    with store.write():
        there = store.rows(
            "SELECT count(*) FROM codes WHERE batch = ? AND epoch = ?", batch.name, batch.epoch
        )
        if int(str(there[0][0])):
            raise FormatError("Codes of this name are here already. Leavers' and joiners' need a new name.")
        store.run_many(
            "INSERT OR IGNORE INTO codes (part, batch, epoch) VALUES (?, ?, ?)",
            [(part, batch.name, batch.epoch) for part in parts],
        )
    return len(parts)


def claim(store: Store, keeper: Identity, body: Mapping[str, Any], today: date) -> dict[str, Any]:
    """Answers a collection, once for each code; the same one again gets the same answer.

    Raises CodeError for a code that is none or was used for another collection, WrongEpochError for another
    month, FormatError, GroupError; nothing is changed then.
    """
    asked = shape.exactly(body, "code", "elements", "month")
    elements = {
        purpose: [b64.decode(shape.text(one), 32) for one in shape.items(given)]
        for purpose, given in shape.exactly(asked["elements"], *passes.PURPOSES).items()
    }
    month, epoch = month_of(today), keeper.roster.epoch
    part = codes.hash_of_part(codes.read_part(asked["code"]))
    name = hashes.hash_of(canonical.encode([asked["elements"], shape.text(asked["month"])]))
    with store.write():
        found = store.rows("SELECT claim, answer, batch FROM codes WHERE part = ? AND epoch = ?", part, epoch)
        if not found or str(found[0][0]) not in ("", name):
            raise CodeError
        if found[0][0]:
            return dict(json.loads(str(found[0][1])))
        if asked["month"] != month:
            raise WrongEpochError("The month has changed. Begin again.")
        answers = passes.answer(_seed(store, epoch, month, make=False), epoch, month, elements)
        answer: dict[str, Any] = {
            purpose: {
                "elements": [b64.encode(one) for one in given.elements],
                "proof": b64.encode(given.proof),
            }
            for purpose, given in answers.items()
        }
        store.run("UPDATE codes SET claim = ?, answer = ? WHERE part = ?", name, json.dumps(answer), part)
        store.count(today.isoformat(), f"claims-{found[0][2]}")
    return answer


def person(store: Store, keeper: Identity, shown: passes.Shown, pledge: str, today: date) -> str:
    """The name of the pass that a pledge carries. Raises PassError."""
    return _checked(store, keeper, shown, today, purpose="person", bound=passes.for_pledge(pledge))


def spend(
    store: Store, keeper: Identity, shown: passes.Shown, elements: Sequence[bytes], today: date
) -> None:
    """Takes an asking token for a question, once. Inside `write`. Raises PassError."""
    bound = passes.for_question(keeper.roster.epoch, elements)
    name = _checked(store, keeper, shown, today, purpose="ask", bound=bound)
    if store.rows("SELECT 1 FROM spent WHERE token = ?", name):
        raise PassError("This part of your pass was used already.")
    store.run("INSERT INTO spent VALUES (?)", name)


def _checked(
    store: Store,
    keeper: Identity,
    shown: passes.Shown,
    today: date,
    *,
    purpose: passes.Purpose,
    bound: bytes,
) -> str:
    if shown.month >= month_of(today):
        raise PassError("A pass counts from the month after you collected it.")
    seed = _seed(store, keeper.roster.epoch, shown.month, make=False)
    return passes.check_shown(
        shown, seed, purpose, keeper=keeper.name, epoch=keeper.roster.epoch, bound=bound
    )


def _seed(store: Store, epoch: str, month: str, *, make: bool) -> bytes:
    """The seed of a month's keys: kept as long as the epoch, for what was collected then comes back later."""
    if make:
        with store.write():
            values = (epoch, month, secrets.token_bytes(32))
            store.run("INSERT OR IGNORE INTO pass_months VALUES (?, ?, ?)", *values)
    found = store.rows("SELECT seed FROM pass_months WHERE epoch = ? AND month = ?", epoch, month)
    if not found or not isinstance(found[0][0], bytes):
        raise PassError
    return found[0][0]
