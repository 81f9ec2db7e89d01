"""Which questions a reporter sees, and in which order: a pure reading of paths, branches and conditions.

The reporter's page does the same in TypeScript. What binds both is docs/reference/pack.md, "How the questions
are walked".
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from upstander.formats.canonical import JSON
from upstander.policy.model import Condition, Pack, Question

Answers = Mapping[str, JSON]
Mode = Literal["whole", "quick", "quick-then-whole"]
ENOUGH_TO_SEND = "quick"


def path_name(pack: Pack, answers: Answers) -> str:
    """The path the answers lead to, or the default while its question has none that leads anywhere."""
    answer = answers.get(pack.path_by.question)
    return (
        pack.path_by.map.get(answer, pack.path_by.default)
        if isinstance(answer, str)
        else pack.path_by.default
    )


def pages(pack: Pack, answers: Answers, mode: Mode = "whole") -> list[str]:
    """Ids of the questions shown for these answers, first to last, the check page included.

    `quick` is the short path. `quick-then-whole` is for a reporter on the short path who goes on after all.
    """
    walk = _Walk(pack, answers)
    if mode == "quick":
        walk.path = ENOUGH_TO_SEND
        walk.along(pack.paths[ENOUGH_TO_SEND])
        return walk.shown
    walk.path = path_name(pack, answers)
    if mode == "quick-then-whole":
        walk.along(pack.paths[ENOUGH_TO_SEND][: -len(pack.finish)])
    walk.along(pack.paths[walk.path])
    return walk.shown


def finish_pages(pack: Pack, answers: Answers, shown: Sequence[str]) -> list[str]:
    """What "Finish here and check" shows after the pages shown so far: those of `finish` not seen yet."""
    walk = _Walk(pack, answers)
    walk.path = path_name(pack, answers)
    walk.shown = [id_ for id_ in shown if id_ != pack.finish[-1]]
    before = len(walk.shown)
    walk.along(pack.finish)
    return walk.shown[before:]


def holds(pack: Pack, condition: Condition, answers: Answers, path: str) -> bool:
    """Whether a condition holds for answers that count."""
    match condition.kind:
        case "all":
            return all(holds(pack, part, answers, path) for part in condition.parts)
        case "any":
            return any(holds(pack, part, answers, path) for part in condition.parts)
        case "not":
            return not holds(pack, condition.parts[0], answers, path)
        case "path":
            return condition.path == path
        case "set":
            return is_set(answers.get(condition.question))
        case _:
            return condition.option in chosen(
                pack.questions[condition.question], answers.get(condition.question)
            )


def chosen(question: Question, answer: JSON) -> list[str]:
    """Ids of the options an answer names, in the order of the question's options."""
    if isinstance(answer, str):
        named = {answer}
    elif isinstance(answer, Sequence):
        # a file says what it is under "what"; a date says how often under "how"
        named = {str(_named(item)) for item in answer}
    else:
        return []
    return [option.id for option in question.options if option.id in named]


def _named(item: JSON) -> JSON:
    if isinstance(item, Mapping):
        return item.get("what", item.get("how", ""))
    return item


def is_set(answer: JSON) -> bool:
    """Whether an answer says anything."""
    if isinstance(answer, Mapping):
        return any(is_set(value) for value in answer.values())
    if isinstance(answer, str):
        return bool(answer.strip())
    if isinstance(answer, Sequence):
        return any(is_set(item) for item in answer)
    return answer is not None


def travelling(pack: Pack, answers: Answers, shown: Iterable[str]) -> dict[str, list[str]]:
    """Ids of the questions whose answers go to the `report` and to the `sheet`. Others stay on the device."""
    found: dict[str, list[str]] = {"report": [], "sheet": []}
    for id_ in shown:
        question = pack.questions[id_]
        if question.travels in found and is_set(answers.get(id_)):
            found[question.travels].append(id_)
    return found


class _Walk:
    """Goes along a path and shows each question once. Only answers to questions already shown count."""

    def __init__(self, pack: Pack, answers: Answers) -> None:
        self.pack = pack
        self.answers = answers
        self.path = pack.path_by.default
        self.shown: list[str] = []

    def along(self, ids: Sequence[str]) -> None:
        for id_ in ids:
            when = self.pack.questions[id_].when
            if when is None or holds(self.pack, when, self._counted(), self.path):
                self._show(id_)

    def _counted(self) -> Answers:
        return {id_: self.answers[id_] for id_ in self.shown if id_ in self.answers}

    def _show(self, id_: str) -> None:
        if id_ in self.shown:
            return
        self.shown.append(id_)
        question = self.pack.questions[id_]
        leads = {option.id: option.then for option in question.options}
        for option in chosen(question, self.answers.get(id_)):
            if leads[option]:
                self._show(leads[option])
