"""What the documentation says is there, is there: commands, settings, links, pictures, the two commands.

`python -m tests.test_docs` writes the page that is made from the code.
"""

from __future__ import annotations

import argparse
import re
from pathlib import Path

import pytest

from upstander.cli.main import parser
from upstander.formats.kinds import KINDS

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
COMMANDS_PAGE = DOCS / "reference/commands.md"
PAGES = sorted([*DOCS.rglob("*.md"), *ROOT.glob("*.md")])


def commands() -> dict[str, argparse.ArgumentParser]:
    """All sub-commands by name, each followed by its own."""
    found = {}
    for name, sub in _below(parser()).items():
        found[name] = sub
        found |= {f"{name} {act}": one for act, one in _below(sub).items()}
    return found


def _below(one: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    actions = [action for action in one._actions if isinstance(action, argparse._SubParsersAction)]
    return {name: sub for action in actions for name, sub in action.choices.items()}


def commands_page() -> str:
    """The reference of commands, from their own help."""
    parts = ["# Commands\n\nMade from the commands' own help by `make docs`.\n"]
    parts += [f"## upstander\n\n```text\n{parser().format_help()}```\n"]
    parts += [f"## upstander {name}\n\n```text\n{sub.format_help()}```\n" for name, sub in commands().items()]
    return "\n".join(parts)


def test_the_commands_page_is_what_the_commands_say() -> None:
    assert COMMANDS_PAGE.read_text("utf-8") == commands_page(), "run: make docs"


def test_every_setting_has_a_heading() -> None:
    sources = [*(ROOT / "src/upstander").rglob("*.py")]
    used = {
        name for path in sources for name in re.findall(r"UPSTANDER_[A-Z_]+[A-Z]", path.read_text("utf-8"))
    }
    used -= {"UPSTANDER_NAME"}  # stands for any of them in messages
    headings = set(
        re.findall(r"^## (UPSTANDER_\w+)$", (DOCS / "reference/settings.md").read_text("utf-8"), re.M)
    )
    assert used == headings


def test_every_format_is_described() -> None:
    page = (DOCS / "reference/formats.md").read_text("utf-8")
    missing = [name for name, kind in KINDS.items() if name not in page and kind.use != "label"]
    assert not missing


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    text = re.sub(r"```.*?```|`[^`\n]*`", "", page.read_text("utf-8"), flags=re.S)
    targets = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", text)
    here = [target for target in targets if "://" not in target]
    lost = [target for target in here if not (page.parent / target).exists()]
    assert not lost


def test_every_decision_is_listed() -> None:
    folder = DOCS / "decisions"
    index = (folder / "README.md").read_text("utf-8")
    assert [p.name for p in sorted(folder.glob("0*.md")) if p.name not in index] == []


def test_the_architecture_names_files_that_are_there() -> None:
    page = (DOCS / "explanation/architecture.md").read_text("utf-8")
    named = set(re.findall(r"`((?:src|client|tests|deploy)/[\w./-]+)`", page))
    assert len(named) > 30
    assert sorted(name for name in named if not (ROOT / name).exists()) == []


def test_tests_named_in_the_threat_model_are_there() -> None:
    page = (DOCS / "explanation/threat-model.md").read_text("utf-8")
    named = set(re.findall(r"`(tests/[\w./-]+)`", page)) | set(
        re.findall(r"`(client/[\w./-]+\.test\.ts)`", page)
    )
    assert named
    assert sorted(name for name in named if not (ROOT / name).exists()) == []


def test_every_claim_of_the_threat_model_is_marked() -> None:
    page = (DOCS / "explanation/threat-model.md").read_text("utf-8")
    rows = [row for row in re.findall(r"^\| .*\|$", page, re.M) if re.match(r"\| [TC]\d+ \|", row)]
    unmarked = [row for row in rows if not re.search(r"\| (tested|argued|open)\b", row)]
    assert len(rows) > 20
    assert unmarked == []


def test_the_two_commands_are_near_the_top_of_the_readme() -> None:
    top = "\n".join((ROOT / "README.md").read_text("utf-8").splitlines()[:40])
    assert "make run" in top
    assert "make test" in top


def test_help_of_make_lists_every_target() -> None:
    text = (ROOT / "Makefile").read_text("utf-8")
    phony = {name for line in re.findall(r"^\.PHONY: (.*)$", text, re.M) for name in line.split()}
    listed = set(re.findall(r"^([a-z-]+):.*## ", text, re.M))
    assert phony == listed


if __name__ == "__main__":
    COMMANDS_PAGE.write_text(commands_page(), "utf-8")
    print(f"Wrote {COMMANDS_PAGE.relative_to(ROOT)}.")
