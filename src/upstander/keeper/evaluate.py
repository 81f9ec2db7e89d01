"""Evaluating blinded names: four at a time, with proof, counted; work is asked for when there are many.

There is no hard stop: a stranger could use it up. The work is bound to the elements, so nothing is stored
about who did it, and doing it once answers one request.

A token that does not count (used before, too early, none of ours) is no refusal: answers come back through a
relay that reads them, and would see that somebody with a pass asks. She is answered as anybody is.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from upstander.formats import b64, hashes
from upstander.formats.errors import FormatError
from upstander.keeper import passes
from upstander.keeper.home import Identity
from upstander.keeper.store import Store
from upstander.keepers import threshold
from upstander.keepers.errors import MeterError, PassError, WrongEpochError
from upstander.keepers.passes import Shown
from upstander.keepers.tags import ASKED

EASIEST, HARDEST = 14, 24  # bits of work: a second on a phone, and some minutes
PUBLIC, PASSED = "evaluations-public", "evaluations-passed"


@dataclass(frozen=True, slots=True)
class Work:
    """What to do: find a counter so that SHA-256(challenge + `:` + counter) begins with `bits` zeros."""

    challenge: str
    bits: int


class WorkNeededError(MeterError):
    """The meter of the public pool is past its budget: the same request is answered with this work."""

    def __init__(self, work: Work) -> None:
        super().__init__()
        self.work = work


def evaluate(
    store: Store,
    keeper: Identity,
    *,
    epoch: str,
    elements: Sequence[bytes],
    work: str,
    today: date,
    token: Shown | None = None,
) -> threshold.Answer:
    """The keeper's answer to four blinded names. With a pass's `token` it is counted apart, and asks no work.

    A token that does not count is as good as none. Raises WrongEpochError, FormatError for another number of
    elements, GroupError for what are none, and WorkNeededError; none of these counts.
    """
    if epoch != keeper.roster.epoch:
        raise WrongEpochError
    if len(elements) != ASKED or len(set(elements)) != ASKED:
        raise FormatError(f"Expected {ASKED} different elements.")
    part = keeper.roster.keepers[keeper.name].part
    if token is None:
        _check_pool(store, keeper, elements, work, today)
        answer = threshold.answer(keeper.share, part, elements)
        with store.write():
            store.count(today.isoformat(), PUBLIC)
        return answer
    with store.write():  # all of it: a token is used up by an answer alone
        pool = PASSED if _spent(store, keeper, token, elements, today) else PUBLIC
        if pool == PUBLIC:
            _check_pool(store, keeper, elements, work, today)
        answer = threshold.answer(keeper.share, part, elements)
        store.count(today.isoformat(), pool)
    return answer


def _check_pool(store: Store, keeper: Identity, elements: Sequence[bytes], work: str, today: date) -> None:
    """Raises WorkNeededError unless the work was done that the public pool asks for now."""
    needed = bits_for(store.counted(today.isoformat(), PUBLIC), keeper.policy.budget)
    check_work(work, Work(challenge_for(keeper.name, elements, today), needed))


def _spent(store: Store, keeper: Identity, token: Shown, elements: Sequence[bytes], today: date) -> bool:
    """Whether a token counts for this question; it is used up then. Inside `write`."""
    try:
        passes.spend(store, keeper, token, elements, today)
    except PassError:
        return False
    return True


def bits_for(count: int, budget: int) -> int:
    """Bits of work after `count` requests on a day: none within the budget, two more each time it doubles."""
    if count < budget:
        return 0
    return min(HARDEST, EASIEST + 2 * ((count // budget).bit_length() - 1))


def challenge_for(keeper: str, elements: Sequence[bytes], today: date) -> str:
    """What the work of this request begins with."""
    return f"{keeper}.{today.isoformat()}.{hashes.hash_of(b''.join(elements))}"


def check_work(work: str, needed: Work) -> None:
    """Raises WorkNeededError unless the work was done for this very request."""
    if needed.bits == 0:
        return
    challenge, _, counter = work.rpartition(":")
    digest = hashes.sha256(work.encode("utf-8", "replace"))
    zeros = len(digest) * 8 - int.from_bytes(digest, "big").bit_length()
    if challenge != needed.challenge or not counter.isdecimal() or zeros < needed.bits:
        raise WorkNeededError(needed)


def answer_body(answer: threshold.Answer) -> dict[str, object]:
    """The answer as the interface gives it."""
    return {"elements": [b64.encode(one) for one in answer.elements], "proof": b64.encode(answer.proof)}
