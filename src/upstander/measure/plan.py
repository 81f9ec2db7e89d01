"""A plan: what will be compared, within which margins, decided before anybody saw the data.

A plan is a TOML file with a date; its SHA-256 names it on every page made with it. The date is what somebody
wrote: only the log shows that a plan is older than the data (`registration`). All else is called exploratory.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from pathlib import Path
from typing import Any

from upstander.measure.disclosure.rules import Rules
from upstander.measure.errors import DisclosureError, PlanError
from upstander.measure.extract import schema

KIND = "upstander/plan/v1"
CHARACTERISTICS: dict[str, tuple[str, ...]] = {
    "sex": schema.SEX,
    "ethnicity5": schema.ETHNICITY,
    "age_band": schema.AGE,
    "disability": schema.YES_NO,
    "sexual_orientation": schema.ORIENTATION,
}
SURVEY_MARGINS = ("stratum", "sex", "ethnicity5", "age_band")
EXPLORATORY = "exploratory"


@dataclass(frozen=True, slots=True)
class Plan:
    """What was decided. `digest` is the SHA-256 of the file; empty for the defaults, which are no plan.

    `reference` names, for each characteristic to compare, the group the others are held against. `limits`
    are days from the report to a step. `margin_days` and `margin_share` are what still counts as the same.
    `strict` and `lenient` are link probabilities.
    """

    name: str = "no plan"
    day: date | None = None
    digest: str = ""
    reference: Mapping[str, str] = field(default_factory=lambda: {"ethnicity5": "white", "sex": "male"})
    items: tuple[str, ...] = ("bullied", "harassed")
    survey_by: tuple[str, ...] = ("sex", "ethnicity5")
    survey_margins: tuple[str, ...] = ("stratum", "sex")
    horizon_days: int = 365
    margin_days: float = 30.0
    margin_share: float = 0.05
    top: float = 0.1
    period_months: int = 12
    change: date | None = None
    strict: float = 0.95
    lenient: float = 0.5
    limits: Mapping[str, int] = field(default_factory=lambda: {"answered": 28, "referred": 1, "closed": 365})
    rules: Rules = field(default_factory=Rules)


def read_plan(path: Path) -> Plan:
    """Reads a plan. Raises PlanError that names the entry and says what was expected there."""
    try:
        content = path.read_bytes()
        body = tomllib.loads(content.decode("utf-8"))
    except OSError as error:
        raise PlanError(f"{path.name} cannot be read: {error.strerror}.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise PlanError(f"{path.name} is not TOML: {error}.") from None
    return _plan(body, hashlib.sha256(content).hexdigest())


def _plan(body: dict[str, Any], digest: str) -> Plan:
    top = _Entries(body, "")
    if top.take("kind", str, "") != KIND:
        raise PlanError(f"kind: expected {KIND!r}.")
    default = Plan()
    name = top.take("name", str, None)
    day = top.take("day", date, None)
    survey = top.part("survey")
    gaps, parity, more = top.part("gaps"), top.part("parity"), top.part("more")
    reference = gaps.take("reference", dict, dict(default.reference))
    for characteristic, group in reference.items():
        if characteristic not in CHARACTERISTICS or group not in CHARACTERISTICS[characteristic]:
            raise PlanError(f"gaps.reference.{characteristic}: expected a group of a known characteristic.")
    found = Plan(
        name=name,
        day=day,
        digest=digest,
        reference=reference,
        items=survey.names("items", schema.ITEMS, default.items),
        survey_by=survey.names("by", tuple(CHARACTERISTICS), default.survey_by),
        survey_margins=survey.names("margins", SURVEY_MARGINS, default.survey_margins),
        horizon_days=parity.number("horizon_days", default.horizon_days, 1, 3650, whole=True),
        margin_days=parity.number("margin_days", default.margin_days, 0.5, 1000),
        margin_share=parity.number("margin_share", default.margin_share, 0.001, 0.5),
        top=more.number("top", default.top, 0.001, 0.5),
        period_months=more.number("period_months", default.period_months, 1, 120, whole=True),
        change=more.take("change", date, default.change),
        strict=more.number("strict", default.strict, 0, 1),
        lenient=more.number("lenient", default.lenient, 0, 1),
        limits=_limits(top.part("limits"), default.limits),
        rules=_rules(top.part("rules")),
    )
    if found.lenient > found.strict:
        raise PlanError("more.lenient: expected a probability no higher than that of more.strict.")
    for one in (top, survey, gaps, parity, more):
        one.finish()
    return found


def _limits(part: _Entries, default: Mapping[str, int]) -> dict[str, int]:
    found = {name: part.number(name, days, 1, 3650, whole=True) for name, days in default.items()}
    part.finish()
    return found


def _rules(part: _Entries) -> Rules:
    names = [one.name for one in fields(Rules) if one.name != "zeros"]
    given = {name: part.take(name, int, getattr(Rules(), name)) for name in names}
    part.finish()
    try:
        return Rules(**given)
    except DisclosureError as error:
        raise PlanError(f"rules: {error}") from None


class _Entries:
    """Takes entries out of a table one by one, and complains of what is left."""

    def __init__(self, body: Mapping[str, Any], place: str) -> None:
        self.left, self.place = dict(body), place

    def take(self, name: str, kind: type, default: Any) -> Any:
        value = self.left.pop(name, default)
        if value is None and default is None and name in ("name", "day"):
            raise PlanError(f"{self.place}{name}: the plan does not say it.")
        if value is not None and (type(value) is not kind):
            words = {
                str: "text in quotes",
                date: "a day such as 2026-04-01",
                dict: "a table",
                int: "a whole number",
            }
            raise PlanError(f"{self.place}{name}: expected {words.get(kind, kind.__name__)}.")
        return value

    def part(self, name: str) -> _Entries:
        return _Entries(self.take(name, dict, {}), f"{name}.")

    def number(self, name: str, default: float, least: float, most: float, *, whole: bool = False) -> Any:
        value = self.left.pop(name, default)
        if type(value) not in ((int,) if whole else (int, float)) or not least <= value <= most:
            kind = "a whole number" if whole else "a number"
            raise PlanError(f"{self.place}{name}: expected {kind} from {least:g} to {most:g}.")
        return value

    def names(self, name: str, known: tuple[str, ...], default: tuple[str, ...]) -> tuple[str, ...]:
        value = self.left.pop(name, list(default))
        if not isinstance(value, list) or not value or any(one not in known for one in value):
            raise PlanError(f"{self.place}{name}: expected a list of some of {', '.join(known)}.")
        return tuple(dict.fromkeys(value))

    def finish(self) -> None:
        if self.left:
            raise PlanError(f"{self.place}{next(iter(self.left))}: a plan has no such entry.")
