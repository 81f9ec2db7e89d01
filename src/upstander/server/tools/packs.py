"""The desk's part of the bundled packs as the document desk pages load, compiled once a process."""

from __future__ import annotations

from functools import cache

from upstander.policy.desk import compile_desk
from upstander.server.institutions.packs import desk_in_force as in_force

__all__ = ["compiled", "in_force"]


@cache
def compiled(pack_id: str) -> bytes:
    """What `GET /api/v1/desk/pack` answers."""
    return compile_desk(in_force(pack_id))
