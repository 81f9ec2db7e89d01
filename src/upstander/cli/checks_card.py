"""The doctor's questions about the database, the keys and the published cards."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from upstander.cli.finding import Finding, fail, ok, warn
from upstander.formats import days
from upstander.formats.errors import FormatError
from upstander.sealing.errors import SealingError

if TYPE_CHECKING:
    from upstander.sealing.cards import Card
    from upstander.server.institutions.models import Institution

SOON = timedelta(days=14)


def migrations() -> Finding:
    """Whether the tables are those this version expects."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if waiting:
        return fail(
            f"the database is {len(waiting)} steps behind this version",
            "Take a backup, then start `upstander serve`: it brings the tables up to date first.",
        )
    return ok("the database is up to date")


def clock() -> Finding:
    """Whether the clock has gone back behind what is in the log."""
    from upstander.server.log.models import Leaf

    newest = Leaf.objects.order_by("-pk").values_list("day", flat=True).first()
    today = days.today("Europe/London")
    if newest is not None and newest > today:
        return fail(
            f"the clock says {today}, but the log already has acts of {newest}",
            "Set the clock, and let NTP keep it: timedatectl set-ntp true",
        )
    return ok(f"the clock says {today}, not before the newest act in the log")


def institutions(slug: str, going_live: bool) -> list[Finding]:
    """What can be said of each institution's card, pack and people."""
    from upstander.server.institutions.models import Institution

    chosen = Institution.objects.filter(slug=slug) if slug else Institution.objects.order_by("slug")
    found = [finding for institution in chosen for finding in institution_findings(institution, going_live)]
    return found or [fail("there is no institution", "Make one with `upstander init`.")]


def institution_findings(institution: Institution, going_live: bool) -> list[Finding]:
    """One institution."""
    from upstander.sealing.cards import read_card
    from upstander.server.installation import NoInstallation, load

    name = institution.slug
    newest = institution.cards.order_by("-version").first()
    if newest is None:
        return [
            fail(f"{name}: no card has been published", "Restart `upstander serve`; if it stays so, restore.")
        ]
    try:
        card = read_card(newest.text, load().sign)
    except NoInstallation:
        return [
            fail(f"{name}: the signing key is missing", "Restore keys/ from the backup. Never make new ones.")
        ]
    except (FormatError, SealingError) as error:
        return [
            fail(f"{name}: the card does not verify ({error})", "Restore keys/ and database from one backup.")
        ]
    return [
        expiry(name, card),
        pack(name, institution.pack, card),
        *(people(name, channel.name, live_members(channel), going_live) for channel in card.channels),
        *([] if going_live else [demonstration(institution)]),
    ]


def live_members(channel: object) -> int:
    """How many active members a channel on a card has."""
    return sum(member.state == "active" for member in channel.members)  # type: ignore[attr-defined]


def expiry(name: str, card: Card) -> Finding:
    """Whether browsers still accept the card."""
    left = days.parse(card.expires) - days.today("Europe/London")
    if left.days < 0:
        return fail(
            f"{name}: the card ran out on {card.expires}", "Start `upstander serve`; the beat renews it."
        )
    if left < SOON:
        return warn(
            f"{name}: the card runs out on {card.expires}", "The beat should have renewed it: is it running?"
        )
    return ok(f"{name}: the card is signed by this installation and good until {card.expires}")


def pack(name: str, pack_id: str, card: Card) -> Finding:
    """Whether the card names the policy pack that is installed."""
    from upstander.policy.compile import compile_pack, pack_hash
    from upstander.policy.load import bundled

    installed = pack_hash(compile_pack(bundled(pack_id)))
    if installed != card.pack.sha256:
        return warn(
            f"{name}: the card names another version of the pack {pack_id} than the one installed",
            "After an upgrade, the beat publishes a card with the new pack. Run `upstander beat`.",
        )
    return ok(f"{name}: the policy pack {pack_id} is the one on the card")


def people(name: str, channel: str, members: int, going_live: bool) -> Finding:
    """Whether at least two people can open what comes."""
    if members == 0:
        level = fail if going_live else warn
        return level(f"{name}: nobody is on the channel {channel}", "Invite handlers: /desk/people/.")
    if members == 1:
        return warn(f"{name}: one person is on the channel {channel}", "With two, a lost key loses no time.")
    return ok(f"{name}: {members} people are on the channel {channel}")


def demonstration(institution: Institution) -> Finding:
    """Whether reporters are told that this is a demonstration."""
    if institution.demonstration:
        return warn(
            f"{institution.slug}: pages say it is a demonstration",
            f"When everything else is right: upstander live {institution.slug}",
        )
    return ok(f"{institution.slug}: live")
