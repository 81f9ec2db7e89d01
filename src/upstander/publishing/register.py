"""The register of recommendations: what was recommended, by whom, how far it is. A TOML file, by hand."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal, cast

from upstander.publishing.errors import PublishError
from upstander.publishing.language import say
from upstander.publishing.settings import Entries

KIND = "upstander/register/v1"
Progress = Literal["not started", "under way", "done", "stopped"]
PROGRESS: tuple[Progress, ...] = ("not started", "under way", "done", "stopped")


@dataclass(frozen=True, slots=True)
class Recommendation:
    """One of them. `said` is what shows how far it is; `independent` whether somebody outside has looked."""

    number: str
    text: str
    source: str
    day: date
    due: date
    progress: Progress
    said: str
    independent: bool

    def far(self, today: date) -> str:
        """How far it is, and whether that is late."""
        return (
            say("{progress}, late", progress=say(self.progress)) if self.late(today) else say(self.progress)
        )

    def late(self, today: date) -> bool:
        """Whether its day has passed and it is not done."""
        return self.progress != "done" and self.due < today


def read_register(path: Path) -> tuple[Recommendation, ...]:
    """Reads the file. Raises PublishError that names the entry and says what was expected there."""
    try:
        body = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise PublishError(f"{path.name} cannot be read: {error.strerror}.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise PublishError(f"{path.name} is not TOML: {error}.") from None
    top = Entries(body, "")
    if top.take("kind", str) != KIND:
        raise PublishError(f"kind: expected {KIND!r}.")
    found = tuple(_one(one) for one in top.tables("recommendation"))
    top.finish()
    if len({one.number for one in found}) != len(found):
        raise PublishError("recommendation.number: two recommendations have the same number.")
    return found


def _one(one: Entries) -> Recommendation:
    progress = one.take("progress", str)
    if progress not in PROGRESS:
        raise PublishError(f"{one.place}progress: expected one of {', '.join(PROGRESS)}.")
    found = Recommendation(
        one.take("number", str),
        one.take("text", str),
        one.take("source", str),
        one.take("day", date),
        one.take("due", date),
        cast(Progress, progress),
        one.take("said", str, ""),
        one.take("independent", bool, False),
    )
    one.finish()
    if found.progress == "done" and not found.said:
        raise PublishError(f"{one.place}said: recommendation {found.number} is done; say what shows it.")
    return found
