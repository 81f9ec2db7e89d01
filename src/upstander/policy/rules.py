"""A pack's rules.py: named predicates, each with its source. Read here without being run."""

import ast
from collections.abc import Iterable, Mapping
from itertools import chain
from pathlib import Path

from upstander.policy.errors import PackError, Place
from upstander.policy.reader import Table, read_text

FILE = "rules.py"
_TYPES = {"yes": "bool", "one": "str", "many": "Collection[str]"}


def check_rules(folder: Path, *users: Iterable[Table]) -> None:
    """Every rule a table names is a function of rules.py, and every function cites. Raises PackError."""
    functions = [
        node
        for node in _tree(folder).body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
    ]
    for function in functions:
        if "Source:" not in (ast.get_docstring(function) or ""):
            place = Place(FILE, function.lineno)
            raise PackError(place, 'a docstring with a line "Source: ..."', f"none in {function.name}")
    names = {function.name for function in functions}
    for table in chain.from_iterable(users):
        rule = table.text("rule", "")
        if rule and rule not in names:
            raise table.wrong(f"a function of {FILE}", f'"{rule}"', "rule")


def check_coded(folder: Path, facts: Mapping[str, str], table: Table) -> None:
    """The class `Coded` of rules.py has a field for every fact (id -> kind), of its type.

    Raises PackError.
    """
    found = [node for node in _tree(folder).body if isinstance(node, ast.ClassDef) and node.name == "Coded"]
    if not found:
        raise PackError(Place(FILE, 1), 'a class "Coded"', "no such class")
    fields = {
        line.target.id: (ast.unparse(line.annotation), line.lineno)
        for line in found[0].body
        if isinstance(line, ast.AnnAssign) and isinstance(line.target, ast.Name)
    }
    for fact, kind in facts.items():
        name = fact.replace("-", "_")
        if name not in fields:
            raise table.wrong(f'a field of the class "Coded" of {FILE}', f'"{name}"', "fact")
        annotation, line = fields[name]
        if annotation != _TYPES[kind]:
            raise PackError(Place(FILE, line), f"{_TYPES[kind]} for {name}", annotation)
    for name, (_, line) in fields.items():
        if name.replace("_", "-") not in facts:
            raise PackError(Place(FILE, line), "a field that is a fact of referral.toml", name)


def _tree(folder: Path) -> ast.Module:
    try:
        return ast.parse(read_text(folder, FILE))
    except SyntaxError as error:
        raise PackError(Place(FILE, error.lineno or 1), "Python", error.msg) from None
