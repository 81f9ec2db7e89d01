"""Reads ladder.toml: severities, forums, findings, what opens a sanction, and the sanctions."""

from collections.abc import Collection
from typing import Any

from upstander.policy.law import Floor, Opening, Sanction, Severity
from upstander.policy.load_rows import each, known, named, one_of
from upstander.policy.reader import Table

TESTS = ("live", "several")


def read_ladder(table: Table) -> dict[str, Any]:
    """The fields of `Law` that ladder.toml fills. Raises PackError."""
    table.only("severity", "forum", "finding", "opening", "sanction", "floor")
    forums = each(table, "forum", named, alone=False)
    findings = each(table, "finding", named, alone=False)
    openings = each(table, "opening", _opening, alone=False, required=False)
    ids = {"forum": {one.id for one in forums}, "finding": {one.id for one in findings}}
    opening_ids = {one.id for one in openings}
    sanctions = each(table, "sanction", lambda item: _sanction(item, ids, opening_ids), alone=False)
    names = {sanction.kind for sanction in sanctions}
    for item in table.tables("opening"):
        known(item, "of", names, "a kind of sanction")
    severities = each(table, "severity", _severity, alone=False)
    grades = {one.id for one in severities}
    return {
        "severities": severities,
        "floors": each(table, "floor", lambda item: _floor(item, grades), alone=False, required=False),
        "forums": forums,
        "findings": findings,
        "openings": openings,
        "sanctions": sanctions,
    }


def _severity(table: Table) -> Severity:
    table.only("id", "label", "meaning", "rank", "source", "unchecked")
    return Severity(
        id=table.id(),
        label=table.text("label"),
        meaning=table.text("meaning"),
        rank=table.number("rank", 0, 9),
        source=table.text("source"),
        unchecked=table.flag("unchecked", False),
    )


def _floor(table: Table, severities: Collection[str]) -> Floor:
    table.only("id", "severity", "rule", "source", "mark")
    return Floor(
        id=table.id(),
        severity=one_of(table, "severity", severities, "a severity"),
        rule=table.text("rule"),
        source=table.text("source"),
        mark=table.text("mark", ""),
    )


def _opening(table: Table) -> Opening:
    table.only("id", "label", "test", "source", "of")
    return Opening(
        id=table.id(),
        label=table.text("label"),
        test=table.choice("test", TESTS),
        source=table.text("source"),
        of=table.strings("of", ()),
    )


def _sanction(table: Table, ids: dict[str, set[str]], openings: Collection[str]) -> Sanction:
    table.only(
        "id", "kind", "label", "forum", "finding", "source", "only_if", "not_if", "months",
        "months_most", "mark", "unless", "presumed",
    )  # fmt: skip
    months = table.number("months", 1, 600) if "months" in table else 0
    most = table.number("months_most", months, 600) if "months_most" in table else months
    return Sanction(
        id=table.id(),
        kind=table.id("kind"),
        label=table.text("label"),
        forum=one_of(table, "forum", ids["forum"], "a forum"),
        finding=one_of(table, "finding", ids["finding"], "a finding"),
        source=table.text("source"),
        only_if=known(table, "only_if", openings, "an opening"),
        not_if=known(table, "not_if", openings, "an opening"),
        months=months,
        months_most=most,
        mark=table.text("mark", ""),
        unless=table.text("unless", ""),
        presumed=table.text("presumed", ""),
    )
