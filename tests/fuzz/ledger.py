"""Coverage-guided fuzzing of everything the log room parses from outside: only the room's own errors may come out.

    python -m pip install atheris            (not among the tests' own packages: it is run by hand)
    python -m tests.fuzz.ledger tests/fuzz/corpus -max_total_time=600

Begins with the shared vectors (tests/vectors/py/log.json) as seeds, written into the corpus folder.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["upstander"]):
    from upstander.formats.errors import FormatError
    from upstander.ledger import (
        checkpoint,
        leaf,
        logpolicy,
        notes,
        policy,
        promise,
        proofs,
        receipt,
        tiles,
        witness,
    )
    from upstander.ledger.errors import LedgerError

KEY = "A" * 43
TEXTS = (
    notes.parse_note,
    notes.VerifierKey.parse,
    checkpoint.Checkpoint.parse,
    checkpoint.split_origin,
    policy.parse_policy,
    proofs.parse_proof,
    tiles.parse_tile_path,
    witness.parse_request,
    logpolicy.read_log_policy,
    lambda text: promise.read_promise(text, KEY),
)
BYTES = (
    leaf.read_leaf,
    receipt.read_receipt,
    lambda data: tiles.unpack_entries(data[1:], data[0] if data else 0),
    lambda data: tiles.split_tile(data, len(data) // 32),
)


def one(data: bytes) -> None:
    """Tries the input on every parser; whatever is not refused in the room's own words is found."""
    text = data.decode("utf-8", "replace")
    for readers, given in ((TEXTS, text), (BYTES, data)):
        for read in readers:
            try:
                read(given)  # type: ignore[arg-type, operator]
            except (LedgerError, FormatError):
                continue


def seeds(folder: Path) -> None:
    """The shared vectors as files."""
    folder.mkdir(parents=True, exist_ok=True)
    vectors = json.loads((Path(__file__).parents[1] / "vectors/py/log.json").read_text("utf-8"))
    found: list[str] = []

    def gather(value: object) -> None:
        if isinstance(value, str):
            found.append(value)
        elif isinstance(value, dict):
            for part in value.values():
                gather(part)
        elif isinstance(value, list):
            for part in value:
                gather(part)

    gather(vectors)
    for number, text in enumerate(dict.fromkeys(found)):
        (folder / f"seed-{number}").write_bytes(text.encode("utf-8", "surrogatepass"))


if __name__ == "__main__":
    seeds(Path(sys.argv[1]))
    atheris.Setup(sys.argv, one)
    atheris.Fuzz()
