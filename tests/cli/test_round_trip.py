"""From the database to a page: cases and a survey, extract, checks, estimates, disclosure control."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from tests import people
from tests.server.casework import coded
from tests.server.casework.desk import Desk, report
from tests.surveying.force import SHARES, totals
from upstander.cli.extract import write
from upstander.cli.main import main
from upstander.measure.disclosure import past, release
from upstander.measure.disclosure.safe import Safe
from upstander.measure.extract import open_extract
from upstander.measure.plan import Plan
from upstander.measure.standard import measure
from upstander.server.casework import export
from upstander.server.surveys import actions
from upstander.server.surveys import export as surveys
from upstander.server.surveys.models import Answer, Wave
from upstander.surveying import collection
from upstander.surveying.instrument import ITEMS

pytestmark = [pytest.mark.django_db, pytest.mark.db]
BULLIED = {"female": 0.4, "male": 0.2}
RESPONSE = {"female": 0.6, "male": 0.3}


def answered(force: people.Force) -> None:
    """A closed wave: women answer twice as often, and are bullied twice as often."""
    rng = np.random.default_rng(7)
    tree = collection.grow(totals(), shares=SHARES)
    wave = Wave.objects.create(
        id="a" * 26,
        institution=force.institution,
        name="2026",
        opens=date.today() - timedelta(30),
        closes=date.today() - timedelta(3),
        notice="",
        population=json.dumps(collection.population(tree, totals())),
        shuffled=date.today(),
    )
    rows = []
    for total in totals():
        said = {
            "stratum": collection.area_id(total.stratum),
            "sex": total.sex,
            "ethnicity5": total.ethnicity5,
        }
        kept = collection.place(tree, {**said, "age_band": total.age_band})
        for _ in range(rng.binomial(total.n, RESPONSE.get(total.sex, 0.4))):
            items = {item: ("no", "yes")[rng.random() < BULLIED.get(total.sex, 0.3)] for item in ITEMS}
            rows.append(Answer(id=actions._number(), wave=wave, **kept, **items))
    Answer.objects.bulk_create(rows)
    actions.close_wave(wave)


def test_cases_and_survey_go_all_the_way(force: people.Force, tmp_path: Path) -> None:
    desk = Desk.of(force, force.handler, report(force, people.reporter(), channels=[force.inside]))
    desk.declare()
    subject = coded.party(unit="east", grade="supervisor")
    desk.work(subject, coded.allegation(subject, "sexual-harassment"))
    answered(force)
    today = date.today()
    found = export.tables_of(force.institution, today)
    write(found, tmp_path / "extract", "Marlshire Police", today, surveys.tables(force.institution, today))
    extract = open_extract(tmp_path / "extract")
    assert extract.rows["report"] == 1 and extract.rows["survey"] == Answer.objects.count()

    plan = Plan(survey_by=("sex",))
    findings = measure(extract, plan)
    made = release(
        "first",
        findings.tables,
        findings.backed,
        findings.accounts,
        rules=plan.rules,
        past=past.Past(),
        ties=findings.ties,
    )
    assert made.tables and all(isinstance(one, Safe) for one in made.tables)

    prevalence = next(one for one in findings.backed if one.name == "prevalence_bullied_2026")
    shares = {row.labels[1]: row.result for row in prevalence.rows}
    assert shares["female"].value == pytest.approx(0.4, abs=0.04)
    assert shares["male"].value == pytest.approx(0.2, abs=0.04)
    # Unweighted it would be 30 in 100, for women answered twice as often; of all staff it is 27.
    raw = sum(one.bullied == "yes" for one in Answer.objects.all()) / Answer.objects.count()
    assert raw > 0.29
    assert shares["all"].value == pytest.approx(0.27, abs=0.02)
    assert any("Weighted to all staff" in note for note in shares["all"].notes)


def test_the_commands_do_the_same(
    force: people.Force, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    answered(force)
    today = date.today()
    found = export.tables_of(force.institution, today)
    write(found, tmp_path / "extract", "Marlshire Police", today, surveys.tables(force.institution, today))
    assert main(["measure", str(tmp_path / "extract"), "--out", str(tmp_path / "out")]) == 0
    page = (tmp_path / "out/report.md").read_text("utf-8")
    assert "exploratory: made without a plan" in page
    assert "answered yes: bullied" in page
    told = capsys.readouterr().out
    assert "answers to 'bullied', wave 2026" in told


def test_the_response_is_known_although_some_prefer_not_to_say(force: people.Force, tmp_path: Path) -> None:
    answered(force)
    silent = list(Answer.objects.values_list("id", flat=True)[:40])
    Answer.objects.filter(id__in=silent).update(sex="not_stated")
    today = date.today()
    found = export.tables_of(force.institution, today)
    write(found, tmp_path / "extract", "Marlshire Police", today, surveys.tables(force.institution, today))
    findings = measure(open_extract(tmp_path / "extract"), Plan(survey_by=("sex",)))
    tables = {one.name: one for one in findings.tables}
    invited = sum(one.invited for one in totals())
    came = Answer.objects.count()
    assert tables["response_2026"].counts.tolist() == [came, invited - came]
    by_sex, by_area = tables["response_2026_sex"], tables["response_2026_stratum"]
    assert by_sex.counts[:, 0].sum() == came - Answer.objects.filter(sex="not_stated").count()
    assert by_area.counts.sum() == invited
    shares = dict(
        zip(by_sex.dimensions[0].categories, by_sex.counts[:, 0] / by_sex.counts.sum(axis=1), strict=True)
    )
    assert shares["female"] > 1.6 * shares["male"]
    prevalence = next(one for one in findings.backed if one.name == "prevalence_bullied_2026")
    notes = prevalence.rows[0].result.notes
    assert any("Weighted to all staff" in note and "spread like those who did" in note for note in notes)
