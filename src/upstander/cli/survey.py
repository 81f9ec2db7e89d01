"""`upstander survey`: the anonymous staff survey, on the side of the body that issues passes."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from upstander.cli import leaving, survey_wave
from upstander.cli.environment import Formatter, StopError, command, write_private
from upstander.formats.errors import FormatError
from upstander.surveying.notice import key_letters

if TYPE_CHECKING:
    from upstander.cli.environment import Commands

ABOUT = """\
An anonymous staff survey has two sides. An independent body issues one pass to each member of
staff and sees no answer; the institution's installation takes one answer for each pass and sees
nobody. docs/how-to/run-a-survey.md says all of it.

the body that issues passes (works where Django is not installed):
  upstander survey init   --folder wave-2026 --name "Fellmoor University" \\
      --address https://survey.fellmoor.example
  upstander survey notice --folder wave-2026 --totals staff.csv --institution marlshire \\
      --wave 2026 --opens 2026-11-02 --closes 2026-11-30 --out notice.txt
  upstander survey codes  --folder wave-2026 --count 4000 --out codes.csv
  upstander survey serve  --folder wave-2026 --survey https://speak.example.org/marlshire/survey/

the institution's installation:
  upstander survey trust  marlshire KEY
  upstander survey open   marlshire notice.txt --totals staff.csv
  upstander survey status marlshire
  upstander survey close  marlshire 2026"""


def add(commands: Commands) -> None:
    """Adds the command and its steps."""
    parser = command(commands, "survey", "run an anonymous staff survey", ABOUT)
    steps = parser.add_subparsers(title="steps", metavar="STEP", required=True)
    _init(steps)
    _notice(steps)
    _codes(steps)
    _serve(steps)
    survey_wave.add(steps)


def _step(steps: Commands, name: str, summary: str, about: str) -> argparse.ArgumentParser:
    step = steps.add_parser(name, help=summary, description=about, formatter_class=Formatter)
    step.add_argument(
        "--folder", type=Path, required=True, metavar="FOLDER", help="the wave's folder: keys and codes"
    )
    return step


def _init(steps: Commands) -> None:
    about = """\
Makes a folder with a fresh key for the passes of one wave. Another wave has another folder. With
--earlier it signs with the key of that folder, so that installations which know it need not be told."""
    step = _step(steps, "init", "issuing body: make a folder with keys for one wave", about)
    step.add_argument("--name", required=True, help="the body's name, as people read it")
    step.add_argument("--address", required=True, help="where it will serve, https://...")
    step.add_argument("--earlier", type=Path, metavar="FOLDER", help="an earlier wave's folder, for its key")
    step.set_defaults(run=init)


def _notice(steps: Commands) -> None:
    about = """\
Writes the signed notice of the wave: who asks, until when, and what people are asked about
themselves. That follows from the staff totals (CSV: stratum, sex, ethnicity5, age_band, n,
invited): nobody is asked what would leave fewer than fifty to be. Disability and sexual
orientation are not in personnel records; they are asked only where shares of the groups are
assumed in --shares, a JSON file such as {"disability": {"yes": 0.1, "no": 0.9}}."""
    step = _step(steps, "notice", "issuing body: write and sign the notice of the wave", about)
    step.add_argument("--totals", type=Path, required=True, metavar="CSV", help="staff totals")
    step.add_argument("--shares", type=Path, metavar="JSON", help="shares that personnel records lack")
    step.add_argument("--institution", required=True, metavar="SLUG", help="its part of the address")
    step.add_argument("--wave", required=True, help="name of the wave, such as 2026-spring")
    step.add_argument("--opens", required=True, metavar="DAY", help="first day of answers, YYYY-MM-DD")
    step.add_argument("--closes", required=True, metavar="DAY", help="last day of answers")
    step.add_argument("--out", type=Path, required=True, metavar="FILE", help="where the notice is written")
    step.set_defaults(run=notice)


def _codes(steps: Commands) -> None:
    about = """\
Makes codes, one for each member of staff, and writes them into a file, once. Send each to one
person, by a way that the institution does not read; keep no list of who got which; then delete
the file. Only hashes stay in the folder."""
    step = _step(steps, "codes", "issuing body: make codes, one a person", about)
    step.add_argument("--count", type=int, required=True, help="how many")
    step.add_argument("--out", type=Path, required=True, metavar="CSV", help="a new file")
    step.set_defaults(run=codes)


def _serve(steps: Commands) -> None:
    about = """\
