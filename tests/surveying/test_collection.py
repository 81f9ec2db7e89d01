"""No answer says more about who gave it than that she is one of fifty, and the plan gives nothing away either."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.surveying.force import SHARES, totals
from upstander.surveying import collection
from upstander.surveying.collection import ELSEWHERE, LEAST, area_id, check_row, grow, place, population
from upstander.surveying.errors import SurveyError, TotalsError
from upstander.surveying.instrument import FIELDS, GROUPS, ITEMS, NOT_STATED
from upstander.surveying.totals import Total, read_totals

TREE = grow(totals(), shares=SHARES)
NOTHING = dict.fromkeys(ITEMS, NOT_STATED)

kinds = st.builds(
    Total,
    st.sampled_from(["North", "South", "East", "West"]),
    *(st.sampled_from(GROUPS[field]) for field in ("sex", "ethnicity5", "age_band")),
    n=st.sampled_from([0, 1, 3, 20, 49, 50, 60, 400, 3000]),
    invited=st.just(0),
)
forces = st.lists(
    kinds, min_size=1, max_size=40, unique_by=lambda t: (t.stratum, t.sex, t.ethnicity5, t.age_band)
)


def said(total: Total, **more: str) -> dict[str, str]:
    """What somebody of this kind says of herself when she says all."""
    own = {"sex": total.sex, "ethnicity5": total.ethnicity5, "age_band": total.age_band}
    return {"stratum": area_id(total.stratum), **own, **more}


@settings(max_examples=80, deadline=None)
@given(forces, st.permutations(["stratum", "sex", "ethnicity5", "age_band"]))
def test_whoever_answers_is_one_of_fifty(force: list[Total], order: list[str]) -> None:
    """Of all that is kept of people who say everything, nothing fits fewer than fifty of them."""
    if sum(t.n for t in force) < LEAST:
        with pytest.raises(TotalsError):
            grow(force, order)
        return
    tree = grow(force, order)
    sizes: Counter[tuple[str, ...]] = Counter()
    for total in force:
        kept = place(tree, said(total))
        sizes[tuple(kept.values())] += total.n
    for cell, n in sizes.items():
        # what hides in "not stated" hides among all who prefer not to say as well
        folded = [f for f, group in zip(FIELDS, cell, strict=True) if group == NOT_STATED]
        asked = _asked(tree, dict(zip(FIELDS, cell, strict=True)))
        if not set(folded) & asked:
            assert n == 0 or n >= LEAST


def _asked(tree: Any, row: dict[str, str]) -> set[str]:
    found = set()
    while tree:
        found.add(tree["ask"])
        tree = tree["to"][row[tree["ask"]]]
    return found


@settings(max_examples=60, deadline=None)
@given(forces, st.data())
def test_what_is_kept_may_be_sent_and_nothing_finer(force: list[Total], data: st.DataObject) -> None:
    if sum(t.n for t in force) < LEAST:
        return
    tree = grow(force)
    answers = {field: data.draw(st.sampled_from(GROUPS[field])) for field in GROUPS}
    answers["stratum"] = area_id(data.draw(st.sampled_from(force)).stratum)
    kept = place(tree, answers)
    check_row(tree, kept | NOTHING)
    for field in FIELDS:
        if kept[field] != answers.get(field) and answers.get(field, NOT_STATED) != NOT_STATED:
            with pytest.raises(SurveyError):
                check_row(tree, kept | {field: answers[field]} | NOTHING)


def test_staff_totals_are_all_there_afterwards() -> None:
    rows = population(TREE, totals())
    assert sum(row["n"] for row in rows) == sum(t.n for t in totals())
    assert {row["stratum"] for row in rows} == {
        area_id("North"),
        area_id("South"),
        area_id("Headquarters"),
        ELSEWHERE,
    }


def test_small_areas_are_kept_together() -> None:
    kept = {place(TREE, {"stratum": area_id(name)})["stratum"] for name in ("Airport", "Stores")}
    assert kept == {ELSEWHERE}
    assert place(TREE, {"stratum": area_id("North")})["stratum"] == area_id("North")


def test_a_small_group_is_not_asked_about_where_it_is_small() -> None:
    """Fewer than fifty Black people work at headquarters: nobody there is asked, White staff neither."""
    for group in ("black", "white"):
        person = {"stratum": area_id("Headquarters"), "sex": "female", "ethnicity5": group}
        assert place(TREE, person)["ethnicity5"] == NOT_STATED


def test_a_unit_under_five_hundred_is_not_crossed_twice() -> None:
    force = [
        Total(area, sex, ethnicity, "35_44", 100, 100)
        for area in ("North", "South")
        for sex in ("female", "male")
        for ethnicity in ("black", "white")
    ]
    kept = place(grow(force), said(force[0]))
    assert kept["stratum"] != NOT_STATED
    assert [f for f in ("sex", "ethnicity5") if kept[f] != NOT_STATED] == ["sex"]
    large = [Total(t.stratum, t.sex, t.ethnicity5, t.age_band, 200, 200) for t in force]
    assert NOT_STATED not in [place(grow(large), said(large[0]))[f] for f in ("stratum", "sex", "ethnicity5")]
    # nor by asking the area last
    last = place(grow(force, ("sex", "ethnicity5", "stratum")), said(force[0]))
    assert last["stratum"] == NOT_STATED


def test_groups_nobody_is_known_to_be_in_are_kept_as_not_stated() -> None:
    force = [Total("North", sex, "white", "35_44", 80, 80) for sex in ("female", "male")]
    assert place(grow(force), {"sex": "other"})["sex"] == NOT_STATED


def test_preferring_not_to_say_is_an_answer_everywhere() -> None:
    kept = place(TREE, {})
    assert set(kept.values()) == {NOT_STATED}
    check_row(TREE, kept | NOTHING)


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"sex": "female"},
        dict.fromkeys(FIELDS, NOT_STATED) | NOTHING | {"bullied": "PC Smith did"},
        dict.fromkeys(FIELDS, NOT_STATED) | NOTHING | {"words": "x"},
        dict.fromkeys(FIELDS, NOT_STATED) | NOTHING | {"stratum": "a-nowhere"},
    ],
)
def test_rows_of_another_form_are_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(SurveyError):
        check_row(TREE, wrong)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("stratum,sex,ethnicity5,age_band\n", "no column 'n'"),
        ("stratum,sex,ethnicity5,age_band,n\nNorth,woman,white,35_44,3\n", "Line 2, sex"),
        ("stratum,sex,ethnicity5,age_band,n\n,female,white,35_44,3\n", "Line 2, stratum"),
        ("stratum,sex,ethnicity5,age_band,n\nNorth,female,white,35_44,-3\n", "Line 2, n"),
        ("stratum,sex,ethnicity5,age_band,n,invited\nNorth,female,white,35_44,3,4\n", "more than there are"),
        ("stratum,sex,ethnicity5,age_band,n\nNorth,female,white,35_44,0\n", "nobody"),
        ("stratum,sex,ethnicity5,age_band,n\n" + "North,female,white,35_44,9\n" * 2, "twice"),
    ],
)
def test_wrong_totals_are_told_by_line_and_column(tmp_path: Any, text: str, what: str) -> None:
    path = tmp_path / "totals.csv"
    path.write_text(text, "utf-8")
    with pytest.raises(TotalsError, match=what):
        read_totals(path)


def test_damaged_trees_are_refused() -> None:
    for wrong in ([], {"ask": "sex"}, {"ask": "sex", "as": {"female": "x"}, "to": {NOT_STATED: {}}}):
        with pytest.raises(SurveyError):
            collection.check_tree(wrong)
    assert collection.check_tree(TREE) == TREE
