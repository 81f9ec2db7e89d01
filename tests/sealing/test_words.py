"""Seven words: read with patience, checked before anything else."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.vectors import scene
from upstander.sealing import age, words
from upstander.sealing.errors import WordsError
from upstander.sealing.words import (
    NOT_DRAWN,
    WORDLIST,
    Words,
    check_wordlist,
    checksum_word,
    generate,
    receipt_keys,
)

RIGHT = scene.WORDS
HYPHENS = ("drop-down", "felt-tip", "t-shirt", "yo-yo", "abacus", "zoom")
WITH_HYPHENS = Words((*HYPHENS, checksum_word(HYPHENS)))


def test_nobody_is_given_a_word_that_could_hurt_and_one_given_before_still_opens():
    assert len(NOT_DRAWN) == 108
    assert set(WORDLIST) >= NOT_DRAWN
    assert not any(NOT_DRAWN & set(generate().words) for _ in range(2000))
    six = ("arousal", "zoom", "zoom", "zoom", "zoom", "zoom")
    before = (*six, checksum_word(six))
    assert Words.parse(" ".join(before)).words == before


def test_the_list_is_the_effs_unchanged():
    text = "".join(word + "\n" for word in WORDLIST)
    wanted = "6d557f0693958fb5e650b68b5bee585eb82cf4da32965505c789e924743bc522"
    assert hashlib.sha256(text.encode()).hexdigest() == wanted
    assert (WORDLIST[0], WORDLIST[-1], len(WORDLIST)) == ("abacus", "zoom", 7776)
    assert {word for word in WORDLIST if "-" in word} == set(HYPHENS[:4])


def test_no_word_of_the_list_is_two_others_around_a_hyphen():
    assert not [word for word in WORDLIST if "-" in word and set(word.split("-")) <= set(WORDLIST)]


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("abacus\n", ""),
        lambda text: text.replace("abacus\n", "zoom\n"),
        lambda text: text.replace("abacus\n", "Abacus\n"),
        lambda text: text.replace("abacus\n", "abácus\n"),
        lambda text: text.replace("abacus\n", "aba cus\n"),
        lambda text: text + "\n",
        lambda text: text.rstrip(),
        lambda _: "",
    ],
)
def test_a_damaged_list_is_refused(change):
    text = "".join(word + "\n" for word in WORDLIST)
    assert check_wordlist(text) == WORDLIST
    with pytest.raises(ValueError, match="word list"):
        check_wordlist(change(text))


def test_fresh_words_are_right_and_different():
    made = {str(generate()) for _ in range(50)}
    assert len(made) == 50
    assert all(str(Words.parse(one)) == one for one in made)


separators = st.sampled_from([" ", "  ", "-", " - ", "\n", ", ", "\t", ". 2) ", "\u00a0", "\u2013"])


@given(st.sampled_from([RIGHT, WITH_HYPHENS]), st.lists(separators, min_size=7, max_size=7), st.booleans())
def test_it_takes_whatever_stands_between_and_any_case(right, between, upper):
    typed = (
        "".join(separator + word for separator, word in zip(between, right.words, strict=True)) + between[0]
    )
    assert Words.parse(typed.upper() if upper else typed) == right


@given(st.integers(0, 6), st.sampled_from(WORDLIST))
def test_one_wrong_word_is_noticed_unless_it_fits_by_chance(index, word):
    changed = [*RIGHT.words[:index], word, *RIGHT.words[index + 1 :]]
    if checksum_word(tuple(changed[:6])) == changed[6]:
        return
    with pytest.raises(WordsError) as error:
        Words.parse(" ".join(changed))
    assert error.value.index is None


@pytest.mark.parametrize(("place", "typed"), [(0, "abacuss"), (3, "x"), (6, "zoomzoo")])
def test_a_word_that_is_not_listed_is_pointed_at(place, typed):
    changed = [*RIGHT.words[:place], typed, *RIGHT.words[place + 1 :]]
    with pytest.raises(WordsError, match=f"Word {place + 1} ") as error:
        Words.parse(" ".join(changed))
    assert error.value.index == place
    assert typed not in str(error.value)


@pytest.mark.parametrize("typed", ["", "zoom", str(RIGHT) + " zoom", " ".join(RIGHT.words[:6]), "\0", "١٢٣"])
def test_it_takes_seven(typed):
    with pytest.raises(WordsError, match="seven words"):
        Words.parse(typed)


def test_letters_of_other_scripts_do_not_become_ours():
    kelvin = "\u212a"  # lower-cases to k
    assert kelvin.lower() == "k"
    six = ("kick", *RIGHT.words[1:6])
    right = str(Words((*six, checksum_word(six))))
    with pytest.raises(WordsError):
        Words.parse(right.replace("kick", f"{kelvin}ick"))


def test_swapped_words_are_noticed():
    one, two, *rest = RIGHT.words
    with pytest.raises(WordsError, match="two swapped"):
        Words.parse(" ".join((two, one, *rest)))


def test_words_do_not_show_themselves():
    assert not any(word in repr(RIGHT) for word in RIGHT.words)
    shown = repr(scene.RECEIPT) + repr(scene.UNLOCK) + repr(scene.ROWAN)
    assert "AGE-SECRET" not in shown
    assert str(scene.RECEIPT.log) not in shown


def test_other_words_or_another_installation_give_other_keys():
    keys = [scene.RECEIPT, receipt_keys(scene.words("other"), scene.INSTALLATION), receipt_keys(RIGHT, "x")]
    for name in ("mailbox_id", "mailbox", "identity", "seal", "sign", "key", "log"):
        assert len({getattr(one, name) for one in keys}) == 3, name
    assert scene.RECEIPT.seal == age.recipient_of(scene.RECEIPT.identity)


def test_unlock_words_belong_to_one_name():
    mine, hers = (words.unlock_keys(RIGHT, scene.INSTALLATION, name) for name in ("a.rowan", "c.hazel"))
    assert mine.wrap != hers.wrap
    assert mine.sign != hers.sign
