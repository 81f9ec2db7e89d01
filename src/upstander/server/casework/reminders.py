"""Tells people by mail that something is due: at most once a day, and nothing about any case."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import date

from django.conf import settings
from django.core.mail import send_mail
from django.db.models import Q, TextField
from django.db.models.fields.json import KT
from django.db.models.functions import Cast

from upstander.formats.days import today as today_in
from upstander.server import mail
from upstander.server.accounts.models import Person
from upstander.server.cases.models import Case, Grant
from upstander.server.casework.access import cases_of
from upstander.server.casework.models import Docket, Duty, Fact, Reminder
from upstander.server.institutions.packs import in_force

log = logging.getLogger("upstander.reminders")
SUBJECT = "Something at your desk is due"
BODY = """\
At least one thing at your desk is due today, or late.

Sign in to see it: {origin}{page}

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
        if Reminder.objects.filter(person=person, day=day).exists():
            continue
        page = next((page for page, is_due in PAGES.items() if is_due(person, day)), None)
        if page is not None and _sent(person, page):
            Reminder.objects.update_or_create(person=person, defaults={"day": day})
            sent += 1
    return sent


def _at_her_desk(person: Person, today: date) -> bool:
    """Whether anything is due of cases she can open: assigned to her or to nobody, or a task of hers."""
    mine = cases_of(person).filter(state=Case.State.OPEN).order_by()
    held = Grant.objects.filter(key__person=person, live=True).values("case_id")
    dockets = Docket.objects.filter(case__in=mine.values("pk"), case_id__in=held)
    late = dockets.filter(Q(due__lte=today) | Q(work__lte=today))
    if late.filter(Q(assigned=person) | Q(assigned=None)).exists():
        return True
    tasks = Fact.objects.filter(
        case__in=mine.values("pk"), kind="task", current=True, data__to=person.username, data__state="open"
    )
    return tasks.annotate(due=Cast(KT("data__due"), TextField())).filter(due__lte=today.isoformat()).exists()


def _to_oversee(person: Person, today: date) -> bool:
    """Whether she oversees covert cases, and one is to be looked at again."""
    body = Duty.objects.filter(person=person, kind=Duty.Kind.OVERSEER).values_list("of", flat=True).first()
    bodies = {one.id for one in in_force(person.institution.pack).law.overseers if one.covert}
    if not body or body not in bodies:
        return False
    known = Docket.objects.filter(case__institution=person.institution_id, covert=True)
    known = known.exclude(case__shut_out__person=person).exclude(case__exclusions__person=person)
    return known.filter(covert_review__lte=today).exists()


PAGES: dict[str, Callable[[Person, date], bool]] = {
    "/desk/queue/": _at_her_desk,
    "/desk/oversight/": _to_oversee,
}
"""Where somebody finds what is due to her, and whether there is anything."""


def _sent(person: Person, page: str) -> bool:
    body = BODY.format(origin=settings.ORIGIN, page=page)
    try:
        send_mail(SUBJECT, body, settings.DEFAULT_FROM_EMAIL, [person.email])
    except Exception as error:  # whatever the mail library or the network has: it is tried again
        log.error("a reminder could not be sent and is tried again", exc_info=error)
        return False
    return True
