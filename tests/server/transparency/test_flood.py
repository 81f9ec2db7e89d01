"""Somebody floods the subscription form: mailboxes stay quiet, tables stay small, nobody is told apart."""

from __future__ import annotations

import datetime
import re
from collections import Counter

import pytest
from django.core import mail
from django.test import Client, RequestFactory
from django.utils import timezone

from tests.people import Force
from tests.server.transparency.test_news import ADDRESS, ask, form, link, public, subscribe  # noqa: F401
from tests.server.transparency.test_publishing import Publication
from upstander.server.transparency import flood, news, sealed, views
from upstander.server.transparency.models import Asked, AskedHour, Subscription

pytestmark = pytest.mark.django_db


def post(client: Client, token: str, place: str, address: str) -> tuple[int, bytes]:
    page = client.post("/public/news/", {"form": token, "place": place, "address": address})
    return page.status_code, page.content


def test_an_attacker_gets_one_message_into_a_mailbox_however_it_is_spelt(
    force: Force, client: Client
) -> None:
    token = form(client)
    spellings = [
        ADDRESS,
        ADDRESS.upper(),
        "reader+1@example.org",
        "Reader+2@EXAMPLE.org",
        f" {ADDRESS} ",
        "reader+a+b@example.org",
    ]
    answers = {post(client, token, force.slug, one) for one in spellings * 5}
    assert len(answers) == 1, "whoever asks sees no difference"
    assert len(mail.outbox) == 1
    assert Asked.objects.count() == 1


def test_an_hour_has_an_end_for_everybody_alike_and_the_table_too(
    force: Force, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(flood, "ALL_HOUR", 20)
    subscribe(client, force)
    Asked.objects.all().delete()
    AskedHour.objects.all().delete()
    mail.outbox.clear()
    token = form(client)
    codes = Counter(post(client, token, force.slug, f"victim{one}@example.org")[0] for one in range(200))
    assert codes == {200: 20, 503: 180}
    assert len(mail.outbox) == 20
    assert Asked.objects.count() == 20
    assert AskedHour.objects.count() == 1
    refused = {  # one subscribes, one was asked for today, one is unknown
        re.sub(rb'name="form" value="[^"]+"', b"", post(client, token, force.slug, address)[1]).replace(
            address.encode(), b""
        )
        for address in (ADDRESS, "victim3@example.org", "nobody@example.org")
    }
    assert len(refused) == 1
    later = flood.time.time() + 3600
    monkeypatch.setattr(flood.time, "time", lambda: later)
    assert post(client, form(client), force.slug, "late@example.org")[0] == 200
    assert len(mail.outbox) == 21


def test_asking_again_and_again_for_one_address_uses_the_hour_up_like_any_other(
    force: Force, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise the last place of the hour would tell whether an address was asked for before."""
    monkeypatch.setattr(flood, "ALL_HOUR", 3)
    assert [ask(client, force.slug) for _ in range(4)] == [200, 200, 200, 503]
    assert len(mail.outbox) == 1


def test_the_page_goes_out_before_the_message_so_that_its_time_tells_nothing(force: Force) -> None:
    request = RequestFactory().post(
        "/public/news/", {"form": news.form_token(), "place": force.slug, "address": ADDRESS}
    )
    page = views.subscribe(request)
    assert page.status_code == 200
    assert mail.outbox == []
    page.close()
    page.close()
    assert len(mail.outbox) == 1


def test_the_page_says_its_length_or_a_browser_would_wait_for_the_message(
    force: Force, client: Client
) -> None:
    page = client.post("/public/news/", {"form": form(client), "place": force.slug, "address": ADDRESS})
    assert page["Content-Length"] == str(len(page.content))


def test_marks_say_nothing_of_addresses_and_do_not_outlive_the_day(force: Force, client: Client) -> None:
    subscribe(client, force)
    row, kept = Asked.objects.get(), Subscription.objects.get()
    assert row.mark != kept.mark
    today = timezone.localdate()
    tomorrow = today + datetime.timedelta(days=1)
    assert sealed.mark_of_day(ADDRESS, today) == row.mark
    assert sealed.mark_of_day(ADDRESS, tomorrow) != row.mark
    assert flood.forget(today) == 0
    assert flood.forget(tomorrow) == 1
    assert Asked.objects.count() == 0


def test_hours_that_are_over_are_forgotten(client: Client, force: Force) -> None:
    assert ask(client, force.slug) == 200
    AskedHour.objects.update(hour=int(flood.time.time() // 3600) - 2)
    assert flood.forget() == 1
    assert AskedHour.objects.count() == 0


def test_a_message_that_could_not_be_sent_may_be_asked_for_again(
    force: Force, client: Client, settings: object
) -> None:
    settings.EMAIL_BACKEND = "tests.server.transparency.test_news.Broken"  # type: ignore[attr-defined]
    assert ask(client, force.slug) == 200
    assert Asked.objects.count() == 0
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"  # type: ignore[attr-defined]
    assert ask(client, force.slug) == 200
    assert len(mail.outbox) == 1


def test_one_link_serves_every_place_so_that_one_message_a_day_is_enough(
    force: Force,
    other_force: Force,
    public: Publication,  # noqa: F811
    client: Client,
) -> None:
    """Somebody asked for her address and another force: she chooses her own behind the link."""
    assert ask(client, other_force.slug) == 200
    path = link("confirm")
    page = client.get(path).content.decode()
    assert page.count('type="checkbox"') >= 3
    assert page.count(" checked") == 1
    client.post(path, {"place": [force.slug, f"{force.slug}/wexhollow-town"]})
    kept = {(one.institution.slug, one.area) for one in Subscription.objects.all()}
    assert kept == {(force.slug, ""), (force.slug, "wexhollow-town")}
    assert client.post(path, {"place": "nowhere"}).status_code == 404
    assert Subscription.objects.count() == 2
