"""The layout of an extract, version 2: eight tables of codes, days and numbers (docs/reference/extract.md).

Every characteristic has "not_stated": who did not say is counted, never dropped. There is no column for
words.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["id", "code", "day", "month", "number", "count", "flag"]

NOT_STATED = "not_stated"
SEX = ("female", "male", "other", NOT_STATED)
ETHNICITY = ("asian", "black", "mixed", "other", "white", NOT_STATED)
AGE = ("under_25", "25_34", "35_44", "45_54", "55_over", NOT_STATED)
YES_NO = ("yes", "no", NOT_STATED)
RELIGION = (
    "none", "buddhist", "christian", "hindu", "jewish", "muslim", "sikh", "other", NOT_STATED,
)  # fmt: skip
ORIENTATION = ("straight", "gay_lesbian", "bisexual", "other", NOT_STATED)
ROLE = ("officer", "staff", "special", "pcso", "volunteer")
GRADE = ("junior", "supervisor", "manager", "senior", NOT_STATED)
CHANNEL = ("inside", "outside", "public", "line", "supervisor", "other")
CATEGORY = (
    "delivery", "powers", "property", "information", "vehicles", "discrimination", "abuse_of_position",
    "individual", "sexual_conduct", "discreditable", "other",
)  # fmt: skip
TIER = ("low", "serious")
SEVERITY = ("none", "practice", "misconduct", "gross", "not_assessed")
PART = ("subject", "witness", "supervisor")
EVENT = (
    "assessed", "allocated", "action", "closed",
    "answered", "referred", "explained", "acknowledged", "apologised", "learned",
)  # fmt: skip
OUTCOME = ("nfa", "no_case", "case", "finding", "sanction", "withdrawn", "resigned")
CHANGE = ("reorganisation", "recording", "system", "leadership")
ITEMS = ("sexism", "racism", "homophobia", "bullied", "harassed", "retaliation", "trusts_reporting")


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `codes` are the only values of a code; `refers` is the table whose key it repeats,
    `since` the version of the layout that brought it: older extracts have it empty.
    """

    name: str
    kind: Kind
    codes: tuple[str, ...] = ()
    empty: bool = False
    refers: str = ""
    least: float | None = None
    most: float | None = None
    since: int = 1


@dataclass(frozen=True, slots=True)
class Layout:
    """One table: its columns, and those that together name a row."""

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    may_be_missing: bool = False


def _code(name: str, codes: tuple[str, ...], *, empty: bool = False) -> Column:
    return Column(name, "code", codes, empty)


PERSON = Layout(
    "person",
    (
        Column("pid", "id"),
        Column("salted_ref", "id", empty=True),
        _code("role", ROLE),
        _code("grade", GRADE),
        Column("unit_id", "id"),
        _code("sex", SEX),
        _code("ethnicity5", ETHNICITY),
        _code("age_band", AGE),
        _code("disability", YES_NO),
        _code("religion", RELIGION),
        _code("sexual_orientation", ORIENTATION),
        Column("start", "day"),
        Column("end", "day", empty=True),
    ),
    ("pid",),
)
EXPOSURE = Layout(
    "exposure",
    (
        Column("pid", "id", refers="person"),
        Column("month", "month"),
        Column("unit_id", "id"),
        Column("duty_fte", "number", least=0, most=2),
        Column("contact_hours", "number", empty=True, least=0, most=744),
    ),
    ("pid", "month"),
)
REPORT = Layout(
    "report",
    (
        Column("rid", "id"),
        Column("received", "day"),
        _code("channel", CHANNEL),
        _code("category", CATEGORY),
        _code("tier", TIER),
        Column("vawg", "flag"),
        _code("severity_band", SEVERITY),
        Column("anonymous", "flag"),
        _code("complainant_group", ETHNICITY, empty=True),
        Column("unit_id", "id"),
    ),
    ("rid",),
)
INVOLVEMENT = Layout(
    "involvement",
    (
        Column("rid", "id", refers="report"),
        Column("pid", "id", empty=True, refers="person"),
        Column("mention_id", "id"),
        Column("link_prob", "number", empty=True, least=0, most=1),
        _code("role", PART),
        Column("lenient_pid", "id", empty=True, refers="person", since=2),
    ),
    ("mention_id",),
)
EVENT_TABLE = Layout(
    "event",
    (
        Column("rid", "id", refers="report"),
        Column("t", "day"),
        _code("type", EVENT),
        _code("outcome", OUTCOME, empty=True),
        Column("decider_unit", "id", empty=True),
        Column("resource_hours", "number", empty=True, least=0, most=100_000),
    ),
    (),
)
SURVEY = Layout(
    "survey",
    (
        Column("resp_id", "id"),
        Column("wave", "id"),
        Column("stratum", "id"),
        Column("psu", "id"),
        Column("base_weight", "number", least=1e-9, most=1e9),
        Column("day", "day"),
        _code("sex", SEX),
        _code("ethnicity5", ETHNICITY),
        _code("age_band", AGE),
        _code("disability", YES_NO),
        _code("sexual_orientation", ORIENTATION),
        *(_code(item, YES_NO) for item in ITEMS),
    ),
    ("wave", "resp_id"),
    may_be_missing=True,
)
POP = Layout(
    "pop",
    (
        Column("wave", "id"),
        Column("stratum", "id"),
        _code("sex", SEX),
        _code("ethnicity5", ETHNICITY),
        _code("age_band", AGE),
        Column("n", "count"),
        Column("invited", "count"),
    ),
    ("wave", "stratum", "sex", "ethnicity5", "age_band"),
    may_be_missing=True,
)
CALENDAR = Layout(
    "calendar",
    (Column("unit_id", "id", empty=True), Column("date", "day"), _code("change", CHANGE)),
    (),
    may_be_missing=True,
)

TABLES: tuple[Layout, ...] = (PERSON, EXPOSURE, REPORT, INVOLVEMENT, EVENT_TABLE, SURVEY, POP, CALENDAR)
