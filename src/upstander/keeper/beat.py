"""What is due now: keys of the month, catching up with the others, releases. Harmless when repeated."""

from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from upstander.formats.errors import FormatError
from upstander.keeper import counts, months, notices, probe, release, sync
from upstander.keeper.home import Identity
from upstander.keeper.store import Store

NOBODY: notices.Contacts = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Beat:
    """What was done. `away` are keepers that did not answer, or not in words we know.

    `lied` are keepers that answered a question with a wrong proof today. `told` beneficiaries were told that
    something waits for them; `untold` are channels that could not be.
    """

    swept: release.Swept
    taken: int
    refused: int
    away: tuple[str, ...]
    told: int = 0
    untold: tuple[str, ...] = ()
    lied: tuple[str, ...] = ()


def beat(
    store: Store, keeper: Identity, today: date, ask: sync.Ask, contacts: notices.Contacts = NOBODY
) -> Beat:
    """Everything once. Nobody is released to before an attempt to catch up with all others was made."""
    months.renew(store, today)
    taken = refused = 0
    away = []
    for other in sorted(keeper.roster.keepers):
        if other == keeper.name:
            continue
        try:
            pulled = sync.pull(store, keeper, other, ask, today)
        except (OSError, FormatError):
            away.append(other)
            continue
        taken, refused = taken + pulled.taken, refused + pulled.refused
    swept = release.sweep(store, keeper, today)
    lied = probe.probe(store, keeper, ask, today)
    counts.publish(store, keeper, today)
    told, untold = notices.tell(store, keeper, contacts, ask, today)
    store.scrub()
    return Beat(swept, taken, refused, tuple(away), told, tuple(untold), tuple(lied))
