"""A wave from its notice to the extract: one answer a pass, nothing finer than the plan, both ends in the log."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.test import Client

from tests import people
from tests.server.surveys.wave import WAVE, Body, issuing, opened, row, send
from tests.surveying.force import totals
from upstander.formats.errors import FormatError
from upstander.formats.ids import fingerprint
from upstander.measure.extract import schema
from upstander.server.errors import Refusal
from upstander.server.log.models import Leaf, Opening
from upstander.server.surveys import access, actions, export
from upstander.server.surveys.models import Answer, Spent, Wave
from upstander.surveying import collection, passes
from upstander.surveying.instrument import FIELDS, ITEMS
from upstander.surveying.notice import key_letters

pytestmark = [pytest.mark.django_db, pytest.mark.db]


@pytest.fixture
def body(force: people.Force, tmp_path: Path) -> Iterator[Body]:
    """An open wave."""
    with issuing(tmp_path / "issuer", force.slug) as made:
        opened(force.institution, made)
        yield made


def test_an_answer_is_taken_once_for_a_pass(force: people.Force, body: Body) -> None:
    carried = body.collect(body.codes[0]).text
    assert send(force.slug, carried, row(body, sex="female", bullied="yes")).status_code == 204
    again = send(force.slug, carried, row(body, sex="female"))
    assert (again.status_code, again.json()["type"]) == (409, "pass-spent")
    kept = Answer.objects.get()
    assert (kept.sex, kept.bullied, kept.racism) == ("female", "yes", "not_stated")
    assert Spent.objects.count() == 1
    assert body.issuer.counts() == {"codes": 30, "issued": 1, "shown": 1}


def test_what_was_not_issued_is_refused_and_nothing_kept(
    force: people.Force, body: Body, tmp_path: Path
) -> None:
    made = body.collect(body.codes[0])
    forged = passes.Pass(bytes(16), made.proof, made.key).text
    with issuing(tmp_path / "other", force.slug) as other:
        foreign = other.collect(other.codes[0]).text
    for carried in (forged, foreign, "a" * 58, "nonsense", made.text[:-1]):
        answer = send(force.slug, carried, row(body))
        assert (answer.status_code, answer.json()["type"]) == (409, "pass"), carried
    assert not Answer.objects.exists() and not Spent.objects.exists()


def test_an_answer_that_says_more_than_is_asked_is_refused(force: people.Force, body: Body) -> None:
    carried = body.collect(body.codes[0]).text
    person = {"stratum": collection.area_id("Airport"), "sex": "female", "ethnicity5": "black"}
    for finer in (person, {"sex": "other"}, {"sexual_orientation": "bisexual"}, {"stratum": "a-nowhere"}):
        answer = send(force.slug, carried, row(body) | finer)
        assert (answer.status_code, answer.json()["type"]) == (422, "malformed")
    for words in ({"bullied": "by PC Smith"}, {"comment": "x"}, {"sex": "Female"}):
        assert send(force.slug, carried, row(body) | words).status_code == 422
    assert not Answer.objects.exists()
    assert send(force.slug, carried, row(body, **person)).status_code == 204  # the pass is still good


def test_while_nobody_confirms_passes_nothing_is_lost(force: people.Force, tmp_path: Path) -> None:
    with issuing(tmp_path, force.slug) as body:
        opened(force.institution, body)
        carried = body.collect(body.codes[0]).text
    answer = send(force.slug, carried, row(body))
    assert (answer.status_code, answer.json()["type"]) == (503, "busy")
    assert not Spent.objects.exists()


def test_before_and_after_its_days_a_wave_takes_nothing(force: people.Force, tmp_path: Path) -> None:
    with issuing(tmp_path, force.slug, opens=3) as body:
        wave = opened(force.institution, body)
        carried = body.collect(body.codes[0]).text
        states = []
        for opens, closes in ((3, 9), (0, 0), (-9, -1)):
            wave.opens, wave.closes = (date.today() + timedelta(days) for days in (opens, closes))
            wave.save()
            states.append(Client().get(f"/api/v1/i/{force.slug}/survey").json()["state"])
            code = send(force.slug, carried, row(body)).status_code
            assert code == (204 if opens == 0 else 409)
        assert states == ["soon", "open", "closed"]


def test_it_closes_by_itself_and_forgets_spent_passes(force: people.Force, body: Body) -> None:
    send(force.slug, body.collect(body.codes[0]).text, row(body))
    assert actions.close_overdue() == 0
    Wave.objects.update(closes=date.today() - timedelta(2))
    assert actions.close_overdue() == 1 and actions.close_overdue() == 0
    assert not Spent.objects.exists() and Answer.objects.count() == 1
    with pytest.raises(Refusal):
        actions.close_wave(Wave.objects.get())


def test_both_ends_are_in_the_log_and_nothing_between(force: people.Force, body: Body) -> None:
    before = Leaf.objects.count()
    for code in body.codes[:3]:
        send(force.slug, body.collect(code).text, row(body, bullied="yes"))
    assert Leaf.objects.count() == before
    assert actions.close_wave(Wave.objects.get()) == 3
    digest = actions.digest_of(list(Answer.objects.all()))
    said = "\n".join(Opening.objects.values_list("body", flat=True))
    assert f'"of":"survey","plan":"{body.issuer.notice.digest}"' in said
    assert f'"answers":"{digest}","count":3' in said
    assert set(Leaf.objects.filter(kind__in=["plan", "survey"]).values_list("kind", flat=True)) == {
        "plan",
        "survey",
    }


def test_notices_that_do_not_fit_are_refused(force: people.Force, body: Body, tmp_path: Path) -> None:
    text = body.issuer.notice.text
    with pytest.raises(Refusal):  # the wave is there
        actions.open_wave(force.institution, text, totals())
    with pytest.raises(FormatError, match="totals"):  # a finer plan than these few people allow
        actions.open_wave(force.institution, text, totals()[:40])
    with issuing(tmp_path / "other", "elsewhere") as other, pytest.raises(FormatError, match="elsewhere"):
        actions.open_wave(force.institution, other.issuer.notice.text, totals())
    with pytest.raises(FormatError):
        actions.open_wave(force.institution, text.replace("Fellmoor", "Marlmoor"), totals())


def test_another_body_s_notice_is_refused(force: people.Force, tmp_path: Path) -> None:
    """Somebody puts a notice of her own in the place of the body's: same name, same words, another key."""
    with issuing(tmp_path / "real", force.slug) as real, issuing(tmp_path / "false", force.slug) as false:
        with pytest.raises(FormatError, match="upstander survey trust"):
            actions.open_wave(force.institution, real.issuer.notice.text, totals())
        actions.know_body(force.institution, real.issuer.notice.sign)
        with pytest.raises(FormatError, match="Ask that body") as told:
            actions.open_wave(force.institution, false.issuer.notice.text, totals())
        for each in (real, false):  # she who runs the machine can read both keys aloud
            assert key_letters(each.issuer.notice.sign) in str(told.value)
        actions.open_wave(force.institution, real.issuer.notice.text, totals())
        with pytest.raises(Refusal):  # nor is the body exchanged while people answer
            actions.know_body(force.institution, false.issuer.notice.sign)
        assert access.known_key(force.institution) == real.issuer.notice.sign
    with pytest.raises(FormatError):
        actions.know_body(force.institution, "no key")


