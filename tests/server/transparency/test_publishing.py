"""Publishing as an act: announced, delivered, signed for from outside, public at its moment, in the log."""

from __future__ import annotations

import datetime
import hashlib
import json
import shutil
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from tests.people import Force, signed_in
from tests.publishing import small
from upstander.formats import b64
from upstander.ledger import leaf as leaves
from upstander.server.errors import Refusal
from upstander.server.log.models import Leaf, Opening
from upstander.server.transparency import access, actions
from upstander.server.transparency.models import Hearing, Publication

pytestmark = pytest.mark.django_db
ADDRESS = f"{settings.ORIGIN}/public/"
CHECKS = {"contempt": True, "victims": True, "live": True}


def soon() -> datetime.date:
    return timezone.localdate() + datetime.timedelta(days=8)


def site_for(force: Force, day: datetime.date, folder: Path, **named: object) -> Path:
    made = small.site(day, address=ADDRESS, slugs={force.slug: force.institution.name}, **named)  # type: ignore[arg-type]
    return small.written(folder, made)


def sign(publication: Publication, force: Force) -> None:
    actions.sign_off(
        publication, force.overseer.person, force.institution, manifest=publication.manifest, **CHECKS
    )


def make_public(publication: Publication) -> None:
    assert actions.publish_due(publication.moment) == 1
    publication.refresh_from_db()


def test_the_whole_way(force: Force, delivered: Publication, client: Client) -> None:
    assert client.get("/public/").status_code == 200
    assert b"No figures are public yet" in client.get("/public/").content
    assert actions.publish_due(delivered.moment) == 0  # nobody has signed
    sign(delivered, force)
    assert actions.publish_due(delivered.moment - datetime.timedelta(seconds=1)) == 0  # not its moment
    make_public(delivered)
    page = client.get(f"/public/i/{force.slug}/")
    assert page.status_code == 200
    assert page["Cache-Control"] == "public, max-age=300"
    assert force.institution.name in page.content.decode()
    assert client.get(f"/public/i/{force.slug}/data/claims.csv")["Content-Type"].startswith("text/csv")
    assert timezone.localtime(delivered.moment).time() == datetime.time(9, 30)


def test_every_step_is_in_the_log_and_the_hash_can_be_recomputed(
    force: Force, delivered: Publication
) -> None:
    sign(delivered, force)
    make_public(delivered)
    said = [json.loads(one.body) for one in Opening.objects.all()]
    acts = [one["act"] for one in said if one.get("act", "").endswith("-figures")]
    assert sorted(acts) == ["announce-figures", "deliver-figures", "publish-figures", "sign-off-figures"]
    row = Leaf.objects.get(act=delivered.act)
    data = access.files_of(delivered) / "publication.json"
    subject = hashlib.sha256(data.read_bytes()).hexdigest()
    digest = leaves.digest("admin", act="publish-figures", institution=force.slug, subject=subject)
    assert leaves.commitment(b64.decode(delivered.salt), digest) == row.commitment
    assert row.label == delivered.label


def test_nobody_inside_can_sign(force: Force, delivered: Publication) -> None:
    for person in (force.handler.person, force.administrator, force.colleague.person):
        with pytest.raises(Refusal) as refused:
            actions.sign_off(delivered, person, force.institution, manifest=delivered.manifest, **CHECKS)
        assert refused.value.status == 404
    assert access.missing(delivered) == [force.institution]


def test_somebody_outside_another_institution_cannot_sign(
    force: Force, other_force: Force, delivered: Publication
) -> None:
    with pytest.raises(Refusal):
        actions.sign_off(
            delivered, other_force.overseer.person, force.institution, manifest=delivered.manifest, **CHECKS
        )


@pytest.mark.parametrize("left_out", CHECKS)
def test_all_three_checks_are_needed(force: Force, delivered: Publication, left_out: str) -> None:
    with pytest.raises(Refusal, match="malformed"):
        actions.sign_off(
            delivered,
            force.overseer.person,
            force.institution,
            manifest=delivered.manifest,
            **(CHECKS | {left_out: False}),
        )


