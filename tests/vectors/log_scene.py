"""The log of the vectors: its keys, three witnesses, a policy, and trees of numbered leaves. No secret in it."""

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.vectors import scene
from upstander.ledger import leaf as leaves
from upstander.ledger import merkle
from upstander.ledger.checkpoint import Checkpoint, cosign, origin_of, sign_checkpoint
from upstander.ledger.logpolicy import LogEntry, Watching, make_log_policy, make_watching
from upstander.ledger.notes import COSIGNATURE, ED25519, SigningKey, parse_note
from upstander.ledger.promise import make_promise
from upstander.ledger.proofs import Proof
from upstander.ledger.receipt import make_receipt
from upstander.ledger.tiles import TileReader, tiles_between

TIME = 1_795_521_600  # seconds since 1970: 24 November 2026, noon


def key(name: str, kind: int) -> SigningKey:
    """A key for a name."""
    return SigningKey(name, kind, Ed25519PrivateKey.from_private_bytes(scene.seed(f"note key {name} {kind}")))


ORIGINS = [origin_of(scene.INSTALLATION, generation) for generation in (1, 2)]
OLD, LOG = (key(origin, ED25519) for origin in ORIGINS)
WITNESSES = {name: key(f"witness.example/{name}", COSIGNATURE) for name in ("w1", "w2", "w3")}
STRANGER = key("witness.example/stranger", COSIGNATURE)
POLICY = "".join(
    (
        f"log {OLD.verifier}\n",
        f"log {LOG.verifier}\n",
        *(f"witness {name} {one.verifier} https://{name}.example/\n" for name, one in WITNESSES.items()),
        "group enough 2 w1 w2 w3\n",
        "quorum enough\n",
    )
)
LOG_POLICY = make_log_policy(
    installation=scene.INSTALLATION,
    logs=[
        LogEntry(ORIGINS[0], (OLD.verifier,), "/log/1/", 7),
        LogEntry(ORIGINS[1], (LOG.verifier,), "/log/2/", None),
    ],
    policy=POLICY,
    beat=86_400,
    key=scene.INSTALLATION_KEY,
)


class Tree:
    """A tree over these leaf hashes, stored whole."""

    def __init__(self, hashes: list[bytes]) -> None:
        self.hashes, self.size = hashes, len(hashes)
        self.root = merkle.root_of(hashes)

    def read(self, level: int, index: int) -> bytes:
        """The hash of a complete subtree."""
        return merkle.root_of(self.hashes[index << level : (index + 1) << level])

    def path(self, index: int) -> list[bytes]:
        """The inclusion path of a leaf."""
        return merkle.inclusion_path(index, self.size, self.read)

    def reader(self) -> TileReader:
        """Reads it out of tiles."""
        rows = {tile: self._tile(*tile) for tile in tiles_between(0, self.size)}
        return TileReader(lambda *tile: rows[tile], self.size)

    def _tile(self, level: int, index: int, width: int) -> bytes:
        return b"".join(self.read(8 * level, index * 256 + at) for at in range(width))


def tree(size: int, salt: str = "") -> Tree:
    """A tree of so many numbered leaves."""
    return Tree([merkle.leaf_hash(f"leaf {number}{salt}".encode()) for number in range(size)])


def note(head: Checkpoint, *witnesses: SigningKey, log: SigningKey = LOG, at: int = TIME) -> str:
    """The head as a note, signed by the log and cosigned by these."""
    signed = sign_checkpoint(head, log)
    return str(parse_note(signed).with_lines(cosign(signed, one, at) for one in witnesses))


FIELDS = {"case": scene.CASE, "envelope": scene.seed("envelope").hex(), "kind": "message", "uploads": []}
LABEL, SALT = leaves.label_and_salt(scene.RECEIPT.log, 2)
LEAF = leaves.Leaf(
    "answered",
    scene.DAY,
    LABEL,
    leaves.commitment(SALT, leaves.digest("message", **{k: v for k, v in FIELDS.items() if k != "kind"})),
    leaves.label_and_salt(scene.RECEIPT.log, 1)[0],
)
PROMISE = make_promise(
    scene.id_("act 2"),
    scene.DAY,
    "marlshire",
    LEAF.hash.hex(),
    scene.INSTALLATION,
    scene.INSTALLATION_KEY,
)
RECEIPT_TREE = Tree([*tree(12).hashes, LEAF.hash, *tree(8, " more").hashes])
RECEIPT_HEAD = Checkpoint(ORIGINS[1], RECEIPT_TREE.size, RECEIPT_TREE.root)
PROOF = Proof(12, RECEIPT_TREE.path(12), note(RECEIPT_HEAD, WITNESSES["w1"], WITNESSES["w3"]))
WATCHING = make_watching(
    Watching("2026-11-25", LEAF.hash.hex(), scene.INSTALLATION, WITNESSES["w1"].name), WITNESSES["w1"]
)


def receipt(**changes: object) -> bytes:
    """The saved receipt, with some of its parts changed."""
    parts = {
        "fields": FIELDS,
        "salt": SALT,
        "leaf": LEAF,
        "promise": PROMISE,
        "proof": str(PROOF),
        "policy": LOG_POLICY,
    }
    return make_receipt(**{**parts, **changes})  # type: ignore[arg-type]
