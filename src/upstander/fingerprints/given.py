"""What a handler gives for a bank: fingerprints of one case, and on what basis they are used.

Fingerprints of somebody else's picture (a witness's) go nowhere without that adult's consent or a named
decider's lawful reason. A file that does not say which it is says nothing, and is refused.
"""

import json
from dataclasses import dataclass, field
from typing import Any, Final

from upstander.fingerprints.bank import LARGEST, PICTURES, Picture, read_picture
from upstander.fingerprints.errors import FingerprintError
from upstander.formats import canonical, ids, shape
from upstander.formats.errors import FormatError

OWN: Final = {"print-whose": "yes", "print-age": "yes", "print": "agree"}
"""Answers of a report that make the fingerprints those of the reporter's own picture, all in it adults."""

KINDS: Final = ("own", "consent", "reason")
LONGEST = 10_000  # characters of a reason
NO_BASIS = (
    "These fingerprints are not shown to be of the reporter's own picture. They go nowhere until the "
    "adult in the picture agrees or a named decider records a lawful reason: do that at the desk, and save "
    "them again there."
)


@dataclass(frozen=True, slots=True)
class Basis:
    """`own`: her own picture. Else who agreed or decided (`by`), and why, in their words."""

    kind: str
    by: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Given:
    """Fingerprints of one case. `standing` is the installation's statement about them, or empty."""

    case: str
    pictures: tuple[Picture, ...] = field(repr=False)
    basis: Basis
    standing: str


def read_given(data: bytes) -> Given:
    """A file the desk saved, or an opened report as `upstander open` writes it. Raises FingerprintError."""
    if len(data) > LARGEST:
        raise FingerprintError("This file is too large for fingerprints.")
    try:
        value = json.loads(data)
        if isinstance(value, dict) and "body" in value:
            return _of_report(value)
        return _of_file(canonical.decode_object(data.strip()))
    except FingerprintError:
        raise
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise FingerprintError(
            "This is not a file of fingerprints from the desk, and not an opened report "
            "(`upstander open` writes one)."
        ) from None


def _of_file(value: dict[str, Any]) -> Given:
    body = shape.exactly(value, "basis", "case", "fingerprints", "format", "standing")
    if body["format"] != "upstander/prints/v1":
        raise FormatError("Expected fingerprints.")
    said = shape.exactly(body["basis"], "by", "kind", "why")
    by, why = (shape.text(said[name]).strip()[:LONGEST] for name in ("by", "why"))
    kind = shape.one_of(said["kind"], KINDS)
    if kind != "own" and not (by and why):
        raise FingerprintError(NO_BASIS)
    case = ids.check_id(body["case"])
    return Given(
        case, _pictures(body["fingerprints"], case), Basis(kind, by, why), shape.text(body["standing"])
    )


def _of_report(value: dict[str, Any]) -> Given:
    case, body = ids.check_id(value["case"]), value["body"]
    if body["format"] != "upstander/report/v1":
        raise FingerprintError("This is not a report.")
    pictures = _pictures(body.get("fingerprints", []), case)
    answers = {one["id"]: one["value"] for one in shape.items(body["answers"])}
    if pictures and any(answers.get(question) != wanted for question, wanted in OWN.items()):
        raise FingerprintError(NO_BASIS)
    return Given(case, pictures, Basis("own"), "")


def _pictures(value: object, case: str) -> tuple[Picture, ...]:
    listed = shape.items(value)
    if len(listed) > PICTURES:
        raise FormatError("Too many pictures.")
    return tuple(read_picture({**shape.exactly(one, "prints", "sha256"), "case": case}) for one in listed)
