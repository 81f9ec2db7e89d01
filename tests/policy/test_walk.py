"""The order of the questions, and what holds for every reporter whatever she answers."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.policy import flow_vectors
from tests.policy.packs import PATIENT
from upstander.formats.canonical import JSON
from upstander.policy.load import bundled
from upstander.policy.model import Question
from upstander.policy.questionnaire import Mode, finish_pages, pages, path_name, travelling

PACK = bundled("uk-police")
MODES: tuple[Mode, ...] = ("whole", "quick", "quick-then-whole")

START = ["danger", "device", "place", "nearest", "relation", "adult"]
END = ["point", "wish", "name", "bodies", "fate", "check"]
PROOF = ["proof", "file", "told-anyone"]


def test_a_witness_is_asked_in_this_order() -> None:
    people = ["who", "power", "others", "hurt", "sure"]
    expected = [
        *START,
        "tell-saw",
        "enough",
        "part-of-it",
        "when",
        "where",
        *people,
        *PROOF,
        "pressure",
        "exclude",
    ]
    assert pages(PACK, {"nearest": "saw"}) == [*expected, *END]


def test_a_person_it_happened_to_is_looked_after_first_and_not_asked_for_witnesses() -> None:
    story = ["tell-happened", "enough", "looking-after", "crime", "part-of-it", "when", "where", "pressure"]
    assert pages(PACK, {"nearest": "happened"}) == [*START, *story, "who", "power", *PROOF, "exclude", *END]


def test_a_person_who_was_told_is_asked_by_whom_and_not_how_sure() -> None:
    story = ["tell-told", "enough", "part-of-it", "when", "where", "who", "power", "told-by", "hurt"]
    assert pages(PACK, {"nearest": "told"}) == [*START, *story, *PROOF, "pressure", "exclude", *END]


def test_the_quick_path_is_eight_pages_with_three_answers_to_type_or_choose_before_sending() -> None:
    shown = pages(PACK, {}, "quick")
    assert shown == ["danger", "device", "place", "tell", "enough", "name", "bodies", "check"]
    assert [id_ for id_ in shown if PACK.questions[id_].kind == "text"] == ["tell"]


def test_someone_who_took_part_is_told_to_get_advice_and_goes_on_as_a_witness() -> None:
    shown = pages(PACK, {"nearest": "part"})
    assert shown[shown.index("nearest") + 1] == "advice-first"
    assert "tell-saw" in shown


@pytest.mark.parametrize(
    ("question", "option", "page"),
    [
        ("danger", "yes", "danger-help"),
        ("danger", "soon", "danger-help"),
        ("danger", "dont-know", "danger-help"),
        ("device", "someone", "device-help"),
        ("device", "work", "device-help"),
        ("device", "not-sure", "device-help"),
        ("place", "away", "place-away"),
        ("place", "several", "place-which"),
        ("adult", "no", "child"),
    ],
)
def test_an_answer_brings_its_page_next(question: str, option: str, page: str) -> None:
    shown = pages(PACK, {question: option})
    assert shown[shown.index(question) + 1] == page


def test_no_danger_brings_no_danger_page() -> None:
    assert "danger-help" not in pages(PACK, {"danger": "no"})


def test_several_ticks_bring_each_page_once() -> None:
    shown = pages(PACK, {"told-anyone": ["friend", "manager"], "part-of-it": ["partner", "pictures"]})
    assert shown.count("told-what") == 1
    assert shown[shown.index("part-of-it") + 1] == "same-home"
    assert "pictures" in shown


@pytest.mark.parametrize(
    ("answer", "page"), [("yes", "picture-stop"), ("not-sure", "picture-stop"), ("no", "picture-how")]
)
def test_pictures_lead_to_the_stop_page_unless_all_are_adults(answer: str, page: str) -> None:
    shown = pages(PACK, {"part-of-it": ["pictures"], "pictures": answer})
    assert shown[shown.index("pictures") + 1] == page


def test_an_answer_to_a_question_that_is_no_longer_asked_does_not_count() -> None:
    answers: Mapping[str, JSON] = {"part-of-it": ["talk"], "pictures": "yes"}
    shown = pages(PACK, answers)
    assert "pictures" not in shown and "picture-stop" not in shown
    assert "pictures" not in travelling(PACK, answers, shown)["report"]


def test_words_typed_on_the_quick_path_do_not_hide_the_question_on_the_whole_one() -> None:
    """What is not asked on a path does not count on it."""
    answers: Mapping[str, JSON] = {"tell": "He said it again.", "nearest": "saw"}
    shown = pages(PACK, answers)
    assert "tell-saw" in shown
    assert "tell" not in travelling(PACK, answers, shown)["report"]


def test_going_on_from_the_quick_path_asks_nothing_twice() -> None:
    shown = pages(PACK, {"nearest": "happened", "tell": "He said it again."}, "quick-then-whole")
    assert shown[:5] == ["danger", "device", "place", "tell", "enough"]
    assert "tell-happened" not in shown
    assert "looking-after" in shown
    assert len(shown) == len(set(shown))


def test_finishing_early_asks_for_a_name_and_a_body_and_checks() -> None:
    shown = pages(PACK, {"nearest": "saw"})[:9]
    assert finish_pages(PACK, {"nearest": "saw"}, shown) == ["name", "bodies", "check"]
    assert finish_pages(PACK, {"name": "yes"}, shown) == ["name", "name-details", "bodies", "check"]
    assert finish_pages(PACK, {}, [*shown, "name"]) == ["bodies", "check"]


def test_a_sexual_picture_never_reaches_a_picker() -> None:
    """A picker opens only for options of the file question that lead nowhere else."""
    leads = {option.id: option.then for option in PACK.questions["file"].options}
    assert leads["sexual"] == "file-sexual"
    assert leads["maybe-child"] == "picture-stop"
    assert {id_ for id_, then in leads.items() if not then} == {
        "writing",
        "messages",
        "photo",
        "sound",
        "none",
    }
    refused = ["file-sexual", "picture-stop", "picture-how", "pictures"]
    assert [PACK.questions[id_].kind for id_ in refused] == ["info", "text", "form", "one"]
    assert [question.id for question in PACK.questions.values() if question.kind == "file"] == ["file"]


def test_danger_and_device_stay_on_the_device_and_who_she_is_goes_to_the_sheet() -> None:
    by_way: dict[str, set[str]] = {"no": set(), "sheet": set(), "report": set()}
    for question in PACK.questions.values():
        by_way[question.travels].add(question.id)
    assert {"danger", "device", "fate"} <= by_way["no"]
    assert by_way["sheet"] == {"relation", "adult", "same-home", "name", "name-details"}


def test_everything_written_before_the_question_is_shown_when_asking_could_this_point_to_you() -> None:
    """All words a reporter types that go to the report are marked, but for the name of a force."""
    typed = {"text", "line", "people", "form", "dates"}
    going = {q.id for q in PACK.questions.values() if q.kind in typed and q.travels == "report"}
    assert {id_ for id_ in going if not PACK.questions[id_].marks} == {"place-which"}


# ---- whatever she answers ----


def _answer(question: Question) -> st.SearchStrategy[JSON]:
    options = [option.id for option in question.options]
    nothing: st.SearchStrategy[JSON] = st.sampled_from([None, "", [], "dont-know", "not-an-option"])
    if question.kind == "one":
        return nothing | st.sampled_from(options)
    if question.kind == "many":
        return nothing | st.lists(st.sampled_from(options), unique=True)
    if question.kind in ("file", "dates"):
        key = "what" if question.kind == "file" else "how"
        return nothing | st.lists(st.fixed_dictionaries({key: st.sampled_from(options)}), max_size=3)
    return nothing | st.text(max_size=5)


ANSWERS = st.fixed_dictionaries(
    {}, optional={id_: _answer(question) for id_, question in PACK.questions.items()}
)


@PATIENT
@given(ANSWERS, st.sampled_from(MODES))
def test_every_way_reaches_the_check_page_and_asks_nothing_twice(
    answers: dict[str, JSON], mode: Mode
) -> None:
    shown = pages(PACK, answers, mode)
    assert shown[0] == "danger"
    assert shown[-1] == "check"
    assert len(shown) == len(set(shown))
    assert {"bodies", "name"} <= set(shown)


@PATIENT
@given(ANSWERS, st.sampled_from(MODES), st.data())
def test_from_every_page_one_can_finish(answers: dict[str, JSON], mode: Mode, data: st.DataObject) -> None:
    shown = pages(PACK, answers, mode)
    stop = data.draw(st.integers(1, len(shown) - 1))
    rest = finish_pages(PACK, answers, shown[:stop])
    assert rest[-1] == "check"
    assert not set(rest) & set(shown[:stop])
    assert len(rest) <= 4


@PATIENT
@given(ANSWERS, st.sampled_from(MODES), st.data())
def test_leaving_out_any_answer_never_blocks_the_way(
    answers: dict[str, JSON], mode: Mode, data: st.DataObject
) -> None:
    shown = pages(PACK, answers, mode)
    skipped = data.draw(st.sampled_from(shown))
    fewer = {id_: answer for id_, answer in answers.items() if id_ != skipped}
    again = pages(PACK, fewer, mode)
    assert again[-1] == "check"
    if skipped != PACK.path_by.question:
        assert skipped in again


@PATIENT
@given(ANSWERS, st.sampled_from(MODES))
def test_the_path_is_the_one_of_her_answer(answers: dict[str, JSON], mode: Mode) -> None:
    shown = set(pages(PACK, answers, mode))
    expected = "quick" if mode == "quick" else path_name(PACK, answers)
    tells = {"W": "tell-saw", "H": "tell-happened", "T": "tell-told", "quick": "tell"}
    assert not shown & (set(tells.values()) - {tells[expected], "tell"})


@PATIENT
@given(ANSWERS, st.sampled_from(MODES))
def test_what_travels_was_asked(answers: dict[str, JSON], mode: Mode) -> None:
    shown = pages(PACK, answers, mode)
    going = travelling(PACK, answers, shown)
    assert set(going["report"]) | set(going["sheet"]) <= set(shown)
    assert not {"danger", "device"} & {*going["report"], *going["sheet"]}


def test_every_question_is_shown_to_somebody() -> None:
    seen: set[str] = set()
    for nearest in ("saw", "happened", "told", "part"):
        everything = {
            id_: [{"what": option.id} for option in question.options]
            if question.kind == "file"
            else [option.id for option in question.options]
            for id_, question in PACK.questions.items()
        }
        seen |= set(pages(PACK, {**everything, "nearest": nearest}))
        seen |= set(pages(PACK, {**everything, "nearest": nearest, "adult": "yes"}))  # not asked of a child
    seen |= set(pages(PACK, {}, "quick"))
    assert seen == set(PACK.questions)


def test_the_walks_the_page_is_held_to_are_up_to_date() -> None:
    """After a change on purpose: python -m tests.policy.flow_vectors."""
    assert flow_vectors.FILE.read_bytes() == flow_vectors.make()
