"""The server's public pages and messages in Welsh: every page has its twin, and messages come as they were asked for."""

from __future__ import annotations

import re

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from tests.people import Force
from tests.publishing.test_languages import SAME, read
from tests.publishing.test_validators import strict
from tests.server.transparency.test_news import ADDRESS, link, public, subscribe  # noqa: F401
from tests.server.transparency.test_publishing import Publication, soon
from upstander.publishing.language import ENGLISH, WELSH
from upstander.server.transparency import actions, news, sealed
from upstander.server.transparency.models import Subscription

pytestmark = pytest.mark.django_db
UNCHECKED = "Nid yw siaradwr Cymraeg wedi gwirio geiriau'r {} hon eto."


def twins(client: Client, path: str, data: dict[str, str] | None = None) -> tuple[str, str]:
    """A page and its twin, compared: each marked as what it is, linked, without the other's words."""
    found = []
    for own in ("/public/", "/public/cy/"):
        address = own + path
        page = client.post(address, data) if data is not None else client.get(address)
        strict(page.content)  # no HTML error, as an outside parser judges
        found.append(page.content.decode())
    one, other = read(found[0].encode(), ENGLISH), read(found[1].encode(), WELSH)
    assert (one.root, other.root) == (ENGLISH, WELSH)
    assert one.switch == [WELSH, WELSH, f"/public/cy/{path}"]
    assert other.switch == [ENGLISH, ENGLISH, f"/public/{path}"]
    both = {text for text in one.texts & other.texts if not SAME.fullmatch(text)}
    both = {text for text in both if not text.startswith(("publication.json: ", "label: ", "salt: "))}
    assert both <= {"Marlshire Police", "Wexhollow town", "Guildhall"}, path
    assert UNCHECKED.format("dudalen") in found[1]
    return found[0], found[1]


def test_before_there_is_anything(force: Force, client: Client) -> None:
    actions.announce([force.institution], soon())
    _, welsh = twins(client, "")
    assert re.search(r"\d+ (?:Rhagfyr|Tachwedd|Ionawr) 20\d\d, 09:30", welsh)
    assert client.get("/public/cy/i/x/")["Location"] == "/public/cy/"


def test_every_page_has_its_twin(force: Force, public: Publication, client: Client) -> None:  # noqa: F811
    actions.list_hearing(
        force.institution, day=timezone.localdate(), kind="appeal", place="Guildhall", standards=[4, 10]
    )
    actions.announce([force.institution], soon(), reason="A report was counted twice.")
    for path in ("hearings/", "releases/", "news/", "news/?for=marlshire", "news/stop/x/", "news/confirm/x/"):
        twins(client, path)
    _, welsh = twins(client, "news/", {"form": "x", "place": "x", "address": "x"})
    assert "Bu&#x27;r dudalen hon ar agor yn rhy hir" in welsh
    token = sealed.link(news.STOP, "x", 60)
    twins(client, f"news/stop/{token}/", {})
    given = {"form": news.form_token(), "place": force.slug, "address": ADDRESS}
    twins(client, "news/", given)


def test_a_query_that_tries_to_leave_the_site_stays_on_it(client: Client) -> None:
    page = client.get("/public/news/?for=%22%3E%3Cscript%3E//evil.example.org/public/").content.decode()
    assert "<script" not in page
    assert re.findall(r'hreflang="cy"[^>]*href="(?!/public/cy/news/)', page) == []
    assert re.findall(r'href="(?!/public/)[^"]*"[^>]* hreflang="cy"', page) == []


def test_the_hearings_feed_in_welsh(force: Force, client: Client) -> None:
    actions.list_hearing(force.institution, day=timezone.localdate(), kind="appeal", place="Guildhall")
    data = client.get("/public/cy/hearings/feed.atom").content.decode()
    assert 'xml:lang="cy"' in data
    assert "Sut y mae'n cael ei gynnal: yn gyhoeddus. Ble: Guildhall." in data
    assert "/public/cy/hearings/#h-" in data


def test_the_list_of_releases_leads_to_the_welsh_of_each(
    force: Force,
    public: Publication,  # noqa: F811
    client: Client,
) -> None:
    kept = f"/public/releases/{public.id}/cy/"
    assert f'href="{kept}"' in client.get("/public/cy/releases/").content.decode()
    assert '<html lang="cy">' in client.get(kept).content.decode()
    assert f'href="/public/releases/{public.id}/"' in client.get("/public/releases/").content.decode()


