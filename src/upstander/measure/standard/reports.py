"""What becomes of reports: how fast and how they end, and parity of strands."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from upstander.measure import competing, gray, parity, times
from upstander.measure.account import Account
from upstander.measure.disclosure.cells import Table, cell
from upstander.measure.disclosure.show import Backed, Row
from upstander.measure.estimate import NotEstimable
from upstander.measure.extract.schema import SEVERITY
from upstander.measure.plan import Plan
from upstander.measure.standard.part import Part, columns, cube, dimension, population

if TYPE_CHECKING:
    from upstander.measure.extract import Extract

REPORTS = "reports"
STRANDS = ("vawg", "other")
ENDINGS = ("no action", "action", "withdrawn", "resigned", "open")
ENDING = """CASE WHEN outcome IN ('nfa', 'no_case') THEN 'no action'
  WHEN outcome IN ('case', 'finding', 'sanction') THEN 'action' ELSE coalesce(outcome, 'open') END"""
RESIGNED = "Resignation is counted by itself, never as no case to answer."
OPEN = "Reports that are still open count until the cut-off; a mean of closed ones only would be too short."
LIKE = "Compared within severity bands."
Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
RATIO = (
    "A ratio of subdistribution hazards (Fine and Gray) says for which strand action is taken more often; it "
    "is no speed."
)


def prepare(extract: Extract) -> tuple[Account, ...]:
    """Makes the table `followed`.

    Each report with its strand, days until it ended or the cut-off, and how it ended.
    """
    extract.database.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE followed AS
        SELECT rid, received, unit_id, severity_band, CASE WHEN vawg THEN 'vawg' ELSE 'other' END AS strand,
          date_diff('day', received, coalesce(t, DATE '{extract.cutoff}')) AS days, {ENDING} AS ending
        FROM report LEFT JOIN (SELECT rid, t, outcome FROM event WHERE type = 'closed') USING (rid)
        """
    )
    count = extract.rows["report"]
    return (Account("reports", count, len_of(extract)),)


def len_of(extract: Extract) -> int:
    """How many reports are followed."""
    return int(extract.database.execute("SELECT count(*) FROM followed").fetchall()[0][0])


def strands(extract: Extract, plan: Plan) -> Part:
    """Times, endings and parity.

    Violence against women and girls beside other reports of the same severity.
    """
    found = columns(extract, "SELECT days, strand = 'vawg' AS vawg, ending, severity_band FROM followed")
    days = found["days"].astype(np.int64)
    vawg = found["vawg"].astype(bool)
    way = _codes(found["ending"], ENDINGS)
    way = np.where(way == ENDINGS.index("open"), -1, way)
    severity = _codes(found["severity_band"], SEVERITY)
    of = population(extract, REPORTS)
    strand, ending = dimension("strand", STRANDS), dimension("ending", ENDINGS, "outcome")
    band = dimension("severity_band", SEVERITY)
    by_ending = Table(
        "endings",
        "Reports by strand and how they have ended",
        of,
        (strand, ending),
        cube(extract, "SELECT strand, ending FROM followed", (strand, ending)),
        percent_of="ending",
    )
    by_severity = Table(
        "severity",
        "Reports by strand and severity",
        of,
        (strand, band),
        cube(extract, "SELECT strand, severity_band FROM followed", (strand, band)),
    )
    rows = []
    for name, inside in zip(STRANDS, (vawg, ~vawg), strict=True):
        cells = (cell(of, strand=name), cell(of, strand=name, ending="open"))
        curve = times.kaplan_meier(days[inside], way[inside] >= 0)
        rows.append(Row((name, "median days to the end"), curve.median(), cells))
        mean = times.restricted_mean(days[inside], way[inside] >= 0, plan.horizon_days)
        rows.append(Row((name, f"mean days open within {plan.horizon_days}"), mean, cells))
        incidence = times.aalen_johansen(days[inside], way[inside], len(ENDINGS) - 1)
        for at, label in enumerate(ENDINGS[:-1]):
            share = incidence.by(plan.horizon_days, at)
            backing = (*cells, cell(of, strand=name, ending=label))
            rows.append(Row((name, f"ended with {label} within {plan.horizon_days} days"), share, backing))
    title = "How long reports are open and how they end"
    endings = Backed("times", title, ("strand", "what"), tuple(rows), (OPEN, RESIGNED))
    held = _parity(days, way, vawg, severity, plan=plan, of=of)
    return Part((by_ending, by_severity), (endings, held))


