"""News by e-mail: asked for twice, sent as plain text, ended with one click, and nothing kept afterwards.

Nothing about a subscription goes into the log: nobody is to see that somebody reads. Before an address is
confirmed it is nowhere but in the link that was sent to it. Whoever asks learns nothing about who subscribes:
the answer is always the same.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable, Sequence
from smtplib import SMTPRecipientsRefused

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.core.validators import validate_email
from django.db import IntegrityError, transaction

from upstander.formats import b64, ids
from upstander.formats.errors import FormatError
from upstander.publishing.feeds import News
from upstander.publishing.language import ENGLISH, LANGUAGES, current, folder, say, speaking
from upstander.server import mail
from upstander.server.errors import Refusal, malformed
from upstander.server.institutions.models import Institution
from upstander.server.transparency import access, flood, sealed, tidings
from upstander.server.transparency.models import Subscription

CONFIRM, STOP, ADDRESS = "news-confirm", "news-stop", "news-address"
CONFIRM_SECONDS = 2 * 24 * 3600
STOP_SECONDS = 20 * 365 * 24 * 3600
NOTHING = "Nothing is chosen, so nothing is kept. Tick what you want news of, or close this page."
A_BEAT = 200  # messages in one beat
log = logging.getLogger("upstander.news")

Post = Callable[[], None]


def ask(address: str, institution: Institution, area: str) -> Post:
    """Answers what sends the link that confirms: call it once the page has gone out.

    The page is the same, and as fast, whether or not the address has our news or was asked for today.
    Raises Refusal for what is no address, and where too many ask at once.
    """
    address = address.strip()
    try:
        validate_email(address)
    except ValidationError:
        raise malformed(say("Write an e-mail address such as name@example.org."), "address") from None
    if len(address) > 254 or "\n" in address:
        raise malformed(say("This address is too long."), "address")
    if not mail.posts():
        raise Refusal("busy", say("This server sends no e-mail. The feeds tell the same."), 503)
    flood.count_one()
    mark = flood.take_today(address)
    if not mark:
        return lambda: None  # this mailbox had our link today; whoever asks is not told
    token = sealed.link(CONFIRM, json.dumps([address, institution.slug, area]), CONFIRM_SECONDS)
    name = institution.name
    text = "\n\n".join(
        (
            say("Somebody, we hope you, asked for news of {name} at this address.", name=name),
            say(
                "To get it, open this page and press the button, within two days. You can choose more there:"
            ),
            f"{settings.ORIGIN}/public/{folder()}news/confirm/{token}/",
            say("If it was not you, do nothing. Nothing about this address is kept here."),
            *unchecked(),
        )
    )
    title = say("News of {name}: one more step", name=name)
    message = EmailMessage(title, f"{text}\n", settings.DEFAULT_FROM_EMAIL, [address])

    def post() -> None:
        if not _send(message):
            flood.give_back(mark)

    return post


def unchecked() -> list[str]:
    """What a Welsh message says of its words."""
    if current() == ENGLISH:
        return []
    return [say("No Welsh speaker has checked the words of this message yet.")]


def _send(message: EmailMessage) -> bool:
    """Whether the mail server answers; what it says of one mailbox keeps nobody else waiting."""
    try:
        message.send()
    except SMTPRecipientsRefused:
        log.warning("a mail server refused an address: it misses this message")
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
        raise malformed(say("This link does not hold any more. Ask again."), "token") from None
    institution = access.institution_or_none(slug)
    if institution is None:
        raise malformed(say("This link does not hold any more. Ask again."), "token")
    return institution, area, address


def confirm(token: str, chosen: Sequence[tuple[Institution, str]]) -> list[Institution]:
    """Keeps the subscription to these places, sealed. Pressing twice keeps one.

    Raises the malformed Refusal, also where nothing is chosen: then nothing is kept.
    """
    _, _, address = about(token)
    if not chosen:
        raise malformed(say(NOTHING), "place")
    for one, part in chosen:
        keys = [new.path + new.title for new in tidings.news_of(one, part)]
        try:
            with transaction.atomic():
                Subscription.objects.create(
                    id=ids.new_id(),
                    institution=one,
                    area=part,
                    sealed=sealed.seal(ADDRESS, address),
                    mark=sealed.mark(address),
                    language=current(),
                    told=keys,
                    told_mark=_mark(keys),
                )
        except IntegrityError:
            continue
    return list(dict.fromkeys(one for one, _ in chosen))


def stop_token(subscription: Subscription) -> str:
    """The token that ends a subscription."""
    return sealed.link(STOP, subscription.id, STOP_SECONDS)


def stop(token: str) -> None:
    """Deletes the address: this subscription and all others of it. Raises the malformed Refusal.

    One that is gone already is no error.
    """
    try:
        identity = sealed.unlink(STOP, token)
    except (FormatError, ValueError):
        raise malformed(say("This link is not complete. Copy all of it from the message."), "token") from None
    marks = Subscription.objects.filter(id=identity).values_list("mark", flat=True)
    Subscription.objects.filter(mark__in=list(marks)).delete()


def send_due() -> int:
    """Sends what is new to who waits for it, at most so many a beat; answers how many messages went out.

    What was sent is noted before the next message, so that a crash repeats one message at most.
    """
    sent = 0
    if not mail.posts():
        return sent
    for institution in access.with_news():
        for language in LANGUAGES:
            for area in access.areas_with_news(institution, language):
                with speaking(language):
                    more, answers = _send_to(institution, area, A_BEAT - sent)
                sent += more
                if not answers:
                    return sent  # the mail server does not answer: the next beat goes on here
    return sent


def _send_to(institution: Institution, area: str, most: int) -> tuple[int, bool]:
    """Sends to who reads in the language that is spoken: how many, and whether the mail server answers."""
    sent, news = 0, tidings.news_of(institution, area)
    keys = [one.path + one.title for one in news]
    waiting = Subscription.objects.filter(institution=institution, area=area, language=current())
    waiting = waiting.exclude(told_mark=_mark(keys))[:most]
    if not waiting:
        return 0, True
    with get_connection() as connection:
        for subscription in waiting:
            fresh = [one for one in news if one.path + one.title not in subscription.told]
            if fresh and not _tell(subscription, institution, fresh, connection):
                return sent, False
            sent += bool(fresh)
            subscription.told, subscription.told_mark = keys, _mark(keys)
            subscription.save(update_fields=["told", "told_mark"])
    return sent, True


def _tell(
    subscription: Subscription, institution: Institution, fresh: list[News], connection: BaseEmailBackend
) -> bool:
    address = sealed.unseal(ADDRESS, bytes(subscription.sealed))
    end = f"{settings.ORIGIN}/public/{folder()}news/stop/{stop_token(subscription)}/"
    name = institution.name
    parts = [f"{one.title}\n{one.text}\n{settings.ORIGIN}/public/{one.path}" for one in fresh]
    parts += [
        say(
            "You asked for news of {name}. It comes when there are new figures, a hearing in public, an "
            "outcome, or something was changed because of reports; never about a report itself. This message "
            "does not tell us whether you read it.",
            name=name,
        ),
        say("To end all news to this address, open this page and press the button. It is then deleted:")
        + f"\n{end}",
        *unchecked(),
    ]
    message = EmailMessage(
        fresh[0].title if len(fresh) == 1 else say("News of {name}", name=name),
        "\n\n".join(parts) + "\n",
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
        raise malformed(say("This page was open for too long. Send it once more."), "form") from None
