"""Grading of sources and information, from the reporter's own "saw it", "happened to me" or "was told".

Pure.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from upstander.policy.law_duties import Grading


class GradingError(ValueError):
    """A grade that the scale does not have."""


@dataclass(frozen=True)
class Graded:
    """A grading: source, information, handling, such as 2-A-P."""

    source: str
    information: str
    handling: str

    @property
    def short(self) -> str:
        """As it is written."""
        return f"{self.source}-{self.information}-{self.handling}"


@dataclass(frozen=True)
class Piece:
    """What one source says about one thing.

    `of`: the source it came from, where it was passed on (hearsay).
    """

    source: str
    of: str = ""


def suggest(grading: Grading, nearest: str) -> Graded:
    """The grade to begin with, from how near the reporter was. Raises GradingError.

    A source nobody tested; whether she gave her name is no input, so that it can never lower the grade.
    """
    if nearest not in grading.nearest:
        raise GradingError("The pack does not say how to grade this.")
    source, information = grading.nearest[nearest]
    return Graded(source, information, grading.handling[0].id)


def check(grading: Grading, graded: Graded) -> None:
    """Raises GradingError for a grade that is not on the scale."""
    for value, scale in (
        (graded.source, grading.sources),
        (graded.information, grading.information),
        (graded.handling, grading.handling),
    ):
        if value not in {grade.id for grade in scale}:
            raise GradingError(f"There is no grade “{value}”.")


def sources_behind(pieces: Iterable[Piece]) -> frozenset[str]:
    """The sources that count: what was passed on counts as the one it came from, and everyone once."""
    return frozenset(piece.of or piece.source for piece in pieces)
