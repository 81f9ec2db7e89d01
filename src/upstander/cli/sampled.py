"""`upstander verify sample`: draws an overseer's dip sample again, from its list and a mirror of the log."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from upstander.cli.environment import Formatter, StopError
from upstander.cli.mirrored import Mirror, add_judging, read_judge
from upstander.ledger.errors import LedgerError

if TYPE_CHECKING:
    from upstander.ledger.sample import Drawing

ABOUT = """\
The file is “The list, to check it” on the page of a sample. Without --mirror it is only drawn again from
the list and the root that stand in it. With a mirror the log itself is asked: that the list was fixed
before the head that drew it, that this head was one of the log's, and that no earlier one should have
drawn. The mirror has to reach beyond that head."""


def add(acts: Any) -> None:
    """Adds the sub-command and its arguments."""
    parser = acts.add_parser(
        "sample", help="a dip sample, drawn again", description=ABOUT, formatter_class=Formatter
    )
    parser.add_argument("file", type=Path, help="the sample's list, as an overseer saved it")
    parser.add_argument("--mirror", type=Path, metavar="DIR", help="a folder made by `upstander mirror`")
    add_judging(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Checks one draw."""
    from upstander.ledger.sample import check_draw, read_drawing

    try:
        data = arguments.file.read_bytes()
    except OSError as error:
        raise StopError(f"cannot read {arguments.file}: {error.strerror}.") from error
    judge = read_judge(arguments.policy) if arguments.policy is not None else None
    try:
        drawing = read_drawing(data)
        check_draw(drawing.ids, drawing.digest, drawing.root, drawing.count, drawing.drawn)
        lines = [
            f"{len(drawing.drawn)} of {len(drawing.ids)} cases: by this root, these are drawn and no others."
        ]
        if arguments.mirror is None:
            lines.append("The log was not asked. Give a mirror of it: --mirror DIR")
        else:
            mirror = Mirror(arguments.mirror, judge)
            lines += _held_against(mirror, drawing, unwitnessed=arguments.unwitnessed)
            if not mirror.judge.independent:
                lines.append(
                    "Judged by the policy that came along, which vouches for itself. "
                    "Give your own with --policy."
                )
    except LedgerError as error:
        raise StopError(f"THIS DOES NOT HOLD: {error}") from error
    print("\n".join(lines))
    return 0


def _held_against(mirror: Mirror, drawing: Drawing, *, unwitnessed: bool) -> list[str]:
    """Looks through all generations for the leaf that fixed the list, and asks for the head that drew."""
    from upstander.ledger.merkle import root_at
    from upstander.ledger.sample import FixedAt, check_head
    from upstander.ledger.store import tile_of
    from upstander.ledger.tiles import TileReader

    before = {log.origin: f"{place}/" for place, log in enumerate(mirror.said.logs, start=1)}

    def looking() -> FixedAt:
        return FixedAt(drawing.commitment())

    for audited, one in mirror.audits(looking, unwitnessed=unwitnessed):
        if not isinstance(one, FixedAt) or one.found is None:
            continue
        head, folder = audited.head, before[audited.head.origin]
        if drawing.size > head.size:
            raise LedgerError(
                f"The mirror ends at {head.size:,} entries, before the head of {drawing.size:,} that drew. "
                "Renew it."
            )
        read = TileReader(tile_of(mirror.store, folder), head.size)
        kept = [int(name) for name in mirror.store.names(f"{folder}checkpoints") if name.isdecimal()]
        check_head(drawing, one.found, root_at(drawing.size, read), kept)
        return [
            f"{head.origin}: the list was fixed by entry {one.found:,},",
            f"  before the head of {drawing.size:,} entries that drew;",
            f"  of {len(kept)} heads kept here none came between.",
        ]
    raise LedgerError("The log never fixed this list: no entry of it says so.")
