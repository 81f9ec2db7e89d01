"""A pack's rules.py: named predicates, each with its source. Read here without being run."""

import ast
from collections.abc import Iterable
from pathlib import Path

from upstander.policy.errors import PackError, Place
from upstander.policy.reader import Table, read_text

FILE = "rules.py"


def check_rules(folder: Path, users: Iterable[Table]) -> None:
    """Every rule a table names is a function of rules.py, and every function cites. Raises PackError."""
    source = read_text(folder, FILE)
    try:
        tree = ast.parse(source)
    except SyntaxError as error:
        raise PackError(Place(FILE, error.lineno or 1), "Python", error.msg) from None
    functions = [
        node for node in tree.body if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
    ]
    for function in functions:
        if "Source:" not in (ast.get_docstring(function) or ""):
            place = Place(FILE, function.lineno)
            raise PackError(place, 'a docstring with a line "Source: ..."', f"none in {function.name}")
    names = {function.name for function in functions}
    for table in users:
        rule = table.text("rule", "")
        if rule and rule not in names:
            raise table.wrong(f"a function of {FILE}", f'"{rule}"', "rule")
