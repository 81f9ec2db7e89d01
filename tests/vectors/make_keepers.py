"""Writes `keepers/*.json`: what both languages must make of the same words and bytes about pledges.

Run it from the root: `python -m tests.vectors.make_keepers`. It writes what is missing and overwrites nothing:
proofs and seals differ each time. Its form is in `README.md`.
"""

import json
import random
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from tests.keepers import scene
from tests.vectors import make_py
from tests.vectors import scene as vectors
from upstander.formats import b64, statements
from upstander.keepers import codes, cosigning, group, identifiers, notes, oprf, passes, threshold
from upstander.keepers.roster import make_receipt
from upstander.sealing.cards import Card, read_card

FOLDER = Path(__file__).parent / "keepers"
Vector = dict[str, Any]


def oprf_json() -> Vector:
    """A round of four inputs with five keepers, three of which are needed, and answers that are lies."""
    key, public = oprf.derive_key(bytes(range(32)), b"upstander test vectors")
    shares = {f"keeper-{share.place}": share for share in threshold.split(key, 3, 5)}
    inputs = [b"upstander/tag/v1\nwarrant\nPW1234", "straße".encode(), b"", bytes(300)]
    blinded = [oprf.blind(one, scalar=group.scalar(1000 + i)) for i, one in enumerate(inputs)]
    sent = [one.element for one in blinded]
    answers = {name: threshold.answer(share, share.public, sent) for name, share in shares.items()}
    first = answers["keeper-1"]
    other = threshold.answer(shares["keeper-1"], shares["keeper-1"].public, sent[::-1])
    lies = {
        "another keeper's answer": answers["keeper-2"],
        "right for another question": other,
        "an element is missing": threshold.Answer(first.elements[1:], first.proof),
        "the identity": threshold.Answer((bytes(32), *first.elements[1:]), first.proof),
        "not canonical": threshold.Answer((b"\xff" * 32, *first.elements[1:]), first.proof),
        "no proof": threshold.Answer(first.elements, bytes(64)),
        "a short proof": threshold.Answer(first.elements, first.proof[:-1]),
        "a proof with one bit wrong": threshold.Answer(
            first.elements, first.proof[:-33] + bytes((first.proof[-33] ^ 1,)) + first.proof[-32:]
        ),
    }
    return {
        "key": b64.encode(public),
        "needs": 3,
        "keepers": [
            {"name": name, "place": share.place, "part": b64.encode(share.public)}
            for name, share in shares.items()
        ],
        "blinded": [
            {
                "input": b64.encode(one.input),
                "blind": b64.encode(one.blind),
                "element": b64.encode(one.element),
            }
            for one in blinded
        ],
        "answers": {name: _answer(one) for name, one in answers.items()},
        "outputs": [b64.encode(oprf.evaluate_whole(key, one)) for one in inputs],
        "lies": [{"why": why, "from": "keeper-1", "answer": _answer(lie)} for why, lie in lies.items()],
    }


def fuzz_json() -> Vector:
    """Nasty random typing, and what Python makes of it: the text, or the field it complains about."""
    dice = random.Random(20261125)
    pieces = ["PC", "ds ", "no. ", "St", "-", "'", "’", " ", "@", ".", "+44", "(0)", "ext", "x", "://", "/"]
    pieces += [
        *"aZ07",
        "é",
        "ß",
        "Ł",
        "İ",
        "ﬁ",
        "№",
        "½",
        "٣",
        "к",
        "А",
        "ο",
        "👮",
        "\u202e",
        "\u200b",
        "\u0301",
    ]
    pieces += [
        "police",
        "Met",
        "GMP",
        "instagram.com",
        "Twitter",
        "smith",
        "900123",
        "1234",
        "b.example",
        "\ud83d",
    ]
    rows = []
    for _ in range(400):
        kind = dice.choice(sorted(identifiers.KINDS))
        names = identifiers.KINDS[kind][0]
        fields = {name: "".join(dice.choices(pieces, k=dice.randint(1, 6))) for name in names}
        try:
            made = {"written": identifiers.identifier(kind, **fields)}
        except identifiers.IdentifierError as refused:
            made = {"field": refused.field}
        rows.append({"kind": kind, "fields": fields, **made})
    return {"rows": rows}


