"""Checks that what a questionnaire names is there, and that every question can be reached."""

from collections.abc import Iterable, Iterator

from upstander.policy.errors import PackError, Place
from upstander.policy.load_questions import Questionnaire
from upstander.policy.load_texts import check_words
from upstander.policy.model import Condition, Option, Question, SupportLine


def check_questionnaire(read: Questionnaire, support: Iterable[SupportLine]) -> None:
    """Raises PackError at the first thing that leads nowhere."""
    by_id = _unique(read.questions)
    _check_paths(read, by_id)
    lines = {line.id for line in support}
    for question in read.questions:
        _check_question(question, by_id, read, lines)
    _check_reached(read, by_id)
    for name, path in read.paths.items():
        _check_order(name, path, by_id)


def _check_order(name: str, path: tuple[str, ...], by_id: dict[str, Question]) -> None:
    """A condition may only look back: what comes later has no answer yet."""
    order: list[str] = []

    def put(id_: str) -> None:
        if id_ not in order:
            order.append(id_)
            for option in by_id[id_].options:
                if option.then:
                    put(option.then)

    for id_ in path:
        put(id_)
    for position, id_ in enumerate(order):
        for condition in _conditions(by_id[id_]):
            if condition.question in order[position:]:
                expected = f'a question that comes before "{id_}" on the path {name}'
                raise PackError(condition.place, expected, f'"{condition.question}"')


def _unique(questions: Iterable[Question]) -> dict[str, Question]:
    by_id: dict[str, Question] = {}
    for question in questions:
        if question.id in by_id:
            raise PackError(question.place, "an id that no other question has", f'"{question.id}"')
        by_id[question.id] = question
        _unique_names(question)
    return by_id


def _unique_names(question: Question) -> None:
    groups: list[tuple[str, list[tuple[str, Place]]]] = [
        ("option", [(option.id, option.place) for option in question.options]),
        ("field", [(field.id, field.place) for field in question.fields]),
    ]
    groups += [
        ("option", [(option.id, option.place) for option in field.options]) for field in question.fields
    ]
    for kind, names in groups:
        seen: set[str] = set()
        for name, place in names:
            if name in seen:
                raise PackError(place, f'an id that no other {kind} of "{question.id}" has', f'"{name}"')
            seen.add(name)


def _check_paths(read: Questionnaire, by_id: dict[str, Question]) -> None:
    table = read.table
    for name, path in {
        **{f"paths.{key}": ids for key, ids in read.paths.items()},
        "finish": read.finish,
    }.items():
        keys = tuple(name.split(".", 1))
        for position, id_ in enumerate(path):
            if id_ not in by_id:
                raise table.wrong("the id of a question", f'"{id_}"', *keys, position)
            if id_ in path[:position]:
                raise table.wrong("each question once in a path", f'"{id_}" again', *keys, position)
        if not path or by_id[path[-1]].kind != "check":
            raise table.wrong('a path that ends with a question of kind "check"', _last(path), *keys)
    if "quick" not in read.paths:
        raise table.wrong('a path named "quick"', "no such path", "paths")
    if read.paths["quick"][-len(read.finish) :] != read.finish:
        raise table.wrong(
            'the same questions as the end of the path "quick"', ", ".join(read.finish), "finish"
        )
    _check_path_by(read, by_id)


def _last(path: tuple[str, ...]) -> str:
    return f'"{path[-1]}" at the end' if path else "an empty path"


def _check_path_by(read: Questionnaire, by_id: dict[str, Question]) -> None:
    table, choice = read.table, read.path_by
    if choice.question not in by_id:
        raise table.wrong("the id of a question", f'"{choice.question}"', "path-by", "question")
    options = {option.id for option in by_id[choice.question].options}
    for option, path in choice.map.items():
        if option not in options:
            raise table.wrong(f'an option of "{choice.question}"', f'"{option}"', "path-by", "map", option)
        if path not in read.paths:
            raise table.wrong("the name of a path", f'"{path}"', "path-by", "map", option)
    if choice.default not in read.paths:
        raise table.wrong("the name of a path", f'"{choice.default}"', "path-by", "default")
    heads = {ids[: ids.index(choice.question)] for ids in read.paths.values() if choice.question in ids}
    if len(heads) > 1:  # before the answer is known all paths have to agree
        raise table.wrong(f'paths that are the same up to "{choice.question}"', "paths that differ", "paths")


def _check_question(
    question: Question, by_id: dict[str, Question], read: Questionnaire, lines: set[str]
) -> None:
    table = read.tables[question.id]
    if question.part not in {id_ for id_, _ in read.parts}:
        raise table.wrong("the id of a part", f'"{question.part}"', "part")
    for option in question.options:
        if option.then and option.then not in by_id:
            raise PackError(option.place, 'the id of a question after "then"', f'"{option.then}"')
    for condition in _conditions(question):
        _check_condition(condition, by_id, read)
    for position, line in enumerate(question.lines):
        if line not in lines:
            raise table.wrong("the id of a line in support.toml", f'"{line}"', "lines", position)
    for key, words in _words_at(question):
        check_words(words, table.place(*key))


def words_of(question: Question) -> list[str]:
    """Every string of a question that a reporter reads, empty ones left out."""
    return [words for _, words in _words_at(question) if words]


def _words_at(question: Question) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Every string a reporter reads, and the keys under which it stands."""
    for key in ("title", "hint", "body", "add"):
        yield (key,), getattr(question, key)
    for position, note in enumerate(question.notes):
        yield ("notes", position), note.text
    groups: list[tuple[tuple[str | int, ...], tuple[Option, ...]]] = [(("options",), question.options)]
    for position, field in enumerate(question.fields):
        yield ("fields", position), field.label
        yield ("fields", position), field.hint
        groups.append((("fields", position, "options"), field.options))
    for keys, options in groups:
        for position, option in enumerate(options):
            yield (*keys, position), option.label
            yield (*keys, position), option.hint


def _conditions(question: Question) -> Iterator[Condition]:
    roots = [note.when for note in question.notes]
    waiting = roots if question.when is None else [question.when, *roots]
    while waiting:
        condition = waiting.pop()
        waiting.extend(condition.parts)
        yield condition


def _check_condition(condition: Condition, by_id: dict[str, Question], read: Questionnaire) -> None:
    if condition.kind == "path" and condition.path not in read.paths:
        raise PackError(condition.place, "the name of a path", f'"{condition.path}"')
    if condition.kind in ("answered", "set") and condition.question not in by_id:
        raise PackError(condition.place, "the id of a question", f'"{condition.question}"')
    if condition.kind == "answered":
        options = {option.id for option in by_id[condition.question].options}
        if condition.option not in options:
            raise PackError(condition.place, f'an option of "{condition.question}"', f'"{condition.option}"')


def _check_reached(read: Questionnaire, by_id: dict[str, Question]) -> None:
    waiting = [id_ for path in read.paths.values() for id_ in path]
    reached: set[str] = set()
    while waiting:
        id_ = waiting.pop()
        if id_ not in reached:
            reached.add(id_)
            waiting += [option.then for option in by_id[id_].options if option.then]
    for question in read.questions:
        if question.id not in reached:
            raise PackError(
                question.place, "a question that a path or an option leads to", f'"{question.id}" alone'
            )
