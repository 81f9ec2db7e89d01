"""How errors are written down: what kind, and where in our code.

Never what was sent, by whom, or to which address.

An exception's own words may hold a value somebody typed, and a path may hold the id of a case, so neither is
kept.
"""

import logging
import traceback
from pathlib import Path

_OURS = ("upstander.",)


class PlainFormatter(logging.Formatter):
    """Writes `LEVEL logger: message` for our own lines.

    For everybody else's only the kind of error and its places.
    """

    def format(self, record: logging.LogRecord) -> str:
        """One line, then one line a frame where an exception travels with the record."""
        message = (
            record.getMessage() if record.name.startswith(_OURS) else str(record.msg).split("%", 1)[0].strip()
        )
        lines = [f"{record.levelname} {record.name}: {message}"]
        if record.exc_info and record.exc_info[1] is not None:
            lines += _places(record.exc_info[1])
        return "\n".join(lines)


def _places(error: BaseException) -> list[str]:
    frames = traceback.extract_tb(error.__traceback__)
    return [
        f"  {type(error).__module__}.{type(error).__name__}",
        *(f"  {Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames),
    ]


class OnlyErrors(logging.Filter):
    """Lets a record through only if an exception travels with it: an answer of 503 is not worth a line."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether there is an exception."""
        return record.exc_info is not None and record.exc_info[1] is not None
