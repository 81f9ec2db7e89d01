"""Prints thousands of cases about the log, good and bad, with Python's verdict, for TypeScript to judge again.

`python -m tests.vectors.log_cases SEED` prints the same cases for the same seed. Nothing is kept:
`client/lib/twin.test.ts` runs it. Proofs come from trees that are as large as one likes because their leaves are all
the same; texts are the ones of `log.json`, with something changed in them.
"""

import json
import sys
from collections.abc import Iterator
from functools import partial
from random import Random
from typing import Any

from tests.vectors import log_scene as scene
from tests.vectors.make_log import (
    FILE,
    Case,
    consistency_case,
    flipped,
    holds,
    inclusion_case,
    wrong_paths,
)
from upstander.ledger import merkle
from upstander.ledger.errors import LedgerError
from upstander.ledger.notes import VerifierKey, open_note
from upstander.ledger.policy import examine, parse_policy
from upstander.ledger.proofs import parse_proof, verify_proof

LARGEST = 2**53 - 1  # leaves; what a number in a browser holds
MARKS = [
    "\n",
    "\n\n",
    " ",
    "+",
    "—",
    "=",
    "A",
    "0",
    "9",
    "\t",
    "é",
    "\x00",
    "\u2028",
    "/",
    "\u200b",
    "\ufeff",
]
LEVELS = [merkle.leaf_hash(b"leaf")]
for _ in range(53):
    LEVELS.append(merkle.node_hash(LEVELS[-1], LEVELS[-1]))


def read(level: int, _index: int) -> bytes:
    """The hash of a complete subtree of equal leaves."""
    return LEVELS[level]


def size(pick: Random) -> int:
    """A tree's size, small ones more often."""
    return pick.choice([pick.randrange(1, 10), pick.randrange(1, 300), pick.randrange(1, LARGEST)])


def near(pick: Random, value: int) -> int:
    """A number near this one, or at the ends."""
    return max(0, min(LARGEST, pick.choice([value - 1, value + 1, value + 64, value ^ 1, 0, LARGEST])))


def inclusions(pick: Random, count: int) -> Iterator[Case]:
    """Claims about an entry."""
    for _ in range(count):
        whole = size(pick)
        index = pick.randrange(whole)
        root, path = merkle.root_at(whole, read), merkle.inclusion_path(index, whole, read)
        yield inclusion_case(index, whole, LEVELS[0], path, root)
        wrong = pick.choice([*wrong_paths(path, root)])
        yield inclusion_case(index, whole, LEVELS[0], wrong, root)
        yield inclusion_case(near(pick, index), whole, LEVELS[0], path, root)
        yield inclusion_case(index, near(pick, whole), LEVELS[0], path, root)
        yield inclusion_case(index, whole, LEVELS[0], path, flipped(root, pick.randrange(8)))


def consistencies(pick: Random, count: int) -> Iterator[Case]:
    """Claims that a tree continues another."""
    for _ in range(count):
        new = size(pick)
        old = pick.choice([pick.randrange(new + 1), 0, new, 1 << pick.randrange(new.bit_length())])
        roots, path = (
            (merkle.root_at(old, read), merkle.root_at(new, read)),
            merkle.consistency_path(old, new, read),
        )
        yield consistency_case(old, roots[0], new, roots[1], path)
        wrong = pick.choice([*wrong_paths(path, roots[1])])
        yield consistency_case(old, roots[0], new, roots[1], wrong)
        yield consistency_case(near(pick, old), roots[0], new, roots[1], path)
        yield consistency_case(old, roots[0], near(pick, new), roots[1], path)
        yield consistency_case(old, pick.choice([roots[1], merkle.EMPTY_ROOT]), new, roots[1], path)
        yield consistency_case(old, roots[0], new, pick.choice([roots[0], flipped(roots[1])]), path)


def changed(pick: Random, text: str) -> str:
    """The text with one thing changed in it."""
    at, mark = pick.randrange(len(text) + 1), pick.choice(MARKS)
    lines = text.split("\n")
    one, two = pick.randrange(len(lines)), pick.randrange(len(lines))
    match pick.randrange(8):
        case 7:
            return text
        case 0:
            return text[:at] + mark + text[at:]
        case 1:
            return text[:at] + mark + text[at + 1 :]
        case 2:
            return text[:at] + text[at + 1 :]
        case 3:
            return text[:at]
        case 4:
            lines[one], lines[two] = lines[two], lines[one]
        case 5:
            lines.insert(one, lines[two])
        case _:
            del lines[one]
    return "\n".join(lines)


def said_of_note(note: str, keys: list[VerifierKey]) -> Any:
    """The signatures that are found, or None where the note is refused."""
    try:
        return [[str(made.key), made.timestamp] for made in open_note(note, *keys).signatures]
    except LedgerError:
        return None


def said_of_checkpoint(note: str) -> Any:
    """Who signed, under the scene's policy, or None where it is refused."""
    try:
        found = examine(parse_policy(scene.POLICY), note)
        return {"signed": dict(found.signed), "missing": [*found.missing], "enough": found.enough}
    except LedgerError:
        return None


def texts(pick: Random, count: int) -> Case:
    """Notes, checkpoints, verifier keys, policies and proofs: those that were kept, each changed once or twice."""
    kept = json.loads(FILE.read_text("utf-8"))
    policy = parse_policy(scene.POLICY)

    def proves(text: str) -> None:
        verify_proof(parse_proof(text), scene.LEAF.hash, policy)

    def some(name: str, field: str) -> list[tuple[Case, str]]:
        good = [case for case in kept[name] if case.get("ok") or case.get("signed") or case.get("examined")]
        chosen = [pick.choice(good) for _ in range(count)]
        return [
            (
                case,
                changed(pick, case[field])
                if pick.random() < 0.7
                else changed(pick, changed(pick, case[field])),
            )
            for case in chosen
        ]

    def keys_of(case: Case) -> list[VerifierKey]:
        return [VerifierKey.parse(key) for key in case["keys"]]

    return {
        "vkeys": [
            {"vkey": text, "ok": holds(partial(VerifierKey.parse, text))} for _, text in some("vkeys", "vkey")
        ],
        "policies": [
            {"text": text, "ok": holds(partial(parse_policy, text)), "enough": []}
            for _, text in some("policies", "text")
        ],
        "notes": [
            {"note": text, "keys": case["keys"], "signed": said_of_note(text, keys_of(case))}
            for case, text in some("notes", "note")
        ],
        "examined": [
            {"note": text, "examined": said_of_checkpoint(text)} for _, text in some("examined", "note")
        ],
        "proofs": [
            {
                "proof": text,
                "leaf": case["leaf"],
                "ok": holds(partial(proves, text)),
            }
            for case, text in some("proofs", "proof")
        ],
    }


def main() -> None:
    """Prints all cases as one JSON object."""
    pick = Random(int(sys.argv[1]))
    cases = {
        "inclusion": [*inclusions(pick, 300)],
        "consistency": [*consistencies(pick, 300)],
        **texts(pick, 200),
        "policy": scene.POLICY,
    }
    print(json.dumps(cases))


if __name__ == "__main__":
    main()
