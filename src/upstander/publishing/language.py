"""The languages of everybody's pages: English stands in the code, Welsh beside it in `cy.toml`.

    say("About {count} reports came in from {quarter}.", count=12, quarter=...)

The English words are the key. Which language is spoken is set once, by `speaking`, around everything that
makes a page, a feed, a drawing or a message. What `measure` says (notes, titles, intervals in words) comes
as finished English; `told` knows it again by its pattern.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache, lru_cache
from pathlib import Path

from upstander.publishing.errors import PublishError
from upstander.publishing.markup import Html, el

ENGLISH, WELSH = "en-GB", "cy"
LANGUAGES = (ENGLISH, WELSH)
FOLDERS = {ENGLISH: "", WELSH: "cy/"}  # where the pages of a language lie below the root
NAMES = {ENGLISH: "English", WELSH: "Cymraeg"}
_MARK = re.compile(r"\\{(\w+)\\}")  # as re.escape leaves it
_SHORTHAND = re.compile(r"(\[[a-z]+\]) (.+)")  # a mark such as [c] and its meaning
_now: ContextVar[str] = ContextVar("language", default=ENGLISH)


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Everything within is said in this language. Raises PublishError for one that nobody speaks here."""
    if language not in LANGUAGES:
        raise PublishError(f"There are no pages in {language[:20]!r}.")
    token = _now.set(language)
    try:
        yield
    finally:
        _now.reset(token)


def current() -> str:
    """The language that is spoken now."""
    return _now.get()


def other() -> str:
    """The other one."""
    return WELSH if current() == ENGLISH else ENGLISH


def folder() -> str:
    """The folder of the language that is spoken now: nothing for English."""
    return FOLDERS[current()]


def say(english: str, **marks: object) -> str:
    """The words in the language that is spoken, with what goes between their braces.

    Raises PublishError for words that have no Welsh: no page is made that is in half of two languages.
    """
    if current() == ENGLISH:
        return english.format(**marks) if marks else english
    welsh = catalogue()[0].get(english)
    if welsh is None:
        raise PublishError(f"cy.toml has no Welsh for {english[:80]!r}.")
    return welsh.format(**marks) if marks else welsh


def told(english: str) -> str:
    """Finished English from `measure` in the language that is spoken; as it stands where it is not known."""
    return english.replace("ethnicity5", "ethnic group") if current() == ENGLISH else _welsh(english)


def knows(english: str) -> bool:
    """Whether `told` would find it, or there is nothing in it to translate."""
    return current() == ENGLISH or _welsh(english) != english or not re.search("[a-z]{2}", english)


@lru_cache(maxsize=8192)
def _welsh(english: str) -> str:
    words, patterns = catalogue()
    if english in words:
        return words[english]
    if found := _SHORTHAND.fullmatch(english):
        return f"{found[1]} {_welsh(found[2])}"
    for pattern, welsh in patterns:
        if found := pattern.fullmatch(english):
            return welsh.format(**{name: _welsh(part) for name, part in found.groupdict().items()})
    first, stop, rest = english.partition(". ")
    return f"{_welsh(first + '.')} {_welsh(rest)}" if stop else english


def given(text: str) -> Html | str:
    """What people wrote for the site in English: on a Welsh page it says that it is English."""
    return text if current() == ENGLISH else el("span", text, lang=ENGLISH)


def told_part(text: str) -> Html | str:
    """A sentence of `measure` within an element: marked as English where it has no Welsh."""
    return told(text) if knows(text) else given(text)


def listed(names: Sequence[str]) -> str:
    """Names one after the other: A, B and C; in Welsh with commas alone, as "and" changes the next word."""
    *first, last = names
    return say("{first} and {last}", first=", ".join(first), last=last) if first else last


@cache
def catalogue() -> tuple[Mapping[str, str], Sequence[tuple[re.Pattern[str], str]]]:
    """What is said by its English words, and patterns of what `measure` says, the longest first.

    Raises PublishError where words are there twice, or the braces are not the same.
    """
    body = tomllib.loads((Path(__file__).parent / "cy.toml").read_text("utf-8"))
    words: dict[str, str] = {}
    for entry in (*body["say"], *body["told"]):
        english, welsh = entry["en"], entry["cy"]
        if english in words or _marks(english) != _marks(welsh):
            raise PublishError(f"cy.toml: {english[:80]!r} is there twice, or has other braces in Welsh.")
        words[english] = welsh
    patterns = [
        (re.compile(_MARK.sub(r"(?P<\1>.+?)", re.escape(one["en"])), re.DOTALL), one["cy"])
        for one in sorted(body["told"], key=lambda one: -len(_bare(one["en"])))
        if _marks(one["en"])
    ]
    return words, patterns


def _marks(text: str) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", text))


def _bare(text: str) -> str:
    return re.sub(r"\{\w+\}", "", text)
