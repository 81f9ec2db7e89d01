"""Reading a mention such as "PC Dave Smith, 4th floor, Lewisham" into fields that can be compared."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from upstander.formats import kinds
from upstander.formats.hashes import hash_of
from upstander.linkage.names import DETAILS, PARTICLES, RANKS, SHORT

LONGEST = 300  # characters; what is longer is an account, not a mention
_NUMBER = re.compile(r"(?:[0-9]{2,6}[a-z]{0,2}|[a-z]{1,2}[0-9]{2,6})")
TITLES = frozenset({"det", "detective", "chief", "mr", "mrs", "ms", "miss"})
_ABOUT = re.compile(r"\b(?:at|in|from|of|based|works?|the)\b")


@dataclass(frozen=True, slots=True)
class Mention:
    """What a mention says, in small letters without accents; empty where it says nothing.

    `forename` is the full form of a short one ("dave" is "david"); `number` a collar or warrant number.
    """

    mention_id: str
    rank: str = ""
    forename: str = ""
    initial: str = ""
    surname: str = ""
    number: str = ""
    place: str = ""

    @property
    def comparable(self) -> bool:
        """Whether there is enough to compare: a surname or a number."""
        return bool(self.surname or self.number)


def mention_of(case: str, item: str) -> str:
    """What a person in a case is called outside it: a hash of two random ids, of the case and of the entry.

    A handler's machine and the installation make the same; whoever has neither id can tell nothing from it.
    """
    return hash_of(kinds.header("mention").encode() + f"\n{case}\n{item}".encode())[:32]


def parse(mention_id: str, text: str) -> Mention:
    """Reads a mention. Never raises: what cannot be read leaves fields empty."""
    parts = [part.strip() for part in re.split(r"[,;()\n]|\s-\s", _plain(text[:LONGEST]))]
    parts = [part.replace("-", " ") for part in parts if part]
    if not parts:
        return Mention(mention_id)
    head, *inside = re.split(r"\b(?:at|in|from)\b", parts[0], maxsplit=1)
    words = [word for word in (word.strip(".'") for word in head.split()) if word]
    places = [*inside, *parts[1:]]
    numbers = [word for word in (*words, *" ".join(places).split()) if _NUMBER.fullmatch(word)]
    words = [word for word in words if not any(letter.isdigit() for letter in word)]
    rank = _rank(words)
    forename, surname = _names(words)
    full = SHORT.get(forename, forename) if len(forename) > 1 else ""
    number = numbers[0] if numbers else ""
    return Mention(mention_id, rank, full, forename[:1], surname, number, _place(places))


def _rank(words: list[str]) -> str:
    """Takes rank and title off the front of the words."""
    rank, chief = "", ""
    while words and (words[0] in RANKS or words[0] in TITLES):
        word = words.pop(0)
        chief = "chief " if word == "chief" else chief
        rank = RANKS.get(word, rank)
    return rank if rank.startswith(chief) else (chief + rank).strip()


def _names(words: list[str]) -> tuple[str, str]:
    """Forename or initial, and surname with its particles; "smith d" is turned round."""
    if not words:
        return "", ""
    if len(words) >= 2 and len(words[-1]) == 1 and len(words[0]) > 1:
        return words[-1], " ".join(words[:-1])
    if len(words) == 1:
        return "", words[0] if len(words[0]) > 1 else ""
    start = len(words) - 1
    while start > 1 and words[start - 1] in PARTICLES:
        start -= 1
    if start == 1 and words[0] in PARTICLES:
        return "", " ".join(words)
    return words[0], " ".join(words[start:])


def _place(parts: list[str]) -> str:
    """The last part that is a place and not a detail of one."""
    for part in reversed(parts):
        words = [
            word for word in _ABOUT.sub(" ", part).split() if not any(letter.isdigit() for letter in word)
        ]
        if words and not DETAILS & set(words):
            return " ".join(words).removesuffix(" police station").removesuffix(" station")
    return ""


def _plain(text: str) -> str:
    """Small letters without accents; "O'Neill" is "oneill"."""
    split = unicodedata.normalize("NFKD", text.replace("’", "'"))
    letters = "".join(one for one in split if not unicodedata.combining(one)).casefold()
    return re.sub(r"[^a-z0-9,;()\n.' -]", " ", re.sub(r"\bo'", "o", letters))
