"""The survey: how many are bullied, harassed, and so on, by characteristic, weighted to all staff."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from upstander.measure import survey, times
from upstander.measure.account import Account
from upstander.measure.disclosure.cells import Table, cell
from upstander.measure.disclosure.show import Backed, Row
from upstander.measure.errors import MeasureError
from upstander.measure.estimate import Estimate, Result
from upstander.measure.extract.schema import NOT_STATED, YES_NO
from upstander.measure.plan import CHARACTERISTICS, Plan
from upstander.measure.standard.part import Part, all_of, columns, dimension, one, population, table_of

if TYPE_CHECKING:
    from upstander.measure.extract import Extract

ALL = "all"
SPREAD = "Who did not say her group is taken to be spread like those who did."
SAID = "What people answered about themselves; nothing here was found or proved against anybody."


@dataclass(frozen=True, slots=True)
class _Answered:
    """One wave: its name, its answers as arrays, and their weights."""

    wave: str
    data: dict[str, NDArray[np.object_]]
    design: survey.Design


def answers(extract: Extract, plan: Plan) -> Part:
    """Every wave of the survey, and what changed from one to the next."""
    waves = all_of(extract, "SELECT DISTINCT wave FROM survey ORDER BY 1")
    taken = [_wave(extract, plan, wave) for wave in waves]
    parts = [part for part, _ in taken]
    told = [one for _, one in taken]
    parts += [_between(extract, plan, one, other) for one, other in itertools.pairwise(told)]
    return Part(
        tuple(table for part in parts for table in part.tables),
        tuple(backed for part in parts for backed in part.backed),
        tuple(account for part in parts for account in part.accounts),
    )


def _between(extract: Extract, plan: Plan, before: _Answered, after: _Answered) -> Part:
    """What changed between two waves: a change has its own interval, which the waves' two do not give."""
    rows = []
    for item in plan.items:
        middles, least = [], []
        for wave in (before, after):
            told = wave.data[item] != "not_stated"
            yes = wave.data[item] == "yes"
            if not told.any():
                break
            middles.append(survey.mean(yes.astype(float), wave.design, told))
            least.append((int(told.sum()), int(yes.sum())))
        if len(middles) < 2:
            continue
        change = middles[1].value - middles[0].value
        reach = times.Z * math.hypot(*(middle.se for middle in middles))
        n, events = (min(counts) for counts in zip(*least, strict=True))
        low, high = change - reach, change + reach
        method = "difference of two weighted shares, normal interval"
        result = Estimate(change, low, high, n, n, method, "difference", events=events)
        cells = tuple(
            cell(population(extract, f"answers of wave {wave.wave}"), **place)
            for wave in (before, after)
            for place in ({}, {item: "yes"})
        )
        rows.append(Row((item,), result, cells))
    title = f"What changed between wave {before.wave} and wave {after.wave}"
    notes = (SAID, "The two waves are taken as two samples that know nothing of each other.")
    return Part((), (Backed(f"waves_{after.wave}", title, ("question",), tuple(rows), notes),))


def _wave(extract: Extract, plan: Plan, wave: str) -> tuple[Part, _Answered]:
    where = f"wave::VARCHAR = '{wave}'"  # a wave is an identifier: letters, digits, - and _ only
    of = population(extract, f"answers of wave {wave}")
    names = (*dict.fromkeys(("stratum", "sex", *plan.survey_by, *plan.survey_margins)),)
    asked = ", ".join(
        (*(f"{name}::VARCHAR AS {name}" for name in (*names, *plan.items)), "base_weight", "psu")
    )
    data = columns(extract, f"SELECT {asked} FROM survey WHERE {where}")
    data |= {name: data[name].astype(str) for name in (*names, *plan.items)}
    design, how = _weighted(extract, plan, data, where)
    tables, backed, accounts = [], [], []
    for item in plan.items:
        said = dimension(item, YES_NO, "outcome")
        rows = []
        told = data[item] != "not_stated"
        yes = data[item] == "yes"
        for name in plan.survey_by:
            who = dimension(name, CHARACTERISTICS[name], "protected")
            source = f"SELECT {name}, {item} FROM survey WHERE {where}"
            title = f"Answers to {item!r} by {name}, wave {wave} (people who answered, not weighted)"
            label = f"answers_{item}_{name}_{wave}"
            table, kept = table_of(
                extract,
                source,
                (who, said),
                name=label,
                title=title,
                population=of,
                survey=True,
                told=frozenset({cell(of)}),
            )
            tables.append(table)
            if "yes" not in kept[1].categories:
                continue
            for group in kept[0].categories:
                inside = told & (data[name] == group)
                cells = (cell(of, **{name: group}), cell(of, **{name: group, item: "yes"}))
                rows.append(Row((name, group), _share(yes, design, inside).noting(how), cells))
        if yes.any():
            cells = (cell(of), cell(of, **{item: "yes"}))
            rows.insert(0, Row((ALL, ALL), _share(yes, design, told).noting(how), cells))
        title = f"Share of staff who answered yes: {item}, wave {wave}"
        backed.append(
            Backed(f"prevalence_{item}_{wave}", title, ("characteristic", "group"), tuple(rows), (SAID,))
        )
        silent = int((~told).sum())
        accounts.append(
            Account(f"answers to {item!r}, wave {wave}", len(told), int(told.sum()), {"left blank": silent})
        )
    response = _response(extract, plan, data, wave, where)
    part = Part((*tables, *response.tables), (*backed, *response.backed), tuple(accounts))
    return part, _Answered(wave, data, design)


