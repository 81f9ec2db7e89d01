"""Working days: neither Saturday, Sunday nor bank holiday. Days are counted as the regulations count them.

A period of n working days "beginning with the first working day after" a day ends on the n-th working day
after it (such as Police (Conduct) Regulations 2020, regs 31(1), 33(1)). "n days beginning with the day after"
is the same count over all days.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

_DAY = timedelta(days=1)
_SATURDAY = 5


@dataclass(frozen=True)
class Calendar:
    """Bank holidays of one nation, and the last day up to which they are known."""

    holidays: Collection[date]
    known_until: date

    def is_working(self, day: date) -> bool:
        """Whether it is a working day. After `known_until` only weekends are left out."""
        return day.weekday() < _SATURDAY and day not in self.holidays

    def is_known(self, day: date) -> bool:
        """Whether all bank holidays up to this day are in the list."""
        return day <= self.known_until


def end_of_days(after: date, days: int) -> date:
    """The last day of a period of so many days that begins with the day after."""
    return after + timedelta(days=days)


def end_of_working_days(after: date, days: int, calendar: Calendar) -> date:
    """The last day of a period of so many working days, at least 1, that begins with the first one after."""
    day = after
    for _ in range(days):
        day += _DAY
        while not calendar.is_working(day):
            day += _DAY
    return day


def end_of_months(after: date, months: int) -> date:
    """The corresponding day so many months later (or earlier); the month's last day where it has no such day.

    The corresponding date rule, as for periods of months in general: Dodds v Walker [1981] 1 WLR 1027.
    """
    years, month = divmod(after.month - 1 + months, 12)
    first = date(after.year + years, month + 1, 1)
    last = (first.replace(day=28) + timedelta(days=4)).replace(day=1) - _DAY
    return first.replace(day=min(after.day, last.day))


def working_days_between(after: date, until: date, calendar: Calendar) -> int:
    """How many working days lie after the one day, up to and including the other."""
    whole = (until - after).days
    return sum(calendar.is_working(after + timedelta(days=number)) for number in range(1, whole + 1))
