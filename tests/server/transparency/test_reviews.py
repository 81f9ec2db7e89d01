"""A review is published as figures are: announced, signed for from outside, public at its moment, in the log."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.test import Client

from tests.people import Force
from tests.publishing import small
from tests.publishing.test_site import read
from tests.server.transparency.test_publishing import (
    ADDRESS,
    CHECKS,
    make_public,
    sign,
    site_for,
    soon,
)
from upstander.server.errors import Refusal
from upstander.server.log.models import Opening
from upstander.server.transparency import access, actions, tidings
from upstander.server.transparency.models import Publication

pytestmark = pytest.mark.django_db
REVIEW = Publication.Kind.REVIEW


def review_for(force: Force, folder: Path, **named: object) -> Path:
    made = small.site(soon(), address=ADDRESS, slugs={force.slug: force.institution.name}, **named)  # type: ignore[arg-type]
    return small.review(folder, made)


def announced(force: Force) -> Publication:
    return actions.announce([force.institution], soon(), kind=REVIEW)


@pytest.fixture
def review(force: Force, folder: Path) -> Publication:
    publication = announced(force)
    actions.deliver(publication, review_for(force, folder / "review"))
    return publication


def test_the_whole_way(force: Force, review: Publication, client: Client) -> None:
    place = f"/public/i/{force.slug}/review/"
    assert client.get(place).status_code == 404
    assert actions.publish_due(review.moment) == 0  # nobody has signed
    sign(review, force)
    make_public(review)
    page = client.get(place)
    assert page.status_code == 200
    assert "review of" in " ".join(read(page.content).text)
    assert client.get(f"{place}review.pdf").content.startswith(b"%PDF")
    assert client.get(f"{place}cy/").status_code == 200
    assert client.get(f"/public/cy/i/{force.slug}/review/")["Location"] == f"{place}cy/"
    acts = [json.loads(one.body) for one in Opening.objects.all()]
    subjects = {one["act"]: one["subject"] for one in acts if one.get("act", "").endswith("-figures")}
    assert subjects["sign-off-figures"] == subjects["publish-figures"] == review.manifest
    assert client.get(f"{place}leaf.json").json()["manifest"] == review.manifest
    listed = client.get("/public/releases/").content.decode()
    assert "A review:" in listed
    assert f"Signed off by: {review.sign_offs.get().channel.name}." in listed
    (told,) = client.get("/api/v1/public/publications").json()
    assert (told["kind"], told["manifest"]) == ("review", review.manifest)


def test_it_takes_no_address_of_the_figures(
    force: Force, review: Publication, folder: Path, client: Client
) -> None:
    sign(review, force)
    make_public(review)
    assert access.newest(force.slug) is None
    assert client.get("/api/v1/public/institutions").json() == []
    assert b"No figures are public yet" in client.get("/public/").content
    figures = actions.announce([force.institution], soon())
    actions.deliver(figures, site_for(force, soon(), folder / "site", earlier=(review.manifest,)))
    sign(figures, force)
    make_public(figures)
    assert client.get(f"/public/i/{force.slug}/").status_code == 200
    assert b"earlier review" not in client.get(f"/public/i/{force.slug}/review/").content
    titles = [one.title for one in tidings.news_of(force.institution)]
    assert any(": a review, data to" in one for one in titles)
    items = client.get(f"/public/i/{force.slug}/feed.json").json()["items"]
    assert any(one["url"].endswith(f"/i/{force.slug}/review/") for one in items)


def test_figures_made_without_knowing_a_review_could_be_subtracted_from_it(
    force: Force, review: Publication, folder: Path
) -> None:
    sign(review, force)
    make_public(review)
    figures = actions.announce([force.institution], soon())
    with pytest.raises(Refusal) as refused:
        actions.deliver(figures, site_for(force, soon(), folder / "site"))
    assert "history" in refused.value.title


def test_what_was_announced_is_what_is_delivered(force: Force, folder: Path) -> None:
    figures = actions.announce([force.institution], soon())
    for publication, source in (
        (figures, review_for(force, folder / "review")),
        (announced(force), site_for(force, soon(), folder / "site")),
    ):
        with pytest.raises(Refusal) as refused:
            actions.deliver(publication, source)
        assert "not what was announced" in refused.value.title


def test_a_review_is_of_one_institution(force: Force, other_force: Force) -> None:
    with pytest.raises(Refusal, match="malformed"):
        actions.announce([force.institution, other_force.institution], soon(), kind=REVIEW)


def test_nobody_inside_can_sign_for_a_review(force: Force, review: Publication) -> None:
    for person in (force.handler.person, force.administrator):
        with pytest.raises(Refusal):
            actions.sign_off(review, person, force.institution, manifest=review.manifest, **CHECKS)
    assert access.missing(review) == [force.institution]


def test_a_body_that_nobody_knows_signs_for_nothing(force: Force, folder: Path) -> None:
    """Who stands under "Signed off by" is no free text: it is a body outside, and only that one can sign."""
    with pytest.raises(Refusal) as refused:
        actions.deliver(announced(force), review_for(force, folder / "review", signed_off="Friends of ours"))
    assert "no body outside" in refused.value.title
    with pytest.raises(Refusal) as refused:
        actions.deliver(announced(force), review_for(force, folder / "inside", signed_off=force.inside.name))
    assert "no body outside" in refused.value.title


def test_only_the_body_that_is_named_can_sign(force: Force, folder: Path, client: Client) -> None:
    publication = announced(force)
    named = force.outside.name
    actions.deliver(publication, review_for(force, folder / "review", signed_off=named))
    force.outside.name = "Somebody else outside"
    force.outside.save()
    with pytest.raises(Refusal) as refused:
        sign(publication, force)
    assert refused.value.title == f"They say that {named} signs for them, and you have no place there."
    force.outside.name = named
    force.outside.save()
    sign(publication, force)
    make_public(publication)
    page = " ".join(read(client.get(f"/public/i/{force.slug}/review/").content).text)
    assert f"Signed off by: {named}, as whoever made this says" in page


def test_an_earlier_review_says_that_there_is_a_newer_one(
    force: Force, review: Publication, folder: Path, client: Client
) -> None:
    sign(review, force)
    make_public(review)
    second = announced(force)
    actions.deliver(second, review_for(force, folder / "second", received=61, earlier=(review.manifest,)))
    sign(second, force)
    make_public(second)
    page = client.get(f"/public/releases/{review.id}/").content.decode()
    assert "This is an earlier review." in page
    assert f'href="/public/i/{force.slug}/review/"' in page
    assert "earlier review" not in client.get(f"/public/i/{force.slug}/review/").content.decode()