def test_a_second_delivery_asks_again(force: Force, folder: Path, delivered: Publication) -> None:
    sign(delivered, force)
    before = delivered.manifest
    actions.deliver(delivered, site_for(force, soon(), folder / "again", received=61))
    assert access.missing(delivered) == [force.institution]
    with pytest.raises(Refusal, match="conflict"):
        actions.sign_off(delivered, force.overseer.person, force.institution, manifest=before, **CHECKS)


def test_what_is_public_cannot_be_changed_or_withdrawn(
    force: Force, folder: Path, delivered: Publication
) -> None:
    sign(delivered, force)
    make_public(delivered)
    for act in (
        lambda: actions.withdraw(delivered, "why"),
        lambda: actions.deliver(delivered, site_for(force, soon(), folder / "again")),
    ):
        with pytest.raises(Refusal) as refused:
            act()
        assert refused.value.type == "conflict"


def test_a_site_made_without_the_history_is_refused(
    force: Force, folder: Path, delivered: Publication
) -> None:
    sign(delivered, force)
    make_public(delivered)
    second = actions.announce([force.institution], soon(), reason="A report was counted twice.")
    with pytest.raises(Refusal) as refused:
        actions.deliver(second, site_for(force, soon(), folder / "again", received=61))
    assert "history" in refused.value.title
    actions.deliver(
        second, site_for(force, soon(), folder / "known", received=61, earlier=(delivered.manifest,))
    )
    sign(second, force)
    make_public(second)
    assert access.newest() == second


def test_what_became_public_after_the_delivery_is_known_too_or_it_waits(
    force: Force, folder: Path, delivered: Publication
) -> None:
    """Two are under embargo at once, neither made with the other's history: the later one is not let out."""
    second = actions.announce([force.institution], soon(), reason="A report was counted twice.")
    actions.deliver(second, site_for(force, soon(), folder / "again", received=61))
    for one in (delivered, second):
        sign(one, force)
    assert actions.publish_due(delivered.moment) == 1
    assert actions.publish_due(delivered.moment) == 0
    waiting = Publication.objects.get(state=Publication.State.DELIVERED)
    shown = access.newest()
    assert shown is not None
    made = site_for(force, soon(), folder / "known", received=61, earlier=(shown.manifest,))
    actions.deliver(waiting, made)
    waiting.refresh_from_db()
    sign(waiting, force)
    assert actions.publish_due(waiting.moment) == 1


def test_what_was_announced_and_taken_back_stays_to_be_read(force: Force, client: Client) -> None:
    publication = actions.announce([force.institution], soon())
    actions.withdraw(publication, "The extract was cut on the wrong day.")
    page = client.get("/public/releases/").content.decode()
    assert "Taken back before their day" in page
    assert "The extract was cut on the wrong day." in page
    (told,) = client.get("/api/v1/public/publications").json()
    assert (told["state"], told["manifest"]) == ("withdrawn", "")
    assert told["reason"] == "The extract was cut on the wrong day."


def test_who_signed_is_said_as_a_body_and_never_a_person(
    force: Force, delivered: Publication, client: Client
) -> None:
    sign(delivered, force)
    make_public(delivered)
    page = client.get("/public/releases/").content.decode()
    signed = delivered.sign_offs.get()
    assert f"Signed off by: {signed.channel.name}." in page
    assert signed.person.name not in page


def test_earlier_releases_are_kept_with_their_reasons(
    force: Force, folder: Path, delivered: Publication, client: Client
) -> None:
    sign(delivered, force)
    make_public(delivered)
    second = actions.announce([force.institution], soon(), reason="A report was counted twice.")
    actions.deliver(
        second, site_for(force, soon(), folder / "known", received=61, earlier=(delivered.manifest,))
    )
    sign(second, force)
    make_public(second)
    listed = client.get("/public/releases/").content.decode()
    assert "A report was counted twice." in listed
    assert delivered.manifest in listed
    first = client.get(f"/public/releases/{delivered.id}/i/{force.slug}/data/claims.csv").content
    now = client.get(f"/public/i/{force.slug}/data/claims.csv").content
    assert b",60," in first
    assert b",61," in now


