"""News by e-mail: asked for twice, ended once, and nobody learns who reads."""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence
from email import message_from_bytes
from pathlib import Path
from smtplib import SMTPRecipientsRefused

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.core.mail.backends.locmem import EmailBackend
from django.db import connection
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis
from hypothesis import strategies as st

from tests.people import Force
from tests.server.transparency.test_publishing import make_public, sign, site_for, soon
from upstander.formats.errors import FormatError
from upstander.server.errors import Refusal
from upstander.server.log.models import Leaf
from upstander.server.transparency import actions, news, sealed
from upstander.server.transparency.models import Publication, Subscription

pytestmark = pytest.mark.django_db
ADDRESS = "reader@example.org"


@pytest.fixture
def public(force: Force, folder: Path) -> Publication:
    publication = actions.announce([force.institution], soon())
    actions.deliver(publication, site_for(force, soon(), folder / "site"))
    sign(publication, force)
    make_public(publication)
    return publication


def form(client: Client) -> str:
    found = re.search(r'name="form" value="([^"]+)"', client.get("/public/news/").content.decode())
    assert found
    return found[1]


def ask(client: Client, place: str, address: str = ADDRESS) -> int:
    return int(
        client.post("/public/news/", {"form": form(client), "place": place, "address": address}).status_code
    )


def link(kind: str) -> str:
    text = str(mail.outbox[-1].body)
    found = re.search(rf"http\S+(/public/news/{kind}/\S+)", text)
    assert found, text
    return found[1]


def press(client: Client, *places: str) -> int:
    """The button behind the link, with these places ticked."""
    return int(client.post(link("confirm"), {"place": places}).status_code)


def subscribe(client: Client, force: Force, place: str = "") -> None:
    assert ask(client, place or force.slug) == 200
    assert press(client, place or force.slug) == 200


def test_nothing_is_kept_before_the_button_is_pressed(
    force: Force, public: Publication, client: Client
) -> None:
    assert ask(client, force.slug) == 200
    assert Subscription.objects.count() == 0
    assert client.get(link("confirm")).status_code == 200  # as mail programs do by themselves
    assert Subscription.objects.count() == 0
    assert press(client, force.slug) == 200
    assert press(client, force.slug) == 200
    assert Subscription.objects.count() == 1
    assert client.cookies == {}


def test_the_address_lies_sealed(force: Force, public: Publication, client: Client) -> None:
    subscribe(client, force)
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM transparency_subscription")
        row = cursor.fetchone()
    held = b" ".join(bytes(one) if isinstance(one, memoryview | bytes) else str(one).encode() for one in row)
    assert b"reader" not in held
    assert b"example.org" not in held
    one = Subscription.objects.get()
    assert sealed.unseal(news.ADDRESS, bytes(one.sealed)) == ADDRESS
    assert len(bytes(one.sealed)) == len(sealed.seal(news.ADDRESS, "a@b.cd"))
    with pytest.raises(FormatError):
        sealed.unseal(news.STOP, bytes(one.sealed))


def test_subscribing_leaves_nothing_in_the_log(force: Force, public: Publication, client: Client) -> None:
    before = Leaf.objects.count()
    subscribe(client, force)
    news.stop(news.stop_token(Subscription.objects.get()))
    assert Leaf.objects.count() == before


def test_who_asks_learns_nothing_of_who_subscribes(force: Force, public: Publication, client: Client) -> None:
    subscribe(client, force)
    known = client.post("/public/news/", {"form": form(client), "place": force.slug, "address": ADDRESS})
    unknown = client.post(
        "/public/news/", {"form": form(client), "place": force.slug, "address": "nobody@example.org"}
    )
    assert known.status_code == unknown.status_code == 200
    assert known.content == unknown.content
    assert [one.to for one in mail.outbox] == [[ADDRESS], ["nobody@example.org"]]  # one link a day each


@pytest.mark.parametrize(
    "address", ["", "reader", "a@b@c", "a@example.org\nBcc: x@example.org", "x" * 250 + "@example.org"]
)
def test_what_is_no_address_is_told_and_keeps_the_rest(
    force: Force, public: Publication, client: Client, address: str
) -> None:
    page = client.post("/public/news/", {"form": form(client), "place": force.slug, "address": address})
    assert page.status_code == 422
    assert b'href="#address"' in page.content
    assert b"checked" in page.content
    assert mail.outbox == []