def pledges_json() -> Vector:
    """A roster and wrong ones, transport keys, a receipt, and what three keepers release of one pledge."""
    reporter = scene.Reporter("vector", [scene.warrant("PW1234")])
    signs = [scene.SIGNING[name] for name in scene.NAMES]
    body = scene.BODY
    first, *others = body["keepers"]

    def signed(changed: Vector, by: Any = signs) -> list[str]:
        return [statements.sign("roster", changed, one) for one in by]

    stranger = {**first, "sign": statements.public_of(scene.key("stranger"))}
    bad = [
        [],
        scene.ROSTER_TEXTS[:2],
        scene.ROSTER_TEXTS[::-1],
        [*scene.ROSTER_TEXTS[:2], signed({**body, "epoch": "2027"})[2]],
        signed({**body, "keepers": [stranger, *others]}),
        signed({**body, "keepers": [{**first, "part": others[0]["part"]}, *others]}),
        signed({**body, "keepers": [*others, first]}, [*signs[1:], signs[0]]),
        signed({**body, "needs": 3}),
        signed({**body, "key": first["part"]}),
        signed({**body, "more": 1}),
    ]
    released = []
    for name in scene.NAMES:
        note = notes.open_note(reporter.held.notes[name], [scene.TRANSPORT[name]], name)
        released.append(
            {
                "id": note.pledge.id,
                "keeper": name,
                "pledge": note.pledge.body(),
                "share": b64.encode(note.share),
            }
        )
    receipt = make_receipt("held", scene.NAMES[0], b"a note", scene.DAY, signs[0])
    return {
        "bad_rosters": bad,
        "grants": scene.GRANTS,
        "identities": scene.TRANSPORT,
        "month": scene.MONTH,
        "parcel": b64.encode(reporter.held.parcel),
        "receipt": receipt,
        "releases": released,
        "report": {"envelopes": ["vector"], "text": "sealed already"},
        "roster": scene.ROSTER_TEXTS,
        "roster_sha256": scene.ROSTER.sha256,
        "transports": scene.TRANSPORT_TEXTS,
    }


def passes_json() -> Vector:
    """A collection of a staff pass from one keeper, the tokens it gives, and one of them shown."""
    seed, month, name = bytes(range(32)), scene.MONTH, scene.NAMES[0]
    text = passes.make_pass_keys(name, "2026", month, seed, scene.SIGNING[name])
    keys = passes.read_pass_keys(text, scene.ROSTER.keepers[name], "2026", month)
    asked = passes.ask(keys)
    elements = {purpose: [one.element for one in asked.blinded[purpose]] for purpose in passes.PURPOSES}
    answers = passes.answer(seed, "2026", month, elements)
    made = passes.collect(keys, asked, dict(answers))
    question = [bytes((i,)) * 32 for i in range(4)]
    shown = passes.show(made.asks[0], month, passes.for_question("2026", question))
    code = "abcdefghijklmnopqrstuvwxya"
    return {
        "keeper": name,
        "sign": statements.public_of(scene.SIGNING[name]),
        "epoch": "2026",
        "month": month,
        "keys": text,
        "asked": {
            purpose: [
                {
                    "nonce": b64.encode(nonce),
                    "input": b64.encode(one.input),
                    "blind": b64.encode(one.blind),
                    "element": b64.encode(one.element),
                }
                for nonce, one in zip(asked.nonces[purpose], asked.blinded[purpose], strict=True)
            ]
            for purpose in passes.PURPOSES
        },
        "answer": {purpose: _answer(one) for purpose, one in answers.items()},
        "outputs": {
            "ask": [b64.encode(one.output) for one in made.asks],
            "person": [b64.encode(made.person.output)],
        },
        "question": [b64.encode(one) for one in question],
        "shown": shown.body(),
        "seed": b64.encode(seed),
        "code": code,
        "part": b64.encode(codes.part_of(code, name)),
    }


def seen_json() -> Vector:
    """A card, who has seen it, and statements that count for nothing."""
    card = read_card(make_py.card_text(), vectors.INSTALLATION_SIGN)
    later = replace(card, sha256="0" * 64)

    def seen(name: str, of: Card = card, by: str = "", day: date = scene.TODAY) -> str:
        return cosigning.make_seen(of, name, day, scene.SIGNING[by or name])

    return {
        "card": card.text,
        "installation": vectors.INSTALLATION_SIGN,
        "roster": scene.ROSTER_TEXTS,
        "good": [seen(name) for name in scene.NAMES],
        "today": scene.DAY,
        "wrong": [
            seen("charity", by="union"),
            seen("charity", later),
            seen("charity", replace(card, version=card.version + 1)),
            seen("charity", replace(card, institution="wexhollow")),
            seen("charity", replace(card, expires="2026-11-24"), day=date(2026, 11, 24)),
            "nonsense",
            scene.TRANSPORT_TEXTS["charity"],
        ],
    }


def _answer(answer: threshold.Answer) -> Vector:
    return {"elements": [b64.encode(one) for one in answer.elements], "proof": b64.encode(answer.proof)}


MADE: dict[str, Callable[[], Vector]] = {
    "oprf": oprf_json,
    "typing": fuzz_json,
    "pledges": pledges_json,
    "passes": passes_json,
    "seen": seen_json,
}


def main() -> None:
    """Writes the files that are not there."""
    FOLDER.mkdir(exist_ok=True)
    for name, make in MADE.items():
        path = FOLDER / f"{name}.json"
        if not path.exists():
            path.write_text(json.dumps(make(), indent=1, ensure_ascii=True) + "\n", "utf-8")


if __name__ == "__main__":
    main()
