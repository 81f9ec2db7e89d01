"""Reads tracks.toml, and refuses tracks with a dead end or an ending without reasons."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from upstander.policy.law import CodeList, Confirmation, Guard, Move, Need, Stage, Task, Track, Unless
from upstander.policy.load_rows import each, known, one_of
from upstander.policy.reader import Table
from upstander.policy.tracks import ROLES

NEED_KINDS = ("text", "day", "choice", "yes")
REASONS = "reasons"


@dataclass(frozen=True)
class Tracks:
    """What tracks.toml holds."""

    tracks: tuple[Track, ...]
    needs: tuple[Need, ...]
    guards: tuple[Guard, ...]
    tasks: tuple[Task, ...]


def read_tracks(table: Table, codes: Mapping[str, CodeList], steps: Collection[str]) -> Tracks:
    """Every track with its moves. `steps` are the ids of the case's own steps, which no move may have.

    Raises PackError.
    """
    table.only("need", "task", "guard", "track", "move")
    needs = each(table, "need", lambda item: _need(item, codes), alone=False)
    tasks = each(table, "task", _task, alone=False, required=False)
    guards = each(table, "guard", _guard, alone=False, required=False)
    tracks = each(table, "track", _track, alone=False)
    answers = {(need.id, code.id) for need in needs if need.codes for code in codes[need.codes].codes}
    moves = [(item, _move(item)) for item in table.tables("move", required=True)]
    for item, move in moves:
        if move.id in steps:
            raise item.wrong("an id that no step of steps.toml has", f'"{move.id}"', "id")
        known(item, "needs", {need.id for need in needs}, "a need")
        known(item, "tasks", {task.id for task in tasks}, "a task")
        one_of(item, "guard", {guard.id for guard in guards}, "a guard")
        known(item, "tracks", {track.id for track in tracks}, "a track")
        if move.unless and (move.unless.need, move.unless.code) not in answers:
            raise item.wrong(
                "a choice of this file, and a code of its list", f'"{move.unless.need}"', "unless"
            )
        shown = move.visible.removeprefix("after:")
        if shown != move.visible and shown not in {other.id for _, other in moves}:
            raise item.wrong("the id of a step of a track", f'"{shown}"', "visible")
    full = tuple(_with_moves(track, table, moves) for track in tracks)
    return Tracks(full, needs, guards, tasks)


def _with_moves(track: Track, table: Table, moves: Collection[tuple[Table, Move]]) -> Track:
    """The track with its moves. What a move shares with other tracks is cut down to what this one has."""
    own: dict[str, Move] = {}
    stages = {stage.id: stage for stage in track.stages}
    mine = [(item, move) for item, move in moves if track.id in item.strings("tracks")]
    ids = {move.id for _, move in mine}
    for item, move in mine:
        begins = _of_this(item, "from", move.begins, stages, f'a stage of the track "{track.id}"')
        after = _of_this(item, "after", move.after, ids, f'a step of the track "{track.id}"')
        to = one_of(item, "to", stages, f'a stage of the track "{track.id}"')
        if move.id in own:
            raise item.wrong("an id that no other step of the track has", f'"{move.id}"', "id")
        if to and stages[to].terminal and REASONS not in move.needs:
            raise item.wrong('"reasons" among the needs of a step that ends a track', "none")
        own[move.id] = replace(move, track=track.id, begins=begins, after=after)
    full = replace(track, moves=tuple(own.values()))
    _check_ways(full, table)
    return full


def _of_this(
    table: Table, key: str, values: tuple[str, ...], ids: Collection[str], what: str
) -> tuple[str, ...]:
    kept = tuple(value for value in values if value in ids)
    if values and not kept:
        raise table.wrong(f"the id of {what}", f'"{values[0]}"', key, 0)
    return kept


def _check_ways(track: Track, table: Table) -> None:
    """Every stage can be reached, and from every stage an end can be, without waiting for an earlier step."""
    open_ = [stage.id for stage in track.stages if not stage.terminal]
    ways = [
        (begin, move.to, bool(move.after and not move.begins))
        for move in track.moves
        if move.to
        for begin in (move.begins or open_)
    ]
    reached = _closure({track.first}, [(before, after) for before, after, _ in ways])
    ends = {stage.id for stage in track.stages if stage.terminal}
    ending = _closure(ends, [(after, before) for before, after, waits in ways if not waits])
    for stage in track.stages:
        if stage.id not in reached:
            raise table.wrong("a stage that some step leads to", f'"{stage.id}" of "{track.id}"', "track")
        if stage.id not in ending:
            raise table.wrong("a stage with a way to an end", f'"{stage.id}" of "{track.id}"', "track")


def _closure(begin: Collection[str], ways: Collection[tuple[str, str]]) -> set[str]:
    found = set(begin)
    while more := {after for before, after in ways if before in found} - found:
        found |= more
    return found


def _need(table: Table, codes: Mapping[str, CodeList]) -> Need:
    table.only("id", "label", "missing", "kind", "codes")
    kind = table.choice("kind", NEED_KINDS)
    codes_ = one_of(table, "codes", codes, "a list of codes.toml")
    if codes_ and kind != "choice":
        raise table.wrong('"codes" with the kind "choice" alone', f'"{kind}"', "kind")
    return Need(table.id(), table.text("label"), table.text("missing"), kind, codes_)


def _task(table: Table) -> Task:
    table.only("id", "label", "by")
    return Task(table.id(), table.text("label"), table.choice("by", ROLES))


def _guard(table: Table) -> Guard:
    table.only("id", "label", "confirm", "bypass", "source")
    confirm = each(table, "confirm", _confirmation, alone=False)
    return Guard(table.id(), table.text("label"), confirm, table.id("bypass"), table.text("source"))


def _confirmation(table: Table) -> Confirmation:
    table.only("id", "label")
    return Confirmation(table.id(), table.text("label"))


def _track(table: Table) -> Track:
    table.only("id", "label", "first", "stages")
    stages = each(table, "stages", _stage, alone=False)
    first = one_of(table, "first", {stage.id for stage in stages}, "a stage of this track")
    if not first:
        raise table.wrong('the key "first"', "no such key")
    return Track(table.id(), table.text("label"), first, stages, ())


def _stage(table: Table) -> Stage:
    table.only("id", "label", "terminal")
    return Stage(table.id(), table.text("label"), table.flag("terminal", False))


def _move(table: Table) -> Move:
    table.only(
        "id", "label", "tracks", "by", "from", "to", "needs", "after", "tasks", "guard", "visible", "once",
        "pauses", "resumes", "while_paused", "any_other", "source", "unless",
    )  # fmt: skip
    visible = table.text("visible", "never")
    if visible not in ("now", "never") and not visible.startswith("after:"):
        raise table.wrong('"now", "never" or "after:<step>" for "visible"', f'"{visible}"', "visible")
    by = known(table, "by", ROLES, "a role")
    if not by:
        raise table.wrong('somebody who may take it for "by"', "nobody")
    return Move(
        id=table.id(),
        label=table.text("label"),
        track="",
        by=by,
        begins=table.strings("from", ()),
        to=table.text("to", ""),
        needs=table.strings("needs", ()),
        after=table.strings("after", ()),
        tasks=table.strings("tasks", ()),
        guard=table.text("guard", ""),
        visible=visible,
        once=table.flag("once", False),
        pauses=table.flag("pauses", False),
        resumes=table.flag("resumes", False),
        while_paused=table.flag("while_paused", False),
        any_other=table.flag("any_other", False),
        source=table.text("source", ""),
        unless=_unless(table.table("unless")) if "unless" in table else None,
    )


def _unless(table: Table) -> Unless:
    table.only("need", "code", "says")
    return Unless(table.id("need"), table.id("code"), table.text("says"))
