"""`upstander publish`: coded extracts and the public log become a site of static files."""

from __future__ import annotations

import argparse
import hashlib
import json
from collections.abc import Callable
from datetime import date
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from upstander.cli.environment import StopError, command
from upstander.cli.registered import add_receipt, registration

if TYPE_CHECKING:
    from upstander.cli.environment import Commands
    from upstander.cli.measure import Progress
    from upstander.publishing.check import Check
    from upstander.publishing.making import Made
    from upstander.publishing.page import Look
    from upstander.publishing.settings import Settings
    from upstander.publishing.site import Site

ABOUT = """\
Makes the public site of one or more institutions from their coded extracts: pages that read without
scripts, charts with their numbers in words, data to take away, feeds, and what the public log says to
the same question. Every number passes disclosure control, also against what was published before.

  upstander publish marlshire-extract --plan plan.toml --log https://speak.example.org \\
      --site site.toml --out public

With --log the figures that the log can prove are counted again in it; where they differ, the site
says so. Give a folder made by `upstander mirror`, or an address, of which a copy is then made. Without
--log the site says that nobody has compared them.

The same extracts, plan, history and log give the same bytes. Nothing is sent anywhere: put the folder
on any host. Then anybody can run `upstander verify publication URL`.

The history remembers what was shown before, with true counts: keep it private, and give it every time."""


