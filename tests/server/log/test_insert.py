"""Rows that were made and stored the short way are those that the long way makes."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.db import models

from tests import people
from upstander.formats import ids
from upstander.sealing.words import ReceiptKeys
from upstander.server.cases.models import Case, Envelope, Grant, Step
from upstander.server.log.insert import ROWS, _fields, fresh, insert
from upstander.server.log.models import Leaf

pytestmark = [pytest.mark.django_db, pytest.mark.db]
DAY = datetime.date(2026, 11, 23)


@pytest.fixture
def case(force: people.Force, receipt: ReceiptKeys) -> Case:
    """Any case."""
    return Case.objects.create(
        id=ids.new_id(), institution=force.institution, state="open", day=DAY, mailbox=receipt.mailbox
    )


def plain(row: models.Model) -> dict[str, Any]:
    """What a row holds, without its key."""
    values = {f.attname: getattr(row, f.attname) for f in row._meta.concrete_fields if not f.primary_key}
    return {name: bytes(v) if isinstance(v, memoryview) else v for name, v in values.items()}


@pytest.mark.parametrize(
    ("model", "values"),
    [
        (Step, {"order": 1, "kind": "received", "day": DAY}),
        (Envelope, {"id": "a" * 26, "order": 1, "kind": "note", "direction": "desk", "epoch": 1, "day": DAY,
                    "sha256": "0" * 64, "sealed": b"\0x"}),
    ],
)  # fmt: skip
def test_both_ways_store_the_same(case: Case, model: type[models.Model], values: dict[str, Any]) -> None:
    short = fresh(model, case_id=case.id, **values)
    long = model(case_id=case.id, **values)
    assert plain(short) == plain(long) and short._state.adding
    insert([short])
    first = plain(model._base_manager.get())
    model._base_manager.all().delete()
    long.save(force_insert=True)
    assert plain(model._base_manager.get()) == first


def test_many_rows_of_many_kinds_at_once(force: people.Force, case: Case) -> None:
    steps = [fresh(Step, case_id=case.id, order=n, kind="opened", day=DAY) for n in range(ROWS * 2 + 3)]
    grant = fresh(
        Grant, case_id=case.id, scope="case", epoch=1, key_id=force.handler.key.id, sealed=b"x", day=DAY
    )
    insert([*steps[:5], grant, *steps[5:]])
    assert list(case.steps.order_by("order").values_list("order", flat=True)) == list(range(ROWS * 2 + 3))
    assert case.grants.get().live is True


def test_what_does_not_fit_the_short_way_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(TypeError):
        fresh(Leaf, colour="red")
    with pytest.raises(TypeError):
        fresh(Step, case=None)
    monkeypatch.setattr(Step._meta, "parents", {Case: None})  # a row that lies in two tables
    with pytest.raises(TypeError):
        _fields.__wrapped__(Step)
