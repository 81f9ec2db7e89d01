"""Writes `py/log.json`: cases about the log, good and bad, on which both verifiers must agree.

Run it from the root: `python -m tests.vectors.make_log`. Always the same bytes. Its form is in `README.md`.
"""

import json
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from tests.vectors import log_scene as scene
from tests.vectors.log_scene import LOG, LOG_POLICY, POLICY, STRANGER, WITNESSES, Tree
from tests.vectors.make_py import text_of
from tests.vectors.scene import INSTALLATION_SIGN
from upstander.formats import canonical, statements
from upstander.formats.errors import FormatError
from upstander.ledger import leaf as leaves
from upstander.ledger import merkle, tiles
from upstander.ledger.checkpoint import Checkpoint
from upstander.ledger.errors import LedgerError
from upstander.ledger.logpolicy import read_log_policy, read_watching
from upstander.ledger.notes import VerifierKey, b64std, open_note, parse_note, sign_note
from upstander.ledger.policy import examine, parse_policy
from upstander.ledger.proofs import parse_proof, verify_proof
from upstander.ledger.receipt import read_receipt, verify_receipt

FILE = Path(__file__).parent / "py/log.json"
Case = dict[str, Any]


def holds(check: Callable[[], object]) -> bool:
    """Whether Python's verifier accepts it."""
    try:
        check()
    except (LedgerError, FormatError):
        return False
    return True


def flipped(data: bytes, bit: int = 0) -> bytes:
    """With one bit changed."""
    return bytes([data[0] ^ 1 << bit]) + data[1:]


def wrong_paths(path: list[bytes], stray: bytes) -> Iterator[list[bytes]]:
    """Paths that are nearly right."""
    if path:
        yield path[1:]
        yield path[:-1]
        yield [flipped(path[0]), *path[1:]]
        yield [*path[:-1], flipped(path[-1], 7)]
        yield path[::-1] if path[::-1] != path else [*path, *path]
    yield [*path, stray]
    yield [stray, *path]


def inclusion_case(index: int, size: int, leaf: bytes, path: list[bytes], root: bytes) -> Case:
    """One claim about an entry, with Python's verdict."""
    ok = holds(lambda: merkle.verify_inclusion(index=index, size=size, leaf=leaf, path=path, root=root))
    return {
        "index": index,
        "size": size,
        "leaf": b64std(leaf),
        "path": [*map(b64std, path)],
        "root": b64std(root),
        "ok": ok,
    }


def inclusion_cases(tree: Tree, index: int, pick: random.Random) -> Iterator[Case]:
    """The right claim about an entry, and some that are nearly right."""
    path, leaf = tree.path(index), tree.hashes[index]
    right = inclusion_case(index, tree.size, leaf, path, tree.root)
    assert right["ok"]
    yield right
    bad = [
        *((index, tree.size, leaf, wrong, tree.root) for wrong in wrong_paths(path, tree.root)),
        (index, tree.size, flipped(leaf), path, tree.root),
        (index, tree.size, leaf, path, flipped(tree.root, 3)),
        (index ^ 1, tree.size, leaf, path, tree.root),
        (index + tree.size, tree.size, leaf, path, tree.root),
        (index, 2 * tree.size, leaf, path, tree.root),
        (index, index, leaf, path, tree.root),
    ]
    for one in pick.sample(bad, 3):
        case = inclusion_case(*one)
        assert not case["ok"]
        yield case


def consistency_case(old: int, old_root: bytes, new: int, new_root: bytes, path: list[bytes]) -> Case:
    """One claim that a tree continues another, with Python's verdict."""
    ok = holds(
        lambda: merkle.verify_consistency(old=old, old_root=old_root, new=new, new_root=new_root, path=path)
    )
    return {
        "old": old,
        "old_root": b64std(old_root),
        "new": new,
        "new_root": b64std(new_root),
        "path": [*map(b64std, path)],
        "ok": ok,
    }


def consistency_cases(old: Tree, new: Tree, pick: random.Random) -> Iterator[Case]:
    """The right claim about two trees, and some that are nearly right."""
    path = merkle.consistency_path(old.size, new.size, new.read)
    right = consistency_case(old.size, old.root, new.size, new.root, path)
    assert right["ok"]
    yield right
    bad = [
        *((old.size, old.root, new.size, new.root, wrong) for wrong in wrong_paths(path, new.root)),
        (old.size, flipped(old.root), new.size, new.root, path),
        (new.size + 1, old.root, new.size, new.root, path),
    ]
    if old.size:  # every tree continues the empty one
        bad.append((old.size, old.root, new.size, flipped(new.root, 6), path))
    if old.size != new.size:
        bad.append((old.size, new.root, new.size, old.root, path))
    for one in pick.sample(bad, 3):
        case = consistency_case(*one)
        assert not case["ok"]
        yield case


