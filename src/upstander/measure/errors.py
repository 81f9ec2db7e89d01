"""What goes wrong in this room, each said in a plain sentence that names what to do."""

from collections.abc import Sequence


class MeasureError(ValueError):
    """Something that was asked for cannot be measured as asked. The message never repeats a person's data."""


class ExtractError(MeasureError):
    """An extract that cannot be used. `problems` lists every one that was found, not only the first."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


class PlanError(MeasureError):
    """A plan that cannot be used: what stands where, and what was expected."""


class DisclosureError(MeasureError):
    """Something may not be published as it is."""
