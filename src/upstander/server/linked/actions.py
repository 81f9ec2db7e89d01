"""What handlers do about linked groups: each mark is an act with a leaf."""

from __future__ import annotations

from dataclasses import replace

from django.db.models import Max

from upstander.formats import b64
from upstander.formats.days import today
from upstander.formats.errors import FormatError
from upstander.formats.hashes import hash_of
from upstander.keepers import linked
from upstander.sealing import age
from upstander.sealing.errors import SealingError
from upstander.server.accounts.access import active_members, is_active_member
from upstander.server.accounts.models import Key
from upstander.server.errors import Refusal, conflict, malformed
from upstander.server.institutions.models import Channel
from upstander.server.linked.models import Mark
from upstander.server.linked.schemas import MarkIn
from upstander.server.log.commit import Done, perform, server_leaf


def mark(channel: Channel, key: Key, sent: MarkIn) -> str:
    """Marks a group. Answers the promise.

    Raises `refused` for a key that is not on the channel, `conflict` while the first task is not done, and
    `malformed` for words that are not sealed to as many keys as the channel has members. Only those who can
    open all reports of the group are among them: the page fills up with keys that nobody has, so that not
    even the server sees who was shut out.
    """
    if not is_active_member(key, channel):
        raise Refusal("refused", "Your key waits for a colleague's signature.", 403)
    sealed = _sealed(channel, sent.sealed)
    day = today(channel.institution.time_zone)
    said = {"act": sent.act, "channel": channel.id, "code": sent.code, "group": sent.group}
    made = server_leaf(
        "linked", channel.institution.slug, day, reports=sent.reports, sealed=hash_of(sealed), **said
    )
    leaf = replace(made, act=sent.act, kind="restricted")  # the public learns that there was an act, no more

    def change() -> Done:
        before = Mark.objects.filter(channel=channel)
        if before.filter(act=sent.act).exists():
            raise conflict("This mark is there already.")
        try:
            linked.check_mark(sent.code, before.filter(group=sent.group).values_list("code", flat=True))
        except FormatError as refused:
            raise conflict(str(refused)) from refused
        order = (before.aggregate(last=Max("order"))["last"] or 0) + 1
        row = Mark(
            act=sent.act,
            channel=channel,
            group=sent.group,
            code=sent.code,
            reports=sent.reports,
            by=key,
            day=day,
            sealed=sealed,
            order=order,
        )
        return Done([row], leaf)

    return perform(change)


def _sealed(channel: Channel, text: str) -> bytes:
    try:
        data = b64.decode(text)
        stanzas = age.inspect(data).stanzas
    except (FormatError, SealingError) as error:
        raise malformed("The reasons are not sealed.", "sealed") from error
    if stanzas != len({one.key_id for one in active_members(channel)}):
        raise malformed(
            "The reasons are sealed to more or fewer keys than are on this channel now.", "sealed"
        )
    return data