def test_what_is_published_apart_takes_nobodys_place(
    force: Force, other_force: Force, folder: Path, delivered: Publication, client: Client
) -> None:
    sign(delivered, force)
    make_public(delivered)
    apart = actions.announce([other_force.institution], soon())
    actions.deliver(
        apart, site_for(other_force, soon(), folder / "apart", received=61, earlier=(delivered.manifest,))
    )
    sign(apart, other_force)
    make_public(apart)
    for one, count in ((force, b",60,"), (other_force, b",61,")):
        assert count in client.get(f"/public/i/{one.slug}/data/claims.csv").content
        assert client.get(f"/public/cy/i/{one.slug}/").status_code == 200
        assert client.get(f"/api/v1/public/institutions/{one.slug}/tables/claims").status_code == 200
    slugs = {one["slug"] for one in client.get("/api/v1/public/institutions").json()}
    assert slugs == {force.slug, other_force.slug}


@pytest.mark.parametrize(
    ("named", "says"),
    [
        ({"checked": False}, "not held against the log"),
        ({"address": "https://elsewhere.example.org/"}, "another address"),
        ({"slugs": {"wexhollow": "Wexhollow Police"}}, "other institutions"),
        ({"day": 9}, "another day"),
    ],
)
def test_what_does_not_fit_is_refused_with_what_and_why(
    force: Force, folder: Path, named: dict[str, object], says: str
) -> None:
    publication = actions.announce([force.institution], soon())
    day = soon() + datetime.timedelta(days=1) if "day" in named else soon()
    wanted = {"address": ADDRESS, "slugs": {force.slug: force.institution.name}} | {
        k: v for k, v in named.items() if k != "day"
    }
    source = small.written(folder / "site", small.site(day, **wanted))  # type: ignore[arg-type]
    with pytest.raises(Refusal) as refused:
        actions.deliver(publication, source)
    assert says in refused.value.title
    publication.refresh_from_db()
    assert publication.state == Publication.State.ANNOUNCED


def test_a_file_changed_on_its_way_is_refused(force: Force, folder: Path) -> None:
    publication = actions.announce([force.institution], soon())
    source = site_for(force, soon(), folder / "site")
    path = source / f"i/{force.slug}/index.html"
    path.write_bytes(path.read_bytes() + b"<!-- -->")
    with pytest.raises(Refusal) as refused:
        actions.deliver(publication, source)
    assert "index.html is not what" in refused.value.title


def test_a_day_is_said_a_week_before(force: Force) -> None:
    with pytest.raises(Refusal, match="malformed"):
        actions.announce([force.institution], timezone.localdate() + datetime.timedelta(days=6))
    actions.announce(
        [force.institution], timezone.localdate() + datetime.timedelta(days=1), reason="Put right."
    )


def test_under_embargo_only_who_may_sign_sees_anything(
    force: Force, other_force: Force, delivered: Publication, client: Client
) -> None:
    look = f"/desk/figures/{delivered.id}/look/i/{force.slug}/"
    assert client.get(look).status_code == 302  # to the sign-in
    assert force.overseer.client().get(look).status_code == 200
    for colleague in (force.handler, other_force.overseer, other_force.handler):
        assert colleague.client().get(look).status_code == 404
    assert signed_in(force.administrator).get(look).status_code in (302, 404)  # an administrator has no key
    for path in (f"/public/i/{force.slug}/", f"/public/releases/{delivered.id}/i/{force.slug}/"):
        assert client.get(path, follow=True).content.find(b"claims") == -1
    assert force.institution.name in client.get("/public/releases/").content.decode()  # its day is public