def add(commands: Commands) -> None:
    """Adds the command and its arguments."""
    parser = command(commands, "publish", "make the public site from coded extracts and the log", ABOUT)
    parser.add_argument("extracts", type=Path, nargs="+", metavar="EXTRACT", help="folder of an extract")
    parser.add_argument("--plan", type=Path, required=True, metavar="FILE", help="the plan, a TOML file")
    add_receipt(parser)
    parser.add_argument("--log", metavar="URL|DIR", help="the installation, or a mirror of its log")
    parser.add_argument(
        "--policy", type=Path, metavar="FILE", help="judge the log by this policy, got from elsewhere"
    )
    parser.add_argument(
        "--site", type=Path, metavar="FILE", help="address, day, places (docs/how-to/publish.md)"
    )
    parser.add_argument("--history", type=Path, metavar="FOLDER",
                        help="what was released before (default: release-history beside the first "
                        "extract)")  # fmt: skip
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="a new folder for the site")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Publishes, or says why not and leaves nothing behind."""
    return whole("publishing", lambda: _run(arguments), "duckdb", "pyarrow", "scipy", "xlsxwriter")


def whole(what: str, act: Callable[[], int], *needed: str) -> int:
    """What `act` answers. Raises StopError where a package it needs is missing, or it stopped half way."""
    try:
        for name in needed:
            import_module(name)
    except ImportError as error:
        raise StopError(f"{what} needs {error.name}, which is not installed. Run: make analytics") from error
    from upstander.ledger.errors import LedgerError
    from upstander.measure.errors import MeasureError
    from upstander.publishing.errors import PublishError

    try:
        return act()
    except (MeasureError, PublishError) as error:
        raise StopError(f"nothing was written.\n{error}") from error
    except LedgerError as error:
        raise StopError(f"nothing was written. THE LOG DOES NOT HOLD: {error}") from error


def _run(arguments: argparse.Namespace) -> int:
    from upstander.cli.measure import Progress
    from upstander.measure.output.write import check_new
    from upstander.publishing.files import write
    from upstander.publishing.settings import Settings, read_settings
    from upstander.publishing.site import Site, build

    check_new(arguments.out)
    look, assets = built_look()
    settings = (
        read_settings(arguments.site)
        if arguments.site
        else Settings("https://not-yet.invalid/", date.today(), demonstration=False)
    )
    tell = Progress()
    folder = arguments.history or arguments.extracts[0].resolve().parent / "release-history"
    made = releases(arguments, settings, folder, tell)
    check = None
    if arguments.log:
        tell("counting again in the log")
        check = against(arguments, made, settings)
    tell("writing")
    site = Site(
        settings.address,
        tuple(one.release for one in made),
        look,
        assets,
        check,
        arguments.log if str(arguments.log or "").startswith("http") else "",
        settings.demonstration,
        sites_of(folder),
        settings.follow,
        settings.hearings,
    )
    files = build(site)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for one in made:  # before anything can be seen: a history that says too much hides too much, no worse
        one.past.save(folder / f"{one.release.slug}.json")
    remember_made(folder, site, files)
    write(arguments.out, files)
    tell.done()
    print(f"Wrote {len(files):,} files into {arguments.out}. Start with {arguments.out / 'index.html'}.")
    print(f"Keep {folder} private: it remembers what was shown.")
    if check is None:
        print("NOT COMPARED WITH THE LOG. The site says so. To compare: --log.")
    elif check.differing:
        for wrong in check.differing:
            said = f"published {wrong.published}, in the log {wrong.log}"
            print(f"  DIFFERS: {wrong.what}, {wrong.period}: {said}.")
    else:
        print(f"Compared with the log: {len(check.compared)} numbers, none differs.")
    return 0


def remember_made(folder: Path, site: Site, files: dict[str, bytes]) -> None:
    """Writes down that this site, or review, was made with this history."""
    digest = hashlib.sha256(files["publication.json"]).hexdigest()
    (folder / "made.json").write_text(json.dumps([*site.earlier, digest], indent=1) + "\n", "utf-8")


def sites_of(folder: Path) -> tuple[str, ...]:
    """The hash of every site and review that was made with this history."""
    path = folder / "made.json"
    if not path.exists():
        return ()
    try:
        found = json.loads(path.read_text("utf-8"))
        return tuple(str(one) for one in found)
    except (ValueError, TypeError):
        raise StopError(f"{path} is damaged. Bring it back from a backup.") from None


def built_look() -> tuple[Look, dict[str, bytes]]:
    """The look of the pages and its files, from the build. Raises StopError before there is one."""
    from upstander.publishing.page import Look

    folder = Path(__file__).resolve().parents[1] / "server" / "built" / "assets"
    names = ("public.css", "icon.svg", "atkinson-latin.woff2", "atkinson-latin-ext.woff2", "font-licence.txt")
    if missing := [name for name in names if not (folder / name).is_file()]:
        raise StopError(f"{missing[0]} has not been built yet. Run: npm run build")
    mark = (folder / "wordmark.svg").read_text("utf-8")
    return Look.of(mark), {name: (folder / name).read_bytes() for name in names}


def releases(
    arguments: argparse.Namespace,
    settings: Settings,
    folder: Path,
    tell: Progress,
    *,
    what: str = "site",
) -> list[Made]:
    """Every extract measured and released, by the plan and, where there is a receipt, its day in the log."""
    from upstander.measure.extract import open_extract
    from upstander.measure.plan import read_plan
    from upstander.publishing.making import make, read_history

    plan = read_plan(arguments.plan)
    registered = registration(arguments, plan)
    made = []
    for path in arguments.extracts:
        tell(f"reading and checking {path.name}")
        extract = open_extract(path)
        slug = settings.about(extract.institution).slug
        before = read_history(folder / f"{slug}.json")
        name = f"{what}, {extract.cutoff.isoformat()}, published {settings.published.isoformat()}"
        made.append(make(extract, plan, settings, before, name=name, registered=registered, tell=tell))
    return made


def against(arguments: argparse.Namespace, made: list[Made], settings: Settings) -> Check:
    """Mirrors the log if need be, audits it, and holds the claims against it. Raises LedgerError."""
    from upstander.cli.published import recounted
    from upstander.measure.disclosure import opened
    from upstander.measure.plan import read_plan
    from upstander.publishing.check import check

    cutoffs = {one.release.cutoff for one in made}
    if len(cutoffs) > 1:
        raise StopError(
            "the extracts were cut on different days. Cut all of them on one, or publish them apart."
        )
    limit = read_plan(arguments.plan).limits["answered"]
    recount, origin, size = recounted(arguments.log, arguments.policy, cutoffs.pop(), limit)
    claims = [safe for one in made for safe in one.release.tables if opened(safe).name == "claims"]
    whole = settings.whole and len(made) >= len(settings.institutions)  # a review is of one of them
    return check(claims, recount, whole=whole, origin=origin, size=size)
