"""Codes of an extract in the words of a page."""

from __future__ import annotations

import re
from datetime import date

from upstander.publishing.language import say, told

WORDS = {
    "all": "All who answered",
    "All": "All",
    "vawg": "Women and girls",
    "other": "Other",
    "female": "Women",
    "male": "Men",
    "not_stated": "Did not say",
    "asian": "Asian",
    "black": "Black",
    "mixed": "Mixed",
    "white": "White",
    "sex": "Sex",
    "ethnicity5": "Ethnic group",
    "under_25": "Under 25",
    "25_34": "25 to 34",
    "35_44": "35 to 44",
    "45_54": "45 to 54",
    "55_over": "55 and over",
    "yes": "Yes",
    "no": "No",
    "straight": "Straight",
    "gay_lesbian": "Gay or lesbian",
    "bisexual": "Bisexual",
    "no action": "No action",
    "action": "Action taken",
    "withdrawn": "Reporter withdrew",
    "resigned": "Person left before the end",
    "open": "Still open",
    "none": "No breach if proved",
    "practice": "Practice requiring improvement",
    "misconduct": "Misconduct",
    "gross": "Gross misconduct",
    "not_assessed": "Not assessed",
    "all severities": "All severities",
    "delivery": "Delivery of duties and service",
    "powers": "Powers, policies and procedures",
    "property": "Property",
    "information": "Access to and sharing of information",
    "vehicles": "Vehicles",
    "discrimination": "Discriminatory behaviour",
    "abuse_of_position": "Abuse of position, corruption",
    "individual": "Individual behaviours",
    "sexual_conduct": "Sexual conduct",
    "discreditable": "Discreditable conduct",
    "explained": "Told what was found",
    "acknowledged": "Told what went wrong",
    "apologised": "Told we are sorry",
    "learned": "Something changed",
    "closed in time": "Closed within the limit",
    "closed late": "Closed after it",
    "open in time": "Open, within the limit",
    "open overdue": "Open, past the limit",
    "reported": "Reported",
    "case": "Case to answer",
    "finding": "Finding against",
    "sanction": "Sanction",
    "in time": "Answered in time",
    "late": "Late, or not answered",
    "not yet due": "Not due yet",
    "seen in the first period": "What was seen",
    "what identical people would show": "By chance alone",
    "held by the underlying rates": "Once chance is taken out",
    "held by the same people in the next period": "The same people, next period",
    "after 1": "After one",
    "after 2": "After two",
    "after 3 or more": "After three or more",
    "step at the change": "Step at the change",
    "answered": "First answer",
    "closed": "Closed",
    "bullied": "were bullied",
    "harassed": "were harassed",
    "sexism": "met sexism",
    "racism": "met racism",
    "homophobia": "met homophobia",
    "retaliation": "were made to pay for speaking up",
    "trusts_reporting": "trust reporting",
}
"""The phrases for questions follow "say they"."""

COLUMNS = {
    "quarter": "Quarter",
    "year": "Year",
    "strand": "What it is about",
    "ending": "How it ended",
    "category": "What it is about",
    "count": "Number",
    "percent": "In 100",
    "standing": "Where it stands",
    "answer": "First answer",
}


MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
QUARTERS = (
    "January to March {year}",
    "April to June {year}",
    "July to September {year}",
    "October to December {year}",
)


def word(code: object) -> str:
    """The code as a page says it; a code without a word stands as it is."""
    known = WORDS.get(str(code))
    if re.fullmatch(r"\d{4} Q[1-4]", str(code)):
        return quarter(str(code))
    return say(known) if known else told(str(code).replace("_", " "))


def lower(code: object) -> str:
    """The same within a sentence."""
    text = word(code)
    keep = code in ("asian", "black", "white")
    return text if keep else text[:1].lower() + text[1:]


def column(name: str) -> str:
    """The name of a column as a page says it."""
    return say(COLUMNS[name]) if name in COLUMNS else told(name)


def long_day(day: date) -> str:
    """A day as it is written: 18 November 2026."""
    return f"{day.day} {say(MONTHS[day.month - 1])} {day.year}"


def quarter(name: str) -> str:
    """A quarter as it is said: `2026 Q3` is July to September 2026."""
    year, _, number = name.partition(" Q")
    return say(QUARTERS[int(number) - 1], year=year) if number in "1234" and number else name
