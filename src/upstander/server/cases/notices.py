"""Tells a channel's on-call address that something urgent came. Nothing of it is in the message.

A notice is a row committed with the report, and deleted once it was sent: so it survives a crash, and a mail
server that does not answer never holds up a report.
"""

from __future__ import annotations

import logging

from django.conf import settings
from django.core.mail import send_mail

from upstander.server.cases.models import OnCallNotice

MOST_TRIES = 200  # at one a minute, over three hours
log = logging.getLogger("upstander.notices")

SUBJECT = "Something urgent has arrived"
BODY = """\
A report marked urgent has arrived for {channel}.

Sign in to read it: {origin}/desk/

This message holds nothing of the report, and cannot be answered.
"""


def send_due() -> int:
    """Sends what is waiting; answers how many went out. One that fails waits for the next time."""
    sent = 0
    for notice in OnCallNotice.objects.select_related("channel").order_by("id")[:100]:
        if not notice.channel.on_call or _send(notice):
            sent += bool(notice.channel.on_call)
            notice.delete()
    return sent


def _send(notice: OnCallNotice) -> bool:
    body = BODY.format(channel=notice.channel.name, origin=settings.ORIGIN)
    try:
        send_mail(SUBJECT, body, settings.DEFAULT_FROM_EMAIL, [notice.channel.on_call])
    except Exception as error:  # whatever the mail library or the network has: the report is safe
        log.error("an urgent notice could not be sent and is tried again", exc_info=error)
        notice.tries += 1
        notice.save(update_fields=["tries"])
        return notice.tries >= MOST_TRIES
    return True
