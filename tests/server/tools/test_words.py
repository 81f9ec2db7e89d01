"""Counts of words that were flagged: what goes up, who may read it, and that nothing else is kept."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from tests import people
from upstander.server.log.models import Leaf
from upstander.server.tools import access
from upstander.server.tools.models import WordCount

pytestmark = [pytest.mark.django_db, pytest.mark.db]


def rule(name: str = "banter", shown: int = 2, rewritten: int = 1, stood: int = 1) -> dict[str, Any]:
    return {"rule": name, "shown": shown, "rewritten": rewritten, "stood": stood}


def post(who: people.Colleague, *rules: dict[str, Any]) -> Any:
    return who.client().post(
        "/api/v1/desk/word-counts", {"rules": list(rules)}, content_type="application/json"
    )


def counts() -> dict[str, tuple[int, int, int]]:
    rows = WordCount.objects.values_list("rule", "shown", "rewritten", "stood")
    return {name: (shown, rewritten, stood) for name, shown, rewritten, stood in rows}


def test_counts_go_up_with_a_leaf_each(force: people.Force) -> None:
    before = Leaf.objects.count()
    assert post(force.handler, rule()).status_code == 200
    assert post(force.colleague, rule(), rule("late", 1, 1, 0)).status_code == 200
    assert post(force.colleague).status_code == 200
    assert counts() == {"": (3, 0, 0), "banter": (4, 2, 2), "late": (1, 1, 0)}
    assert Leaf.objects.count() == before + 3


@pytest.mark.parametrize(
    "bad",
    [[rule("no-such-rule")], [rule(), rule()], [rule(shown=3)], [{**rule(), "text": "it was banter"}]],
    ids=["unknown", "twice", "sum", "text"],
)
def test_what_does_not_fit_is_refused_and_counts_nothing(force: people.Force, bad: list[Any]) -> None:
    assert post(force.handler, *bad).status_code == 422
    assert counts() == {}


def test_few_are_not_told_and_other_institutions_never(
    force: people.Force, outsider: people.Colleague
) -> None:
    year = force.today().year
    for _ in range(access.LEAST - 1):
        post(force.handler, rule(shown=1, rewritten=1, stood=0))
    assert access.word_counts(force.handler.person, year) == (0, [])
    post(force.handler, rule(shown=1, rewritten=0, stood=1))
    told = access.Counted("banter", 10, 9, 1)
    assert access.word_counts(force.handler.person, year) == (10, [told])
    assert access.word_counts(outsider.person, year) == (0, [])
    page = force.handler.client().get("/desk/words/").content.decode()
    assert "Shown 10 times: written anew 9, left with a reason 1." in page


def test_a_row_says_month_rule_and_numbers_only(force: people.Force) -> None:
    post(force.handler, rule())
    row = WordCount.objects.get(rule="banter")
    assert row.month == force.today().replace(day=1)
    kept = {field.name for field in WordCount._meta.fields}
    assert kept == {"id", "institution", "month", "rule", "shown", "rewritten", "stood"}
    assert isinstance(row.month, datetime.date)


def test_the_desk_pack_is_for_the_desk(force: people.Force, client: Any) -> None:
    assert client.get("/api/v1/desk/pack").status_code == 401
    told = force.handler.client().get("/api/v1/desk/pack").json()
    assert told["format"] == "upstander/desk-pack/v1"
    assert len(told["wording"]["rules"]) > 30
