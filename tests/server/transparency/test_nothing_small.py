"""A small number is had through no address: pages, data, interface, feeds, mail, earlier releases, what is added."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.test import Client

from tests.people import Force
from tests.publishing import small
from tests.server.transparency.test_publishing import ADDRESS, make_public, sign, soon
from upstander.measure.disclosure import opened
from upstander.publishing.check import Check, claims_of, compare
from upstander.server.transparency import access, actions, tidings
from upstander.server.transparency.models import Publication

pytestmark = pytest.mark.django_db
FEW = 4  # reports of one quarter, of which nobody is to learn how many they were
CELL = re.compile(rf"(?:>|,|\"|: ){FEW}(?:<|,|\"|\r|\n|;|\.(?!\d)|$)")


@pytest.fixture
def hidden(force: Force, folder: Path) -> Publication:
    """Figures of a quarter with few reports, checked against a log that has just as many, and a second release."""
    earlier: tuple[str, ...] = ()
    publication = None
    for name in ("first", "second"):
        made = small.site(
            soon(), address=ADDRESS, slugs={force.slug: force.institution.name}, received=FEW, earlier=earlier
        )
        claims = claims_of([one for one in made.releases[0].tables if opened(one).name == "claims"])
        assert claims["2026 Q1", "received"] is None, "what the test rests on: it is hidden"
        log = {("2026 Q1", "received"): FEW, ("2026 Q2", "received"): 40, ("2026", "received"): FEW + 40}
        check = Check(compare(claims, log, whole=True), True, "log", 9, "2026-06-30", 28)
        made = small.checked(made, check)
        publication = actions.announce(
            [force.institution], soon(), reason="" if name == "first" else "Wrong."
        )
        actions.deliver(publication, small.written(folder / name, made))
        sign(publication, force)
        make_public(publication)
        earlier = (*earlier, publication.manifest)
    assert publication is not None
    return publication


def test_it_is_had_through_no_address(force: Force, hidden: Publication, client: Client) -> None:
    addresses = [
        "/public/releases/",
        "/public/cy/releases/",
        "/public/news/",
        "/public/leaf.json",
        "/log/",
        "/log/cy/",
    ]
    for publication in access.published():
        for name in access.manifest_of(publication)["files"]:
            if name.endswith((".html", ".csv", ".json", ".atom")):
                addresses += [
                    f"/public/releases/{publication.id}/{name}",
                    f"/public/{name}",
                    f"/public/{name}?as=signed",
                ]
    addresses += [f"/public/?{query}" for query in ("q=4", "period=2026+Q1")]
    told = client.get("/api/v1/public/institutions").json()
    addresses += [
        f"/api/v1/public/institutions/{force.slug}/tables/{name}" for one in told for name in one["tables"]
    ]
    looked = 0
    for address in dict.fromkeys(addresses):
        answer = client.get(address)
        assert answer.status_code == 200, address
        text = re.sub(r"<svg.*?</svg>", "", answer.content.decode(), flags=re.S)
        assert CELL.findall(re.sub(r'"(?:differing|limit|size)": \d+', "", text)) == [], address
        looked += 1
    assert looked > 60
    (claims,) = [
        client.get(f"/api/v1/public/institutions/{force.slug}/tables/{name}").json() for name in ("claims",)
    ]
    rows = [dict(zip(claims["columns"], row, strict=True)) for row in claims["rows"]]
    kept = [row for row in rows if row["period"] == "2026 Q1"]
    assert [(row["value"], row["all_institutions"], row["in_the_log"]) for row in kept] == [
        ("[c]", "[c]", "[c]")
    ]
    assert not any(CELL.search(f"{one.title}\n{one.text}") for one in tidings.news_of(force.institution))
