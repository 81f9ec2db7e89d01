"""`upstander review`: the review of an institution as a tagged PDF and as web pages."""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from upstander.cli.environment import StopError, command
from upstander.cli.publish import whole
from upstander.cli.registered import add_receipt

if TYPE_CHECKING:
    from upstander.cli.environment import Commands
    from upstander.measure.extract import Extract

ABOUT = """\
Writes the review that used to take a commission: what was found in plain words, how it was counted, how
good the data are, every table and figure, recommendations with their progress, and each finding beside
that of the review before. As a tagged PDF (PDF/UA-1) and as web pages, with the data.

  upstander review marlshire-extract --institution "Marlshire Police" --from 2024-10-01 --to 2026-09-30 \\
      --plan plan.toml --site site.toml --log https://speak.example.org \\
      --register recommendations.toml --previous earlier/review.json --out review

It is made from the same extract, plan and history as the public site, so that neither can be
subtracted from the other; --from and --to must be what the extract holds, no more and no less.
The same inputs give the same bytes."""


def add(commands: Commands) -> None:
    """Adds the command and its arguments."""
    parser = command(commands, "review", "the review of an institution, as PDF and web pages", ABOUT)
    parser.add_argument("extracts", type=Path, nargs=1, metavar="EXTRACT", help="folder of the extract")
    parser.add_argument("--institution", required=True, metavar="NAME", help="as in the extract")
    parser.add_argument(
        "--from", dest="first", type=date.fromisoformat, required=True, metavar="DAY", help="first day"
    )
    parser.add_argument("--to", type=date.fromisoformat, required=True, metavar="DAY", help="the cut-off")
    parser.add_argument("--plan", type=Path, required=True, metavar="FILE", help="the plan, a TOML file")
    add_receipt(parser)
    parser.add_argument(
        "--site", type=Path, required=True, metavar="FILE", help="the site's file (day, places)"
    )
    parser.add_argument("--log", metavar="URL|DIR", help="the installation, or a mirror of its log")
    parser.add_argument("--policy", type=Path, metavar="FILE", help="judge the log by this policy")
    parser.add_argument("--register", type=Path, metavar="FILE", help="recommendations, a TOML file")
    parser.add_argument("--previous", type=Path, metavar="FILE", help="review.json of the review before")
    parser.add_argument(
        "--history", type=Path, metavar="FOLDER", help="what was released before (as for publish)"
    )
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="a new folder")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Writes the review, or says why not and leaves nothing behind."""
    return whole("the review", lambda: _run(arguments), "duckdb", "scipy", "typst", "xlsxwriter")


def _run(arguments: argparse.Namespace) -> int:
    from upstander.cli.measure import Progress
    from upstander.cli.publish import against, built_look, releases, remember_made, sites_of
    from upstander.measure.extract import open_extract
    from upstander.measure.output.write import check_new
    from upstander.publishing.files import write
    from upstander.publishing.register import read_register
    from upstander.publishing.review import Review, read_review
    from upstander.publishing.review_pages import build
    from upstander.publishing.settings import read_settings
    from upstander.publishing.site import Site, manifest

    check_new(arguments.out)
    look, assets = built_look()
    settings = read_settings(arguments.site)
    register = read_register(arguments.register) if arguments.register else ()
    before = read_review(arguments.previous.read_bytes(), arguments.institution) if arguments.previous else {}
    _check_period(open_extract(arguments.extracts[0]), arguments)
    tell = Progress()
    folder = arguments.history or arguments.extracts[0].resolve().parent / "release-history"
    made = releases(arguments, settings, folder, tell, what="review")
    check = None
    if arguments.log:
        tell("counting again in the log")
        check = against(arguments, made, settings)
    tell("setting the review")
    one = made[0]
    review = Review(one.release, arguments.first, tuple(one.release.figures()), check, register, before)
    files = build(review, look, assets, demonstration=settings.demonstration)
    site = Site(
        settings.address,
        (one.release,),
        look,
        assets,
        check,
        arguments.log if str(arguments.log or "").startswith("http") else "",
        settings.demonstration,
        sites_of(folder),
    )
    files["publication.json"] = manifest(site, files, (arguments.first, arguments.to))
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    one.past.save(folder / f"{one.release.slug}.json")
    remember_made(folder, site, files)
    write(arguments.out, files)
    tell.done()
    print(f"Wrote {arguments.out / 'review.pdf'} and {len(files) - 1:,} other files. Start with index.html.")
    print("Keep review.json: the next review compares itself with it.")
    print("To publish it as an act: upstander release announce --review, then deliver this folder.")
    return 0


def _check_period(extract: Extract, arguments: argparse.Namespace) -> None:
    """The review is of the whole extract, so that no part of it can be subtracted from another release."""
    if extract.institution != arguments.institution:
        raise StopError(f"the extract is of {extract.institution}, not of {arguments.institution}.")
    if extract.cutoff != arguments.to:
        raise StopError(
            f"the extract was cut on {extract.cutoff}. Have one cut on {arguments.to}, or say --to "
            f"{extract.cutoff}."
        )
    found = extract.database.execute("SELECT min(received) FROM report").fetchall()[0][0]
    if found is not None and found < arguments.first:
        raise StopError(
            f"the extract has reports from {found} on. Have one made from {arguments.first} on, or say an "
            f"earlier --from."
        )
