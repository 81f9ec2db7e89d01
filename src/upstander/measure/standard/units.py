"""Units against what units usually differ by: a funnel, shrunken ratios, and false discoveries held down."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from upstander.measure import funnel, watch
from upstander.measure.account import Account
from upstander.measure.disclosure.cells import Cell, Table, cell
from upstander.measure.disclosure.show import Backed, Row
from upstander.measure.estimate import Estimate, NotEstimable, Result
from upstander.measure.plan import Plan
from upstander.measure.standard.part import Part, columns, dimension, population
from upstander.measure.standard.reports import REPORTS

if TYPE_CHECKING:
    from upstander.measure.extract import Extract

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
NOTES = (
    "Units differ for many harmless reasons; only those further out than units usually are stand here.",
    "Of the units named, on average at most 5 in 100 are no different (Benjamini and Hochberg, on scores "
    "with over-dispersed limits). Which of them that would be, nobody can tell.",
    "Shrunken: drawn towards all units by as much as chance alone may have moved it (Poisson-gamma empirical "
    "Bayes); a unit with few reports moves most. It is no forecast, and no judgement of anybody in the unit.",
    "Few reports may be fear: compare with what the survey says of trust in reporting.",
    "A unit whose count is hidden is not named here.",
)


def units(extract: Extract, plan: Plan) -> Part:
    """Which units have more or fewer reports than units usually differ by, at the same time on duty."""
    found = columns(
        extract,
        "SELECT unit_id::VARCHAR AS unit, coalesce(n, 0)::BIGINT AS n, fte FROM "
        "(SELECT unit_id, sum(duty_fte) AS fte FROM exposure GROUP BY unit_id) LEFT JOIN "
        "(SELECT unit_id, count(*) AS n FROM report GROUP BY unit_id) USING (unit_id) ORDER BY unit",
    )
    names = tuple(str(one) for one in found["unit"])
    counts, fte = found["n"].astype(np.int64), found["fte"].astype(float)
    inside = int(counts.sum())
    account = Account(
        "reports",
        extract.rows["report"],
        inside,
        {"in a unit without any exposure": extract.rows["report"] - inside},
    )
    if not names:
        return Part(accounts=(account,))
    of = population(extract, f"{REPORTS} in units with exposure")
    table = Table("units", "Reports by unit", of, (dimension("unit", names, "unit"),), counts)
    if why := _no_funnel(inside, fte):
        drawn: funnel.Funnel | NotEstimable = NotEstimable(why, len(names), "funnel", "ratio")
    else:
        expected = funnel.expected_counts(counts, fte)
        drawn = funnel.funnel(counts, expected)
    rows: list[Row] = []
    findings: list[tuple[str, tuple[Cell, ...]]] = []
    if isinstance(drawn, NotEstimable):
        rows.append(Row(("all units", "as counted"), drawn, (table.total,)))
    else:
        inside = int((~drawn.outside).sum())
        said = f"{inside} of {len(names)} units are inside; over-dispersion {drawn.phi:.1f}."
        findings.append((said, (table.total,)))
        shrunken, spread = _shrunken(counts, expected)
        findings += [(spread, (table.total,))] if spread else []
        for at in np.flatnonzero(drawn.outside):
            of_it = (cell(of, unit=names[at]),)
            counted = _standing(int(counts[at]), float(expected[at]))
            rows.append(Row((names[at], "as counted"), counted, of_it))
            rows.append(Row((names[at], "shrunken"), shrunken[at], of_it))
    title = "Units with more or fewer reports than units usually differ by"
    labels = ("unit", "how")
    backed = Backed("units_outside", title, labels, tuple(rows), NOTES, tuple(findings), picked=True)
    return Part((table,), (backed,), (account,))


def _no_funnel(inside: int, fte: Floats) -> str:
    """Why units cannot be held against each other, or nothing."""
    if not inside:
        return "No report came from a unit with anybody on duty."
    return "" if (fte > 0).all() else "In some units nobody is known to have been on duty."


def _shrunken(counts: Ints, expected: Floats) -> tuple[list[Result], str]:
    """Each unit's ratio with chance taken out, and in words how far units differ then (or nothing)."""
    prior = watch.fit_prior(counts, expected)
    if isinstance(prior, NotEstimable):
        return [replace(prior, unit="ratio")] * len(counts), ""
    least, most = (float(stats.gamma.ppf(q, prior.shape, scale=1 / prior.shape)) for q in (0.05, 0.95))
    said = (
        f"With chance taken out, nine in ten units lie between {least:.2g} and {most:.2g} times the rate of "
        "all (gamma, fitted to these units)."
    )
    return [replace(one, unit="ratio") for one in watch.shrunken(counts, expected, prior)], said


def _standing(count: int, expected: float) -> Result:
    """Observed over expected with the exact Poisson interval."""
    low = stats.gamma.ppf(0.025, count) / expected if count else 0.0
    high = stats.gamma.ppf(0.975, count + 1) / expected
    method = "observed over expected, exact Poisson interval"
    return Estimate(count / expected, float(low), float(high), count, count, method, "ratio", events=count)
