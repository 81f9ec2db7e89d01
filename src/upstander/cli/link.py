"""`upstander link`: which mentions mean the same person, worked out where the names can be read."""

from __future__ import annotations

import argparse
import csv
import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from upstander.cli.environment import StopError, command

if TYPE_CHECKING:
    from upstander.cli.environment import Commands
    from upstander.linkage import Decision, Links, Mention, Pair

ABOUT = """\
Links mentions of people ("PC Dave Smith, 4th floor, Lewisham") that mean the same person. Runs on
the machine of a handler who may read them, without a server or a network.

She takes each case out at the desk ("take a sealed copy out", sealed to her own key) and gives the
copies:

  upstander link --cases cases/*.age --identity my-key.txt --out links

or names them otherwise in MENTIONS, a CSV file with the columns mention_id and text. With
--personnel, a CSV file of ref and text, mentions are also linked to personnel records: ref is the
pseudonym of whoever keeps those records, text who it is ("PC 4711 David Smith, Lewisham"). Nobody
in it is linked to another in it, and of two namesakes at one place neither is chosen. Three files
come out, and no name is in any of them:
  links.csv   a pseudonym by strict and by lenient links (a ref where there is a record), and a
              probability, for each mention: for `upstander extract --links`
  review.csv  the pairs in doubt that this reviewer may decide (same: yes or no); pairs with
              somebody of her own places, or of an unknown place, are kept for somebody else
  summary.txt what was linked, what was not, and why
Decisions are read back with --decisions. Two that are found not to be the same person do not come
together by way of a third either: the weakest link between them is dropped, and counted. Figures
that rest on links are shown for strict and for lenient ones; strict ones are a lower
bound for repeat subjects."""


