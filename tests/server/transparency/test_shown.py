"""What a server says above pages that were signed for: newer ones, what did not come; and who is on the first page."""

from __future__ import annotations

import datetime
import json
from pathlib import Path
from xml.etree import ElementTree

import pytest
from django.test import Client
from django.utils import timezone

from tests.people import Force
from tests.publishing.test_site import read
from tests.server.transparency.test_publishing import make_public, sign, site_for, soon
from upstander.server.transparency import access, actions, tidings
from upstander.server.transparency.models import Hearing, Publication

pytestmark = pytest.mark.django_db


def published(
    force: Force,
    folder: Path,
    name: str,
    *,
    reason: str = "",
    earlier: tuple[str, ...] = (),
    received: int = 60,
) -> Publication:
    """One more publication about this institution alone, all the way."""
    publication = actions.announce([force.institution], soon(), reason)
    actions.deliver(publication, site_for(force, soon(), folder / name, earlier=earlier, received=received))
    sign(publication, force)
    make_public(publication)
    return publication


@pytest.fixture
def superseded(force: Force, delivered: Publication, folder: Path) -> Publication:
    """One that is public, and put right by a second."""
    sign(delivered, force)
    make_public(delivered)
    published(force, folder, "second", reason="Wrong.", earlier=(delivered.manifest,), received=61)
    return delivered


def test_a_superseded_release_says_so_on_each_of_its_pages(
    force: Force,
    delivered: Publication,
    folder: Path,
    client: Client,
) -> None:
    sign(delivered, force)
    make_public(delivered)
    mine = f"/public/releases/{delivered.id}/"
    paths = [
        name.removesuffix("index.html")
        for name in access.manifest_of(delivered)["files"]
        if name.endswith("index.html")
    ]
    assert len(paths) > 8
    for path in paths:
        assert b"earlier figures" not in client.get(mine + path).content
    second = published(
        force,
        folder,
        "second",
        reason="A report was counted twice.",
        earlier=(delivered.manifest,),
        received=61,
    )
    for path in paths:
        page = client.get(mine + path).content
        text = " ".join(read(page).text)
        if path.startswith("cy/"):
            assert "Ffigurau cynharach" in text, path
            assert b'<span lang="en-GB">A report was counted twice.</span>' in page
        else:
            assert "These are earlier figures. Newer ones have been public since" in text, path
            assert "A report was counted twice." in text, path
        assert page.count(b'class="band late measure flow-s"') == 1
        assert b"?as=signed" in page
    own = client.get(f"{mine}i/{force.slug}/").content.decode()
    assert f'href="/public/i/{force.slug}/"' in own, "the way to what is public now"
    for path in ("", f"i/{force.slug}/"):
        assert b"earlier figures" not in client.get(f"/public/{path}").content
        assert b"earlier figures" not in client.get(f"/public/releases/{second.id}/{path}").content


def test_the_bytes_that_were_signed_for_stay_to_be_had(
    force: Force, superseded: Publication, client: Client
) -> None:
    for place, publication in ((f"releases/{superseded.id}/", superseded), ("", access.newest())):
        assert publication is not None
        for name in access.manifest_of(publication)["files"]:
            got = client.get(f"/public/{place}{name}?as=signed")
            assert got.content == access.file_of(publication, name)[0], name


def test_a_day_that_passes_unsigned_is_said_on_pages_and_in_feeds(
    force: Force,
    delivered: Publication,
    folder: Path,
    client: Client,
) -> None:
    published(force, folder, "first")
    place = f"/public/i/{force.slug}/"
    before = [client.get(place).content, client.get("/public/releases/").content]
    assert all(b"is not public" not in one and b"not public</h2>" not in one for one in before)
    moment = timezone.now() - datetime.timedelta(hours=2)
    Publication.objects.filter(pk=delivered.pk).update(moment=moment)
    assert actions.publish_due() == 0
    said = "What was announced for"
    why = f"Nobody outside has signed for it yet: {force.institution.name}."
    for path in ("", f"i/{force.slug}/", f"i/{force.slug}/data/", f"i/{force.slug}/areas/wexhollow-town/"):
        text = " ".join(read(client.get(f"/public/{path}").content).text)
        assert said in text, path
        assert why in text, path
    page = client.get("/public/releases/").content.decode()
    assert "Announced, and not public" in page
    assert why in page
    assert "Nid oes neb o'r tu allan" in client.get(f"/public/cy/i/{force.slug}/").content.decode()
    for path in ("", f"i/{force.slug}/", f"i/{force.slug}/areas/wexhollow-town/"):
        items = client.get(f"/public/{path}feed.json").json()["items"]
        (late,) = [one for one in items if "is not public" in one["title"]]
        assert late["content_text"] == why
        assert ElementTree.fromstring(client.get(f"/public/{path}feed.atom").content) is not None
    told = [one.title for one in tidings.news_of(force.institution)]
    assert any("is not public" in one for one in told), "and by e-mail"
    sign(delivered, force)
    earlier = access.newest()
    assert earlier is not None
    assert actions.publish_due() == 0  # made without the history of what became public meanwhile
    assert "has to be made anew" in client.get(place).content.decode()
    actions.withdraw(delivered, "Announced too early.")
    assert said not in client.get(place).content.decode()