def test_the_desk_signs(force: Force, delivered: Publication) -> None:
    browser = force.overseer.client()
    assert b"Figures to sign for" in browser.get("/desk/figures/").content
    page = browser.get(f"/desk/figures/{delivered.id}/")
    assert page.status_code == 200
    assert b"prejudice a trial" in page.content
    half = browser.post(f"/desk/figures/{delivered.id}/", {"manifest": delivered.manifest, "contempt": "on"})
    assert half.status_code == 422
    done = browser.post(
        f"/desk/figures/{delivered.id}/",
        {"manifest": delivered.manifest, "contempt": "on", "victims": "on", "live": "on"},
    )
    assert done.status_code == 302
    assert access.missing(delivered) == []


@pytest.mark.parametrize(
    "path",
    [
        "../db.sqlite3",
        "i/../../keys/secret",
        "publication.json/",
        "%2e%2e/x",
        "i//x",
        ".hidden",
        "keys/secret",
    ],
)
def test_no_path_leads_out(force: Force, delivered: Publication, client: Client, path: str) -> None:
    sign(delivered, force)
    make_public(delivered)
    assert client.get(f"/public/{path}").status_code == 404


def test_the_interface_tells_what_is_public(force: Force, delivered: Publication, client: Client) -> None:
    assert client.get("/api/v1/public/institutions").json() == []
    announced = client.get("/api/v1/public/publications").json()
    assert [(one["state"], one["manifest"]) for one in announced] == [("announced", "")]
    sign(delivered, force)
    make_public(delivered)
    (told,) = client.get("/api/v1/public/publications").json()
    assert told["manifest"] == delivered.manifest
    (one,) = client.get("/api/v1/public/institutions").json()
    assert one["tables"] == ["claims", "logged"]
    table = client.get(f"/api/v1/public/institutions/{force.slug}/tables/claims").json()
    assert table["columns"][:3] == ["period", "what", "value"]
    assert table["rows"][0][:3] == ["2026 Q1", "received", "60"]
    for name in ("units", "nothing", "../claims"):
        assert client.get(f"/api/v1/public/institutions/{force.slug}/tables/{name}").status_code == 404
    assert "/api/v1/public/institutions/{slug}/tables/{name}" in json.dumps(
        client.get("/api/v1/openapi.json").json()
    )


def test_a_hearing_comes_and_its_outcome_goes(force: Force, client: Client) -> None:
    today = timezone.localdate()
    hearing = actions.list_hearing(
        force.institution, day=today, kind="hearing", place="Guildhall", standards=[9, 3]
    )
    page = client.get("/public/hearings/").content.decode()
    assert "Guildhall" in page
    assert "Equality and diversity" in page
    actions.tell_outcome(hearing, "final written warning", today)
    assert "Final written warning" in client.get("/public/hearings/").content.decode()
    (told,) = client.get("/api/v1/public/hearings").json()
    assert told["outcome"] == "final written warning"
    Hearing.objects.update(until=today)  # its last day
    assert actions.sweep_hearings() == 0
    assert client.get("/api/v1/public/hearings").json() != []
    Hearing.objects.update(until=today - datetime.timedelta(days=1))
    assert client.get("/api/v1/public/hearings").json() == []  # gone before any sweep
    assert actions.sweep_hearings() == 1
    assert Hearing.objects.count() == 0


def test_an_outcome_stands_no_shorter_than_it_must(force: Force) -> None:
    hearing = actions.list_hearing(force.institution, day=timezone.localdate(), kind="appeal")
    with pytest.raises(Refusal, match="malformed"):
        actions.tell_outcome(hearing, "final written warning", timezone.localdate(), days=27)


def test_a_hearing_that_was_put_off_is_taken_off_everywhere(force: Force, client: Client) -> None:
    hearing = actions.list_hearing(
        force.institution, day=timezone.localdate(), kind="hearing", place="Guildhall", standards=[3]
    )
    before = Leaf.objects.count()
    actions.remove_hearing(hearing)
    assert Leaf.objects.count() == before + 1
    for path in ("/public/hearings/", "/public/hearings/feed.atom", "/api/v1/public/hearings"):
        assert b"Guildhall" not in client.get(path).content
    assert Hearing.objects.count() == 0


