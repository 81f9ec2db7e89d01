"""`upstander keeper ceremony`: keepers make their key together, by files that they carry to each other."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from upstander.cli.environment import Formatter, StopError

if TYPE_CHECKING:
    from upstander.cli.environment import Commands

ABOUT = """\
Makes the keepers' key without anybody ever having it. Each keeper runs this on its own machine and
carries files to the others; whoever carries them can stop it, and nothing else.

  everybody    upstander keeper ceremony apply   --folder F --address https://... --to charity.json
  one of them  upstander keeper ceremony plan    --epoch 2026 --needs 3 --to plan.json *.json
               all read the plan, and compare its hash by telephone
  everybody    upstander keeper ceremony open    --folder F --plan plan.json --to charity.opening
  everybody    upstander keeper ceremony receive --folder F --plan plan.json --to charity.signed *.opening
  everybody    upstander keeper ceremony finish  --folder F --plan plan.json *.opening *.signed

At the end all print the same hash of the roster. If anything is wrong, the keeper whose file is
wrong is named; begin again with a new plan under another epoch."""


def add(steps: Commands) -> None:
    """Adds the step and its rounds."""
    step = steps.add_parser(
        "ceremony",
        help="make the keepers' key together",
        description=ABOUT,
        formatter_class=Formatter,
    )
    rounds = step.add_subparsers(title="rounds", metavar="ROUND", required=True)
    apply = _round(rounds, "apply", "write what the others need to know", run_apply, plan=False)
    apply.add_argument("--address", required=True, help="where this keeper will answer: https://...")
    plan = rounds.add_parser("plan", help="write the plan from what all applied with")
    plan.add_argument("--epoch", required=True, help="name of the key, such as 2026")
    plan.add_argument("--needs", type=int, required=True, help="how many keepers must answer")
    plan.add_argument("--to", type=Path, required=True, metavar="FILE", help="write the plan here")
    plan.add_argument("files", type=Path, nargs="+", metavar="FILE", help="what each keeper applied with")
    plan.set_defaults(run=run_plan)
    _round(rounds, "open", "first round: write this keeper's opening", run_open)
    receive = _round(rounds, "receive", "second round: read all openings, sign what was seen", run_receive)
    receive.add_argument("files", type=Path, nargs="+", metavar="FILE", help="the openings of all keepers")
    finish = _round(rounds, "finish", "third round: read signatures, take the share", run_finish, to=False)
    finish.add_argument("files", type=Path, nargs="+", metavar="FILE", help="openings and signatures of all")


def run_apply(arguments: argparse.Namespace) -> int:
    """Writes the public halves."""
    from upstander.keeper import found

    with _said(arguments.folder):
        text = json.dumps(found.applicant(arguments.folder, arguments.address), indent=1) + "\n"
    _write(arguments.to, text)
    return 0


def run_plan(arguments: argparse.Namespace) -> int:
    """Writes the plan."""
    from upstander.keeper import found

    with _said(arguments.to):
        applicants = [json.loads(path.read_text("utf-8")) for path in arguments.files]
        text = found.make_plan(applicants, arguments.epoch, arguments.needs)
    _write(arguments.to, text)
    print(f"Compare by telephone: {found.read_plan(text).sha256}")
    return 0


def run_open(arguments: argparse.Namespace) -> int:
    """Writes the opening."""
    from upstander.keeper import found

    with _said(arguments.folder):
        plan = found.read_plan(arguments.plan.read_text("utf-8"))
        text = found.open_round(arguments.folder, plan)
    print(f"Plan {plan.sha256}")
    _write(arguments.to, text)
    return 0


def run_receive(arguments: argparse.Namespace) -> int:
    """Reads the openings, writes the signatures."""
    from upstander.keeper import found

    with _said(arguments.folder):
        plan = found.read_plan(arguments.plan.read_text("utf-8"))
        text = found.receive(arguments.folder, plan, _of(plan, arguments.files, "opening"))
    _write(arguments.to, text)
    return 0


def run_finish(arguments: argparse.Namespace) -> int:
    """Reads the signatures, takes the share."""
    from upstander.keeper import found

    with _said(arguments.folder):
        plan = found.read_plan(arguments.plan.read_text("utf-8"))
        openings, signed = (_of(plan, arguments.files, kind) for kind in ("opening", "signed"))
        roster, transcript = found.finish(arguments.folder, plan, openings, signed)
    print(f"The key is made. For the log, with the roster: transcript {transcript}")
    print(f"Compare by telephone: {roster}")
    return 0


def _round(
    rounds: Commands, name: str, about: str, run: object, *, plan: bool = True, to: bool = True
) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = rounds.add_parser(name, help=about)
    parser.add_argument("--folder", type=Path, required=True, metavar="FOLDER", help="the keeper's folder")
    if plan:
        parser.add_argument("--plan", type=Path, required=True, metavar="FILE", help="the plan")
    if to:
        parser.add_argument("--to", type=Path, required=True, metavar="FILE", help="write here")
    parser.set_defaults(run=run)
    return parser


def _of(plan: object, files: Sequence[Path], kind: str) -> list[str]:
    """The files `NAME.kind` in the order of the plan's keepers."""
    from upstander.keeper.found import Plan

    assert isinstance(plan, Plan)
    by_name = {path.name: path for path in files}
    wanted = [f"{keeper.name}.{kind}" for keeper in plan.keepers]
    missing = [name for name in wanted if name not in by_name]
    if missing:
        raise StopError(f"these files are missing: {', '.join(missing)}. Name all of them.")
    return [by_name[name].read_text("utf-8") for name in wanted]


def _write(path: Path, text: str) -> None:
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError as error:
        raise StopError(f"{path} is there already; nothing was written.") from error
    print(f"Wrote {path}.")


@contextmanager
def _said(where: Path) -> Iterator[None]:
    """Turns what is wrong into a sentence."""
    try:
        yield
    except FileNotFoundError as error:
        raise StopError(f"{error.filename} is not there. `upstander keeper init` makes a keeper.") from error
    except FileExistsError as error:
        raise StopError(f"the keeper in {where} has a share already; nothing was changed.") from error
    except UnicodeDecodeError as error:
        raise StopError("a file is not text.") from error
    except ValueError as error:
        raise StopError(str(error)) from error
