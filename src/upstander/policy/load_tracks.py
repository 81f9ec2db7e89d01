"""Reads tracks.toml, and refuses tracks with a dead end or an ending without reasons."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from upstander.policy.law import CodeList, Confirmation, Guard, Move, Need, Premise, Stage, Task, Track
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
    table.only("need", "task", "guard", "track", "move", "premise")
    needs = each(table, "need", lambda item: _need(item, codes), alone=False)
    days = {need.id for need in needs if need.kind == "day"}
    tasks = each(table, "task", lambda item: _task(item, days), alone=False, required=False)
    guards = each(table, "guard", _guard, alone=False, required=False)
    tracks = each(table, "track", _track, alone=False)
    moves = [(item, _move(item)) for item in table.tables("move", required=True)]
    for item, move in moves:
        if move.id in steps:
            raise item.wrong("an id that no step of steps.toml has", f'"{move.id}"', "id")
        known(item, "needs", {need.id for need in needs}, "a need")
        known(item, "tasks", {task.id for task in tasks}, "a task")
        one_of(item, "guard", {guard.id for guard in guards}, "a guard")
        known(item, "tracks", {track.id for track in tracks}, "a track")
        shown = move.visible.removeprefix("after:")
        if shown != move.visible and shown not in {other.id for _, other in moves}:
            raise item.wrong("the id of a step of a track", f'"{shown}"', "visible")
    read = each(table, "premise", lambda item: _premise(item, needs, codes), alone=False, required=False)
    premises = list(zip(table.tables("premise"), read, strict=True))
    for item, _ in premises:
        known(item, "moves", {move.id for _, move in moves}, "a step of a track")
        known(item, "tracks", {track.id for track in tracks}, "a track")
    full = tuple(_with_premises(_with_moves(track, table, moves), premises) for track in tracks)
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
        source = _sources(item).get(track.id, move.source)
        own[move.id] = replace(move, track=track.id, begins=begins, after=after, source=source)
    full = replace(track, moves=tuple(own.values()))
    _check_ways(full, table)
    return full


def _with_premises(track: Track, premises: Collection[tuple[Table, Premise]]) -> Track:
    """The track with what its moves rest on."""

    stages = {stage.id for stage in track.stages}
    for item, premise in premises:
        if track.id in item.strings("tracks", (track.id,)) and not stages.issuperset(premise.at):
            raise item.wrong(f'stages of the track "{track.id}"', f'"{premise.at[0]}"', "at")

    def mine(move: Move) -> tuple[Premise, ...]:
        return tuple(
            premise
            for item, premise in premises
            if move.id in item.strings("moves") and track.id in item.strings("tracks", (track.id,))
        )

    return replace(track, moves=tuple(replace(move, premises=mine(move)) for move in track.moves))


def _sources(item: Table) -> dict[str, str]:
    """Sources that hold on one track alone; empty where nothing there says so."""
    if "sources" not in item:
        return {}
    inner = item.table("sources")
    tracks = item.strings("tracks")
    for track in inner:
        if track not in tracks:
            raise item.wrong("a track of this step", f'"{track}"', "sources")
    return {track: inner.text(track, "") for track in inner}


def _premise(table: Table, needs: Collection[Need], codes: Mapping[str, CodeList]) -> Premise:
    table.only("id", "moves", "tracks", "need", "has", "lacks", "at", "says", "source")
    choices = {need.id: need.codes for need in needs if need.kind == "choice"}
    need = one_of(table, "need", choices, "a need of kind choice")
    if not need or not table.strings("moves"):
        raise table.wrong('"need" and "moves"', "none of them")
    values = {code.id for code in codes[choices[need]].codes}
    has, lacks = known(table, "has", values, "a code"), known(table, "lacks", values, "a code")
    if bool(has) == bool(lacks):
        raise table.wrong('either "has" or "lacks"', "both or neither")
    return Premise(
        table.id(), need, table.text("says"), table.text("source"), has, lacks, table.strings("at", ())
    )


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
    table.only("id", "label", "missing", "kind", "codes", "ahead")
    kind = table.choice("kind", NEED_KINDS)
    codes_ = one_of(table, "codes", codes, "a list of codes.toml")
    if codes_ and kind != "choice":
        raise table.wrong('"codes" with the kind "choice" alone', f'"{kind}"', "kind")
    ahead = table.flag("ahead", False)
    if ahead and kind != "day":
        raise table.wrong('"ahead" with the kind "day" alone', f'"{kind}"', "kind")
    return Need(table.id(), table.text("label"), table.text("missing"), kind, codes_, ahead)


def _task(table: Table, days: Collection[str]) -> Task:
    table.only("id", "label", "by", "due")
    due = one_of(table, "due", days, "a need of kind day")
    return Task(table.id(), table.text("label"), table.choice("by", ROLES), due)


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
    table.only("id", "label", "terminal", "forum")
    return Stage(table.id(), table.text("label"), table.flag("terminal", False), table.text("forum", ""))


def _move(table: Table) -> Move:
    table.only(
        "id", "label", "tracks", "by", "from", "to", "needs", "after", "tasks", "guard", "visible", "once",
        "pauses", "resumes", "while_paused", "while_closed", "any_other", "source", "sources",
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
        while_closed=table.flag("while_closed", False),
        any_other=table.flag("any_other", False),
        source=table.text("source", ""),
    )