def checkpoint_cases() -> Iterator[Case]:
    """Texts of checkpoints."""
    head = Checkpoint(LOG.name, 21, scene.RECEIPT_TREE.root)
    good = head.body()
    empty = Checkpoint(LOG.name, 0, merkle.EMPTY_ROOT).body()
    origin, size, root, _ = good.split("\n")
    texts = [
        good,
        empty,
        good + "more\n",
        Checkpoint(LOG.name, merkle.LARGEST, head.root).body(),
        good[:-1],
        good + "\n",
        f"\n{size}\n{root}\n",
        f"{origin}\n\n{root}\n",
        f"{origin}\n021\n{root}\n",
        f"{origin}\n-1\n{root}\n",
        f"{origin}\n 21\n{root}\n",
        f"{origin}\n2_1\n{root}\n",
        f"{origin}\n٢١\n{root}\n",
        f"{origin}\n{2**63}\n{root}\n",
        f"{origin}\n{10**30}\n{root}\n",
        f"{origin}\n0\n{root}\n",
        f"{origin}\n{size}\n{root[:-1]}\n",
        f"{origin}\n{size}\n{root[:-2]}d=\n",
        f"{origin}\n{size}\n{root.replace('+', '-').replace('/', '_')}\n",
        f"{origin}\n{size}\n{b64std(head.root[:-1])}\n",
        f"{origin}\n{size}\n",
        "",
    ]
    for text in texts:
        try:
            parsed = Checkpoint.parse(text)
            said: Any = {"origin": parsed.origin, "size": str(parsed.size), "root": b64std(parsed.root)}
        except LedgerError:
            said = None
        yield {"text": text, "checkpoint": said}


def note_cases() -> Iterator[Case]:
    """Notes, the keys one knows, and the signatures one finds; null: the note is refused."""
    one, two = WITNESSES["w1"], WITNESSES["w2"]
    head = Checkpoint(LOG.name, 21, scene.RECEIPT_TREE.root)
    good = scene.note(head, one, two, STRANGER)
    blank, other = sign_note("text\n\nmore\n", LOG), scene.note(head, log=LOG, at=1)
    lines = good.splitlines(keepends=True)
    later = str(parse_note(sign_note(head.body(), LOG)).with_lines([one.sign(head.body(), scene.TIME + 1)]))
    known = [key.verifier for key in (LOG, one, two)]
    same_name = scene.key(one.name, LOG.kind)
    cases: list[tuple[str, list[VerifierKey]]] = [
        (good, known),
        (good, known[:1]),
        (good, known[1:]),
        (good, []),
        (good, [scene.OLD.verifier]),
        (good, [same_name.verifier, LOG.verifier]),
        (blank, known),
        (other, known),
        (later, known),
        (good.replace("\n21\n", "\n22\n"), known),
        ("".join((*lines[:5], lines[4], *lines[5:])), known),
        ("".join(lines[:4]) + lines[5], known),
        ("".join(lines[:4]), known),
        ("".join(lines[:3]) + "".join(lines[4:]), known),
        (good[:-1], known),
        (good + "\n", known),
        (good + "x\n", known),
        (good.replace("— ", "- "), known),
        (good.replace("\n", "\r\n"), known),
        (good.replace("upstander", "up\tstander"), known),
        (good.replace(lines[4], lines[4].replace(" " + lines[4].split()[2][:2], " AA")), known),
        (good.replace(lines[5], lines[5][:-3] + "\n"), known),
        (good.replace(lines[4].split()[2], b64std(bytes(68))), known),
        (
            good.replace(
                lines[5].split()[2], b64std(one.verifier.id + bytes(72)) if one.name in lines[5] else "AAAA"
            ),
            known,
        ),
        (good + lines[-1] * 64, known),
        ("", known),
        ("\n\n", known),
    ]
    for note, keys in cases:
        try:
            found = open_note(note, *keys).signatures
            signed: Any = [[str(made.key), made.timestamp] for made in found]
        except LedgerError:
            signed = None
        yield {"note": note, "keys": [str(key) for key in keys], "signed": signed}