def test_an_outcome_that_is_told_late_stands_as_long_as_any(force: Force) -> None:
    today = timezone.localdate()
    long_ago = today - datetime.timedelta(days=20)
    hearing = actions.list_hearing(force.institution, day=long_ago, kind="hearing")
    with pytest.raises(Refusal, match="malformed"):
        actions.tell_outcome(hearing, "final written warning", today + datetime.timedelta(days=1))
    actions.tell_outcome(hearing, "final written warning", long_ago)
    assert hearing.outcome_day == long_ago
    assert hearing.until == today + datetime.timedelta(days=28)


def test_what_the_chair_holds_back_is_not_kept(force: Force, client: Client) -> None:
    today = timezone.localdate()
    hearing = actions.list_hearing(
        force.institution, day=today, kind="hearing", place="Guildhall", standards=[3]
    )
    actions.restrict_hearing(hearing, "in private")
    row = Hearing.objects.get()
    assert (row.place, row.standards) == ("", [])
    with pytest.raises(Refusal, match="conflict"):
        actions.tell_outcome(hearing, "final written warning", today)
    page = client.get("/public/hearings/").content.decode()
    assert "Guildhall" not in page
    assert "held in private" in page
    assert b"Guildhall" not in client.get("/public/hearings/feed.atom").content


def test_a_hearing_has_no_room_for_words(force: Force) -> None:
    for named in (
        {"kind": "PC Smith"},
        {"kind": "appeal", "held": "because of a child"},
        {"kind": "appeal", "standards": [11]},
        {"kind": "appeal", "place": "x" * 121},
    ):
        with pytest.raises(Refusal, match="malformed"):
            actions.list_hearing(force.institution, day=timezone.localdate(), **named)  # type: ignore[arg-type]
    hearing = actions.list_hearing(force.institution, day=timezone.localdate(), kind="appeal")
    with pytest.raises(Refusal, match="malformed"):
        actions.tell_outcome(hearing, "guilty", timezone.localdate())


def test_what_is_swapped_on_the_disk_is_neither_published_nor_served(
    force: Force, delivered: Publication, client: Client
) -> None:
    """Between the look of who signed and the moment, somebody with the disk writes other figures."""
    sign(delivered, force)
    page = access.files_of(delivered) / "i" / force.slug / "index.html"
    right = page.read_bytes()
    page.write_bytes(right.replace(b"</h1>", b"!</h1>"))
    assert actions.publish_due(delivered.moment) == 0
    page.write_bytes(right)
    make_public(delivered)
    page.write_bytes(right.replace(b"</h1>", b"!</h1>"))
    assert client.get(f"/public/i/{force.slug}/").status_code == 503
    assert client.get("/public/").status_code == 200
    page.write_bytes(right)
    assert client.get(f"/public/i/{force.slug}/").status_code == 200


def test_a_manifest_that_is_swapped_with_its_files_is_not_published(
    force: Force, delivered: Publication, folder: Path
) -> None:
    sign(delivered, force)
    other = site_for(force, soon(), folder / "other", received=40)
    shutil.rmtree(access.files_of(delivered))
    shutil.copytree(other, access.files_of(delivered))
    access._hashes.cache_clear()
    assert actions.publish_due(delivered.moment) == 0


def test_a_delivery_that_comes_between_check_and_commit_takes_nobodys_place(
    force: Force, delivered: Publication, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One delivers while another has checked and not committed: what is committed is what it checked."""
    other = site_for(force, soon(), folder / "other", received=40)
    perform, nested = actions.perform, []

    def between(change: object) -> object:
        if not nested:
            nested.append(True)
            actions.deliver(delivered, other)
        return perform(change)  # type: ignore[arg-type]

    monkeypatch.setattr(actions, "perform", between)
    actions.deliver(delivered, folder / "site")
    row = Publication.objects.get(pk=delivered.pk)
    assert row.manifest == hashlib.sha256((folder / "site" / "publication.json").read_bytes()).hexdigest()
    access.check_files(row)
    data, _ = access.file_of(row, f"i/{force.slug}/data/claims.csv")
    assert data == (folder / "site" / "i" / force.slug / "data" / "claims.csv").read_bytes()
