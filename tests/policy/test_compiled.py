"""The compiled pack: its form as documented, its size, and the rules of the core about packs."""

import ast
import gzip
import json
import re
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

import upstander
from tests.policy.packs import copy_of_pack
from upstander.formats import canonical
from upstander.policy.compile import as_json, compile_pack, pack_hash
from upstander.policy.load import bundled, load_pack, pack_ids
from upstander.policy.packs.uk_police import rules
from upstander.policy.packs.uk_police.rules import Coded

PACK = bundled("uk-police")
SOURCE = Path(upstander.__file__).parent


def test_it_is_canonical_and_names_its_format() -> None:
    compiled = compile_pack(PACK)
    value = canonical.decode(compiled)
    assert isinstance(value, dict)
    assert value["format"] == "upstander/pack/v1"
    assert (value["id"], value["language"], value["tried_with_users"]) == ("uk-police", "en", False)
    assert re.fullmatch(r"[0-9a-f]{64}", pack_hash(compiled))


def test_it_is_small_enough_to_fetch_at_the_start() -> None:
    """In every language at once: a page that fetched one would tell the server which."""
    assert len(gzip.compress(compile_pack(PACK), mtime=0)) < 45_000


def test_a_copy_compiles_to_the_same_bytes(tmp_path: Path) -> None:
    assert compile_pack(load_pack(copy_of_pack(tmp_path))) == compile_pack(PACK)


def test_another_language_is_refused() -> None:
    with pytest.raises(ValueError, match="no words in cy"):
        compile_pack(PACK, "cy")


def test_an_unknown_pack_is_refused() -> None:
    with pytest.raises(KeyError):
        bundled("../uk-police")
    assert pack_ids() == ["uk-police", "workplace"]


def test_every_key_of_the_reference_page_is_there() -> None:
    """Keys written as `"key"` in the block of docs/reference/pack.md that shows the compiled pack."""
    page = Path(__file__).parents[2] / "docs" / "reference" / "pack.md"
    block = page.read_text(encoding="utf-8").split("## The compiled pack")[1].split("| kind of question")[0]
    value = json.loads(compile_pack(PACK))
    seen: set[str] = set()

    def collect(part: object) -> None:
        if isinstance(part, dict):
            seen.update(part)
        for item in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
            collect(item)

    collect(value)
    documented = set(re.findall(r'(?<=[{,])"([a-z_]+)"(?=[,:}\]])', block))
    assert {"title", "then", "when", "notes", "lines", "answered"} <= documented
    assert documented - seen - {"all"} == set()  # "all" is allowed, and not used by this pack
    assert set(value["questions"]["danger"]) <= documented


@pytest.mark.parametrize(("heading", "key"), [("## Support lines", "support"), ("## Steps", "steps")])
def test_the_lists_have_the_keys_of_the_reference_page(heading: str, key: str) -> None:
    page = Path(__file__).parents[2] / "docs" / "reference" / "pack.md"
    shape = page.read_text(encoding="utf-8").split(heading)[1].split("`")[1]
    documented = set(re.findall(r'(?<=[{,])"([a-z_]+)"(?=[,:}])', shape))
    for row in json.loads(compile_pack(PACK))[key]:
        assert set(row) == documented


def test_every_question_and_option_has_all_its_keys() -> None:
    value = as_json(PACK)
    questions = value["questions"]
    assert isinstance(questions, dict)
    keys = {frozenset(question) for question in questions.values()}
    assert len(keys) == 1


def test_support_lines_say_when_they_were_checked_or_that_they_were_not() -> None:
    days = {line.id: line.checked for line in PACK.support}
    assert days["rape-crisis"] == days["staff-association"] == ""
    for line in PACK.support:
        assert line.checked == "" or date.fromisoformat(line.checked) <= date(2026, 11, 23)
        assert line.phone or line.address or line.note


def test_the_command_prints_the_compiled_pack() -> None:
    command = [sys.executable, "-m", "upstander.policy.compile"]
    printed = subprocess.run([*command, "uk-police"], capture_output=True, check=True)
    assert printed.stdout == compile_pack(PACK)
    unknown = subprocess.run([*command, "nothing"], capture_output=True, check=False)
    assert unknown.returncode == 2
    assert b"uk-police" in unknown.stderr


def _code_words(path: Path) -> set[str]:
    """Names and strings of a Python file, without comments and docstrings."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    docs = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and ast.get_docstring(node) is not None
        and isinstance(node.body[0], ast.Expr)
    }
    words: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs:
            words.add(node.value)
        elif not isinstance(node, ast.Constant):
            words.update(value for _, value in ast.iter_fields(node) if isinstance(value, str))
    return words


def test_nothing_in_the_core_is_about_police() -> None:
    """Law, words and ranks live in packs. The command line may speak of the demonstration."""
    police = re.compile(r"police|constab|sergeant|iopc|misconduct|officer|warrant", re.IGNORECASE)
    found = {}
    for room in ("formats", "policy", "sealing", "ledger", "server"):
        for path in sorted((SOURCE / room).rglob("*.py")):
            if "packs/" in path.as_posix():
                continue
            words = sorted(word[:60] for word in _code_words(path) if police.search(word))
            if words:
                found[path.relative_to(SOURCE).as_posix()] = words
        for path in sorted((SOURCE / room).rglob("*.html")):
            if "built/" not in path.as_posix() and police.search(path.read_text(encoding="utf-8")):
                found[path.relative_to(SOURCE).as_posix()] = ["in the template"]
    assert found == {}


# ---- named predicates ----


def test_abuse_of_position_has_to_be_referred() -> None:
    assert rules.serious_corruption(Coded(sexual_purpose=True))
    assert rules.serious_corruption(Coded(improper_emotional_relationship=True))
    assert rules.serious_corruption(Coded(other_serious_corruption=True))
    assert not rules.serious_corruption(Coded(serious_assault=True))


def test_discrimination_aggravates_only_a_crime_or_discipline_matter() -> None:
    assert rules.aggravated_by_discrimination(Coded(might_be_crime_or_discipline=True, because_of=["sex"]))
    assert not rules.aggravated_by_discrimination(Coded(might_be_crime_or_discipline=True))
    assert not rules.aggravated_by_discrimination(Coded(because_of=["sex"]))


def test_serious_assault_and_sexual_offence_have_to_be_referred() -> None:
    assert rules.serious_assault(Coded(serious_assault=True))
    assert rules.serious_sexual_offence(Coded(serious_sexual_offence=True))
    assert not rules.serious_assault(Coded()) and not rules.serious_sexual_offence(Coded())


def test_days_are_counted_over_the_end_of_a_month() -> None:
    assert rules.referral_due(date(2026, 11, 30)) == date(2026, 12, 1)
    assert rules.first_update_due(date(2026, 11, 23)) == date(2026, 12, 21)
