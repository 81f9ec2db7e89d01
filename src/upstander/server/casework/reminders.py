"""Tells people by mail that something is due: at most once a day, and nothing about any case."""

from __future__ import annotations

import logging
from datetime import date

from django.conf import settings
from django.core.mail import send_mail
from django.db.models import QuerySet

from upstander.formats.days import today as today_in
from upstander.server import mail
from upstander.server.accounts.models import Person
from upstander.server.cases.models import Case, Grant
from upstander.server.casework.access import cases_of
from upstander.server.casework.models import Docket, Reminder

log = logging.getLogger("upstander.reminders")
SUBJECT = "Something at your desk is due"
BODY = """\
At least one thing at your desk is due today, or late.

Sign in to see it: {origin}/desk/queue/

This message says nothing about any case, and cannot be answered.
"""


def send_due(today: date | None = None) -> int:
    """One message to each person with something due, who was not told today; answers how many went out.

    `today` is the day at the institution unless it is given. Without a mail server nobody is told.
    """
    if not mail.posts():
        return 0
    sent = 0
    for person in Person.objects.filter(is_active=True).exclude(email="").select_related("institution"):
        day = today or today_in(person.institution.time_zone)
        if Reminder.objects.filter(person=person, day=day).exists() or not _due(person, day).exists():
            continue
        if _sent(person):
            Reminder.objects.update_or_create(person=person, defaults={"day": day})
            sent += 1
    return sent


def _due(person: Person, today: date) -> QuerySet[Docket]:
    """What is due of cases she can open: those assigned to her, and those assigned to nobody."""
    mine = cases_of(person).filter(state=Case.State.OPEN).order_by()
    held = Grant.objects.filter(key__person=person, live=True).values("case_id")
    due = Docket.objects.filter(case__in=mine.values("pk"), case_id__in=held, due__lte=today)
    return due.filter(assigned=person) | due.filter(assigned=None)


def _sent(person: Person) -> bool:
    body = BODY.format(origin=settings.ORIGIN)
    try:
        send_mail(SUBJECT, body, settings.DEFAULT_FROM_EMAIL, [person.email])
    except Exception as error:  # whatever the mail library or the network has: it is tried again
        log.error("a reminder could not be sent and is tried again", exc_info=error)
        return False
    return True