def vkey_cases() -> Iterator[Case]:
    """Verifier keys."""
    good = [str(LOG.verifier), str(WITNESSES["w1"].verifier)]
    vkey = good[0]
    name, id_, key = vkey.split("+", 2)
    ml_dsa = "w+5b2f6e3a+Bg" + "A" * 1749 + "="
    bad = [
        "",
        name,
        f"{name}+{id_}",
        f"{name}+{id_.upper()}+{key}",
        f"{name}+00000000+{key}",
        f"{name} +{id_}+{key}",
        f"{name}x+{id_}+{key}",
        f"+{id_}+{key}",
        f"{name}+{id_}+{key[:-1]}",
        f"{name}+{id_}+{key}=",
        f"{name}+{id_}+{key}\n",
        f"{name}+{id_}+A{key}",
        f"{name}+{id_}+",
        ml_dsa,
    ]
    for text in (*good, *bad):
        ok = holds(lambda text=text: VerifierKey.parse(text))
        assert ok == (text in good)
        yield {"vkey": text, "ok": ok}


def policy_cases() -> Iterator[Case]:
    """Policies, and for those that are one, which witnesses are enough."""
    w1, w2, w3 = (str(one.verifier) for one in WITNESSES.values())
    three = f"witness w1 {w1}\nwitness w2 {w2}\nwitness w3 {w3}\n"
    good = [
        POLICY,
        "quorum none\n",
        f"# a comment\n\n \t\nlog\t{LOG.verifier}   https://log.example/ \nquorum none\n",
        f"witness \u212a {w1}\nwitness K {w2}\nquorum K\n",
        f"{three}group any any w1 w2\ngroup all all any w3\nquorum all\n",
        f"{three}group g 1 w1\ngroup h 2 g w2 w3\nquorum h\n",
        f"{three}group g all w1 w2 w3\nquorum g\n",
        f"{three}quorum w2\n",
        f"{three}quorum none\nlog {LOG.verifier}\n",
    ]
    bad = [
        "",
        three,
        POLICY[:-1],
        POLICY + "quorum none\n",
        POLICY + "more\n",
        "quorum nobody\n",
        "quorum\n",
        "quorum none none\n",
        "Quorum none\n",
        "quorum\u00a0none\n",
        "quorum none\r\n",
        "quorum none\f\n",
        f"log {w1}\nquorum none\n",
        f"log {LOG.verifier}\nlog {LOG.verifier}\nquorum none\n",
        f"log {LOG.verifier} a b\nquorum none\n",
        f"witness w {LOG.verifier}\nquorum none\n",
        f"witness none {w1}\nquorum none\n",
        f"witness a {w1}\nwitness b {w1}\nquorum none\n",
        f"witness a {w1}\nwitness a {w2}\nquorum none\n",
        f"{three}group g 0 w1\nquorum g\n",
        f"{three}group g 2 w1\nquorum g\n",
        f"{three}group g 01 w1\nquorum g\n",
        f"{three}group g one w1\nquorum g\n",
        f"{three}group g any\nquorum g\n",
        f"{three}group g any none\nquorum g\n",
        f"{three}group g any w4\nquorum g\n",
        f"{three}group g any w1 w1\nquorum g\n",
        f"{three}group g any g\nquorum g\n",
        f"{three}group g any w1\ngroup h any w1\nquorum g\n",
        f"{three}group w1 any w2\nquorum w1\n",
        f"quorum w1\n{three}",
        three + "#" * 70_000 + "\nquorum none\n",
    ]
    for text in (*good, *bad[:-1]):
        try:
            policy = parse_policy(text)
        except LedgerError:
            assert text in bad, text
            yield {"text": text, "ok": False, "enough": []}
            continue
        assert text in good
        names = [*policy.witnesses]
        some = [
            [name for at, name in enumerate(names) if which >> at & 1] for which in range(1 << len(names))
        ]
        yield {"text": text, "ok": True, "enough": [[one, policy.satisfied(one)] for one in some]}


def examined_cases() -> Iterator[Case]:
    """Checkpoints under the scene's policy: who signed, who did not, whether it is enough; null: refused."""
    head = Checkpoint(LOG.name, 21, scene.RECEIPT_TREE.root)
    everybody = list(WITNESSES.values())
    full = scene.note(head, *everybody)
    unsigned = parse_note(full)
    without_log = unsigned.text + "\n" + "".join(unsigned.lines[1:])
    notes = [
        scene.note(head),
        scene.note(head, everybody[0]),
        scene.note(head, everybody[2], everybody[0]),
        full,
        scene.note(head, STRANGER),
        scene.note(Checkpoint(scene.ORIGINS[0], 7, head.root), everybody[1], log=scene.OLD),
        without_log,
        scene.note(Checkpoint("example.com/log", 1, head.root), log=scene.key("example.com/log", LOG.kind)),
        sign_note(Checkpoint(scene.ORIGINS[0], 7, head.root).body(), LOG),
        full.replace(unsigned.lines[2].split()[2][10:20], "A" * 10),
        sign_note("not a checkpoint\n", LOG),
    ]
    policy = parse_policy(POLICY)
    for note in notes:
        try:
            found = examine(policy, note)
            said: Any = {"signed": dict(found.signed), "missing": [*found.missing], "enough": found.enough}
        except LedgerError:
            said = None
        yield {"note": note, "examined": said}


