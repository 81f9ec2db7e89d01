"""A dip sample that nobody chose: drawn by a tree head that came after its list, so it can be drawn again."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from upstander.formats import b64, canonical, shape
from upstander.formats.hashes import hash_of
from upstander.ledger import leaf
from upstander.ledger.errors import LedgerError

FIXED = "sample-fixed"  # the act of the leaf that fixes a list
FIELDS = ("count", "digest", "drawn", "fixed", "ids", "root", "size")


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


@dataclass(frozen=True, slots=True)
class Drawing:
    """A draw as the overseer's page hands it out: the list, what the log said of it, and what was drawn.

    `root` (32 bytes) and `size` are those of the head that drew. `salt` (32 bytes) opens the leaf that fixed
    the list for `institution`.
    """

    ids: tuple[str, ...]
    digest: str
    root: bytes
    size: int
    count: int
    drawn: tuple[str, ...]
    institution: str
    salt: bytes

    def commitment(self) -> str:
        """What the leaf that fixed this list commits to, before anybody knew the head."""
        subject = f"{self.count} of {len(self.ids)} by {self.digest}"
        said = leaf.digest("oversight", act=FIXED, institution=self.institution, subject=subject)
        return leaf.commitment(self.salt, said)


def read_drawing(data: bytes) -> Drawing:
    """The handed out file, as it was saved. Raises LedgerError for anything else."""
    try:
        body = shape.exactly(json.loads(data), *FIELDS)
        fixed = shape.exactly(body["fixed"], "institution", "salt")
        root, salt = bytes.fromhex(shape.text(body["root"])), b64.decode(shape.text(fixed["salt"]))
        found = Drawing(
            ids=tuple(shape.text(one) for one in shape.items(body["ids"])),
            digest=shape.text(body["digest"]),
            root=root,
            size=shape.count(body["size"], 0),
            count=shape.count(body["count"], 1),
            drawn=tuple(shape.text(one) for one in shape.items(body["drawn"])),
            institution=shape.text(fixed["institution"]),
            salt=salt,
        )
    except (ValueError, RecursionError) as error:  # FormatError is one of them
        raise LedgerError(f"This is not the list of a sample as the page hands it out: {error}") from None
    if not root:
        raise LedgerError("This sample was not drawn yet. Save the list again once its head is published.")
    if len(root) != 32 or len(salt) != 32:
        raise LedgerError("This is not the list of a sample: its root or its salt has the wrong length.")
    return found


@dataclass(slots=True)
class FixedAt:
    """Looks for the leaf that fixed a list, by its commitment; give it to an audit as its visitor."""

    commitment: str
    found: int | None = None

    def __call__(self, index: int, one: leaf.Leaf, _hash: bytes) -> None:
        """One leaf."""
        if one.shown == "oversight" and one.commitment == self.commitment and self.found is None:
            self.found = index


def check_head(drawing: Drawing, fixed: int, root: bytes, kept: Iterable[int]) -> None:
    """Raises LedgerError unless the head that drew came after the list, and is the first of those kept.

    `fixed` is the place of the leaf that fixed the list, `root` the root of the tree of the drawing's size,
    `kept` the sizes of all heads that somebody kept.
    """
    if not fixed < drawing.size:
        raise LedgerError("The head that drew is older than the list: whoever fixed it could know the draw.")
    if root != drawing.root:
        raise LedgerError(
            "The log never had this root at this size: the head that drew is not one of its heads."
        )
    earlier = [size for size in kept if fixed < size < drawing.size]
    if earlier:
        raise LedgerError(
            f"An earlier head, of {min(earlier)} entries, should have drawn: this one was waited for."
        )
