"""Standing: what an installation signs about the fingerprints of a case, on a day: may they still be used?

The machine that scans is offline. What it carries is this, no older than a week, one for each case of the
authority: so that fingerprints which were taken back or stopped leave every bank.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from upstander.fingerprints.errors import FingerprintError
from upstander.fingerprints.uses import REFUSED
from upstander.formats import ids, shape, statements
from upstander.formats.errors import FormatError

FRESH: Final = 7  # days
STATES: Final = ("usable", *REFUSED)


@dataclass(frozen=True, slots=True)
class Standing:
    """One case, on one day (YYYY-MM-DD): `usable`, `stopped` or `withdrawn`; and the statement it is from."""

    case: str
    day: str
    state: str
    text: str = field(repr=False)


def make_standing(case: str, day: str, state: str, key: Ed25519PrivateKey) -> str:
    """The statement."""
    return statements.sign("standing", {"case": case, "day": day, "state": state}, key)


def read_standing(text: str, sign: str) -> Standing:
    """A standing signed with this public key (b64). Raises FingerprintError."""
    try:
        body = shape.exactly(statements.verify(text, "standing", sign), "case", "day", "state")
        state = shape.one_of(body["state"], STATES)
        return Standing(ids.check_id(body["case"]), shape.day(body["day"]), state, text)
    except FormatError as error:
        raise FingerprintError(f"This is not a standing signed by the installation: {error}") from None


def read_unproven(text: str) -> Standing:
    """A standing whose signature nobody here can check: to be heeded where it forbids, for nothing else."""
    try:
        body = shape.exactly(statements.peek(text, "standing"), "case", "day", "state")
        state = shape.one_of(body["state"], STATES)
        return Standing(ids.check_id(body["case"]), shape.day(body["day"]), state, text)
    except FormatError as error:
        raise FingerprintError(f"This is not a standing: {error}") from None


def forbidden(found: Mapping[str, Standing]) -> list[str]:
    """Cases whose fingerprints may not be used any more."""
    return [case for case, one in found.items() if one.state != "usable"]


def newest(found: Iterable[Standing]) -> dict[str, Standing]:
    """The newest of each case; one that forbids counts whatever came after it, as nothing takes it back."""
    best: dict[str, Standing] = {}
    for one in found:
        known = best.get(one.case)
        if known is None or (one.state != "usable", one.day) > (known.state != "usable", known.day):
            best[one.case] = one
    return best


def check_fresh(found: Mapping[str, Standing], cases: Sequence[str], today: str) -> list[str]:
    """Cases whose fingerprints may not be used any more; the others may.

    Raises FingerprintError where a case has no standing, or none of the last seven days: what happened since
    nobody here can know. A standing of a day to come is refused too: one of the two clocks is wrong.
    """
    oldest = (date.fromisoformat(today) - timedelta(days=FRESH)).isoformat()
    tomorrow = (date.fromisoformat(today) + timedelta(days=1)).isoformat()  # the other side of midnight
    for case in cases:
        one = found.get(case)
        if one is None:
            raise FingerprintError(
                f"Nothing says that the fingerprints of case {case} may still be used. Save the standing of "
                "that case at the desk, and give it with --standing."
            )
        if one.state == "usable" and not oldest <= one.day <= tomorrow:
            raise FingerprintError(
                f"What says that the fingerprints of case {case} may still be used is of {one.day}, and "
                f"today is {today}. Save a new standing at the desk: it holds for {FRESH} days."
            )
    return [case for case in cases if found[case].state != "usable"]
