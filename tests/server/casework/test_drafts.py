"""Letters to a body outside begin with what is coded and dated, and with no word that anybody wrote."""

from __future__ import annotations

import datetime

import pytest

from tests import people
from tests.server.casework import coded
from tests.server.casework.desk import Desk
from tests.server.casework.test_lawful import CRIME, accused, desk, go, opened
from upstander.policy.desk import bundled as desk_pack
from upstander.policy.load_letters import CODED
from upstander.server.cases.models import Case
from upstander.server.casework import drafts
from upstander.server.casework.dossier import file_of
from upstander.server.institutions.packs import in_force

pytestmark = [pytest.mark.django_db, pytest.mark.db]
__all__ = ["desk"]


def known(one: Desk, today: datetime.date | None = None) -> dict[str, str]:
    case = Case.objects.get(id=one.case)
    steps = list(case.steps.order_by("order"))
    return drafts.known(
        case, in_force(case.institution.pack), file_of(case), steps, today or one.force.today()
    )


def test_everything_a_letter_to_a_body_may_name_is_there(force: people.Force) -> None:
    assert set(known(opened(force))) == set(CODED)


def test_a_referral_quotes_what_is_coded_and_the_law_and_no_words(desk: Desk) -> None:
    assert "No criterion is met" in known(desk)["grounds"]
    accused(desk, coded={"serious-assault": True})
    said = known(desk)
    assert "Allegation 1: Sexual harassment; against person reported 1" in said["allegations"]
    assert "SI 2020/2" in said["grounds"] and "erious assault" in said["grounds"]
    assert "All that" not in "".join(said.values())


def test_the_report_on_an_overrun_says_its_period_and_its_days(desk: Desk) -> None:
    """SI 2020/2 reg 13; SI 2020/4 reg 19: twelve months from the day it came, then six more each time."""
    allegation = accused(desk, coded=CRIME)
    assert known(desk)["period"] == "" and known(desk)["notice"] == "not given yet."
    go(desk, allegation, "recorded")
    go(desk, allegation, "investigator-appointed", values={"no-bar": True})
    came = Case.objects.get(id=desk.case).day
    last = came.replace(year=came.year + 1) - datetime.timedelta(days=1)
    assert known(desk)["period"].startswith("The period ends on")
    after = known(desk, last + datetime.timedelta(days=1))["period"]
    assert after == f"The period ended on {last.day} {last:%B} {last.year}."
    assert "An investigator was appointed." in known(desk)["progress"]


def test_both_reports_and_the_referral_are_in_the_pack_with_their_regulations() -> None:
    letters = {one.id: one for one in desk_pack("uk-police").letters if one.to == "body"}
    assert "reg 13" in letters["overrun-complaint"].note and "reg 19" in letters["overrun-conduct"].note
    for name in ("overrun-complaint", "overrun-conduct"):
        fields = {one.id for one in letters[name].fields}
        assert fields >= {"estimate", "reason", "plan"}, "SI 2020/4 reg 19(1)(d) to (f)"
        assert {"{received}", "{notice}", "{progress}"} <= set(letters[name].body.split()) | {
            word.strip(".,:") for word in letters[name].body.split()
        }, "reg 19(1)(a) to (c)"
    assert "reg 4" in letters["referral"].note


def test_who_was_told_is_in_the_referral_by_number(desk: Desk) -> None:
    harmed = coded.party("harmed")
    desk.work(harmed, words={harmed["item"]: "Ana Made-Up"})
    assert known(desk)["harmed"].startswith("Person harmed 1: nothing yet")
