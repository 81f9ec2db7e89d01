"""Reads questionnaire.toml: parts, paths, and every question with its options, fields and conditions."""

from dataclasses import dataclass

from upstander.policy.model import Condition, Field, Note, Option, PathBy, Question
from upstander.policy.reader import Table

KINDS = (
    "one", "many", "text", "line", "dates", "people", "form", "file", "prints", "info",
    "point", "exclude", "bodies", "fate", "named", "after", "check",
)  # fmt: skip
WITH_OPTIONS = {"one", "many", "dates", "file", "prints", "fate"}
WITH_FIELDS = {"people", "form", "file", "named"}
TRAVELS = ("report", "sheet", "no")
FIELD_KINDS = ("line", "text", "one")
_QUESTION_KEYS = (
    "id", "part", "kind", "title", "hint", "body", "travels", "marks", "options", "fields",
    "when", "notes", "lines", "add", "leave",
)  # fmt: skip


@dataclass(frozen=True)
class Questionnaire:
    """questionnaire.toml as values. Whether names lead anywhere is checked afterwards, in `check.py`."""

    table: Table
    tables: dict[str, Table]  # of each question, by id; to say where something stands
    parts: tuple[tuple[str, str], ...]
    paths: dict[str, tuple[str, ...]]
    finish: tuple[str, ...]
    path_by: PathBy
    questions: tuple[Question, ...]


def read_questionnaire(table: Table) -> Questionnaire:
    """Raises PackError."""
    table.only("part", "paths", "finish", "path-by", "question")
    parts = []
    for part in table.tables("part", required=True):
        part.only("id", "name")
        parts.append((part.id(), part.text("name")))
    paths = table.table("paths")
    tables = table.tables("question", required=True)
    questions = tuple(_question(item) for item in tables)
    return Questionnaire(
        table=table,
        tables={question.id: item for question, item in zip(questions, tables, strict=True)},
        parts=tuple(parts),
        paths={name: paths.strings(name) for name in paths},
        finish=table.strings("finish"),
        path_by=_path_by(table.table("path-by")),
        questions=questions,
    )


def _path_by(table: Table) -> PathBy:
    table.only("question", "map", "default")
    answers = table.table("map")
    return PathBy(table.id("question"), {key: answers.text(key) for key in answers}, table.text("default"))


def _question(table: Table) -> Question:
    table.only(*_QUESTION_KEYS)
    kind = table.choice("kind", KINDS)
    options = tuple(_option(item) for item in table.tables("options", required=kind in WITH_OPTIONS))
    fields = tuple(_field(item) for item in table.tables("fields", required=kind in WITH_FIELDS))
    for key, holders, held in (("options", WITH_OPTIONS, options), ("fields", WITH_FIELDS, fields)):
        if held and kind not in holders:
            raise table.wrong(f'no {key} for a question of kind "{kind}"', key, key)
        if not held and kind in holders:
            raise table.wrong(f'{key} for a question of kind "{kind}"', "none", key)
    travels = table.choice("travels", TRAVELS)
    marks = table.flag("marks", False)
    if marks and travels != "report":
        raise table.wrong('"marks" only where travels is "report"', f'travels "{travels}"', "marks")
    return Question(
        id=table.id(),
        part=table.id("part"),
        kind=kind,
        title=table.text("title"),
        hint=table.text("hint", ""),
        body=table.text("body", ""),
        travels=travels,
        marks=marks,
        options=options,
        fields=fields,
        when=_condition(table.table("when")) if "when" in table else None,
        notes=tuple(_note(item) for item in table.tables("notes")),
        lines=table.strings("lines", ()),
        add=table.text("add", ""),
        leave=table.flag("leave", False),
        place=table.place(),
    )


def _option(table: Table) -> Option:
    table.only("id", "label", "hint", "apart", "then")
    return Option(
        id=table.id(),
        label=table.text("label"),
        hint=table.text("hint", ""),
        apart=table.flag("apart", False),
        then=table.text("then", ""),
        place=table.place("then"),
    )


def _field(table: Table) -> Field:
    table.only("id", "label", "hint", "kind", "options")
    kind = table.choice("kind", FIELD_KINDS, "line")
    options = tuple(_option(item) for item in table.tables("options", required=kind == "one"))
    if options and kind != "one":
        raise table.wrong('no options for a field that is not of kind "one"', "options", "options")
    for option in options:
        if option.then:
            raise table.wrong('no "then" in a field', f'"{option.then}"', "options")
    return Field(table.id(), table.text("label"), table.text("hint", ""), kind, options, table.place())


def _note(table: Table) -> Note:
    table.only("when", "text")
    return Note(_condition(table.table("when")), table.text("text"), table.place())


def _condition(table: Table) -> Condition:
    kinds = list(table)
    if len(kinds) != 1 or kinds[0] not in ("all", "any", "not", "answered", "set", "path"):
        found = ", ".join(f'"{kind}"' for kind in kinds) or "nothing"
        raise table.wrong(
            'exactly one of "all", "any", "not", "answered", "set", "path" in a condition', found
        )
    kind = kinds[0]
    place = table.place(kind)
    if kind in ("all", "any"):
        parts = tuple(_condition(item) for item in table.tables(kind, required=True))
        if not parts:
            raise table.wrong(f'at least one condition in "{kind}"', "none", kind)
        return Condition(kind, parts, place=place)
    if kind == "not":
        return Condition(kind, (_condition(table.table(kind)),), place=place)
    if kind == "answered":
        pair = table.strings(kind)
        if len(pair) != 2:
            raise table.wrong(
                'a question and an option, as ["question", "option"]', f"{len(pair)} names", kind
            )
        return Condition(kind, question=pair[0], option=pair[1], place=place)
    if kind == "set":
        return Condition(kind, question=table.id(kind), place=place)
    return Condition(kind, path=table.text(kind), place=place)
