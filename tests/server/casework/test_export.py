"""Coded cases leave as an extract that measurement opens without a complaint, and without an id of ours."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from tests import people
from tests.server.casework import coded
from tests.server.casework.desk import Desk, report
from upstander.cli.extract import write
from upstander.measure.extract.read import open_extract
from upstander.policy.load import bundled
from upstander.server.casework import export
from upstander.server.casework import facts as f
from upstander.server.casework.casefile import CaseFile, Version
from upstander.server.casework.models import Duty

pytestmark = [pytest.mark.django_db]


def test_coded_cases_are_an_extract(force: people.Force, tmp_path: Path) -> None:
    desk = Desk.of(force, force.handler, report(force, people.reporter(), channels=[force.inside]))
    desk.declare()
    Duty.objects.create(person=force.handler.person, kind=Duty.Kind.DECIDER)
    report(force, people.reporter(), channels=[force.outside], with_sheet=False)  # nobody codes it
    subject, witness = coded.party(unit="east", grade="supervisor"), coded.party("witness")
    odd = coded.party(type_then="contractor", type_now="contractor")
    first = coded.allegation(subject, "sexual-harassment")
    desk.work(subject, witness, odd, first, coded.allegation(odd, "manner"))
    take = {"track": "conduct", "of": first["item"], "on": desk.answer["today"]}
    recorded = coded.fact("move", move="recorded", **take)
    desk.work(recorded, words={recorded["item"]: "Because."})
    values = {"severity": "gross-misconduct", "consulted": True}
    assessed = coded.fact("move", move="severity-assessed", values=values, **take)
    desk.work(assessed, words={assessed["item"]: "Because."})
    other = Desk.of(force, force.colleague, desk.case)
    other.declare()
    other.work(coded.fact("second-coding", of=first["item"], category="overbearing"))
    for step in ("opened", "acknowledged"):
        other.post("steps", other.stepping(step))
        other.load()
    other.write_up()
    other.work(coded.fact("candour", acknowledged=True, apology="none"))
    done = other.stepping("closed", outcome="found", reasons="We found it.")
    assert other.post("steps", done).status_code == 200

    today = force.today()
    found = export.tables_of(force.institution, today)
    write(found, tmp_path / "out", force.institution.name, today)
    opened = open_extract(tmp_path / "out")
    assert opened.rows["report"] == 2 and opened.rows["person"] == 1 and found.uncoded == 1
    rows = {row["category"]: row for row in found.report}
    assert rows["sexual_conduct"] | {"rid": ""} == {
        "rid": "",
        "received": today,
        "channel": "inside",
        "category": "sexual_conduct",
        "tier": "serious",
        "vawg": True,
        "severity_band": "gross",
        "anonymous": True,
        "complainant_group": None,
        "unit_id": "east",
    }
    assert [(one["type"], one["outcome"]) for one in found.event] == [
        ("action", None),
        ("assessed", None),
        ("explained", None),
        ("acknowledged", None),
        ("closed", "finding"),
        ("answered", None),
    ]
    assert sorted(one["role"] for one in found.involvement) == ["subject", "subject", "witness"]
    written = repr(found)
    assert all(one not in written for one in (desk.case, subject["who"], subject["item"]))


def test_what_was_coded_later_is_not_in_an_earlier_cut(force: people.Force) -> None:
    desk = Desk.of(force, force.handler, report(force, people.reporter(), channels=[force.inside]))
    desk.declare()
    desk.work(subject := coded.party(), coded.allegation(subject))
    yesterday = force.today() - datetime.timedelta(days=1)
    assert export.tables_of(force.institution, yesterday).report == []
    assert len(export.tables_of(force.institution, force.today()).person) == 1


@pytest.mark.parametrize(
    ("closed", "said", "outcome"),
    [
        ("found", {"finding": "misconduct", "sanction": "warning"}, "sanction"),
        ("found", {"finding": "misconduct"}, "finding"),
        ("not-found", {"answer-case": "yes", "finding": "neither"}, "case"),
        ("not-found", {"answer-case": "yes", "finding": "neither", "sanction": "reflection"}, "case"),
        ("learning", {"answer-case": "yes", "finding": "neither", "sanction": "none"}, "case"),
        ("cannot-go-on", {"answer-case": "yes"}, "case"),
        ("learning", {"answer-case": "no"}, "no_case"),
        ("not-found", {}, "no_case"),
        ("found", {}, "finding"),
        ("stopped", {"answer-case": "yes"}, "withdrawn"),
        ("stopped", {"answer-case": "yes", "finding": "misconduct"}, "finding"),
        ("learning", {}, "nfa"),
    ],
)
def test_an_outcome_says_how_far_a_case_came(closed: str, said: dict[str, str], outcome: str) -> None:
    """A case to answer that ended without a finding is neither "no case" nor a sanction (docs/reference/extract.md)."""
    subject = coded.party()
    allegation = coded.allegation(subject)
    moves = [
        coded.fact(
            "move", track="conduct", of=allegation["item"], move=need, on="2026-03-02", values={need: value}
        )
        for need, value in said.items()
    ]
    facts = [f.FORMS[one["kind"]].model_validate(one) for one in (subject, allegation, *moves)]
    file = CaseFile()
    for number, one in enumerate(facts, start=1):
        made = Version(number, datetime.date(2026, 3, 2), "key", "devi", "Devi", "", None)
        file = file.with_new([one], made)
    assert export._outcome(bundled("uk-police").law, file, closed) == outcome
