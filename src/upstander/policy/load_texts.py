"""Reads texts/*.md: the words of the pages around the questions.

A line `## key` or `## key: A title` opens a text; what stands before the first is for the pack's authors.
The body is Markdown-lite: paragraphs, **bold**, lists with `- `, [words](address). A title becomes the text
`key.title`. Words in braces are filled in by the page, and only those listed here exist.
"""

import re
from pathlib import Path

from upstander.policy.errors import PackError, Place
from upstander.policy.needed import REQUIRED
from upstander.policy.reader import read_text

_HEAD = re.compile(r"## ([a-z0-9]+(?:[.-][a-z0-9]+)*)(?:: (\S.*))?")
_MARK = re.compile(r"\{([^{}]*)\}")
_LINK = re.compile(r"\]\(([^)]*)\)")

# What the page fills in. `team` and `bodies` are names of channels from the card.
_MARKS = (
    "institution", "team", "bodies", "left-out", "day", "open-day", "write-day", "look-back-day",
    "expires", "word", "number", "index", "size", "part", "parts", "helpline", "name", "question",
)  # fmt: skip
MARKS = frozenset(_MARKS)
# Addresses a text may lead to: a page of the reporter's application, or the open web.
LINKS = (
    "#start",
    "#before",
    "#words",
    "#support",
    "#who",
    "#safety",
    "#privacy",
    "#see",
    "#device",
    "https://",
)


def read_texts(folder: Path) -> tuple[dict[str, str], dict[str, Place]]:
    """Key -> text, and where each stands. Raises PackError."""
    texts: dict[str, str] = {}
    places: dict[str, Place] = {}
    files = sorted((folder / "texts").glob("*.md"))
    for path in files:
        file = f"texts/{path.name}"
        for key, line, text in _sections(file, read_text(folder, file)):
            if key in texts:
                raise PackError(Place(file, line), "a key that no other text has", f'"{key}"')
            texts[key], places[key] = text, Place(file, line)
    for key in REQUIRED:
        if key not in texts:
            place = Place(f"texts/{files[-1].name}" if files else "texts", 1)
            raise PackError(place, f'a text "## {key}" in one of the files of texts/', "no such text")
    return texts, places


def check_words(text: str, place: Place) -> None:
    """Refuses braces and addresses the page would not know. Raises PackError."""
    for mark in _MARK.findall(text):
        if mark not in MARKS:
            raise PackError(place, f"one of {', '.join(sorted(MARKS))} in braces", f'"{{{mark}}}"')
    for link in _LINK.findall(text):
        if not link.startswith("https://") and link not in LINKS:
            raise PackError(place, f"an address out of {', '.join(LINKS)}", f'"{link}"')


def _sections(file: str, text: str) -> list[tuple[str, int, str]]:
    found: list[tuple[str, int, str]] = []
    key, start, body = "", 0, list[str]()

    def close() -> None:
        words = "\n".join(body).strip()
        if key and words:
            found.append((key, start, words))
        elif key and not any(name == f"{key}.title" for name, _, _ in found):
            raise PackError(Place(file, start), f'words under "## {key}"', "nothing")

    for number, line in enumerate(text.splitlines(), start=1):
        if not line.startswith("## "):
            if key:
                check_words(line, Place(file, number))
            body.append(line.rstrip())
            continue
        close()
        head = _HEAD.fullmatch(line.rstrip())
        if head is None:
            raise PackError(Place(file, number), '"## key" or "## key: Title"', f'"{line.rstrip()}"')
        key, start, body = head[1], number, []
        if head[2]:
            check_words(head[2], Place(file, number))
            found.append((f"{key}.title", number, head[2]))
    close()
    return found