def proof_cases() -> Iterator[Case]:
    """Proofs of the scene's leaf under its policy."""
    good = str(scene.PROOF)
    lines = good.split("\n")
    extra = "\n".join((lines[0], "extra AAAA", *lines[1:]))
    few = scene.Proof(12, scene.PROOF.path, scene.note(scene.RECEIPT_HEAD, WITNESSES["w2"]))
    texts = [
        good,
        extra,
        str(few),
        good.replace("index 12", "index 13"),
        good.replace("index 12", "index 012"),
        good.replace("index 12\n", ""),
        good.replace("@v1", "@v2"),
        good.replace(lines[3] + "\n", ""),
        good.replace(lines[3], lines[4]),
        good.replace(lines[3], lines[3][:-1]),
        good.replace(lines[3], "extra AAAA"),
        extra.replace("AAAA", ""),
        extra.replace("AAAA", "AAA"),
        good.replace("\n\n", "\n", 1),
        good.replace("\n21\n", "\n22\n"),
        good + "\n",
        good[:-1],
        "\n".join((*lines[:2], *[lines[2]] * 64, *lines[7:])),
        "",
    ]
    policy = parse_policy(POLICY)
    for place, text in enumerate(texts):
        ok = holds(lambda text=text: verify_proof(parse_proof(text), scene.LEAF.hash, policy))
        assert ok == (place < 2), text
        yield {"proof": text, "leaf": b64std(scene.LEAF.hash), "ok": ok}


def receipt_cases() -> Iterator[Case]:
    """Saved receipts: `proved`, `promised` where there is no proof yet, or null: refused."""
    fields, leaf = scene.FIELDS, scene.LEAF
    other = leaves.Leaf(leaf.shown, leaf.day, leaf.label, "0" * 64, leaf.of)
    good = scene.receipt()
    body = canonical.decode_object(good[:-1])
    stranger = statements.sign("promise", statements.peek(scene.PROMISE, "promise"), WITNESSES["w1"].private)
    files = [
        good,
        scene.receipt(proof=""),
        scene.receipt(salt=bytes(32)),
        scene.receipt(fields={**fields, "envelope": "0" * 64}),
        scene.receipt(fields={**fields, "kind": "note"}),
        scene.receipt(fields={**fields, "more": 1}),
        scene.receipt(fields={key: value for key, value in fields.items() if key != "kind"}),
        scene.receipt(leaf=other),
        scene.receipt(promise=stranger),
        scene.receipt(promise=scene.PROMISE[:-1]),
        scene.receipt(proof=str(scene.PROOF).replace("index 12", "index 11")),
        scene.receipt(proof="nonsense"),
        scene.receipt(policy=LOG_POLICY.replace("86400", "86401")),
        canonical.encode({**body, "format": "upstander/proof/v2"}) + b"\n",
        canonical.encode({**body, "leaf": {**body["leaf"], "kind": "note"}}) + b"\n",  # type: ignore[dict-item]
        canonical.encode({**body, "more": 1}) + b"\n",
        good[:-1],
        good + b"\n",
        b"",
        b"{}\n",
    ]
    for place, data in enumerate(files):
        try:
            receipt = read_receipt(data)
            said = "promised"
            if receipt.proof is not None:
                verify_receipt(receipt, receipt.policy.policy)
                said = "proved"
        except LedgerError:
            said = None
        assert (said is None) == (place >= 2), (place, said)
        yield {"file": data.decode(), "said": said}


