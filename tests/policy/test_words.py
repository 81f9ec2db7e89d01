"""The words a reporter reads: how hard they are, what they never say, and whose numbers they give."""

import json
import re
from pathlib import Path

import pytest

from upstander.policy.load import bundled, pack_ids
from upstander.policy.readability import passages, reading_age, syllables

OWN = Path(__file__).parents[2] / "client" / "report" / "words.en.json"
PASSAGES = [
    *((pack_id, *passage) for pack_id in pack_ids() for passage in passages(bundled(pack_id))),
    *(("pages", "text", key, text) for key, text in json.loads(OWN.read_text("utf-8")).items()),
]
AGE = {"question": 11.0, "text": 12.0, "support": 12.0}
SHORT = 8  # words; below that the formula says nothing
LONGEST_SENTENCE = 26  # words

# The "not" column of the voice rules, and what is never said.
NEVER = r"""
disclos\w+ | alleg\w+ | whistle-?blow\w* | suspects? | offend\w+ | perpetrat\w+ | victims?
encrypt\w* | decrypt\w* | secured | pass-?phrases? | passwords? | credentials? | recovery\ key
blockchain | ledger | immutable | guarantee\w* | 100\ ?% | anonym\w+
apologi[sz]e\w* | inconvenience | panic | quick\ exit | n/a | required | mandatory
simply | don.?t\ worry | brave\w* | courag\w+ | why\ did\ you | why\ didn.?t | are\ you\ sure | please\ note
"""
FORBIDDEN = re.compile(rf"\b(?:{'|'.join(NEVER.split(chr(10))).strip('|')})\b", re.IGNORECASE | re.VERBOSE)
PHONE = re.compile(r"(?<![\d{])\d[\d ]{2,}\d(?!\d)")


@pytest.mark.parametrize(("pack_id", "group", "name", "text"), PASSAGES, ids=lambda value: str(value)[:24])
def test_every_passage_can_be_read_at_the_age_aimed_at(
    pack_id: str, group: str, name: str, text: str
) -> None:
    if len(text.split()) >= SHORT:
        assert reading_age(text) <= AGE[group], f"{pack_id}: {group} {name}"
    for sentence in re.split(r"[.?:](?:\s|$|\*)|\n", text):
        assert len(sentence.split()) <= LONGEST_SENTENCE, f"{pack_id}: {group} {name}: {sentence}"


@pytest.mark.parametrize(("pack_id", "group", "name", "text"), PASSAGES, ids=lambda value: str(value)[:24])
def test_no_passage_uses_a_word_that_is_never_used(pack_id: str, group: str, name: str, text: str) -> None:
    found = FORBIDDEN.search(text)
    assert found is None, f"{pack_id}: {group} {name} says {found and found[0]!r}"
    assert "!" not in text
    assert "N/A" not in text


@pytest.mark.parametrize(
    "never", ["Don't worry.", "You are brave", "Why did you stay?", "Simply type", "it is encrypted"]
)
def test_the_list_of_words_finds_them(never: str) -> None:
    assert FORBIDDEN.search(never)


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)


@pytest.mark.parametrize("pack_id", pack_ids())
def test_every_phone_number_in_the_words_is_on_the_support_list(pack_id: str) -> None:
    pack = bundled(pack_id)
    known = {_digits(number) for line in pack.support for number in (line.phone, line.text)}
    words = [text for group, _, text in passages(pack) if group != "support"]
    said = {_digits(number) for text in words for number in PHONE.findall(text)}
    years = {"2019"}  # an example of a rough date
    assert "08001111" in said, "the test finds numbers"
    assert said - years <= known


@pytest.mark.parametrize("pack_id", pack_ids())
def test_999_is_where_somebody_in_danger_would_look(pack_id: str) -> None:
    pack = bundled(pack_id)
    for key in ("start.emergency", "no-script", "urgent"):
        assert "999" in pack.texts[key]
    assert "999" in pack.questions["danger-help"].body
    assert "emergency" in pack.questions["danger-help"].lines
    assert pack.support[0].id == "emergency"


@pytest.mark.parametrize("pack_id", pack_ids())
def test_no_question_asks_which_offence_it_was(pack_id: str) -> None:
    offences = r"\b(rape|assault|harassment|abuse|stalking|corruption|misconduct|offence|voyeurism)\b"
    for question in bundled(pack_id).questions.values():
        words = [question.title, *(option.label for option in question.options)]
        found = [word for word in words if re.search(offences, word, re.IGNORECASE)]
        assert found == [], question.id


@pytest.mark.parametrize("pack_id", pack_ids())
def test_what_needs_keepers_stands_where_a_page_without_any_leaves_it_out(pack_id: str) -> None:
    """The option `hold`, and questions of the kinds `named` and `after`: `withKeepers` in client/report/visit.ts."""
    pack = bundled(pack_id)
    fates = {option.id for option in pack.questions["fate"].options}
    assert fates - {"hold"} == {"send", "keep"}
    own = {name for name, question in pack.questions.items() if question.kind in {"named", "after", "fate"}}
    assert len(own) == (3 if "hold" in fates else 1)
    for _, name, text in passages(pack):
        if name not in own:
            assert not re.search(r"\b(hold it|is held|names the same person|by itself on)\b", text), name


@pytest.mark.parametrize("pack_id", pack_ids())
def test_the_words_the_pages_ask_for_are_there(pack_id: str) -> None:
    source = Path(__file__).parents[2] / "client" / "report" / "from-pack.json"
    wanted = json.loads(source.read_text(encoding="utf-8"))
    assert len(wanted) > 50
    assert set(wanted) - set(bundled(pack_id).texts) == set()


@pytest.mark.parametrize(
    ("word", "count"),
    {"page": 1, "pages": 2, "home": 1, "homes": 1, "asked": 1, "wanted": 2, "table": 2, "picture": 2,
     "anyone": 3, "police": 2, "video": 3, "association": 5, "emergency": 4, "999": 1, "the": 1}.items(),
)  # fmt: skip
def test_syllables_are_counted(word: str, count: int) -> None:
    assert syllables(word) == count


def test_harder_words_and_longer_sentences_need_an_older_reader() -> None:
    easy = "Tell us what you saw. Short is fine."
    long = "Tell us what you saw and what you heard and who was there and when it was and where it was."
    hard = "Communicate comprehensively regarding institutional irregularities previously encountered."
    assert reading_age(easy) < reading_age(long) < reading_age(hard)
    assert reading_age("") == 0.0