@pytest.mark.parametrize("place", ["", "nowhere", "marlshire/nowhere", "../x"])
def test_unknown_places_are_answered_plainly(
    force: Force, public: Publication, client: Client, place: str
) -> None:
    assert ask(client, place) == 422
    assert mail.outbox == []


def test_a_form_that_is_not_ours_is_refused(force: Force, public: Publication, client: Client) -> None:
    for token in ("", "x", sealed.link("news-stop", "x", 60), sealed.link("news-form", "x", -1)):
        page = client.post("/public/news/", {"form": token, "place": force.slug, "address": ADDRESS})
        assert page.status_code == 422
    assert mail.outbox == []


def test_news_is_sent_once_and_in_plain_text(
    force: Force, folder: Path, public: Publication, client: Client
) -> None:
    subscribe(client, force, f"{force.slug}/wexhollow-town")
    mail.outbox.clear()
    assert news.send_due() == 0  # what was there before is no news
    actions.list_hearing(force.institution, day=timezone.localdate(), kind="appeal", place="Guildhall")
    assert news.send_due() == 1
    assert news.send_due() == 0
    (message,) = mail.outbox
    assert message.to == [ADDRESS]
    raw = message_from_bytes(message.message().as_bytes())
    assert raw.get_content_type() == "text/plain"
    assert not raw.is_multipart()
    assert raw["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert raw["List-Unsubscribe"].replace("\n", "").replace(" ", "").startswith("<http")
    body = str(message.body)
    assert "Guildhall" in body
    assert [one for one in re.findall(r"http\S+", body) if "/news/stop/" not in one and "?" in one] == []


def test_with_nothing_ticked_nothing_is_kept_and_the_page_says_so(
    force: Force, public: Publication, client: Client
) -> None:
    for language, said in (("", "Nothing is chosen, so nothing is kept."), ("cy/", "Nid oes dim wedi")):
        address = f"reader{len(language)}@example.org"
        given = {"form": news.form_token(), "place": force.slug, "address": address}
        assert client.post(f"/public/{language}news/", given).status_code == 200
        asked = re.search(r"(/public/(?:cy/)?news/confirm/\S+)", str(mail.outbox[-1].body))
        assert asked
        answer = client.post(asked[1])
        page = answer.content.decode()
        assert answer.status_code == 400
        assert said in page
        assert 'role="alert"' in page
        assert page.count('name="place"') == 2, "the choice is still there"
        assert " checked" not in page
        assert Subscription.objects.count() == 0
    with pytest.raises(Refusal, match="malformed"):
        news.confirm(asked[1].rstrip("/").rpartition("/")[2], [])


def test_who_asked_for_an_area_is_told_of_the_area_s_figures(
    force: Force, public: Publication, folder: Path, client: Client
) -> None:
    subscribe(client, force, f"{force.slug}/wexhollow-town")
    mail.outbox.clear()
    second = actions.announce([force.institution], soon(), reason="A report was counted twice.")
    actions.deliver(
        second,
        site_for(
            force, soon() + datetime.timedelta(0), folder / "second", received=61, earlier=(public.manifest,)
        ),
    )
    sign(second, force)
    make_public(second)
    assert news.send_due() == 0  # the same day and title is not told twice
    actions.list_hearing(force.institution, day=timezone.localdate(), kind="appeal")
    mail.outbox.clear()
    assert news.send_due() == 1
    assert "appeal" in str(mail.outbox[-1].body)
    keys = Subscription.objects.get().told
    assert any("areas/wexhollow-town/" in one and "new figures" in one for one in keys)


def test_one_click_ends_it_without_cookies_or_questions(
    force: Force, public: Publication, client: Client
) -> None:
    subscribe(client, force)
    actions.list_hearing(force.institution, day=timezone.localdate(), kind="appeal")
    news.send_due()
    address = str(mail.outbox[-1].extra_headers["List-Unsubscribe"]).strip("<>")
    path = address.removeprefix("http://127.0.0.1:8000")
    strict = Client(enforce_csrf_checks=True)
    assert strict.get(path).status_code == 200
    assert Subscription.objects.count() == 1  # opening the page is not enough: mail programs do that
    assert strict.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert Subscription.objects.count() == 0
    assert strict.post(path).status_code == 200  # once more is no error, and tells nothing


def test_one_click_deletes_the_address_wherever_it_lies(
    force: Force, public: Publication, client: Client
) -> None:
    """The page says that the address is deleted: so it is, also where she chose several places."""
    ask(client, force.slug)
    places = [force.slug, f"{force.slug}/wexhollow-town"]
    client.post(link("confirm"), {"place": places})
    assert ask(client, force.slug, "other@example.org") == 200
    press(client, force.slug)
    assert Subscription.objects.count() == 3
    mine = Subscription.objects.filter(mark=sealed.mark(ADDRESS))
    page = client.post(f"/public/news/stop/{news.stop_token(mine[0])}/").content.decode()
    assert "The address is deleted." in page
    assert not mine.exists()
    assert Subscription.objects.count() == 1


def test_one_mailbox_that_is_refused_keeps_nobody_else_waiting(
    force: Force, public: Publication, client: Client, settings: object
) -> None:
    subscribe(client, force)
    ask(client, force.slug, "other@example.org")
    press(client, force.slug)
    actions.list_hearing(force.institution, day=timezone.localdate(), kind="appeal")
    mail.outbox.clear()
    settings.EMAIL_BACKEND = "tests.server.transparency.test_news.Choosy"  # type: ignore[attr-defined]
    news.send_due()
    assert [one.to for one in mail.outbox] == [["other@example.org"]]
    assert news.send_due() == 0


def test_without_a_mail_server_no_address_is_taken_and_none_is_printed(
    force: Force, public: Publication, client: Client, settings: object, capsys: pytest.CaptureFixture[str]
) -> None:
    subscribe(client, force)
    actions.list_hearing(force.institution, day=timezone.localdate(), kind="appeal")
    settings.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"  # type: ignore[attr-defined]
    settings.DEMO = False  # type: ignore[attr-defined]
    assert ask(client, force.slug, "other@example.org") == 503
    assert news.send_due() == 0
    assert "example.org" not in capsys.readouterr().out


def test_a_mail_server_that_does_not_answer_loses_nothing(
    force: Force, public: Publication, client: Client, settings: object
) -> None:
    subscribe(client, force)
    actions.list_hearing(force.institution, day=timezone.localdate(), kind="appeal")
    settings.EMAIL_BACKEND = "tests.server.transparency.test_news.Broken"  # type: ignore[attr-defined]
    assert news.send_due() == 0
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"  # type: ignore[attr-defined]
    mail.outbox.clear()
    assert news.send_due() == 1


class Broken:
    """A mail server that is away."""

    def __init__(self, *_: object, **__: object) -> None:
        pass

    def __enter__(self) -> Broken:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def send_messages(self, _: object) -> int:
        raise OSError("no route")


class Choosy(EmailBackend):
    """A mail server that knows one mailbox no more."""

    def send_messages(self, messages: Sequence[EmailMessage]) -> int:
        if messages[0].to == [ADDRESS]:
            raise SMTPRecipientsRefused({ADDRESS: (550, b"no such mailbox")})
        return super().send_messages(messages)


def test_feeds_and_mail_never_tell_of_a_report(force: Force, public: Publication, client: Client) -> None:
    from tests.people import reporter, submission

    subscribe(client, force)
    mail.outbox.clear()
    receipt = reporter()
    done = client.post(
        f"/api/v1/i/{force.slug}/reports", submission(force, receipt), content_type="application/json"
    )
    assert done.status_code in (200, 201)
    assert news.send_due() == 0
    assert mail.outbox == []


@hypothesis(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.binary(max_size=500) | st.text(max_size=200))
def test_any_token_is_answered(client: Client, noise: bytes | str) -> None:
    from upstander.formats import b64

    token = b64.encode(noise) if isinstance(noise, bytes) else noise
    for act in (news.about, news.stop, news.check_form):
        with pytest.raises(Refusal):
            act(token)


def test_a_link_runs_out(
    force: Force, public: Publication, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert ask(client, force.slug) == 200
    path = link("confirm")
    later = datetime.datetime.now(datetime.UTC).timestamp() + news.CONFIRM_SECONDS + 1
    monkeypatch.setattr(sealed.time, "time", lambda: later)
    assert client.post(path).status_code == 404
    assert Subscription.objects.count() == 0