def statement_cases() -> Iterator[Case]:
    """Statements about logs and about watching, with the key that has to have signed them."""
    key, witness = scene.scene.INSTALLATION_KEY, WITNESSES["w1"]
    body = statements.peek(LOG_POLICY, "log-policy")

    def changed(**changes: Any) -> str:
        return statements.sign("log-policy", {**body, **changes}, key)

    logs = body["logs"]
    policies = [
        LOG_POLICY,
        LOG_POLICY[:-1],
        changed(beat=0),
        changed(logs=[]),
        changed(logs=logs[:1]),
        changed(logs=logs[::-1]),
        changed(logs=[logs[0], {**logs[1], "closed": 3}]),
        changed(logs=[logs[0], {**logs[1], "url": "https://elsewhere.example/"}]),
        changed(logs=[logs[0], {**logs[1], "url": "//elsewhere.example/"}]),
        changed(logs=[logs[0], {**logs[1], "keys": []}]),
        changed(logs=[logs[0], {**logs[1], "keys": logs[0]["keys"]}]),
        changed(policy="quorum none\n"),
        changed(installation="another"),
        changed(sign=""),
        statements.sign("log-policy", body, witness.private),
    ]
    for place, text in enumerate(policies):
        ok = holds(lambda text=text: read_log_policy(text, INSTALLATION_SIGN))
        assert ok == (place == 0), place
        yield {"kind": "log-policy", "text": text, "key": INSTALLATION_SIGN, "ok": ok}
    said = statements.peek(scene.WATCHING, "watching")
    watchings = [
        scene.WATCHING,
        statements.sign("watching", {**said, "witness": "another"}, witness.private),
        statements.sign("watching", {**said, "by": "2026-11-31"}, witness.private),
        statements.sign("watching", {**said, "leaf": ""}, witness.private),
        statements.sign("watching", said, WITNESSES["w2"].private),
    ]
    for place, text in enumerate(watchings):
        ok = holds(lambda text=text: read_watching(text, witness.verifier))
        assert ok == (place == 0), place
        yield {"kind": "watching", "text": text, "key": str(witness.verifier), "ok": ok}


def leaf_cases() -> Iterator[Case]:
    """Entries of the log."""
    good = [scene.LEAF.data, leaves.leaf_bytes("restricted", scene.LEAF.day, scene.LABEL, "0" * 64)]
    text = good[1].decode()
    bad = [
        text[:-1],
        text + "\n",
        text.replace("restricted", "note"),
        text.replace("restricted", "answered"),
        text.replace("restricted", "nothing"),
        text.replace("2026-11-23", "2026-11-31"),
        text.replace("2026-11-23", "26-11-2023"),
        text.replace("v1", "v2"),
        text.replace(":", ": ", 1),
        text.replace(scene.LABEL, scene.LABEL.upper()),
        text.replace(scene.LABEL, scene.LABEL[:-1]),
        good[0].decode().replace("answered", "message"),
        "",
    ]
    for entry in (*(one.decode() for one in good), *bad):
        ok = holds(lambda entry=entry: leaves.read_leaf(entry.encode()))
        assert ok == (entry.encode() in good), entry
        yield {"entry": entry, "hash": b64std(merkle.leaf_hash(entry.encode())), "ok": ok}


def tile_cases() -> Iterator[Case]:
    """Paths of tiles; null: it is none."""
    paths = [
        tiles.tile_path(*one) for one in ((0, 0), (7, 256, 1), (63, 1_234_067, 255), ("entries", 999, 256))
    ]
    bad = [
        "tile/0/1",
        "tile/64/000",
        "tile/00/000",
        "tile/0/000.p/256",
        "tile/0/x000/000",
        "tile/0/000/",
        "tile",
    ]
    for path in (*paths, *bad):
        try:
            said: Any = [*tiles.parse_tile_path(path)]
        except LedgerError:
            said = None
        assert (said is None) == (path in bad), path
        yield {"path": path, "tile": said}


def log_json() -> Case:
    """All cases."""
    pick = random.Random(20261123)
    trees = {size: scene.tree(size) for size in (1, 2, 3, 4, 5, 7, 8, 13, 64, 65, 300)}
    places = [(size, index) for size in trees for index in sorted({0, size // 2, size - 1})]
    pairs = [(old, new) for new in trees for old in (0, *trees) if old <= new]
    trees[0] = scene.tree(0)
    return {
        "policy": POLICY,
        "log_policy": LOG_POLICY,
        "inclusion": [one for size, index in places for one in inclusion_cases(trees[size], index, pick)],
        "consistency": [
            one
            for old, new in pick.sample(pairs, 36)
            for one in consistency_cases(trees[old], trees[new], pick)
        ],
        "checkpoints": [*checkpoint_cases()],
        "notes": [*note_cases()],
        "vkeys": [*vkey_cases()],
        "policies": [*policy_cases()],
        "examined": [*examined_cases()],
        "proofs": [*proof_cases()],
        "receipts": [*receipt_cases()],
        "statements": [*statement_cases()],
        "leaves": [*leaf_cases()],
        "tiles": [*tile_cases()],
    }


def main() -> None:
    """Writes the file."""
    FILE.write_text(text_of(log_json()), "utf-8")
    counts = {name: len(cases) for name, cases in log_json().items() if isinstance(cases, list)}
    print(json.dumps(counts), sum(counts.values()))


if __name__ == "__main__":
    main()
