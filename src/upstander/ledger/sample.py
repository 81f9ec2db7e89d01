"""A dip sample that nobody chose: drawn by a published tree head, so that anybody can draw it again."""

import hashlib
from collections.abc import Iterable


def draw(root: bytes, ids: Iterable[str], count: int) -> list[str]:
    """The `count` ids with the lowest SHA-256 of root and id, in that order.

    `root` is the 32-byte root hash of a published head that came after the ids were fixed: whoever fixed them
    could not know it, and whoever signed the head did not know what it would draw.
    """
    return sorted(ids, key=lambda one: hashlib.sha256(root + one.encode()).digest())[:count]
