"""Uses of a case's fingerprints, each an act in its log: which may follow which.

The server sees hashes, never a fingerprint, an authority or a sheet: those lie sealed in the note beside the
act. What it can keep is the order, and that nothing goes out again once they were stopped or taken back.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from upstander.fingerprints.errors import FingerprintError
from upstander.formats.errors import FormatError
from upstander.formats.hashes import check_hash

BY_HANDLERS: Final = ("basis", "authorised", "exported", "searched", "held", "stopped")
WITHDRAWN: Final = "withdrawn"
"""The reporter's own act; all others are by handlers.

- `basis`: why fingerprints that are not of the reporter's own picture may be used; `document` is their hash.
- `authorised`: a written authority; `document` and `authority` are its hash.
- `exported`: a bank was sealed under `authority`; `document` is the hash of the sealed bank.
- `searched`: a lead sheet, found or not; `document` is its hash.
- `held`: a legal hold keeps the sealed fingerprints when the reporter takes them back.
- `stopped`: somebody in a picture may be under 18. Nothing is used from then on.
- `withdrawn`: the reporter took them back. Nothing is used from then on. `document`: the sealed file's hash.
"""

_OUTWARD = {"basis", "authorised", "exported"}
_ONCE = {"stopped", WITHDRAWN}


def state_of(acts: Iterable[Mapping[str, Any]]) -> str:
    """`usable`, `stopped` or `withdrawn`, from the bodies of the case's acts of kind `bank`."""
    seen = {act["use"] for act in acts}
    return "stopped" if "stopped" in seen else WITHDRAWN if WITHDRAWN in seen else "usable"


def is_held(acts: Iterable[Mapping[str, Any]]) -> bool:
    """Does a legal hold stand?"""
    return any(act["use"] == "held" for act in acts)


def check_next(acts: Iterable[Mapping[str, Any]], use: str, authority: str, document: str) -> None:
    """Raises FingerprintError, in words for the handler, unless this use may follow those."""
    before = list(acts)
    state = state_of(before)
    if use in _OUTWARD and state != "usable":
        raise FingerprintError(REFUSED[state])
    if use in _ONCE and any(act["use"] == use for act in before):
        raise FingerprintError("This was recorded before.")
    _check_form(use, authority, document)
    same = [act for act in before if act["authority"] == authority and authority]
    if document and any(act["use"] == use and act["document"] == document for act in before):
        raise FingerprintError("This document was recorded before.")
    if use == "exported" and not any(act["use"] == "authorised" for act in same):
        raise FingerprintError("Record the authority first.")
    if use == "searched" and not any(act["use"] == "exported" for act in same):
        raise FingerprintError("Record first that a bank was made under this authority (exported.json).")


REFUSED: Final = {
    "stopped": "The fingerprints of this case were stopped: somebody in a picture may be under 18.",
    WITHDRAWN: "The reporter took her fingerprints back. They may not be used any more.",
}
"""Why fingerprints that are not usable are refused."""


def _check_form(use: str, authority: str, document: str) -> None:
    if use not in (*BY_HANDLERS, WITHDRAWN):
        raise FingerprintError("There is no such use of fingerprints.")
    wanted = {"authorised": (True, True), "exported": (True, True), "searched": (True, True)}
    with_authority, with_document = wanted.get(use, (False, use in {"basis", WITHDRAWN}))
    try:
        for text, there in ((authority, with_authority), (document, with_document)):
            if there:
                check_hash(text)
            elif text:
                raise FormatError("Expected nothing.")
    except FormatError:
        raise FingerprintError("This use does not name the documents it should.") from None
    if use == "authorised" and authority != document:
        raise FingerprintError("This use does not name the documents it should.")
