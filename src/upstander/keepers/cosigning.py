"""Keepers cosign an institution's card: who receives reports, as seen by others than the institution.

A page that has a roster takes a card only with the **card-seen** statements of t keepers, none past its day.
So a server cannot show one reporter an old card, or one with a handler whom nobody else has seen. A keeper
signs the next version only if it follows the last one it signed: every key that was there is still there, in
its place, active or retired; so a channel cannot begin anew with a stranger in it.
"""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from upstander.formats import days, shape, statements
from upstander.formats.errors import FormatError
from upstander.keepers.roster import Roster
from upstander.sealing.cards import Card, Channel

GOOD = 92  # days a keeper's signature is good for, at most: a quarter
FRESH = 14  # days, where a keeper signs again by itself: no longer can an old card be shown
_FIELDS = ("card", "day", "institution", "keeper", "until", "version")


class CardError(FormatError):
    """A card that does not follow the one that was seen before, or that too few keepers have seen."""


def make_seen(card: Card, keeper: str, today: date, by: Ed25519PrivateKey, good: int = GOOD) -> str:
    """A **card-seen** statement, good until the card ends or `good` days are over. Raises FormatError."""
    card.check_day(today)
    until = min(days.parse(card.expires), today + timedelta(good))
    body = {
        "card": card.sha256,
        "day": today.isoformat(),
        "institution": card.institution,
        "keeper": keeper,
        "until": until.isoformat(),
        "version": card.version,
    }
    return statements.sign("card-seen", body, by)


def check_seen(texts: Iterable[str], card: Card, roster: Roster, today: date) -> tuple[str, ...]:
    """The keepers that have seen this very card, by name. Raises CardError where they are fewer than t.

    A statement that is wrong, of another card, or past its day, counts for nothing.
    """
    seen = {name for name, until in read_seen(texts, card, roster).items() if until >= today}
    if len(seen) < roster.needs:
        raise CardError(f"Too few keepers have seen this list of people: {len(seen)} of {roster.needs}.")
    return tuple(sorted(seen))


def read_seen(texts: Iterable[str], card: Card, roster: Roster) -> dict[str, date]:
    """Until when each keeper, by name, stands by this very card. Other statements count for nothing."""
    seen: dict[str, date] = {}
    for text in texts:
        try:
            name = shape.exactly(statements.peek(text, "card-seen"), *_FIELDS)["keeper"]
            keeper = roster.keepers[shape.text(name)]
            body = statements.verify(text, "card-seen", keeper.sign)
            said = (body["card"], body["institution"], body["version"])
            if said == (card.sha256, card.institution, card.version):
                seen[keeper.name] = max(days.parse(body["until"]), seen.get(keeper.name, date.min))
        except (FormatError, KeyError):
            continue
    return seen


def check_next(before: Card | None, now: Card) -> tuple[str, ...]:
    """What is new on a card, in words, if it may follow the one that was seen before.

    Raises CardError for an older one, another of the same number, one that does not name the one before, and
    one from which somebody, or a whole channel, is gone without a trace.
    """
    if before is None:
        return tuple(_joined(channel, ()) for channel in now.channels)
    if (before.installation, before.institution) != (now.installation, now.institution):
        raise CardError("This card is of another institution.")
    if before.sha256 == now.sha256:
        return ()
    if now.version <= before.version:
        raise CardError(f"Version {before.version} was seen already; this is {now.version}.")
    if now.version == before.version + 1 and now.previous != before.sha256:
        raise CardError("This card does not follow the one that was seen before.")
    then = {channel.id: channel for channel in before.channels}
    if gone := set(then) - {channel.id for channel in now.channels}:
        raise CardError(f"A channel is gone: {', '.join(sorted(then[one].name for one in gone))}.")
    return tuple(line for channel in now.channels for line in _changes(then.get(channel.id), channel))


def check_nobody_new(before: Card | None, now: Card) -> None:
    """Raises CardError where somebody could read by this card who could not by the one before, or is called
    something else.

    That is what people have to ask about by telephone; the rest a keeper may sign by itself.
    """
    able = set() if before is None else set(_able(before))
    if before is None or not able.issuperset(_able(now)):
        raise CardError("Somebody is new on this list: ask the channel about it by telephone.")


def _able(card: Card) -> Iterator[tuple[object, ...]]:
    for one in card.channels:
        yield one.id, one.name, one.about, one.inside, one.prescribed, one.custodian
        yield from ((one.id, each.key, each.label, each.sheet) for each in one.active)


def _changes(then: Channel | None, now: Channel) -> list[str]:
    if then is None:
        return [_joined(now, ())]
    keys = [member.key for member in then.members]
    if [member.key for member in now.members][: len(keys)] != keys:
        raise CardError(f"Somebody who was on {now.name} is gone from the list, or in another place.")
    lines = [_joined(now, keys)] if len(now.members) > len(keys) else []
    lines += [
        f"{now.name}: {member.label} is {member.state} now."
        for old, member in zip(then.members, now.members, strict=False)
        if old.state != member.state
    ]
    lines += [
        f"{now.name}: {old.label} is called {member.label} now."
        for old, member in zip(then.members, now.members, strict=False)
        if old.label != member.label
    ]
    lines += [
        f"{now.name}: {member.label} gets source sheets now."
        for old, member in zip(then.members, now.members, strict=False)
        if member.sheet and not old.sheet
    ]
    if (then.name, then.about, then.inside) != (now.name, now.about, now.inside):
        place = "inside" if now.inside else "outside"
        lines.append(f"{then.name} is called {now.name} now, {place} the institution: {now.about}")
    if then.custodian.key != now.custodian.key:
        lines.append(f"{now.name}: has another custodian's key, {now.custodian.key}.")
    return lines


def _joined(channel: Channel, before: Iterable[str]) -> str:
    new = [f"{one.label} ({one.key})" for one in channel.members if one.key not in set(before)]
    return f"{channel.name}: new on it: {', '.join(new) or 'nobody'}."
