"""Draws the tracks of a pack as SVG: a row for each step, a column for each stage.

    python -m upstander.policy.picture docs/pictures

writes `track-<pack>-<track>.svg` for every track of every pack into the folder. A dot stands where a step can
be taken, an arrow where it leads; a bar of small dots means any stage that does not end the track. A test
holds the pictures in the docs to the packs.
"""

import sys
from pathlib import Path
from xml.sax.saxutils import escape

from upstander.policy.law import Move, Track
from upstander.policy.load import bundled, pack_ids
from upstander.policy.model import Pack

_LEFT, _TOP, _ROW, _COLUMN, _RIGHT = 430, 200, 24, 40, 250  # px
_INK, _SOFT, _LINE = "#1d2433", "#5b6477", "#d9dde5"
_STYLE = (
    f"text{{font:13px system-ui,sans-serif;fill:{_INK}}}.s{{fill:{_SOFT};font-size:12px}}"
    f".l{{stroke:{_LINE}}}.w{{stroke:{_INK};stroke-width:1.6}}.d{{fill:{_INK}}}"
)


def draw(pack: Pack, track: Track) -> str:
    """The picture of one track: an SVG document with title, description and real text."""
    columns = {stage.id: _LEFT + _COLUMN * number for number, stage in enumerate(track.stages)}
    width = _LEFT + _COLUMN * len(columns) + _RIGHT
    height = _TOP + _ROW * len(track.moves) + 20
    title = f"{track.label}: stages and steps of the pack {pack.id}"
    about = "Each row is a step, each column a stage. The steps are listed in tracks.toml of the pack."
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" '
        'aria-labelledby="title about">',
        f'<title id="title">{escape(title)}</title><desc id="about">{escape(about)}</desc>',
        f'<style>{_STYLE}</style><rect width="{width}" height="{height}" fill="#fff"/>',
        f'<text x="16" y="34" style="font-size:20px;font-weight:600">{escape(track.label)}</text>',
        f'<text class="s" x="16" y="56">{escape(pack.id)} {escape(pack.version)}</text>',
    ]
    if any(move.guard for move in track.moves):
        parts.append('<text class="s" x="16" y="76">* a list is confirmed first</text>')
    for stage in track.stages:
        x = columns[stage.id]
        weight = ' style="font-weight:600"' if stage.terminal else ""
        parts.append(f'<line class="l" x1="{x}" y1="{_TOP - 16}" x2="{x}" y2="{height - 12}"/>')
        turn = f"translate({x + 4} {_TOP - 22}) rotate(-50)"
        parts.append(f'<text{weight} transform="{turn}">{escape(stage.label)}</text>')
    for number, move in enumerate(track.moves):
        parts += _row(track, move, columns, _TOP + _ROW * number, width)
    return "\n".join([*parts, "</svg>"]) + "\n"


def _row(track: Track, move: Move, columns: dict[str, int], y: int, width: int) -> list[str]:
    open_ = [stage.id for stage in track.stages if not stage.terminal]
    begins = list(move.begins or open_)
    xs = [columns[stage] for stage in begins]
    label = f"{move.label} *" if move.guard else move.label
    seen = {"now": "seen now", "never": "not seen"}.get(move.visible, "seen later")
    parts = [
        f'<text x="{_LEFT - 20}" y="{y + 4}" text-anchor="end">{escape(label)}</text>',
        f'<text class="s" x="{width - _RIGHT + 12}" y="{y + 4}">{escape(", ".join(move.by))}; {seen}</text>',
    ]
    if len(xs) > 1:
        parts.append(f'<line class="w" x1="{min(xs)}" y1="{y}" x2="{max(xs)}" y2="{y}"/>')
    if move.begins or not move.to:
        parts += [f'<circle class="d" cx="{x}" cy="{y}" r="{4 if move.begins else 2}"/>' for x in xs]
    if move.to:
        end = columns[move.to]
        start = min(xs, key=lambda x: abs(x - end))
        parts.append(f'<line class="w" x1="{start}" y1="{y}" x2="{end}" y2="{y}"/>')
        side = -9 if end > start else 9 if end < start else 0
        shape = f"M{end} {y}l{side} -5v10z" if side else f"M{end - 5} {y}l5 -6l5 6l-5 6z"
        parts.append(f'<path class="d" d="{shape}"/>')
    return parts


def names(pack: Pack) -> dict[str, Track]:
    """File name -> track, for every track of a pack."""
    return {f"track-{pack.id}-{track.id}.svg": track for track in pack.law.tracks}


def main(arguments: list[str]) -> int:
    """Writes every picture into the folder named; 2 when none is."""
    if len(arguments) != 1:
        sys.stderr.write("Name the folder to write the pictures into.\n")
        return 2
    for pack_id in pack_ids():
        pack = bundled(pack_id)
        for name, track in names(pack).items():
            (Path(arguments[0]) / name).write_text(draw(pack, track), encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
