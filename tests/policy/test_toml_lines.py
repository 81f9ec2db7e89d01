"""Lines of TOML values, against files whose values say on which line they stand."""

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.policy.packs import BUNDLED, PATIENT
from upstander.policy.toml_lines import lines_of

TRICKY = '''# 1
a = 2
"quoted # key" = "3 # not a comment"

[five]
b = """
six [ and { and ]] and
[[not.a.table]]
""" # 9
c.d = [ # 10
  { e = "11", f = [
    "12", "]", # 12
    13
  ] }, # 14
  "15",
]

[[list]] # 18
g = 19

  [[list.inner]]
  h = 22
[[list]]
i = \'\'\'it's
here\'\'\'
j = 'C:\\' # 26
[list.more]
k = { l = 28, m = "\\"28" }
'''

EXPECTED = {
    ("a",): 2,
    ("quoted # key",): 3,
    ("five",): 5,
    ("five", "b"): 6,
    ("five", "c"): 10,
    ("five", "c", "d", 0): 11,
    ("five", "c", "d", 0, "f"): 11,
    ("five", "c", "d", 0, "f", 1): 12,
    ("five", "c", "d", 0, "f", 2): 13,
    ("five", "c", "d", 1): 15,
    ("list",): 18,
    ("list", 0): 18,
    ("list", 0, "g"): 19,
    ("list", 0, "inner", 0): 21,
    ("list", 0, "inner", 0, "h"): 22,
    ("list", 1): 23,
    ("list", 1, "i"): 24,
    ("list", 1, "j"): 26,
    ("list", 1, "more"): 27,
    ("list", 1, "more", "k", "m"): 28,
}


@pytest.mark.parametrize(("path", "line"), EXPECTED.items())
def test_a_value_is_found_on_its_line(path: tuple[str | int, ...], line: int) -> None:
    assert lines_of(TRICKY)[path] == line


def _paths(value: object, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path] + [deeper for key, item in inside for deeper in _paths(item, (*path, key))]


@pytest.mark.parametrize(
    "text", [TRICKY, *(path.read_text("utf-8") for path in sorted(BUNDLED.glob("*.toml")))]
)
def test_every_value_has_a_line(text: str) -> None:
    lines = lines_of(text)
    assert set(_paths(tomllib.loads(text))) <= set(lines)
    assert max(lines.values()) <= text.count("\n") + 1


_WORDS = st.text("ab \\\"'#[]{},=é🙂", max_size=20)


@PATIENT
@given(st.lists(st.tuples(_WORDS, st.sampled_from(["basic", "literal", "long"])), max_size=6))
def test_strings_of_any_kind_are_passed_over(items: list[tuple[str, str]]) -> None:
    rows = []
    for number, (words, kind) in enumerate(items):
        if kind == "literal" and "'" not in words:
            value = f"'{words}'"
        else:
            escaped = words.replace("\\", "\\\\").replace('"', '\\"')
            value = f'"""\n{escaped}"""' if kind == "long" else f'"{escaped}"'
        rows.append(f"k{number} = {value}")
    text = "\n".join([*rows, "last = 1"])
    tomllib.loads(text)
    assert lines_of(text)[("last",)] == text.count("\n") + 1


def test_the_bundled_questionnaire_names_the_line_of_each_question(tmp_path: Path) -> None:
    text = (BUNDLED / "questionnaire.toml").read_text("utf-8")
    lines, rows = lines_of(text), text.splitlines()
    for position, question in enumerate(tomllib.loads(text)["question"]):
        assert rows[lines[("question", position)] - 1] == "[[question]]"
        assert rows[lines[("question", position, "id")] - 1] == f'id = "{question["id"]}"'
