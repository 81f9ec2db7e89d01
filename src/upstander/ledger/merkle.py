"""The Merkle tree: roots, and the two kinds of proof about them (RFC 6962 section 2.1, RFC 9162 section 2.1).

A hash here is 32 raw bytes. A tree is known by its size in leaves and its root. Nothing here stores
anything: what makes a proof reads hashes of complete subtrees through a function `read(level, index)`, which
answers the hash over the leaves from `index * 2^level` up to `(index + 1) * 2^level`.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256

from upstander.ledger.errors import LedgerError

Read = Callable[[int, int], bytes]

EMPTY_ROOT = sha256(b"").digest()
LARGEST = 2**63 - 1  # leaves; what a signed 64-bit number holds
LONGEST = 63  # hashes in a path through so large a tree


def leaf_hash(data: bytes) -> bytes:
    """The hash of a leaf with these bytes (RFC 6962 section 2.1)."""
    return sha256(b"\0" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of a node with these two children (RFC 6962 section 2.1)."""
    return sha256(b"\1" + left + right).digest()


@dataclass(slots=True)
class Edge:
    """The right edge of a growing tree: all that must be kept to append to it and to know its root.

    `hashes` are those of the complete subtrees the tree falls into, the largest first: one for each bit that
    is set in `size`.
    """

    size: int
    hashes: list[bytes]

    @classmethod
    def empty(cls) -> "Edge":
        """The edge of a tree without leaves."""
        return cls(0, [])

    @classmethod
    def of(cls, size: int, read: Read) -> "Edge":
        """The edge of a tree of this size that is stored."""
        return cls(size, [read(level, index) for level, index in complete_subtrees(0, size)])

    def append(self, leaf: bytes, level: int = 0) -> None:
        """Adds one leaf, given as its hash; or a complete subtree of 2^level leaves, where one can begin."""
        size, rest = divmod(self.size, 1 << level)
        if rest:
            raise LedgerError("A subtree begins at a multiple of its size.")
        while size & 1:
            leaf = node_hash(self.hashes.pop(), leaf)
            size >>= 1
        self.hashes.append(leaf)
        self.size += 1 << level

    def copy(self) -> "Edge":
        """Another edge of the same tree, to grow on its own."""
        return Edge(self.size, list(self.hashes))

    def extend(self, leaves: Iterable[bytes]) -> None:
        """Adds leaves, given as their hashes."""
        for leaf in leaves:
            self.append(leaf)

    def root(self) -> bytes:
        """The root of the tree."""
        return _join(self.hashes)


def root_of(leaves: Iterable[bytes]) -> bytes:
    """The root of the tree over leaves with these hashes."""
    edge = Edge.empty()
    edge.extend(leaves)
    return edge.root()


def complete_subtrees(start: int, end: int) -> list[tuple[int, int]]:
    """The complete subtrees that these leaves fall into, from the left: level and index of each.

    `start` must be a multiple of the largest power of two that is not more than `end - start`.
    """
    found = []
    while start < end:
        level = (end - start).bit_length() - 1
        found.append((level, start >> level))
        start += 1 << level
    return found


def root_at(size: int, read: Read) -> bytes:
    """The root of the first `size` leaves of a stored tree."""
    return _range_root(0, size, read)


def inclusion_path(index: int, size: int, read: Read) -> list[bytes]:
    """The path of leaf `index`, from 0, in the tree of this size, from the leaf's neighbour up.

    PATH of RFC 6962 section 2.1.1. Reads a number of hashes that grows with the logarithm of the size.
    """
    _check_place(index, size)
    path: list[bytes] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            path.append(_range_root(middle, end, read))
            end = middle
        else:
            path.append(_range_root(start, middle, read))
            start = middle
    return path[::-1]


def consistency_path(old: int, new: int, read: Read) -> list[bytes]:
    """The proof that the tree of size `new` continues that of size `old`: PROOF of RFC 6962 section 2.1.2."""
    _check_sizes(old, new)
    if old in (0, new):
        return []
    path: list[bytes] = []
    start, end = 0, new
    whole = True  # the verifier knows the root of what remains of the old tree, as long as it is all of it
    while end != old:
        middle = start + _split(end - start)
        if old <= middle:
            path.append(_range_root(middle, end, read))
            end = middle
        else:
            path.append(_range_root(start, middle, read))
            start, whole = middle, False
    if not whole:
        path.append(_range_root(start, end, read))
    return path[::-1]


