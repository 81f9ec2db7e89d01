"""Reads cy.toml: what a pack says in another language, beside what it says in its own.

    [[say]]
    en = "Go on"
    cy = "Mynd ymlaen"

The words of the pack are the key. So a changed word has no translation until somebody has looked at it again:
a test lists what is missing, and the page shows the pack's own words in the meantime.
"""

import re
from pathlib import Path

from upstander.policy.reader import Table, read_toml

LANGUAGES = ("cy",)
_KEPT = (
    (re.compile(r"\{[a-z-]+\}"), "the same words in braces"),
    (re.compile(r"\]\([^)]*\)"), "the same addresses"),
    (re.compile(r"\d[\d ]{2,}\d"), "the same numbers"),
)


def read_translations(folder: Path, own: str) -> dict[str, dict[str, str]]:
    """Language -> what the pack says -> what that is in the language. Raises PackError."""
    files = {language: f"{language}.toml" for language in LANGUAGES if language != own}
    return {
        language: _read(read_toml(folder, file), own, language)
        for language, file in files.items()
        if (folder / file).exists()
    }


def _read(table: Table, own: str, language: str) -> dict[str, str]:
    table.only("say")
    said: dict[str, str] = {}
    for entry in table.tables("say", required=True):
        entry.only(own, language)
        source, translated = entry.text(own), entry.text(language)
        if source in said:
            raise entry.wrong("words that were not translated before", f'"{source[:40]}"', own)
        _check_kept(entry, language, source, translated)
        said[source] = translated
    return said


def _check_kept(entry: Table, language: str, source: str, translated: str) -> None:
    """What the page fills in, where a link leads and whom a number rings are the same in every language."""
    for pattern, what in _KEPT:
        wanted = sorted(pattern.findall(source))
        found = sorted(pattern.findall(translated))
        if wanted != found:
            raise entry.wrong(
                f"{what} as the original: {', '.join(wanted) or 'none'}", ", ".join(found) or "none", language
            )
