"""The desk's half of a pack as one JSON document: what a server keeps by hash beside the compiled pack.

A decision then names the law it was taken under, for ever, and the desk's pages read the same document.

    python -m upstander.policy.compile_law uk-police > law.json
"""

import sys
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from pathlib import Path
from typing import Any

from upstander.formats import canonical
from upstander.formats.canonical import JSON
from upstander.formats.hashes import hash_of
from upstander.policy.load import bundled, pack_ids
from upstander.policy.model import Pack

FORMAT = "upstander/law/v1"


def compile_law(pack: Pack) -> bytes:
    """Canonical JSON; its SHA-256 in hex (`hash_of`) is what a decision names."""
    law = _plain(pack.law)
    assert isinstance(law, dict)
    predicates = law.pop("rules")
    head: dict[str, JSON] = {
        "format": FORMAT,
        "id": pack.id,
        "version": pack.version,
        "limits": _plain(pack.limits),
        "rules": predicates,
    }
    return canonical.encode({**head, **law})


def law_hash(pack: Pack) -> str:
    """SHA-256 of the compiled law, in hex."""
    return hash_of(compile_law(pack))


def _plain(value: Any) -> JSON:
    """Dataclasses as objects, days as text, the file of the predicates as its hash."""
    if isinstance(value, Path):
        return hash_of(value.read_bytes())
    if isinstance(value, date):
        return value.isoformat()
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(one) for one in value]
    plain: JSON = value
    return plain


def main(arguments: list[str]) -> int:
    """Prints the compiled law of the pack named; 2 when there is no such pack."""
    if len(arguments) != 1 or arguments[0] not in pack_ids():
        sys.stderr.write(f"Name one pack: {', '.join(pack_ids())}\n")
        return 2
    sys.stdout.buffer.write(compile_law(bundled(arguments[0])))
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
