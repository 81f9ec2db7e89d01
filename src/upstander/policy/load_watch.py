"""Reads a pack's watch.toml: check-ins, the two questions, kinds of adverse act, time limits for claims."""

from collections.abc import Collection

from upstander.policy.model_desk import AdverseAct, After, Claim, Watch, WatchQuestion
from upstander.policy.reader import Table


def read_watch(table: Table, steps: Collection[str]) -> Watch:
    """Everything of the file; `steps` are ids of the pack. Raises PackError."""
    table.only(
        "title", "why", "thanks", "weeks", "quiet_days", "second_look_months",
        "after", "question", "act", "claim",
    )  # fmt: skip
    weeks = table.numbers("weeks", 1, 520)
    if list(weeks) != sorted(set(weeks)):
        raise table.wrong("weeks in order, each once", "others", "weeks")
    after = []
    for item in table.tables("after"):
        item.only("step", "days")
        if item.text("step") not in steps:
            raise item.wrong("the id of a step the reporter sees at once", f'"{item.text("step")}"', "step")
        after.append(After(item.text("step"), item.number("days", 0, 366)))
    return Watch(
        title=table.text("title"),
        why=table.text("why"),
        thanks=table.text("thanks"),
        weeks=weeks,
        quiet_days=table.number("quiet_days", 1, 90),
        second_look_months=table.number("second_look_months", 1, 120),
        after=tuple(after),
        questions=tuple(_question(item) for item in table.tables("question", required=True)),
        acts=tuple(_act(item) for item in table.tables("act", required=True)),
        claims=tuple(_claim(item) for item in table.tables("claim")),
    )


def _question(table: Table) -> WatchQuestion:
    table.only("id", "title", "options")
    options = []
    for item in table.tables("options", required=True):
        item.only("id", "label")
        options.append((item.id(), item.text("label")))
    return WatchQuestion(table.id(), table.text("title"), tuple(options))


def _act(table: Table) -> AdverseAct:
    table.only("id", "label", "words", "counter")
    words = table.strings("words")
    for position, word in enumerate(words):
        if word != word.lower().strip() or not word:
            raise table.wrong("small letters", f'"{word}"', "words", position)
    return AdverseAct(table.id(), table.text("label"), words, table.flag("counter", False))


def _claim(table: Table) -> Claim:
    table.only("id", "label", "months", "source", "from", "unchecked")
    return Claim(
        id=table.id(),
        label=table.text("label"),
        months=table.number("months", 1, 120),
        source=table.text("source"),
        since=table.day("from"),
        unchecked=table.flag("unchecked", False),
    )
