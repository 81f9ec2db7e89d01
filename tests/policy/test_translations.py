"""Nothing a reporter reads is missing in another language, and nothing that must not change has changed in it."""

import json
import re
from pathlib import Path

import pytest

from tests.policy.packs import copy_of_pack
from upstander.policy.compile import as_json
from upstander.policy.errors import PackError
from upstander.policy.load import bundled, load_pack
from upstander.policy.load_translations import LANGUAGES

REPORT = Path(__file__).parents[2] / "client" / "report"
# Where words stand in a compiled pack; `client/report/pack.ts` has the same list.
WORDS = {"title", "hint", "body", "label", "name", "help", "text", "for", "hours", "note", "add", "phone"}
PACKS = ["uk-police"]  # packs whose words reporters read in Wales
# Names and numbers, which are the same in every language.
SAME = re.compile(
    r"[\d ]+|\{institution\}|Galop|Karma Nirvana|StopNCII|Childline|Report Remove|Protect|Police Care UK"
    r"|National .* Helpline|Men's Advice Line|Revenge Porn Helpline|Centre for Women's Justice"
    r"|Police Investigations and Review Commissioner \(PIRC\)"
)


def _words(value: object, key: str = "") -> set[str]:
    if isinstance(value, dict):
        texts = set(value.get("texts", {}).values())
        return texts.union(
            *(
                _words(one, name)
                for name, one in value.items()
                if name not in ("texts", "categories", "translations")
            )
        )
    if isinstance(value, list):
        return set().union(*(_words(one, "") for one in value))
    return {value} if isinstance(value, str) and value and key in WORDS else set()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("pack_id", PACKS)
def test_everything_a_pack_says_is_said_in_the_other_language_too(pack_id: str, language: str) -> None:
    pack = bundled(pack_id)
    said = pack.translations[language]
    own = {words for words in _words(as_json(pack)) if not SAME.fullmatch(words)}
    assert len(own) > 400, "the test finds words"
    assert own - set(said) == set(), "not translated"
    assert set(said) - own == set(), "translated, and said nowhere"


def test_the_pages_own_words_are_there_in_every_language_with_the_same_marks() -> None:
    english = json.loads((REPORT / "words.en.json").read_text("utf-8"))
    for language in LANGUAGES:
        other = json.loads((REPORT / f"words.{language}.json").read_text("utf-8"))
        assert other.keys() == english.keys()
        for key, words in english.items():
            marks = [sorted(re.findall(r"\{[a-z-]+\}", text)) for text in (words, other[key])]
            assert marks[0] == marks[1], key
            assert other[key] != words or words in ("Person {n}", "{name}"), key


def test_the_list_of_places_where_words_stand_is_the_pages() -> None:
    source = (REPORT / "pack.ts").read_text("utf-8")
    listed = re.search(r"const WORDS = new Set\(\[(.*?)\]\)", source, re.DOTALL)
    assert listed is not None
    assert set(re.findall(r'"([a-z]+)"', listed[1])) == WORDS


@pytest.mark.parametrize(
    ("was", "becomes", "found"),
    [
        ("0808 2000 247", "0808 2000 248", "0808 2000 248"),
        ("{expires}", "{day}", "{day}"),
        ("](#support)", "](#who)", "](#who)"),
        ("[[say]]\n", "[[said]]\n", "said"),
    ],
)
def test_a_translation_that_would_ring_or_lead_elsewhere_is_refused(
    tmp_path: Path, was: str, becomes: str, found: str
) -> None:
    folder = copy_of_pack(tmp_path)
    words = (folder / "cy.toml").read_text("utf-8")
    welsh = words.index(was, words.index("cy = ", words.index(was))) if was[0] != "[" else words.index(was)
    (folder / "cy.toml").write_text(words[:welsh] + words[welsh:].replace(was, becomes, 1), "utf-8")
    with pytest.raises(PackError, match=re.escape(found)):
        load_pack(folder)


def test_words_translated_twice_are_refused(tmp_path: Path) -> None:
    folder = copy_of_pack(tmp_path)
    with (folder / "cy.toml").open("a", encoding="utf-8") as file:
        file.write('\n[[say]]\nen = "Go on"\ncy = "Ymlaen"\n')
    with pytest.raises(PackError, match="not translated before"):
        load_pack(folder)
