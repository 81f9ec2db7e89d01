"""The doctor's questions about keepers: is the roster whole, do they answer, and was each pledge logged."""

from __future__ import annotations

import json
from collections.abc import Iterator

from upstander.cli.checks_ledger import CHANGED, few
from upstander.cli.finding import Finding, fail, ok, warn
from upstander.formats import days
from upstander.formats.errors import FormatError
from upstander.formats.hashes import hash_of

SOON = 4  # days


def roster() -> Finding:
    """The roster as it lies in the data folder."""
    from upstander.server.roster import ours

    try:
        found = ours()
    except FormatError as error:
        return fail(
            f"the keepers' roster cannot be used: {error}",
            "Take it again from a keeper: upstander roster FILE.",
        )
    if found is None:
        return ok("no keepers: the page offers neither holding a report nor passing it on by itself")
    return ok(f"{found.roster.needs} of {len(found.roster.keepers)} keepers, epoch {found.roster.epoch}")


def answering() -> list[Finding]:
    """Which keepers show this month's key: without it nothing can be left with them."""
    from upstander.keepers.roster import read_transport
    from upstander.server.errors import Refusal
    from upstander.server.pledges import relay

    try:
        keepers, shown = relay.keepers().roster, relay.transports()
    except Refusal:  # no keepers, or a roster of which `roster` speaks
        return []
    month = days.today("Europe/London").isoformat()[:7]
    away = []
    for name, keeper in keepers.keepers.items():
        try:
            known = [read_transport(text, keeper, month) for text in shown[name] if f'"{month}"' in text]
        except FormatError:
            known = []
        if not known:
            away.append(name)
    if not away:
        return [ok("every keeper answers, with this month's key")]
    advice = "Telephone them. With fewer than the roster needs, the page holds nothing, and says so."
    return [warn(f"no key of this month from: {', '.join(away)}", advice)]


def cards() -> list[Finding]:
    """Whether enough keepers stand by each card in force, and for how long; and what waits for them."""
    from upstander.server.institutions import access
    from upstander.server.pledges import seen
    from upstander.server.roster import ours

    try:
        found = ours()
    except FormatError:
        return []
    if found is None:
        return []
    needs, findings = found.roster.needs, []
    ask = "Telephone the keepers: `upstander keeper card` shows them what waits."
    advice = f"{ask} Until then nothing can be sent."
    for institution in access.institutions():
        for card in access.cards_to_show(institution):
            name = f"{institution.slug}: version {card.version} of the card"
            ends = sorted(seen.keepers_of(card, found.roster).values(), reverse=True)
            last = ends[needs - 1] if len(ends) >= needs else None
            left = (last - days.today("Europe/London")).days if last is not None else -1
            if not card.in_force:
                findings.append(warn(f"{name} waits for keepers; the one before is shown", ask))
            elif last is None or left < 0:
                findings.append(fail(f"{name} is not cosigned by {needs} keepers", advice))
            elif left < SOON:
                findings.append(warn(f"{name} is cosigned only until {last}", advice))
            else:
                findings.append(ok(f"{name} is cosigned by {len(ends)} keepers, good until {last}"))
    return findings


def pledges() -> Iterator[Finding]:
    """Every copy of a pledge, or its newest slip, is named by an act."""
    from upstander.server.log.models import Opening
    from upstander.server.pledges.models import Pledge

    named = {
        str(json.loads(body).get("sealed"))
        for body in Opening.objects.values_list("body", flat=True).iterator()
    }

    def look() -> Iterator[Finding]:
        for row in Pledge.objects.order_by("id").iterator(200):
            slip = bytes(row.slip)
            whole = slip + row.notes.encode() + bytes(row.parcel)
            if named.isdisjoint({hash_of(slip), hash_of(whole)}):
                yield fail(f"the pledge {row.id} was stored by no act", CHANGED)

    yield from list(few(look(), "more pledges")) or [ok("each pledge was stored by an act")]
