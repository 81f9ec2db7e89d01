"""How old a reader has to be for a text: the Flesch-Kincaid grade, counted here so that packs need no tool.

    grade = 0.39 x words a sentence + 11.8 x syllables a word - 15.59        (Kincaid and others, 1975)

A British reading age is about the grade plus five. Every line and every list item ends a sentence. Syllables
are counted by groups of vowels, with the usual corrections for silent endings: right for about nine words in
ten, which is enough to find the texts that are too hard. A low grade does not prove that a text is clear;
only readers can.

    python -m upstander.policy.readability uk-police

prints the texts of a pack, hardest first.
"""

import re
import sys
from collections.abc import Iterator

from upstander.policy.check import words_of
from upstander.policy.load import bundled
from upstander.policy.model import Pack

_WORD = re.compile(r"[A-Za-z][A-Za-z']*|[0-9][0-9 ]*")
_ENDS = re.compile(r"[.?:;]+(?=\s|$)|\n+")
_MARKUP = re.compile(r"\*\*|\]\([^)]*\)|\[|^- |\{[^}]*\}", re.MULTILINE)
AGE_OVER_GRADE = 5
# Common words here that the rules below miscount.
_KNOWN = {
    **dict.fromkeys(("being", "quiet", "union", "someone", "somewhere", "sometimes"), 2),
    **dict.fromkeys(("anyone", "everyone", "idea"), 3),
    "association": 5,
}


def syllables(word: str) -> int:
    """Syllables of an English word, about. A number counts as one."""
    letters = re.sub(r"[^a-z]", "", word.lower())
    if not letters:
        return 1
    if letters in _KNOWN:
        return _KNOWN[letters]
    count = len(re.findall(r"[aeiouy]+", letters))
    if re.search(r"[^aeiouyl]es?$|[^aeiou]l?es$", letters) and not re.search(
        r"(c|g|s|x|z|ch|sh)es$", letters
    ):
        count -= 1  # home, homes, but not page or pages
    elif re.search(r"[^aeiouyl]e$|[aeiou]le$", letters):
        count -= 1  # page, rule
    if re.search(r"[^aeioudt]ed$", letters):
        count -= 1  # asked, but not wanted
    if re.search(r"i[ao]|[^qg]ua|eo", letters) and not re.search(r"tion|sion|cial|eop", letters):
        count += 1  # trial, video
    return max(1, count)


def reading_age(text: str) -> float:
    """Age in years of a reader who can follow the text. An empty text needs none: 0."""
    plain = _MARKUP.sub("", text)
    sentences = [part for part in _ENDS.split(plain) if _WORD.search(part)]
    words = _WORD.findall(plain)
    if not words:
        return 0.0
    a_word = sum(syllables(word) for word in words) / len(words)
    return 0.39 * len(words) / len(sentences) + 11.8 * a_word - 15.59 + AGE_OVER_GRADE


def passages(pack: Pack) -> Iterator[tuple[str, str, str]]:
    """Everything a reporter reads, as (group, name, text); group is question, text or support."""
    for question in pack.questions.values():
        yield "question", question.id, "\n".join(words for words in words_of(question) if words)
    for key, text in pack.texts.items():
        yield "text", key, text
    for step in pack.steps:
        yield "text", f"step {step.id}", step.label
    for outcome in pack.outcomes:
        yield "text", f"outcome {outcome.id}", outcome.label
    for line in pack.support:
        yield "support", line.id, "\n".join((line.about, line.hours, line.note))


def main(arguments: list[str]) -> int:
    """Prints reading ages of a pack's passages, hardest first."""
    found = [(reading_age(text), group, name) for group, name, text in passages(bundled(arguments[0]))]
    for age, group, name in sorted(found, reverse=True):
        sys.stdout.write(f"{age:5.1f}  {group:8}  {name}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