def verify_inclusion(*, index: int, size: int, leaf: bytes, path: Sequence[bytes], root: bytes) -> None:
    """Raises LedgerError unless the path leads from this leaf, at `index`, to the root of a tree of `size`.

    RFC 9162 section 2.1.3.2.
    """
    _check_place(index, size)
    _check_hashes(leaf=leaf, root=root)
    _check_path(path)
    what = f"inclusion path of entry {index} in a tree of {size}"
    if _climb(index, size - 1, path, leaf, leaf, what)[1] != root:
        raise LedgerError(f"The {what} does not lead to its root.")


def verify_consistency(
    *, old: int, old_root: bytes, new: int, new_root: bytes, path: Sequence[bytes]
) -> None:
    """Raises LedgerError unless the path proves that the new tree has all that the old one had, in its order.

    RFC 9162 section 2.1.4.2. Every tree continues the empty one: that proof is empty.
    """
    _check_sizes(old, new)
    _check_hashes(old_root=old_root, new_root=new_root)
    _check_path(path)
    for size, root in ((old, old_root), (new, new_root)):
        if size == 0 and root != EMPTY_ROOT:
            raise LedgerError("A tree without leaves has another root.")
    if old in (0, new):
        if path:
            raise LedgerError(f"The proof that {new} continues {old} must be empty.")
        if old == new and old_root != new_root:
            raise LedgerError(f"There are two different trees of size {new}.")
        return
    what = f"proof that {new} continues {old}"
    place, last = old - 1, new - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    steps = list(path) if place else [old_root, *path]  # place 0: the old root is a node of the new tree
    if not steps:
        raise LedgerError(f"The {what} is too short.")
    at_old, at_new = _climb(place, last, steps[1:], steps[0], steps[0], what)
    if at_old != old_root:
        raise LedgerError(f"The {what} does not lead to the root of {old}.")
    if at_new != new_root:
        raise LedgerError(f"The {what} does not lead to the root of {new}.")


def _climb(  # noqa: PLR0917  (curried by its two callers)
    place: int, last: int, steps: Sequence[bytes], old: bytes, new: bytes, what: str
) -> tuple[bytes, bytes]:
    """From a node at `place` of a row that ends at `last` up to the roots of the old and of the new tree."""
    for step in steps:
        if last == 0:
            raise LedgerError(f"The {what} is too long.")
        if place & 1 or place == last:
            old, new = node_hash(step, old), node_hash(step, new)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            new = node_hash(new, step)
        place, last = place >> 1, last >> 1
    if last:
        raise LedgerError(f"The {what} is too short.")
    return old, new


def _split(size: int) -> int:
    """The largest power of two that is smaller than `size`, for sizes of 2 and more."""
    return 1 << (size - 1).bit_length() - 1


def _range_root(start: int, end: int, read: Read) -> bytes:
    """The hash over these leaves, which are a complete subtree or the right edge of one."""
    return _join([read(level, index) for level, index in complete_subtrees(start, end)])


def _join(hashes: Sequence[bytes]) -> bytes:
    """The hash over complete subtrees of falling size."""
    if not hashes:
        return EMPTY_ROOT
    at = hashes[-1]
    for left in reversed(hashes[:-1]):
        at = node_hash(left, at)
    return at


def _check_place(index: int, size: int) -> None:
    if not 0 <= index < size <= LARGEST:
        raise LedgerError(f"There is no entry {index} in a tree of {size}.")


def _check_sizes(old: int, new: int) -> None:
    if not 0 <= old <= new <= LARGEST:
        raise LedgerError(f"A tree of {new} cannot continue one of {old}.")


def _check_hashes(**hashes: bytes) -> None:
    for name, value in hashes.items():
        if len(value) != 32:
            raise LedgerError(f"The {name.replace('_', ' ')} is not a hash of 32 bytes.")


def _check_path(path: Sequence[bytes]) -> None:
    if len(path) > LONGEST or any(len(step) != 32 for step in path):
        raise LedgerError(f"A path is at most {LONGEST} hashes of 32 bytes.")
