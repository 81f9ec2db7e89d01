"""An administrator with the database, the issuing body's folder and the log tries to tell who answered what."""

from __future__ import annotations

import itertools
import secrets
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client

from tests import people
from tests.server.surveys.wave import Body, issuing, opened, row, send
from tests.surveying.force import totals
from upstander.server.surveys import actions
from upstander.server.surveys.models import Answer, Spent
from upstander.surveying import passes
from upstander.surveying.collection import LEAST, area_id
from upstander.surveying.instrument import ITEMS

pytestmark = [pytest.mark.django_db, pytest.mark.db]


@dataclass
class Happened:
    """What really happened, in order; nobody is to find it out."""

    body: Body
    folder: Path
    codes: list[str]
    spent: list[str]
    marks: list[tuple[str, ...]]


def marked(n: int) -> dict[str, str]:
    """Answers that tell the order: the number of the person in binary."""
    return {item: ("yes" if n >> at & 1 else "no") for at, item in enumerate(ITEMS)}


@pytest.fixture
def happened(force: people.Force, tmp_path: Path) -> Iterator[Happened]:
    """Forty people collect passes in one order and spend them in another."""
    folder = tmp_path / "issuer"
    with issuing(folder, force.slug, codes=40) as body:
        opened(force.institution, body)
        collected = [body.collect(code) for code in body.codes]
        secrets.SystemRandom().shuffle(collected)
        marks = []
        for n, one in enumerate(collected):
            answers = row(body, sex="female", stratum=area_id("South"), **marked(n))
            assert send(force.slug, one.text, answers).status_code == 204
            marks.append(tuple(answers[item] for item in ITEMS))
        spent = [passes.spent_name(body.issuer.notice.wave, one.nonce) for one in collected]
        yield Happened(body, folder, body.codes, spent, marks)


def rows(table: str) -> list[tuple[Any, ...]]:
    """All that is in a table, in the order in which the database stores it."""
    order = "rowid" if connection.vendor == "sqlite" else "ctid"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table} ORDER BY {order}")
        return list(cursor.fetchall())


def agreement(found: list[Any], true: list[Any]) -> float:
    """Share of pairs in the same order as they really came: a half by chance."""
    place = {one: at for at, one in enumerate(true)}
    at = [place[one] for one in found]
    pairs = [(at[i] < at[j]) for i in range(len(at)) for j in range(i + 1, len(at))]
    return sum(pairs) / len(pairs)


def test_no_column_leads_from_an_answer_to_a_pass_or_to_a_time() -> None:
    fields = {f.name for f in Answer._meta.fields} & {f.name for f in Spent._meta.fields}
    assert fields == {"id", "wave"}
    kinds = {f.get_internal_type() for m in (Answer, Spent) for f in m._meta.fields}
    assert kinds == {"BigAutoField", "ForeignKey", "CharField"}
    related = {f.related_model.__name__ for m in (Answer, Spent) for f in m._meta.fields if f.related_model}
    assert related == {"Wave"}


def answers_and_passes_lie_in_no_order(happened: Happened) -> None:
    """With forty of each, the order would be seen with certainty; chance gives a half, give or take a fifth."""
    if connection.vendor == "postgresql":  # files rows as they come, until the day's shuffle
        from upstander.server.surveys.models import Wave

        Wave.objects.update(shuffled="2020-01-01")
        actions.shuffle()
    marks = list(Answer.objects.values_list(*ITEMS))
    names = list(Spent.objects.values_list("name", flat=True))
    stored = rows("surveys_answer")
    by_id = {a.id: tuple(getattr(a, item) for item in ITEMS) for a in Answer.objects.all()}
    physically = [by_id[r[0]] for r in stored]
    assert 0.25 < agreement(physically, happened.marks) < 0.75
    assert 0.25 < agreement([r[1] for r in rows("surveys_spent")], happened.spent) < 0.75
    assert set(marks) == set(happened.marks) and set(names) == set(happened.spent)
    # nor do the two lie in the same order as each other
    beside = [happened.marks.index(m) for m in physically]
    other = [happened.spent.index(r[1]) for r in rows("surveys_spent")]
    assert sum(a == b for a, b in zip(beside, other, strict=True)) < 10


def numbers_do_not_count(happened: Happened) -> None:
    numbers = sorted(
        [*Answer.objects.values_list("id", flat=True), *Spent.objects.values_list("id", flat=True)]
    )
    assert min(b - a for a, b in itertools.pairwise(numbers)) > 1_000_000


def with_the_issuing_body_s_folder_no_code_leads_to_a_pass(happened: Happened) -> None:
    """The two conspire: codes with their blinded numbers here, spent passes and answers there."""
    kept = sqlite3.connect(happened.folder / "issuer.sqlite3")
    codes = dict(kept.execute("SELECT name, element FROM codes").fetchall())
    shown = {name for (name,) in kept.execute("SELECT name FROM shown")}
    assert shown == set(happened.spent)
    assert len(set(codes.values())) == len(codes) == 40
    # names of codes and of passes have nothing in common, and lie in the order of their own hashes
    assert not set(codes) & shown
    order = [name for (name,) in kept.execute("SELECT name FROM codes")]
    assert order == sorted(order)


def the_log_does_not_move_with_answers(happened: Happened) -> None:
    leaf = apps.get_model("log", "Leaf")
    assert leaf.objects.filter(kind="plan").count() == 1
    assert not leaf.objects.filter(kind="survey").exists()
    assert leaf.objects.count() < 40


def every_answer_fits_fifty_people(happened: Happened) -> None:
    """What is stored about herself fits at least fifty members of staff, whichever row is looked at."""
    for answer in Answer.objects.all():
        fitting = sum(t.n for t in totals() if area_id(t.stratum) == answer.stratum and t.sex == answer.sex)
        assert fitting >= LEAST
        assert (answer.ethnicity5, answer.age_band) != ("black", "55_over")


def test_a_request_sets_no_cookie_and_leaves_no_session(force: people.Force, happened: Happened) -> None:
    client = Client(headers={"user-agent": "Marker-Agent/7.1"})
    client.get(f"/api/v1/i/{force.slug}/survey")
    (code,) = happened.body.issuer.new_codes(1)
    carried = happened.body.collect(code).text
    body = {"carried": carried, "answers": row(happened.body)}
    answer = client.post(
        f"/api/v1/i/{force.slug}/survey/answers", body, "application/json", REMOTE_ADDR="203.0.113.9"
    )
    assert answer.status_code == 204 and not client.cookies
    assert apps.get_model("sessions", "Session").objects.count() == 0
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT * FROM "{table}"')
            text = repr(cursor.fetchall())
            assert "203.0.113.9" not in text and "Marker-Agent" not in text and carried not in text, table


LOOKS = (
    answers_and_passes_lie_in_no_order,
    numbers_do_not_count,
    with_the_issuing_body_s_folder_no_code_leads_to_a_pass,
    the_log_does_not_move_with_answers,
    every_answer_fits_fifty_people,
)


def test_an_administrator_finds_nothing_wherever_she_looks(happened: Happened) -> None:
    for look in LOOKS:
        look(happened)


def test_the_measure_of_order_sees_an_order() -> None:
    assert agreement([1, 2, 3], [1, 2, 3]) == 1.0
    assert agreement([3, 2, 1], [1, 2, 3]) == 0.0