def add(commands: Commands) -> None:
    """Adds the command and its arguments."""
    parser = command(commands, "link", "link mentions of people on your own machine", ABOUT)
    parser.add_argument(
        "mentions", type=Path, nargs="?", metavar="MENTIONS", help="CSV file: mention_id, text"
    )
    parser.add_argument(
        "--cases", type=Path, nargs="+", default=[], metavar="FILE", help="cases taken out, sealed to you"
    )
    parser.add_argument(
        "--identity", type=Path, metavar="FILE", help="file with the identity that opens them"
    )
    parser.add_argument("--personnel", type=Path, metavar="FILE", help="CSV file: ref, text")
    parser.add_argument("--out", type=Path, required=True, metavar="FOLDER", help="a new folder (0700)")
    parser.add_argument(
        "--own-place",
        action="append",
        default=[],
        metavar="PLACE",
        help="a place the reviewer works at (again for each)",
    )
    parser.add_argument(
        "--by",
        default="",
        metavar="NAME",
        help="who reviews: her decisions on pairs that she may not see are refused",
    )
    parser.add_argument(
        "--backend",
        choices=("duckdb", "spark"),
        default="duckdb",
        help="what Splink works on: this machine, or your Spark cluster (default: duckdb)",
    )
    parser.add_argument("--decisions", type=Path, metavar="FILE", help="CSV file: one, other, same, by")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Links one file of mentions."""
    try:
        import splink  # noqa: F401
    except ImportError as error:
        raise StopError(f"linking needs {error.name}, which is not installed. Run: make analytics") from error
    from upstander.linkage import BackendError, apply, link, parse, queue

    mentions, same = named(arguments)
    listed = read(arguments.personnel, "ref", "text") if arguments.personnel else []
    records = [parse(row["ref"], row["text"]) for row in listed]
    own = frozenset(parse("own", f"x, {place}").place for place in arguments.own_place)
    among = f" with {len(records)} personnel records" if records else ""
    print(f"linking {len(mentions)} mentions{among} ...", file=sys.stderr, flush=True)
    try:
        links = link(mentions, backend=arguments.backend, records=records, same=same)
        if arguments.decisions:
            decided = decisions(arguments.decisions)
            allowed, _ = queue(links, [*mentions, *records], own)
            check_conflicts(decided, allowed, arguments.by)
            links = apply(links, decided)
    except (ValueError, BackendError) as error:
        raise StopError(f"nothing was written: {error}") from error
    allowed, kept = queue(links, [*mentions, *records], own)
    write(arguments.out, links, lines(allowed, arguments.by))
    said = summary(mentions, links, len(allowed), kept)
    (arguments.out / "summary.txt").write_text(said, "utf-8")
    print(said, end="")
    return 0


def named(arguments: argparse.Namespace) -> tuple[list[Mention], list[tuple[str, str]]]:
    """The mentions, of a list or of cases taken out, and pairs recorded as one person. Raises StopError."""
    from upstander.cli.link_cases import read_cases
    from upstander.linkage import parse

    if bool(arguments.mentions) == bool(arguments.cases):
        raise StopError("give a list of mentions, or cases taken out with --cases.")
    if arguments.mentions:
        rows = read(arguments.mentions, "mention_id", "text")
        return [parse(row["mention_id"], row["text"]) for row in rows], []
    if not arguments.identity:
        raise StopError("cases are sealed: name with --identity what opens them.")
    found = read_cases(arguments.cases, arguments.identity)
    if found.unnamed:
        print(f"{found.unnamed} people are described in their cases, not named.", file=sys.stderr)
    return found.mentions, found.same


def read(path: Path, *columns: str) -> list[dict[str, str]]:
    """The rows of a CSV file that has these columns. Raises StopError."""
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            reader = csv.DictReader(file, strict=True)
            if missing := set(columns) - set(reader.fieldnames or ()):
                raise StopError(f"{path} has no column {sorted(missing)[0]!r}.")
            rows = [{name: row[name] or "" for name in columns} for row in reader]
    except OSError as error:
        raise StopError(f"cannot read {path}: {error.strerror}.") from error
    except (csv.Error, UnicodeDecodeError) as error:
        raise StopError(f"{path} is not a CSV file in UTF-8.") from error
    return rows


def decisions(path: Path) -> list[Decision]:
    """What a reviewer wrote.

    Raises StopError for anything but yes and no; a pair she left empty stays in doubt.
    """
    from upstander.linkage import Decision

    found = []
    for number, row in enumerate(read(path, "one", "other", "same", "by"), 2):
        said = row["same"].strip().casefold()
        if said not in ("yes", "no", ""):
            raise StopError(f"{path}, line {number}: write yes or no under same, or nothing.")
        if said:
            found.append(Decision(row["one"], row["other"], said == "yes", row["by"]))
    return found


def check_conflicts(decided: Iterable[Decision], allowed: Iterable[Pair], by: str) -> None:
    """Raises ValueError where this reviewer decided about a pair that was kept from her."""
    may = {frozenset((pair.one, pair.other)) for pair in allowed}
    if by and any(one.by == by and frozenset((one.one, one.other)) not in may for one in decided):
        raise ValueError(
            f"{by} decided about a pair with her own place, or none, in it: somebody else has to."
        )


def lines(allowed: Iterable[Pair], by: str) -> list[tuple[str, ...]]:
    """The rows of review.csv, for her to write yes or no into."""
    return [(pair.one, pair.other, f"{pair.probability:.4f}", "", by) for pair in allowed]


def write(folder: Path, links: Links, review: Iterable[tuple[str, ...]]) -> None:
    """Writes both files into a new folder that only its owner can enter.

    Raises StopError where it is there.
    """
    try:
        folder.mkdir(mode=0o700, parents=True)
    except FileExistsError as error:
        raise StopError(f"{folder} is there already; nothing was written.") from error
    body = [(one.mention_id, one.strict, one.lenient, f"{one.probability:.4f}") for one in links.links]
    for name, head, rows in (
        ("links.csv", ("mention_id", "strict", "lenient", "link_prob"), body),
        ("review.csv", ("one", "other", "probability", "same", "by"), review),
    ):
        handle = os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([head, *rows])


def summary(mentions: list[Mention], links: Links, allowed: int, kept: int) -> str:
    """Counts only."""
    strict, lenient = (len({getattr(one, name) for one in links.links}) for name in ("strict", "lenient"))
    return (
        f"{len(mentions)} mentions; {links.silent} say too little to be compared and stay alone.\n"
        f"By strict links they mean {strict} people, by lenient ones {lenient}: show both.\n"
        f"{len(links.review)} pairs are in doubt; {allowed} are in review.csv, {kept} are for another "
        "reviewer.\n"
        + (
            f"{_recorded(links)} mentions lead to a personnel record by strict links.\n"
            if links.records
            else ""
        )
        + (
            f"{len(links.dropped)} links were dropped: they were the weakest of those that joined two "
            "found not to be the same person, or two personnel records.\n"
            if links.dropped
            else ""
        )
    )


def _recorded(links: Links) -> int:
    records = set(links.records)
    return sum(one.strict in records for one in links.links)
