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
from upstander.measure.disclosure.cells import Cell, Table, cell
from upstander.measure.disclosure.show import Backed, Row
from upstander.measure.errors import MeasureError
from upstander.measure.estimate import Estimate, NotEstimable, Result
from upstander.measure.extract.schema import NOT_STATED, YES_NO
from upstander.measure.plan import CHARACTERISTICS, Plan
from upstander.measure.standard.part import (
    Part,
    all_of,
    columns,
    dimension,
    joined,
    one,
    population,
    table_of,
)

if TYPE_CHECKING:
    from upstander.measure.extract import Extract

ALL = "all"
SPREAD = "Who did not say her group is taken to be spread like those who did."
SAME = "Everyone gave the same answer; this interval cannot say how sure that is."
DIFFERENCE = "difference of two weighted shares, normal interval"
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
    return joined(parts)


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
        of = [population(extract, f"answers of wave {wave.wave}") for wave in (before, after)]
        if not all(middle.se > 0 for middle in middles):
            # where nobody said yes no table has a cell that says so: the rest must not fall with this row
            nothing = NotEstimable(SAME, min(n for n, _ in least), DIFFERENCE, "difference")
            rows.append(Row((item,), nothing, tuple(cell(one) for one in of)))
            continue
        change = middles[1].value - middles[0].value
        reach = times.Z * math.hypot(*(middle.se for middle in middles))
        n, events = (min(counts) for counts in zip(*least, strict=True))
        low, high = change - reach, change + reach
        result = Estimate(change, low, high, n, n, DIFFERENCE, "difference", events=events)
        cells = tuple(cell(one, **place) for one in of for place in ({}, {item: "yes"}))
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
                cells = _rests(of, item, kept[1].categories, **{name: group})
                rows.append(Row((name, group), _share(yes, design, inside).noting(how), cells))
        if yes.any():
            cells = _rests(of, item, ("yes", *(("no",) if (told & ~yes).any() else ())))
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


def _rests(of: str, item: str, answered: tuple[str, ...], **place: str) -> tuple[Cell, ...]:
    """What a share of those who answered gives away: from it and its base follows how many left it blank."""
    said = (cell(of, **place, **{item: one}) for one in ("yes", "no") if one in answered)
    return (cell(of, **place), *said)


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
    """Who was asked and who answered, all told, by area and by sex; and what silence could hide."""
    of = population(extract, f"invitations of wave {wave}")
    total = one(extract, f"SELECT coalesce(sum(invited), 0) FROM pop WHERE {where}")
    came = len(data["sex"])
    if not 0 < came <= total:
        return Part()
    answered = dimension("answered", ("yes", "no"))
    # how many passes were given out and spent, the issuing body says
    whole = Table(
        f"response_{wave}",
        f"Who was invited and who answered, wave {wave}",
        of,
        (answered,),
        np.array([came, total - came]),
        percent_of="answered",
        told=frozenset({cell(of), cell(of, answered="yes"), cell(of, answered="no")}),
    )
    parts = (_response_by(extract, data, wave, where, name) for name in ("stratum", "sex"))
    bounds = []
    for item in plan.items:
        yes = one(extract, f"SELECT count(*) FROM survey WHERE {where} AND {item} = 'yes'")
        low, high = survey.response_bounds(yes, came, total)
        cells: tuple[Cell, ...] = (cell(of), cell(of, answered="yes"))
        if yes:  # from a bound and the number invited, which is public, follows how many said yes
            cells = (*cells, cell(population(extract, f"answers of wave {wave}"), **{item: "yes"}))
        bounds.append(Row((item, "if nobody else would have said yes"), low, cells))
        bounds.append(Row((item, "if everybody else would have said yes"), high, cells))
    title = f"What the silence of those who did not answer could hide, wave {wave}"
    backed = Backed(f"response_bounds_{wave}", title, ("question", "bound"), tuple(bounds))
    return Part((whole, *(table for table in parts if table is not None)), (backed,))


def _response_by(
    extract: Extract, data: dict[str, NDArray[np.object_]], wave: str, where: str, name: str
) -> Table | None:
    """Who answered and said her group, of those invited. None where more say so than are known to be."""
    rows = extract.database.execute(
        f"SELECT {name}::VARCHAR, sum(invited) AS n FROM pop WHERE {where} GROUP BY 1 HAVING n > 0 ORDER BY 1"
    ).fetchall()
    invited = {str(group): int(count) for group, count in rows if str(group) != NOT_STATED}
    came = {group: int((data[name] == group).sum()) for group in invited}
    if not invited or any(came[group] > count for group, count in invited.items()):
        return None
    by = dimension(name, tuple(invited), "unit" if name == "stratum" else "protected")
    counts = np.array([[came[group], count - came[group]] for group, count in invited.items()])
    return Table(
        f"response_{wave}_{name}",
        f"Who was invited, and who answered and said so, by {name}, wave {wave}",
        population(extract, f"invitations of wave {wave} by {name}"),
        (by, dimension("answered and said so", ("yes", "no"))),
        counts,
        percent_of="answered and said so",
        notes=("Groups are those of personnel records for the invited, and what people said for the rest.",),
    )
