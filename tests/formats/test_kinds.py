"""The registry of formats knows every format and version that the code names."""

import re
from pathlib import Path

import pytest

from upstander.formats import kinds
from upstander.formats.errors import FormatError

ROOT = Path(__file__).parent.parent.parent
SOURCES = [
    path
    for folder, endings in (("src", {".py", ".toml"}), ("client", {".ts"}))
    for path in (ROOT / folder).rglob("*")
    if path.suffix in endings and ".test." not in path.name and "built" not in path.parts
]


def test_every_format_named_in_the_code_is_registered():
    assert len(SOURCES) > 50
    named = {
        (found[1], int(found[2])): path
        for path in SOURCES
        for found in re.finditer(r"upstander/([a-z-]+)/v([0-9]+)", path.read_text("utf-8"))
    }
    assert len(named) > 20
    unknown = {name: path.name for name, path in named.items() if not _is_known(*name)}
    assert not unknown


def test_versions_count_up():
    """From one, but where the first version never left a demonstration (decisions 0012 and 0022)."""
    for kind in kinds.KINDS.values():
        first = 2 if kind.name in ("epoch", "pledge-slip") else 1
        assert kind.versions == tuple(range(first, kind.newest + 1))


def test_unknown_names_versions_and_uses_are_refused():
    assert kinds.header("report") == kinds.header("report", 1) == "upstander/report/v1"
    for wrong in (("report", 2), ("report", 0), ("nothing", None)):
        with pytest.raises(FormatError):
            kinds.header(*wrong)
    assert kinds.headers("card", "statement") == ("upstander/card/v1",)
    for name in ("report", "nothing"):
        with pytest.raises(FormatError):
            kinds.headers(name, "statement")


def _is_known(name: str, version: int) -> bool:
    return name in kinds.KINDS and version in kinds.KINDS[name].versions
