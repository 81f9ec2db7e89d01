"""Turns a pack into the one JSON document that the reporter's page and the server use.

    python -m upstander.policy.compile uk-police > pack.json

prints it; `--size` prints its size in bytes, plain and gzipped. Format: docs/reference/pack.md.
"""

import gzip
import hashlib
import sys

from upstander.formats import canonical
from upstander.formats.canonical import JSON
from upstander.policy.load import PackError, bundled, pack_ids
from upstander.policy.model import Condition, Field, Note, Option, Pack, Question, Step, SupportLine

FORMAT = "upstander/pack/v1"
Json = dict[str, JSON]


def compile_pack(pack: Pack, language: str = "en") -> bytes:
    """Canonical JSON. Raises ValueError for a language the pack has no words in."""
    if language != pack.language:
        raise ValueError(f"The pack {pack.id} has no words in {language}, only in {pack.language}.")
    return canonical.encode(as_json(pack))


def pack_hash(compiled: bytes) -> str:
    """SHA-256 of the compiled pack in hex: what the institution's card names."""
    return hashlib.sha256(compiled).hexdigest()


def as_json(pack: Pack) -> Json:
    """The compiled pack as plain values."""
    return {
        "format": FORMAT,
        "id": pack.id,
        "version": pack.version,
        "language": pack.language,
        "tried_with_users": pack.tried_with_users,
        "texts": dict(pack.texts),
        "parts": [{"id": id_, "name": name} for id_, name in pack.parts],
        "paths": {name: list(ids) for name, ids in pack.paths.items()},
        "finish": list(pack.finish),
        "path_by": {
            "question": pack.path_by.question,
            "map": dict(pack.path_by.map),
            "default": pack.path_by.default,
        },
        "questions": {id_: _question(question) for id_, question in pack.questions.items()},
        "support": [_line(line) for line in pack.support],
        "steps": [_step(step) for step in pack.steps],
        "outcomes": [{"id": item.id, "label": item.label, "help": item.help} for item in pack.outcomes],
        "categories": [
            {"id": item.id, "label": item.label, "strand": item.strand, "vawg": item.vawg, "code": item.code}
            for item in pack.categories
        ],
        "clocks": {
            "open_days": pack.clocks.open_days,
            "write_days": pack.clocks.write_days,
            "look_back_days": pack.clocks.look_back_days,
        },
        "kinds": list(pack.kinds),
        "translations": {language: dict(said) for language, said in pack.translations.items()},
    }


def _question(question: Question) -> Json:
    return {
        "id": question.id,
        "part": question.part,
        "kind": question.kind,
        "title": question.title,
        "hint": question.hint,
        "body": question.body,
        "travels": question.travels,
        "marks": question.marks,
        "options": [_option(option) for option in question.options],
        "fields": [_field(field) for field in question.fields],
        "when": None if question.when is None else _condition(question.when),
        "notes": [_note(note) for note in question.notes],
        "lines": list(question.lines),
        "add": question.add,
        "leave": question.leave,
    }


def _option(option: Option) -> Json:
    return {
        "id": option.id,
        "label": option.label,
        "hint": option.hint,
        "apart": option.apart,
        "then": option.then,
    }


def _field(field: Field) -> Json:
    options = [_option(option) for option in field.options]
    return {"id": field.id, "label": field.label, "hint": field.hint, "kind": field.kind, "options": options}


def _note(note: Note) -> Json:
    return {"when": _condition(note.when), "text": note.text}


def _condition(condition: Condition) -> Json:
    match condition.kind:
        case "all" | "any":
            return {condition.kind: [_condition(part) for part in condition.parts]}
        case "not":
            return {"not": _condition(condition.parts[0])}
        case "answered":
            return {"answered": [condition.question, condition.option]}
        case "set":
            return {"set": condition.question}
        case _:
            return {"path": condition.path}


def _line(line: SupportLine) -> Json:
    return {
        "id": line.id,
        "name": line.name,
        "for": line.about,
        "phone": line.phone,
        "text": line.text,
        "address": line.address,
        "hours": line.hours,
        "free": line.free,
        "bill": line.bill,
        "insider": line.insider,
        "keeps": line.keeps,
        "note": line.note,
        "areas": list(line.areas),
        "checked": line.checked,
    }


def _step(step: Step) -> Json:
    return {
        "id": step.id,
        "label": step.label,
        "visible": step.visible,
        "terminal": step.terminal,
        "needs": list(step.needs),
        "on": step.on,
        "while": list(step.during),
        "to": step.to,
        "after": list(step.after),
        "once": step.once,
    }


def main(arguments: list[str]) -> int:
    """Prints the compiled pack named in the arguments; 1 when it is wrong, 2 when there is no such pack."""
    names = [argument for argument in arguments if not argument.startswith("-")]
    if len(names) != 1 or names[0] not in pack_ids():
        sys.stderr.write(f"Name one pack: {', '.join(pack_ids())}\n")
        return 2
    try:
        compiled = compile_pack(bundled(names[0]))
    except PackError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    if "--size" in arguments:
        packed = len(gzip.compress(compiled, mtime=0))
        sys.stdout.write(
            f"{names[0]}: {len(compiled)} bytes, {packed} gzipped, sha256 {pack_hash(compiled)}\n"
        )
    else:
        sys.stdout.buffer.write(compiled)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
