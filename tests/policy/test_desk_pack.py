"""The desk's part of a pack: what is bundled, what the browser's tests run on, and how mistakes are named."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from upstander.policy import load
from upstander.policy.desk import bundled, compile_desk, load_desk
from upstander.policy.errors import PackError
from upstander.policy.readability import reading_age

CLIENT = Path(__file__).parents[2] / "client/tools"
HEAD = (
    'clear = ["does not mean"]\nreported = ["{her} said"]\n[words]\nher = ["she", "the woman"]\n'
    '[[source]]\nid = "s"\ntitle = "T"\naddress = "https://a.example/"\n'
)
RULE = '[[rule]]\nid = "r"\nabout = "general"\nwhy = "W."\nask = "A?"\nsource = "s"\n'


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """A copy of the bundled pack, to be broken."""
    return Path(shutil.copytree(load.folder_of("uk-police"), tmp_path / "pack"))


def test_the_browser_s_tests_run_on_the_bundled_pack() -> None:
    """Made by: python -m upstander.policy.desk uk-police > client/tools/desk-pack.json"""
    assert (CLIENT / "desk-pack.json").read_bytes() == compile_desk(bundled("uk-police"))


def test_every_rule_about_words_asks_a_question_and_has_its_source() -> None:
    wording = bundled("uk-police").wording
    sources = {source.id for source in wording.sources}
    assert len(wording.rules) > 30
    for rule in wording.rules:
        assert rule.ask.endswith("?"), rule.id
        assert rule.source in sources
        assert len(rule.why) < 200, rule.id


def test_a_pack_without_these_files_has_nothing_for_the_desk(pack: Path) -> None:
    (pack / "wording.toml").unlink()
    assert load_desk(pack).wording.rules == ()


@pytest.mark.parametrize(
    ("text", "line", "expected"),
    [
        (HEAD + RULE + 'says = ["fight {him}"]\n', 15, "a list under [words]"),
        (HEAD + RULE + 'says = ["Fight"]\n', 15, "words, one|two"),
        (HEAD + RULE + 'says = [".. fight"]\n', 15, "begins and ends with words"),
        (HEAD + RULE + 'says = ["fight?"]\n', 15, "begins and ends with words"),
        (HEAD + RULE + 'says = ["a  b"]\n', 15, "words, one|two"),
        (HEAD + RULE + 'says = ["fight"]\n' + RULE + 'says = ["b"]\n', 17, "no other rule has"),
        (HEAD + 'address = "http://a.example/"\n' + RULE + 'says = ["b"]\n', 9, "TOML"),
        (HEAD.replace('"https://a', '"http://a') + RULE + 'says = ["b"]\n', 8, "begins with"),
        (HEAD.replace('["{her} said"]', '["said"]') + RULE + 'says = ["b"]\n', 4, "some pattern uses"),
        (HEAD + RULE.replace('"s"', '"t"') + 'says = ["b"]\n', 14, "one of s"),
    ],
)
def test_a_mistake_is_named_with_its_line(pack: Path, text: str, line: int, expected: str) -> None:
    (pack / "wording.toml").write_text(text, "utf-8")
    with pytest.raises(PackError) as caught:
        load_desk(pack)
    assert caught.value.place.file == "wording.toml"
    assert (caught.value.place.line, expected in str(caught.value)) == (line, True), str(caught.value)


def test_letters_are_as_easy_to_read_as_what_else_a_reporter_reads() -> None:
    for letter in bundled("uk-police").letters:
        assert reading_age(letter.body) <= 12, (letter.id, reading_age(letter.body))


LETTER = '[[letter]]\nid = "a"\nname = "N"\nuse = "U."\n'
FIELD = '[[letter.field]]\nid = "b"\nlabel = "B"\n'


@pytest.mark.parametrize(
    ("text", "line", "expected"),
    [
        (LETTER + 'body = "{c}"\n', 5, "a field for each name"),
        (LETTER + 'body = "{today"\n', 5, "names in small letters"),
        (LETTER + 'body = "{today}"\n' + FIELD, 7, "somewhere in the letter"),
        (LETTER + 'body = "{b}"\n' + FIELD + FIELD, 10, "of its own"),
        (LETTER + 'body = "x"\n' + LETTER + 'body = "x"\n', 7, "no other letter"),
        (LETTER + 'body = "{b}"\n' + FIELD + 'kind = "date"\n', 9, "text, line"),
        (LETTER + 'body = "{b}"\n' + FIELD + 'kind = "one"\n', 9, "options"),
        (LETTER + 'body = "{b}"\n' + FIELD + 'options = [{ label = "A", text = "B" }]\n', 6, "options"),
    ],
)
def test_a_mistake_in_a_letter_is_named_with_its_line(
    pack: Path, text: str, line: int, expected: str
) -> None:
    (pack / "letters.toml").write_text(text, "utf-8")
    with pytest.raises(PackError) as caught:
        load_desk(pack)
    assert caught.value.place.file == "letters.toml"
    assert (caught.value.place.line, expected in str(caught.value)) == (line, True), str(caught.value)


def test_a_review_is_offered_only_where_there_is_a_right_to_it_and_by_its_own_body() -> None:
    """Police Reform Act 2002, Sch 3, paras 6A and 25: recorded complaints alone; not after a directed or
    independent investigation (lincolnshire-pcc.gov.uk, hertscommissioner.org)."""
    letters = {letter.id: letter for letter in bundled("uk-police").letters}
    for name in ("outcome", "no-action"):
        assert "review" not in letters[name].body.replace("{review}", ""), "no fixed promise of one"
        [field] = [field for field in letters[name].fields if field.id == "review"]
        assert field.kind == "one"
        offers = [text for _, text in field.options if "you can ask for a review" in text]
        assert len(offers) == 2 and all("28 days" in text for text in offers)
        assert "Independent Office for Police Conduct" in offers[0] and "commissioner" in offers[1]
        none = [text for _, text in field.options if "no right of review" in text]
        assert len(none) == 2 and not any("28 days" in text for text in none)
        for _, text in field.options:
            assert reading_age(text) <= 12, text
