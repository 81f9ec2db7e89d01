"""The desk's part of the bundled packs: read and compiled once for each process."""

from __future__ import annotations

from functools import cache

from upstander.policy.desk import DeskPack, bundled, compile_desk


@cache
def in_force(pack_id: str) -> DeskPack:
    """The desk's part of the bundled pack with this id."""
    return bundled(pack_id)


@cache
def compiled(pack_id: str) -> bytes:
    """The same as the document that desk pages load."""
    return compile_desk(in_force(pack_id))
