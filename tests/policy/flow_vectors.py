"""Walks through the bundled questionnaire, for the reporter's page to be held to: tests/vectors/py/flow.json.

    python -m tests.policy.flow_vectors

writes the file anew after the pack changed on purpose. A test fails when it is out of date.
"""

from pathlib import Path

from upstander.formats import canonical
from upstander.formats.canonical import JSON
from upstander.policy.compile import as_json
from upstander.policy.load import bundled
from upstander.policy.questionnaire import Mode, finish_pages, pages, path_name, travelling

FILE = Path(__file__).parents[1] / "vectors" / "py" / "flow.json"

# Answers as a page keeps them: an option id, a list of them, or words.
WALKS: list[tuple[Mode, dict[str, JSON]]] = [
    ("whole", {}),
    ("whole", {"nearest": "saw", "danger": "no", "device": "only-me"}),
    ("whole", {"nearest": "happened", "danger": "soon", "device": "work", "adult": "no"}),
    ("whole", {"nearest": "told", "place": "away"}),
    ("whole", {"nearest": "part", "place": "several", "place-which": "Two towns"}),
    ("whole", {"nearest": "dont-know"}),
    ("whole", {"part-of-it": ["pictures", "partner"], "pictures": "yes", "where": ["else"]}),
    ("whole", {"part-of-it": ["pictures"], "pictures": "no", "nearest": "happened"}),
    ("whole", {"part-of-it": ["pictures"], "pictures": "not-sure", "sure": "mixed"}),
    ("whole", {"told-anyone": ["manager", "union", "no"], "pressure": "bit", "name": "first"}),
    ("whole", {"name": "yes", "power": ["handles-reports"], "wish": ["stop"]}),
    # an answer to a question that is not asked any more does not count
    ("whole", {"part-of-it": ["talk"], "pictures": "yes"}),
    ("whole", {"nearest": "saw", "crime": "yes", "told-by": {"name": "A."}}),
    ("quick", {}),
    ("quick", {"danger": "yes", "device": "not-sure", "name": "first", "tell": "One line."}),
    ("quick-then-whole", {"tell": "One line.", "nearest": "happened"}),
    ("quick-then-whole", {"tell": "One line.", "danger": "yes", "nearest": "told"}),
    ("quick-then-whole", {"nearest": "saw"}),
]


def make() -> bytes:
    """The bytes of the file: what a walk needs of the pack; what each walk shows, finishes with and sends."""
    pack = bundled("uk-police")
    compiled = as_json(pack)
    walks: list[JSON] = []
    for mode, answers in WALKS:
        shown = pages(pack, answers, mode)
        walks.append(
            {
                "mode": mode,
                "answers": answers,
                "path": path_name(pack, answers),
                "pages": shown,
                "finish_after_four": finish_pages(pack, answers, shown[:4]),
                "travels": travelling(pack, answers, shown),
            }
        )
    questions = compiled["questions"]
    assert isinstance(questions, dict)
    wanted = ("id", "kind", "travels", "when")
    part: dict[str, JSON] = {key: compiled[key] for key in ("paths", "finish", "path_by")}
    part["questions"] = {
        question.id: {
            **{key: questions[question.id][key] for key in wanted},
            "options": [{"id": option.id, "then": option.then} for option in question.options],
        }
        for question in pack.questions.values()
    }
    return canonical.encode({"pack": part, "walks": walks}) + b"\n"


if __name__ == "__main__":
    FILE.write_bytes(make())