def test_who_asked_in_welsh_is_written_to_in_welsh(
    force: Force,
    public: Publication,  # noqa: F811
    client: Client,
) -> None:
    given = {"form": news.form_token(), "place": force.slug, "address": ADDRESS}
    assert client.post("/public/cy/news/", given).status_code == 200
    body = str(mail.outbox[-1].body)
    assert "/public/cy/news/confirm/" in body
    assert UNCHECKED.format("neges") in body
    path = re.search(r"(/public/cy/news/confirm/\S+)", body)
    assert path
    assert "Byddwch yn cael y newyddion" in client.post(path[1], {"place": force.slug}).content.decode()
    given = {"form": news.form_token(), "place": force.slug, "address": "other@example.org"}
    client.post("/public/news/", given)
    client.post(link("confirm"), {"place": force.slug})
    assert {one.language for one in Subscription.objects.all()} == {ENGLISH, WELSH}
    mail.outbox.clear()
    actions.list_hearing(force.institution, day=timezone.localdate(), kind="appeal", place="Guildhall")
    assert news.send_due() == 2
    assert news.send_due() == 0
    texts = {message.to[0]: str(message.body) for message in mail.outbox}
    assert "It is held in public at Guildhall." in texts["other@example.org"]
    assert "Ble: Guildhall." in texts[ADDRESS]
    assert "/public/cy/news/stop/" in texts[ADDRESS]
    assert "It is held" not in texts[ADDRESS]


def test_a_publication_from_before_there_was_welsh_is_still_reached(
    force: Force,
    public: Publication,  # noqa: F811
    client: Client,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from upstander.server.transparency import access

    hashes = access._hashes(access.files_of(public), public.manifest)
    old = {name: one for name, one in hashes.items() if not name.startswith("cy/")}
    monkeypatch.setattr(access, "_hashes", lambda *_: old)
    page = client.get(f"/public/cy/i/{force.slug}/")
    assert page["Location"] == f"/public/i/{force.slug}/"
    page = client.get(f"/public/releases/{public.id}/cy/i/{force.slug}/")
    assert page["Location"] == f"/public/releases/{public.id}/i/{force.slug}/"
    subscribe(client, force)
    assert client.get("/public/cy/nowhere/").status_code == 404
    assert client.get("/public/nowhere/").status_code == 404


def test_the_log_and_what_is_not_there_are_in_welsh_too(force: Force, client: Client) -> None:
    for path, status, english, welsh in (
        ("/log/", 200, "The public log", "Y cofnod cyhoeddus"),
        ("/public/nothing/here/", 404, "There is nothing here", "Nid oes dim yma"),
        ("/public/hearings/nobody/", 404, "There is nothing here", "Nid oes dim yma"),
    ):
        other = path.replace("/log/", "/log/cy/").replace("/public/", "/public/cy/")
        answers = [client.get(one, follow=True) for one in (path, other)]
        if not force.institution.publications.exists() and "nothing" in path:
            continue  # before there are figures everything leads to the page that says so
        one, two = (answer.content.decode() for answer in answers)
        assert [answer.status_code for answer in answers] == [status, status], path
        assert english in one
        assert '<html lang="en-GB">' in one
        assert welsh in two
        assert '<html lang="cy">' in two
        assert english not in two
        assert UNCHECKED.format("dudalen") in two
    log = client.get("/log/cy/").content.decode()
    assert 'href="/log/" lang="en-GB"' in log
    assert 'href="/log/cy/" lang="cy"' in client.get("/log/").content.decode()
    assert 'href="/log/cy/"' in client.get("/public/cy/hearings/").content.decode()
    words = re.sub(
        r"<[^>]+>",
        " ",
        re.sub(r'<(\w+)[^>]*(?:lang="en-GB"|class="mono[^"]*")[^>]*>.*?</\1>', "", log, flags=re.S),
    )
    assert not re.findall(r"\b(?:the|entries|signed|nobody|witness|every)\b", words, flags=re.I)


def test_a_page_that_is_not_there_among_figures_is_welsh(
    force: Force,
    public: Publication,  # noqa: F811
    client: Client,
) -> None:
    for path in ("nothing/", f"i/{force.slug}/nothing/", "i/nobody/"):
        answer = client.get(f"/public/cy/{path}")
        assert answer.status_code == 404
        assert "Nid oes dim yma" in answer.content.decode()
