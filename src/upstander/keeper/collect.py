"""A beneficiary asks all keepers for what was released, with her key: no server takes part.

`who` signs for handlers, or shows a custodian's token. A keeper that does not answer, answers nonsense, or
hands over a wrong share or parcel is named, and the others go on.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from upstander.formats import b64, hashes, shape, statements
from upstander.formats.errors import FormatError
from upstander.keeper.sync import Ask
from upstander.keepers.errors import RefusalError
from upstander.keepers.handed import Gathered, Handed, gather, read_handed
from upstander.keepers.roster import Keeper, Roster
from upstander.sealing import age
from upstander.sealing.errors import SealingError

Who = Callable[[Keeper, Ask], dict[str, Any]]
"""What shows one keeper who asks. Raises OSError, FormatError, SealingError."""

Say = Callable[[str], None]
FAULTS = (FormatError, RefusalError, SealingError)


@dataclass(frozen=True, slots=True)
class Collected:
    """What was handed over, and by keeper's name what was wrong: `away` did not answer, `bad` not rightly."""

    pledges: tuple[Gathered, ...]
    away: Mapping[str, str]
    bad: Mapping[str, str]


def handler(signing: Ed25519PrivateKey, today: date) -> Who:
    """A handler with the signing key of hers that pledges name."""

    def who(keeper: Keeper, _: Ask) -> dict[str, Any]:
        body = {"day": today.isoformat(), "keeper": keeper.name, "reader": statements.public_of(signing)}
        return {"statement": statements.sign("fetch", body, signing)}

    return who


def custodian(identity: str) -> Who:
    """A custodian with the recovered age identity."""
    seal = age.recipient_of(identity)

    def who(keeper: Keeper, ask: Ask) -> dict[str, Any]:
        answer = _answered(ask(f"{keeper.address}/v1/challenges", {"seal": seal}))
        token = age.open_(b64.decode(shape.text(answer.get("token"))), [identity])
        return {"seal": seal, "token": token.decode("ascii", "replace")}

    return who


def collect(roster: Roster, who: Who, ask: Ask, say: Say) -> Collected:
    """Asks every keeper on the roster. Raises nothing that a keeper could cause."""
    handed: list[Handed] = []
    away, bad = {}, {}
    for name, keeper in sorted(roster.keepers.items()):
        say(f"Asking {name} ...")
        try:
            answer = _answered(ask(f"{keeper.address}/v1/releases", who(keeper, ask)))
            handed += read_handed(name, answer, roster)
        except OSError as error:
            away[name] = str(error) or "It did not answer."
        except FAULTS as error:
            bad[name] = str(error)
    found = tuple(gather(handed))
    for one in found:
        bad.update(dict.fromkeys(one.liars, "It handed over a share that is not the one in the pledge."))
    return Collected(found, away, bad)


def parcel_of(one: Gathered, roster: Roster, who: Who, ask: Ask) -> tuple[bytes | None, dict[str, str]]:
    """The parcel of a pledge from the first keeper that has the right one; by name, what others did wrong."""
    wrong = {}
    for name in one.good:
        keeper = roster.keepers[name]
        try:
            asked = {**who(keeper, ask), "parcel": one.pledge.parcel}
            answer = _answered(ask(f"{keeper.address}/v1/parcels", asked))
            parcel = b64.decode(shape.text(answer.get("parcel")))
        except (OSError, *FAULTS) as error:
            wrong[name] = f"It did not hand over the report: {error}"
            continue
        if hashes.hash_of(parcel) == one.pledge.parcel:
            return parcel, wrong
        wrong[name] = "It handed over another report than the pledge names."
    return None, wrong


def _answered(answer: Mapping[str, Any]) -> Mapping[str, Any]:
    """The answer, unless it is a refusal. Raises FormatError."""
    if "error" in answer:
        raise FormatError(f"It refused: {answer.get('says', answer['error'])}")
    return answer