def test_the_page_carries_the_body_s_key_and_the_log_says_whose(force: people.Force, body: Body) -> None:
    sign = body.issuer.notice.sign
    page = Client().get(f"/{force.slug}/survey/").content.decode()
    assert f'<meta name="upstander-issuer" content="{sign}">' in page
    said = "\n".join(Opening.objects.values_list("body", flat=True))
    assert '"act":"know-survey-body"' in said and f'"subject":"{fingerprint(sign)}"' in said


def test_only_closed_waves_are_exported_in_the_extract_s_columns(force: people.Force, body: Body) -> None:
    for code in body.codes[:4]:
        send(force.slug, body.collect(code).text, row(body, sex="male", racism="yes"))
    until = date.today() + timedelta(60)
    assert export.tables(force.institution, until) == {"survey": [], "pop": []}
    wave = Wave.objects.get()
    actions.close_wave(wave)
    assert export.tables(force.institution, wave.closes - timedelta(1))["survey"] == []
    first, again = (export.tables(force.institution, until) for _ in range(2))
    assert {tuple(sorted(r)) for r in first["survey"]} == {
        tuple(sorted(c.name for c in schema.SURVEY.columns))
    }
    assert {tuple(sorted(r)) for r in first["pop"]} == {tuple(sorted(c.name for c in schema.POP.columns))}
    assert {r["day"] for r in first["survey"]} == {wave.closes}
    assert not {r["resp_id"] for r in first["survey"]} & {r["resp_id"] for r in again["survey"]}
    assert sum(r["n"] for r in first["pop"]) == sum(t.n for t in totals())


def test_a_shuffle_keeps_every_answer(force: people.Force, body: Body) -> None:
    for n, code in enumerate(body.codes[:12]):
        send(force.slug, body.collect(code).text, row(body, sex="male", racism=("yes", "no")[n % 2]))
    before = {(a.id, a.racism) for a in Answer.objects.all()}
    spent = set(Spent.objects.values_list("name", flat=True))
    digest = actions.digest_of(access.answers_of(Wave.objects.get()))
    assert actions.shuffle() == 0  # not twice a day
    Wave.objects.update(shuffled=date.today() - timedelta(1))
    assert actions.shuffle() == 1
    assert actions.digest_of(access.answers_of(Wave.objects.get())) == digest
    assert set(Spent.objects.values_list("name", flat=True)) == spent
    assert not {i for i, _ in before} & set(Answer.objects.values_list("id", flat=True))


def test_the_table_has_the_survey_s_questions(body: Body) -> None:
    columns = {f.name for f in Answer._meta.fields} - {"id", "wave"}
    assert columns == {*FIELDS, *ITEMS}
    assert body.issuer.notice.wave == WAVE


def test_an_institution_without_a_survey_says_so(force: people.Force) -> None:
    answer = Client().get(f"/api/v1/i/{force.slug}/survey").json()
    assert answer == {"notice": "", "state": "none"}
    assert Client().get("/api/v1/i/nowhere/survey").status_code == 404
