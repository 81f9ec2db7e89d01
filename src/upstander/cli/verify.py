"""`upstander verify`: checks a saved receipt, or a whole mirrored log, offline."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from upstander.cli import sampled
from upstander.cli.environment import Formatter, StopError, command
from upstander.cli.mirrored import Judge, Mirror, add_judging, read_judge
from upstander.ledger.errors import LedgerError, NotYetError

if TYPE_CHECKING:
    from upstander.cli.environment import Commands
    from upstander.cli.published import Finder, Publication
    from upstander.ledger.breach import Looking
    from upstander.ledger.receipt import Receipt

ABOUT = """\
Needs no network and no server. Says what it checked and ends with 0, or names the first thing that
does not hold and ends with 1. There is no half of it.

  upstander verify receipt receipt.json --policy policy.txt
  upstander verify receipt receipt.json --mirror marlshire-log     was the promise kept?
  upstander verify log marlshire-log --policy policy.txt
  upstander verify sample sample.json --mirror marlshire-log       was it drawn, or chosen?
  upstander verify publication https://figures.example.org     (this one fetches site and log)

A policy is a list of keys: the log's, its witnesses', and how many of those must have signed. Get it
from somebody other than the institution, such as a witness or a newspaper. Without one the log is
judged by the policy it brings along, and this command says so."""


def add(commands: Commands) -> None:
    """Adds the command, its own sub-commands and their arguments."""
    parser = command(commands, "verify", "check a receipt, or a mirrored log, offline", ABOUT)
    acts = parser.add_subparsers(title="what to check", metavar="WHAT", required=True)
    receipt = acts.add_parser("receipt", help="a saved receipt", formatter_class=Formatter)
    receipt.add_argument("file", type=Path, help="the receipt's file")
    receipt.add_argument("--mirror", type=Path, metavar="DIR", help="also look in this mirror for its entry")
    receipt.set_defaults(run=run_receipt)
    log = acts.add_parser("log", help="a mirrored log, from its entries up", formatter_class=Formatter)
    log.add_argument("folder", metavar="DIR", type=Path, help="a folder made by `upstander mirror`")
    log.set_defaults(run=run_log)
    for one in (receipt, log):
        add_judging(one)
    sampled.add(acts)
    publication = acts.add_parser(
        "publication", help="published figures, against the log", formatter_class=Formatter
    )
    publication.add_argument("place", metavar="URL|DIR", help="the published site")
    publication.add_argument(
        "--log", metavar="URL|DIR", help="the installation or a mirror (default: as the site says)"
    )
    publication.add_argument(
        "--policy", type=Path, metavar="FILE", help="judge the log by this policy, got from elsewhere"
    )
    publication.set_defaults(run=run_publication)


def run_log(arguments: argparse.Namespace) -> int:
    """Audits all generations of a mirrored log."""
    judge = read_judge(arguments.policy) if arguments.policy is not None else None
    lines = []
    try:
        mirror = Mirror(arguments.folder, judge)
        for audited, _ in mirror.audits(unwitnessed=arguments.unwitnessed):
            head = audited.head
            lines += [
                f"{head.origin}: {head.size:,} entries hold, with every tile,",
                f"  and {audited.checkpoints} kept heads each continue the one before.",
                *_about_witnesses(audited.examined.signed, audited.examined.missing),
            ]
    except LedgerError as error:
        raise StopError(f"THIS DOES NOT HOLD: {error}") from error
    print("\n".join((*lines, *_about_judge(mirror.judge))))
    return 0


def run_publication(arguments: argparse.Namespace) -> int:
    """Fetches a publication and its log, checks every file, audits the log, and counts again."""
    from datetime import date

    from upstander.cli.published import Finder, Publication, recounted
    from upstander.publishing.check import compare

    publication = Publication(arguments.place)
    body = publication.body
    if wrong := publication.changed():
        raise StopError(f"THIS DOES NOT HOLD: {len(wrong)} files, the first: {wrong[0]}.")
    print(f"All {len(body['files']):,} files are what the publication says they are.")
    log = arguments.log or body["log"]
    if not log or not body["checked"]:
        raise StopError("the site does not say where its log is. Give it: --log URL or a mirror.")
    try:
        cutoff, limit = date.fromisoformat(body["checked"]["cutoff"]), int(body["checked"]["limit"])
        finder = Finder(publication.opening())
        recount, origin, size = recounted(log, arguments.policy, cutoff, limit, finder)
    except LedgerError as error:
        raise StopError(f"THIS DOES NOT HOLD: {error}") from error
    except ValueError:
        raise StopError("publication.json does not say up to which day it counts.") from None
    print("\n".join(_about_signatures(publication, finder)))
    numbers = recount.numbers()
    compared = compare(publication.claims(), numbers, whole=body["whole"] is True)
    print(f"{origin}: {size:,} entries hold.")
    untrue = [(key, said) for key, said in publication.beside().items() if said != {numbers.get(key, 0)}]
    for (period, what), said in untrue:
        shown = ", ".join(str(one) for one in sorted(said))
        print(
            f"  {what}, {period}: the site says the log has {shown}; it has {numbers.get((period, what), 0)}."
        )
    differing = [one for one in compared if one.verdict == "differs"]
    for one in differing:
        print(f"  {one.what}, {one.period}: published {one.published}, in the log {one.log}.")
    if differing or not compared:
        raise StopError(
            f"THIS DOES NOT HOLD: {len(differing)} of {len(compared)} numbers differ from the log."
        )
    if untrue:
        raise StopError(f"THIS DOES NOT HOLD: the site gives {len(untrue)} numbers of the log wrongly.")
    kept = sum(one.verdict == "kept back" for one in compared)
    print(f"{len(compared) - kept} published numbers are what the log gives; {kept} are kept back.")
    return 0


def _about_signatures(publication: Publication, finder: Finder) -> list[str]:
    """Who signed for it and when, as the log has it. Raises StopError for an entry that is not there."""
    if not finder.wanted:
        return ["It does not say where its entry in the log is: whether somebody signed was not looked at."]
    if gone := sorted(finder.wanted.keys() - finder.found.keys()):
        raise StopError(
            f"THIS DOES NOT HOLD: {len(gone)} of its entries are not in the log, first {gone[0]}."
        )
    lines = [
        f"Signed for outside {slug} by {body}, on {finder.found[label]} by the log."
        for label, (slug, body) in publication.signed.items()
    ]
    unsigned = {one["slug"] for one in publication.body["institutions"]}.difference(
        slug for slug, _ in publication.signed.values()
    )
    if unsigned:
        raise StopError(f"THIS DOES NOT HOLD: nobody outside signed for {', '.join(sorted(unsigned))}.")
    days = [day for label, day in finder.found.items() if label not in publication.signed]
    return [*lines, f"Published on {days[0]} by the log; its hash is {publication.digest}."]


def run_receipt(arguments: argparse.Namespace) -> int:
    """Checks a receipt: by its own proof, or against a mirror."""
    from upstander.ledger.receipt import read_receipt

    judge = read_judge(arguments.policy) if arguments.policy is not None else None
    try:
        data = arguments.file.read_bytes()
    except OSError as error:
        raise StopError(f"cannot read {arguments.file}: {error.strerror}.") from error
    try:
        receipt = read_receipt(data, judge.sign if judge is not None else "")
        judge = judge or Judge(receipt.policy.policy, receipt.policy.sign, independent=False)
        promise = receipt.promise
        lines = [
            f"The act ({receipt.fields['kind']}) was promised to be in the log on {promise.day},",
            f"  by installation {promise.log} ({promise.institution}).",
        ]
        if arguments.mirror is not None:
            lines += _look_in_mirror(receipt, judge, arguments.mirror, unwitnessed=arguments.unwitnessed)
        if receipt.proof is not None or arguments.mirror is None:
            lines += _check_proof(receipt, judge, unwitnessed=arguments.unwitnessed)
    except NotYetError as error:
        raise StopError(str(error)) from error
    except LedgerError as error:
        raise StopError(f"THIS DOES NOT HOLD: {error}") from error
    if not judge.sign:
        lines.append("The policy does not say the installation's key: the promise vouches for itself alone.")
    print("\n".join((*lines, *_about_judge(judge))))
    return 0


def _check_proof(receipt: Receipt, judge: Judge, *, unwitnessed: bool) -> list[str]:
    from dataclasses import replace

    from upstander.ledger.receipt import verify_receipt

    policy = replace(judge.policy, quorum="none") if unwitnessed else judge.policy
    examined = verify_receipt(receipt, policy)
    head = examined.checkpoint
    assert receipt.proof is not None
    return [
        f"It is in the log: entry {receipt.proof.index:,} of {head.size:,} in {head.origin}.",
        *_about_witnesses(examined.signed, examined.missing),
    ]


def _look_in_mirror(receipt: Receipt, judge: Judge, folder: Path, *, unwitnessed: bool) -> list[str]:
    from upstander.ledger.breach import Looking
    from upstander.ledger.breach import judge as judge_promise

    mirror = Mirror(folder, Judge(judge.policy, judge.sign or receipt.policy.sign, judge.independent))
    if mirror.said.installation != receipt.promise.log:
        raise LedgerError("The mirror is that of another installation.")

    def looking() -> Looking:
        return Looking(receipt.leaf.hash)

    looked = [
        (one, audited)
        for audited, one in mirror.audits(looking, unwitnessed=unwitnessed)
        if isinstance(one, Looking)
    ]
    found = judge_promise(receipt.promise, looked, judge.policy)
    return [f"Looked through the whole mirror in {folder}:", f"  {found}"]


def _about_witnesses(signed: Mapping[str, int], missing: tuple[str, ...]) -> list[str]:
    lines = [
        f"  witness {name} signed on {datetime.fromtimestamp(time, UTC).date().isoformat()}"
        for name, time in signed.items()
    ]
    if missing:
        lines.append(f"  did not sign: {', '.join(missing)}")
    return lines or ["  The policy names no witnesses: the institution's word stands alone here."]


def _about_judge(judge: Judge) -> list[str]:
    if judge.independent:
        return []
    return ["Judged by the policy that came along, which vouches for itself. Give your own with --policy."]
