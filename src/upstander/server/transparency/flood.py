"""How many links go out: one a day to a mailbox, so many an hour to anybody. Counts soon go.

A puzzle would need scripts, and an address of the network is a station's, not a person's. So what is counted
is asking itself, whoever asks and for whichever address: the answer then depends on nobody's address, and
says nothing of who has asked, or reads, already. Whoever wants to can use up an hour; feeds and the news of
those who have it go on, and the page says so.
"""

from __future__ import annotations

import time
from datetime import date

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from upstander.publishing.language import say
from upstander.server.errors import Refusal
from upstander.server.transparency import sealed
from upstander.server.transparency.models import Asked, AskedHour

ALL_HOUR = 600  # times that anybody may ask, all together


def count_one() -> None:
    """Counts one more who asks. Raises the busy Refusal where the hour is used up, for everybody alike."""
    hour = int(time.time() // 3600)
    AskedHour.objects.get_or_create(hour=hour)
    if not AskedHour.objects.filter(hour=hour, count__lt=ALL_HOUR).update(count=F("count") + 1):
        raise Refusal(
            "busy", say("Too many people ask just now. Try again in an hour, or use the feed."), 503
        )


def take_today(address: str) -> str:
    """Its mark, if no link went to this mailbox today, or nothing."""
    today = timezone.localdate()
    mark = sealed.mark_of_day(address, today)
    try:
        with transaction.atomic():
            Asked.objects.create(mark=mark, day=today)
    except IntegrityError:
        return ""
    return mark


def give_back(mark: str) -> None:
    """The message could not be sent: the next one may."""
    Asked.objects.filter(mark=mark).delete()


def forget(today: date | None = None) -> int:
    """Deletes what is over; answers how many rows."""
    day = today or timezone.localdate()
    gone, _ = Asked.objects.filter(day__lt=day).delete()
    hours, _ = AskedHour.objects.filter(hour__lt=int(time.time() // 3600) - 1).delete()
    return gone + hours
