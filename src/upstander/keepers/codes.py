"""Claim codes for staff passes: one a person, brought to her by a second route, good once at each keeper.

Whoever makes the codes can claim those that nobody else claims; so how many there are and how many were
claimed is public, keeper by keeper. A keeper gets hashes of its own part of each code, sorted: it can neither
use a code at another keeper nor tell which of the others' parts belongs to one of its own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from upstander.formats import b64, canonical, hashes, ids, kinds, shape
from upstander.formats.errors import FormatError
from upstander.keepers.pledges import check_name

MOST = 500_000  # codes in a batch
_KIND = "claim-codes"


@dataclass(frozen=True, slots=True)
class Batch:
    """Codes for the staff of one body (`name`) in one epoch: hashes of their parts, by keeper."""

    name: str
    epoch: str
    parts: Mapping[str, tuple[str, ...]] = field(repr=False)


def make_codes(count: int) -> list[str]:
    """So many codes. Raises FormatError for none, or too many."""
    if not 1 <= count <= MOST:
        raise FormatError(f"Expected 1 to {MOST} people.")
    return [ids.new_id() for _ in range(count)]


def shown(code: str) -> str:
    """A code as it is printed: in groups."""
    return " ".join(code[at : at + 5] for at in range(0, len(code), 5))


def read_code(typed: str) -> str:
    """A code as it was typed. Raises FormatError."""
    try:
        return ids.check_id("".join(typed.lower().replace("-", " ").split()))
    except FormatError:
        raise FormatError("This is not a code: it has 26 letters and digits. Look at it again.") from None


def part_of(code: str, keeper: str) -> bytes:
    """What one keeper is shown of a code: 32 bytes."""
    return hashes.hkdf(code.encode(), f"upstander/claim-code/v1\n{check_name(keeper)}")


def hash_of_part(part: bytes) -> str:
    """What a keeper keeps of it."""
    return hashes.hash_of(b"upstander/claim-part/v1\n" + part)


def make_batch(name: str, epoch: str, codes: Sequence[str], keepers: Sequence[str]) -> Batch:
    """What keepers are given of these codes."""
    parts = {
        keeper: tuple(sorted(hash_of_part(part_of(code, keeper)) for code in codes)) for keeper in keepers
    }
    return Batch(check_name(name), check_name(epoch), parts)


def encode(batch: Batch) -> str:
    """The file that goes to the keepers."""
    body: dict[str, Any] = {
        "epoch": batch.epoch,
        "format": kinds.header(_KIND),
        "name": batch.name,
        "parts": {keeper: list(parts) for keeper, parts in batch.parts.items()},
    }
    return canonical.encode(body).decode() + "\n"


def decode(text: str) -> Batch:
    """Such a file. Raises FormatError, also where keepers would get different numbers of codes."""
    body = shape.exactly(
        canonical.decode_object(text.removesuffix("\n").encode()), "epoch", "format", "name", "parts"
    )
    shape.one_of(body["format"], kinds.headers(_KIND, "document"))
    if not isinstance(body["parts"], dict):
        raise FormatError("Expected an object.")
    parts = {
        check_name(keeper): tuple(hashes.check_hash(one) for one in shape.sorted_texts(given))
        for keeper, given in body["parts"].items()
    }
    if len({len(given) for given in parts.values()}) != 1 or not all(parts.values()):
        raise FormatError("Every keeper gets the same number of codes.")
    return Batch(check_name(body["name"]), check_name(body["epoch"]), parts)


def read_part(value: object) -> bytes:
    """A part of a code as it is sent (b64). Raises FormatError."""
    return b64.decode(shape.text(value), 32)