Serves the page on which a pass is collected, and confirms passes for the installation, until it is
told to stop. Put a proxy that does TLS in front, and let it log nothing."""
    step = _step(steps, "serve", "issuing body: serve the page of passes", about)
    step.add_argument("--survey", required=True, metavar="ADDRESS", help="address of the survey's page")
    step.add_argument("--host", default="127.0.0.1", help="address to listen on (default: 127.0.0.1)")
    step.add_argument("--port", type=int, default=8400, help="port to listen on (default: 8400)")
    step.set_defaults(run=serve)


def init(arguments: argparse.Namespace) -> int:
    """Makes a folder."""
    from upstander.surveying import issuer

    try:
        sign = issuer.create(arguments.folder, arguments.name, arguments.address, arguments.earlier)
    except FileExistsError as error:
        raise StopError(f"a wave lives in {arguments.folder} already; nothing was changed.") from error
    except (FileNotFoundError, FormatError, ValueError) as error:
        raise StopError(f"{arguments.earlier} is not the folder of a wave; nothing was changed.") from error
    print(f"Keys are in {arguments.folder}. The public signing key, for `upstander survey trust`:\n{sign}")
    _say_letters(sign)
    return 0


def _say_letters(sign: str) -> None:
    print(
        f"Its letters, which both pages show. Print them in the letter with each code:\n{key_letters(sign)}"
    )


def notice(arguments: argparse.Namespace) -> int:
    """Writes the notice."""
    from upstander.surveying import collection, issuer
    from upstander.surveying.notice import make_notice, read_notice
    from upstander.surveying.totals import read_totals

    with _readable(arguments.folder):
        name, address, signing, seed = issuer.about(arguments.folder)
        totals = read_totals(arguments.totals)
        shares = _shares(arguments.shares)
        text = make_notice(
            signing,
            wave=arguments.wave,
            institution=arguments.institution,
            issuer=name,
            address=address,
            key=issuer.wave_key(seed, arguments.wave)[1],
            opens=arguments.opens,
            closes=arguments.closes,
            areas={collection.area_id(total.stratum): total.stratum for total in totals},
            tree=collection.grow(totals, shares=shares),
            shares=shares,
        )
        issuer.keep_notice(arguments.folder, text)
    arguments.out.write_text(text, "utf-8")
    print(f"The notice is in {arguments.out}. Its hash, for everybody to compare:")
    print(read_notice(text).digest)
    return 0


def _shares(path: Path | None) -> dict[str, dict[str, float]]:
    if path is None:
        return {}
    try:
        found = json.loads(path.read_text("utf-8"))
        return {field: {code: float(s) for code, s in groups.items()} for field, groups in found.items()}
    except (ValueError, AttributeError, TypeError) as error:
        raise StopError(
            f"{path}: expected shares of groups, as `upstander survey notice --help` has them."
        ) from error


def codes(arguments: argparse.Namespace) -> int:
    """Writes codes."""
    from upstander.surveying.issuer import Issuer

    if not 0 < arguments.count <= 1_000_000:
        raise StopError("expected a count from 1 to 1,000,000.")
    if arguments.out.exists():
        raise StopError(f"{arguments.out} is there already; nothing was changed.")
    with _readable(arguments.folder):
        issuer = Issuer(arguments.folder)
        made = issuer.new_codes(arguments.count)
        issuer.close()
    write_private(arguments.out, "code\n" + "".join(f"{code}\n" for code in made))
    print(f"{len(made)} codes are in {arguments.out}. Send each to one person, then delete the file.")
    _say_letters(issuer.notice.sign)
    return 0


def serve(arguments: argparse.Namespace) -> int:
    """Serves until SIGINT or SIGTERM."""
    from upstander.surveying import service

    with _readable(arguments.folder):
        service.serve(arguments.folder, arguments.survey, arguments.host, arguments.port)
    leaving.at_once()
    return 0


@contextmanager
def _readable(folder: Path) -> Iterator[None]:
    """Turns what is wrong with a folder or a file into a sentence."""
    try:
        yield
    except FileExistsError as error:
        raise StopError(f"there is a notice in {folder} already: a wave has one, for ever.") from error
    except FileNotFoundError as error:
        missing = Path(str(error.filename)).name
        raise StopError(
            f"{missing} is missing in {folder}. First `upstander survey init`, then `notice`."
        ) from error
    except FormatError as error:
        raise StopError(str(error)) from error
