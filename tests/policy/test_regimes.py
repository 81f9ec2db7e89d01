"""Which law holds: the transitional test of each instrument, at the day before, the day, and the day after."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.policy.packs import PATIENT, pack_of
from upstander.policy.load import pack_ids
from upstander.policy.regimes import Regime, RegimeError, regime_for

LAW = pack_of("uk-police").law
CHANGE = date(2025, 5, 28)
FIRST = date(2020, 2, 1)


def regime(
    came: date, notice: date | None = None, earlier: date | None = None, ordered: bool = False
) -> Regime:
    days = {"came": came} if notice is None else {"came": came, "notice": notice}
    return regime_for(LAW, days, earlier=earlier, ordered=ordered)


@pytest.mark.parametrize(
    ("came", "presumption"),
    [(CHANGE - timedelta(days=1), False), (CHANGE, True), (CHANGE + timedelta(days=1), True), (FIRST, False)],
)
def test_the_day_it_was_made_or_came_to_attention_decides_si_2025_558_reg_64_1(
    came: date, presumption: bool
) -> None:
    assert ("presumption" in regime(came).marks) is presumption
    assert ("complaints:amended-2025" in regime(came).id) is presumption


def test_a_related_matter_stays_under_the_law_of_the_one_being_handled_si_2025_558_reg_64_1_b() -> None:
    assert "presumption" not in regime(CHANGE, earlier=CHANGE - timedelta(days=40)).marks
    assert "presumption" in regime(CHANGE, earlier=CHANGE + timedelta(days=1)).marks


def test_an_ordered_investigation_is_under_the_newest_law_si_2025_558_reg_64_2() -> None:
    assert "presumption" in regime(date(2021, 1, 1), ordered=True).marks
    assert "presumption" in regime(date(2012, 1, 1), ordered=True).marks


@pytest.mark.parametrize(
    ("notice", "new"), [(None, False), (CHANGE - timedelta(days=1), False), (CHANGE, True)]
)
def test_for_former_officers_the_day_of_the_notice_decides_si_2025_558_reg_64_3(
    notice: date | None, new: bool
) -> None:
    assert ("former-accelerated" in regime(date(2024, 1, 1), notice).marks) is new


def test_older_matters_are_refused_and_not_guessed_si_2020_4_reg_3() -> None:
    with pytest.raises(RegimeError, match="older law"):
        regime(FIRST - timedelta(days=1))
    with pytest.raises(RegimeError, match="Say on which day"):
        regime_for(LAW, {})


@PATIENT
@given(st.dates(FIRST, date(2030, 1, 1)), st.dates(FIRST, date(2030, 1, 1)))
def test_a_later_matter_is_never_under_an_older_law(one: date, other: date) -> None:
    early, late = sorted([one, other])
    assert regime(early).marks <= regime(late).marks
    assert regime(one).id == regime(one).id
    assert all(version.since <= one for version in regime(one).versions.values())


def test_every_version_cites_its_source_in_every_pack() -> None:
    for pack_id in pack_ids():
        for instrument in pack_of(pack_id).law.instruments:
            assert all(version.source for version in instrument.versions)
            assert regime_for(pack_of(pack_id).law, {"came": date(2026, 1, 1)}).sources
