"""How the desk says things: case numbers, days, counts. Pure functions from values to words."""

from datetime import date

from upstander.formats.days import words

# Core steps in the desk's words; the pack's labels are written for the reporter.
STEPS = {
    "received": "Received",
    "opened": "Opened",
    "acknowledged": "Said that it was read",
    "let-in": "Let in",
    "left": "Key taken away",
    "replied": "Wrote to the reporter",
    "sheet-opened": "Opened who the reporter may be",
    "sealed-file": "File sealed off",
    "closed": "Closed",
    "reopened": "Opened again",
}
BASIS = {"law": "the law asks for it", "guidance": "guidance asks for it", "house": "our own aim"}
SMALL = ("No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine")


def case_number(case_id: str) -> str:
    """The short name people say aloud, from the random id: no counter is shared or revealed."""
    return f"{case_id[:3]}-{case_id[3:6]}".upper()


def count(number: int) -> str:
    """A number at the start of a sentence; small ones as words."""
    return SMALL[number] if 0 <= number < len(SMALL) else str(number)


def plural(number: int, one: str, many: str) -> str:
    """The noun that goes with the number."""
    return one if number == 1 else many


def long_day(day: date) -> str:
    """Monday 23 November 2026."""
    return f"{day:%A} {day.day} {day:%B} {day.year}"


def full_day(day: date) -> str:
    """23 November 2026."""
    return words(day)


def rough_day(text: str) -> str:
    """A day as exactly as it is known: 2026, March 2026 or 4 March 2026."""
    year, *rest = text.split("-")
    if not rest:
        return year
    if len(rest) == 1:
        return f"{date(int(year), int(rest[0]), 1):%B} {year}"
    return words(date.fromisoformat(text))


def spoken(code: str) -> str:
    """A code that people wrote in one word, such as no-contact, as it reads."""
    return code.replace("-", " ").replace("_", " ")


def short_day(day: date, today: date) -> str:
    """today, or Fri 15 Jan; with the year when it is another one."""
    if day == today:
        return "today"
    year = "" if day.year == today.year else f" {day.year}"
    return f"{day:%a} {day.day} {day:%b}{year}"


def distance(day: date, today: date) -> str:
    """How far a due day is: 3 days late, today, tomorrow, in 4 days."""
    days = (day - today).days
    if days < 0:
        return f"{-days} {plural(-days, 'day', 'days')} late"
    if days == 0:
        return "today"
    return "tomorrow" if days == 1 else f"in {days} days"


def size_words(size: int) -> str:
    """Bytes as people read them."""
    if size < 1024:
        return f"{size} bytes"
    if size < 1024 * 1024:
        return f"{round(size / 1024)} KB"
    return f"{size / (1024 * 1024):.1f} MB"