def _parity(days: Ints, way: Ints, vawg: NDArray[np.bool_], severity: Ints, *, plan: Plan, of: str) -> Backed:
    horizon = plan.horizon_days
    cells = tuple(cell(of, strand=name) for name in STRANDS)
    action = ENDINGS.index("action")
    rows = []
    slower = parity.restricted_mean_within(days, way >= 0, vawg, severity, horizon)
    acted = parity.closure_within(
        days, way, vawg, severity, ways=len(ENDINGS) - 1, wanted=action, horizon=horizon
    )
    judged = (
        ("days open, VAWG less other", parity.judge(slower, plan.margin_days, "lower")),
        ("share with action, VAWG less other", parity.judge(acted, plan.margin_share, "higher")),
    )
    with_action = tuple(cell(of, strand=name, ending="action") for name in STRANDS)
    for label, found in judged:
        backing = cells if found is judged[0][1] else (*cells, *with_action)
        rows.append(Row(("all severities", label), found.difference, backing, (found.verdict,)))
    for at, band in enumerate(SEVERITY):
        inside = severity == at
        backing = tuple(cell(of, strand=name, severity_band=band) for name in STRANDS)
        slower = parity.restricted_mean_difference(days[inside], way[inside] >= 0, vawg[inside], horizon)
        found = parity.judge(slower, plan.margin_days, "lower")
        rows.append(Row((band, judged[0][0]), found.difference, backing, (found.verdict,)))
    often = competing.subdistribution_ratio(days, way, action, _beside(vawg, severity))
    label = "ratio of subdistribution hazards of action, VAWG to other"
    rows.append(Row(("within severity", label), often, (*cells, *with_action), ("no margin",)))
    test = times.log_rank(days, way >= 0, vawg.astype(np.int64), severity)
    notes = (
        OPEN,
        LIKE,
        RATIO,
        f"The same means: within {plan.margin_days:g} days, or {plan.margin_share:.0%} of reports, either "
        "way.",
        "Not the same is only said when the interval shows it; where it does not, we cannot tell.",
    )
    findings = []
    alike = gray.gray_test(days, way, action, vawg.astype(np.int64), severity)
    for what, named, tested, backing in (
        ("the pace", "log-rank test", test, cells),
        ("the share with action", "Gray's test", alike, (*cells, *with_action)),
    ):
        if not isinstance(tested, NotEstimable):
            sure = "below 0.001" if tested.p < 0.001 else f"= {tested.p:.2g}"
            shown = "differs" if tested.p < 0.05 else "was not shown to differ"
            findings.append((f"Within severity bands {what} {shown} ({named}, p {sure}).", backing))
    title = "Are reports of violence against women and girls handled as fast and as fully as others?"
    labels = ("severity", "what", "held against the margin")
    return Backed("parity", title, labels, tuple(rows), notes, tuple(findings))


def _beside(vawg: NDArray[np.bool_], severity: Ints) -> Floats:
    """The strand, and a column for each severity but the first that occurs."""
    bands = [(severity == at).astype(float) for at in np.unique(severity)[1:]]
    return np.column_stack([vawg.astype(float), *bands])


def _codes(values: NDArray[np.object_], known: tuple[str, ...]) -> Ints:
    distinct, at = np.unique(values.astype(str), return_inverse=True)
    found: Ints = np.array([known.index(one) for one in distinct], dtype=np.int64)[at.ravel()]
    return found