def _share(yes: NDArray[np.bool_], design: survey.Design, inside: NDArray[np.bool_]) -> Result:
    return survey.prevalence(yes, design, inside)


def _weighted(
    extract: Extract, plan: Plan, data: dict[str, NDArray[np.object_]], where: str
) -> tuple[survey.Design, str]:
    """Weights raked to the staff totals, or the base weights and a note that says why."""
    codes = {name: np.unique(data[name], return_inverse=True) for name in (*plan.survey_margins, "stratum")}
    psu = np.unique(data["psu"], return_inverse=True)[1].ravel()
    strata = codes["stratum"][1].ravel()
    design = survey.Design(data["base_weight"].astype(float), strata, psu)
    margins = []
    for name in plan.survey_margins:
        rows = extract.database.execute(
            f"SELECT {name}::VARCHAR, sum(n) FROM pop WHERE {where} GROUP BY 1"
        ).fetchall()
        known = _spread({str(value): float(n) for value, n in rows}, data[name], design.weights)
        index = {str(value): at for at, value in enumerate(codes[name][0])}
        sums = {index.get(value, -1 - at): n for at, (value, n) in enumerate(known.items()) if n}
        margins.append((codes[name][1].ravel(), sums))
    try:
        how = f"Weighted to all staff by {', '.join(plan.survey_margins)}."
        silent = any((data[name] == NOT_STATED).any() for name in plan.survey_margins)
        return survey.rake(design, margins), f"{how} {SPREAD}" if silent else how
    except MeasureError as error:
        return design, f"Not weighted to all staff, because: {error}"


def _spread(
    known: dict[str, float], said: NDArray[np.object_], weights: NDArray[np.float64]
) -> dict[str, float]:
    """Totals of a margin to which people can be weighted who did not say their group.

    Who did not say, in the survey or to personnel, is taken to be spread like those who did.
    """
    whole = sum(known.values())
    stated = {group: n for group, n in known.items() if group != NOT_STATED}
    silent = float(weights[said == NOT_STATED].sum() / weights.sum()) if len(weights) else 0.0
    if not sum(stated.values()):
        return known
    scale = (1 - silent) * whole / sum(stated.values())
    return {**{group: n * scale for group, n in stated.items()}, NOT_STATED: silent * whole}


def _response(
    extract: Extract, plan: Plan, data: dict[str, NDArray[np.object_]], wave: str, where: str
) -> Part:
    """Who was asked and who answered, by sex; and what silence could hide."""
    of = population(extract, f"invitations of wave {wave}")
    sex = dimension("sex", CHARACTERISTICS["sex"], "protected")
    answered = dimension("answered", ("yes", "no"))
    rows = extract.database.execute(
        f"SELECT sex, sum(invited) FROM pop WHERE {where} GROUP BY sex"
    ).fetchall()
    invited = {str(name): int(count) for name, count in rows}
    came = {name: int((data["sex"] == name).sum()) for name in sex.categories}
    if not invited or any(came[name] > invited.get(name, 0) for name in sex.categories):
        return Part()
    counts = np.array([[came[name], invited.get(name, 0) - came[name]] for name in sex.categories])
    title = f"Who was invited and who answered, wave {wave}"
    # how many passes were given out and spent, the issuing body says
    told = frozenset({cell(of), cell(of, answered="yes"), cell(of, answered="no")})
    table = Table(f"response_{wave}", title, of, (sex, answered), counts, percent_of="answered", told=told)
    bounds = []
    total = sum(invited.values())
    for item in plan.items:
        yes = one(extract, f"SELECT count(*) FROM survey WHERE {where} AND {item} = 'yes'")
        low, high = survey.response_bounds(yes, sum(came.values()), total)
        cells = (cell(of), cell(of, answered="yes"))
        bounds.append(Row((item, "if nobody else would have said yes"), low, cells))
        bounds.append(Row((item, "if everybody else would have said yes"), high, cells))
    title = f"What the silence of those who did not answer could hide, wave {wave}"
    backed = Backed(f"response_bounds_{wave}", title, ("question", "bound"), tuple(bounds))
    return Part((table,), (backed,))
