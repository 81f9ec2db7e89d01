"""A dip sample that nobody chose: drawn by a tree head that came after its list, so it can be drawn again."""

import hashlib
from collections.abc import Iterable, Sequence

from upstander.formats import canonical
from upstander.formats.hashes import hash_of
from upstander.ledger.errors import LedgerError


def digest(ids: Iterable[str]) -> str:
    """SHA-256 (hex) of sorted ids as canonical JSON: what the log says before the head is known."""
    return hash_of(canonical.encode(sorted(ids)))


def draw(root: bytes, ids: Iterable[str], count: int) -> list[str]:
    """The `count` ids with the lowest SHA-256 of root and id, in that order.

    `root` is the 32-byte root hash of a published head that came after the ids were fixed: whoever fixed them
    could not know it, and whoever signed the head did not know what it would draw.
    """
    return sorted(ids, key=lambda one: hashlib.sha256(root + one.encode()).digest())[:count]


def check_draw(ids: Sequence[str], said: str, root: bytes, count: int, drawn: Sequence[str]) -> None:
    """Raises LedgerError unless the log fixed this list (`said`), and this is what it draws."""
    if digest(ids) != said:
        raise LedgerError("This is not the list that the log fixed before the draw.")
    if draw(root, ids, count) != list(drawn):
        raise LedgerError("By this head, other cases are drawn from the list.")
