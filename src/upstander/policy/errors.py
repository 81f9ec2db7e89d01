"""What a pack author reads when a pack is wrong: the file, the line, what was expected and what was found."""

from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Place:
    """Where something stands in a pack: a file inside its folder, and a line counted from 1."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}, line {self.line}"


class PackError(ValueError):
    """A pack that cannot be used. `place`, `expected` and `found` hold the parts of the message."""

    def __init__(self, place: Place, expected: str, found: str) -> None:
        super().__init__(f"{place}: expected {expected}, found {found}")
        self.place = place
        self.expected = expected
        self.found = found
