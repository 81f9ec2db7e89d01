"""`upstander measure`.

Every table and figure of a coded extract, through disclosure control, into a folder.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from upstander.cli.environment import StopError, command
from upstander.cli.registered import add_receipt, registration

if TYPE_CHECKING:
    from upstander.cli.environment import Commands

ABOUT = """\
Measures an institution from a coded extract (docs/reference/extract.md): how many are bullied or
harassed, who is reported and what becomes of it, whether violence against women and girls is
handled as fast and as fully as other reports, whether a change left a step, which units stand
out. Every number passes disclosure control; what cannot be told is said.

The plan says what is compared and within which margins (docs/how-to/measure-an-institution.md).
With the receipt that `upstander plan` wrote before the data were cut, every page says on which day
the plan was registered; else it says "exploratory".

The history remembers what was shown before, so that a new release cannot be subtracted from an
old one. It holds true counts: keep it beside the extract, private, and give it every time."""


def add(commands: Commands) -> None:
    """Adds the command and its arguments."""
    parser = command(commands, "measure", "measure an institution from a coded extract", ABOUT)
    parser.add_argument("extract", type=Path, metavar="EXTRACT", help="folder of the extract")
    parser.add_argument("--plan", type=Path, metavar="FILE", help="the plan, a TOML file")
    add_receipt(parser)
    parser.add_argument(
        "--policy", type=Path, metavar="FILE", help="judge the receipt by this policy, got from elsewhere"
    )
    parser.add_argument(
        "--out", type=Path, required=True, metavar="FOLDER", help="a new folder for the release"
    )
    parser.add_argument(
        "--history",
        type=Path,
        metavar="FILE",
        help="what was released before (default: EXTRACT/../release-history.json)",
    )
    parser.add_argument("--name", metavar="NAME", help="name of this release (default: the cut-off day)")
    parser.add_argument(
        "--demonstration",
        action="store_true",
        help="first write an invented institution into EXTRACT, which must not exist",
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Measures one extract."""
    try:
        import duckdb  # noqa: F401
        import numpy  # noqa: F401
        import pyarrow  # noqa: F401
        import scipy  # noqa: F401
        import xlsxwriter  # noqa: F401
    except ImportError as error:
        raise StopError(
            f"measuring needs {error.name}, which is not installed. Run: make analytics"
        ) from error
    from upstander.measure.errors import MeasureError

    try:
        return _run(arguments)
    except MeasureError as error:
        raise StopError(f"nothing was written.\n{error}") from error


def _run(arguments: argparse.Namespace) -> int:
    from upstander.measure.disclosure import opened, past, release
    from upstander.measure.extract import open_extract
    from upstander.measure.output import Heading, check_new, write_all
    from upstander.measure.plan import Plan, read_plan
    from upstander.measure.registration import standing
    from upstander.measure.standard import earlier, measure, populations

    check_new(arguments.out)
    tell = Progress()
    if arguments.demonstration:
        _invent(arguments.extract)
    plan = read_plan(arguments.plan) if arguments.plan else Plan()
    found = registration(arguments, plan)
    history = arguments.history or arguments.extract.resolve().parent / "release-history.json"
    before = past.load(history)
    tell("reading and checking the extract")
    extract = open_extract(arguments.extract)
    findings = measure(extract, plan, tell)
    tell("hiding what must be hidden, and trying to undo it")
    name = arguments.name or f"{extract.institution}, {extract.cutoff.isoformat()}"
    grows = [(one, other) for one in populations(findings.tables) for other in earlier(one, before)]
    made = release(
        name,
        findings.tables,
        findings.backed,
        findings.accounts,
        rules=plan.rules,
        past=before,
        grows=grows,
        ties=findings.ties,
    )
    tell("writing")
    made.past.save(
        history
    )  # before anything can be seen: a history that says too much hides too much, no worse
    agreement = extract.coder_agreement
    lines = (
        f"Release: {name}. Data up to {extract.cutoff.isoformat()}.",
        f"Standing: {standing(plan, extract.cutoff, found)}.",
        f"Extract: {extract.digest}.",
        f"Agreement of two coders (kappa): {'not measured' if agreement is None else f'{agreement:.2f}'}.",
        f"{len(made.hidden)} numbers are hidden in all; an outsider cannot work one out to within "
        f"{plan.rules.width}.",
    )
    title = f"{extract.institution}: the institution in the mirror"
    files = write_all(arguments.out, Heading(title, lines), made.tables)
    tell.done()
    for what, became, count in opened(made.named("accounts")).rows:  # what a screen shows is shown
        print(f"  {what}, {became}: {count}")
    print(f"Wrote {len(files)} files into {arguments.out}. Start with {arguments.out / 'report.md'}.")
    print(f"Keep {history} private: it remembers what was shown.")
    return 0


def _invent(folder: Path) -> None:
    from upstander.measure.extract import write_extract
    from upstander.measure.synthetic import invent

    if folder.exists():
        raise StopError(f"{folder} is there already; a demonstration is only written into a new folder.")
    made = invent(staff=20_000, months=48)
    write_extract(folder, made.tables, institution="Marlshire Police (invented)", cutoff=made.cutoff)


class Progress:
    """One line a step, with how long the last one took."""

    def __init__(self) -> None:
        self.began = time.monotonic()
        self.step = ""

    def __call__(self, step: str) -> None:
        self.done()
        self.step, self.began = step, time.monotonic()
        print(f"{step} ...", end="", flush=True, file=sys.stderr)

    def done(self) -> None:
        """Ends the line of the step under way."""
        if self.step:
            print(f" {time.monotonic() - self.began:.1f} s", flush=True, file=sys.stderr)
            self.step = ""
