"""Runs a pack's named predicates over coded facts, and quotes them: the docstring is the reason.

A predicate of rules.py takes one `Coded`, a frozen dataclass whose fields are the pack's facts (hyphens
become underscores), and answers whether it holds. Only packs that come with Upstander are run.
"""

import importlib.util
import inspect
from collections.abc import Callable, Collection, Mapping
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from upstander.policy.law import Fact, Law

Coding = Mapping[str, bool | str | Collection[str]]
"""Fact id -> yes or no, one code, or several codes. What is not there was not coded."""


class CodingError(ValueError):
    """Coded facts that the pack does not know. The message is for the person at the desk."""


def check_coding(law: Law, coding: Coding) -> None:
    """Raises CodingError for a fact or a code that the pack does not have."""
    facts = {fact.id: fact for fact in law.facts}
    for key, value in coding.items():
        if key not in facts:
            raise CodingError(f"There is no fact “{key}” to code.")
        _check_value(law, facts[key], value)


def evaluate(law: Law, rule: str, coding: Coding) -> str:
    """The predicate's own words where it holds, otherwise nothing. Raises CodingError."""
    check_coding(law, coding)
    module = _module(law.rules)
    predicate: Callable[[Any], bool] = getattr(module, rule)
    coded = module.Coded(**{key.replace("-", "_"): value for key, value in coding.items()})
    return reason_of(predicate) if predicate(coded) else ""


def reason_of(predicate: Callable[..., object]) -> str:
    """The first paragraph of a predicate's docstring, on one line."""
    words = inspect.getdoc(predicate) or ""
    return " ".join(words.split("\n\n")[0].split())


def source_of(law: Law, rule: str) -> str:
    """The source that a predicate cites."""
    words = inspect.getdoc(getattr(_module(law.rules), rule)) or ""
    return " ".join(words.partition("Source:")[2].split())


def _check_value(law: Law, fact: Fact, value: object) -> None:
    if fact.kind == "yes":
        if not isinstance(value, bool):
            raise CodingError(f"“{fact.label}” is yes or no.")
        return
    values = [value] if fact.kind == "one" else value
    if isinstance(values, str) or not isinstance(values, Collection):
        raise CodingError(f"“{fact.label}” takes a list.")
    lists = law.codes or {}
    known = {code.id for code in lists[fact.codes].codes}
    for one in values:
        if one not in known:
            raise CodingError(f"“{one}” is not on the list for “{fact.label}”.")


@cache
def _module(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"upstander_rules_{path.parent.name}", path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path.name} cannot be read as Python.")
    module = importlib.util.module_from_spec(spec)
    # dataclasses look their module up by name while they are made
    import sys

    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module
