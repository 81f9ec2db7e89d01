"""The house itself: sizes of modules, locks without addresses, nothing in the tree that names the place it was built in."""

from __future__ import annotations

import ast
import json
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LONGEST = 400  # lines
TYPICAL = 150  # lines, of the middle module
BROWSER = {
    "lib": 7_250,
    "report": 6_400,
    "desk": 5_000,
    "tools": 3_500,
}  # lines; decision 0011 says what a bigger number needs

FORBIDDEN = {
    "a folder of somebody's machine": r"(?<![\w./-])/(?:root|tmp|work|home/\w+|Users/\w+)(?:/|\b)",
    "a package index": r"(?:pypi\.org|pythonhosted\.org|registry\.npmjs|registry\.yarnpkg|npmmirror)",
    "an address to download from": r"(?m)^(?:--(?:extra-)?index-url|-i |--find-links)",
    "a note to oneself": r"\b(?:TODO|FIXME|XXX)\b",
}


def tracked() -> list[Path]:
    """Every file that is, or is about to be, in the repository, but for this one."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "-z"], cwd=ROOT, capture_output=True, check=True
    )
    names = [ROOT / name for name in listed.stdout.decode().split("\0") if name]
    return [path for path in names if path.is_file() and path != Path(__file__)]


def texts() -> list[tuple[str, str]]:
    """Name and text of every tracked file that is text."""
    found = []
    for path in tracked():
        try:
            found.append((str(path.relative_to(ROOT)), path.read_text("utf-8")))
        except UnicodeDecodeError:
            continue
    return found


def sizes(suffix: str) -> dict[str, int]:
    """Lines of the modules that are neither migrations nor there for tests alone."""
    return {
        name: text.count("\n")
        for name, text in texts()
        if name.endswith(suffix) and name.startswith(("src/", "client/"))
        if "/migrations/" not in name and not name.endswith((".test.ts", "/testing.ts", "/vectors.ts"))
    }


@pytest.mark.parametrize("what", FORBIDDEN)
def test_nothing_in_the_tree_names(what: str) -> None:
    found = [f"{name}: {match[0]}" for name, text in texts() for match in re.finditer(FORBIDDEN[what], text)]
    assert found == []


def test_no_module_needs_two_screens_to_explain_itself() -> None:
    counted = sizes(".py") | sizes(".ts")
    assert {name: lines for name, lines in counted.items() if lines > LONGEST} == {}
    assert sorted(counted.values())[len(counted) // 2] < TYPICAL


@pytest.mark.parametrize("room", BROWSER)
def test_what_browsers_run_stays_small(room: str) -> None:
    lines = sum(size for name, size in sizes(".ts").items() if name.startswith(f"client/{room}/"))
    assert 100 < lines < BROWSER[room]


def test_every_python_module_says_what_it_is() -> None:
    silent = []
    for name, text in texts():
        if not name.endswith(".py") or "/migrations/" in name or name.endswith(("__init__.py", "apps.py")):
            continue
        if not ast.get_docstring(ast.parse(text)):
            silent.append(name)
    assert silent == []


def test_every_typescript_module_says_what_it_is() -> None:
    modules = [
        (name, text) for name, text in texts() if name.endswith((".ts", ".mjs")) and ".test." not in name
    ]
    silent = [name for name, text in modules if not text.startswith("//")]
    assert len(modules) > 50
    assert silent == []


def test_requirements_are_pinned_by_hash() -> None:
    for name in ("main", "analytics", "dev"):
        text = (ROOT / f"requirements/{name}.txt").read_text("utf-8")
        pins = re.findall(r"(?m)^[a-z0-9][\w.\[\]-]*==\S+", text)
        hashes = re.findall(r"--hash=sha256:[0-9a-f]{64}", text)
        assert len(pins) > 10
        assert len(hashes) >= len(pins)
        assert "://" not in text


def test_the_wanted_requirements_are_the_project_s_own() -> None:
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = {*project["dependencies"], *project["optional-dependencies"]["postgres"]}
    assert _listed("main") == wanted
    assert _listed("analytics") == set(project["optional-dependencies"]["analytics"])


def _listed(name: str) -> set[str]:
    lines = (ROOT / f"requirements/{name}.in").read_text("utf-8").splitlines()
    return {line for line in lines if line and not line.startswith(("#", "setuptools", "-r"))}


def test_the_npm_lock_has_no_addresses() -> None:
    lock = json.loads((ROOT / "package-lock.json").read_text("utf-8"))
    assert [name for name, entry in lock["packages"].items() if "resolved" in entry] == []
    unpinned = [name for name, entry in lock["packages"].items() if name and "integrity" not in entry]
    assert unpinned == []


def test_there_is_no_lock_that_names_an_index() -> None:
    names = {path.name for path in tracked()}
    assert names.isdisjoint({"uv.lock", "poetry.lock", "Pipfile.lock", "yarn.lock"})


def test_every_dependency_has_its_reason() -> None:
    reasons = (ROOT / "docs/decisions/0009-dependencies.md").read_text("utf-8")
    package = json.loads((ROOT / "package.json").read_text("utf-8"))
    wanted = {*package["dependencies"], *package["devDependencies"]}
    for name in ("main.in", "analytics.in", "dev.in"):
        lines = (ROOT / "requirements" / name).read_text("utf-8").splitlines()
        wanted |= {
            re.split(r"[\[<>=]", line)[0] for line in lines if line and not line.startswith(("#", "-r"))
        }
    assert sorted(name for name in wanted if f"`{name}" not in reasons) == []


def test_ci_runs_exactly_the_tests() -> None:
    script = (ROOT / ".ci/run").read_text("utf-8")
    commands = [line for line in script.splitlines() if line and not line.startswith("#")]
    assert len(commands) == 1
    assert commands[0].endswith("exec make test")
    assert (ROOT / ".ci/run").stat().st_mode & 0o111


def test_the_licence_is_the_affero_licence_unchanged() -> None:
    import hashlib

    text = (ROOT / "LICENSE").read_bytes()
    assert (
        hashlib.sha256(text).hexdigest() == "8486a10c4393cee1c25392769ddd3b2d6c242d6ec7928e1414efff7dfb2f07ef"
    )
