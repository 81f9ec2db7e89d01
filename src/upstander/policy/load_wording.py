"""Reads a pack's wording.toml: words in decisions that lean on a myth, with reason and source."""

import re
from collections.abc import Collection

from upstander.policy.model_desk import Source, Wording, WordingRule
from upstander.policy.reader import Table

ABOUT = ("sexual", "domestic", "discrimination", "general")
_WORD = r"[a-z0-9']+\*?(?:-[a-z0-9']+\*?)*"
_ELEMENT = re.compile(rf"(?:{_WORD}(?:\|{_WORD})*|\{{(?P<list>[a-z-]+)\}})\??")
_PHRASE = re.compile(r"[a-z0-9']+\*?(?: [a-z0-9']+\*?)*")


def read_wording(table: Table) -> Wording:
    """Every rule, its patterns read. Raises PackError."""
    table.only("clear", "reported", "words", "source", "rule")
    lists = _lists(table.table("words"))
    used: set[str] = set()
    sources = tuple(_source(item) for item in table.tables("source", required=True))
    names = [source.id for source in sources]
    rules: dict[str, WordingRule] = {}
    for item in table.tables("rule", required=True):
        rule = _rule(item, names, lists, used)
        if rule.id in rules:
            raise item.wrong("an id that no other rule has", f'"{rule.id}"', "id")
        rules[rule.id] = rule
    clear = _patterns(table, "clear", lists, used)
    reported = _patterns(table, "reported", lists, used)
    for name in lists:
        if name not in used:
            raise table.wrong("a list that some pattern uses", f'"{name}"', "words", name)
    cited = {rule.source for rule in rules.values()}
    for position, name in enumerate(names):
        if name not in cited:
            raise table.wrong("a source that some rule names", f'"{name}"', "source", position)
    return Wording(tuple(rules.values()), sources, lists, clear, reported)


def _lists(table: Table) -> dict[str, tuple[str, ...]]:
    lists = {}
    for name in table:
        lists[name] = table.strings(name)
        for position, phrase in enumerate(lists[name]):
            if not _PHRASE.fullmatch(phrase):
                raise table.wrong("small letters and spaces", f'"{phrase}"', name, position)
    return lists


def _source(table: Table) -> Source:
    table.only("id", "title", "address")
    address = table.text("address")
    if not address.startswith("https://"):
        raise table.wrong('an address that begins with "https://"', f'"{address}"', "address")
    return Source(table.id(), table.text("title"), address)


def _rule(
    table: Table, sources: Collection[str], lists: dict[str, tuple[str, ...]], used: set[str]
) -> WordingRule:
    table.only("id", "about", "why", "ask", "source", "says", "unless")
    return WordingRule(
        id=table.id(),
        about=table.choice("about", ABOUT),
        why=table.text("why"),
        ask=table.text("ask"),
        source=table.choice("source", tuple(sources)),
        says=_patterns(table, "says", lists, used),
        unless=_patterns(table, "unless", lists, used, ()),
    )


def _patterns(
    table: Table,
    key: str,
    lists: dict[str, tuple[str, ...]],
    used: set[str],
    default: tuple[str, ...] | None = None,
) -> tuple[str, ...]:
    patterns = table.strings(key, default)
    for position, pattern in enumerate(patterns):
        elements = pattern.split(" ")
        if elements[0] == ".." or elements[-1] == ".." or all(one.endswith("?") for one in elements):
            raise table.wrong("a pattern that begins and ends with words", f'"{pattern}"', key, position)
        for element in elements:
            found = _ELEMENT.fullmatch(element)
            if element != ".." and found is None:
                raise table.wrong("words, one|two, {list}, begin* or ..", f'"{element}"', key, position)
            name = found["list"] if found else None
            if name is not None and name not in lists:
                raise table.wrong("a list under [words]", f'"{name}"', key, position)
            if name is not None:
                used.add(name)
    return patterns
