"""Days: the finest time that is ever written down about a reporter's act."""

import re
from datetime import date, datetime
from zoneinfo import ZoneInfo

from upstander.formats.errors import FormatError

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def today(time_zone: str) -> date:
    """The day it is now where the institution is; `time_zone` as in the IANA list, such as Europe/London."""
    return datetime.now(ZoneInfo(time_zone)).date()


def words(day: date) -> str:
    """As people write it: 4 March 2026."""
    return f"{day.day} {day:%B} {day.year}"


def parse(text: object) -> date:
    """The day behind `YYYY-MM-DD`. Raises FormatError, also for days that do not exist."""
    if not isinstance(text, str) or not _DAY.fullmatch(text):
        raise FormatError("Expected a day: YYYY-MM-DD.")
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise FormatError("No such day.") from None
