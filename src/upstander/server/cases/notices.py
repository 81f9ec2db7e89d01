"""Tells a channel's on-call address that something urgent came. Nothing of it is in the message.

A notice is a row committed with the report, and deleted once it was sent: so it survives a crash, and a mail
server that does not answer never holds up a report. Without a mail server it waits for one, a month at most.
"""

from __future__ import annotations

import datetime
import logging

from django.conf import settings
from django.core.mail import send_mail
from django.db.models import F, Max

from upstander.formats.days import today
from upstander.server import mail
from upstander.server.cases.models import OnCallNotice
from upstander.server.institutions.models import Channel

WAITS = datetime.timedelta(
    days=30
)  # for a mail server to be set up: then the desk's clocks have long said it
MOST_TRIES = 200  # at one a minute, over three hours
log = logging.getLogger("upstander.notices")

SUBJECT = "Something urgent has arrived"
BODY = """\
At least one report marked urgent has arrived for {channel}.

Sign in to read it: {origin}/desk/

This message holds nothing of the report, and cannot be answered.
"""


def send_due() -> int:
    """One message to each channel, however many notices wait for it; answers how many messages went out.

    One that fails waits for the next time; without a mail server all do, and none counts as tried.
    """
    if not mail.posts():
        _forget_old()
        return 0
    told = OnCallNotice.objects.values("channel")
    return sum(_tell(channel) for channel in Channel.objects.filter(id__in=told))


def _forget_old() -> None:
    """Drops what waited too long for a mail server, or has nobody to go to."""
    OnCallNotice.objects.filter(channel__on_call="").delete()
    OnCallNotice.objects.filter(case__day__lt=today("UTC") - WAITS).delete()


def waiting() -> int:
    """How many notices have not gone out."""
    return OnCallNotice.objects.exclude(channel__on_call="").count()


def _tell(channel: Channel) -> bool:
    """Whether a message went out. What comes in while it is sent waits for the next one."""
    newest = OnCallNotice.objects.filter(channel=channel).aggregate(newest=Max("id"))["newest"]
    due = OnCallNotice.objects.filter(channel=channel, id__lte=newest)
    if channel.on_call and not _sent(channel):
        due.update(tries=F("tries") + 1)
        due.filter(tries__gte=MOST_TRIES).delete()
        return False
    due.delete()
    return bool(channel.on_call)


def _sent(channel: Channel) -> bool:
    body = BODY.format(channel=channel.name, origin=settings.ORIGIN)
    try:
        send_mail(SUBJECT, body, settings.DEFAULT_FROM_EMAIL, [channel.on_call])
    except Exception as error:  # whatever the mail library or the network has: the report is safe
        log.error("an urgent notice could not be sent and is tried again", exc_info=error)
        return False
    return True
