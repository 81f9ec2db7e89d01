"""Reads a pack's letters.toml: letters with fields, every name in braces accounted for."""

import re

from upstander.policy.model_desk import Letter, LetterField
from upstander.policy.reader import Table

OF_ITSELF = ("case", "today", "received", "due", "team", "institution")
"""Names the page fills: case number, days in words, the handler's team and institution."""

CODED = ("reference", "allegations", "grounds", "notice", "progress", "harmed", "period")
"""Names it fills in a letter to a body outside, from what is coded and dated."""

TO = ("reporter", "harmed", "body")

_NAME = re.compile(r"\{([a-z-]+)\}")


def read_letters(table: Table) -> tuple[Letter, ...]:
    """Every letter. Raises PackError where a name in braces has no field, or a field is not in the letter."""
    table.only("letter")
    found: dict[str, Letter] = {}
    for item in table.tables("letter", required=True):
        letter = _letter(item)
        if letter.id in found:
            raise item.wrong("an id that no other letter has", f'"{letter.id}"', "id")
        found[letter.id] = letter
    return tuple(found.values())


def _option(table: Table) -> tuple[str, str]:
    table.only("label", "text")
    return table.text("label"), table.text("text")


def _letter(table: Table) -> Letter:
    table.only("id", "name", "to", "tells", "use", "note", "body", "field")
    to = table.choice("to", TO, TO[0])
    filled = (*OF_ITSELF, *CODED) if to == "body" else OF_ITSELF
    body = table.text("body")
    names = set(_NAME.findall(body))
    if "{" in _NAME.sub("", body) or "}" in _NAME.sub("", body):
        raise table.wrong("names in small letters between braces", "another brace", "body")
    fields: list[LetterField] = []
    for item in table.tables("field"):
        item.only("id", "label", "hint", "kind", "options")
        field = LetterField(
            item.id(),
            item.text("label"),
            item.text("hint", ""),
            item.choice("kind", ("text", "line", "one"), "text"),
            tuple(_option(one) for one in item.tables("options")),
        )
        if (field.kind == "one") != bool(field.options):
            raise item.wrong('"options" with the kind "one" alone', f'"{field.kind}"', "kind")
        if field.id in filled or field.id in {other.id for other in fields}:
            raise item.wrong("an id of its own in this letter", f'"{field.id}"', "id")
        if field.id not in names:
            raise item.wrong(f"{{{field.id}}} somewhere in the letter", "no such name", "id")
        fields.append(field)
    unknown = sorted(names - {field.id for field in fields} - set(filled))
    if unknown:
        raise table.wrong("a field for each name in braces", f"{{{unknown[0]}}}", "body")
    return Letter(
        table.id(),
        table.text("name"),
        table.text("use"),
        table.text("note", ""),
        body,
        tuple(fields),
        to,
        table.text("tells", ""),
    )
