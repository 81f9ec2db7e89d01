"""Both packs run on the same code: what each has to have, and what the docs say of them."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.policy.packs import change, copy_of_pack, pack_of
from upstander.formats import canonical
from upstander.policy import picture
from upstander.policy.compile import compile_pack
from upstander.policy.compile_law import compile_law, law_hash
from upstander.policy.law import Law
from upstander.policy.load import PackError, load_pack, pack_ids

DOCS = Path(__file__).parents[2] / "docs"
STEPS = "received opened acknowledged let-in left replied sheet-opened sealed-file closed reopened"
LISTS = "characteristics standards person-types severities findings sanctions closing-reasons factors evidence adverse"


@pytest.mark.parametrize("pack_id", pack_ids())
def test_a_pack_has_what_the_server_and_the_desk_ask_for(pack_id: str) -> None:
    pack = pack_of(pack_id)
    law = pack.law
    assert set(STEPS.split()) <= {step.id for step in pack.steps}
    assert law.codes is not None
    assert set(LISTS.split()) <= set(law.codes)
    for part in (law.tracks, law.needs, law.guards, law.tasks, law.instruments, law.facts, law.criteria, law.bars,
                 law.severities, law.sanctions, law.first_hour, law.closing, law.check_ins, law.oversight,
                 law.retention, law.left_out):  # fmt: skip
        assert part
    assert law.grading is not None
    assert law.apology is not None
    assert sum(move.any_other for track in law.tracks for move in track.moves) == len(law.tracks)


@pytest.mark.parametrize("pack_id", pack_ids())
def test_every_kind_of_person_selects_a_route_that_is_there(pack_id: str) -> None:
    law = pack_of(pack_id).law
    tracks = {track.id for track in law.tracks}
    assert law.codes is not None
    people = law.codes["person-types"].codes
    assert len(people) >= 7
    for one in people:
        assert one.more is not None
        assert one.more["track"] in tracks
        assert "authority" in one.more
    assert {"former", "contractor", "volunteer", "not-known"} <= {one.id for one in people}


@pytest.mark.parametrize("pack_id", pack_ids())
def test_codes_for_severity_finding_and_outcome_are_those_of_the_ladder(pack_id: str) -> None:
    law = pack_of(pack_id).law
    assert law.codes is not None
    codes = {name: {code.id for code in one.codes} for name, one in law.codes.items()}
    assert codes["severities"] == {one.id for one in law.severities}
    assert codes["findings"] == {one.id for one in law.findings}
    assert {one.kind for one in law.sanctions} <= codes["sanctions"]


def test_categories_name_standards_and_sub_categories_name_categories() -> None:
    pack = pack_of("uk-police")
    assert pack.law.codes is not None
    standards = {code.id for code in pack.law.codes["standards"].codes}
    assert len(standards) == 10
    named = {category.id: category.standards for category in pack.categories}
    assert named["position-sexual"] == ("honesty", "respect", "discreditable")
    assert [one for one, found in named.items() if not found] == ["other"]
    assert {code.more["category"] for code in pack.law.codes["subcategories"].codes if code.more} <= set(
        named
    )
    strands = {category.strand for category in pack.categories if category.vawg}
    assert strands == {"vawg", "discrimination"}


@pytest.mark.parametrize("pack_id", pack_ids())
def test_every_rule_cites_its_source(pack_id: str) -> None:
    law = pack_of(pack_id).law
    rows: list[Any] = [
        *law.criteria,
        *law.bars,
        *law.severities,
        *law.sanctions,
        *law.openings,
        *law.closing,
        *law.guards,
    ]
    assert [row for row in rows if not row.source] == []
    assert [one for one in law.retention if not one.source] == []
    assert [one for one in (law.codes or {}).values() if not one.source] == []


@pytest.mark.parametrize("pack_id", pack_ids())
def test_the_law_compiles_to_one_canonical_document_with_a_hash(pack_id: str) -> None:
    pack = pack_of(pack_id)
    compiled = compile_law(pack)
    value = canonical.decode(compiled)
    assert isinstance(value, dict)
    assert (value["format"], value["id"]) == ("upstander/law/v1", pack_id)
    assert {"tracks", "limits", "codes", "sanctions", "left_out"} <= set(value)
    assert law_hash(pack) == law_hash(pack)
    assert str(DOCS.parent) not in compiled.decode()


def test_a_changed_rule_changes_the_hash_and_a_changed_predicate_too(tmp_path: Path) -> None:
    before = law_hash(load_pack(copy_of_pack(tmp_path / "one")))
    for number, (file, old, new) in enumerate(
        [
            ("ladder.toml", "months = 18", "months = 19"),
            ("rules.py", "return coded.serious_assault", "return False"),
        ]
    ):
        folder = copy_of_pack(tmp_path / str(number))
        change(folder, file, old, new)
        assert law_hash(load_pack(folder)) != before


@pytest.mark.parametrize("pack_id", pack_ids())
def test_the_reporter_s_page_gets_the_names_of_the_steps_she_may_see_and_no_rule(pack_id: str) -> None:
    pack = pack_of(pack_id)
    value = json.loads(compile_pack(pack))
    seen = {step["id"]: step["visible"] for step in value["steps"] if step["on"] == "track"}
    moves = {move.id: move.visible for track in pack.law.tracks for move in track.moves}
    assert seen == {move: visible for move, visible in moves.items() if visible != "never"}
    assert "law" not in value
    assert "limits" not in value


def pictures() -> Iterator[tuple[str, str]]:
    for pack_id in pack_ids():
        for name, track in picture.names(pack_of(pack_id)).items():
            yield name, picture.draw(pack_of(pack_id), track)


def test_the_pictures_in_the_docs_are_those_of_the_packs(tmp_path: Path) -> None:
    drawn = dict(pictures())
    assert len(drawn) == 4
    page = (DOCS / "reference/law.md").read_text("utf-8")
    for name, svg in drawn.items():
        assert (DOCS / "pictures" / name).read_text("utf-8") == svg, "run: python -m upstander.policy.picture"
        assert f"../pictures/{name}" in page
    assert picture.main([str(tmp_path)]) == 0
    assert {path.name for path in tmp_path.iterdir()} == set(drawn)
    assert picture.main([]) == 2


def test_a_picture_shows_every_stage_and_every_step() -> None:
    for pack_id in pack_ids():
        for track in pack_of(pack_id).law.tracks:
            svg = picture.draw(pack_of(pack_id), track)
            shown: list[Any] = [*track.stages, *track.moves]
            assert [one.label for one in shown if one.label not in svg] == []


def test_the_docs_list_what_was_left_out_and_why() -> None:
    page = (DOCS / "reference/law.md").read_text("utf-8")
    for pack_id in pack_ids():
        for one in pack_of(pack_id).law.left_out:
            assert f"| {one.label} | {one.source or 'none'} | {one.help} |" in page


def _unread(law: Law) -> set[str]:
    rows: list[Any] = [*law.severities, *(law.codes or {}).values(), *law.claims]
    return {row.id for row in rows if row.unchecked}


def test_what_nobody_read_in_its_source_is_marked_and_is_no_clock() -> None:
    assert _unread(pack_of("uk-police").law) == {"misconduct", "practice", "factors", "subcategories"}
    for pack_id in pack_ids():
        assert [one.id for one in pack_of(pack_id).limits if one.unchecked] == []


BROKEN = [
    ("codes.toml", 'id = "routes"', 'id = "characteristics"', "an id that no other list has"),
    ("codes.toml", '{ id = "complaint", label', '{ id = "dsi", label', "an id that no other codes has"),
    ("referral.toml", 'codes = "routes"', 'codes = "roads"', "a list of codes.toml"),
    ("referral.toml", 'id = "senior"', 'id = "senior-rank"', 'a field of the class "Coded"'),
    ("referral.toml", 'rule = "gravity"', 'rule = "levity"', "a function of rules.py"),
    ("referral.toml", 'kind = "one"', 'kind = "many"', "Collection[str] for route"),
    ("rules.py", "    senior: bool = False\n", "    senior: bool = False\n    tall: bool = False\n", "a fact of"),
    ("rules.py", "class Coded:", "class Facts:", 'a class "Coded"'),
    ("conflicts.toml", 'when = "senior"', 'when = "junior"', "a fact of kind yes"),
    ("conflicts.toml", 'test = "subject"', 'test = "sibling"', "one of"),
    ("conflicts.toml", 'declares = "interest"\nof', "of", '"declares" with the tests'),
    ("regimes.toml", 'since = "2025-05-28"', 'since = "2019-05-28"', "versions in the order of their days"),
    ("regimes.toml", 'since = "2020-02-01"', 'since = ""', "a day such as"),
    ("ladder.toml", 'forum = "meeting"', 'forum = "field"', "a forum"),
    ("ladder.toml", 'of = ["final-warning"]', 'of = ["last-warning"]', "a kind of sanction"),
    ("ladder.toml", 'only_if = ["live-final", "several"]', 'only_if = ["live"]', "an opening"),
    ("ladder.toml", "months_most = 60", "months_most = 6", "a number from 24"),
    ("categories.toml", 'standards = ["duties"]', 'standards = ["duty"]', "a code of the list standards"),
    ("codes.toml", 'category = "manner"', 'category = "manners"', "a category that sub-categories name"),
    ("referral.toml", 'track = "crime"', 'track = "court"', "a track"),
    ("referral.toml", 'rule = "wishes_recording"', 'rule = "wishes"', "a function of rules.py"),
    ("ladder.toml", 'severity = "gross-misconduct"', 'severity = "grave"', "a severity"),
    ("ladder.toml", 'rule = "convicted_indictable_only"', 'rule = "convicted"', "a function of rules.py"),
    ("duties.toml", 'needs = ["danger", "interim"]', 'needs = ["danger", "interin"]', "a need"),
    ("duties.toml", 'after = "notice-served"', 'after = "notice"', "a step of a track"),
    ("duties.toml", 'kinds = ["found", "found-in-part", "learning"]', 'kinds = ["lost"]', "an outcome"),
    ("duties.toml", 'told = ["2", "C"]', 'told = ["2", "F"]', "a grade of information"),
    ("duties.toml", 'told = ["2", "C"]', 'told = ["2"]', "a grade of the source and one"),
    ("duties.toml", "months = 72", 'months = 72\noutcomes = ["found"]', "exactly one retention rule"),
    ("duties.toml", 'test = "unreferred"', 'test = "unread"', "one of"),
    ("limits.toml", 'tells = ["handler"', 'tells = ["friend"', "one of handler"),
    ("limits.toml", 'extends = ["decider"]', 'extends = ["subject"]', "one of handler"),
    ("limits.toml", 'first = "same day"', 'first = "next week"', "one of day after"),
    ("categories.toml", 'means = ["sexual-purpose"]', 'means = ["sex"]', "a fact that is yes or no"),
    ("outcomes.toml", 'after = ["stopped"]', 'after = ["halted"]', "a step of a track"),
    ("limits.toml", 'since = ["received"]', 'since = ["recieved"]', "the id of a step"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "old", "new", "expected"), BROKEN)
def test_a_broken_law_is_refused_with_the_file_and_what_was_expected(
    tmp_path: Path, file: str, old: str, new: str, expected: str
) -> None:
    pack = copy_of_pack(tmp_path)
    change(pack, file, old, new)
    with pytest.raises(PackError) as caught:
        load_pack(pack)
    assert expected in caught.value.expected
    assert caught.value.place.line >= 1