def test_before_its_moment_nothing_is_late(force: Force, delivered: Publication) -> None:
    assert tidings.late() == []
    moment = timezone.now() - datetime.timedelta(minutes=5)
    Publication.objects.filter(pk=delivered.pk).update(moment=moment)
    assert tidings.late(force.institution) == [], "the beat needs a moment"


def test_what_was_announced_and_never_handed_in_says_so(force: Force, client: Client) -> None:
    one = actions.announce([force.institution], soon())
    Publication.objects.filter(pk=one.pk).update(moment=timezone.now() - datetime.timedelta(days=1))
    assert "Nothing has been handed in." in client.get("/public/releases/").content.decode()


def test_the_first_page_has_every_institution_with_figures(
    force: Force,
    other_force: Force,
    delivered: Publication,
    folder: Path,
    client: Client,
) -> None:
    """Two publish apart; neither takes the other off the first page, in either language, with their areas."""
    sign(delivered, force)
    make_public(delivered)
    second = published(other_force, folder, "other")
    for language, heading in (("", "Institutions"), ("cy/", "Sefydliadau")):
        page = client.get(f"/public/{language}").content.decode()
        reader = read(page.encode())
        assert heading in " ".join(reader.headings)
        for one in (force, other_force):
            assert page.count(f'<li><a href="i/{one.slug}/">') == 1
            assert f'href="i/{one.slug}/areas/wexhollow-town/"' in page
            assert client.get(f"/public/{language}i/{one.slug}/").status_code == 200
        assert len(set(reader.ids)) == len(reader.ids)
    names = [one.institution.name for one in (force, other_force)]
    page = client.get("/public/").content.decode()
    assert [page.index(f">{name}</a>, data to") for name in sorted(names)] == sorted(
        page.index(f">{name}</a>, data to") for name in names
    )
    only = client.get("/public/?as=signed").content.decode()
    assert f'href="i/{force.slug}/"' not in only
    own = client.get(f"/public/i/{force.slug}/").content.decode()
    assert f'href="/public/releases/{delivered.id}/check/"' in own, "the check of its own release"
    assert f"releases/{second.id}/check" not in own
    assert client.get(f"/public/releases/{delivered.id}/check/").status_code == 200


def test_feeds_have_hearings_too_and_forget_them_with_the_calendar(
    force: Force,
    other_force: Force,
    delivered: Publication,
    client: Client,
) -> None:
    sign(delivered, force)
    make_public(delivered)
    hearing = actions.list_hearing(force.institution, day=soon(), kind=Hearing.Kind.HEARING)
    actions.list_hearing(other_force.institution, day=soon(), kind=Hearing.Kind.APPEAL)
    for path in ("", f"i/{force.slug}/", f"i/{force.slug}/areas/wexhollow-town/"):
        items = client.get(f"/public/{path}feed.json").json()["items"]
        (one,) = [item for item in items if item["tags"] == ["hearing"]]
        assert one["url"].endswith(f"hearings/#h-{hearing.id}")
    actions.remove_hearing(hearing)
    assert "hearing" not in str(
        [one["tags"] for one in client.get(f"/public/i/{force.slug}/feed.json").json()["items"]]
    )


def test_a_file_that_is_no_page_has_no_notice(force: Force, superseded: Publication, client: Client) -> None:
    for name in (f"i/{force.slug}/data/claims.csv", "publication.json", "assets/public.css"):
        got = client.get(f"/public/releases/{superseded.id}/{name}").content
        assert got == access.file_of(superseded, name)[0]


def test_what_opens_its_entries_is_beside_a_publication_and_names_no_person(
    force: Force,
    delivered: Publication,
    client: Client,
) -> None:
    sign(delivered, force)
    make_public(delivered)
    for place in ("/public/", f"/public/releases/{delivered.id}/"):
        said = client.get(f"{place}leaf.json").json()
        assert said["manifest"] == delivered.manifest
        (signed,) = said["signed"]
        assert (signed["institution"], signed["body"]) == (force.slug, delivered.sign_offs.get().channel.name)
        assert force.overseer.person.name not in json.dumps(said)


def test_each_institution_has_a_calendar_and_feeds_of_its_own(
    force: Force, other_force: Force, client: Client
) -> None:
    mine = actions.list_hearing(force.institution, day=soon(), kind=Hearing.Kind.HEARING)
    theirs = actions.list_hearing(other_force.institution, day=soon(), kind=Hearing.Kind.APPEAL)
    for language in ("", "cy/"):
        place = f"/public/{language}hearings/"
        own = client.get(f"{place}{force.slug}/").content.decode()
        assert f'id="h-{mine.id}"' in own
        assert theirs.id not in own
        assert f'href="/public/{language}hearings/{force.slug}/feed.atom"' in own
        assert theirs.id in client.get(place).content.decode()
        assert f'href="/public/{language}hearings/{other_force.slug}/"' in client.get(place).content.decode()
        feed = client.get(f"{place}{force.slug}/feed.json").json()
        assert [one["url"].endswith(mine.id) for one in feed["items"]] == [True]
        assert force.institution.name in feed["title"]
        root = ElementTree.fromstring(client.get(f"{place}{force.slug}/feed.atom").content)
        assert len(list(root.iter("{http://www.w3.org/2005/Atom}entry"))) == 1
    for name in ("nobody", "nobody/feed.json"):
        assert (
            client.get(f"/public/hearings/{name.rstrip('/')}{'' if '.' in name else '/'}").status_code == 404
        )
