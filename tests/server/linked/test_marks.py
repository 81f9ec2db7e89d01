"""Marks on linked groups: the first task first, reasons sealed, codes counted, nobody else's channel."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests import people
from upstander.cli import checks_acts
from upstander.formats import b64, canonical, ids
from upstander.ledger import leaf as ledger
from upstander.sealing import age
from upstander.server.linked.models import Mark
from upstander.server.log.models import Leaf, Opening

pytestmark = [pytest.mark.django_db, pytest.mark.db]
GROUP = ids.new_id()


def sealed(force: people.Force, *recipients: str) -> str:
    """Reasons, sealed to everybody on the inside channel unless said."""
    everybody = [one.seal for one in force.card().channels if one.id == force.inside.id for one in one.active]
    words = canonical.encode({"reports": ["a" * 64], "text": "PC Whoever's brother wrote the second"})
    return b64.encode(age.seal(words, list(recipients) or everybody))


def mark(force: people.Force, who: people.Colleague, said: str, **more: Any) -> Any:
    body = {
        "act": ids.new_id(),
        "code": said,
        "group": GROUP,
        "reports": 2,
        "sealed": sealed(force),
        **more,
    }
    channel = more.pop("channel", force.inside.id)
    body.pop("channel", None)
    return who.client().post(f"/api/v1/desk/channels/{channel}/marks", body, content_type="application/json")


def first(force: people.Force) -> None:
    assert mark(force, force.handler, "not-subject").status_code == 200
    assert mark(force, force.colleague, "several-sources").status_code == 200


def test_both_questions_come_before_anything_else(force: people.Force) -> None:
    assert mark(force, force.handler, "independent").status_code == 409
    assert mark(force, force.handler, "could-be-subject").status_code == 200
    assert mark(force, force.handler, "same-reporter").status_code == 409
    assert Mark.objects.count() == 1
    assert mark(force, force.colleague, "one-source").status_code == 200
    assert mark(force, force.colleague, "same-reporter").status_code == 200
    other = {"group": ids.new_id()}
    assert mark(force, force.handler, "independent", **other).status_code == 409


def test_each_mark_is_an_act_whose_leaf_says_nothing_of_it(force: people.Force) -> None:
    before = Leaf.objects.count()
    first(force)
    leaves = list(Leaf.objects.order_by("pk"))[before:]
    assert [one.kind for one in leaves] == ["restricted", "restricted"]
    kept = Opening.objects.get(act=leaves[0].act)
    assert '"code":"not-subject"' in kept.body
    assert '"kind":"linked"' in kept.body
    assert [one.level for one in checks_acts.leaves(progress=False)] == ["ok"]
    assert "linked" not in ledger.SHOWN


def test_the_desk_reads_them_with_their_reasons_and_only_the_channels_people_do(
    force: people.Force, outsider: people.Colleague
) -> None:
    first(force)
    path = f"/api/v1/desk/channels/{force.inside.id}/marks?group={GROUP}"
    listed = force.colleague.client().get(path).json()["marks"]
    assert [one["code"] for one in listed] == ["not-subject", "several-sources"]
    words = age.open_(b64.decode(listed[0]["sealed"]), [force.colleague.keyring.identity])
    assert b"brother" in words
    page = f"/desk/channels/{force.inside.id}/linked/"
    shown = force.handler.client().get(page)
    assert shown.status_code == 200
    assert b"upstander-linked" in shown.content
    for stranger in (force.overseer, outsider):
        assert stranger.client().get(path).status_code == 404
        assert stranger.client().get(page).status_code == 404
        assert mark(force, stranger, "not-subject").status_code == 404
    assert people.signed_in(force.administrator).get(path).status_code == 401  # has no key
    assert mark(force, force.handler, "not-subject", channel=ids.new_id()).status_code == 404
    assert Mark.objects.count() == 2


def test_a_member_who_cannot_name_the_group_is_told_nothing_of_it(force: people.Force) -> None:
    """She is on the channel, and may be whom the reports name: one of their reporters shut her out."""
    page, path = f"/desk/channels/{force.inside.id}/linked/", f"/api/v1/desk/channels/{force.inside.id}/marks"
    subject = force.excluded.client()
    before = re.sub(rb"[A-Za-z0-9]{64}", b"", subject.get(page).content)
    first(force)
    assert re.sub(rb"[A-Za-z0-9]{64}", b"", subject.get(page).content) == before
    for guess in (ids.new_id(), "", "%", GROUP[:25]):
        assert subject.get(path, {"group": guess}).json() == {"marks": []}


def test_what_is_not_sealed_to_the_channel_is_refused(force: people.Force) -> None:
    one = force.handler.keyring.seal
    for wrong in (
        b64.encode(b"PC Whoever"),
        sealed(force, one),
        "x",
    ):
        assert mark(force, force.handler, "not-subject", sealed=wrong).status_code == 422
    for wrong in ({"code": "guilty"}, {"reports": 0}, {"group": "x"}, {"text": "PC Whoever"}):
        assert mark(force, force.handler, "not-subject", **wrong).status_code == 422
    assert Mark.objects.count() == 0


def test_the_same_act_twice_is_one_mark(force: people.Force) -> None:
    act = ids.new_id()
    assert mark(force, force.handler, "not-subject", act=act).status_code == 200
    assert mark(force, force.handler, "not-subject", act=act).status_code == 409
    assert Mark.objects.count() == 1
