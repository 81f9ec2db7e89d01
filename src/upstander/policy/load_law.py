"""Reads the desk's half of a pack: codes, regimes, referral, conflicts, ladder and duties."""

from collections.abc import Collection, Mapping
from itertools import pairwise
from pathlib import Path

from upstander.policy import bars, load_duties, load_ladder, load_tracks
from upstander.policy.law import (
    Bar,
    Beside,
    Code,
    CodeList,
    Criterion,
    Fact,
    Instrument,
    Law,
    Version,
)
from upstander.policy.load_rows import day, each, known, named, one_of
from upstander.policy.model import Step
from upstander.policy.reader import Table, read_toml
from upstander.policy.rules import check_coded

FACT_KINDS = ("yes", "one", "many")


def read_law(folder: Path, steps: Collection[Step], outcomes: Collection[str]) -> Law:
    """The desk's half of a pack. Raises PackError."""
    codes = {one.id: one for one in each(read_toml(folder, "codes.toml"), "list", code_list)}
    tracks = load_tracks.read_tracks(read_toml(folder, "tracks.toml"), codes, {step.id for step in steps})
    referral = read_toml(folder, "referral.toml")
    referral.only("fact", "criterion", "same-incident", "recording", "beside")
    facts = each(referral, "fact", lambda item: _fact(item, codes), alone=False)
    criteria = each(referral, "criterion", _criterion, alone=False)
    recording = each(referral, "recording", _criterion, alone=False, required=False)
    check_coded(folder, {fact.id: fact.kind for fact in facts}, referral)
    conflicts = read_toml(folder, "conflicts.toml")
    conflicts.only("declaration", "bar")
    declarations = each(conflicts, "declaration", named, alone=False)
    coded_yes = {fact.id for fact in facts if fact.kind == "yes"}
    moves = {move.id for track in tracks.tracks for move in track.moves}
    names = {track.id for track in tracks.tracks}
    return Law(
        rules=folder / "rules.py",
        tracks=tracks.tracks,
        needs=tracks.needs,
        guards=tracks.guards,
        tasks=tracks.tasks,
        instruments=each(read_toml(folder, "regimes.toml"), "instrument", _instrument),
        facts=facts,
        criteria=criteria,
        same_incident=named(referral.table("same-incident")) if "same-incident" in referral else None,
        recording=recording,
        beside=each(
            referral, "beside", lambda item: _beside(item, coded_yes, names), alone=False, required=False
        ),
        declarations=declarations,
        bars=each(
            conflicts,
            "bar",
            lambda item: _bar(item, coded_yes, {one.id for one in declarations}),
            alone=False,
        ),
        codes=codes,
        **load_ladder.read_ladder(read_toml(folder, "ladder.toml")),
        **load_duties.read_duties(read_toml(folder, "duties.toml"), tracks, moves, outcomes, coded_yes),
    )


def check_categories(categories: Table, law: Law) -> None:
    """What categories and sub-categories name of each other's lists is there. Raises PackError."""
    lists = law.codes or {}
    standards = {code.id for code in lists["standards"].codes} if "standards" in lists else set()
    coded_yes = {fact.id for fact in law.facts if fact.kind == "yes"}
    rows = categories.tables("category")
    for row in rows:
        known(row, "standards", standards, "a code of the list standards")
        known(row, "means", coded_yes, "a fact that is yes or no")
    ids = {row.id() for row in rows}
    for code in lists["subcategories"].codes if "subcategories" in lists else ():
        if (code.more or {}).get("category") not in ids:
            raise categories.wrong(
                "a category that sub-categories name", f'"{code.id}" of another', "category"
            )


def code_list(table: Table) -> CodeList:
    """A list of codes; what else stands with a code goes to `more`, as text."""
    table.only("id", "label", "source", "unchecked", "codes")
    codes = each(table, "codes", _code, alone=False)
    ids = {code.id for code in codes}
    for code, item in zip(codes, table.tables("codes"), strict=True):
        if code.under and code.under not in ids:
            raise item.wrong("the id of a code of this list", f'"{code.under}"', "under")
    return CodeList(
        table.id(), table.text("label"), table.text("source"), codes, table.flag("unchecked", False)
    )


def _code(table: Table) -> Code:
    own = ("id", "label", "help", "under")
    more = {key: table.text(key, "") for key in table if key not in own}
    return Code(table.id(), table.text("label"), table.text("help", ""), table.text("under", ""), more)


def _fact(table: Table, codes: Mapping[str, CodeList]) -> Fact:
    table.only("id", "label", "kind", "codes", "help", "small")
    kind = table.choice("kind", FACT_KINDS)
    codes_ = one_of(table, "codes", codes, "a list of codes.toml")
    if (kind == "yes") == bool(codes_):
        raise table.wrong('"codes" for one or many, and none for yes', f'"{codes_}"')
    small = table.flag("small", False)
    return Fact(table.id(), table.text("label"), kind, codes_, table.text("help", ""), small)


def _criterion(table: Table) -> Criterion:
    table.only("id", "label", "rule", "source", "spreads")
    return Criterion(
        table.id(), table.text("label"), table.text("rule"), table.text("source"), table.flag("spreads", True)
    )


def _beside(table: Table, coded: Collection[str], tracks: Collection[str]) -> Beside:
    table.only("id", "when", "track", "says", "source")
    return Beside(
        id=table.id(),
        when=one_of(table, "when", coded, "a fact of kind yes"),
        track=one_of(table, "track", tracks, "a track"),
        says=table.text("says"),
        source=table.text("source"),
    )


def _bar(table: Table, coded: Collection[str], declarations: Collection[str]) -> Bar:
    table.only("id", "test", "of", "says", "source", "when", "declares")
    test = table.choice("test", sorted(bars.TESTS))
    declares = one_of(table, "declares", declarations, "a declaration")
    if (test in ("declared", "not-declared")) != bool(declares):
        raise table.wrong('"declares" with the tests declared and not-declared', f'"{test}"', "test")
    return Bar(
        id=table.id(),
        test=test,
        of=table.choice("of", (bars.OPEN, bars.INVESTIGATE)),
        says=table.text("says"),
        source=table.text("source"),
        when=one_of(table, "when", coded, "a fact of kind yes"),
        declares=declares,
    )


def _instrument(table: Table) -> Instrument:
    table.only("id", "label", "versions")
    versions = each(table, "versions", _version, alone=False)
    for before, after in pairwise(versions):
        if after.since <= before.since:
            raise table.wrong("versions in the order of their days", f'"{after.id}"', "versions")
    return Instrument(table.id(), table.text("label"), versions)


def _version(table: Table) -> Version:
    table.only("id", "label", "since", "test", "source", "marks")
    return Version(
        id=table.id(),
        label=table.text("label"),
        since=day(table, "since"),
        test=table.text("test"),
        source=table.text("source"),
        marks=table.strings("marks", ()),
    )
