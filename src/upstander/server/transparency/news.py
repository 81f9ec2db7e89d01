"""News by e-mail: asked for twice, sent as plain text, ended with one click, and nothing kept afterwards.

Nothing about a subscription goes into the log: nobody is to see that somebody reads. Before an address is
confirmed it is nowhere but in the link that was sent to it. Whoever asks learns nothing about who subscribes:
the answer is always the same.
"""

from __future__ import annotations

import hashlib
import json
import logging
import threading
import time
from dataclasses import dataclass

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.core.validators import validate_email
from django.db import IntegrityError, transaction

from upstander.formats import b64, ids
from upstander.formats.errors import FormatError
from upstander.publishing.feeds import News
from upstander.server.errors import Refusal, malformed
from upstander.server.institutions.models import Institution
from upstander.server.transparency import access, calendar, sealed
from upstander.server.transparency.models import Subscription

CONFIRM, STOP, ADDRESS = "news-confirm", "news-stop", "news-address"
CONFIRM_SECONDS = 2 * 24 * 3600
STOP_SECONDS = 20 * 365 * 24 * 3600
EACH_DAY = 3  # confirmations to one address: nobody's mailbox is flooded from here
ALL_HOUR = 600  # confirmations to anybody
A_BEAT = 200  # messages in one beat
log = logging.getLogger("upstander.news")


