"""Prints cases of proofs, notes and policies, good and bad, with what Python says of each, for TypeScript to agree.

`python -m tests.vectors.log_cases SEED COUNT`: COUNT cases of each sort, the same for the same seed. Nothing is kept:
`client/lib/twin.test.ts` runs this and judges every case again.
"""

import json
import sys
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from upstander.ledger import merkle, proofs
from upstander.ledger.checkpoint import Checkpoint, sign_checkpoint
from upstander.ledger.errors import LedgerError
from upstander.ledger.notes import COSIGNATURE, ED25519, SigningKey, b64std, cosign_text, open_note
from upstander.ledger.policy import examine, parse_policy

Case = dict[str, Any]
ODD = ["\n", " ", "+", "—", "=", "A", "0", "\t", "é", "\x00", "\u2028", "/"]


def judged(case: Case, judge: Callable[[], Any]) -> Case:
    """The case with Python's answer, or null where it refuses."""
    try:
        return {**case, "expect": judge()}
    except LedgerError:
        return {**case, "expect": None}


def key(random: Random, name: str, kind: int) -> SigningKey:
    """A key that follows from the seed."""
    return SigningKey(name, kind, Ed25519PrivateKey.from_private_bytes(random.randbytes(32)))


def broken(random: Random, text: str) -> str:
    """The text with something changed in it, or as it is."""
    at = random.randrange(len(text) + 1)
    other = random.choice(ODD)
    lines = text.split("\n")
    one, two = random.randrange(len(lines)), random.randrange(len(lines))
    lines[one], lines[two] = lines[two], lines[one]
    without = [line for place, line in enumerate(text.split("\n")) if place != one]
    return random.choice(
        [text, text, text[:at] + other + text[at:], text[:at] + other + text[at + 1 :], text[:at]]
        + [text[:at] + text[at + 1 :], "\n".join(lines), "\n".join(without), text + text.split("\n")[-2] + "\n"]
    )


class Grove:
    """Trees whose leaves are all the same, which makes them as large as one likes."""

    def __init__(self) -> None:
        self.levels = [merkle.leaf_hash(b"leaf")]
        for _ in range(53):
            self.levels.append(merkle.node_hash(self.levels[-1], self.levels[-1]))

    def read(self, level: int, _index: int) -> bytes:
        """The hash of a complete subtree."""
        return self.levels[level]


def size(random: Random) -> int:
    """A tree's size, small ones more often."""
    return random.choice([random.randrange(1, 10), random.randrange(1, 300), random.randrange(1, 2**52)])


def bent(random: Random, path: list[bytes]) -> list[bytes]:
    """A path with a hash flipped, lost, doubled or out of place."""
    way, at = list(path), random.randrange(max(1, len(path)))
    if way and random.random() < 0.4:
        way[at] = bytes([way[at][0] ^ 1]) + way[at][1:]
    elif way and random.random() < 0.4:
        del way[at]
    elif random.random() < 0.5:
        way.insert(at, way[at] if way else bytes(32))
    else:
        way.reverse()
    return way


def inclusions(random: Random) -> Iterator[Case]:
    """Inclusion proofs."""
    grove = Grove()
    while True:
        count = size(random)
        index = random.randrange(count)
        said = {
            "index": index,
            "size": count,
            "leaf": grove.levels[0],
            "path": merkle.inclusion_path(index, count, grove.read),
            "root": merkle.root_at(count, grove.read),
        }
        yield inclusion(said)
        wrong = dict(said)
        match random.randrange(5):
            case 0:
                wrong["index"] = max(0, index + random.choice([-1, 1, 2, 64]))
            case 1:
                wrong["size"] = max(0, count + random.choice([-1, 1, 2, 64]))
            case 2:
                wrong["path"] = bent(random, said["path"])
            case 3:
                wrong["root"] = random.randbytes(random.choice([31, 32]))
            case 4:
                wrong["leaf"] = random.randbytes(32)
        yield inclusion(wrong)


def inclusion(said: Case) -> Case:
    """One, with Python's answer."""
    case = {**said, **{name: b64std(said[name]) for name in ("leaf", "root")}, "path": [*map(b64std, said["path"])]}
    return judged(case, lambda: merkle.verify_inclusion(**said) or True)


def consistencies(random: Random) -> Iterator[Case]:
    """Consistency proofs."""
    grove = Grove()
    while True:
        new = size(random)
        old = random.choice([random.randrange(new + 1), 0, new, 1 << random.randrange(new.bit_length())])
        said = {
            "old": old,
            "old_root": merkle.root_at(old, grove.read),
            "new": new,
            "new_root": merkle.root_at(new, grove.read),
            "path": merkle.consistency_path(old, new, grove.read),
        }
        yield consistency(said)
        wrong = dict(said)
        match random.randrange(5):
            case 0:
                wrong["old"] = max(0, old + random.choice([-1, 1, 2]))
            case 1:
                wrong["new"] = max(0, new + random.choice([-1, 1, 2]))
            case 2:
                wrong["path"] = bent(random, said["path"])
            case 3:
                wrong["new_root"] = random.choice([random.randbytes(32), merkle.EMPTY_ROOT])
            case 4:
                wrong["old_root"] = random.choice([random.randbytes(32), said["new_root"]])
        yield consistency(wrong)


def consistency(said: Case) -> Case:
    """One, with Python's answer."""
    hashes = {name: b64std(said[name]) for name in ("old_root", "new_root")}
    case = {**said, **hashes, "path": [*map(b64std, said["path"])]}
    return judged(case, lambda: merkle.verify_consistency(**said) or True)
