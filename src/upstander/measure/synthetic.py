"""Invented institutions with a known truth, for tests and demonstrations. Nobody in them is anybody.

What is put in is told in `Truth`; what the estimators find can be held against it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from upstander.measure.extract import schema

if TYPE_CHECKING:
    import pyarrow as pa

Ints = NDArray[np.int64]
EPOCH = np.datetime64("1970-01-01", "D")
DAYS_A_MONTH = 30.4375


@dataclass(frozen=True, slots=True)
class Truth:
    """What is true of an invented institution.

    `rates` are rate ratios of being reported against White staff; `hazard` how fast VAWG reports close
    against others of their severity; `no_action` the chance of closing without action (VAWG, others);
    `bullied` the share of women and men who are; `spread` the gamma shape of personal rates (small:
    concentrated); `step` what a reorganisation in the middle of the time did to the number of reports;
    `units_spread` the standard deviation of units' log rates.
    """

    rates: tuple[tuple[str, float], ...] = (("black", 1.8), ("asian", 1.5), ("mixed", 1.4))
    hazard: float = 0.75
    no_action: tuple[float, float] = (0.70, 0.55)
    bullied: tuple[float, float] = (0.33, 0.20)
    response: tuple[float, float] = (0.55, 0.40)
    spread: float = 0.7
    step: float = 1.3
    units_spread: float = 0.25
    rate: float = 0.006


@dataclass(frozen=True, slots=True)
class Institution:
    """Tables of an extract, its cut-off, and the truth behind them."""

    tables: dict[str, pa.Table]
    cutoff: date
    truth: Truth


def invent(
    *,
    staff: int = 4000,
    units: int = 20,
    months: int = 48,
    seed: int = 1,
    truth: Truth | None = None,
    asked: int | None = None,
    waves: int = 1,
) -> Institution:
    """An institution of so many staff over so many months, the same for the same seed.

    `asked` is how many are invited to each wave of its survey (all of them unless said); waves are a year
    apart, and the last ends a month before the cut-off.
    """
    made = _Maker(staff, units, months, truth or Truth(), np.random.default_rng(seed))
    tables = made.people() | made.reports()
    many = min(staff, asked or staff)
    taken = [made.survey(many, wave, 365 * (waves - wave) + 30) for wave in range(1, waves + 1)]
    tables |= {name: _stacked([wave[name] for wave in taken]) for name in taken[0]} | made.calendar()
    return Institution(tables, made.cutoff, made.truth)


class _Maker:
    def __init__(self, staff: int, units: int, months: int, truth: Truth, rng: np.random.Generator) -> None:
        self.staff, self.units, self.months, self.truth, self.rng = staff, units, months, truth, rng
        self.first = np.datetime64("2020-01-01", "M")
        self.starts = (self.first + np.arange(months)).astype("datetime64[D]")
        self.end = (self.first + months).astype("datetime64[D]") - np.timedelta64(1, "D")
        self.cutoff: date = self.end.astype(date)
        self.sex = self._draw(schema.SEX, (0.36, 0.60, 0.01, 0.03), staff)
        self.ethnicity = self._draw(schema.ETHNICITY, (0.08, 0.05, 0.03, 0.02, 0.76, 0.06), staff)
        self.age = self._draw(schema.AGE, (0.10, 0.30, 0.30, 0.22, 0.06, 0.02), staff)
        self.unit = rng.choice(units, staff, p=_shares(units))

    def _draw(self, codes: tuple[str, ...], shares: tuple[float, ...], count: int) -> Ints:
        return self.rng.choice(len(codes), count, p=np.array(shares) / sum(shares)).astype(np.int64)

    def people(self) -> dict[str, pa.Table]:
        rng, staff = self.rng, self.staff
        self.joined = np.where(rng.random(staff) < 0.7, 0, rng.integers(0, self.months, staff))
        stay = rng.geometric(0.01, staff)
        self.left = np.minimum(self.joined + stay, self.months)
        gone = self.left < self.months
        end = np.where(gone, self.starts[np.minimum(self.left, self.months - 1)] - 1, np.datetime64("NaT"))
        person = {
            "pid": np.arange(staff),
            "salted_ref": None,
            "role": self._draw(schema.ROLE, (0.62, 0.30, 0.03, 0.04, 0.01), staff),
            "grade": self._draw(schema.GRADE, (0.70, 0.18, 0.08, 0.03, 0.01), staff),
            "unit_id": self.unit,
            "sex": self.sex,
            "ethnicity5": self.ethnicity,
            "age_band": self.age,
            "disability": self._draw(schema.YES_NO, (0.08, 0.82, 0.10), staff),
            "religion": self._draw(schema.RELIGION, (40, 1, 35, 2, 1, 5, 1, 3, 12), staff),
            "sexual_orientation": self._draw(schema.ORIENTATION, (80, 4, 3, 1, 12), staff),
            "start": self.starts[self.joined],
            "end": end,
        }
        length = self.left - self.joined
        pid = np.repeat(np.arange(staff), length)
        within = np.arange(length.sum()) - np.repeat(np.cumsum(length) - length, length)
        self.month = self.joined[pid] + within
        self.pid = pid
        self.fte = np.where(self.rng.random(staff) < 0.15, 0.6, 1.0)
        hours = np.round(self.rng.gamma(4, 15, len(pid)), 1)
        hours[self.rng.random(len(pid)) < 0.3] = np.nan
        exposure = {
            "pid": pid,
            "month": self.starts[self.month],
            "unit_id": self.unit[pid],
            "duty_fte": self.fte[pid],
            "contact_hours": np.minimum(hours, 744),
        }
        return {"person": _table(schema.PERSON, person), "exposure": _table(schema.EXPOSURE, exposure)}

    def reports(self) -> dict[str, pa.Table]:
        rng, truth = self.rng, self.truth
        ratio = np.ones(len(schema.ETHNICITY))
        for name, value in truth.rates:
            ratio[schema.ETHNICITY.index(name)] = value
        self.personal = rng.gamma(truth.spread, 1 / truth.spread, self.staff) * ratio[self.ethnicity]
        unit_rate = np.exp(rng.normal(0, truth.units_spread, self.units))
        step = np.where(self.month >= self.months // 2, truth.step, 1.0)
        mean = (
            truth.rate * self.personal[self.pid] * self.fte[self.pid] * unit_rate[self.unit[self.pid]] * step
        )
        events = np.repeat(np.arange(len(self.pid)), rng.poisson(mean))
        count = len(events)
        received = np.minimum(self.starts[self.month[events]] + rng.integers(0, 28, count), self.end)
        vawg = rng.random(count) < 0.25
        severity = self._draw(schema.SEVERITY, (0.25, 0.25, 0.30, 0.12, 0.08), count)
        severity[vawg] = self._draw(schema.SEVERITY, (0.10, 0.20, 0.35, 0.27, 0.08), int(vawg.sum()))
        report = {
            "rid": np.arange(count),
            "received": received,
            "channel": self._draw(schema.CHANNEL, (30, 10, 35, 10, 10, 5), count),
            "category": self._draw(schema.CATEGORY, (30, 20, 4, 5, 3, 6, 4, 18, 4, 4, 2), count),
            "tier": (rng.random(count) < 0.3).astype(np.int64),
            "vawg": vawg,
            "severity_band": severity,
            "anonymous": rng.random(count) < 0.3,
            "complainant_group": np.where(
                rng.random(count) < 0.6, -1, self._draw(schema.ETHNICITY, (1, 1, 1, 1, 6, 1), count)
            ),
            "unit_id": self.unit[self.pid[events]],
        }
        linked = rng.random(count) < 0.9
        involvement = {
            "rid": np.arange(count),
            "pid": np.where(linked, self.pid[events], -1),
            "mention_id": np.arange(count),
            "link_prob": np.where(linked, np.round(1 - rng.beta(1, 12, count), 4), np.nan),
            "role": np.zeros(count, dtype=np.int64),
            "lenient_pid": None,
        }
        return {
            "report": _table(schema.REPORT, report),
            "involvement": _table(schema.INVOLVEMENT, involvement),
            "event": _table(schema.EVENT_TABLE, self._events(received, vawg, severity)),
        }

    def _events(self, received: NDArray[Any], vawg: NDArray[np.bool_], severity: Ints) -> dict[str, Any]:
        rng, truth = self.rng, self.truth
        count = len(received)
        rate = (1 / 200.0) / (1 + 0.4 * severity) * np.where(vawg, truth.hazard, 1.0)
        assessed = received + rng.integers(1, 40, count)
        closed = assessed + (rng.exponential(1 / rate) + 1).astype(np.int64)
        none = rng.random(count) < np.where(vawg, truth.no_action[0], truth.no_action[1])
        codes = {name: at for at, name in enumerate(schema.OUTCOME)}
        without = self._draw(schema.OUTCOME, (0.45, 0.40, 0, 0, 0, 0.12, 0.03), count)
        acted = self._draw(schema.OUTCOME, (0, 0, 0.4, 0.3, 0.3, 0, 0), count)
        outcome = np.where(none, without, acted)
        halfway = assessed + (closed - assessed) // 2
        worked = outcome >= codes["case"]
        worked &= outcome <= codes["sanction"]
        parts = [
            (np.arange(count), assessed, 0, np.full(count, -1)),
            (np.arange(count)[worked], halfway[worked], 2, np.full(int(worked.sum()), -1)),
            (np.arange(count), closed, 3, outcome),
        ]
        rid, day, what, result = (
            np.concatenate([np.broadcast_to(part[at], len(part[0])) for part in parts]) for at in range(4)
        )
        told = self._told(received, assessed, closed, vawg)
        rid, day, what, result = (
            np.concatenate([one, *(part[at] for part in told)])
            for at, one in enumerate((rid, day, what, result))
        )
        seen = day <= self.end
        hours = np.where(what == 3, np.round(rng.gamma(2, 10, len(rid)), 1), np.nan)
        return {
            "rid": rid[seen],
            "t": day[seen],
            "type": what[seen],
            "outcome": result[seen],
            "decider_unit": None,
            "resource_hours": hours[seen],
        }

    def _told(
        self, received: NDArray[Any], assessed: NDArray[Any], closed: NDArray[Any], vawg: NDArray[np.bool_]
    ) -> list[tuple[NDArray[Any], ...]]:
        """First answers, referrals, and what reporters were told when their report was closed.

        Drawn by themselves, so that whoever fixed a seed before there were these keeps what it gave.
        """
        rng = np.random.default_rng(len(received))
        count = len(received)
        chances = {
            "referred": 0.12,
            "explained": 0.8,
            "acknowledged": 0.3,
            "apologised": 0.2,
            "learned": 0.15,
        }
        answered = received + np.minimum(rng.geometric(0.09, count), 120)
        parts = [("answered", answered, (rng.random(count) < 0.95) & (answered <= closed))]
        referred = np.minimum(received + rng.integers(0, 4, count), closed)
        for name, chance in chances.items():
            when = referred if name == "referred" else closed
            parts.append((name, when, rng.random(count) < chance * np.where(vawg, 0.9, 1.0)))
        return [
            (
                np.flatnonzero(inside),
                when[inside],
                np.full(int(inside.sum()), schema.EVENT.index(name)),
                np.full(int(inside.sum()), -1),
            )
            for name, when, inside in parts
        ]

    def survey(self, asked: int, wave: int = 1, ago: int = 30) -> dict[str, pa.Table]:
        rng, truth = self.rng, self.truth
        bullied = np.where(self.sex == 0, truth.bullied[0], truth.bullied[1])
        self.is_bullied = rng.random(self.staff) < bullied
        invited = np.zeros(self.staff, dtype=bool)
        invited[rng.permutation(self.staff)[:asked]] = True
        answers = invited & (rng.random(self.staff) < np.where(self.sex == 0, *truth.response))
        who = np.flatnonzero(answers)
        items = {item: self._draw(schema.YES_NO, (0.2, 0.75, 0.05), len(who)) for item in schema.ITEMS}
        blank = rng.random(len(who)) < 0.03
        items["bullied"] = np.where(blank, 2, np.where(self.is_bullied[who], 0, 1))
        survey = {
            "resp_id": np.arange(len(who)),
            "wave": np.full(len(who), wave),
            "stratum": self.unit[who],
            "psu": np.arange(len(who)),
            "base_weight": np.full(len(who), self.staff / asked),
            "day": np.full(len(who), self.end - ago),
            "sex": self.sex[who],
            "ethnicity5": self.ethnicity[who],
            "age_band": self.age[who],
            "disability": self._draw(schema.YES_NO, (0.08, 0.82, 0.10), len(who)),
            "sexual_orientation": self._draw(schema.ORIENTATION, (80, 4, 3, 1, 12), len(who)),
        } | items
        stacked = np.stack([self.unit, self.sex, self.ethnicity, self.age])
        cells, where = np.unique(stacked, axis=1, return_inverse=True)
        pop = {
            "wave": np.full(cells.shape[1], wave),
            "stratum": cells[0],
            "sex": cells[1],
            "ethnicity5": cells[2],
            "age_band": cells[3],
            "n": np.bincount(where.ravel(), minlength=cells.shape[1]),
            "invited": np.bincount(where.ravel(), weights=invited, minlength=cells.shape[1]).astype(np.int64),
        }
        return {"survey": _table(schema.SURVEY, survey), "pop": _table(schema.POP, pop)}

    def calendar(self) -> dict[str, pa.Table]:
        day = self.starts[self.months // 2]
        calendar = {"unit_id": None, "date": np.array([day]), "change": np.zeros(1, dtype=np.int64)}
        return {"calendar": _table(schema.CALENDAR, calendar)}


def _shares(units: int) -> NDArray[np.float64]:
    share = np.linspace(1.0, 3.0, units)
    shares: NDArray[np.float64] = share / share.sum()
    return shares


def _stacked(tables: list[pa.Table]) -> pa.Table:
    """The rows of all, one after the other."""
    import pyarrow as pa

    return pa.concat_tables(tables).unify_dictionaries()


def _table(layout: schema.Layout, values: dict[str, Any]) -> pa.Table:
    """The columns in the layout's types. Codes come as their number, -1 for empty; identifiers as numbers."""
    import pyarrow as pa

    length = max(len(one) for one in values.values() if one is not None)
    arrays = []
    for column in layout.columns:
        value = values[column.name]
        if value is None:
            arrays.append(pa.nulls(length, pa.int64() if column.kind == "id" else pa.string()))
        elif column.kind == "code":
            index = pa.array(value.astype(np.int8), mask=value < 0)
            arrays.append(pa.DictionaryArray.from_arrays(index, pa.array(column.codes)))
        elif column.kind == "id":
            arrays.append(pa.array(value, pa.int64(), mask=value < 0))
        elif column.kind in ("day", "month"):
            arrays.append(pa.array(value.astype("datetime64[D]")))
        elif column.kind == "number":
            arrays.append(pa.array(value.astype(float), mask=np.isnan(value)))
        else:
            arrays.append(pa.array(value))
    return pa.Table.from_arrays(arrays, [column.name for column in layout.columns])
