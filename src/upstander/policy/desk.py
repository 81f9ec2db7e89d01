"""A pack's part for the desk: read, checked, and turned into the one JSON document that desk pages load.

    python -m upstander.policy.desk uk-police > desk-pack.json

prints it. A pack without one of the files simply has nothing of that kind. Format: docs/reference/pack.md.
"""

import sys
from dataclasses import asdict, dataclass
from pathlib import Path

from upstander.formats import canonical, kinds
from upstander.policy import load
from upstander.policy.load_letters import read_letters
from upstander.policy.load_lists import read_steps
from upstander.policy.load_watch import read_watch
from upstander.policy.load_wording import read_wording
from upstander.policy.model_desk import Letter, Watch, Wording
from upstander.policy.reader import read_toml

NO_WORDING = Wording((), (), {}, (), ())
NO_WATCH = Watch("", "", "", (), 14, 12, (), (), (), ())


@dataclass(frozen=True)
class DeskPack:
    """What a pack holds for the desk alone."""

    id: str
    version: str
    wording: Wording
    letters: tuple[Letter, ...]
    watch: Watch


def bundled(pack_id: str) -> DeskPack:
    """The desk's part of a bundled pack. Raises KeyError for an unknown id, and PackError."""
    if pack_id not in load.pack_ids():
        raise KeyError(pack_id)
    return load_desk(load.folder_of(pack_id))


def load_desk(folder: Path) -> DeskPack:
    """The desk's part of a pack from its folder. Raises PackError with file and line."""
    head = read_toml(folder, "pack.toml")
    has = {path.name for path in folder.glob("*.toml")}
    return DeskPack(
        id=head.id(),
        version=head.text("version"),
        wording=read_wording(read_toml(folder, "wording.toml")) if "wording.toml" in has else NO_WORDING,
        letters=read_letters(read_toml(folder, "letters.toml")) if "letters.toml" in has else (),
        watch=_watch(folder) if "watch.toml" in has else NO_WATCH,
    )


def _watch(folder: Path) -> Watch:
    """The watch. She is asked only after steps that she sees at once: a question would tell the rest."""
    steps = {step.id for step in read_steps(read_toml(folder, "steps.toml")) if step.visible == "now"}
    moves = read_toml(folder, "tracks.toml").tables("move")
    shown = {move.id() for move in moves if move.text("visible", "never") == "now"}
    return read_watch(read_toml(folder, "watch.toml"), steps | shown)


def compile_desk(pack: DeskPack) -> bytes:
    """Canonical JSON, `upstander/desk-pack/v1`."""
    return canonical.encode({"format": kinds.header("desk-pack"), **_plain(asdict(pack))})


def _plain(value: dict[str, canonical.JSON]) -> dict[str, canonical.JSON]:
    return {key: _listed(one) for key, one in value.items()}


def _listed(value: canonical.JSON) -> canonical.JSON:
    if isinstance(value, dict):
        return {key: _listed(one) for key, one in value.items()}
    return [_listed(one) for one in value] if isinstance(value, (list, tuple)) else value


if __name__ == "__main__":
    sys.stdout.buffer.write(compile_desk(bundled(sys.argv[1])))
