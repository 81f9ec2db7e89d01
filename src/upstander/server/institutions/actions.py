"""Setting up institutions, channels and custodians: by commands of whoever runs the machine, not by requests.

None of it counts before `accounts.cards.publish` has put it on a signed card, which is a leaf in the log.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from upstander.formats import canonical, days, ids
from upstander.ledger import leaf as ledger
from upstander.sealing import age
from upstander.server.institutions.models import Card, Channel, Custodian, Institution
from upstander.server.log import access as log
from upstander.server.log.commit import Done, perform, server_leaf
from upstander.server.log.models import Leaf

RESERVED = frozenset({"api", "assets", "desk", "favicon.ico", "log", "robots.txt", "static"})


def create_institution(
    *, slug: str, name: str, pack: str, demonstration: bool = True, time_zone: str = "Europe/London"
) -> Institution:
    """A body people report about, at the address `/<slug>/`. Raises ValueError for an address in use here."""
    if slug in RESERVED:
        raise ValueError(f"/{slug}/ is an address of Upstander itself.")
    return Institution.objects.create(
        slug=slug, name=name, pack=pack, demonstration=demonstration, time_zone=time_zone
    )


def create_channel(
    institution: Institution,
    *,
    slug: str,
    name: str,
    about: str = "",
    inside: bool,
    prescribed: bool = False,
    on_call: str = "",
) -> Channel:
    """A receiving team without members yet."""
    return Channel.objects.create(
        id=ids.new_id(),
        institution=institution,
        slug=slug,
        name=name,
        about=about,
        inside=inside,
        prescribed=prescribed,
        on_call=on_call,
    )


def create_custodian(channel: Channel, *, seal: str, needs: int, of: int) -> Custodian:
    """A channel's recovery identity; an earlier one is retired. Raises ValueError for wrong numbers."""
    age.check_recipient(seal)
    if not 2 <= needs <= of <= 255:
        raise ValueError("At least 2 shares are needed, and at most as many as there are.")
    channel.custodians.update(retired=True)
    return Custodian.objects.create(key=ids.key_id("", seal), channel=channel, seal=seal, needs=needs, of=of)


def set_demonstration(institution: Institution, demonstration: bool) -> None:
    """Puts the warning up or takes it off; publish a card afterwards."""
    institution.demonstration = demonstration
    institution.save(update_fields=["demonstration"])


def take_seen(card: Card, texts: Sequence[str], *, in_force: bool) -> None:
    """Keeps what keepers said of a card. Once in force it stays so."""
    said = {"seen": json.dumps(list(texts)), **({"in_force": True} if in_force else {})}
    Card.objects.filter(pk=card.pk).update(**said)


def register_plan(institution: Institution, digest: str) -> Leaf:
    """Puts the hash of a plan of measurement in the log; answers its leaf, also where it was there before."""
    fields = {"institution": institution.slug, "of": "measure", "plan": digest}
    said = canonical.encode(ledger.body("plan", **fields)).decode()

    def change() -> Done:
        day = days.today(institution.time_zone)
        return Done([], server_leaf("plan", institution.slug, day, **fields))

    found = log.first_that_says(said)
    if found is None:
        perform(change)
        found = log.first_that_says(said)
    assert found is not None
    return found
