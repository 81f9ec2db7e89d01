"""Compiled policy packs, kept by hash for ever: `packs/<sha256>` in the data folder."""

from __future__ import annotations

import json
import os
import re
from functools import cache
from typing import Any

from django.conf import settings

from upstander.policy import desk
from upstander.policy.compile import compile_pack, pack_hash
from upstander.policy.compile_law import law_hash
from upstander.policy.desk import DeskPack
from upstander.policy.load import bundled
from upstander.policy.model import Pack
from upstander.server.errors import not_found

_HASH = re.compile(r"[0-9a-f]{64}")


def keep(pack_id: str, language: str = "en") -> dict[str, str]:
    """Compile a bundled pack and keep it; answers `{"id","sha256","version"}` as a card names it."""
    data, name = _compile(pack_id, language)
    folder = settings.DATA / "packs"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    if not path.exists():
        waiting = folder / f"{name}.{os.getpid()}.new"
        waiting.write_bytes(data)
        waiting.replace(path)
    pack = compiled(name)
    return {"id": pack["id"], "sha256": name, "version": pack["version"]}


@cache
def _compile(pack_id: str, language: str) -> tuple[bytes, str]:
    # a bundled pack does not change while the process runs
    data = compile_pack(bundled(pack_id), language)
    return data, pack_hash(data)


@cache
def in_force(pack_id: str) -> Pack:
    """The bundled pack with this id, as rules."""
    return bundled(pack_id)


@cache
def law_in_force(pack_id: str) -> str:
    """Hash of the law of the bundled pack with this id."""
    return law_hash(in_force(pack_id))


@cache
def desk_in_force(pack_id: str) -> DeskPack:
    """The desk's part of the bundled pack with this id."""
    return desk.bundled(pack_id)


def read(name: str) -> bytes:
    """A kept pack's bytes. Raises the not-found Refusal."""
    if not _HASH.fullmatch(name):
        raise not_found()
    try:
        return bytes((settings.DATA / "packs" / name).read_bytes())
    except FileNotFoundError:
        raise not_found() from None


@cache
def compiled(name: str) -> dict[str, Any]:
    """A kept pack as a value. Raises the not-found Refusal. Do not change what it answers."""
    value: dict[str, Any] = json.loads(read(name))
    return value
