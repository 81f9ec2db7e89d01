"""The tree: reference roots, published proofs, and every proof of small trees, right and wrong."""

import base64
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.ledger.trees import hashes, reader_of, root_by_definition
from upstander.ledger import merkle
from upstander.ledger.errors import LedgerError

ROOT = Path(__file__).parents[2]
PUBLISHED = next(
    (path for near in ("..", "../..") if (path := ROOT / near / "shared/vectors/merkle").is_dir()), None
)

# The reference leaves of Certificate Transparency, and the roots over the first 0 to 8 of them.
REFERENCE = [
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def test_reference_roots():
    row = [merkle.leaf_hash(bytes.fromhex(leaf)) for leaf in REFERENCE]
    assert [merkle.root_of(row[:size]).hex() for size in range(9)] == ROOTS


def published(kind: str) -> list[Path]:
    return sorted((PUBLISHED / kind).rglob("*.json")) if PUBLISHED else []


def load(path: Path) -> dict:
    vector = json.loads(path.read_text("utf-8"))
    return {
        name: [base64.b64decode(one) for one in value or ()] if name == "proof" else value
        for name, value in vector.items()
    } | {name: base64.b64decode(vector[name]) for name in vector if "oot" in name or name == "leafHash"}


@pytest.mark.skipif(PUBLISHED is None, reason="transparency-dev/merkle's published proofs are not here.")
def test_published_proofs():
    tried = {True: 0, False: 0}
    for kind in ("inclusion", "consistency"):
        for path in published(kind):
            vector = load(path)
            wrong = vector["wantErr"]
            # Their verifier takes roots of any length when both trees are one; here a root is a hash.
            if "equal-one-and-proof-is-empty" in path.name:
                wrong = True
            try:
                check_published(kind, vector)
            except LedgerError:
                assert wrong, path
            else:
                assert not wrong, path
            tried[wrong] += 1
    assert tried[True] > 150
    assert tried[False] == 11


def check_published(kind: str, vector: dict) -> None:
    if kind == "inclusion":
        merkle.verify_inclusion(
            index=vector["leafIdx"],
            size=vector["treeSize"],
            leaf=vector["leafHash"],
            path=vector["proof"],
            root=vector["root"],
        )
    else:
        merkle.verify_consistency(
            old=vector["size1"],
            old_root=vector["root1"],
            new=vector["size2"],
            new_root=vector["root2"],
            path=vector["proof"],
        )


def test_every_inclusion_in_small_trees_and_no_other_entry():
    row = hashes(35)
    for size in range(1, 36):
        root, read = root_by_definition(row[:size]), reader_of(row[:size])
        for index in range(size):
            path = merkle.inclusion_path(index, size, read)
            merkle.verify_inclusion(index=index, size=size, leaf=row[index], path=path, root=root)
            for other in {index ^ 1, index + 1, size - 1 - index} - {index}:
                with pytest.raises(LedgerError):
                    merkle.verify_inclusion(index=other, size=size, leaf=row[index], path=path, root=root)


def test_every_consistency_of_small_trees_and_no_other_history():
    row, other = hashes(35), hashes(35, " changed")
    for new in range(36):
        root, read = root_by_definition(row[:new]), reader_of(row[:new])
        for old in range(new + 1):
            path = merkle.consistency_path(old, new, read)
            merkle.verify_consistency(
                old=old, old_root=root_by_definition(row[:old]), new=new, new_root=root, path=path
            )
            if old:
                forked = root_by_definition([*row[: old - 1], other[old - 1]])
                with pytest.raises(LedgerError):
                    merkle.verify_consistency(old=old, old_root=forked, new=new, new_root=root, path=path)


@given(st.integers(0, 600), st.integers(0, 600))
def test_an_edge_grows_into_the_same_tree(first, second):
    row = hashes(first + second)
    edge = merkle.Edge.empty()
    edge.extend(row[:first])
    again = merkle.Edge(edge.size, list(edge.hashes))
    again.extend(row[first:])
    assert edge.root() == root_by_definition(row[:first])
    assert again.root() == root_by_definition(row)
    assert again == merkle.Edge.of(len(row), reader_of(row))
    assert merkle.root_at(first, reader_of(row)) == edge.root()


@given(st.integers(0, 80), st.integers(0, 80), st.lists(st.binary(min_size=31, max_size=33), max_size=8))
def test_made_up_proofs_prove_nothing(first, second, path):
    row = hashes(80)
    with pytest.raises(LedgerError):
        merkle.verify_inclusion(index=first, size=second, leaf=row[0], path=path, root=bytes(32))
    with pytest.raises(LedgerError):
        merkle.verify_consistency(old=first, old_root=row[0], new=second, new_root=bytes(32), path=path)


def test_errors_say_which_tree():
    row = hashes(8)
    path = merkle.inclusion_path(3, 8, reader_of(row))
    cases = [
        ({"index": 3, "path": path[:-1]}, "entry 3 in a tree of 8 is too short"),
        ({"index": 3, "path": [*path, row[0]]}, "entry 3 in a tree of 8 is too long"),
        ({"index": 3, "path": path, "root": bytes(32)}, "entry 3 in a tree of 8 does not lead to its root"),
        ({"index": 8, "path": path}, "no entry 8 in a tree of 8"),
        ({"index": 3, "path": [b"short"]}, "at most 63 hashes of 32 bytes"),
        ({"index": 3, "path": path, "leaf": b"short"}, "leaf is not a hash"),
    ]
    right = {"size": 8, "leaf": row[3], "root": merkle.root_of(row)}
    for changes, words in cases:
        with pytest.raises(LedgerError, match=words):
            merkle.verify_inclusion(**{**right, **changes})
