"""Reads a pack's folder into a checked `Pack`, or says in which file and line it is wrong."""

from pathlib import Path

from upstander.policy import informing, load_law, load_limits, load_lists, load_texts
from upstander.policy.check import check_questionnaire
from upstander.policy.errors import PackError
from upstander.policy.load_questions import read_questionnaire
from upstander.policy.load_translations import read_translations
from upstander.policy.model import Clocks, Pack
from upstander.policy.reader import Table, read_toml
from upstander.policy.rules import check_rules
from upstander.policy.tracks import as_steps

__all__ = ["PackError", "bundled", "load_pack", "pack_ids"]

_PACKS = Path(__file__).parent / "packs"


def pack_ids() -> list[str]:
    """Ids of the packs that come with Upstander."""
    return sorted(path.parent.name.replace("_", "-") for path in _PACKS.glob("*/pack.toml"))


def bundled(pack_id: str) -> Pack:
    """A pack that comes with Upstander. Raises KeyError for an unknown id."""
    if pack_id not in pack_ids():
        raise KeyError(pack_id)
    return load_pack(folder_of(pack_id))


def folder_of(pack_id: str) -> Path:
    """Where a pack that comes with Upstander lies."""
    return _PACKS / pack_id.replace("-", "_")


def load_pack(folder: Path) -> Pack:
    """A pack from its folder. Raises PackError with file, line, what was expected and what was found."""
    head = read_toml(folder, "pack.toml")
    head.only("id", "version", "language", "tried_with_users", "clocks", "kinds")
    support = load_lists.read_support(read_toml(folder, "support.toml"))
    read = read_questionnaire(read_toml(folder, "questionnaire.toml"))
    check_questionnaire(read, support)
    texts, _ = load_texts.read_texts(folder)
    categories = read_toml(folder, "categories.toml")
    check_rules(folder, categories.tables("category"), *_users(folder))
    steps = load_lists.read_steps(read_toml(folder, "steps.toml"))
    outcomes = load_lists.read_outcomes(read_toml(folder, "outcomes.toml"))
    law = load_law.read_law(folder, steps, {outcome.id for outcome in outcomes})
    load_law.check_categories(categories, law)
    moves = {move.id for track in law.tracks for move in track.moves}
    load_lists.check_outcomes(read_toml(folder, "outcomes.toml"), moves)
    limits = read_toml(folder, "limits.toml")
    told = informing.kinds(law.codes or {})
    read_limits = load_limits.read_limits(limits, {step.id for step in steps} | moves | told)
    load_limits.check_limits(limits, read_limits, law)
    language = head.choice("language", ("en", "cy"))
    return Pack(
        id=head.id(),
        version=head.text("version"),
        language=language,
        tried_with_users=head.flag("tried_with_users"),
        texts=texts,
        parts=read.parts,
        paths=read.paths,
        finish=read.finish,
        path_by=read.path_by,
        questions={question.id: question for question in read.questions},
        support=support,
        steps=(*steps, *as_steps(law)),
        outcomes=outcomes,
        categories=load_lists.read_categories(categories),
        clocks=_clocks(head.table("clocks")),
        kinds=_kinds(head),
        limits=read_limits,
        calendar=load_limits.read_calendar(
            read_toml(folder, "bank_holidays.toml"), limits.text("nation"), limits
        ),
        translations=read_translations(folder, language),
        law=law,
    )


def _clocks(table: Table) -> Clocks:
    table.only("open_days", "write_days", "look_back_days")
    return Clocks(*(table.number(key, 1, 366) for key in ("open_days", "write_days", "look_back_days")))


def _kinds(table: Table) -> tuple[str, ...]:
    kinds = table.strings("kinds")
    for position, kind in enumerate(kinds):
        if kind.count("/") != 1 or kind != kind.lower() or " " in kind:
            raise table.wrong('a media type such as "image/jpeg"', f'"{kind}"', "kinds", position)
    return kinds


def _users(folder: Path) -> list[list[Table]]:
    """Tables of the law that name predicates of rules.py."""
    referral, ladder = read_toml(folder, "referral.toml"), read_toml(folder, "ladder.toml")
    return [referral.tables("criterion"), referral.tables("recording"), ladder.tables("floor")]