@dataclass
class _Meter:
    """How many confirmations went out lately, in memory alone."""

    hour: int = 0
    all: int = 0
    day: int = 0
    each: dict[str, int] | None = None

    def take(self, mark: str, now: float) -> bool:
        """Whether one more may go to this address. Raises the busy Refusal where too many go out at all."""
        if self.hour != int(now // 3600):
            self.hour, self.all = int(now // 3600), 0
        if self.day != int(now // 86400) or self.each is None:
            self.day, self.each = int(now // 86400), {}
        if self.all >= ALL_HOUR:
            raise Refusal("busy", "Too many people ask just now. Try again in an hour, or use the feed.", 503)
        if self.each.get(mark, 0) >= EACH_DAY:
            return False
        self.each[mark] = self.each.get(mark, 0) + 1
        self.all += 1
        return True


_meter = _Meter()
_lock = threading.Lock()

CONFIRM_TEXT = """\
Somebody, we hope you, asked for news of {name} at this address.

To get it, open this page and press the button, within two days:

{link}

If it was not you, do nothing. Nothing about this address is kept here.
"""
NEWS_TEXT = """\
{items}
You asked for news of {name}. It comes when there are new figures, a hearing in public, an outcome, or
something was changed because of reports; never about a report itself. This message does not tell us
whether you read it.

To end it, open this page and press the button. Your address is then deleted:
{stop}
"""


def ask(address: str, institution: Institution, area: str) -> None:
    """Sends the link that confirms. The answer is the same whether or not the address subscribes already.

    Raises Refusal for what is no address, and where too many ask at once.
    """
    address = address.strip()
    try:
        validate_email(address)
    except ValidationError:
        raise malformed("Write an e-mail address such as name@example.org.", "address") from None
    if len(address) > 254 or "\n" in address:
        raise malformed("This address is too long.", "address")
    with _lock:
        if not _meter.take(sealed.mark(address), time.time()):
            return  # this mailbox has had enough of our links today; whoever asks is not told
    token = sealed.link(CONFIRM, json.dumps([address, institution.slug, area]), CONFIRM_SECONDS)
    text = CONFIRM_TEXT.format(name=institution.name, link=f"{settings.ORIGIN}/public/news/confirm/{token}/")
    _send(
        EmailMessage(
            f"News of {institution.name}: one more step", text, settings.DEFAULT_FROM_EMAIL, [address]
        )
    )


def _send(message: EmailMessage) -> bool:
    try:
        message.send()
    except (
        Exception
    ) as error:  # whatever the mail library or the network has: nothing of the address is logged
        log.error("a message could not be sent (%s)", type(error).__name__)
        return False
    return True


def about(token: str) -> tuple[Institution, str, str]:
    """Institution, area and address of a link that confirms. Raises the malformed Refusal."""
    try:
        address, slug, area = json.loads(sealed.unlink(CONFIRM, token))
    except (FormatError, ValueError):
        raise malformed("This link does not hold any more. Ask again.", "token") from None
    institution = access.institution_or_none(slug)
    if institution is None:
        raise malformed("This link does not hold any more. Ask again.", "token")
    return institution, area, address


def confirm(token: str) -> Institution:
    """Keeps the subscription, sealed. Pressing twice keeps one. Raises the malformed Refusal."""
    institution, area, address = about(token)
    keys = [one.path + one.title for one in _news(institution)]
    try:
        with transaction.atomic():
            Subscription.objects.create(
                id=ids.new_id(),
                institution=institution,
                area=area,
                sealed=sealed.seal(ADDRESS, address),
                mark=sealed.mark(address),
                told=keys,
                told_mark=_mark(keys),
            )
    except IntegrityError:
        pass
    return institution


def stop_token(subscription: Subscription) -> str:
    """The token that ends a subscription."""
    return sealed.link(STOP, subscription.id, STOP_SECONDS)


def stop(token: str) -> None:
    """Deletes the subscription. One that is gone already is no error. Raises the malformed Refusal."""
    try:
        identity = sealed.unlink(STOP, token)
    except (FormatError, ValueError):
        raise malformed("This link is not complete. Copy all of it from the message.", "token") from None
    Subscription.objects.filter(id=identity).delete()


def send_due() -> int:
    """Sends what is new to who waits for it, at most so many a beat; answers how many messages went out.

    What was sent is noted before the next message, so that a crash repeats one message at most.
    """
    sent = 0
    for institution in access.with_news():
        news = _news(institution)
        keys = [one.path + one.title for one in news]
        waiting = Subscription.objects.filter(institution=institution).exclude(told_mark=_mark(keys))[
            : A_BEAT - sent
        ]
        if not waiting:
            continue
        with get_connection() as connection:
            for subscription in waiting:
                fresh = [one for one in news if one.path + one.title not in subscription.told]
                if fresh and not _tell(subscription, institution, fresh, connection):
                    return sent  # the mail server does not answer: the next beat goes on here
                sent += bool(fresh)
                subscription.told, subscription.told_mark = keys, _mark(keys)
                subscription.save(update_fields=["told", "told_mark"])
    return sent


def _tell(
    subscription: Subscription, institution: Institution, fresh: list[News], connection: BaseEmailBackend
) -> bool:
    address = sealed.unseal(ADDRESS, bytes(subscription.sealed))
    end = f"{settings.ORIGIN}/public/news/stop/{stop_token(subscription)}/"
    items = "\n".join(f"{one.title}\n{one.text}\n{settings.ORIGIN}/public/{one.path}\n" for one in fresh)
    message = EmailMessage(
        fresh[0].title if len(fresh) == 1 else f"News of {institution.name}",
        NEWS_TEXT.format(items=items, name=institution.name, stop=end),
        settings.DEFAULT_FROM_EMAIL,
        [address],
        headers={  # RFC 8058: one click, no page, no question
            "List-Unsubscribe": f"<{end}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            "Auto-Submitted": "auto-generated",
        },
        connection=connection,
    )
    return _send(message)


def _news(institution: Institution) -> list[News]:
    """What there is to tell of an institution, the newest first."""
    return sorted(
        [*access.news_of(institution), *calendar.news(institution)], key=lambda one: one.day, reverse=True
    )


def _mark(keys: list[str]) -> str:
    return hashlib.sha256(json.dumps(sorted(keys)).encode()).hexdigest()


def form_token() -> str:
    """For the form: it is ours and was made lately, without any cookie."""
    return sealed.link("news-form", b64.encode(ids.new_id().encode()), 6 * 3600)


def check_form(token: str) -> None:
    """Raises the malformed Refusal for a form that is not ours, or from another day."""
    try:
        sealed.unlink("news-form", token)
    except (FormatError, ValueError):
        raise malformed("This page was open for too long. Send it once more.", "form") from None
