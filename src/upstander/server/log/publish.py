"""Which tree head is served: the newest that enough witnesses have signed, and never an older one again.

When witnesses fail for so long that a promise could break, the newest is served as it is on the next day: the
entries are in the open then, and everybody sees which signatures are missing.
"""

from __future__ import annotations

from datetime import UTC, date, datetime

from upstander.server.log.models import Checkpoint, Log
from upstander.server.log.witnesses import configured

LOOK = 32  # tree heads that are looked at, the newest first


def run(today: date | None = None) -> int:
    """Publishes what may be; answers how many logs have a newer tree head now. `today` in UTC."""
    today = today or datetime.now(UTC).date()
    policy, moved = configured(), 0
    for log in Log.objects.order_by("generation"):
        waiting = log.checkpoints.filter(size__gt=log.published).order_by("-size")[:LOOK]
        for head in waiting:
            if policy.satisfied(_signed(head)) or head.day < today:
                later = Log.objects.filter(generation=log.generation, published__lt=head.size)
                moved += later.update(published=head.size)
                break
    return moved


def _signed(head: Checkpoint) -> list[str]:
    return list(head.cosignatures.values_list("witness", flat=True))
